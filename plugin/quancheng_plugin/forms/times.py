"""Chooses the time that the form states for its act, and holds it against every other time on the form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from quancheng_plugin.forms.catalogue import Form, Role
from quancheng_plugin.forms.cells import Labelled
from quancheng_plugin.forms.dates import Doubt, TimeText, holds_clock, read_interval, read_intervals, read_moment
from quancheng_plugin.forms.layout import Piece, union
from quancheng_plugin.forms.numerals import CHINESE
from quancheng_plugin.forms.reading import IntervalRead
from quancheng_plugin.ocr.lines import Box

_FROM_BODY = 0.6
_ALONE = 0.7
# Between a time and what is written over or under it, in letter heights.
_NEAR = 1.2
_BLANK = re.compile(r"[年月日时分秒至到,.:~-]*$")
# Words of the grammar: where one is misread the time does not parse, or is in doubt as repaired.
# Not to the minute, of another calendar, or of another zone than the office's.
_QUALIFIED = re.compile(r"约|农历|阴历|世界时|UTC|GMT")
_UNITS = "年月日时分秒点至"


@dataclass(frozen=True)
class TimeFound:
    """What the form states, why a person must look (`doubts`), and another statement it contradicts."""

    read: IntervalRead | None
    doubts: tuple[Doubt, ...] = ()
    contradicts: str | None = None
    from_body: bool = False


@dataclass(frozen=True)
class _Statement:
    """One time that stands under a label."""

    told: TimeText
    raw: str
    page: int
    box: Box
    confidence: float

    @property
    def read(self) -> IntervalRead:
        return IntervalRead(
            raw=self.raw,
            page=self.page,
            box=self.box,
            confidence=min(self.confidence, self.told.certainty),
            start=self.told.start,
            end=self.told.end,
        )

    @property
    def edges(self) -> tuple[object, object]:
        return self.told.start, self.told.end


def find_time(
    values: Sequence[Labelled],
    form: Form | None,
    narrative: str,
    strays: Sequence[Piece],
    zone_offset: timedelta,
) -> TimeFound:
    """The interval or moment of `form` among its labelled values; `narrative` is the text outside them.

    `strays` are pieces that belong to no label: one that is a time and no more stands in a further row
    of a table, and is held against the first; a time of day close by is a correction or a further stretch.

    Of a form that is not known any labelled time is taken: it is a proposal in any case.
    """
    if form is not None and form.time == "none":
        return TimeFound(None)
    if form is not None and form.time == "moment":
        stated = [_moment(value, zone_offset) for value in _of(values, Role.MOMENT)]
    else:
        dates = _of(values, Role.DATE)
        stated = [_interval(value, dates, zone_offset) for value in _of(values, Role.INTERVAL)]
        stated.append(_from_edges(values, dates, zone_offset))
    found = [statement for statement in stated if statement is not None]
    if not found:
        return _in_narrative(narrative, zone_offset) if form and form.time == "interval" else TimeFound(None)
    chosen = _against_edges(_chosen(found, narrative, zone_offset), values, zone_offset)
    chosen = _against_foreign(chosen, values)
    return chosen if chosen.contradicts else _against_strays(chosen, strays, zone_offset)


def _of(values: Sequence[Labelled], role: Role) -> list[Labelled]:
    """The values of one role, but printed blanks that nobody filled in (`年 月 日 时 分`)."""
    return [value for value in values if value.hit.role is role and not _BLANK.match(value.text)]


def _chosen(found: Sequence[_Statement], narrative: str, zone_offset: timedelta) -> TimeFound:
    """The first statement given in full, held against the others and against the narrative."""
    whole = [statement for statement in found if statement.told.start and not _missing(statement.told)]
    best = (whole or found)[0]
    other = next((statement for statement in whole if statement.edges != best.edges), None)
    contradicts = other.raw if other else None
    if contradicts is None and best.told.start and best.told.end:
        contradicts = next(
            (told.raw for told in read_intervals(narrative, zone_offset) if _contradicts(told, best.told)), None
        )
    return TimeFound(best.read, best.told.doubts, contradicts)


def _against_edges(found: TimeFound, values: Sequence[Labelled], zone_offset: timedelta) -> TimeFound:
    """A start or end under a label of its own that is another than the interval's contradicts it."""
    read = found.read
    if read is None or found.contradicts:
        return found
    for role, at in ((Role.START, read.start), (Role.END, read.end)):
        for value in _of(values, role) if at else ():
            told = read_moment(value.raw, zone_offset) or read_moment(f"{at:%Y年%m月%d日}{value.raw}", zone_offset)
            if told and told.start and not told.doubts and told.start != at:
                return replace(found, contradicts=value.raw)
    return found


def _against_foreign(found: TimeFound, values: Sequence[Labelled]) -> TimeFound:
    """A time of day close by, under words that carry no field, may correct the value: `更正：11时35分`."""
    for value in values:
        if found.read and value.hit.spec is None and holds_clock(value.raw) and _close(value.hit.piece, found.read):
            return replace(found, doubts=(*found.doubts, Doubt.AMBIGUOUS))
    return found


def _against_strays(found: TimeFound, strays: Sequence[Piece], zone_offset: timedelta) -> TimeFound:
    if found.read is None or found.read.start is None:
        return found
    for stray in strays:
        if stray.source.strip() in found.read.raw:  # the value's own second line
            continue
        told = read_interval(stray.source, zone_offset)
        alone = told is not None and len(told.raw) >= _ALONE * len(stray.source.strip())
        if told and alone and told.start and (told.start, told.end) != (found.read.start, found.read.end):
            return replace(found, contradicts=told.raw)
        if holds_clock(stray.source) and _close(stray, found.read):
            return replace(found, doubts=(*found.doubts, Doubt.AMBIGUOUS))
    return found


def _close(stray: Piece, read: IntervalRead) -> bool:
    """Whether a piece stands on the rows of the time, or on the next above or below it."""
    box = stray.box(0, len(stray.text.text))
    gap = max(box.y0 - read.box.y1, read.box.y0 - box.y1)
    return stray.page == read.page and gap < _NEAR * stray.height


def _missing(told: TimeText) -> bool:
    return Doubt.INCOMPLETE in told.doubts or Doubt.IMPOSSIBLE in told.doubts or Doubt.REVERSED in told.doubts


def _contradicts(other: TimeText, told: TimeText) -> bool:
    """Whether an interval in the narrative speaks of the same act in other words.

    The narrative may well tell of other events: only one on the same day with other times, or with
    the same times on another day, is held against the form's own.
    """
    if not (other.start and other.end and told.start and told.end) or other.doubts:
        return False
    same_day = other.start.date() == told.start.date()
    same_times = (other.start.time(), other.end.time()) == (told.start.time(), told.end.time())
    return same_day != same_times


def _moment(value: Labelled, zone_offset: timedelta) -> _Statement | None:
    told = read_moment(value.raw, zone_offset)
    if value.wrapped and (told is None or _missing(told)):
        longer = value.with_wrapped()
        again = read_moment(longer.raw, zone_offset)
        if again is not None and again.start is not None:
            return _statement(longer, again)
    return _statement(value, told or _unread(value))


def _interval(value: Labelled, dates: Sequence[Labelled], zone_offset: timedelta) -> _Statement | None:
    told = read_interval(value.raw, zone_offset)
    if value.wrapped and (told is None or _missing(told)):
        longer = value.with_wrapped()
        again = read_interval(longer.raw, zone_offset)
        if again is not None and not _missing(again):
            return _statement(longer, again)
    if told is None and len(dates) == 1:
        text = f"{dates[0].raw} {value.raw}"
        told = read_interval(text, zone_offset)
        if told is not None:
            return _together([dates[0], value], told.ambiguous() if told.among_others(text) else told)
    return _statement(value, told or _unread(value))


def _from_edges(values: Sequence[Labelled], dates: Sequence[Labelled], zone_offset: timedelta) -> _Statement | None:
    """An interval whose start and end stand under labels of their own."""
    starts, ends = _of(values, Role.START), _of(values, Role.END)
    if not starts or not ends:
        return None
    used = [starts[0], ends[0]]
    text = f"{starts[0].raw}至{ends[0].raw}"
    told = read_interval(text, zone_offset)
    if told is None and len(dates) == 1:
        used.insert(0, dates[0])
        text = f"{dates[0].raw} {text}"
        told = read_interval(text, zone_offset)
    if told is None:
        return None
    return _together(used, told.ambiguous() if told.among_others(text) else told)


def _statement(value: Labelled, told: TimeText) -> _Statement:
    left = value.wrapped is not None and value.wrapped not in value.parts and holds_clock(value.wrapped.raw)
    if left or told.among_others(value.raw) or _QUALIFIED.search(value.raw):
        told = told.ambiguous()
    return _Statement(told, value.raw, value.page, value.box, min(value.placed, _read_surely(value, told)))


def _read_surely(value: Labelled, told: TimeText) -> float:
    """How sure the figures of a time are, 0..1.

    Nothing bears out a 一 that may be a 二: the engine's figure for a Chinese letter, lifted for words, counts twice.
    """
    # Between figures of the other kind 一 is a dash.
    written = CHINESE - {"一"} if any(map(str.isdecimal, value.raw)) else CHINESE
    others = "".join(set(value.raw) - written)
    return min(value.sure(told.begin, told.stop, _UNITS), value.sure(told.begin, told.stop, others) ** 2)


def _together(values: Sequence[Labelled], told: TimeText) -> _Statement:
    page = values[0].page
    return _Statement(
        told,
        " ".join(value.raw for value in values),
        page,
        union(value.box for value in values if value.page == page),
        min(value.confidence for value in values),
    )


def _unread(value: Labelled) -> TimeText:
    """Something stands under the label, but no date could be made of it."""
    return TimeText(
        start=None, end=None, raw=value.raw, begin=0, stop=len(value.raw), certainty=0.2, doubts=(Doubt.INCOMPLETE,)
    )


def _in_narrative(narrative: str, zone_offset: timedelta) -> TimeFound:
    """Without any label: the one interval that the narrative gives in full, as a proposal."""
    whole = [told for told in read_intervals(narrative, zone_offset) if told.start and told.end and not told.doubts]
    if len({(told.start, told.end) for told in whole}) != 1:
        return TimeFound(None)
    told = whole[0]
    nowhere = Box(x0=0, y0=0, x1=0, y1=0)
    read = IntervalRead(raw=told.raw, page=1, box=nowhere, confidence=_FROM_BODY, start=told.start, end=told.end)
    return TimeFound(read, from_body=True)
