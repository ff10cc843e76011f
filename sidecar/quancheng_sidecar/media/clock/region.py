"""Finding where in the frame a clock stands: looking for text, larger each time, and following it through frames."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from quancheng_sidecar.media.clock.date_text import dates_in
from quancheng_sidecar.media.clock.frames import FrameSource, Shot, cut
from quancheng_sidecar.media.clock.running import Region, Track, beside, choose, running_in
from quancheng_sidecar.media.clock.standing import WHOLE, Bands, changes, standing_bands
from quancheng_sidecar.media.clock.text_reader import Box, FoundText, Picture, TextReader
from quancheng_sidecar.media.clock.time_text import normalise
from quancheng_sidecar.media.clock.ways import FIRST, Way, as_is

_CLOCK_DIGITS = 4
_SAME_BOX, _SAME_ROW = 0.4, 0.8
"""Overlap of lines that are one, and of rows: these hold their parts."""
_ROW_GAP = 2.5
_TIME_WIDE = 8.0
"""Heights of a line that a time of day and the gap before it are wide, at most."""
_LEAST_DIGITS = 3
"""`9:30` has three."""
_LOOKS: tuple[tuple[int, tuple[float, ...]], ...] = ((640, (0.4,)), (960, (0.02, 0.8)), (1280, (0.6,)))
"""Longer side in pixels, and places in the recording: most overlays are seen in the first and cheapest look."""
_PLAIN_SCORE = 0.975
"""Read as well as this, no other way of preparing the crops is tried."""
_PAIR_STEP_S = 2.2
_NEXT_KEY_S = (1.1, 6.0)
"""A pair's second moment is moved to a key frame so far behind the first."""
_SPARSE_KEY_S = 10.5
"""The same in a long recording: encoders may leave ten seconds between key frames."""
_APART = 1 / 6
"""Of a recording; pairs that reach no further stay apart from each other."""
_STRIP = 0.25


@dataclass(frozen=True)
class Located:
    """The clock to read, and what else runs like a clock: with a date of its own, or as a time of day alone."""

    main: Region | None
    others: tuple[Region, ...] = ()
    size: tuple[int, int] = (1, 1)
    """Of the upright picture, in pixels."""

    def place(self, region: Region) -> str:
        """Where in the picture it stands: `top-left`, `middle-centre` or `bottom-right`."""
        x, y = (region.box.x0 + region.box.x1) / 2 / self.size[0], (region.box.y0 + region.box.y1) / 2 / self.size[1]
        return f"{('top', 'middle', 'bottom')[min(2, int(3 * y))]}-{('left', 'centre', 'right')[min(2, int(3 * x))]}"


def locate(source: FrameSource, reader: TextReader) -> Located:
    """Find what runs like a clock; no main one when no time of day that advances has a date beside it."""
    moments = _pairs(source)
    shots = list(source.shots(moments))
    size = (source.width, source.height)
    bands = _bands(source, shots, moments) if shots and changes(shots) else ()
    if not bands:
        return Located(None, (), size)
    followed = _Followed(reader, shots)
    boxes: list[Box] = []
    found: list[FoundText] = []
    undated: tuple[Region, ...] = ()
    for more, same in _candidates(source, reader, bands, found):
        known = len(boxes)
        for box in more:
            if all(box.overlap(other) < same for other in boxes):
                boxes.append(box)
        if len(boxes) == known:
            continue
        main, running = _best_read(followed, boxes, source.height)
        others = beside(main, running, len(shots))
        if main is not None:
            return Located(main, others, size)
        undated = undated or others
    # By themselves: longer than it is, a date would lie beside a time that stands apart from it.
    main, _ = _best_read(followed, list(_continued(found, source)), source.height)
    return Located(main, undated, size)


def _candidates(
    source: FrameSource, reader: TextReader, bands: Bands, found: list[FoundText]
) -> Iterator[tuple[list[Box], float]]:
    """Boxes that may hold the clock, and the overlap from which on one of them is the same as another.

    Of each look the lines of text, and then the rows of neighbouring ones: the ground may part a line in two, so that
    neither part holds the whole date or the whole time. Every text found is put into `found`.
    """
    for attempt in range(len(_LOOKS) + 1):
        found += (seen := _texts(source, reader, bands, attempt))
        texts = [text.box for text in seen]
        rows = [a.union(b) for a in texts for b in texts if _neighbours(a, b)]
        for some, same in ((texts, _SAME_BOX), (rows, _SAME_ROW)):
            yield [pad(box, source.width, source.height) for box in some], same


def _continued(found: Sequence[FoundText], source: FrameSource) -> Iterator[Box]:
    """Rows of dates found without their time, each on as far as a time of day would reach: thin figures are read there.

    Not over other text that was found: that was judged by itself.
    """
    dates: list[Box] = []
    for text in found:
        if dates_in(normalise(text.text)) and all(text.box.overlap(other) < _SAME_BOX for other in dates):
            dates.append(text.box)
    for box in dates:
        reach = round(_TIME_WIDE * box.height)
        before = replace(box, x0=max(0, box.x0 - reach), x1=box.x0)
        behind = replace(box, x0=box.x1, x1=min(source.width, box.x1 + reach))
        for end in (before, behind):
            if not any(end.overlap(other.box) and not other.box.overlap(box) for other in found):
                yield pad(box.union(end), source.width, source.height)


def _bands(source: FrameSource, shots: Sequence[Shot], moments: Sequence[float]) -> Bands:
    """Where something stands still in a pair of moments; anywhere, if one of them could not be decoded."""
    by_time = {shot.at: shot for shot in shots}
    seen = [by_time.get(source.shown(at)) for at in moments]
    whole = [shot for shot in seen if shot is not None]
    return WHOLE if len(whole) < len(seen) else standing_bands(zip(whole[::2], whole[1::2], strict=True))


def _best_read(followed: "_Followed", boxes: Sequence[Box], height: int) -> tuple[Region | None, list[Region]]:
    """The clock among the boxes, with the way to prepare its crops in which it is read in most frames, and best.

    With all that was seen to run, in every way tried.
    """
    best: tuple[tuple[int, float], Region] | None = None
    running: list[Region] = []
    boxes = followed.changing(boxes)
    for way in FIRST:
        tracks = followed.tracks(boxes, way)
        running += [replace(region, way=way) for _, region in running_in(tracks, height)]
        region = choose(tracks, height)
        if region is not None:
            score = next(track.score for track in tracks if track.box == region.box)
            if best is None or (region.support, score) > best[0]:
                best = ((region.support, score), replace(region, way=way))
            if region.support == len(followed.shots) and score >= _PLAIN_SCORE:
                break
        # Only what may be a clock is worth reading again.
        boxes = [track.box for track in tracks if any(_figures(text) >= _CLOCK_DIGITS for _, text in track.seen)]
        if not boxes:
            break
    return (best[1] if best else None), running


@dataclass(frozen=True)
class _Followed:
    """What boxes show in the frames looked at, each read once in each way of preparing it."""

    reader: TextReader
    shots: Sequence[Shot]
    read: dict[tuple[Box, Way, float], tuple[str, float]] = field(default_factory=dict)

    def tracks(self, boxes: Sequence[Box], way: Way) -> list[Track]:
        """Read every box in every shot."""
        self._read(boxes, way, self.shots)
        tracks = []
        for box in boxes:
            told = [(shot.at, *self.read[box, way, shot.at]) for shot in self.shots]
            seen = tuple((at, text) for at, text, _ in told)
            tracks.append(Track(box, seen, sum(score for _, _, score in told) / max(len(told), 1)))
        return tracks

    def changing(self, boxes: Sequence[Box]) -> list[Box]:
        """The boxes that may belong to a clock: not those that show the same at both ends, and no date."""
        ends = sorted(self.shots, key=lambda shot: shot.at)[:: max(1, len(self.shots) - 1)]
        self._read(boxes, as_is, ends)
        kept = []
        for box in boxes:
            first, last = (self.read[box, as_is, shot.at][0] for shot in (ends[0], ends[-1]))
            if first != last or _figures(first) < _CLOCK_DIGITS or dates_in(first):
                kept.append(box)
        return kept

    def _read(self, boxes: Sequence[Box], way: Way, shots: Sequence[Shot]) -> None:
        new = [(box, shot) for box in boxes for shot in shots if (box, way, shot.at) not in self.read]
        told = self.reader.read([way(cut(shot, box)) for box, shot in new])
        for (box, shot), (text, score) in zip(new, told, strict=True):
            self.read[box, way, shot.at] = normalise(text), score


def pad(box: Box, width: int, height: int) -> Box:
    """Give a text box the margin that recognition wants, and room for one wider figure on each side."""
    return box.padded(max(4, round(0.6 * box.height)), max(2, round(0.12 * box.height)), width, height)


def _texts(source: FrameSource, reader: TextReader, bands: Bands, attempt: int) -> list[FoundText]:
    """Where text with figures stands: one frame looked at small, three larger, then one's edges in full size."""
    side, places = _LOOKS[attempt] if attempt < len(_LOOKS) else (0, (0.6,))
    texts: list[FoundText] = []
    for shot in source.shots(_at_key(source, [source.duration * place for place in places])):
        picture = shot.picture()
        longest = max(picture.shape)
        parts = _in_bands(picture, bands) if side else _in_strips(picture, bands) if longest > _LOOKS[-1][0] else []
        for part in parts:
            found = _found_in(part, picture, reader, side / longest if side else 1.0)
            texts += [text for text in found if _figures(text.text) >= _LEAST_DIGITS]
    return texts


def _at_key(source: FrameSource, times: list[float]) -> list[float]:
    """Move times to the key frame before them, unless that is the same for all: a key frame is cheapest."""
    keys = source.key_times
    moved = [max((key for key in keys if key <= at), default=at) for at in times]
    return moved if len(set(moved)) == len(times) else [source.cheap(at) for at in times]


def _in_bands(picture: Picture, bands: Bands) -> list[Box]:
    height, width = picture.shape[:2]
    return [Box(0, math.floor(above * height), width, math.ceil(below * height)) for above, below in bands]


def _in_strips(picture: Picture, bands: Bands) -> list[Box]:
    """The bands at the upper and lower edge, in halves: small text on a large picture, to be looked at unscaled."""
    height, width = picture.shape[:2]
    high, middle, shared = round(height * _STRIP), width // 2, width // 10
    return [
        Box(x, max(y, band.y0), min(width, x + middle + shared), min(y + high, band.y1))
        for y in (0, height - high)
        for x in (0, middle - shared)
        for band in _in_bands(picture, bands)
        if max(y, band.y0) < min(y + high, band.y1)
    ]


def _found_in(part: Box, picture: Picture, reader: TextReader, scale: float) -> Iterator[FoundText]:
    """What is found in a part of the picture, scaled; its places are those in the whole picture."""
    cropped = part.cut(picture)
    for text in reader.find(cropped, round(scale * max(cropped.shape))):
        box = text.box
        yield replace(text, box=Box(box.x0 + part.x0, box.y0 + part.y0, box.x1 + part.x0, box.y1 + part.y0))


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
    furthest = max(_NEXT_KEY_S[1], min(_SPARSE_KEY_S, span * _APART))
    for begin in (0.0, span * 0.48, max(0.0, span - _PAIR_STEP_S)):
        key = max((key for key in keys if key <= begin), default=begin)
        near = [other for other in keys if _NEXT_KEY_S[0] <= other - key <= furthest]
        # In a long recording the last key frame will do; in a short one all three moments would fall upon it.
        first = key if begin - key < span * _APART else source.cheap(begin)
        moments += (key, near[0]) if near else (first, min(span, first + min(_PAIR_STEP_S, span / 2)))
    return moments
