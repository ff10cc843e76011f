"""Pictures as a layer: PDQ of every view of A against B with its bars, without, mirrored, turned, and its middle."""

from typing import NamedTuple, override

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.dense import STEP_S, DensePictures
from quancheng_sidecar.media.comparison.lines import Line, Pairs, Span, agreeing
from quancheng_sidecar.media.comparison.pdq import Hashes, apart, apart_each, nearest_within, turned
from quancheng_sidecar.media.comparison.report import Sense
from quancheng_sidecar.media.comparison.senses import Layer, Scores, evenly, nearest, worse_by
from quancheng_sidecar.media.comparison.views import MIDDLE

SAME = 68
"""Bits in which two pictures may differ to propose a line: strangers differ in 72 and more over all views."""

_LEAST, _ABOVE, _MOST = 48.0, 36.0, 96.0
"""Bits in which pictures on one line may differ: somewhat more than they mostly do there."""

_LIKELIEST = 6
_SAMPLED = 60
_TRIED = 14
_LIKELY_LOOKS = 8
_THINNED = 100
_FEW = 0.1
_SEEN_S = 0.25
_CLEARLY = 0.8
"""Part of a time in which pictures that are not plain stand no further than a quarter of a second apart."""
_CHANGES = 60
_LAGS_S = (1.0, 2.0, 3.5, 5.0, 8.0, 13.0)
_MARGIN = 12
_ASIDE_S = [sign * shift for shift in np.arange(1.0, 8.0, 2 * STEP_S) for sign in (1, -1)]
"""Shifts that must make it worse: a warning light or a neon sign comes again within 8 s."""
_WEIGHED = 300
_SUMMED = 800
_LEAST_BITS, _BY_BIT = 100, 12
"""Bits times seconds by which a line must be better than those beside it: so many for each bit that lies on it.

Who walks through one room on two days is somewhat like himself for a while. Strangers reached 372 with 38 bits on the
line, 155 with 26 and 112 with 16; a fixed camera's copies 165 with 12, a shaken phone's of four seconds 328 with 20.
"""
_OTHER_PACE = 1.5
"""Times as much on a line at another pace: of so many, more fit by chance, and who walks to and fro fits backwards."""

STILL_S = 30.0
"""How long a still scene is believed before and after pictures that tell."""


class _Look(NamedTuple):
    """A view of A beside a form of B."""

    view: int
    form: int


_MIRRORED = (2, 3)
_QUARTERS = (1, 2, 3)
_UPRIGHT = 5
"""Forms of B that are tried against every view of A; behind them stand, for whole pictures of A alone, those turned by
quarters, and parts of B: A may be what was cut out of B."""

_WHOLE = 2
_PARTS = _UPRIGHT + len(_QUARTERS)
_PLAIN_LOOKS = (_Look(1, 1), _Look(0, 0))


class PictureLayer(Layer):
    """Hashes of both recordings' pictures; each line is seen in the look that fits it best."""

    sense = Sense.PICTURE
    gap_s = 1.5
    least_s = 0.79
    switch = 3.0
    step_s = STEP_S

    def __init__(self, a: DensePictures, b: DensePictures) -> None:
        self.b = b.at.astype(np.float64)
        self._a_at = a.at.astype(np.float64)
        self._views = a.views
        self._parts = b.views[:, _WHOLE:]
        self._upright = np.concatenate([b.views[:, :2], b.mirrored, b.views[:, MIDDLE : MIDDLE + 1]], axis=1)
        # Of each line, as it was first seen: what is left over later must not be measured by itself.
        self._looks: dict[Line, _Look] = {}
        self._limits: dict[Line, float] = {}

    @override
    def pairs(self, free: npt.NDArray[np.bool_]) -> Pairs:
        """Look at all samples as they are; where little is found, at some of them in every look."""
        places = np.flatnonzero(free)[::2]
        plain = [self._alike(places, look) for look in _PLAIN_LOOKS]
        found = np.unique(np.concatenate([in_b for _, in_b in plain]))
        if len(found) < _FEW * len(places):
            some = evenly(places, _SAMPLED)
            plain += [self._alike(some, look) for look in self._likely_looks(some)]
        in_a, in_b = (np.concatenate(part) for part in zip(*plain, strict=True))
        return Pairs(self._a_at[in_a], self.b[in_b], in_b)

    def _likely_looks(self, places: npt.NDArray[np.int64]) -> list[_Look]:
        """Give the looks in which a few samples are most like something of A."""
        few = evenly(places, _TRIED)
        # Every second picture of A is near enough to choose a look by.
        views = self._views[::2] if len(self._views) > _THINNED else self._views
        whole = self._forms(few)
        tried = {0: _PARTS, 1: whole.shape[1]}  # what was cut out has lost its bars
        alike: list[tuple[float, _Look]] = []
        for view in range(views.shape[1]):
            forms = whole[:, : tried.get(view, _UPRIGHT)]
            distance = apart(forms.reshape(-1, 32), views[:, view])
            nearest_of = distance.min(axis=1).reshape(len(few), -1)
            agreement = np.clip(SAME - nearest_of, 0, None).sum(axis=0)
            alike += [(float(sum_of), _Look(view, form)) for form, sum_of in enumerate(agreement)]
        return [look for sum_of, look in sorted(alike, reverse=True)[:_LIKELY_LOOKS] if sum_of > 0]

    def _alike(self, places: npt.NDArray[np.int64], look: _Look) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        in_a, in_b = nearest_within(
            self._form(places, look.form), self._views[:, look.view], count=_LIKELIEST, most=SAME
        )
        return in_a, places[in_b]

    def _form(self, places: npt.NDArray[np.int64] | slice, form: int) -> Hashes:
        """The hashes of some samples of B in one form."""
        if form >= _PARTS:
            return self._parts[places, form - _PARTS]
        turns = form - _UPRIGHT + 1
        return self._upright[places, form] if turns <= 0 else turned(self._upright[places, 1], turns)

    def _forms(self, places: npt.NDArray[np.int64]) -> Hashes:
        """The same in all forms: (n, forms, 32)."""
        return np.stack([self._form(places, form) for form in range(_PARTS + self._parts.shape[1])], axis=1)

    def mirrored(self, line: Line) -> bool:
        """Whether B shows A's mirror image on this line."""
        return self._looks[line].form in _MIRRORED

    def turned(self, line: Line) -> int:
        """By how many degrees clockwise B's picture is turned on this line."""
        form = self._looks[line].form
        return 0 if form >= _PARTS else -90 * max(0, form - _UPRIGHT + 1) % 360

    @override
    def scores(self, line: Line, free: npt.NDArray[np.bool_]) -> Scores:
        distance = self._apart_on(line, self._look(line, free))
        if line not in self._limits:
            self._limits[line] = _limit(distance[free])
        return (self._limits[line] - distance) / self._limits[line]

    @override
    def total(self, tried: Line, beside: Line, free: npt.NDArray[np.bool_], first: int, last: int) -> float:
        """The same in the look of that line, by some of its samples: a line that is tried is not worth them all."""
        places = evenly(np.arange(first, last + 1), _SUMMED)
        self._looks.setdefault(tried, self._look(beside, free))
        distance = self._apart_on(tried, self._looks[tried], places)
        limit = _limit(distance[free[places]])
        return float(((limit - distance) / limit).mean()) * (last - first + 1)

    def _look(self, line: Line, free: npt.NDArray[np.bool_]) -> _Look:
        if line not in self._looks:
            self._looks[line] = self._best_look(line, free)
        return self._looks[line]

    def _best_look(self, line: Line, free: npt.NDArray[np.bool_]) -> _Look:
        index, inside = nearest(self._a_at, line(self.b), STEP_S)
        places = np.flatnonzero(inside & free)
        if not len(places):
            return _PLAIN_LOOKS[0]
        some = evenly(places, _SAMPLED)
        # The look that most samples agree in, so that a stranger's part does not choose for the copy's.
        all_forms = self._forms(some)
        agreement = np.zeros((self._views.shape[1], all_forms.shape[1]))
        for part in (np.s_[:, :_UPRIGHT], np.s_[:_WHOLE, _UPRIGHT:]):
            views, forms = self._views[index[some]][:, part[0], None], all_forms[:, None, part[1]]
            agreement[part] = np.clip(SAME - apart_each(views, forms), 0, None).sum(axis=0)
        view, form = np.unravel_index(int(agreement.argmax()), agreement.shape)
        return _Look(int(view), int(form))

    def _apart_on(self, line: Line, look: _Look, places: npt.NDArray[np.int64] | slice = slice(None)) -> Scores:
        """Bits between each sample of B and the nearer-looking of A's two nearest pictures; 128 where there is none."""
        return np.nan_to_num(self._apart(line, look, places), nan=128.0)

    def _apart(self, line: Line, look: _Look, places: npt.NDArray[np.int64] | slice = slice(None)) -> Scores:
        """The same for some samples; not a number where there is none."""
        forms = self._form(places, look.form)
        best = np.full(len(forms), np.nan)
        for shift in (-STEP_S / 2, STEP_S / 2):
            index, inside = nearest(self._a_at, line(self.b[places]) + shift, STEP_S)
            distance = apart_each(self._views[index, look.view], forms)
            best = np.where(inside, np.fmin(best, distance), best)
        return best

    def contradicts(self, line: Line, begin: float, end: float) -> bool:
        """Whether between two seconds of B, where its pictures do not agree, something is seen that is not this line's.

        Plain pictures have no hash: where A is plain now and then, or B may show a plain part of it, nothing is clear.
        """
        moments = np.arange(begin, end, STEP_S)
        (_, here), (_, there) = (nearest(at, t, _SEEN_S) for at, t in ((self.b, moments), (self._a_at, line(moments))))
        if there.mean() < _CLEARLY:
            return False
        look = self._look(line, np.ones(len(self.b), bool))
        return bool(here.mean() >= _CLEARLY or max(look) < _WHOLE)

    @override
    def telling(self, line: Line, first: int, last: int) -> bool:
        return bool(self.told(line, first, last))

    def told(self, line: Line, first: int, last: int) -> list[Span]:
        """Give the spans of B, within these samples, in which what changes in A agrees on this line and not beside it.

        A still scene is believed for half a minute around such pictures.
        """
        places = self._changing(line, np.arange(first, last + 1))
        if not len(places) or not self._stands_out(line, places):
            return []
        ends = agreeing(self.b[places], np.ones(len(places), bool), gap_s=2 * STILL_S, least_s=0)
        begin, end = self.span_of(line, first, last)
        spans = (self.span_of(line, int(places[i]), int(places[j])) for i, j in ends)
        return [(max(begin, x - STILL_S), min(end, y + STILL_S)) for x, y in spans]

    def _stands_out(self, line: Line, places: npt.NDArray[np.int64]) -> bool:
        look = self._looks[line]
        some = evenly(places, _WEIGHED)
        apart = self._apart(line, look, some)
        on = float(np.nanmean(apart))
        aside = [self._apart(Line(line.speed, line.offset + shift), look, some) for shift in _ASIDE_S]
        margin = worse_by(apart, np.stack(aside))
        if on > _MOST or margin < _MARGIN:
            return False
        least = max(_LEAST_BITS, _BY_BIT * on)
        pace = 1 if line.as_it_was else _OTHER_PACE
        return margin * len(places) * STEP_S >= pace * least

    def _changing(self, line: Line, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give the samples at which A looks unlike what it is within some seconds, all inside these samples.

        An empty room agrees with itself on every day; somebody who walks through it agrees with nothing else.
        """
        index, inside = nearest(self._a_at, line(self.b[places]), STEP_S)
        places, index = places[inside], index[inside]
        if not len(places):
            return places
        low, high = self._a_at[index].min(), self._a_at[index].max()
        unlike = np.zeros(len(places))
        for shift in (sign * lag for lag in _LAGS_S for sign in (1, -1)):
            other = self._a_at[index] + shift
            there, known = nearest(self._a_at, other, STEP_S)
            known &= (other >= low) & (other <= high)
            distance = apart_each(self._views[index, 1], self._views[there, 1])
            unlike = np.where(known, np.maximum(unlike, distance), unlike)
        return places[unlike >= _CHANGES]


def _limit(distance: Scores) -> float:
    """Give the bits in which pictures on a line may differ, by its better part: a clean copy is held to be clean."""
    alike = distance[distance <= _MOST]
    return float(np.clip(_ABOVE + 1.5 * np.percentile(alike, 25), _LEAST, _MOST)) if len(alike) else _LEAST
