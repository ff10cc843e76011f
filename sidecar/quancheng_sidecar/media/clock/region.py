"""Finding where in the frame the clock stands: of all text, the one time of day that advances with the recording."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from quancheng_sidecar.media.clock.date_text import dates_in
from quancheng_sidecar.media.clock.frames import FrameSource, Shot, cut
from quancheng_sidecar.media.clock.text_reader import Box, FoundText, Picture, TextReader
from quancheng_sidecar.media.clock.time_text import TimeRead, normalise, times_in
from quancheng_sidecar.media.clock.ways import FIRST, Way, as_is

_DAY_S = 86400
_A_DAY = timedelta(days=1)
_CLOCK_DIGITS = 4
_SAME_BOX = 0.4
_ROW_GAP = 2.5
_LEAST_DIGITS = 3
"""`9:30` has three."""
_LOOKS: tuple[tuple[int, tuple[float, ...]], ...] = ((640, (0.4,)), (960, (0.02, 0.8)), (1280, (0.6,)))
"""Longer side in pixels, and places in the recording: most overlays are seen in the first and cheapest look."""
_PLAIN_SCORE = 0.975
"""Read as well as this, no other way of preparing the crops is tried."""
_PAIR_STEP_S = 2.2
_NEXT_KEY_S = (1.1, 6.0)
"""A pair's second moment is moved to a key frame so far behind the first."""
_SLACK_S = 0.3
_COUNTER_S = 2.0
_STRIP = 0.25
_EDGE = 0.2
_ALIKE = 0.75


@dataclass(frozen=True)
class Region:
    """Where the clock stands, in pixels of the upright picture; `date_box` when the date is a line of its own."""

    box: Box
    date_box: Box | None
    notation: str
    support: int
    """Frames in which it was seen to advance."""
    loose: bool = False
    """Whether the date stands apart from the time, and not as one overlay would have it."""
    way: Way = as_is
    """How its crops are prepared for reading."""


@dataclass(frozen=True)
class _Track:
    """What one box showed at each of the looked-at times, with the recogniser's mean score 0..1."""

    box: Box
    seen: tuple[tuple[float, str], ...]
    score: float = 1.0


def locate(source: FrameSource, reader: TextReader) -> Region | None:
    """Find the clock, or None when no text in the picture is a time of day that advances with a date beside it."""
    boxes: list[Box] = []
    shots = list(source.shots(_pairs(source)))
    for attempt in range(len(_LOOKS) + 1):
        known = len(boxes)
        boxes = _boxes(source, reader, attempt, boxes)
        if len(boxes) == known:
            continue
        region = _best_read(reader, shots, boxes, source.height)
        if region is not None:
            return region
    return None


def _best_read(reader: TextReader, shots: Sequence[Shot], boxes: Sequence[Box], height: int) -> Region | None:
    """The clock among the boxes, with the way to prepare its crops in which it is read in most frames, and best."""
    best: tuple[tuple[int, float], Region] | None = None
    for way in FIRST:
        tracks = _follow(reader, shots, boxes, way)
        region = choose(tracks, height)
        if region is not None:
            score = next(track.score for track in tracks if track.box == region.box)
            if best is None or (region.support, score) > best[0]:
                best = ((region.support, score), replace(region, way=way))
            if region.support == len(shots) and score >= _PLAIN_SCORE:
                break
        # Only what may be a clock is worth reading again.
        boxes = [track.box for track in tracks if any(_figures(text) >= _CLOCK_DIGITS for _, text in track.seen)]
        if not boxes:
            break
    return best[1] if best else None


def pad(box: Box, width: int, height: int) -> Box:
    """Give a text box the margin that recognition wants, and room for one wider figure on each side."""
    return box.padded(max(4, round(0.6 * box.height)), max(2, round(0.12 * box.height)), width, height)


def _boxes(source: FrameSource, reader: TextReader, attempt: int, boxes: list[Box]) -> list[Box]:
    """Add boxes of text with figures: one frame looked at small, three larger, then one's edges in full size."""
    side, parts = _LOOKS[attempt] if attempt < len(_LOOKS) else (0, (0.6,))
    for shot in source.shots(_at_key(source, [source.duration * part for part in parts])):
        picture = shot.picture()
        if side:
            found = reader.find(picture, side)
        else:
            found = _in_strips(picture, reader) if max(picture.shape) > _LOOKS[-1][0] else ()
        boxes = _merge(boxes, found, (picture.shape[1], picture.shape[0]))
    return boxes


def _at_key(source: FrameSource, times: list[float]) -> list[float]:
    """Move times to the key frame before them, unless that is the same for all: a key frame is cheapest."""
    keys = source.key_times
    moved = [max((key for key in keys if key <= at), default=at) for at in times]
    return moved if len(set(moved)) == len(times) else [source.cheap(at) for at in times]


def _in_strips(picture: Picture, reader: TextReader) -> tuple[FoundText, ...]:
    """Look at the upper and lower edge in halves, each unscaled: small text on a large picture."""
    height, width = picture.shape[:2]
    high = round(height * _STRIP)
    found = []
    for y in (0, height - high):
        for x in (0, width // 2 - width // 10):
            box = Box(x, y, min(width, x + width // 2 + width // 10), y + high)
            for text in reader.find(box.cut(picture), max(picture.shape)):
                moved = Box(text.box.x0 + x, text.box.y0 + y, text.box.x1 + x, text.box.y1 + y)
                found.append(FoundText(moved, text.text, text.score))
    return tuple(found)


def _merge(boxes: list[Box], found: Iterable[FoundText], size: tuple[int, int]) -> list[Box]:
    """Add boxes with figures, and rows of neighbouring boxes, unless they are there already."""
    texts = [text for text in found if _figures(text.text) >= _LEAST_DIGITS]
    rows = [a.box.union(b.box) for a in texts for b in texts if _neighbours(a.box, b.box)]
    merged = list(boxes)
    for box in [pad(text.box, *size) for text in texts] + [pad(row, *size) for row in rows]:
        if all(box.overlap(other) < _SAME_BOX for other in merged):
            merged.append(box)
    return merged


def _neighbours(a: Box, b: Box) -> bool:
    """Whether b follows a on the same row."""
    level = abs((a.y0 + a.y1) - (b.y0 + b.y1)) < 0.8 * min(a.height, b.height)
    gap = b.x0 - a.x1
    return level and -0.5 * a.height < gap < _ROW_GAP * max(a.height, b.height)


def _figures(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _pairs(source: FrameSource) -> list[float]:
    """Three pairs of moments; those of a pair are close, so that cuts do not part them, and key frames where it can be.

    A key frame is decoded alone; every other needs all that lie between.
    """
    span, keys = source.duration, source.key_times
    moments: list[float] = []
    for begin in (0.0, span * 0.48, max(0.0, span - _PAIR_STEP_S)):
        first = source.cheap(begin)
        key = max((key for key in keys if key <= begin), default=first)
        near = [other for other in keys if _NEXT_KEY_S[0] <= other - key <= _NEXT_KEY_S[1]]
        moments += (key, near[0]) if near else (first, min(span, first + min(_PAIR_STEP_S, span / 2)))
    return moments


def _follow(reader: TextReader, shots: Sequence[Shot], boxes: Sequence[Box], way: Way) -> list[_Track]:
    """Read every box in every shot."""
    read = reader.read([way(cut(shot, box)) for box in boxes for shot in shots])
    per_box = [read[i * len(shots) : (i + 1) * len(shots)] for i in range(len(boxes))]
    return [
        _Track(
            box,
            tuple((shot.at, normalise(text)) for shot, (text, _) in zip(shots, texts, strict=True)),
            sum(score for _, score in texts) / max(len(texts), 1),
        )
        for box, texts in zip(boxes, per_box, strict=True)
    ]


def choose(tracks: Sequence[_Track], height: int) -> Region | None:
    """Of all boxes in a picture of `height`, take the time that advances in most frames, the date beside it first."""
    best: tuple[tuple[float, ...], Region] | None = None
    for track in tracks:
        for notation in dict.fromkeys(time.notation for _, text in track.seen for time in times_in(text)):
            support, offset = advancing(track.seen, notation)
            if support < 2:  # noqa: PLR2004 — two frames make an advance
                continue
            date_box, nearness = _date_for(track, tracks)
            if nearness is None or (nearness < 2 and _is_counter(offset)):  # noqa: PLR2004 — the date is in its own text
                continue
            rank = (support, nearness, notation != "minutes", -track.box.width)
            if best is None or rank > best[0]:
                loose = nearness == 1 and not (date_box and _one_overlay(track.box, date_box, height))
                best = (rank, Region(track.box, date_box, notation, support, loose))
    return best[1] if best else None


def advancing(seen: Sequence[tuple[float, str]], notation: str) -> tuple[int, float]:
    """Count the frames whose time of day keeps step with media time; with the common offset in seconds.

    Two frames that show the same second do not count as an advance.
    """
    reads = [(at, time) for at, text in seen for time in times_in(text) if time.notation == notation]
    best = (0, 0.0)
    for at, time in reads:
        agreeing = [(other_at, other) for other_at, other in reads if _in_step(at, time, other_at, other)]
        moments = {other_at for other_at, _ in agreeing}
        if len({other.seconds for _, other in agreeing}) > 1 and len(moments) > best[0]:
            best = (len(moments), time.seconds - at)
    return best


def _in_step(at: float, time: TimeRead, other_at: float, other: TimeRead) -> bool:
    resolution = max(time.resolution_s, other.resolution_s)
    drift = (other.seconds - time.seconds - (other_at - at) + _DAY_S / 2) % _DAY_S - _DAY_S / 2
    return abs(drift) <= resolution + _SLACK_S


def _is_counter(offset: float) -> bool:
    """Whether a time began at zero with the recording: a counter of its length, not a clock."""
    return abs((offset + _DAY_S / 2) % _DAY_S - _DAY_S / 2) <= _COUNTER_S


def _date_for(track: _Track, tracks: Sequence[_Track]) -> tuple[Box | None, float | None]:
    """Give the date's box (None: the same text) and how near it is: 3 same text, 2 next line or beside, 1 apart."""
    if _steady_date(track):
        return None, 3
    dated = [(other.box, _steady_date(other)) for other in tracks if other is not track]
    dated = [(box, day) for box, day in dated if day]
    near = [box for box, _ in dated if _adjacent(track.box, box)]
    if near:
        return min(near, key=lambda box: _distance(track.box, box)), 2
    if len({day for _, day in dated}) == 1:
        return dated[0][0], 1
    return None, None


def _one_overlay(a: Box, b: Box, height: int) -> bool:
    """Whether two lines look like one overlay: both at the upper or lower edge, in letters of the same height."""
    at_edge = all(box.y1 < _EDGE * height or box.y0 > (1 - _EDGE) * height for box in (a, b))
    return at_edge and min(a.height, b.height) > _ALIKE * max(a.height, b.height)


def _steady_date(track: _Track) -> date | None:
    """The date that a box shows in most frames, midnight passed or not; None when it shows none or they differ."""
    days = Counter(read.readings[0][1] for _, text in track.seen for read in dates_in(text)[:1])
    best = max(days, key=lambda day: days[day] + days[day + _A_DAY], default=None)
    return best if best and 2 * (days[best] + days[best + _A_DAY]) > len(track.seen) else None


def _adjacent(a: Box, b: Box) -> bool:
    high = max(a.height, b.height)
    down = max(a.y0, b.y0) - min(a.y1, b.y1)
    across = max(a.x0, b.x0) - min(a.x1, b.x1)
    return (down < high and across < 0) or (down < 0 and across < 4 * high)


def _distance(a: Box, b: Box) -> float:
    return float(abs(a.x0 + a.x1 - b.x0 - b.x1) + abs(a.y0 + a.y1 - b.y0 - b.y1))
