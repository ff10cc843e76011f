"""Looking at the pictures themselves: every frame of a short recording, the key frames of a long one."""

from dataclasses import dataclass, field
from time import monotonic

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from quancheng_sidecar.media.report import Stream

ALL_FRAMES_S = 120.0
ALL_FRAMES_PIXELS = 60 * 30 * 1920 * 1080
"""Up to two minutes, and a minute of 1080p30 or as many pixels, every frame is decoded: about 7 s on two cores."""
MOST_KEY_FRAMES = 4000
SIDE = 48
"""Samples of the brightness taken along each side of a picture."""
RIM_S = 1.0
_THREADS = 4


@dataclass
class Seen:
    """What was seen, frame by frame.

    `at` media seconds, `change` mean absolute change of brightness (0..255) from the frame before (0 for the first),
    `light` and `spread` mean and standard deviation of brightness. `errors` are media seconds of frames that would
    not decode. `every` says that all frames were looked at, not key frames alone; `one_in` that only every n-th key
    frame was; `whole` that the end was reached. `fed` counts the packets given to the decoder.
    """

    every: bool
    one_in: int = 1
    whole: bool = True
    fed: int = 0
    at: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    light: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    _last: NDArray[np.int16] | None = None

    def look(self, frame: VideoFrame, at: float) -> None:
        """Note one frame."""
        sampled = brightness(frame)
        change = 0.0
        if self._last is not None and self._last.shape == sampled.shape:
            change = float(np.abs(sampled - self._last).mean())
        self._last = sampled
        self.at.append(at)
        self.change.append(change)
        self.light.append(float(sampled.mean()))
        self.spread.append(float(sampled.std()))


class Watcher:
    """Looks at the pictures of a stream as its packets come from the demuxer: all, or key frames where it is long."""

    def __init__(self, video: VideoStream, stream: Stream, *, limit_s: float) -> None:
        """`stream` is what the probe told of `video`; watching stops after `limit_s` seconds of work."""
        self._seen = Seen(every=_short(stream), one_in=max(1, -(-stream.key_frames // MOST_KEY_FRAMES)))
        self._zero = stream.first_pts or 0.0
        self._left_s = limit_s
        self._keys = 0
        video.codec_context.thread_type = "AUTO"
        video.codec_context.thread_count = _THREADS

    def take(self, packet: "Packet[VideoStream]") -> None:
        """Decode a packet where it is wanted, and look at the frames that come of it; size 0 flushes."""
        if not self._wanted(packet):
            return
        if self._left_s <= 0:
            self._seen.whole = False
            return
        begun = monotonic()
        self._decode(packet)
        self._left_s -= monotonic() - begun

    def finish(self) -> Seen:
        """Give what was seen."""
        return self._seen

    def _wanted(self, packet: "Packet[VideoStream]") -> bool:
        self._keys += bool(packet.size) and packet.is_keyframe
        if not packet.size:
            return True
        if self._seen.every:
            return self._keys > 0
        return packet.is_keyframe and self._keys % self._seen.one_in == 0

    def _decode(self, packet: "Packet[VideoStream]") -> None:
        seen = self._seen
        seen.fed += bool(packet.size) and not packet.is_discard
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError):
            at = packet.pts if packet.pts is not None else packet.dts
            if packet.size and at is not None and packet.time_base is not None:
                seen.errors.append(round(float(at * packet.time_base) - self._zero, 3))
            return
        for frame in frames:
            if isinstance(frame, VideoFrame) and frame.time is not None:
                self._look(frame, frame.time - self._zero)

    def _look(self, frame: VideoFrame, at: float) -> None:
        # A recording may begin with pictures that lean on ones before it; that is no damage.
        if frame.is_corrupt and at > RIM_S:
            self._seen.errors.append(round(at, 3))
        self._seen.look(frame, at)


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
