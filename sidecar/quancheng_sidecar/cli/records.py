"""What is held, and what people corrected in it, as `document` and `recording` commands list it."""

from collections.abc import Iterable

from pydantic import AwareDatetime, BaseModel, ConfigDict

from quancheng_plugin.forms.reading import FormReading
from quancheng_sidecar.cli.output import listing, people, print_json
from quancheng_sidecar.collect.corrections import reading_of
from quancheng_sidecar.collect.models import Correction, Recording, WrittenDocument
from quancheng_sidecar.settings import settings


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class CorrectionEntry(_Value):
    """One correction; `was` and `value` are the same where a person confirmed what was read."""

    name: str
    was: str
    value: str
    by: str
    why: str
    at: AwareDatetime


class DocumentEntry(_Value):
    """One document of the archive: what holds of it now, corrections laid over what was read."""

    archive_id: str
    file: str
    case: str | None
    digest: str
    reading: FormReading
    corrections: tuple[CorrectionEntry, ...]


class DocumentList(_Value):
    """Documents, oldest first."""

    documents: tuple[DocumentEntry, ...]


class RecordingEntry(_Value):
    """One recording of the archive; `start` and `end` are what holds now."""

    archive_id: str
    file: str
    case: str | None
    digest: str
    stage: str | None
    start: AwareDatetime | None
    end: AwareDatetime | None
    corrections: tuple[CorrectionEntry, ...]


class RecordingList(_Value):
    """Recordings, oldest first."""

    recordings: tuple[RecordingEntry, ...]


def document_entry(document: WrittenDocument) -> DocumentEntry:
    """A document as it is listed."""
    return DocumentEntry(
        archive_id=document.archive_id,
        file=document.file_name,
        case=document.case.number_as_given if document.case else None,
        digest=document.original.digest,
        reading=reading_of(document),
        corrections=_entries(document.corrections.all()),
    )


def recording_entry(recording: Recording) -> RecordingEntry:
    """A recording as it is listed."""
    zone = settings().zone
    return RecordingEntry(
        archive_id=recording.archive_id,
        file=recording.file_name,
        case=recording.case.number_as_given if recording.case else None,
        digest=recording.original.digest,
        stage=recording.stage or None,
        start=recording.start.astimezone(zone) if recording.start else None,
        end=recording.end.astimezone(zone) if recording.end else None,
        corrections=_entries(recording.corrections.all()),
    )


def _entries(corrections: Iterable[Correction]) -> tuple[CorrectionEntry, ...]:
    names = CorrectionEntry.model_fields
    return tuple(CorrectionEntry.model_validate({name: getattr(c, name) for name in names}) for c in corrections)


def list_documents(*, case: str | None, review: bool, as_json: bool) -> None:
    """All documents, or those of a case, or those that a person must look at."""
    from quancheng_plugin.forms.numbers import normalise

    found = WrittenDocument.objects.select_related("original", "case").prefetch_related("corrections")
    if case:
        found = found.filter(case__number=normalise(case))
    entries = tuple(document_entry(document) for document in found.order_by("received_at", "id"))
    if review:
        entries = tuple(entry for entry in entries if entry.reading.review)
    if as_json:
        print_json(DocumentList(documents=entries))
        return
    table = listing("档案编号", "文件", "案号", "文书", "需核对")
    for entry in entries:
        form = entry.reading.form.name if entry.reading.form else "未能辨认"
        table.add_row(entry.archive_id, entry.file, entry.case or "", form, "、".join(entry.reading.review))
    people.print(table if entries else ("没有需要核对的文书。" if review else "还没有文书。"))


def list_recordings(*, case: str | None, as_json: bool) -> None:
    """All recordings, or those of a case."""
    from quancheng_plugin.forms.numbers import normalise

    found = Recording.objects.select_related("original", "case").prefetch_related("corrections")
    if case:
        found = found.filter(case__number=normalise(case))
    entries = tuple(recording_entry(recording) for recording in found.order_by("received_at", "id"))
    if as_json:
        print_json(RecordingList(recordings=entries))
        return
    table = listing("档案编号", "文件", "案号", "环节", "开始", "结束")
    for entry in entries:
        times = [str(at) if at else "未知" for at in (entry.start, entry.end)]
        table.add_row(entry.archive_id, entry.file, entry.case or "", entry.stage or "", *times)
    people.print(table if entries else "还没有声像资料。")


def show_corrections(corrections: Iterable[CorrectionEntry]) -> None:
    """Corrections for a person, oldest first."""
    table = listing("项目", "原值", "更正值", "更正人", "理由", "时间", title="更正")
    for c in corrections:
        value = "核对无误" if c.was == c.value else c.value or "无"
        table.add_row(c.name, c.was or "无", value, c.by, c.why, f"{c.at.astimezone(settings().zone):%Y-%m-%d %H:%M}")
    if table.row_count:
        people.print(table)
