"""Use 使用: judge a case's forms against its recordings, link them, and search all (Art. 5, 10–13)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.findings import Finding
from quancheng_plugin.forms.numbers import normalise
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.port import DocumentId, SearchPage
from quancheng_sidecar.collect.models import Case, Intake, IntakeKind, IntakeState, Recording, WrittenDocument
from quancheng_sidecar.collect.standing import reading_of, span_of
from quancheng_sidecar.core.agreement import (
    Agreement,
    FormTime,
    RecordedSpan,
    Rule,
    View,
    chain_findings,
    chained,
    chains,
    judge,
)
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.settings import Settings
from quancheng_sidecar.use.models import Verdict
from quancheng_sidecar.use.segments import segments_about
from quancheng_sidecar.wiring import Parts


class CaseUnknown(QuanchengError):
    """No such case."""

    code = "QC-CASE-UNKNOWN"


class FormVerdict(BaseModel):
    """One form of the case and how its time agrees with the recordings."""

    model_config = ConfigDict(frozen=True)

    document: DocumentId
    file_name: str
    form: str
    number: str | None
    stage: Stage
    review: tuple[str, ...]
    agreement: Agreement

    @property
    def title(self) -> str:
        """The form's name with what tells it from others of its kind: its number, or else its file's name."""
        return f"{self.form} {self.number or self.file_name}"


class CaseCheck(BaseModel):
    """The verdict of every form of a case that carries a time; `without_time` names the other documents.

    `findings` are about the case as a whole: `segment-missing` and `segment-elsewhere`, of severity info or low.
    `chained` is how many of its recordings follow others of their device by number or time; of the rest it cannot be
    told whether a neighbour is missing.
    """

    model_config = ConfigDict(frozen=True)

    case: str
    forms: tuple[FormVerdict, ...]
    without_time: tuple[str, ...]
    findings: tuple[Finding, ...]
    chained: int


def find_case(number: str) -> Case:
    """The case of that number, however it is written; raises `CaseUnknown`."""
    try:
        return Case.objects.get(number=normalise(number))
    except Case.DoesNotExist as error:
        raise CaseUnknown(
            zh=f"没有案号“{number}”。请用 quancheng search 查找，或核对案号。",
            en=f"There is no case {number!r}. Search for it, or check the number.",
        ) from error


def judge_case(parts: Parts, number: str) -> None:
    """Judge every form of the case, keep the verdicts, enter them and the links in the archive, log what changed.

    What a change of the case asks for; `check_case` also tells a person of it. Raises `CaseUnknown`.
    """
    _judged(parts, find_case(number))


def check_case(parts: Parts, number: str) -> CaseCheck:
    """Do what `judge_case` does, and tell it with what is found about the case as a whole. Raises `CaseUnknown`."""
    case = find_case(number)
    judged = _judged(parts, case)
    # Read after the verdicts are written: a day of a device takes a second, and nobody waits for the lock meanwhile.
    view = View(case.number_as_given, judged.times, judged.ran, parts.settings.zone)
    laid = chains(segments_about(case, judged.recordings, judged.ran))
    return CaseCheck(
        case=case.number_as_given,
        forms=judged.verdicts,
        without_time=judged.without_time,
        findings=chain_findings(view, laid),
        chained=chained(case.number_as_given, laid),
    )


@dataclass(frozen=True)
class _Judged:
    """A case as it was judged; `ran` are the spans of its `recordings`, `times` those of its forms that carry one."""

    verdicts: tuple[FormVerdict, ...]
    times: list[FormTime]
    recordings: list[Recording]
    ran: list[RecordedSpan]
    without_time: tuple[str, ...]


def _judged(parts: Parts, case: Case) -> _Judged:
    with transaction.atomic():
        held = Recording.objects.filter(case=case).select_related("case")
        recordings = list(held.order_by("start", "id"))
        documents = list(WrittenDocument.objects.filter(case=case).order_by("received_at", "id"))
        timed = [(d, r) for d in documents if (r := reading_of(d)).form and r.form.stage]
        ran = [span_of(recording) for recording in recordings]
        spans = [*ran, *map(_unexamined, _waiting(case))]
        times = [_form_time(reading) for _, reading in timed]
        verdicts = tuple(
            _judge(parts, document, reading, spans, times[:n] + times[n + 1 :])
            for n, (document, reading) in enumerate(timed)
        )
        others = {d.id for d in documents} - {d.id for d, _ in timed}
        # Also of those that were taken out of their case and put under no other.
        for verdict in Verdict.objects.filter(Q(document__in=others) | Q(document__case=None)):
            _withdraw(parts, verdict)
    return _Judged(verdicts, times, recordings, ran, tuple(d.file_name for d in documents if d.id in others))


def _waiting(case: Case) -> QuerySet[Intake]:
    """Recordings of the case that are not examined yet, or could not be and await a person."""
    states = (IntakeState.RECEIVED, IntakeState.QUARANTINED)
    return Intake.objects.filter(case=case, kind=IntakeKind.RECORDING, state__in=states)


def _unexamined(intake: Intake) -> RecordedSpan:
    return RecordedSpan(
        recording_id=str(intake.pk),
        name=intake.file_name,
        start=None,
        end=None,
        stage=intake.stage or None,
        examined=False,
    )


def _judge(
    parts: Parts,
    document: WrittenDocument,
    reading: FormReading,
    spans: Sequence[RecordedSpan],
    others: Sequence[FormTime],
) -> FormVerdict:
    form = _form_time(reading)
    agreement = judge(form, spans, rule(parts.settings, Stage(form.stage)), others=others)
    known = _known(document)
    _link(parts, document, known, _cards(agreement))
    _keep(parts, document, known, agreement)
    return FormVerdict(
        document=DocumentId(document.archive_id),
        file_name=document.file_name,
        form=reading.form.name if reading.form else "",
        number=reading.number.normalised if reading.number else None,
        stage=Stage(form.stage),
        review=reading.review,
        agreement=agreement,
    )


def rule(settings: Settings, stage: Stage) -> Rule:
    """The tolerance and gap that hold for a stage (Art. 5 gives none, so they are settings)."""
    return Rule(tolerance_s=settings.tolerance_by_stage.get(stage, settings.tolerance_s), gap_s=settings.gap_s)


def _form_time(reading: FormReading) -> FormTime:
    interval = reading.interval
    assert reading.form is not None  # noqa: S101  the caller chose forms that were named
    assert reading.form.stage is not None  # noqa: S101  and that carry a stage
    return FormTime(
        form_code=reading.form.code,
        stage=reading.form.stage,
        start=interval.start if interval else None,
        end=interval.end if interval else None,
        recording_required=reading.form.recording,
        in_review=not {"form", "interval"}.isdisjoint(reading.review),
    )


def _cards(agreement: Agreement) -> list[DocumentId]:
    """Record cards of the recordings that the form was laid over."""
    return [DocumentId(used.recording_id) for used in agreement.considered]


def _known(document: WrittenDocument) -> Agreement | None:
    """The latest judgment that was kept."""
    kept = Verdict.objects.filter(document=document).first()
    return Agreement.model_validate(kept.agreement) if kept else None


def _link(parts: Parts, document: WrittenDocument, known: Agreement | None, cards: Sequence[DocumentId]) -> None:
    """Link the form with the cards of the recordings it was laid over; links that an earlier judgment made may go."""
    form = DocumentId(document.archive_id)
    for left in set(_cards(known) if known else ()) - set(cards):
        parts.archive.unlink(CustomField.RECORDINGS, form, left)
    for used in cards:
        parts.archive.link(CustomField.RECORDINGS, form, used)


def _withdraw(parts: Parts, verdict: Verdict) -> None:
    """Take back the verdict of a document that, by a person's correction, no longer carries a time."""
    document = verdict.document
    _link(parts, document, _known(document), ())
    verdict.delete()
    parts.archive.merge_fields(DocumentId(document.archive_id), {CustomField.VERDICT: None})
    log.append(
        EventType.AGREEMENT,
        agent="quancheng",
        subject=document.original.digest,
        outcome="withdrawn",
        detail={"archive_id": document.archive_id},
    )


def _keep(parts: Parts, document: WrittenDocument, known: Agreement | None, agreement: Agreement) -> None:
    if known == agreement:
        return
    Verdict.objects.update_or_create(
        document=document,
        defaults={
            "verdict": agreement.verdict,
            "agreement": agreement.model_dump(mode="json"),
            "judged_at": timezone.now(),
        },
    )
    bearing = agreement.bearing()
    if known is not None and known.bearing() == bearing:
        return  # the case has another recording, of something else
    parts.archive.merge_fields(DocumentId(document.archive_id), {CustomField.VERDICT: agreement.verdict.value})
    log.append(
        EventType.AGREEMENT,
        agent="quancheng",
        subject=document.original.digest,
        outcome=agreement.verdict,
        detail={
            "archive_id": document.archive_id,
            "agreement": bearing.model_dump(mode="json"),
            "elsewhere": agreement.elsewhere(),
        },
    )


def search(parts: Parts, query: str, *, limit: int = 20, offset: int = 0) -> SearchPage:
    """One search over forms and record cards alike; rules in docs/reference/search.md."""
    return parts.archive.search(query, limit=limit, offset=offset)
