"""Looking at the pictures themselves: every frame of a short recording, some key frames of a long one."""

import math
from array import array
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from quancheng_sidecar.media.integrity.motion import Motion
from quancheng_sidecar.media.report import Stream

ALL_FRAMES_S = 120.0
ALL_FRAMES_PIXELS = 60 * 30 * 1920 * 1080
"""Up to two minutes, and a minute of 1080p30 or as many pixels, every frame is decoded: about 7 s on two cores."""
KEYS_APART_S = 4.99
"""Key frames of a long recording that are looked at are at least so far apart (five seconds, as instants are rounded).

Decoding them is half of an examination; the deferred look sees every picture (`media/look_through.py`).
"""
MOST_KEY_FRAMES = 4000
SIDE = 48
"""Samples of the brightness taken along each side of a picture."""
RIM_S = 1.0
FRAME_S = 0.1
"""The frame in which a scene changes may be the next one shown."""
KEEP_S, APART_S = 2.0, 5.0
"""Pictures kept to be held beside each other, and how far apart they are as unlike as across a cut."""

AROUND_S, LEAST_AROUND, SUDDEN = 1.0, 10, 4.0
"""A break is that many times the usual change of the second before and after, of which so many pictures are known."""


def _numbers() -> "array[float]":
    return array("d")


@dataclass
class Seen:
    """What was seen, frame by frame.

    `at` media seconds, `change` mean absolute change of brightness (0..255) from the frame before (0 for the first),
    `light` and `spread` mean and standard deviation of brightness. `errors` are media seconds of frames that would
    not decode. `every` says that all frames were looked at, not key frames alone; `whole` that the end was reached.
    `fed` counts the packets given to the decoder, `interlaced` the pictures of two fields, of which each may come in a
    packet of its own. `keeps` says that pictures are kept for `goes_on`. `motion` is noted
    where every picture is looked at.
    """

    every: bool
    whole: bool = True
    keeps: bool = True
    fed: int = 0
    interlaced: int = 0
    # Ten hours have a million pictures: as numbers of eight bytes each they are few.
    at: "array[float]" = field(default_factory=_numbers)
    change: "array[float]" = field(default_factory=_numbers)
    light: "array[float]" = field(default_factory=_numbers)
    spread: "array[float]" = field(default_factory=_numbers)
    errors: list[float] = field(default_factory=list)
    motion: Motion = field(default_factory=Motion)
    _last: NDArray[np.int16] | None = None
    _kept: list[tuple[float, NDArray[np.int16]]] = field(default_factory=list)

    def goes_on(self, begin: float, end: float) -> bool:
        """Whether the picture is seen to go on between two media seconds: it changes far less than by a cut.

        What a cut would change is told by pictures some seconds apart. A still scene shows neither, and key frames
        alone tell nothing: then it is not seen.
        """
        inside, cut = self._change(begin - FRAME_S, end + FRAME_S), self._cut()
        return len(inside) > 0 and cut is not None and float(inside.max()) < cut

    def breaks_off(self, begin: float, end: float) -> bool:
        """Whether the picture becomes another between two media seconds: as by a cut, far more than before and after.

        Where the scene stands still or every picture changes as much, it is not seen.
        """
        inside, cut = self._change(begin - FRAME_S, end + FRAME_S), self._cut()
        before, after = (begin - AROUND_S, begin - 2 * FRAME_S), (end + 2 * FRAME_S, end + AROUND_S)
        around = [*self._change(*before), *self._change(*after)]
        if cut is None or not len(inside) or len(around) < LEAST_AROUND:
            return False
        return float(inside.max()) >= max(cut, SUDDEN * float(np.median(around)))

    def _change(self, begin: float, end: float) -> NDArray[np.float64]:
        """The changes of the pictures between two media seconds."""
        at = np.array(self.at)
        return np.array(self.change)[(at >= begin) & (at <= end)]

    def _cut(self) -> float | None:
        """Half of what pictures some seconds apart differ by; None where that is not known."""
        apart = [
            float(np.abs(one - other).mean())
            for (first, one), (second, other) in combinations(self._kept, 2)
            if second - first >= APART_S and one.shape == other.shape
        ]
        return float(np.median(apart)) / 2 if self.every and apart else None

    def look(self, frame: VideoFrame, at: float) -> None:
        """Note one frame."""
        sampled = brightness(frame)
        change, difference = 0.0, None
        if self._last is not None and self._last.shape == sampled.shape:
            difference = sampled - self._last
            change = float(np.abs(difference).mean())
        if self.every:
            self.motion.note(difference)
        self._last = sampled
        if self.every and self.keeps and (not self._kept or at - self._kept[-1][0] >= KEEP_S):
            self._kept.append((at, sampled))
        self.interlaced += frame.interlaced_frame
        self.at.append(at)
        self.change.append(change)
        self.light.append(float(sampled.mean()))
        self.spread.append(float(sampled.std()))


class Watcher:
    """Looks at the pictures of a stream as they are decoded: all, or key frames apart where it is long."""

    def __init__(self, stream: Stream, *, limit_s: float) -> None:
        """`stream` is what the probe told; watching stops after `limit_s` seconds of work."""
        self._seen = Seen(every=_short(stream))
        self.apart_s = 0.0 if self._seen.every else max(KEYS_APART_S, (stream.measured or 0.0) / MOST_KEY_FRAMES)
        self._last = -math.inf
        self._zero = stream.first_pts or 0.0
        self._left_s = self._limit_s = limit_s
        self._begun = False
        self._passed_over: set[int | None] = set()

    @property
    def every(self) -> bool:
        """Whether all pictures are looked at."""
        return self._seen.every

    def wants(self, packet: "Packet[VideoStream]") -> bool:
        """Whether a packet is to be decoded for this; called for each, in order."""
        self._begun = self._begun or packet.is_keyframe
        wanted = self._begun if self._seen.every else packet.is_keyframe and self._is_due(packet)
        if wanted and self._left_s <= 0:
            self._seen.whole = wanted = False
        self._seen.fed += wanted and not packet.is_discard
        if packet.is_keyframe and not wanted:
            self._passed_over.add(packet.pts)
        return wanted

    def _is_due(self, packet: "Packet[VideoStream]") -> bool:
        at = packet.pts if packet.pts is not None else packet.dts
        seconds = self._last if at is None or packet.time_base is None else float(at * packet.time_base)
        # A step back is a joint where time begins anew.
        if 0 <= seconds - self._last < self.apart_s:
            return False
        self._last = seconds
        return True

    def look(self, frame: VideoFrame) -> None:
        """Note a decoded frame, unless its packet was decoded for another's sake."""
        if frame.time is None or (self._passed_over and frame.pts in self._passed_over):
            return
        at = frame.time - self._zero
        # A recording may begin with pictures that lean on ones before it; that is no damage.
        if frame.is_corrupt and at > RIM_S:
            self._seen.errors.append(round(at, 3))
        self._seen.look(frame, at)

    def fail(self, packet: "Packet[VideoStream]") -> None:
        """Note a packet that would not decode."""
        at = packet.pts if packet.pts is not None else packet.dts
        if packet.size and at is not None and packet.time_base is not None:
            self._seen.errors.append(round(float(at * packet.time_base) - self._zero, 3))

    def spend(self, seconds: float) -> None:
        """Take seconds of work from those that are left."""
        self._left_s -= seconds

    def is_spent(self) -> bool:
        """Whether work has taken twice its time, so that key frames too must be left out; notes that."""
        if self._left_s > -self._limit_s:
            return False
        self._seen.whole = False
        return True

    def finish(self) -> Seen:
        """Give what was seen."""
        return self._seen


def _short(stream: Stream) -> bool:
    pixels = (stream.width or 0) * (stream.height or 0) * stream.packets
    return (stream.measured or 0.0) <= ALL_FRAMES_S and pixels <= ALL_FRAMES_PIXELS


def brightness(frame: VideoFrame) -> NDArray[np.int16]:
    """A grid of at most about SIDE × SIDE samples of the brightness (0..255), taken without scaling."""
    if frame.format.name not in {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}:
        frame = frame.reformat(format="gray")
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8)[: plane.line_size * frame.height].reshape(frame.height, plane.line_size)
    step_y, step_x = max(1, frame.height // SIDE), max(1, frame.width // SIDE)
    return rows[::step_y, : frame.width : step_x].astype(np.int16)
