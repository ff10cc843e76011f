"""From a received recording to its report, derivatives and record card (Art. 3, 5, 7)."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from quancheng_plugin.findings import Finding
from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.port import DocumentId, DocumentKind, NewDocument, fit_title
from quancheng_sidecar.collect import card
from quancheng_sidecar.collect.corrections import correct_recording, dispute
from quancheng_sidecar.collect.intake import finish
from quancheng_sidecar.collect.models import Correction, Derivative, Intake, IntakeState, Recording
from quancheng_sidecar.collect.origin_findings import origins_of
from quancheng_sidecar.collect.profiles import examine
from quancheng_sidecar.core.deadline import handover_finding
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.media.preview import make_previews
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.services import adopt, register
from quancheng_sidecar.preserve.store import StoredFile
from quancheng_sidecar.wiring import Parts

TRAITS = "traits"
"""Kind of the derivative by which a recording is known again; at intake it has no pictures yet."""


def is_held(intake: Intake) -> bool:
    """Whether this original is already a recording of the case."""
    return Recording.objects.filter(original=intake.original, case=intake.case).exists()


def handover_findings(intake: Intake | Recording, hours: float) -> list[Finding]:
    """Whether it was handed over in time after the return to the unit (Art. 7); empty when it was or is not known."""
    if intake.returned_at is None:
        return []
    finding = handover_finding(intake.returned_at, intake.received_at, hours)
    return [finding] if finding else []


def make_record(parts: Parts, intake: Intake, work: Path) -> None:
    """Examine, register and archive the recording; everything appears together or not at all."""
    if is_held(intake):
        with transaction.atomic():
            _told_again(parts, intake)
        return
    master, traits = parts.store.path(intake.original.digest), work / "traits.npz"
    report = examine(
        master,
        parts.settings,
        device=intake.device,
        file_name=intake.file_name,
        digest=intake.original.as_digest(),
        traits=traits,
    )
    previews = make_previews(master, report.probe, work, parts.settings, master=report.digest.sha256)
    derivatives, report = previews.made, _with(report, previews.left_out)
    late = handover_findings(intake, parts.settings.handover_hours)
    pictures: dict[str, str] = {derivative.kind: derivative.path.name for derivative in derivatives}
    made = card.make(card.Entry(intake, intake.agent, report, late, pictures), work, parts.settings)
    card_stored = parts.store.put(made.path)
    kept: list[tuple[str, StoredFile]] = [(one.kind, parts.store.put(one.path)) for one in derivatives]
    if traits.exists():
        kept.append((TRAITS, parts.store.put(traits)))
    with transaction.atomic():
        # Asked again under the write lock: another worker may have been faster.
        if is_held(intake):
            for stored in (card_stored, *(stored for _, stored in kept)):
                adopt(stored, agent=intake.agent)
            _told_again(parts, intake)
            return
        card_file = register(card_stored)
        archive_id = parts.archive.add(_new_card(intake, report, made, card_file.digest))
        recording = Recording.objects.create(
            original=intake.original,
            case=intake.case,
            file_name=intake.file_name,
            received_at=intake.received_at,
            archive_id=archive_id,
            stage=intake.stage,
            officer=intake.officer,
            device=intake.device,
            returned_at=intake.returned_at,
            start=report.clock.start,
            end=report.clock.end,
            report=report.model_dump(mode="json"),
            card_file=card_file,
        )
        for kind, stored in kept:
            Derivative.objects.create(recording=recording, kind=kind, file=register(stored))
        log.append(
            EventType.METADATA_EXTRACTION,
            agent=intake.agent,
            subject=intake.original.digest,
            detail={
                "card": card_file.digest,
                "archive_id": str(archive_id),
                "start": report.clock.start.isoformat() if report.clock.start else "",
                "end": report.clock.end.isoformat() if report.clock.end else "",
                "clock_source": report.clock.source or "",
                "findings": ",".join(sorted({f.code for f in report.integrity.findings})),
                "derivatives": ",".join(stored.digest.sha256 for _, stored in kept),
            },
        )
        finish(parts, intake, IntakeState.DONE)


def remake_card(parts: Parts, recording: Recording, corrections: Sequence[Correction], work: Path) -> card.Card:
    """Draw and sign in `work` the card of a recording as it now stands, with what people corrected and tracing found.

    `recording` and `corrections` may hold what is about to be entered: nothing is read of them, or written, here.
    """
    first = Intake.objects.filter(original=recording.original, received_at=recording.received_at).first()
    pictures = dict[str, str]()
    for derivative in recording.derivatives.filter(kind__in=card.PICTURES).select_related("file"):
        # A copy: nothing that is written beside it can reach the store.
        shutil.copyfile(parts.store.path(derivative.file.digest), work / derivative.kind)
        pictures[derivative.kind] = derivative.kind
    report = RecordingReport.model_validate(recording.report)
    late = handover_findings(recording, parts.settings.handover_hours)
    agent = first.agent if first else "未知"
    entry = card.Entry(recording, agent, report, late, pictures, corrections, origins_of(recording))
    return card.make(entry, work, parts.settings)


def renew_card(parts: Parts, recording: Recording, made: card.Card, stored: StoredFile) -> dict[str, str]:
    """Put a new card in the place of the former, which stays in the store; gives what the log says of both.

    Inside the caller's transaction, in the workplace of this card.
    """
    former, recording.card_file = recording.card_file, register(stored)
    recording.save(update_fields=["card_file"])
    archive_file = stored.digest.sha256
    archive_id = DocumentId(recording.archive_id)
    parts.archive.renew(archive_id, archive_file=archive_file, text=made.text, page_count=made.page_count)
    return {"card": recording.card_file.digest, "former_card": former.digest}


def _told_again(parts: Parts, intake: Intake) -> None:
    """What a further handing-in says of a recording fills what was left open; what differs is for a person to settle.

    Both handings-in stay listed. Inside the caller's transaction.
    """
    recording = Recording.objects.get(original=intake.original, case=intake.case)
    told = {"stage": intake.stage, "officer": intake.officer, "device": intake.device}
    missing = {name: value for name, value in told.items() if value and not getattr(recording, name)}
    if missing:
        correct_recording(parts, recording.archive_id, missing, by=intake.agent, why="再次交来时补登")
    for name, value in told.items():
        if value and name not in missing and value != getattr(recording, name):
            dispute(parts, recording, name, value, by=intake.agent, why="再次交来时所填不同")
    finish(parts, intake, IntakeState.DUPLICATE)


def _with(report: RecordingReport, findings: Sequence[Finding]) -> RecordingReport:
    """The report with what was noticed after the examination, so that card, list and case report tell it."""
    integrity = report.integrity.model_copy(update={"findings": (*report.integrity.findings, *findings)})
    return report.model_copy(update={"integrity": integrity})


def _new_card(intake: Intake, report: RecordingReport, made: card.Card, digest: str) -> NewDocument:
    clock = report.clock
    fields: dict[CustomField, FieldValue | None] = {
        CustomField.RECORDING_DIGEST: report.digest.sha256,
        CustomField.RECORDING_SM3: report.digest.sm3,
        CustomField.STAGE: intake.stage,
        CustomField.OFFICER: intake.officer,
        CustomField.DEVICE: intake.device,
        CustomField.INTERVAL_START: clock.start.isoformat() if clock.start else None,
        CustomField.INTERVAL_END: clock.end.isoformat() if clock.end else None,
    }
    return NewDocument(
        title=fit_title(f"声像资料登记卡 {intake.file_name}"),
        kind=DocumentKind.RECORD_CARD,
        case=intake.case.number if intake.case else None,
        original=digest,
        archive_file=digest,
        mime_type="application/pdf",
        page_count=made.page_count,
        created=clock.start.date() if clock.start else None,
        text=made.text,
        fields={field: value for field, value in fields.items() if value},
    )
