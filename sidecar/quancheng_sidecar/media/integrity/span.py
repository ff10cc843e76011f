"""From an examined recording to the span that is laid over a form's time: clock, contradictions, cut-out stretches."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.core.agreement import Alternative, Hole, RecordedSpan
from quancheng_sidecar.media.clock.belief import origin, supporters
from quancheng_sidecar.media.integrity.clock_stretches import is_set, jumps_of
from quancheng_sidecar.media.integrity.course import Course, follow
from quancheng_sidecar.media.integrity.misread import cleaned
from quancheng_sidecar.media.report import Clock, Kind, RecordingReport, Witness, WitnessSource

SAME_MINUTE_S = 60.0
"""Witnesses this near each other say the same of a form, which carries minutes."""

# More than this, and than this share of the length, between a clock's ends and the length is no drift: it was set.
_SET_S, _SET_SHARE = 5.0, 0.005

_EDGE_S = 2.0
"""Stretches reach into each other by less than this where they only meet: their edges are known to a look."""

_HABITS = {
    WitnessSource.CONTAINER_START,
    WitnessSource.CONTAINER_STOP,
    WitnessSource.CONTAINER_LOCAL_AS_UTC,
    WitnessSource.CONTAINER_LOCAL_AS_UTC_STOP,
}


def recorded_span(recording_id: str, report: RecordingReport, *, stage: str | None = None) -> RecordedSpan:
    """The span of one recording for `core.agreement.judge`.

    A contradiction that the clock's findings name counts when it is over a minute and no further independent witness
    bears the believed one out; all readings of the contradicting one (at start, at stop …) become alternatives. So do
    the other readings of a container's time that nothing else bears out: devices write it at start or at stop, in UTC
    or local time, and the file alone does not tell which.
    """
    clock = report.clock
    length = report.duration.measured or 0.0
    holes = holes_of(clock)
    end = _end_beyond_holes(report, holes)
    others = _contradicting(clock, length) or _other_habits(clock, length) or _by_either_end(clock, end, holes, length)
    return RecordedSpan(
        recording_id=recording_id,
        name=report.file_name,
        start=clock.start,
        end=end,
        source=clock.source or "",
        contradicted=bool(others),
        alternatives=others,
        findings_high=any(finding.severity is Severity.HIGH for finding in report.integrity.findings),
        stage=stage,
        is_photo=report.kind is Kind.PHOTO,
        holes=(*holes, *_unfilmed(report)),
    )


def _unfilmed(report: RecordingReport) -> Iterator[Hole]:
    """Stretches without a picture (in a sound recording: without sound) over which its time goes on."""
    gaps = [one for one in report.integrity.findings if one.code == "stream-gap"]
    if report.kind is Kind.VIDEO:
        gaps = [one for one in gaps if one.figures["picture"]]
    if not gaps or report.clock.start is None:
        return
    shown = _believed_course(report.clock)
    for one in gaps:
        begin = _instant(report.clock.start, shown, one.at or 0.0)
        yield Hole(start=begin, end=begin + timedelta(seconds=float(one.figures["gap_s"] or 0.0)))


def _instant(start: datetime, shown: tuple[Course, timedelta] | None, at: float) -> datetime:
    """The instant of a media second by the believed witness: where the burnt-in clock leapt before, it says so."""
    pieces = [piece for piece in shown[0].running if piece.begin <= at] if shown else []
    if shown is None or not pieces:
        return start + timedelta(seconds=at)
    course, moved = shown
    return course.instant(pieces[-1].clock(at)) + moved


def _believed_course(clock: Clock) -> tuple[Course, timedelta] | None:
    """How the burnt-in clock runs, and how much later the believed witness starts; None where one of them is not."""
    burnt_in = next((w for w in clock.witnesses if w.source is WitnessSource.BURNT_IN), None)
    if clock.start is None or burnt_in is None:
        return None
    return cleaned(follow(clock.samples)), clock.start - burnt_in.start


def holes_of(clock: Clock) -> tuple[Hole, ...]:
    """Stretches that the burnt-in clock leaps over, on the time line of the believed witness."""
    shown_by = _believed_course(clock)
    if shown_by is None:
        return ()
    course, moved = shown_by
    leaps = [(j.before.clock(j.at), j.after.clock(j.at)) for j in jumps_of(course) if j.by > 0 and not is_set(j)]
    shown = [(piece.clock(piece.begin), piece.clock(piece.end)) for piece in course.running]
    missing = [hole for leap in leaps for hole in _outside(leap, shown)]
    return tuple(Hole(start=course.instant(a) + moved, end=course.instant(b) + moved) for a, b in missing)


def _outside(leap: tuple[float, float], shown: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What of a leap no stretch of the recording shows elsewhere: parts may stand in another order."""
    begin, end = leap
    within = sorted(one for one in shown if min(one[1], end) - max(one[0], begin) > _EDGE_S)
    edges = [begin, *(edge for one in within for edge in one), end]
    left = zip(edges[::2], edges[1::2], strict=True)
    return [(a, b) for a, b in left if b - a > _EDGE_S] if within else [leap]


def _end_beyond_holes(report: RecordingReport, holes: tuple[Hole, ...]) -> datetime | None:
    """The end by the clock: where it was reckoned from the length alone, the stretches leapt over come on top."""
    start, end, length = report.clock.start, report.clock.end, report.duration.measured
    if start is None or end is None or length is None or not holes:
        return end
    leapt = sum((hole.end - hole.start for hole in holes), timedelta())
    reckoned = abs((end - start).total_seconds() - length) <= leapt.total_seconds() / 2
    return end + leapt if reckoned else end


def _by_either_end(
    clock: Clock, end: datetime | None, holes: tuple[Hole, ...], length: float
) -> tuple[Alternative, ...]:
    """The times by the clock's first and by its last stretch, where it was set in between.

    From start to end it then tells more or less than was recorded, and nothing tells which of the two is right.
    """
    if clock.start is None or end is None or not length:
        return ()
    ran = timedelta(seconds=length) + sum((hole.end - hole.start for hole in holes), timedelta())
    if abs((end - clock.start - ran).total_seconds()) <= max(_SET_S, _SET_SHARE * length):
        return ()
    source = clock.source or ""
    return (
        Alternative(source=source, start=clock.start, end=clock.start + ran),
        Alternative(source=source, start=end - ran, end=end),
    )


def _contradicting(clock: Clock, length: float) -> tuple[Alternative, ...]:
    """The times by witnesses that the clock's findings name as contradicting the believed one."""
    against = [finding.figures for finding in clock.findings if _differs(finding)]
    base = next((w for w in clock.witnesses if against and w.source == against[0].get("believed")), None)
    if base is None or supporters(base, clock.witnesses):
        return ()
    named = {figures.get("source") for figures in against}
    contrary = {origin(witness) for witness in clock.witnesses if witness.source in named}
    return tuple(_alternative(w, length) for w in clock.witnesses if origin(w) in contrary)


def _other_habits(clock: Clock, length: float) -> tuple[Alternative, ...]:
    """Other readings of the believed container time, where no independent witness bears that one out."""
    base = next((w for w in clock.witnesses if w.source is clock.source), None)
    if base is None or base.source not in _HABITS or supporters(base, clock.witnesses):
        return ()
    return tuple(
        _alternative(w, length)
        for w in clock.witnesses
        if w.source in _HABITS and abs((w.start - base.start).total_seconds()) > SAME_MINUTE_S
    )


def _alternative(witness: Witness, length: float) -> Alternative:
    end = witness.end or witness.start + timedelta(seconds=length)
    return Alternative(source=witness.source, start=witness.start, end=end)


def _differs(finding: Finding) -> bool:
    by = finding.figures.get("difference_s")
    return isinstance(by, (int, float)) and abs(by) > SAME_MINUTE_S
