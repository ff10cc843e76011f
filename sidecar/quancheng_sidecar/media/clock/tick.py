"""The instant at which the shown second turns, found to the frame by halving."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from quancheng_sidecar.media.clock.frames import FrameSource
from quancheng_sidecar.media.clock.line_fit import Piece
from quancheng_sidecar.media.clock.samples import Crops, View, read_crops, take
from quancheng_sidecar.media.clock.text_reader import TextReader

_FINE_S = 0.1
"""Bounds this close need no refinement."""
_WIDEST_S = 1.6
_LAG_S = 0.1
_MOST_READS = 12
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 — the picture states no zone


def sharpen(view: View, piece: Piece, order: str) -> Piece:
    """Narrow the bounds of a piece's intercept to the frame at which a second turns; unchanged where that fails."""
    width = piece.high - piece.low
    if width <= _FINE_S or width > _WIDEST_S or not 0.2 < piece.rate < 5:  # noqa: PLR2004 — else no turn to look for
        return piece
    target = _nearest_turn(view.source, piece)
    if target is None:
        return piece
    second, begin, end = target
    frames = [float(at) for at in view.source.frame_times if begin - _LAG_S <= at <= end + _LAG_S]
    turn = _halve(view.reader, take(view, frames), second, order)
    if turn is None:
        return piece
    before, after = turn
    low, high = second - piece.rate * after, second - piece.rate * before
    if high < piece.low - _LAG_S or low > piece.high + _LAG_S:
        return piece
    return replace(piece, low=low, high=high)


def _nearest_turn(source: FrameSource, piece: Piece) -> tuple[int, float, float] | None:
    """The turn that lies closest behind a key frame: the second, and the media times that bound its turning."""
    best: tuple[float, tuple[int, float, float]] | None = None
    for key in source.key_times or [0.0]:
        second = math.ceil(piece.high + piece.rate * key + 1e-6)
        begin, end = (second - piece.high) / piece.rate, (second - piece.low) / piece.rate
        if begin < piece.begin - 1 or end > piece.end + 1 or end > source.duration:
            continue
        if best is None or end - key < best[0]:
            best = (end - key, (second, begin, end))
    return best[1] if best else None


def _halve(reader: TextReader, frames: Sequence[Crops], second: int, order: str) -> tuple[float, float] | None:
    """The last frame before the turn and the first after it; None when they cannot be read."""
    low, high = 0, len(frames) - 1
    if high < 1:
        return None
    known: dict[int, bool | None] = {}

    def turned(place: int) -> bool | None:
        if place not in known:
            known[place] = _shows(reader, frames[place], second, order)
        return known[place]

    if turned(low) is not False or turned(high) is not True:
        return None
    while high - low > 1 and len(known) < _MOST_READS:
        middle = next((p for p in _around((low + high) // 2, low, high) if turned(p) is not None), None)
        if middle is None:
            break
        low, high = (low, middle) if turned(middle) else (middle, high)
    return frames[low][0], frames[high][0]


def _around(middle: int, low: int, high: int) -> list[int]:
    """Places strictly between low and high, the middle first: a frame that cannot be read has neighbours."""
    return [p for p in (middle, middle + 1, middle - 1) if low < p < high]


def _shows(reader: TextReader, frame: Crops, second: int, order: str) -> bool | None:
    """Whether the clock shows `second` (since 1970, zone of the picture) or later at a frame; None when unreadable."""
    for sample in read_crops(reader, [frame]):
        for meaning in sample.meanings:
            shown = (meaning.instant - _EPOCH).total_seconds()
            if meaning.order == order and abs(shown - second) < 2:  # noqa: PLR2004 — else a misread
                return shown >= second
    return None
