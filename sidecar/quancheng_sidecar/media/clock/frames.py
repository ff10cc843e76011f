"""Frames of a recording at chosen times, decoded from as few packets as will do."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from quancheng_sidecar.media.clock.text_reader import Box, Picture
from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.index import whole_index
from quancheng_sidecar.media.pictures import stands_alone
from quancheng_sidecar.media.report import Probe
from quancheng_sidecar.media.streams import leading_video

_SEEK_SLACK_S = 0.5
_TOGETHER = 12
"""So many lone key frames are cheaper decoded together than one by one."""
_AT_ONCE = 8
"""Packets of key frames held at a time."""
_REORDER = 24
"""Packets fed beyond the wanted frame, so that a decoder which reorders gives it out."""
_BACK = (0, 1, 2, 4)
"""Key frames to go back for a frame: strips may be renewed over more than one distance between them."""
_UNDECODABLE = (FFmpegError, ValueError)
"""A decoder that would not open is none from then on, which PyAV tells by ValueError."""


@dataclass(frozen=True)
class Shot:
    """One decoded frame at `at` media seconds, still in the decoder's own pixels."""

    at: float
    frame: VideoFrame
    rotation: int

    def picture(self) -> Picture:
        """The whole frame, upright, as BGR."""
        pixels = np.asarray(self.frame.to_ndarray(format="bgr24"), np.uint8)
        return np.ascontiguousarray(np.rot90(pixels, k=-(self.rotation // 90))) if self.rotation else pixels


def _leading(container: InputContainer, probe: Probe) -> VideoStream:
    led = leading_video(probe.streams)
    found = container.streams[led.index] if led is not None else None
    assert isinstance(found, VideoStream)  # noqa: S101  the probe says that it is a video
    return found


class FrameSource:
    """An open video, of which the leading stream counts: the table of its key frames, and frames at chosen media times.

    Media time is seconds from the first shown video frame, by presentation time (a transport stream starts at 1.4 s,
    and frame rates vary). Raises DamagedFile when the container cannot be opened.
    """

    def __init__(self, path: Path, probe: Probe) -> None:
        """Open it and take the table of its packets, without decoding."""
        self._container: InputContainer = open_media(path, probe.container)
        self._stream = _leading(self._container, probe)
        self._stream.thread_type = "AUTO"
        self._rotation = next((s.rotation for s in probe.streams if s.index == self._stream.index), 0) % 360
        self._tick = float(self._stream.time_base or 1)
        # A stream without a decoder has no codec context: it has no frames to give.
        times, self._keys = self._table(path, probe) if self._stream.codec_context is not None else ([], [])
        self._origin = min(times, default=0)
        self._back = 0
        self.frame_times: np.ndarray[tuple[int], np.dtype[np.float64]] = np.array(
            [(pts - self._origin) * self._tick for pts in sorted(times)]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._container.close()

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the last one's begin."""
        return float(self.frame_times[-1]) if len(self.frame_times) else 0.0

    @property
    def height(self) -> int:
        """Of the upright picture, in pixels."""
        codec = self._stream.codec_context
        return codec.width if self._rotation % 180 else codec.height

    @property
    def width(self) -> int:
        """Of the upright picture, in pixels."""
        codec = self._stream.codec_context
        return codec.height if self._rotation % 180 else codec.width

    @property
    def key_times(self) -> list[float]:
        """Media seconds of the shown key frames."""
        return [self._seconds(pts) for pts in self._keys if pts >= self._origin]

    def cheap(self, at: float, reach_s: float = 5.0) -> float:
        """The media time nearest before `at` that needs no more than `reach_s` decoded from its key frame."""
        keys = [key for key in self.key_times if key <= at]
        return min(at, keys[-1] + reach_s) if keys else min(at, reach_s)

    def _seconds(self, pts: int) -> float:
        return (pts - self._origin) * self._tick

    def _table(self, path: Path, probe: Probe) -> tuple[list[int], list[int]]:
        """Presentation times of shown frames, and of all key frames; what breaks off ends the table."""
        if tables := whole_index(self._container, path, probe.container):
            table = tables[self._stream.index]
            return table.at[~table.hidden].tolist(), table.at[table.key].tolist()
        shown, keys = [], []
        with suppress(FFmpegError):
            for packet in self._container.demux(self._stream):
                pts = packet.pts if packet.pts is not None else packet.dts
                if pts is None:
                    continue
                if packet.is_keyframe:
                    keys.append(pts)
                # Frames hidden by an edit list are decoded but never seen.
                if not packet.is_discard:
                    shown.append(pts)
        return shown, sorted(keys)

    def shots(self, times: Sequence[float]) -> Iterator[Shot]:
        """Give the frame shown at each of the given media times, in no set order; what cannot be decoded is missing."""
        wanted = sorted({self._shown_at(at) for at in times})
        by_key: dict[int, list[int]] = {}
        for pts in wanted:
            by_key.setdefault(self._key_before(pts), []).append(pts)
        lone = [key for key, group in by_key.items() if group == [key]]
        if len(lone) >= _TOGETHER:
            for frame in self._key_frames(lone):
                by_key.pop(frame.pts or 0, None)
                yield Shot(self._seconds(frame.pts or 0), frame, self._rotation)
        for key, group in by_key.items():
            for frame in self._whole(key, group):
                yield Shot(self._seconds(frame.pts or 0), frame, self._rotation)

    def shown(self, at: float) -> float:
        """The media time of the frame that is shown at `at`."""
        index = int(np.searchsorted(self.frame_times, at + self._tick / 2, side="right")) - 1
        return float(self.frame_times[max(index, 0)])

    def _shown_at(self, at: float) -> int:
        return round(self.shown(at) / self._tick) + self._origin

    def _key_before(self, pts: int) -> int:
        before = [key for key in self._keys if key <= pts]
        return before[-1] if before else (self._keys[0] if self._keys else pts)

    def _key_frames(self, keys: list[int]) -> Iterator[VideoFrame]:
        """Decode key frames alone, some at a time: the decoder works on several at once, and seeking empties it."""
        left = set(keys)
        codec = self._stream.codec_context
        packets = self._key_packets(keys)
        while some := list(islice(packets, _AT_ONCE)):
            with suppress(*_UNDECODABLE):
                for packet in (*some, None):
                    alone = [frame for frame in codec.decode(packet) if stands_alone(frame)]
                    yield from self._wanted(alone, left)
            codec.flush_buffers()

    def _key_packets(self, keys: list[int]) -> "Iterator[Packet[VideoStream]]":
        """Key frames' packets: by the container's index where it has one, else in one pass over all packets."""
        if len(self._stream.index_entries) >= len(keys):
            for key in keys:
                yield from islice(self._packets_from(key), 1)
            return
        left = set(keys)
        for packet in self._packets_from(keys[0]):
            if packet.is_keyframe and packet.pts in left:
                left.discard(packet.pts)
                yield packet
            if not left:
                return

    @staticmethod
    def _wanted(frames: Sequence[VideoFrame], left: set[int]) -> Iterator[VideoFrame]:
        for frame in frames:
            if frame.pts in left:
                left.discard(frame.pts)
                yield frame

    def _whole(self, key: int, wanted: list[int]) -> Iterator[VideoFrame]:
        """Decode wanted frames from their key frame on, and from one further back where it does not stand alone.

        Where pictures are renewed strip by strip (intra refresh) a key frame only begins what is whole later. How far
        back it took is tried first the next time.
        """
        left, place = set(wanted), bisect_left(self._keys, key)
        for back in sorted(_BACK, key=lambda back: back != self._back):
            with suppress(*_UNDECODABLE):
                for frame in self._decode(self._keys[max(0, place - back)] if self._keys else key, sorted(left)):
                    left.discard(frame.pts or 0)
                    yield frame
            if not left:
                self._back = back
            if not left or back > place:
                return

    def _decode(self, key: int, wanted: list[int]) -> Iterator[VideoFrame]:
        """Decode from a key frame on until every wanted frame came."""
        left = set(wanted)
        codec = self._stream.codec_context
        codec.flush_buffers()
        over = 0
        for packet in self._packets_from(key):
            yield from self._wanted(codec.decode(packet), left)
            over += packet.pts is not None and packet.pts >= wanted[-1]
            if not left or over > _REORDER or wanted == [key]:
                break
        if left:
            yield from self._wanted(codec.decode(None), left)

    # Quoted: the class takes its parameter in the stub only.
    def _packets_from(self, key: int) -> "Iterator[Packet[VideoStream]]":
        """Packets of the picture from the one with this presentation time on, wherever seeking lands."""
        for target in (key, key - int(10 / self._tick), None):
            with suppress(FFmpegError):
                if target is None:
                    self._container.seek(0)
                else:
                    self._container.seek(target, stream=self._stream, backward=True)
                started = False
                for packet in self._container.demux(self._stream):
                    pts = packet.pts if packet.pts is not None else packet.dts
                    if (
                        not started
                        and pts is not None
                        and pts > key + _SEEK_SLACK_S / self._tick
                        and packet.is_keyframe
                    ):
                        break  # landed behind the key frame
                    started = started or (packet.is_keyframe and pts == key)
                    if started:
                        yield packet
                if started:
                    return


def cut(shot: Shot, box: Box) -> Picture:
    """Cut a box of the upright picture out of a shot, converting as little of the frame as will do."""
    frame = shot.frame
    if shot.rotation == 0 and frame.format.name in {"yuv420p", "yuvj420p"}:
        x0, y0 = box.x0 // 2 * 2, box.y0 // 2 * 2
        x1, y1 = min(frame.width, (box.x1 + 1) // 2 * 2), min(frame.height, (box.y1 + 1) // 2 * 2)
        return _from_planes(frame, x0, y0, x1 // 2 * 2, y1 // 2 * 2)
    return np.ascontiguousarray(box.cut(shot.picture()))


def _from_planes(frame: VideoFrame, x0: int, y0: int, x1: int, y1: int) -> Picture:
    """Convert a part of a 4:2:0 frame with even corners to BGR."""
    small = av.VideoFrame(x1 - x0, y1 - y0, frame.format.name)
    for index, plane in enumerate(frame.planes):
        half = 1 if index == 0 else 2
        pixels = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        part = pixels[y0 // half : y1 // half, x0 // half : x1 // half]
        room = small.planes[index]
        padded = np.zeros((room.height, room.line_size), np.uint8)
        padded[:, : part.shape[1]] = part
        room.update(padded.tobytes())
    small.color_range, small.colorspace = frame.color_range, frame.colorspace
    return np.asarray(small.to_ndarray(format="bgr24"), np.uint8)
