"""Of all followed text, what runs like a clock: the one to read, and those that run beside it; pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations

from quancheng_sidecar.media.clock.date_text import dates_in, words_beside
from quancheng_sidecar.media.clock.nature import begins_at_zero
from quancheng_sidecar.media.clock.text_reader import Box
from quancheng_sidecar.media.clock.time_text import TimeRead, times_in
from quancheng_sidecar.media.clock.ways import Way, as_is

DAY_S = 86400
_A_DAY = timedelta(days=1)
_AN_HOUR = 3600.0
"""What shows less beside a date apart from it may count the recording's length."""
_HAS_TIME = re.compile(r"\d\s?[:;]\s?\d")
_SLACK_S = 0.3
_EDGE = 0.2
_ALIKE = 0.75
_SURE_SHARE = 2 / 3
_SURE_FRAMES = 3
"""What runs beside the clock, or without a date, is told only when so many of the frames looked at show it."""
_LEAST_AT_RATE = 4
_LEAST_VALUES = 3
"""Frames, and different values in them, that show a clock at another rate than the recording's: two agree with any."""
_APART = 0.3
"""Share of the time looked over by which the two readings that give such a rate lie apart."""
_LEAST_LABEL = 2
"""Letters beside a date that may not be misread ground."""
_SAME_LINE = 0.3
_SAME_S = 2.0
_TELLING = ("separated", "chinese")
"""Notations that tell a time of day without a date beside it: six figures in a row may be anything."""


@dataclass(frozen=True)
class Region:
    """Where the clock stands, in pixels of the upright picture; `date_box` when the date is a line of its own."""

    box: Box
    date_box: Box | None
    notation: str
    support: int
    """Frames in which it was seen to advance."""
    loose: bool = False
    """Whether the date stands apart from the time, not as one overlay would have it, or among words of its own."""
    way: Way = as_is
    """How its crops are prepared for reading."""
    dated: bool = True
    """Whether a date belongs to it; without one it tells the time of day alone."""
    of_day: float = 0.0
    """Seconds since midnight that it shows at media time 0, by the frames looked at."""
    in_step: bool = True
    """Whether it runs as fast as the recording plays."""
    raw: str = ""
    """Its text in the first of them."""
    days: frozenset[date] = field(default=frozenset())
    """What its own line's date may mean."""


@dataclass(frozen=True)
class Track:
    """What one box showed at each of the looked-at times, with the recogniser's mean score 0..1."""

    box: Box
    seen: tuple[tuple[float, str], ...]
    score: float = 1.0


def choose(tracks: Sequence[Track], height: int) -> Region | None:
    """Of all boxes in a picture of `height`, take the time that advances in most frames, the date beside it first."""
    ranked = [one for one in running_in(tracks, height) if one[1].dated]
    return max(ranked, key=lambda one: one[0])[1] if ranked else None


def running_in(tracks: Sequence[Track], height: int) -> Iterator[tuple[tuple[float, ...], Region]]:
    """Give every text that is a time of day and keeps step with media time, with its rank as a clock."""
    for track in tracks:
        for notation in dict.fromkeys(time.notation for _, text in track.seen for time in _times(text)):
            support, offset, in_step = _running(track.seen, notation)
            if not support:
                continue
            date, nearness = _date_for(track, tracks)
            date_box = date.box if date else None
            if (nearness or 0) < 2 and begins_at_zero(offset):  # noqa: PLR2004 — the date is in its own text
                continue
            counts = offset % DAY_S < _AN_HOUR
            apart = nearness == 1 and (counts or not (date_box and _one_overlay(track.box, date_box, height)))
            loose = apart or (date is not None and _labelled(date))
            raw = track.seen[0][1]
            days = frozenset(day for read in dates_in(raw)[:1] for _, day in read.readings)
            region = Region(track.box, date_box, notation, support, loose)
            region = replace(region, dated=nearness is not None, of_day=offset % DAY_S, raw=raw, days=days)
            region = replace(region, in_step=in_step)
            # A counter beside it may be read in more frames than a clock, and is none.
            is_clock = support >= _SURE_FRAMES and not begins_at_zero(offset)
            # A date apart may be the date of a clock that one look failed to read.
            rank = (is_clock, nearness != 1, support, in_step, nearness or 0, notation != "minutes")
            yield (*rank, -track.box.width), region


def beside(main: Region | None, running: Sequence[Region], frames: int) -> tuple[Region, ...]:
    """What surely runs on another line than the main clock and shows another time; each line once.

    A date that belongs to the main clock's line, or stands apart, is not taken for theirs.
    """
    known = [main] if main else []
    for one in sorted(running, key=lambda one: (-one.dated, -one.support, one.box.width)):
        own = one.dated and not one.loose and (one.date_box is None or not main or not _shares(one.date_box, main))
        if one.support < max(_SURE_FRAMES, _SURE_SHARE * frames) or (not own and one.notation not in _TELLING):
            continue
        if not own and not one.in_step:
            continue
        # Beside a clock, what began at zero with the recording is its counter.
        if begins_at_zero(one.of_day) and (one.date_box is not None or main is not None):
            continue
        told = one if own else replace(one, dated=False, date_box=None, days=frozenset(), loose=False)
        if not any(_shares(told.box, other) or _same_time(told, other) for other in known):
            known.append(told)
    return tuple(known[1:] if main else known)


def _shares(box: Box, clock: Region) -> bool:
    """Whether a box stands on a line of the clock's: neighbouring lines overlap by their margins."""
    return any(_same_line(box, other) for other in (clock.box, clock.date_box) if other)


def _same_line(a: Box, b: Box) -> bool:
    level = abs(a.y0 + a.y1 - b.y0 - b.y1) / 2 < _SAME_LINE * max(a.height, b.height)
    return level and max(a.x0, b.x0) < min(a.x1, b.x1)


def _same_time(a: Region, b: Region) -> bool:
    return abs(_apart(a.of_day, b.of_day)) <= _SAME_S and (not a.days or not b.days or bool(a.days & b.days))


def _running(seen: Sequence[tuple[float, str]], notation: str) -> tuple[int, float, bool]:
    """Frames in which a time runs, its seconds since midnight at media time 0, and whether it keeps step."""
    support, offset = advancing(seen, notation)
    otherwise, offset_otherwise = advancing_otherwise(seen, notation)
    # Two frames near each other agree with any pace that is nearly the recording's.
    if support >= 2 and 2 * support > otherwise:  # noqa: PLR2004 — two frames make an advance
        return support, offset, True
    return otherwise, offset_otherwise, False


def advancing(seen: Sequence[tuple[float, str]], notation: str) -> tuple[int, float]:
    """Count the frames whose time of day keeps step with media time; with the common offset in seconds.

    Two frames that show the same second do not count as an advance.
    """
    reads = [(at, time) for at, text in seen for time in _times(text) if time.notation == notation]
    best = (0, 0.0)
    for at, time in reads:
        agreeing = [(other_at, other) for other_at, other in reads if _in_step(at, time, other_at, other)]
        moments = {other_at for other_at, _ in agreeing}
        if len({other.seconds for _, other in agreeing}) > 1 and len(moments) > best[0]:
            best = (len(moments), time.seconds - at)
    return best


def advancing_otherwise(seen: Sequence[tuple[float, str]], notation: str) -> tuple[int, float]:
    """The same for a clock that runs evenly at another rate than media time: time lapse, slow motion, a sped-up copy.

    Nothing (0 frames) when fewer than four frames with three different values lie on one line, or the line is level.
    """
    reads = [(at, time) for at, text in seen for time in _times(text) if time.notation == notation]
    span = max((at for at, _ in reads), default=0.0) - min((at for at, _ in reads), default=0.0)
    best = (0, 0.0)
    for (at, time), (other_at, other) in combinations(reads, 2):
        if abs(other_at - at) <= _APART * span or other.seconds == time.seconds:
            continue
        rate = _apart(other.seconds, time.seconds) / (other_at - at)
        agreeing = [read for read in reads if _in_step(at, time, *read, rate)]
        frames = len({at for at, _ in agreeing})
        if len({read.seconds for _, read in agreeing}) >= _LEAST_VALUES and frames > best[0]:
            best = (frames, time.seconds - rate * at)
    return best if best[0] >= _LEAST_AT_RATE else (0, 0.0)


def _times(text: str) -> list[TimeRead]:
    """Times of day in a text, but those that share a figure with its date: where `02 22:42` is read as `022:42`."""
    days = dates_in(text)
    return [time for time in times_in(text) if not any(_grown_together(day.span, time.span) for day in days)]


def _grown_together(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[0] < a[1] < b[1]


def _in_step(at: float, time: TimeRead, other_at: float, other: TimeRead, rate: float = 1.0) -> bool:
    resolution = max(time.resolution_s, other.resolution_s)
    return abs(_apart(other.seconds, time.seconds + rate * (other_at - at))) <= resolution + _SLACK_S


def _apart(a: float, b: float) -> float:
    """Seconds from time of day b to a, the shorter way round."""
    return (a - b + DAY_S / 2) % DAY_S - DAY_S / 2


def _date_for(track: Track, tracks: Sequence[Track]) -> tuple[Track | None, float | None]:
    """Give the date's track (None: the same text) and how near it is: 3 same text, 2 next line or beside, 1 apart."""
    if _date_of(track):
        return None, 3
    dated = [other for other in tracks if other is not track and _date_of(other) and not _tells_time(other)]
    near = [other for other in dated if _adjacent(track.box, other.box)]
    if near:
        return min(near, key=lambda other: (_labelled(other), _distance(track.box, other.box))), 2
    apart = [(other, day) for other in dated if (day := _date_of(other, steady=True))]
    if len({day for _, day in apart}) == 1:
        return apart[0][0], 1
    return None, None


def _one_overlay(a: Box, b: Box, height: int) -> bool:
    """Whether two lines look like one overlay: both at the upper or lower edge, in letters of the same height."""
    at_edge = all(box.y1 < _EDGE * height or box.y0 > (1 - _EDGE) * height for box in (a, b))
    return at_edge and min(a.height, b.height) > _ALIKE * max(a.height, b.height)


def _date_of(track: Track, *, steady: bool = False) -> date | None:
    """The date that a box shows in two frames or more, midnight passed or not; None when it shows none so often.

    `steady` asks for most frames. Here it only matters whether a date belongs to a time: which one is settled when
    many more frames are read.
    """
    days = Counter(read.readings[0][1] for _, text in track.seen for read in dates_in(text)[:1])
    best = max(days, key=lambda day: days[day] + days[day + _A_DAY], default=None)
    least = len(track.seen) / 2 if steady else 1
    return best if best and days[best] + days[best + _A_DAY] > least else None


def _tells_time(track: Track) -> bool:
    """Whether a time stands beside a box's date in most frames, read or not: then the date is no other clock's."""
    rests = [text[: day.span[0]] + text[day.span[1] :] for _, text in track.seen for day in dates_in(text)[:1]]
    return 2 * sum(bool(_HAS_TIME.search(rest)) for rest in rests) > len(rests)


def _labelled(track: Track) -> bool:
    """Whether other words stand beside a line's date in most frames, as of a version, an expiry or a device."""
    words = [words_beside(text, day) for _, text in track.seen for day in dates_in(text)[:1]]
    return 2 * sum(count >= _LEAST_LABEL for count in words) > len(words)


def _adjacent(a: Box, b: Box) -> bool:
    high = max(a.height, b.height)
    down = max(a.y0, b.y0) - min(a.y1, b.y1)
    across = max(a.x0, b.x0) - min(a.x1, b.x1)
    return (down < high and across < 0) or (down < 0 and across < 4 * high)


def _distance(a: Box, b: Box) -> float:
    return float(abs(a.x0 + a.x1 - b.x0 - b.x1) + abs(a.y0 + a.y1 - b.y0 - b.y1))
