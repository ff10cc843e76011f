"""What is held, and what people corrected in it, as `document` and `recording` commands list it."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.findings import Finding
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.archive.port import DocumentId
from quancheng_sidecar.cli.instants import Instant
from quancheng_sidecar.cli.output import listing, people, print_json
from quancheng_sidecar.collect.models import Correction, Recording, WrittenDocument
from quancheng_sidecar.collect.standing import reading_of
from quancheng_sidecar.collect.wording import corrections_in_words
from quancheng_sidecar.core.agreement import Agreement
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.settings import settings
from quancheng_sidecar.use.models import Verdict
from quancheng_sidecar.wiring import parts


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class CorrectionEntry(_Value):
    """One correction; `was` and `value` are the same where a person confirmed what was read, or it is disputed."""

    name: str
    was: str
    value: str
    by: str
    why: str
    disputed: bool
    """Whether another person entered another value, which `why` names: nothing was changed, and a person settles it."""
    at: Instant


class DocumentEntry(_Value):
    """One document of the archive: what holds of it now, corrections laid over what was read."""

    archive_id: str
    file: str
    case: str | None
    digest: str
    reading: FormReading
    corrections: tuple[CorrectionEntry, ...]


class Linked(_Value):
    """Another document or record card that this one is linked with."""

    archive_id: str
    title: str


class DocumentDetail(DocumentEntry):
    """One document with all that is known of it: findings about its file, its verdict, what it is linked with."""

    findings: tuple[Finding, ...]
    agreement: Agreement | None
    links: tuple[Linked, ...]


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
    start: Instant | None
    end: Instant | None
    corrections: tuple[CorrectionEntry, ...]


class RecordingDetail(RecordingEntry):
    """One recording with its examination, derivatives by kind and digest, and what it is linked with."""

    officer: str | None
    device: str | None
    returned_at: Instant | None
    received_at: Instant
    report: RecordingReport
    tracing: str
    """`pending`, `done` or `failed`."""
    origins: tuple[Finding, ...]
    looked_through: tuple[Finding, ...]
    """What the deferred look at every picture found beyond the report."""
    derivatives: dict[str, str]
    links: tuple[Linked, ...]


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
    return RecordingEntry(
        archive_id=recording.archive_id,
        file=recording.file_name,
        case=recording.case.number_as_given if recording.case else None,
        digest=recording.original.digest,
        stage=recording.stage or None,
        start=recording.start,
        end=recording.end,
        corrections=_entries(recording.corrections.all()),
    )


def document_detail(document: WrittenDocument) -> DocumentDetail:
    """A document as it is shown."""
    verdict = Verdict.objects.filter(document=document).first()
    return DocumentDetail(
        **dict(document_entry(document)),
        findings=tuple(Finding.model_validate(finding) for finding in document.findings),
        agreement=Agreement.model_validate(verdict.agreement) if verdict else None,
        links=_links(document.archive_id),
    )


def recording_detail(recording: Recording) -> RecordingDetail:
    """A recording as it is shown."""
    from quancheng_sidecar.collect.origin_findings import origin_findings, origins_of

    return RecordingDetail(
        **dict(recording_entry(recording)),
        officer=recording.officer or None,
        device=recording.device or None,
        returned_at=recording.returned_at,
        received_at=recording.received_at,
        report=RecordingReport.model_validate(recording.report),
        tracing=recording.tracing,
        origins=origin_findings(recording, origins_of(recording)),
        looked_through=tuple(Finding.model_validate(finding) for finding in recording.looked_through),
        derivatives={d.kind: d.file.digest for d in recording.derivatives.select_related("file")},
        links=_links(recording.archive_id),
    )


def _links(archive_id: str) -> tuple[Linked, ...]:
    archive = parts().archive
    linked = {other for others in archive.links(DocumentId(archive_id)).values() for other in others}
    return tuple(Linked(archive_id=other, title=archive.get(other).title) for other in sorted(linked))


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
        times = [f"{at:%Y-%m-%d %H:%M:%S}" if at else "未知" for at in (entry.start, entry.end)]
        stage = Stage(entry.stage).zh if entry.stage else ""
        table.add_row(entry.archive_id, entry.file, entry.case or "", stage, *times)
    people.print(table if entries else "还没有声像资料。")


def show_links(links: Iterable[Linked]) -> None:
    """What a record is linked with, for a person."""
    table = listing("档案编号", "名称", title="关联")
    for linked in links:
        table.add_row(linked.archive_id, linked.title)
    people.print(table if table.row_count else "尚无关联的文书或声像资料。")


def show_corrections(corrections: Iterable[CorrectionEntry]) -> None:
    """Corrections for a person, oldest first."""
    table = listing("项目", "更正", "更正人", "理由", "时间", title="更正")
    for each in corrections_in_words(corrections, settings().zone):
        table.add_row(each["name"], each["change"], each["by"], each["why"], each["at"])
    if table.row_count:
        people.print(table)
