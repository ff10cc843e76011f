"""Corrections 更正: a person's value beside what was read or measured, with who, when and why; never over it.

What holds with them is given by `standing`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.catalogue import catalogue
from quancheng_plugin.forms.numbers import normalise
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.port import DocumentId
from quancheng_sidecar.collect.document_fields import fields_of
from quancheng_sidecar.collect.models import Recording, WrittenDocument
from quancheng_sidecar.collect.standing import CASE, INTERVAL, disputed_of, reading_of, review_of, reviewed_as, span_of
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.settings import settings
from quancheng_sidecar.wiring import Parts

RECORDED = {
    CustomField.INTERVAL_START: "start",
    CustomField.INTERVAL_END: "end",
    CustomField.STAGE: "stage",
    CustomField.OFFICER: "officer",
    CustomField.DEVICE: "device",
}
"""Values of a recording that its card carries, by their name as corrections."""
_WORDS = ("officer", "device")
"""Those that may be any words, or none."""
_LONGEST = 64
"""Characters that the columns of `_WORDS` hold."""


class RecordUnknown(QuanchengError):
    """No document or recording has that archive id."""

    code = "QC-RECORD-UNKNOWN"


class CorrectionRefused(QuanchengError):
    """What was entered cannot stand as a value."""

    code = "QC-CORRECTION-REFUSED"


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
        ours = _recorded(record, name) if isinstance(record, Recording) else _held(record, reading_of(record), name)
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
            _require_known(name, before)
            _refuse_case(name)
        entered = {name: _held(document, before, name) for each in confirmed for name in _parts(each, before)}
        entered |= {name: _checked(name, value) for name, value in values.items()}
        _refuse_backwards(before, entered)
        changes = {name: {"was": _held(document, before, name), "value": value} for name, value in entered.items()}
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
        entered = {name: _recorded(recording, name) for name in settled}
        entered |= {name: _checked_recorded(name, value) for name, value in values.items()}
        changes = {name: {"was": _recorded(recording, name), "value": value} for name, value in entered.items()}
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
        raise _refused("没有要更正或确认的内容。", "Nothing to correct or confirm was named.")
    if not why.strip():
        raise _refused("请说明更正的理由（--why）。", "Give the reason of the correction (--why).")
    for name, change in changes.items():
        record.corrections.create(name=name, **change, by=by, why=why, at=at or timezone.now())


def _recorded(recording: Recording, name: str) -> str:
    """A value of a recording as it is kept in a correction; empty where there is none."""
    value = getattr(recording, name)
    return value.isoformat() if isinstance(value, datetime) else str(value or "")


def _checked_recorded(name: str, value: str) -> str:
    _refuse_case(name)
    value = " ".join(value.split())
    if name == "start":
        return _instant(value).isoformat()
    if name == "stage":
        try:
            return Stage.parse(value).value
        except ValueError as error:
            raise _refused(str(error), f"{value!r} is no stage.") from error
    if name not in _WORDS:
        raise _refused(
            f"声像资料的“{name}”不能单独更正；结束时间随开始时间移动。",
            f"{name!r} of a recording cannot be corrected by itself; its end moves with its start.",
        )
    if len(value) > _LONGEST:
        raise _refused(f"“{value}”超过 {_LONGEST} 个字符。", f"{value!r} is longer than {_LONGEST} characters.")
    return value


def _hold(recording: Recording, changed: Collection[str], entered: Mapping[str, str]) -> None:
    """Have the recording say what counts now; its own start is not moved to where it lies."""
    for name in entered.keys() & {"stage", *_WORDS}:
        setattr(recording, name, entered[name])
    if "start" in changed:
        span = span_of(recording)
        recording.start, recording.end = span.start, span.end
    recording.save(update_fields=["start", "end", "stage", *_WORDS])


def _card_fields(recording: Recording) -> dict[CustomField, FieldValue | None]:
    """Fields that the archive must now hold of a recording; None for one without a value."""
    values = {field: _recorded(recording, name) or None for field, name in RECORDED.items()}
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
    _require_known(name, reading)
    return (name,)


def _require_known(name: str, reading: FormReading) -> None:
    """A misspelt name must not stand beside the value that it was meant for."""
    form = reading.form and catalogue(settings()).by_code(reading.form.code)
    labelled = {field.key for field in form.fields} if form else {"ship", "place"}
    if name not in {"form", "number", "party", *INTERVAL, *reading.fields, *reading.review, *labelled}:
        raise _refused(f"这份文书没有名为“{name}”的项目。", f"The form has no value named {name!r}.")


def _held(document: WrittenDocument, reading: FormReading, name: str) -> str:
    """A value that holds of a document, or the case that it is filed under."""
    return str(document.case or "") if name == CASE else _value(reading, name)


def _value(reading: FormReading, name: str) -> str:
    """A value as it is kept in a correction; empty where there is none."""
    match name:
        case "form":
            return reading.form.code if reading.form else ""
        case "number":
            return reading.number.normalised if reading.number else ""
        case "start" | "end":
            at = getattr(reading.interval, name) if reading.interval else None
            return at.isoformat() if at else ""
        case "party":
            return reading.party.value if reading.party else ""
        case _:
            return reading.fields[name].value if name in reading.fields else ""


def _refuse_case(name: str) -> None:
    """Where a record is filed is no value of its own: `filing` moves it, with links and verdicts."""
    if name == CASE:
        raise _refused("案号请用 --case 更正。", "Correct the case number with --case.")


def _checked(name: str, value: str) -> str:
    value = " ".join(value.split())
    if name == "form":
        return _form_code(value)
    if name == "number":
        return normalise(value)
    if name in INTERVAL and value:
        return _instant(value).isoformat()
    return value


def _instant(value: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:  # design rule 6: an instant has an offset, or it is refused
        raise _refused(
            f"时间“{value}”无法采用，请写作 2026-03-01T09:30+08:00。",
            f"The time {value!r} cannot be used; write it as 2026-03-01T09:30+08:00.",
        )
    return at


def _form_code(value: str) -> str:
    known = catalogue(settings())
    named = known.names.get("".join(c for c in value if c not in "()（） "))
    return named.code if named else known.by_code(value).code


def _archive_fields(before: FormReading, after: FormReading) -> dict[CustomField, FieldValue | None]:
    """Fields that the archive must now hold; None for one that no longer has a value."""
    gone = dict.fromkeys(fields_of(before).keys() - fields_of(after).keys())
    return {**fields_of(after), **gone}


def _refuse_backwards(before: FormReading, entered: Mapping[str, str]) -> None:
    start, end = (entered.get(name, _value(before, name)) for name in INTERVAL)
    if not entered.keys().isdisjoint(INTERVAL) and start and end and _at(end) < _at(start):
        raise _refused("结束时间早于开始时间，请核对日期。", "The end lies before the start; check the dates.")


def _at(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _unknown(archive_id: str, see: str) -> RecordUnknown:
    return RecordUnknown(
        zh=f"没有档案编号为“{archive_id}”的记录。请用 {see} 查看编号。",
        en=f"No record has the archive id {archive_id!r}. See `{see}`.",
    )


def _refused(zh: str, en: str) -> CorrectionRefused:
    return CorrectionRefused(zh=zh, en=en)
