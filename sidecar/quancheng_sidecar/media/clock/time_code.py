"""The time shown as QR codes, and the same codes found again in a recording that filmed them.

The page shows a code each second, on time. A picture that a viewer fetches says to the millisecond when it was made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from quancheng_sidecar.media.clock.frames import FrameSource, Shot
from quancheng_sidecar.media.report import Probe

_SHOWN = re.compile(r"QC-TIME (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z) (NTP|FREE)")
_SIZED = re.compile(r'<svg width="(\d+)" height="(\d+)" ')
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_EVERY_S = 1.0
"""How far apart frames are looked at for a code; each code is shown for a second."""
_MOST_LOOKS = 600
_MOST_TURNS = 8
"""Turns from one code to the next that are found to the frame; each narrows the answer, a few are enough."""
_MOST_LATE_S = 0.5
"""A screen whose machine has much to do shows a code up to this late; beyond it, what was filmed contradicts itself."""
_SCREEN_S = 0.05
"""What no screen is quicker than by much: a browser paints with its next picture but one (33 ms at 60 a second), and a
flat screen takes some more to turn. It delays all codes alike, so the turns among themselves do not show it."""
_FETCHED_S = 0.5
"""The same for a picture that is fetched: nothing but the next one tells how long it was under way."""
_PIXELS = 20
"""Of each module of a picture; a screen of 1080 lines shows all of it."""
_LOOK_WIDTH = 1280
"""A code that fills a fair part of the picture is read at this width; where none is, the full frame is tried."""


@dataclass(frozen=True)
class TimeCode:
    """What one code says: the instant from which it holds, and whether the clock that said so was kept by NTP.

    On the page a second that begins; `fetched`, when the picture was made, in milliseconds.
    """

    instant: datetime
    synchronised: bool
    fetched: bool = False


@dataclass(frozen=True)
class Turn:
    """`instant` began to be shown after media time `before` and at the latest at `after` (neighbouring frames).

    That is later than it was by anything up to `late_s`, where no other turn tells more.
    """

    instant: datetime
    before: float
    after: float
    late_s: float = _SCREEN_S


@dataclass(frozen=True)
class TrueTime:
    """What the codes tell: media time 0 was at `zero`, ± `within_s`; they were filmed from second `first` to `last`."""

    zero: datetime
    within_s: float
    first: float
    last: float
    turns: int
    synchronised: bool


def write_code(code: TimeCode) -> str:
    """The text of a code."""
    to = "milliseconds" if code.fetched else "seconds"
    instant = code.instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=to)
    return f"QC-TIME {instant}Z {'NTP' if code.synchronised else 'FREE'}"


def read_code(text: str) -> TimeCode | None:
    """What a code's text says, None when it is another text."""
    found = _SHOWN.fullmatch(text)
    if found is None:
        return None
    try:
        instant = datetime.fromisoformat(found[1])
    except ValueError:
        return None
    return TimeCode(instant, synchronised=found[3] == "NTP", fetched=found[2] is not None)


def svg_of(code: TimeCode) -> str:
    """The code as SVG, with the quiet zone that ISO/IEC 18004 asks for."""
    drawn = str(zxingcpp.write_barcode_to_svg(_symbol(code), add_quiet_zones=True))
    # Without a view box it keeps to one pixel a module, however large the page makes it.
    return _SIZED.sub(r'<svg viewBox="0 0 \1 \2" ', drawn[drawn.index("<svg") :])


def png_of(code: TimeCode) -> bytes:
    """The same as a PNG of at most 900 pixels each way."""
    drawn = zxingcpp.write_barcode_to_image(_symbol(code), scale=_PIXELS, add_quiet_zones=True)
    return cv2.imencode(".png", np.asarray(drawn))[1].tobytes()


def _symbol(code: TimeCode) -> zxingcpp.Barcode:
    """Strong against blur and glare (level H)."""
    return zxingcpp.create_barcode(write_code(code), zxingcpp.BarcodeFormat.QRCode, ec_level="H")


def find_true_time(path: Path, probe: Probe) -> TrueTime | None:
    """Find the codes of `svg_of` or `png_of` in a recording and lay true time on its media time.

    None when no two codes that follow each other are found, or when those found contradict each other (the screen
    stood still, or several recordings were joined). Raises DamagedFile when the container cannot be opened.
    """
    with FrameSource(path, probe) as source:
        seen = _seen(source)
        turns = _turns(source, seen)
    return true_time_of(turns, synchronised=all(code.synchronised for _, code in seen))


def _seen(source: FrameSource) -> list[tuple[float, TimeCode]]:
    """Codes by media time, looked for once a second."""
    step = max(_EVERY_S, source.duration / _MOST_LOOKS)
    times = [float(at) for at in np.arange(0.0, source.duration + step / 2, step)]
    found = [(shot.at, code) for shot in source.shots(times) if (code := _code_in(shot))]
    return sorted(found, key=lambda seen: seen[0])


def _code_in(shot: Shot) -> TimeCode | None:
    grey = cv2.cvtColor(shot.picture(), cv2.COLOR_BGR2GRAY)
    scale = _LOOK_WIDTH / grey.shape[1]
    pictures = [cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), grey] if scale < 1 else [grey]
    for picture in pictures:
        for code in zxingcpp.read_barcodes(picture, formats=_QR):
            if said := read_code(code.text):
                return said
    return None


def _turns(source: FrameSource, seen: Sequence[tuple[float, TimeCode]]) -> list[Turn]:
    """Where one code gives way to the next, to the frame, spread over all that was filmed of the screen."""
    changes = [(a, b) for a, b in pairwise(seen) if a[1].instant < b[1].instant]
    chosen = changes if len(changes) <= _MOST_TURNS else [changes[n] for n in _spread(len(changes))]
    return [_to_the_frame(source, before, after) for before, after in chosen]


def _spread(count: int) -> list[int]:
    return sorted({round(place) for place in np.linspace(0, count - 1, _MOST_TURNS)})


def _to_the_frame(source: FrameSource, before: tuple[float, TimeCode], after: tuple[float, TimeCode]) -> Turn:
    """Read all frames between two that show different codes; one that cannot be read widens what is known."""
    between = [float(at) for at in source.frame_times if before[0] < at < after[0]]
    read = [(shot.at, code) for shot in source.shots(between) if (code := _code_in(shot))]
    read.sort(key=lambda seen: seen[0])
    a, b = next((a, b) for a, b in pairwise([before, *read, after]) if a[1].instant < b[1].instant)
    return Turn(b[1].instant, a[0], b[0], _FETCHED_S if b[1].fetched else _SCREEN_S)


def true_time_of(turns: Sequence[Turn], *, synchronised: bool) -> TrueTime | None:
    """The zero of media time that the turns tell, if one of them at least was drawn on time.

    A code may be shown late and never early: zero is not before what any turn allows, nor after what all do and what
    the quickest screen, or fetching, takes. None when there are no turns, or when they differ by more than half a
    second.
    """
    if not turns:
        return None
    origin = turns[0].instant
    seconds = [((t.instant - origin).total_seconds(), t) for t in turns]
    lows, highs = [second - t.after for second, t in seconds], [second - t.before for second, t in seconds]
    low, high = max(lows), max(second - t.before + t.late_s for second, t in seconds)
    if low - min(highs) > _MOST_LATE_S:
        return None
    zero = origin + timedelta(seconds=(low + high) / 2)
    return TrueTime(zero, max((high - low) / 2, 0.001), turns[0].before, turns[-1].after, len(turns), synchronised)
