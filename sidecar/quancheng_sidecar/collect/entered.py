"""Values that a person enters: which a record has, how each is written, and which cannot stand."""

from collections.abc import Mapping
from datetime import datetime

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.catalogue import catalogue
from quancheng_plugin.forms.numbers import normalise
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.collect.models import Recording, WrittenDocument
from quancheng_sidecar.collect.standing import CASE, INTERVAL
from quancheng_sidecar.settings import settings

WORDS = ("officer", "device")
"""Values of a recording that may be any words, or none."""
_LONGEST = 64
"""Characters that the columns of `WORDS` hold."""


class CorrectionRefused(QuanchengError):
    """What was entered cannot stand as a value."""

    code = "QC-CORRECTION-REFUSED"


def held(document: WrittenDocument, reading: FormReading, name: str) -> str:
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


def recorded(recording: Recording, name: str) -> str:
    """A value of a recording as it is kept in a correction; empty where there is none."""
    value = getattr(recording, name)
    return value.isoformat() if isinstance(value, datetime) else str(value or "")


def require_known(name: str, reading: FormReading) -> None:
    """Refuse a misspelt name, which must not stand beside the value that it was meant for; `CorrectionRefused`."""
    form = reading.form and catalogue(settings()).by_code(reading.form.code)
    labelled = {field.key for field in form.fields} if form else {"ship", "place"}
    if name not in {"form", "number", "party", *INTERVAL, *reading.fields, *reading.review, *labelled}:
        raise refused(f"这份文书没有名为“{name}”的项目。", f"The form has no value named {name!r}.")


def checked(name: str, value: str) -> str:
    """A form's value as it is kept: a form by its code, a number normalised, a time as ISO 8601 with its offset.

    Raises `CorrectionRefused` for a time without offset.
    """
    value = " ".join(value.split())
    if name == "form":
        return _form_code(value)
    if name == "number":
        return normalise(value)
    if name in INTERVAL and value:
        return _instant(value).isoformat()
    return value


def checked_of_recording(name: str, value: str) -> str:
    """A recording's value as it is kept. Raises `CorrectionRefused` for what cannot be corrected by itself."""
    refuse_case(name)
    value = " ".join(value.split())
    if name == "start":
        return _instant(value).isoformat()
    if name == "stage":
        try:
            return Stage.parse(value).value
        except ValueError as error:
            raise refused(str(error), f"{value!r} is no stage.") from error
    if name not in WORDS:
        raise refused(
            f"声像资料的“{name}”不能单独更正；结束时间随开始时间移动。",
            f"{name!r} of a recording cannot be corrected by itself; its end moves with its start.",
        )
    if len(value) > _LONGEST:
        raise refused(f"“{value}”超过 {_LONGEST} 个字符。", f"{value!r} is longer than {_LONGEST} characters.")
    return value


def refuse_case(name: str) -> None:
    """Refuse the case: where a record is filed is no value of its own, `filing` moves it, with links and verdicts."""
    if name == CASE:
        raise refused("案号请用 --case 更正。", "Correct the case number with --case.")


def refuse_backwards(before: FormReading, entered: Mapping[str, str]) -> None:
    """Refuse an end before the start, whichever of them is entered. Raises `CorrectionRefused`."""
    start, end = (entered.get(name, _value(before, name)) for name in INTERVAL)
    if not entered.keys().isdisjoint(INTERVAL) and start and end and _at(end) < _at(start):
        raise refused("结束时间早于开始时间，请核对日期。", "The end lies before the start; check the dates.")


def _form_code(value: str) -> str:
    known = catalogue(settings())
    named = known.names.get("".join(c for c in value if c not in "()（） "))
    return named.code if named else known.by_code(value).code


def _instant(value: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:  # design rule 6: an instant has an offset, or it is refused
        raise refused(
            f"时间“{value}”无法采用，请写作 2026-03-01T09:30+08:00。",
            f"The time {value!r} cannot be used; write it as 2026-03-01T09:30+08:00.",
        )
    return at


def _at(value: str) -> datetime:
    return datetime.fromisoformat(value)


def refused(zh: str, en: str) -> CorrectionRefused:
    """The refusal in both languages, to be raised."""
    return CorrectionRefused(zh=zh, en=en)
