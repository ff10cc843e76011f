"""Sound as a layer: chromaprints, whose integers differ in few bits where the same was heard."""

from typing import override

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.lines import Line, Pairs, Span
from quancheng_sidecar.media.comparison.report import Sense
from quancheng_sidecar.media.comparison.senses import Layer, Scores, evenly, worse_by
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.sound import STEP_S

SAME = 0.18
"""Part of bits that may differ over a stretch: copies stay under 0.10, strangers in speech reach down to 0.234."""

_OTHER = 0.3
_EDGE = 0.28
_WINDOW = 9
_NEAR_BITS = 3
_HEARD_S = 2.5
"""Seconds of sound that one integer is of: the last one of either recording reaches to its end."""

_MARGIN = 0.12
_WEIGHED = 400
"""Samples of a stretch that are held against what is heard at other times."""

_ASIDE = np.array([sign * shift for shift in range(round(1.5 / STEP_S), round(8.0 / STEP_S)) for sign in (1, -1)])
"""Shifts, in integers, that must make it worse: a siren, a ringing telephone or an alarm comes again within 8 s."""

_FAR = np.array([sign * shift for shift in range(round(8.0 / STEP_S), round(40.0 / STEP_S), 2) for sign in (1, -1)])
"""Shifts after which a loudspeaker says the same again, or music on hold begins anew."""

_AT_ONCE = 1 << 18
"""Pairs looked at at once: as many as the processor's nearer memory holds, which halves the time."""

_COMMON = 64


class SoundLayer(Layer):
    """Integers of both chromaprints; a copy that was sped up is read at its own pace."""

    sense = Sense.SOUND
    gap_s = 1.5
    least_s = 2.0
    reach_s = 0.5
    switch = 5.0
    step_s = STEP_S

    def __init__(self, a: Traits, b: Traits) -> None:
        self._a, self._b = a.sound, b.sound
        self._zero = a.sound_start_s
        self.b = np.asarray(b.sound_start_s + STEP_S * np.arange(len(b.sound)), np.float64)

    @override
    def pairs(self, free: npt.NDArray[np.bool_]) -> Pairs:
        places = np.flatnonzero(free)
        rows = max(1, _AT_ONCE // max(1, len(self._a)))
        parts = [self._alike(places[at : at + rows]) for at in range(0, len(places), rows)]
        in_a, in_b = (np.concatenate(some) for some in zip(*parts, strict=True)) if parts else (places, places)
        return Pairs(np.asarray(self._zero + STEP_S * in_a, np.float64), self.b[in_b], in_b)

    def _alike(self, places: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        near = np.bitwise_count(self._b[places, None] ^ self._a[None]) <= _NEAR_BITS
        rows, columns = np.divmod(np.flatnonzero(near), near.shape[1])
        # What is heard all the time (silence, a hum) says nothing of when.
        telling = np.bincount(rows, minlength=len(places))[rows] <= _COMMON
        return columns[telling], places[rows[telling]]

    @override
    def scores(self, line: Line, free: npt.NDArray[np.bool_]) -> Scores:
        differing = self._differing(line)
        weight = np.ones(min(_WINDOW, len(differing)))
        mean = np.convolve(differing, weight, "same") / np.convolve(np.ones(len(differing)), weight, "same")
        return (_EDGE - mean) / _EDGE

    @override
    def telling(self, line: Line, first: int, last: int) -> bool:
        return self._tells(line, first, last, _ASIDE)

    def once(self, line: Line, first: int, last: int) -> bool:
        """Whether a stretch that tells is heard nowhere else within forty seconds, and so says when it was."""
        return self._tells(line, first, last, _FAR)

    def _tells(self, line: Line, first: int, last: int, aside: npt.NDArray[np.int64]) -> bool:
        some = evenly(np.arange(first, last + 1), _WEIGHED)
        index = self._index(line)[some]
        on = self._apart(index, self._b[some])
        same = bool(np.nanmean(on) <= SAME)
        return same and worse_by(on, self._apart(index + aside[:, None], self._b[some])) >= _MARGIN

    @override
    def span_of(self, line: Line, first: int, last: int) -> Span:
        begin, end = super().span_of(line, first, last)
        in_a = (line(float(self.b[last])) - self._zero) / STEP_S
        ended = last == len(self.b) - 1 or in_a >= len(self._a) - 2  # scores are means of some samples
        return begin, end + (_HEARD_S if ended else 0)

    def contradicts(self, line: Line, begin: float, end: float) -> bool:
        """Whether between two seconds of B something else is clearly heard than on this line in A.

        The last integers before a joint hear what comes after it, and say nothing of what is before.
        """
        inside = (self.b >= begin) & (self.b < end - _HEARD_S)
        long_enough = int(inside.sum()) * STEP_S >= self.least_s
        return long_enough and float(np.mean(self._differing(line)[inside])) > _OTHER

    def _differing(self, line: Line) -> Scores:
        """Part of bits that differ at each sample of B; one half where A has nothing."""
        return np.nan_to_num(self._apart(self._index(line), self._b), nan=0.5)

    def _index(self, line: Line) -> npt.NDArray[np.int64]:
        """Give the place in A of each sample of B; it may lie outside."""
        return np.round((line(self.b) - self._zero) / STEP_S).astype(np.int64)

    def _apart(self, index: npt.NDArray[np.int64], heard: npt.NDArray[np.uint32]) -> Scores:
        """Part of bits in which some of A's integers differ from these; not a number where A has none."""
        inside = (index >= 0) & (index < len(self._a))
        there = self._a[np.clip(index, 0, len(self._a) - 1)]
        return np.where(inside, np.bitwise_count(heard ^ there) / 32, np.nan)
