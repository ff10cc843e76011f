"""Straight lines through pairs of times that look alike: where, and how fast, one recording runs through the other."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.float64]
Span = tuple[float, float]

SPEEDS: tuple[float, ...] = (1.0, *(round(1 + sign * n / 100, 2) for n in range(1, 12) for sign in (1, -1)), -1.0)
"""Speeds tried: as it was, up to 11 % faster and slower, and backwards."""

_SAME_PACE = 0.005
_BIN_S = 0.4
_PER_SPEED = 3
_AS_IT_WAS = 12
"""Offsets kept at unchanged speed: a recording may be cut into many pieces."""


class Line(NamedTuple):
    """Second `offset + speed × t` of A is second t of B."""

    speed: float
    offset: float

    def __call__[T: (float, Times)](self, b: T) -> T:
        """Give the seconds of A for those of B."""
        return self.offset + self.speed * b

    @property
    def as_it_was(self) -> bool:
        """Whether B runs at A's own pace."""
        return abs(self.speed - 1) < _SAME_PACE

    def near(self, other: "Line", span: Span) -> bool:
        """Whether both lines are the same within half a second all over a span of B."""
        return all(abs(self.offset - other.offset + (self.speed - other.speed) * b) < 0.5 for b in span)  # noqa: PLR2004


class Pairs(NamedTuple):
    """Times in A and in B that look alike, pair by pair; `which` numbers the sample of B."""

    a: Times
    b: Times
    which: npt.NDArray[np.int64]


def vote(pairs: Pairs, speeds: tuple[float, ...] = SPEEDS) -> list[Line]:
    """Give the lines that most samples of B lie on, a few of each speed (a Hough transform). Many may be chance."""
    if not len(pairs.a):
        return []
    return [line for speed in speeds for line in _of_speed(pairs, speed)]


def _of_speed(pairs: Pairs, speed: float) -> list[Line]:
    offsets = pairs.a - speed * pairs.b
    bins = np.floor(offsets / _BIN_S).astype(np.int64)
    # A sample that looks like all of a still scene has one voice in each bin, not a hundred.
    samples = int(pairs.which.max()) + 1
    voices = np.unique(bins * samples + pairs.which) // samples
    begins = np.flatnonzero(np.diff(voices, prepend=voices[0] - 1))  # they rise
    found, counts = voices[begins], np.diff(begins, append=len(voices))
    # A line may lie on the border of two bins.
    both = counts + np.where(np.diff(found, append=found[-1:] + 2) == 1, np.append(counts[1:], 0), 0)
    best = np.argsort(-both, kind="stable")[: _AS_IT_WAS if speed == 1 else _PER_SPEED]
    return [Line(speed, _middle(offsets, bins, int(found[place]))) for place in best]


def _middle(offsets: Times, bins: npt.NDArray[np.int64], place: int) -> float:
    return float(np.median(offsets[(bins == place) | (bins == place + 1)]))


def fit(pairs: Pairs, line: Line, reach_s: float) -> Line:
    """Lay a line anew through the pairs within reach of it; a speed that makes no difference stays as it was."""
    near = np.abs(pairs.a - line(pairs.b)) <= reach_s
    a, b = pairs.a[near], pairs.b[near]
    if len(a) < 3 or np.ptp(b) < 1:  # noqa: PLR2004  no speed can be told from so little
        return line
    kept = Line(line.speed, float(np.median(a - line.speed * b)))
    middle = b.mean()
    speed = float(((b - middle) @ (a - a.mean())) / ((b - middle) @ (b - middle)))
    turned = Line(speed, float(np.median(a - speed * b)))
    drift = abs(speed - line.speed) * np.ptp(b)
    better = np.abs(a - turned(b)).mean() < 0.8 * np.abs(a - kept(b)).mean()
    return turned if drift > 0.3 and better and abs(speed - line.speed) < 0.02 else kept  # noqa: PLR2004  one step


def agreeing(at: Times, agrees: npt.NDArray[np.bool_], *, gap_s: float, least_s: float) -> list[tuple[int, int]]:
    """Give the stretches of samples (first, last) that agree, over gaps of at most `gap_s`, of at least `least_s`."""
    good = np.flatnonzero(agrees)
    if not len(good):
        return []
    breaks = np.flatnonzero(np.diff(at[good]) > gap_s)
    firsts = good[np.concatenate([[0], breaks + 1])]
    lasts = good[np.concatenate([breaks, [len(good) - 1]])]
    return [(int(i), int(j)) for i, j in zip(firsts, lasts, strict=True) if at[j] - at[i] >= least_s]
