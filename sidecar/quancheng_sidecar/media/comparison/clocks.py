"""Burnt-in clocks as a witness of two recordings: whether both show the same time where their pictures agree."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from quancheng_sidecar.media.comparison.lines import Line, Span
from quancheng_sidecar.media.integrity.course import Course, follow
from quancheng_sidecar.media.integrity.misread import cleaned
from quancheng_sidecar.media.report import Clock, WitnessSource

_MOMENTS = 9
_REACH_S = 2.0
"""How far before and after its readings an even stretch of a clock is believed to have run."""


@dataclass(frozen=True)
class Clocks:
    """How the burnt-in clocks of A and B run: both were read with certainty."""

    a: Course
    b: Course

    def apart(self, line: Line, span: Span) -> float | None:
        """By how many seconds B's clock is ahead of A's over a span of B, in the middle of what is read there.

        Where a clock leaps (a pause, a setting) either side of the leap may be meant. None where one was not read.
        """
        moments = np.linspace(*span, _MOMENTS)
        found = (self._apart_at(float(at), float(line(at))) for at in moments)
        told = sorted(seconds for seconds in found if seconds is not None)
        return told[len(told) // 2] if told else None

    def _apart_at(self, in_b: float, in_a: float) -> float | None:
        between = (self.b.zero - self.a.zero).total_seconds()
        pairs = product(_shown(self.b, in_b), _shown(self.a, in_a))
        return min((between + here - there for here, there in pairs), key=abs, default=None)


def clocks_of(a: Clock, b: Clock) -> Clocks | None:
    """Both clocks, where each recording's time rests on the one in its picture."""
    if not all(clock.source is WitnessSource.BURNT_IN for clock in (a, b)):
        return None
    clocks = Clocks(*(cleaned(follow(clock.samples)) for clock in (a, b)))
    return clocks if clocks.a.running and clocks.b.running else None


def _shown(course: Course, at: float) -> list[float]:
    """What a clock shows at a second of its recording, by each even stretch that reaches so far."""
    near = (one for one in course.running if one.begin - _REACH_S <= at <= one.end + _REACH_S)
    return [one.clock(at) for one in near]
