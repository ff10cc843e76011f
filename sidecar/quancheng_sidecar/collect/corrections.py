"""Corrections 更正: a person's value beside what was read or measured, with who, when and why; never over it.

What holds with them is given by `standing`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.reading import FormReading
from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.port import DocumentId
from quancheng_sidecar.collect.document_fields import fields_of
from quancheng_sidecar.collect.entered import (
    WORDS,
    checked,
    checked_of_recording,
    held,
    recorded,
    refuse_backwards,
    refuse_case,
    refused,
    require_known,
)
from quancheng_sidecar.collect.models import Recording, WrittenDocument
from quancheng_sidecar.collect.standing import INTERVAL, disputed_of, reading_of, review_of, reviewed_as, span_of
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.wiring import Parts

RECORDED = {
    CustomField.INTERVAL_START: "start",
    CustomField.INTERVAL_END: "end",
    CustomField.STAGE: "stage",
    CustomField.OFFICER: "officer",
    CustomField.DEVICE: "device",
}
"""Values of a recording that its card carries, by their name as corrections."""


class RecordUnknown(QuanchengError):
    """No document or recording has that archive id."""

    code = "QC-RECORD-UNKNOWN"


def find_document(archive_id: str) -> WrittenDocument:
    """The document of that archive id; raises `RecordUnknown`."""
    found = WrittenDocument.objects.filter(archive_id=archive_id).select_related("original", "case").first()
    if found is None:
        raise _unknown(archive_id, "quancheng document list")
    return found


def find_recording(archive_id: str) -> Recording:
    """The recording whose record card has that archive id; raises `RecordUnknown`."""
    found = Recording.objects.filter(archive_id=archive_id).select_related("original", "case").first()
    if found is None:
        raise _unknown(archive_id, "quancheng recording list")
    return found


def dispute(  # noqa: PLR0913  what, where, who and why of one act
    parts: Parts,
    record: WrittenDocument | Recording,
    name: str,
    other: str,
    *,
    by: str,
    why: str,
    at: datetime | None = None,
) -> None:
    """Note that another person entered another value elsewhere: ours holds, theirs is kept, both go to review.

    `at` is when, where that was not just now.
    """
    with transaction.atomic():
        ours = recorded(record, name) if isinstance(record, Recording) else held(record, reading_of(record), name)
        note = f"{why}：{other or '无'}"
        last = record.corrections.filter(name=name).last()
        if last and last.disputed and last.why == note:
            return
        record.corrections.create(
            name=name, was=ours, value=ours, by=by, why=note, disputed=True, at=at or timezone.now()
        )
        parts.archive.merge_fields(DocumentId(record.archive_id), {CustomField.REVIEW: "、".join(review_of(record))})
        _log(record, {name: {"was": ours, "value": ours, "disputed": other}}, by, why, at)


def correct_document(  # noqa: PLR0913  what, how, who and why of one act
    parts: Parts,
    archive_id: str,
    values: Mapping[str, str],
    *,
    confirmed: Sequence[str] = (),
    by: str,
    why: str,
    at: datetime | None = None,
) -> WrittenDocument:
    """Enter a person's values of a form, and confirm others as they were read.

    `values` by name: `form` (code or name), `number`, `start` and `end` (ISO 8601 with offset; empty for none),
    `party`, or the key of a field. `confirmed` names values that were read right; `interval` stands for each end
    that is not entered here: one end alone leaves the interval under review. `at` is when the person did so, where that
    was not just now. Archive, correction and log event are written together. Raises `RecordUnknown`,
    `CorrectionRefused`.
    """
    with transaction.atomic():
        document = find_document(archive_id)
        before = reading_of(document)
        for name in values:
            require_known(name, before)
            refuse_case(name)
        entered = {name: held(document, before, name) for each in confirmed for name in _parts(each, before)}
        entered |= {name: checked(name, value) for name, value in values.items()}
        refuse_backwards(before, entered)
        changes = {name: {"was": held(document, before, name), "value": value} for name, value in entered.items()}
        _note(document, changes, by, why, at)
        parts.archive.merge_fields(DocumentId(document.archive_id), _archive_fields(before, reading_of(document)))
        _log(document, changes, by, why, at)
    return document


def correct_recording(  # noqa: PLR0913  what, how, who and why of one act
    parts: Parts,
    archive_id: str,
    values: Mapping[str, str],
    *,
    confirmed: Sequence[str] = (),
    by: str,
    why: str,
    at: datetime | None = None,
) -> Recording:
    """Enter a person's values of a recording, and settle in favour of ours what is under review.

    `values` by name: `start` (ISO 8601 with offset, for a camera whose clock was off by a known amount; the end
    moves with it), `stage` (its code or name), `officer` and `device` (at most 64 characters, empty for none).
    `recording` holds what counts now; what its own witnesses say and what was told at intake stays in its report, its
    intake and its signed record card. `at` as above. Raises `RecordUnknown`, `CorrectionRefused`.
    """
    with transaction.atomic():
        recording = find_recording(archive_id)
        settled = {name for name in disputed_of(recording) if reviewed_as(name) in confirmed}
        entered = {name: recorded(recording, name) for name in settled}
        entered |= {name: checked_of_recording(name, value) for name, value in values.items()}
        changes = {name: {"was": recorded(recording, name), "value": value} for name, value in entered.items()}
        _note(recording, changes, by, why, at)
        _hold(recording, values.keys(), entered)
        parts.archive.merge_fields(DocumentId(recording.archive_id), _card_fields(recording))
        _log(recording, changes, by, why, at)
    return recording


def _note(
    record: WrittenDocument | Recording,
    changes: Mapping[str, Mapping[str, str]],
    by: str,
    why: str,
    at: datetime | None,
) -> None:
    """Write each change beside the value that it corrects. Raises `CorrectionRefused` without a change or a reason."""
    if not changes:
        raise refused("没有要更正或确认的内容。", "Nothing to correct or confirm was named.")
    if not why.strip():
        raise refused("请说明更正的理由（--why）。", "Give the reason of the correction (--why).")
    for name, change in changes.items():
        record.corrections.create(name=name, **change, by=by, why=why, at=at or timezone.now())


def _hold(recording: Recording, changed: Collection[str], entered: Mapping[str, str]) -> None:
    """Have the recording say what counts now; its own start is not moved to where it lies."""
    for name in entered.keys() & {"stage", *WORDS}:
        setattr(recording, name, entered[name])
    if "start" in changed:
        span = span_of(recording)
        recording.start, recording.end = span.start, span.end
    recording.save(update_fields=["start", "end", "stage", *WORDS])


def _card_fields(recording: Recording) -> dict[CustomField, FieldValue | None]:
    """Fields that the archive must now hold of a recording; None for one without a value."""
    values = {field: recorded(recording, name) or None for field, name in RECORDED.items()}
    return {**values, CustomField.REVIEW: "、".join(review_of(recording)) or None}


def _log(
    record: WrittenDocument | Recording,
    changes: Mapping[str, Mapping[str, str]],
    by: str,
    why: str,
    at: datetime | None,
) -> None:
    log.append(
        EventType.METADATA_MODIFICATION,
        agent=by,
        subject=record.original.digest,
        detail={"archive_id": record.archive_id, "changes": changes, "why": why, **done_at(at)},
    )


def done_at(at: datetime | None) -> dict[str, str]:
    """What a log event says of when a person acted, where that was earlier than it is logged."""
    return {"acted_at": at.isoformat()} if at else {}


def _parts(name: str, reading: FormReading) -> tuple[str, ...]:
    if name == "interval":
        return INTERVAL
    require_known(name, reading)
    return (name,)


def _archive_fields(before: FormReading, after: FormReading) -> dict[CustomField, FieldValue | None]:
    """Fields that the archive must now hold; None for one that no longer has a value."""
    gone = dict.fromkeys(fields_of(before).keys() - fields_of(after).keys())
    return {**fields_of(after), **gone}


def _unknown(archive_id: str, see: str) -> RecordUnknown:
    return RecordUnknown(
        zh=f"没有档案编号为“{archive_id}”的记录。请用 {see} 查看编号。",
        en=f"No record has the archive id {archive_id!r}. See `{see}`.",
    )
