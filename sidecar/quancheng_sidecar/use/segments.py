"""The recordings that a case's recordings may be chained with, wherever in the archive they are filed."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q, QuerySet

from quancheng_sidecar.collect.models import Case, Intake, IntakeKind, IntakeState, Recording
from quancheng_sidecar.collect.standing import span_of
from quancheng_sidecar.core.agreement import RecordedSpan, Segment
from quancheng_sidecar.core.agreement.chains import REACH
from quancheng_sidecar.core.agreement.suppositions import piece_of
from quancheng_sidecar.core.interval import union

_HANDED_IN = (IntakeState.RECEIVED, IntakeState.QUARANTINED, IntakeState.DUPLICATE)
"""Files of which only the name speaks: still to be examined, or the bytes of a recording under another name."""


def segments_about(case: Case, recordings: Sequence[Recording], spans: Sequence[RecordedSpan]) -> list[Segment]:
    """The case's own `recordings` with their `spans`, and what may neighbour them, filed elsewhere or not at all.

    Of each device: what ran within a day of the case's own, in full; by their names alone what was made at a time
    that is unknown (at any time, where that of an own one is unknown), and files that were handed in and are not
    examined. What names no device is looked at by name and time.
    """
    found = [_segment(recording, span) for recording, span in zip(recordings, spans, strict=True)]
    elsewhere = Recording.objects.exclude(case=case)
    named = {recording.device for recording in recordings if recording.device}
    for device in named:
        own = [span for recording, span in zip(recordings, spans, strict=True) if recording.device == device]
        near = list(elsewhere.filter(_near(own), device=device).select_related("case"))
        found += [_segment(recording, span_of(recording)) for recording in near]
        others = elsewhere.filter(device=device).exclude(pk__in=[recording.pk for recording in near])
        found += _by_name(others.filter(_at_times_of(own)))
    if named:
        found += _by_name(elsewhere.filter(_at_times_of(spans), device=""))
    return [*found, *_handed_in(case, named)]


def _segment(recording: Recording, span: RecordedSpan) -> Segment:
    return Segment(
        span=span,
        device=recording.device,
        case=recording.case.number_as_given if recording.case else "",
        original=recording.original_id,
    )


def _near(spans: Iterable[RecordedSpan]) -> Q:
    """Recordings that began within a day of one of these, or none where no time is known."""
    ran = [piece.interval.widened(REACH) for span in spans if (piece := piece_of(span))]
    near = Q(pk__in=())
    for stretch in union(ran):
        near |= Q(start__gte=stretch.start, start__lte=stretch.end)
    return near


def _at_times_of(spans: Sequence[RecordedSpan]) -> Q:
    """Recordings that may have begun near one of these: of unknown times all may."""
    return _near(spans) | Q(start=None) if all(span.start for span in spans) else Q()


def _by_name(held: QuerySet[Recording]) -> Iterator[Segment]:
    """Recordings without their reports, which are large: their names and when they began."""
    rows = held.values_list("archive_id", "file_name", "start", "device", "case__number_as_given", "original_id")
    for archive_id, name, start, device, case, digest in rows.iterator():
        span = RecordedSpan(recording_id=archive_id, name=name, start=start, end=None, examined=False)
        yield Segment(span=span, device=device, case=case or "", original=digest)


def _handed_in(case: Case, devices: Iterable[str]) -> Iterator[Segment]:
    """Files whose names alone are known."""
    held = Intake.objects.filter(kind=IntakeKind.RECORDING, state__in=_HANDED_IN)
    mine = held.filter(Q(case=case) | Q(device__in=devices)).select_related("case")
    for intake in mine:
        span = RecordedSpan(recording_id=str(intake.pk), name=intake.file_name, start=None, end=None, examined=False)
        number = intake.case.number_as_given if intake.case else ""
        yield Segment(span=span, device=intake.device, case=number, original=intake.original_id)
