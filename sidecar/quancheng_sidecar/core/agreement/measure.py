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

_MINUTE = timedelta(minutes=1)
"""What a form leaves open at either end: an act from 09:30:59 to 09:32:00 is written 09:30 to 09:32."""


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
    beyond_tolerance: bool = False
    """An edge falls short by more than the tolerance."""
    too_short: bool = False
    """Less was recorded than half of the shortest act that is written so."""


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
    # Nothing of the interval covered is never agreement, however wide the bureau sets its tolerance.
    beyond = max(start_delta, end_delta) > rule.tolerance_s or covered_s <= 0
    too_short = not beyond and _too_short(form, parts)
    return Measured(
        Verdict.INCOMPLETE if gaps else Verdict.DEVIATES if beyond or too_short else Verdict.AGREES,
        coverage=covered_s / form.seconds,
        covered_s=covered_s,
        uncovered_s=form.seconds - covered_s,
        start_delta_s=start_delta,
        end_delta_s=end_delta,
        gaps=gaps,
        overlaps=overlaps(piece.interval for piece in pieces),
        beyond_tolerance=beyond,
        too_short=too_short,
    )


def _deltas(form: Interval, first: Interval, last: Interval) -> tuple[float, float]:
    return (first.start - form.start).total_seconds(), (form.end - last.end).total_seconds()


def _too_short(form: Interval, parts: Sequence[Interval]) -> bool:
    """Whether so little was recorded that the tolerance at both edges alone would make it agree.

    It matters for short forms only: two seconds within 09:30 to 09:32 are within a minute of either edge.
    """
    written = Interval(form.start, form.end + _MINUTE)
    recorded = total(covered(written, parts))
    return recorded * 2 < form.length - _MINUTE
