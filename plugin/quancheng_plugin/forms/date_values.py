"""What the pieces of a written moment mean, and why they may mean nothing for sure."""

from datetime import datetime, timedelta, timezone
from enum import StrEnum

from quancheng_plugin.forms import numerals
from quancheng_plugin.forms.date_grammar import Pieces

_YEARS = range(1980, 2100)
AFTER_NOON = frozenset({"下午", "午后", "傍晚", "晚上", "晚间", "夜间", "晚"})
BEFORE_NOON = frozenset({"上午", "早上", "早晨", "早", "清晨", "凌晨"})
NOON = 12
_LAST_MINUTE = 59
_DAY = timedelta(hours=24)
_NO_HOURS = range(0)
_WEEKDAYS = "一二三四五六日"
# 上午12时 may be noon or midnight, 晚3时 the afternoon or the small hours.
_LEFT_OPEN = (
    dict.fromkeys(BEFORE_NOON, range(12, 13))
    | dict.fromkeys(("下午", "午后", "傍晚"), range(1))
    | dict.fromkeys(("晚上", "晚间", "夜间", "晚"), (*range(6), 12))
    | {"中午": (0, *range(3, 11))}
)


class Doubt(StrEnum):
    """Why a written time cannot be taken as read."""

    REPAIRED = "time-repaired"
    INCOMPLETE = "time-incomplete"
    IMPOSSIBLE = "time-impossible"
    REVERSED = "time-reversed"
    APPROXIMATE = "time-approximate"
    AMBIGUOUS = "time-ambiguous"
    LONG = "time-long"
    WEEKDAY = "time-weekday"


def instant_of(pieces: Pieces, zone: timezone, doubts: set[Doubt]) -> datetime | None:
    """The instant that date and time together give, or None where a part is missing or impossible; adds to `doubts`."""
    date, time = _date(pieces, doubts), time_of_day(pieces, doubts)
    return None if date is None or time is None else date.replace(tzinfo=zone) + time


def _date(pieces: Pieces, doubts: set[Doubt]) -> datetime | None:
    numbers = [number_in(written, doubts) for written in (pieces.year, pieces.month, pieces.day)]
    if pieces.repaired:
        doubts.add(Doubt.REPAIRED)
    year, month, day = numbers
    if year is None or month is None or day is None:
        return None
    if year.value not in _YEARS or year.digits != len("2026"):
        doubts.add(Doubt.IMPOSSIBLE)
        return None
    try:
        date = datetime(year.value, month.value, day.value)  # noqa: DTZ001 - the zone is put on by the caller
    except ValueError:
        doubts.add(Doubt.IMPOSSIBLE)
        return None
    if pieces.weekday and _WEEKDAYS[date.weekday()] != pieces.weekday.replace("天", "日"):
        doubts.add(Doubt.WEEKDAY)
    return date


def number_in(written: str | None, doubts: set[Doubt]) -> numerals.Numeral | None:
    """The number written in one place of a date; a blank or unreadable one adds to `doubts`."""
    numeral = numerals.parse(written or "")
    if numeral is None:
        doubts.add(Doubt.INCOMPLETE)
    elif numeral.repaired:
        doubts.add(Doubt.REPAIRED)
    return numeral


def time_of_day(pieces: Pieces, doubts: set[Doubt]) -> timedelta | None:
    """Time of day as the span since midnight; 24时 is the end of the day."""
    hour, minute = number_in(pieces.hour, doubts), number_in(pieces.minute, doubts)
    second = number_in(pieces.second, doubts) if pieces.second else numerals.Numeral(0, 1, repaired=False)
    if pieces.about:
        doubts.add(Doubt.APPROXIMATE)
    if hour is None or minute is None or second is None:
        return None
    value = _by_half(hour.value, pieces.half, doubts)
    time = timedelta(hours=value or 0, minutes=minute.value, seconds=second.value)
    digits = max(hour.digits, minute.digits) <= len("59")
    if value is None or not digits or max(minute.value, second.value) > _LAST_MINUTE or time > _DAY:
        doubts.add(Doubt.IMPOSSIBLE)
        return None
    return time


def _by_half(hour: int, half: str | None, doubts: set[Doubt]) -> int | None:
    """The hour of 24 that `下午3时` means, None for one that cannot be; what the words leave open is a doubt."""
    if half is None or hour > NOON:
        return None if half in BEFORE_NOON else hour
    if hour in _LEFT_OPEN.get(half, _NO_HOURS):
        doubts.add(Doubt.AMBIGUOUS)
        return hour
    after = half in AFTER_NOON or (half == "中午" and hour in {1, 2})
    return hour + NOON if after and hour < NOON else hour
