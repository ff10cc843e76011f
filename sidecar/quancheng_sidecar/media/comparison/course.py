"""The course of B through A: which of many lines each moment of B follows, or none."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.lines import Line, fit, vote
from quancheng_sidecar.media.comparison.senses import Layer, Scores

_KEPT_LINES = 24
_OTHER_SPEED = 2
"""How many times more it costs to go over to a line of changed speed: it must explain more than a cut does."""

_AS_GOOD = 0.95
"""A line of unchanged speed that holds nearly as well as the best is the truth."""

_OFFSETS_S = np.arange(-0.3, 0.301, 0.05)
_TURNS = (0.0, -0.005, 0.005)


class Stretch(NamedTuple):
    """Samples `first` to `last` of B, which follow one line."""

    line: Line
    first: int
    last: int


def stretches(layer: Layer, free: npt.NDArray[np.bool_]) -> list[Stretch]:
    """Give the stretches of B's free samples that follow lines through A, each line laid as well as it will go."""
    pairs = layer.pairs(free)
    voted = (fit(pairs, line, layer.reach_s) for line in vote(pairs, layer.speeds))
    scored = {line: layer.scores(line, free) for line in set(voted)}
    lines = sorted(scored, key=lambda line: -_total(layer, scored[line], free))[:_KEPT_LINES]
    if not lines:
        return []
    scores = np.stack([np.where(free, np.clip(scored[line], -1, 1), -1.0) for line in lines])
    path = _cheapest(scores, np.array([layer.switch * (1 if line.speed == 1 else _OTHER_SPEED) for line in lines]))
    found = []
    for number in np.unique(path[path < len(lines)]):
        line = lines[number]
        for first, last in layer.agreeing(scored[line], free & (path == number)):
            found.append(Stretch(polished(layer, line, first, last, free), first, last))
    return found


def _total(layer: Layer, scores: Scores, free: npt.NDArray[np.bool_]) -> float:
    clipped = np.clip(scores, -1, 1)
    return float(max((clipped[i : j + 1].sum() for i, j in layer.agreeing(scores, free)), default=0.0))


def _cheapest(scores: Scores, enter: Scores) -> npt.NDArray[np.int64]:
    """Give for each sample the row to follow, the number of rows for none; `enter` is each row's price."""
    # No path takes a row whose best stretch does not pay for going over to it: of strangers that leaves none.
    worth = np.flatnonzero(_most(scores) > enter)
    return np.append(worth, len(scores))[_viterbi(scores[worth], enter[worth])]


def _most(scores: Scores) -> Scores:
    """Give for each row the most that any stretch of it adds up to."""
    summed = np.cumsum(scores, axis=1)
    before = np.minimum.accumulate(np.pad(summed, ((0, 0), (1, 0))), axis=1)[:, :-1]
    return np.asarray((summed - before).max(axis=1, initial=0.0))


def _viterbi(scores: Scores, enter: Scores) -> npt.NDArray[np.int64]:
    if not scores.size:
        return np.zeros(scores.shape[1], np.int64)
    # Where nothing changes no path is better for changing in between: a run of equal samples is one step.
    starts = np.append(0, np.flatnonzero((scores[:, 1:] != scores[:, :-1]).any(axis=0)) + 1)
    lengths = np.diff(starts, append=scores.shape[1])
    scores = scores[:, starts] * lengths
    rows, count = scores.shape
    gains, enter = np.zeros((count, rows + 1)), np.append(enter, 0.0)
    gains[:, :rows] = scores.T
    changed, bests = np.empty((count, rows + 1), bool), np.empty(count, np.int64)
    held, entered = -enter, np.empty(rows + 1)
    for at in range(count):
        bests[at] = best = held.argmax()
        np.subtract(held[best], enter, out=entered)
        np.greater(entered, held, out=changed[at])
        np.maximum(entered, held, out=held)
        held += gains[at]
    path = np.empty(count, np.int64)
    row = int(held.argmax())
    for at in range(count - 1, -1, -1):
        path[at] = row
        row = bests[at] if changed[at, row] else row
    return np.repeat(path, lengths)


def polished(layer: Layer, line: Line, first: int, last: int, free: npt.NDArray[np.bool_]) -> Line:
    """Try lines a little beside: the middle of those that hold best on these samples."""
    if not layer.polished:
        return line
    middle = float(layer.b[first] + layer.b[last]) / 2

    def best_at(speed: float) -> tuple[float, Line]:
        tried = [Line(speed, float(line(middle)) - speed * middle + shift) for shift in _OFFSETS_S]
        totals = np.array([layer.total(one, line, free, first, last) for one in tried])
        level = np.flatnonzero(totals >= totals.max() - 0.01 * abs(totals.max()))
        return float(totals.max()), tried[int(np.median(level))]

    speeds = [line.speed + turn for turn in _TURNS]
    best = {speed: best_at(speed) for speed in {*speeds, 1.0}}
    turned = max((best[speed] for speed in speeds), key=lambda one: one[0])
    unchanged = best[1.0] if line.speed > 0 else turned
    return unchanged[1] if unchanged[0] >= _AS_GOOD * turned[0] else turned[1]
