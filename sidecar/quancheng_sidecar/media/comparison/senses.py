"""What one layer of two recordings says: which times look alike, and how well a line between them holds."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.lines import SPEEDS, Line, Pairs, Span, Times, agreeing
from quancheng_sidecar.media.comparison.report import Sense

Scores = npt.NDArray[np.float64]


class Layer(ABC):
    """One sense of both recordings; the samples of B stand at `b` seconds, `step_s` apart."""

    sense: Sense
    speeds: tuple[float, ...] = SPEEDS
    gap_s: float = 1.0
    """A gap that is still bridged."""
    least_s: float
    """The shortest stretch that is believed."""
    reach_s: float = 0.4
    """How far a pair may lie from the line it is said to be on."""
    switch: float
    """What it costs to go over to another line, in samples that agree entirely."""
    polished: bool = True
    """Whether a line can be laid better by trying; coded frames lie on it exactly."""
    b: Times
    step_s: float

    @abstractmethod
    def pairs(self, free: npt.NDArray[np.bool_]) -> Pairs:
        """Give the times that look alike, of the samples of B that are free."""

    @abstractmethod
    def scores(self, line: Line, free: npt.NDArray[np.bool_]) -> Scores:
        """Give for each sample of B how well it agrees with A on this line: above zero it does, 1 is entirely."""

    @abstractmethod
    def telling(self, line: Line, first: int, last: int) -> bool:
        """Whether this stretch of samples agrees on this line and on none beside it (not a still scene, not a hum)."""

    def total(self, tried: Line, beside: Line, free: npt.NDArray[np.bool_], first: int, last: int) -> float:
        """Give how well B agrees with A in a stretch of samples, summed up, on a line tried `beside` another."""
        del beside
        return float(self.scores(tried, free)[first : last + 1].sum())

    def spans(self, line: Line, free: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
        """Give the stretches of samples (first, last) of B that agree on a line."""
        return self.agreeing(self.scores(line, free), free)

    def agreeing(self, scores: Scores, free: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
        """Give the same where the line's scores are known."""
        return agreeing(self.b, (scores > 0) & free, gap_s=self.gap_s, least_s=self.least_s)

    def span_of(self, line: Line, first: int, last: int) -> Span:
        """Give begin and end of a stretch of samples on a line, in seconds of B."""
        del line
        return float(self.b[first]), float(self.b[last]) + self.step_s

    def free_of(self, taken: Sequence[Span]) -> npt.NDArray[np.bool_]:
        """Give which samples of B lie in none of these spans."""
        free = np.ones(len(self.b), bool)
        for begin, end in taken:
            free &= (self.b < begin - 1e-6) | (self.b >= end - 1e-6)
        return free


def evenly(places: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """Give at most so many of these, evenly, from the first to the last."""
    return places if len(places) <= most else places[np.linspace(0, len(places) - 1, most).astype(int)]


def nearest(times: Times, wanted: Times, reach_s: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Give for each wanted time the index of the nearest of `times` (rising, not empty), and whether it is in reach."""
    after = np.clip(np.searchsorted(times, wanted), 0, len(times) - 1)
    before = np.maximum(after - 1, 0)
    index = np.where(np.abs(times[before] - wanted) < np.abs(times[after] - wanted), before, after)
    return index, np.abs(times[index] - wanted) <= reach_s


def worse_by(on: Scores, aside: Scores) -> float:
    """Give by how much samples are further apart aside of a line (shifts, n) than on it (n,), where that is least.

    Only samples with a counterpart in A (a number) in both places count: its ends must not pass for a difference. A
    shift at which fewer than half have one says nothing.
    """
    more = aside - on
    known = ~np.isnan(more)
    counts = known.sum(axis=1)
    means = np.where(known, more, 0.0).sum(axis=1) / np.maximum(counts, 1)
    return float(np.where(2 * counts >= len(on), means, np.inf).min())
