"""Coded frames as a layer: equal hashes are the same coding, whatever the container."""

from typing import override

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.coded_frames import CodedFrames
from quancheng_sidecar.media.comparison.lines import Line, Pairs
from quancheng_sidecar.media.comparison.report import Sense
from quancheng_sidecar.media.comparison.senses import Layer, Scores

_COMMON = 8
"""A hash that stands more often in a recording is of something that says nothing: black, silence, a still."""

_DISTINCT = 5


class CodedLayer(Layer):
    """Frames of one kind of stream whose hash stands in both recordings."""

    speeds = (1.0,)
    least_s = 0.15
    reach_s = 0.1
    switch = 2.0
    polished = False

    def __init__(self, sense: Sense, a: CodedFrames, b: CodedFrames) -> None:
        self.sense = sense
        order = np.argsort(b.at, kind="stable")
        self.b = b.at[order].astype(np.float64)
        self.step_s = float(np.median(np.diff(self.b))) if len(b) > 1 else 0.0
        self._hashes = b.hashes[order]
        self._in_a, self._in_b = _equal(a.hashes, self._hashes)
        self._a = a.at.astype(np.float64)

    @override
    def pairs(self, free: npt.NDArray[np.bool_]) -> Pairs:
        use = free[self._in_b]
        return Pairs(self._a[self._in_a[use]], self.b[self._in_b[use]], self._in_b[use])

    @override
    def scores(self, line: Line, free: npt.NDArray[np.bool_]) -> Scores:
        on = np.abs(self._a[self._in_a] - line(self.b[self._in_b])) <= self.reach_s
        scores = np.full(len(self.b), -1.0)
        scores[self._in_b[on]] = 1.0
        return scores

    @override
    def telling(self, line: Line, first: int, last: int) -> bool:
        on = (self._in_b >= first) & (self._in_b <= last)
        return len(np.unique(self._hashes[self._in_b[on]])) >= _DISTINCT


def _equal(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.int64], ...]:
    """Give the indices of all pairs of equal hashes, but for hashes that are common within either recording."""
    order = np.argsort(a, kind="stable")
    first, last = (np.searchsorted(a[order], b, side) for side in ("left", "right"))
    _, back, counts = np.unique(b, return_inverse=True, return_counts=True)
    times = np.where((last - first <= _COMMON) & (counts[back] <= _COMMON), last - first, 0)
    in_b = np.repeat(np.arange(len(b)), times)
    starts = np.repeat(np.cumsum(times) - times, times)
    return order[np.repeat(first, times) + np.arange(len(in_b)) - starts], in_b
