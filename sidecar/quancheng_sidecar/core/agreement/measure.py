"""The figures of one world: a form's interval and recordings whose times are taken as they stand.

Forms state minutes. The written minute enters as its first instant and the tolerance, never
under 60 s, includes the minute's own width: a recording that starts anywhere in the written
minute of the start and ends in or after the written minute of the end is within tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from quancheng_sidecar.core.agreement.values import Rule, Verdict
from quancheng_sidecar.core.interval import Interval, covered, overlaps, subtract, total, union


@dataclass(frozen=True)
class Piece:
    """One recording laid on the time line, with the stretches cut out of it."""

    recording_id: str
    interval: Interval
    holes: tuple[Interval, ...] = ()
    name: str = ""

    def parts(self) -> tuple[Interval, ...]:
        """What it really covers; a moment (photo) stays a moment."""
        if self.interval.start == self.interval.end:
            return (self.interval,)
        return subtract((self.interval,), self.holes)


@dataclass(frozen=True)
class Measured:
    """Figures of one world; deltas are seconds that the recordings fall short (negative: longer)."""

    verdict: Verdict
    coverage: float = 0.0
    covered_s: float = 0.0
    uncovered_s: float = 0.0
    start_delta_s: float | None = None
    end_delta_s: float | None = None
    gaps: tuple[Interval, ...] = ()
    overlaps: tuple[Interval, ...] = ()


def measure(form: Interval, pieces: Sequence[Piece], rule: Rule) -> Measured:
    """Lay `pieces`, all near the form, over its interval; a form of no length is a moment."""
    if not pieces:
        return Measured(Verdict.MISSING, uncovered_s=form.seconds)
    if form.start == form.end:
        return _moment(form, pieces, rule)
    return _interval(form, pieces, rule)


def _moment(form: Interval, pieces: Sequence[Piece], rule: Rule) -> Measured:
    parts = [part for piece in pieces for part in piece.parts()]
    nearest = min(parts, key=form.distance)
    start_delta, end_delta = _deltas(form, nearest, nearest)
    holds = form.distance(nearest) <= timedelta(seconds=rule.tolerance_s)
    return Measured(
        Verdict.AGREES if holds else Verdict.DEVIATES,
        coverage=float(holds),
        start_delta_s=start_delta,
        end_delta_s=end_delta,
    )


def _interval(form: Interval, pieces: Sequence[Piece], rule: Rule) -> Measured:
    parts = [part for piece in pieces for part in piece.parts()]
    runs = union(parts, bridging=timedelta(seconds=rule.gap_s))
    touching = [run for run in runs if run.intersection(form)] or [min(runs, key=form.distance)]
    start_delta, end_delta = _deltas(form, touching[0], touching[-1])
    gaps = tuple(Interval(before.end, after.start) for before, after in pairwise(touching))
    inside = covered(form, parts)
    covered_s = total(inside).total_seconds()
    return Measured(
        _verdict(start_delta, end_delta, gaps, covered_s, rule),
        coverage=covered_s / form.seconds,
        covered_s=covered_s,
        uncovered_s=form.seconds - covered_s,
        start_delta_s=start_delta,
        end_delta_s=end_delta,
        gaps=gaps,
        overlaps=overlaps(piece.interval for piece in pieces),
    )


def _deltas(form: Interval, first: Interval, last: Interval) -> tuple[float, float]:
    return (first.start - form.start).total_seconds(), (form.end - last.end).total_seconds()


def _verdict(start_delta: float, end_delta: float, gaps: Sequence[Interval], covered_s: float, rule: Rule) -> Verdict:
    if gaps:
        return Verdict.INCOMPLETE
    # Nothing of the interval covered is never agreement, however wide the bureau sets its tolerance.
    if max(start_delta, end_delta) > rule.tolerance_s or covered_s <= 0:
        return Verdict.DEVIATES
    return Verdict.AGREES
