"""From an examined recording to the span that is laid over a form's time: clock, contradictions, cut-out stretches."""

from datetime import datetime, timedelta

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.core.agreement import Alternative, Hole, RecordedSpan
from quancheng_sidecar.media.clock.belief import origin, supporters
from quancheng_sidecar.media.integrity.clockwork import is_set, jumps_of
from quancheng_sidecar.media.integrity.course import follow
from quancheng_sidecar.media.integrity.misread import cleaned
from quancheng_sidecar.media.report import Clock, Kind, RecordingReport, WitnessSource

SAME_MINUTE_S = 60.0
"""Witnesses this near each other say the same of a form, which carries minutes."""


def recorded_span(recording_id: str, report: RecordingReport, *, stage: str | None = None) -> RecordedSpan:
    """The span of one recording for `core.agreement.judge`.

    A contradiction that the clock's findings name counts when it is over a minute and no further independent witness
    bears the believed one out; all readings of the contradicting one (at start, at stop …) become alternatives.
    """
    clock = report.clock
    others = _contradicting(clock, report.duration.measured or 0.0)
    holes = holes_of(clock)
    return RecordedSpan(
        recording_id=recording_id,
        name=report.file_name,
        start=clock.start,
        end=_end_beyond_holes(report, holes),
        source=clock.source or "",
        contradicted=bool(others),
        alternatives=others,
        findings_high=any(finding.severity is Severity.HIGH for finding in report.integrity.findings),
        stage=stage,
        is_photo=report.kind is Kind.PHOTO,
        holes=holes,
    )


def holes_of(clock: Clock) -> tuple[Hole, ...]:
    """Stretches that the burnt-in clock leaps over, on the time line of the believed witness."""
    burnt_in = next((w for w in clock.witnesses if w.source is WitnessSource.BURNT_IN), None)
    if clock.start is None or burnt_in is None:
        return ()
    course = cleaned(follow(clock.samples))
    moved = clock.start - burnt_in.start
    leaps = [jump for jump in jumps_of(course) if jump.by > 0 and not is_set(jump)]
    return tuple(
        Hole(
            start=course.instant(jump.before.clock(jump.at)) + moved,
            end=course.instant(jump.after.clock(jump.at)) + moved,
        )
        for jump in leaps
    )


def _end_beyond_holes(report: RecordingReport, holes: tuple[Hole, ...]) -> datetime | None:
    """The end by the clock: where it was reckoned from the length alone, the stretches leapt over come on top."""
    start, end, length = report.clock.start, report.clock.end, report.duration.measured
    if start is None or end is None or length is None or not holes:
        return end
    leapt = sum((hole.end - hole.start for hole in holes), timedelta())
    reckoned = abs((end - start).total_seconds() - length) <= leapt.total_seconds() / 2
    return end + leapt if reckoned else end


def _contradicting(clock: Clock, length: float) -> tuple[Alternative, ...]:
    """The times by witnesses that the clock's findings name as contradicting the believed one."""
    against = [finding.figures for finding in clock.findings if _differs(finding)]
    base = next((w for w in clock.witnesses if against and w.source == against[0].get("believed")), None)
    if base is None or supporters(base, clock.witnesses):
        return ()
    named = {figures.get("source") for figures in against}
    contrary = {origin(witness) for witness in clock.witnesses if witness.source in named}
    return tuple(
        Alternative(source=w.source, start=w.start, end=w.end or w.start + timedelta(seconds=length))
        for w in clock.witnesses
        if origin(w) in contrary
    )


def _differs(finding: Finding) -> bool:
    by = finding.figures.get("difference_s")
    return isinstance(by, (int, float)) and abs(by) > SAME_MINUTE_S
