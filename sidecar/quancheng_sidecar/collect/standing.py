"""What holds of a record: what was read or measured, with a person's corrections laid over it.

The reading of a form and the report of a recording are kept as they were made; everything that judges or shows works
with what is given here.
"""

from collections.abc import Collection
from datetime import datetime

from quancheng_plugin.forms.catalogue import catalogue
from quancheng_plugin.forms.reading import FieldRead, FormRead, FormReading, IntervalRead, NumberRead
from quancheng_plugin.ocr.lines import Box
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.collect.models import Recording, WrittenDocument
from quancheng_sidecar.core.agreement import RecordedSpan
from quancheng_sidecar.media.integrity.span import recorded_span
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.settings import settings

INTERVAL = ("start", "end")
"""The ends of an interval, by their names as corrections."""
CASE = "case"
"""The case, by its name as a correction: no value of the form or recording itself, but where it is filed."""
RECORDED_ZH = {
    CASE: CustomField.CASE_NUMBER.zh,
    "start": CustomField.INTERVAL_START.zh,
    "end": CustomField.INTERVAL_END.zh,
    "stage": CustomField.STAGE.zh,
    "officer": CustomField.OFFICER.zh,
    "device": CustomField.DEVICE.zh,
}
"""Values of a recording that people may correct, in words."""
READ_ZH = {"form": "文书名称", "number": "文书编号", "interval": "起止时间", "party": "当事人"}
"""Values of a form that its reader gives a place of their own, in words."""
CORRECTED_ZH = {**READ_ZH, **RECORDED_ZH}
"""All that a correction may name but a form's further fields, in words."""
# Where a person entered what the reader had not found, there is no place on the page to show.
_NOWHERE = {"raw": "", "page": 1, "box": Box(x0=0, y0=0, x1=0, y1=0)}


def reading_of(document: WrittenDocument) -> FormReading:
    """What holds of a form: what was read, with every value that a person corrected or confirmed in its place.

    A corrected value has confidence 1 and is no longer under review; its `raw` stays what stood on the page.
    """
    reading = FormReading.model_validate(document.reading)
    entered = _latest(document)
    for name, value in entered.items():
        reading = reading.model_copy(update=_changed(reading, name, value))
    reading = reading.model_copy(update={"review": tuple(n for n in reading.review if n not in _settled(entered))})
    disputed = {reviewed_as(name) for name in disputed_of(document)}
    return reading.model_copy(update={"review": (*reading.review, *sorted(disputed - set(reading.review)))})


def review_of(record: WrittenDocument | Recording) -> tuple[str, ...]:
    """Names of what a person must look at: what was read with doubt, which only a form is, and what is disputed."""
    if isinstance(record, WrittenDocument):
        return reading_of(record).review
    return tuple(sorted({reviewed_as(name) for name in disputed_of(record)}))


def span_of(recording: Recording) -> RecordedSpan:
    """When a recording, named by its archive id, ran: by its witnesses, or from the start that a person entered."""
    report = RecordingReport.model_validate(recording.report)
    span = recorded_span(recording.archive_id, report, stage=recording.stage or None)
    # A dispute says nothing of the start: it keeps what held, and makes it no surer.
    entered = recording.corrections.filter(name="start", disputed=False).last()
    return span.moved_to(datetime.fromisoformat(entered.value), report.duration.measured or 0.0) if entered else span


def _latest(document: WrittenDocument) -> dict[str, str]:
    return dict(document.corrections.exclude(name=CASE).values_list("name", "value"))


def _settled(entered: Collection[str]) -> set[str]:
    """Names that a person has answered for: an interval only by both its ends."""
    return {*entered} | ({"interval"} if set(INTERVAL) <= {*entered} else set())


def reviewed_as(name: str) -> str:
    """The name under which a value is listed for review: both ends are one interval."""
    return "interval" if name in INTERVAL else name


def disputed_of(record: WrittenDocument | Recording) -> list[str]:
    """Names of values of which people on two sides entered different ones, and nobody has settled which holds."""
    latest = dict(record.corrections.values_list("name", "disputed"))
    return [name for name, disputed in latest.items() if disputed]


def _changed(reading: FormReading, name: str, value: str) -> dict[str, object]:
    """What a correction changes of a reading."""
    match name:
        case "form":
            return {"form": _form(value) if value else None}
        case "number":
            kept = _placed(reading.number)
            return {"number": NumberRead(**kept, normalised=value) if value else None}
        case "start" | "end":
            kept = _placed(reading.interval)
            ends = {each: getattr(reading.interval, each, None) for each in INTERVAL}
            ends[name] = datetime.fromisoformat(value) if value else None
            return {"interval": IntervalRead(**kept, **ends) if any(ends.values()) else None}
        case "party":
            return {"party": _field(reading.party, "当事人", value) if value else None}
        case _:
            others = {key: field for key, field in reading.fields.items() if key != name}
            held = {name: _field(reading.fields.get(name), name, value)} if value else {}
            return {"fields": others | held}


def _form(code: str) -> FormRead:
    form = catalogue(settings()).by_code(code)
    return FormRead(code=code, name=form.name, confidence=1, stage=form.stage, recording=form.recording)


def _placed(read: NumberRead | IntervalRead | FieldRead | None) -> dict[str, object]:
    where = {"raw": read.raw, "page": read.page, "box": read.box} if read else _NOWHERE
    return where | {"confidence": 1.0}


def _field(read: FieldRead | None, label: str, value: str) -> FieldRead:
    return FieldRead.model_validate(_placed(read) | {"label": read.label if read else label, "value": value})
