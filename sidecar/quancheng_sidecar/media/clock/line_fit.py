"""Fitting shown clock against media time, piece by piece; pure arithmetic on readings.

A clock that shows second s at media time t stands somewhere in [s, s + resolution) at that instant. With rate r, every
reading so bounds the intercept c0 = clock − r·t from both sides, and the readings of one unbroken stretch share it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

type _Floats = npt.NDArray[np.float64]

_SLACK_S = 0.25
"""How late an overlay may be drawn; devices renew it a few times a second."""
_SWITCH_COST = 2.5
"""In misread samples: a change of line must explain at least three of them."""
_ODD_RATE_COST = 0.75
_LEAST_MEMBERS = 3
_WINDOW = 6
_MOST_LINES = 48
_RATE_TOLERANCE = 0.004
_LEAST_FOR_RATE = 12
_SLOPES_TRIED = 201
_EVEN_S = 0.1
"""A clock drawn within three frames of its second is even."""
_FRAME_S = 0.02
"""A clock that turns with the frame turns up to half a frame late."""


@dataclass(frozen=True)
class Reading:
    """One sample: at `at` media seconds the picture shows `shown` seconds (of any epoch), true to `resolution`."""

    at: float
    shown: float
    resolution: float = 1.0


@dataclass(frozen=True)
class Piece:
    """A stretch in which the clock runs evenly: clock = intercept + rate × media time, the intercept in [low, high]."""

    members: tuple[int, ...]
    """Places of its readings in the fitted sequence."""
    begin: float
    end: float
    rate: float
    low: float
    high: float

    @property
    def intercept(self) -> float:
        """Best estimate of the clock at media time 0: the whole second inside the bounds, else their middle."""
        middle = (self.low + self.high) / 2
        whole = range(math.ceil(self.low - _FRAME_S), math.floor(self.high + _FRAME_S) + 1)[:3]
        return float(min(whole, key=lambda n: (abs(n - middle), n))) if whole else middle

    def clock(self, at: float) -> float:
        """The clock at a media time, in seconds of the readings' epoch."""
        return self.intercept + self.rate * at


@dataclass(frozen=True)
class _Line:
    rate: float
    centre: float


def fit(readings: Sequence[Reading]) -> tuple[Piece, ...]:
    """Split readings, in order of time, into evenly running pieces; what fits in none is a misread and left out.

    A change of line is accepted only where at least three readings support it, so that a lone misread
    never makes a jump. Fewer than two readings give no piece.
    """
    if len(readings) < 2:  # noqa: PLR2004 — a line needs two points
        return ()
    at = np.array([reading.at for reading in readings])
    shown = np.array([reading.shown for reading in readings])
    resolution = np.array([reading.resolution for reading in readings])
    lines = _candidates(at, shown, resolution)
    if not lines:
        return ()
    match = np.array([_matches(line, at, shown, resolution) for line in lines])
    path = _cheapest_path(lines, match)
    pieces = [_piece(lines[line], places, at, shown, resolution) for line, places in _runs(path, match)]
    if len(pieces) == 1:
        pieces = [_between(pieces[0], at, shown, resolution)]
    least = _LEAST_MEMBERS if len(readings) > 4 else 2  # noqa: PLR2004 — very short clips have few frames
    return tuple(piece for piece in pieces if len(piece.members) >= least)


def residual(piece: Piece, readings: Sequence[Reading]) -> float:
    """Largest distance in seconds between the fitted clock and what a member shows; 0 when all bounds agree."""
    worst = 0.0
    for place in piece.members:
        reading = readings[place]
        clock = piece.clock(reading.at)
        worst = max(worst, reading.shown - clock, clock - reading.shown - reading.resolution)
    return worst


def set_once(piece: Piece, readings: Sequence[Reading]) -> bool:
    """Whether a clock of rate 1 that was set once explains a piece of another rate as well.

    Set by a second, as satellite and network do, it looks in whole seconds like one that loses it little by little.
    Steps in two places are a rate.
    """
    if piece.rate in {0.0, 1.0}:
        return False
    kept = [readings[place] for place in piece.members]
    at, shown, resolution = np.array([(one.at, one.shown, one.resolution) for one in kept]).T
    parts = ((range(n), range(n, len(kept))) for n in range(_LEAST_MEMBERS, len(kept) - _LEAST_MEMBERS + 1))
    # At most 0 would do for one more step, where frames are looked at a whole second apart.
    return any(max(_spread(1.0, list(part), at, shown, resolution) for part in both) < 0 for both in parts)


def _candidates(at: _Floats, shown: _Floats, resolution: _Floats) -> list[_Line]:
    """Lines worth trying: every offset at which readings gather, for rate 1, 0 and the rates seen in the readings."""
    lines: list[tuple[int, _Line]] = []
    for rate in _rates(at, shown):
        offsets = shown - rate * at
        width = float(resolution.max()) + 2 * _SLACK_S
        for centre, count in _gatherings(offsets, width):
            lines.append((count + (rate == 1), _Line(rate, centre)))
    lines.sort(key=lambda counted: -counted[0])
    return [line for _, line in lines[:_MOST_LINES]]


def _rates(at: _Floats, shown: _Floats) -> list[float]:
    """Rate 1 and 0, the median rate over all, and the median rate of each short window."""
    rates = [1.0, 0.0]
    windows = [slice(begin, begin + _WINDOW) for begin in range(max(1, len(at) - _WINDOW + 1))]
    rates += [_median_rate(at[window], shown[window]) for window in windows]
    # Over a long stretch a small difference of rate shows where a window is too short to.
    rates.append(_median_rate(at, shown))
    kept: list[float] = []
    for rate in rates:
        if all(abs(rate - other) > _RATE_TOLERANCE for other in kept) and abs(rate) < 64:  # noqa: PLR2004 — beyond any time lapse
            kept.append(rate)
    overall = rates[-1]
    if abs(overall - 1) <= _RATE_TOLERANCE and abs(overall - 1) * (at[-1] - at[0]) > 1:
        kept.append(overall)
    return kept


def _median_rate(at: _Floats, shown: _Floats) -> float:
    """Theil-Sen slope."""
    run = at[None, :] - at[:, None]
    rise = shown[None, :] - shown[:, None]
    apart = run > max(1e-6, 0.3 * (at[-1] - at[0]))
    return float(np.median(rise[apart] / run[apart])) if apart.any() else 1.0


def _gatherings(offsets: _Floats, width: float) -> list[tuple[float, int]]:
    """Windows of offsets that hold the most readings: centre and count, none overlapping, at least two readings."""
    ordered = np.sort(offsets)
    found: list[tuple[float, int]] = []
    counts = np.searchsorted(ordered, ordered + width, side="right") - np.arange(len(ordered))
    for place in np.argsort(-counts, kind="stable"):
        count = int(counts[place])
        if count < 2:  # noqa: PLR2004 — one reading is no gathering
            break
        inside = ordered[place : place + count]
        centre = float((inside[0] + inside[-1]) / 2)
        if all(abs(centre - other) > width / 2 for other, _ in found):
            found.append((centre, count))
    return found[:_MOST_LINES]


def _matches(line: _Line, at: _Floats, shown: _Floats, resolution: _Floats) -> npt.NDArray[np.bool_]:
    distance: _Floats = np.abs(shown - line.rate * at - line.centre)
    return distance <= (resolution.max() / 2 + _SLACK_S + 1e-6)


def _cheapest_path(lines: list[_Line], match: npt.NDArray[np.bool_]) -> list[int]:
    """Viterbi: a reading off its line costs 1, a change of line several readings, an odd rate a little more."""
    entry = np.array([0.0 if line.rate == 1 else _ODD_RATE_COST for line in lines])
    cost = entry + ~match[:, 0]
    back: list[npt.NDArray[np.intp]] = []
    for column in match.T[1:]:
        cheapest = int(np.argmin(cost))
        switched = cost[cheapest] + _SWITCH_COST + entry
        stay = cost <= switched
        back.append(np.where(stay, np.arange(len(lines)), cheapest))
        cost = np.where(stay, cost, switched) + ~column
    path = [int(np.argmin(cost))]
    for column in reversed(back):
        path.append(int(column[path[-1]]))
    return path[::-1]


def _runs(path: list[int], match: npt.NDArray[np.bool_]) -> list[tuple[int, list[int]]]:
    """Group places by the line they run on, without those that it does not match."""
    edges = [0, *(place + 1 for place, (a, b) in enumerate(pairwise(path)) if a != b), len(path)]
    runs = [(path[begin], [p for p in range(begin, end) if match[path[begin], p]]) for begin, end in pairwise(edges)]
    return [(line, places) for line, places in runs if places]


def _piece(line: _Line, places: list[int], at: _Floats, shown: _Floats, resolution: _Floats) -> Piece:
    rate = line.rate
    if rate not in {0.0, 1.0} and len(places) >= _LEAST_MEMBERS:
        rate = _likeliest_rate(places, at, shown, resolution)
    elif rate == 1 and len(places) >= _LEAST_FOR_RATE and _spread(1.0, places, at, shown, resolution) > _SLACK_S:
        rate = _truer_rate(places, at, shown, resolution)
    low, high = _bounds(shown[places] - rate * at[places], resolution[places])
    return Piece(tuple(places), float(at[places[0]]), float(at[places[-1]]), rate, low, high)


def _likeliest_rate(places: list[int], at: _Floats, shown: _Floats, resolution: _Floats) -> float:
    """The middle of the slopes at which the readings' bounds agree best: whole seconds bend the plain regression."""
    slope = float(np.polyfit(at[places], shown[places], 1)[0])
    reach = 2 * float(resolution[places].max()) / max(float(at[places[-1]] - at[places[0]]), 1e-6)
    slopes = np.linspace(slope - reach, slope + reach, _SLOPES_TRIED)
    missed = np.array([max(_spread(float(tried), places, at, shown, resolution), 0.0) for tried in slopes])
    return float(slopes[missed <= missed.min() + 1e-9].mean())


def _truer_rate(places: list[int], at: _Floats, shown: _Floats, resolution: _Floats) -> float:
    """The slope that all readings allow, where a rate of 1 is not allowed by all: sped up a little, or slowed down."""
    slope = float(np.polyfit(at[places], shown[places], 1)[0])
    return slope if _spread(slope, places, at, shown, resolution) <= _EVEN_S else 1.0


def _spread(rate: float, places: list[int], at: _Floats, shown: _Floats, resolution: _Floats) -> float:
    """Seconds by which the readings' bounds on the intercept miss having one in common; not positive when they do."""
    offsets = shown[places] - rate * at[places]
    return float(offsets.max() - (offsets + resolution[places]).min())


def _bounds(offsets: _Floats, resolution: _Floats) -> tuple[float, float]:
    """The intercepts that most readings allow: each allows [offset, offset + resolution); all, when none lags."""
    ends = offsets + resolution
    allowed = [int(((offsets <= low + 1e-9) & (ends > low)).sum()) for low in offsets]
    low = float(offsets[int(np.argmax(allowed))])
    return low, float(ends[(offsets <= low + 1e-9) & (ends > low)].min())


def _between(piece: Piece, at: _Floats, shown: _Floats, resolution: _Floats) -> Piece:
    """A lone piece whose readings miss having an intercept in common by what a slight difference of rate explains.

    The truth then lies between the two that disagree most. Beside a change of line the reading that disagrees
    belongs to the change, and most readings are right.
    """
    places = list(piece.members)
    offsets = shown[places] - piece.rate * at[places]
    latest, earliest = float(offsets.max()), float((offsets + resolution[places]).min())
    if not -_FRAME_S <= latest - earliest <= _SLACK_S:
        return piece
    return replace(piece, low=min(latest, earliest), high=max(latest, earliest))
