"""Filing a record under its case after it came in: Paperless asks for no case number when a file is dropped into it."""

from django.db import transaction

from quancheng_sidecar.archive.port import DocumentId
from quancheng_sidecar.collect.intake import open_case
from quancheng_sidecar.collect.models import Intake, Recording, WrittenDocument
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.wiring import Parts


def file_under(parts: Parts, archive_id: str, number: str, *, by: str) -> set[str]:
    """File a document or recording under a case; gives the numbers of the cases that this touches.

    A record that has a case keeps it: moving between cases is a hand-over, not a correction.
    """
    with transaction.atomic():
        record: WrittenDocument | Recording | None = (
            WrittenDocument.objects.filter(archive_id=archive_id).first()
            or Recording.objects.filter(archive_id=archive_id).first()
        )
        case = open_case(number)
        if record is None or record.case is not None or case is None:
            return set()
        record.case = case
        record.save(update_fields=["case"])
        Intake.objects.filter(original=record.original, case=None).update(case=case)
        parts.archive.file_under(DocumentId(archive_id), case.number)
        log.append(
            EventType.METADATA_MODIFICATION,
            agent=by,
            subject=record.original.digest,
            detail={"archive_id": archive_id, "changes": {"case": {"was": "", "value": case.number}}, "why": ""},
        )
    return {case.number}
