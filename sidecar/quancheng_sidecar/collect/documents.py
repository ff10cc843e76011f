"""From a received scan to a signed, searchable form in the archive (Art. 3, 4)."""

from pathlib import Path

from django.db import transaction

from quancheng_plugin import document
from quancheng_plugin.document import ProcessedDocument
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.port import DocumentKind, NewDocument, fit_title
from quancheng_sidecar.collect.document_fields import fields_of
from quancheng_sidecar.collect.intake import finish
from quancheng_sidecar.collect.models import Intake, IntakeState, Prepared, WrittenDocument
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.services import adopt, register
from quancheng_sidecar.wiring import Parts


def is_held(intake: Intake) -> bool:
    """Whether this original is already a document of the case."""
    return WrittenDocument.objects.filter(original=intake.original, case=intake.case).exists()


def make_record(parts: Parts, intake: Intake, work: Path) -> None:
    """Read, sign and archive the form; document, archive entry and log event appear together or not at all."""
    done = None if is_held(intake) else _processed(parts, intake, work)
    archive_file = parts.store.put(done.archive_path) if done else None
    with transaction.atomic():
        # Asked again under the write lock: another worker may have been faster.
        if done is None or archive_file is None or is_held(intake):
            if archive_file is not None:
                adopt(archive_file, agent=intake.agent)
            finish(parts, intake, IntakeState.DUPLICATE)
            return
        signed = register(archive_file)
        archive_id = parts.archive.add(_new_document(intake, done, signed.digest))
        WrittenDocument.objects.create(
            original=intake.original,
            case=intake.case,
            file_name=intake.file_name,
            received_at=intake.received_at,
            archive_id=archive_id,
            archive_file=signed,
            reading=done.reading.model_dump(mode="json"),
            verification=done.verification.model_dump(mode="json"),
            findings=[finding.model_dump(mode="json") for finding in done.findings],
        )
        log.append(
            EventType.METADATA_EXTRACTION,
            agent=intake.agent,
            subject=intake.original.digest,
            detail={
                "archive_file": signed.digest,
                "archive_id": str(archive_id),
                "form": done.reading.form.code if done.reading.form else "",
                "review": ",".join(done.reading.review),
            },
        )
        finish(parts, intake, IntakeState.DONE)


def _processed(parts: Parts, intake: Intake, work: Path) -> ProcessedDocument:
    prepared = Prepared.objects.filter(intake=intake).select_related("archive_file").first()
    if prepared is None:
        return document.process(parts.store.path(intake.original.digest), work, parts.settings)
    return ProcessedDocument.model_validate(
        {name: getattr(prepared, name) for name in ("page_count", "text", "reading", "verification", "findings")}
        | {"lines": (), "was_signed": prepared.archive_file == intake.original}
        | {"archive_path": parts.store.path(prepared.archive_file.digest)}
    )


def _new_document(intake: Intake, done: ProcessedDocument, archive_file: str) -> NewDocument:
    reading = done.reading
    # What a person must still check is no ground for a title or a date: both are read as facts.
    sure = {"form", "number", "interval"} - set(reading.review)
    form = reading.form.name if reading.form and "form" in sure else "文书（待辨认）"
    number = f" {reading.number.normalised}" if reading.number and "number" in sure else ""
    start = reading.interval.start if reading.interval and "interval" in sure else None
    return NewDocument(
        title=fit_title(f"{form}{number}"),
        kind=DocumentKind.FORM,
        case=intake.case.number if intake.case else None,
        original=intake.original.digest,
        archive_file=archive_file,
        mime_type="application/pdf",
        page_count=done.page_count,
        created=start.date() if start else None,
        text=f"{intake.file_name}\n{done.text}",
        fields={**fields_of(reading), CustomField.SIGNATURE_STATUS: _signature_status(done)},
    )


def _signature_status(done: ProcessedDocument) -> str:
    """The signatures in a word, as of now; `document verify` tells all."""
    if not done.verification.signatures:
        return "无签名"
    trusts = {signature.trust.zh for signature in done.verification.signatures}
    return f"{'有效' if done.verification.valid else '未能确认有效'}（{'、'.join(sorted(trusts))}）"
