"""Chinese dates, times and intervals, read from text and never completed by guessing.

What the text does not say (a missing year, minute or end) stays missing and is named as a doubt.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from quancheng_plugin.forms import numerals
from quancheng_plugin.forms.date_grammar import LATER_DATE, MOMENT, SEPARATOR, TIME_ONLY, Pieces, moment_at, time_at
from quancheng_plugin.forms.glyphs import Folded, fold


class Doubt(StrEnum):
    """Why a written time cannot be taken as read."""

    REPAIRED = "time-repaired"
    INCOMPLETE = "time-incomplete"
    IMPOSSIBLE = "time-impossible"
    REVERSED = "time-reversed"
    APPROXIMATE = "time-approximate"
    AMBIGUOUS = "time-ambiguous"
    LONG = "time-long"


_CERTAINTY = {
    Doubt.REPAIRED: 0.6,
    Doubt.APPROXIMATE: 0.6,
    Doubt.AMBIGUOUS: 0.5,
    Doubt.LONG: 0.5,
    Doubt.INCOMPLETE: 0.3,
    Doubt.REVERSED: 0.3,
    Doubt.IMPOSSIBLE: 0.2,
}
_YEARS = range(1980, 2100)
# An end without a date that lies before the start belongs to the next day, but an act that would
# then have lasted half a day is more likely a misread hour.
_SPECK = re.compile(r"(?<=[年月日时点分至到])[.·'`]+(?=[0-9])|(?<=[0-9])[.·'`]+(?=[年月日时点分至到])")
_LONGEST_ROLL = timedelta(hours=12)
_LONGEST = timedelta(hours=24)
_AFTER_NOON = frozenset({"下午", "午后", "傍晚", "晚上", "晚间", "夜间", "晚"})
_BEFORE_NOON = frozenset({"上午", "早上", "早晨", "早", "清晨", "凌晨"})


class TimeText(BaseModel):
    """A moment or interval as written: `text[begin:stop]` is `raw`.

    `start` and `end` are None where the text does not give them in full. `certainty` (0..1) is 1.0
    only when nothing is in doubt; every reason against it stands in `doubts`.
    """

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime | None
    end: AwareDatetime | None
    raw: str
    begin: int
    stop: int
    certainty: Annotated[float, Field(ge=0, le=1)]
    doubts: tuple[Doubt, ...] = ()


def read_interval(text: str, zone_offset: timedelta) -> TimeText | None:
    """The first interval in `text`, or None where no date is written. Never raises.

    A date with one time alone comes back as an interval without end, in doubt as incomplete.
    """
    return next(iter(read_intervals(text, zone_offset)), None)


def read_intervals(text: str, zone_offset: timedelta) -> tuple[TimeText, ...]:
    """Every interval in `text`, in its order; see `read_interval`."""
    folded = _without_specks(fold(text))
    return tuple(_interval(folded, match, timezone(zone_offset)) for match in _moments(folded.text, with_ends=True))


def read_moment(text: str, zone_offset: timedelta) -> TimeText | None:
    """The first date and time in `text` (`end` is None), or None where no date is written. Never raises."""
    return next(iter(read_moments(text, zone_offset)), None)


def read_moments(text: str, zone_offset: timedelta) -> tuple[TimeText, ...]:
    """Every date and time in `text`, in its order; a date without time is in doubt as incomplete."""
    folded = _without_specks(fold(text))
    zone = timezone(zone_offset)
    return tuple(_moment(folded, match, zone) for match in _moments(folded.text, with_ends=False))


def _moments(text: str, *, with_ends: bool) -> Iterator[re.Match[str]]:
    """Matches of MOMENT; with `with_ends` those that are an end of the one before are left out."""
    place = 0
    while match := MOMENT.search(text, place):
        yield match
        place = match.end()
        if with_ends and (end := _end_pieces(text, match.end())):
            place = max(end.stop, place)


def _moment(folded: Folded, match: re.Match[str], zone: timezone) -> TimeText:
    pieces = moment_at(match)
    doubts: set[Doubt] = set()
    return _told(folded, pieces.begin, pieces.stop, (_instant(pieces, zone, doubts), None), doubts)


def _interval(folded: Folded, match: re.Match[str], zone: timezone) -> TimeText:
    first, doubts = moment_at(match), set[Doubt]()
    start = _instant(first, zone, doubts)
    last = _end_pieces(folded.text, first.stop)
    if last is None:
        return _told(folded, first.begin, first.stop, (start, None), doubts | {Doubt.INCOMPLETE})
    if TIME_ONLY.match(folded.text, _skip(folded.text, last.stop)):
        doubts.add(Doubt.AMBIGUOUS)  # a second stretch of time follows: which one is meant is for a person
    end = None if start is None else _end(start, first, last, doubts)
    if start is not None and end is not None and not _sane(start, end, last, doubts):
        start = end = None
    return _told(folded, first.begin, last.stop, (start, end), doubts)


def _without_specks(folded: Folded) -> Folded:
    """The text without dots between a number and its unit: dust, or a foot of the ruled blank."""
    specks = {place for match in _SPECK.finditer(folded.text) for place in range(*match.span())}
    if not specks:
        return folded
    kept = [place for place in range(len(folded.text)) if place not in specks]
    return Folded(
        "".join(folded.text[place] for place in kept), tuple(folded.origin[place] for place in kept), folded.source
    )


def _told(
    folded: Folded, begin: int, stop: int, edges: tuple[datetime | None, datetime | None], doubts: set[Doubt]
) -> TimeText:
    source_begin, source_stop = folded.span(begin, stop)
    if _SPECK.search(folded.raw(begin, stop)):
        doubts = doubts | {Doubt.REPAIRED}
    return TimeText(
        start=edges[0],
        end=edges[1],
        raw=folded.raw(begin, stop),
        begin=source_begin,
        stop=source_stop,
        certainty=min((_CERTAINTY[doubt] for doubt in doubts), default=1.0),
        doubts=tuple(sorted(doubts)),
    )


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " ,、;和及":
        place += 1
    return place


def _end_pieces(text: str, place: int) -> Pieces | None:
    """The pieces of an end that follows a start ending at `place`, or None where none follows."""
    joint = SEPARATOR.match(text, place)
    if joint is None:
        return None
    unclear = joint["word"] is None
    if full := MOMENT.match(text, joint.end()):
        # Without a readable 至 a full date that follows is more likely another moment than an end.
        return None if unclear and not joint["unread"] else _with(moment_at(full), repaired=unclear)
    short = LATER_DATE.match(text, joint.end())
    clock = TIME_ONLY.match(text, short.end() if short else joint.end())
    if clock is None or (unclear and not clock["minute"] and not clock["colon_minute"]):
        return None
    pieces = _with(time_at(clock), repaired=unclear)
    if short is None:
        return pieces
    relative = 1 if short["next"] else 0 if short["same"] else None
    return replace(pieces, begin=short.start(), day=short["day"], relative=relative)


def _with(pieces: Pieces, *, repaired: bool) -> Pieces:
    return replace(pieces, repaired=pieces.repaired or repaired)


def _instant(pieces: Pieces, zone: timezone, doubts: set[Doubt]) -> datetime | None:
    date = _date(pieces, doubts)
    clock = _clock(pieces, doubts)
    if date is None or clock is None:
        return None
    return date.replace(tzinfo=zone) + clock


def _date(pieces: Pieces, doubts: set[Doubt]) -> datetime | None:
    numbers = [_number(written, doubts) for written in (pieces.year, pieces.month, pieces.day)]
    if pieces.repaired:
        doubts.add(Doubt.REPAIRED)
    year, month, day = numbers
    if year is None or month is None or day is None:
        return None
    if year.value not in _YEARS or year.digits != len("2026"):
        doubts.add(Doubt.IMPOSSIBLE)
        return None
    try:
        return datetime(year.value, month.value, day.value)  # noqa: DTZ001 - the zone is put on by the caller
    except ValueError:
        doubts.add(Doubt.IMPOSSIBLE)
        return None


def _number(written: str | None, doubts: set[Doubt]) -> numerals.Numeral | None:
    numeral = numerals.parse(written or "")
    if numeral is None:
        doubts.add(Doubt.INCOMPLETE)
    elif numeral.repaired:
        doubts.add(Doubt.REPAIRED)
    return numeral


def _clock(pieces: Pieces, doubts: set[Doubt]) -> timedelta | None:
    """Time of day as the span since midnight; 24时 is the end of the day."""
    hour, minute = _number(pieces.hour, doubts), _number(pieces.minute, doubts)
    second = _number(pieces.second, doubts) if pieces.second else numerals.Numeral(0, 1, repaired=False)
    if pieces.about:
        doubts.add(Doubt.APPROXIMATE)
    if hour is None or minute is None or second is None:
        return None
    value = _by_half(hour.value, pieces.half, doubts)
    too_late = value == 24 and (minute.value or second.value)  # noqa: PLR2004 - 24时00分 alone is a time of day
    if value > 24 or minute.value > 59 or second.value > 59 or too_late or hour.digits > 2 or minute.digits > 2:  # noqa: PLR2004 - hours and minutes of a clock
        doubts.add(Doubt.IMPOSSIBLE)
        return None
    return timedelta(hours=value, minutes=minute.value, seconds=second.value)


def _by_half(hour: int, half: str | None, doubts: set[Doubt]) -> int:
    """The hour of 24 that `下午3时` means; what the words leave open is a doubt."""
    if half is None or hour > 24:  # noqa: PLR2004 - hours of a clock; the caller refuses what is beyond
        return hour
    if half in _BEFORE_NOON:
        if hour >= 12:  # noqa: PLR2004 - 上午12时 may be noon, 上午15时 is none
            doubts.add(Doubt.AMBIGUOUS if hour == 12 else Doubt.IMPOSSIBLE)  # noqa: PLR2004
        return hour
    if half == "中午":
        if hour not in {11, 12, 13, 14, 1, 2}:
            doubts.add(Doubt.AMBIGUOUS)
        return hour + 12 if hour <= 2 else hour  # noqa: PLR2004 - 中午1时 is 13:00
    earliest = 6 if half in {"晚上", "晚间", "夜间", "晚"} else 1
    if hour < earliest or (hour == 12 and earliest > 1):  # noqa: PLR2004 - 晚12时 may be midnight
        doubts.add(Doubt.AMBIGUOUS)
        return hour
    return hour + 12 if hour < 12 else hour  # noqa: PLR2004 - 下午12时 is noon, 下午15时 as it stands


def _end(start: datetime, first: Pieces, last: Pieces, doubts: set[Doubt]) -> datetime | None:
    if last.year is not None or last.month is not None:
        return _instant(_with_year(last, start), _zone(start), doubts)
    clock = _clock(last, doubts)
    if last.repaired:
        doubts.add(Doubt.REPAIRED)
    if clock is None:
        return None
    midnight = start.replace(hour=0, minute=0, second=0)
    if last.relative is not None:
        return midnight + timedelta(days=last.relative) + clock
    if last.day is not None:
        return _on_day(midnight, last, clock, doubts)
    return _rolled(start, midnight + clock, first, last, doubts)


def _with_year(last: Pieces, start: datetime) -> Pieces:
    """An end that gives month and day takes the year of the start, or the next one in the new year's night."""
    if last.year is not None:
        return last
    month = numerals.parse(last.month or "")
    turns = month is not None and month.value == 1 and start.month == 12  # noqa: PLR2004 - December to January
    return replace(last, year=str(start.year + turns))


def _zone(instant: datetime) -> timezone:
    return timezone(instant.utcoffset() or timedelta())


def _on_day(midnight: datetime, last: Pieces, clock: timedelta, doubts: set[Doubt]) -> datetime | None:
    """An end that gives its day alone: in the month of the start, or the first of the next month."""
    day = _number(last.day, doubts)
    if day is None:
        return None
    tomorrow = midnight + timedelta(days=1)
    if day.value == tomorrow.day:
        return tomorrow + clock
    try:
        return midnight.replace(day=day.value) + clock
    except ValueError:
        doubts.add(Doubt.IMPOSSIBLE)
        return None


def _rolled(start: datetime, end: datetime, first: Pieces, last: Pieces, doubts: set[Doubt]) -> datetime:
    """An end without date: the same day, the next past midnight, or 下午 carried over from the start."""
    noon = timedelta(hours=12)
    if first.half and not last.half and end.hour <= 12:  # noqa: PLR2004 - `下午3时至4时` speaks of hours up to twelve
        if first.half in _AFTER_NOON | {"中午"} and end < start < end + noon:
            return end + noon
        if end <= start and first.half in _BEFORE_NOON:
            doubts.add(Doubt.AMBIGUOUS)
    return end if end >= start else end + timedelta(days=1)


def _sane(start: datetime, end: datetime, last: Pieces, doubts: set[Doubt]) -> bool:
    """Whether start and end can stand together; what is merely unlikely is a doubt."""
    if end < start:
        doubts.add(Doubt.REVERSED)
        return False
    dated = last.day is not None or last.relative is not None
    if end == start:
        doubts.add(Doubt.AMBIGUOUS)
    elif end - start > (_LONGEST if dated else _LONGEST_ROLL) and (dated or end.date() != start.date()):
        doubts.add(Doubt.LONG)
    return True
