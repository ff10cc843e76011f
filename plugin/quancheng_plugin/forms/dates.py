"""Chinese dates, times and intervals, read from text and never completed by guessing.

What the text does not say (a missing year, minute or end) stays missing and is named as a doubt.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from quancheng_plugin.forms import numerals
from quancheng_plugin.forms.date_grammar import LATER_DATE, MOMENT, SEPARATOR, TIME_ONLY, Pieces, moment_at, time_at
from quancheng_plugin.forms.date_values import AFTER_NOON, BEFORE_NOON, NOON, Doubt, instant_of, number_in, time_of_day
from quancheng_plugin.forms.glyphs import Folded, fold

__all__ = ["Doubt", "TimeText", "holds_clock", "read_interval", "read_intervals", "read_moment", "read_moments"]

_CERTAINTY = {
    Doubt.REPAIRED: 0.6,
    Doubt.APPROXIMATE: 0.6,
    Doubt.AMBIGUOUS: 0.5,
    Doubt.LONG: 0.5,
    Doubt.WEEKDAY: 0.5,
    Doubt.INCOMPLETE: 0.3,
    Doubt.REVERSED: 0.3,
    Doubt.IMPOSSIBLE: 0.2,
}
_SPECK = re.compile(r"(?<=[年月日时点分至到])[.·'`]+(?=[0-9])|(?<=[0-9])[.·'`]+(?=[年月日时点分至到])")
# An end without a date that lies before the start belongs to the next day, but an act that would
# then have lasted half a day is more likely a misread hour.
_LONGEST_ROLL = timedelta(hours=8)
_LONGEST = timedelta(hours=24)


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

    def ambiguous(self) -> "TimeText":
        """The same time, with another one beside it: which is meant is for a person."""
        doubts = tuple(sorted({*self.doubts, Doubt.AMBIGUOUS}))
        certainty = min(self.certainty, _CERTAINTY[Doubt.AMBIGUOUS])
        return self.model_copy(update={"doubts": doubts, "certainty": certainty})

    def among_others(self, text: str) -> bool:
        """Whether `text`, from which this was read, holds a further time of day before or after it."""
        return holds_clock(text[: self.begin]) or holds_clock(text[self.stop :])


def holds_clock(text: str) -> bool:
    """Whether a time of day is written in `text`, with or without a date; printed blanks are none."""
    found = TIME_ONLY.finditer(_without_specks(fold(text)).text)
    return any(match["colon_hour"] or match["hour"] for match in found)


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
    return _told(folded, pieces.begin, pieces.stop, (instant_of(pieces, zone, doubts), None), doubts)


def _interval(folded: Folded, match: re.Match[str], zone: timezone) -> TimeText:
    first, doubts = moment_at(match), set[Doubt]()
    start = instant_of(first, zone, doubts)
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


def _end(start: datetime, first: Pieces, last: Pieces, doubts: set[Doubt]) -> datetime | None:
    if last.year is not None or last.month is not None:
        return instant_of(_with_year(last, start), _zone(start), doubts)
    clock = time_of_day(last, doubts)
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
    day = number_in(last.day, doubts)
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
    if first.half and not last.half and end.hour <= NOON:  # `下午3时至4时` speaks of hours up to twelve
        later = end + timedelta(hours=NOON)
        if first.half in AFTER_NOON | {"中午"} and end < start < later:
            return later
        if end <= start and first.half in BEFORE_NOON:
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
