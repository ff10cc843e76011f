"""A small copy 浏览用小样 to look through a recording in the browser, coded from frames that others look at as well.

At most thirteen pictures a second (fifteen where the recording has no more), each at its own instant; sound without
gaps. What cannot be coded is left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from quancheng_plugin.errors import StorageFull
from quancheng_sidecar.media.plans import MARK, TITLE, proxy_size
from quancheng_sidecar.media.report import Derivative, Stream

# Of what costs little this shows most: on a phone's footage as near to the master as the preset "veryfast", at a third
# of its processor time.
_CODING = {
    "preset": "ultrafast",
    "x264-params": "aq-mode=1:no-deblock=0",
    "crf": "29",
    "maxrate": "1000k",
    "bufsize": "2000k",
    "g": "30",
}
_BASE = Fraction(1, 90_000)
_APART_S = 1 / 12.9
"""Least seconds between pictures: every second one of 25 a second, every third of 30. Coding them is most of the cost
of a proxy, and a third fewer still show what goes on."""
_SLOW_S = 1 / 15.5
"""Pictures that come as far apart as this are all taken."""

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_QUARTERS = (_TURNS[90], _TURNS[270])
_PLANES = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"}
"""Formats whose planes are scaled each by itself; others are brought to the first."""
_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100)
_RATE = 48_000
_BITS = 96_000
_PAUSE_S = 0.25
_MOST_SILENCE_S = 4 * 3600.0


class Proxy:
    """Writes a recording's proxy as its frames are decoded: `see` and `hear` all of them, then `finish`."""

    def __init__(self, path: Path, video: Stream, audio: Stream | None, *, master: str, zero: float) -> None:
        """`path` is written; `master` is the digest (`sha256:…`); `zero` the second from which times count."""
        self._path, self._master, self._size = path, master, proxy_size(video)
        self._out = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._out.metadata.update(comment=f"{MARK} {master}", title=TITLE)
        self._pictures = _Pictures(self._out, video, self._size, zero)
        self._sound = None if audio is None else _Sound(self._out, audio, zero)
        self._shown = False

    def see(self, frame: VideoFrame) -> None:
        """Take a decoded picture. Raises StorageFull."""
        self._write(self._pictures.packets(frame))

    def hear(self, frame: AudioFrame) -> None:
        """Take decoded sound. Raises StorageFull."""
        if self._sound is not None:
            self._write(self._sound.packets(frame))

    def finish(self) -> Derivative | None:
        """Close the file and give it; None when there was no picture. Raises StorageFull."""
        self._write(self._pictures.packets(None))
        if self._sound is not None:
            self._write(self._sound.packets(None))
        with self._storing():
            self._out.close()
        if not self._shown:
            return None
        width, height = self._size
        return Derivative(
            kind="proxy",
            path=self._path,
            media_type="video/mp4",
            master=self._master,
            width=width,
            height=height,
            command=(__name__, *(f"{name}={value}" for name, value in _CODING.items())),
        )

    def _write(self, packets: "Iterator[Packet[VideoStream]] | Iterator[Packet[AudioStream]]") -> None:
        with self._storing():
            for packet in packets:
                self._shown = self._shown or isinstance(packet.stream, VideoStream)
                self._out.mux(packet)

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """Leave out what cannot be coded; a full disk, or the bound of memory, is no fault of the file's."""
        try:
            yield
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError) as fault:
            if getattr(fault, "errno", None) in StorageFull.numbers:
                raise StorageFull.at(self._path) from fault


class _Pictures:
    """Pictures on their way into the proxy: thinned, small, upright."""

    def __init__(self, out: OutputContainer, video: Stream, size: tuple[int, int], zero: float) -> None:
        self._stream = out.add_stream("libx264", rate=15, options=_CODING)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _BASE
        self._turn = _TURNS.get(video.rotation)
        self._size, self._zero = size, zero
        self._weaving: Graph | None = None
        self._format: tuple[object, ...] = ()
        self._last = self._before = -np.inf
        self._shift = 0.0

    def packets(self, frame: VideoFrame | None) -> "Iterator[Packet[VideoStream]]":
        """Code a frame where it is due; None codes what is held back."""
        if frame is None:
            yield from self._coded(self._drained())
            yield from self._stream.encode(None)
        elif frame.time is not None:
            yield from self._coded(self._due(frame, frame.time - self._zero))

    def _due(self, frame: VideoFrame, at: float) -> Iterator[tuple[VideoFrame, int]]:
        # A step back is a joint where time begins anew: a player's time goes on.
        if at + self._shift < self._last:
            self._shift = self._last + _APART_S - at
        at += self._shift
        due = at - self._last >= _APART_S or at - self._before >= _SLOW_S
        self._before = max(at, self._before)
        # Of interlaced pictures the filter asks for all.
        if not due and not (frame.interlaced_frame and at > self._last):
            return
        self._last = at
        yield from self._whole(frame, round(at / _BASE))

    def _whole(self, frame: VideoFrame, ticks: int) -> Iterator[tuple[VideoFrame, int]]:
        """Give pictures that are no longer interlaced, and their instants; once some are, all go through the filter."""
        if self._weaving is None and not frame.interlaced_frame:
            yield frame, ticks
            return
        format_ = (frame.width, frame.height, frame.format.name)
        if format_ != self._format:
            yield from self._drained()
            self._weaving, self._format = _deinterlacer(frame), format_
        if self._weaving is not None:
            # Others look at the frame as well: it is left as it came.
            own = frame.pts, frame.time_base
            frame.pts, frame.time_base = ticks, _BASE
            self._weaving.vpush(frame)
            frame.pts, frame.time_base = own
            yield from _pulled(self._weaving)

    def _drained(self) -> Iterator[tuple[VideoFrame, int]]:
        if self._weaving is not None:
            self._weaving.vpush(None)
            yield from _pulled(self._weaving)
            self._weaving, self._format = None, ()

    def _coded(self, frames: Iterator[tuple[VideoFrame, int]]) -> "Iterator[Packet[VideoStream]]":
        for frame, ticks in frames:
            small = self._small(frame)
            small.pts, small.time_base = ticks, _BASE
            yield from self._stream.encode(small)

    def _small(self, frame: VideoFrame) -> VideoFrame:
        whole = frame if frame.format.name in _PLANES else frame.reformat(format="yuv420p")
        name = whole.format.name
        if whole.color_range == ColorRange.JPEG and not name.startswith("yuvj"):
            name = name.replace("yuv", "yuvj")
        small = VideoFrame(*self._size, name)
        for plane, given in zip(small.planes, whole.planes, strict=True):
            size = plane.width, plane.height
            scaled = _scaled(_samples(given), size[::-1] if self._turn in _QUARTERS else size)
            _samples(plane)[:] = scaled if self._turn is None else cv2.rotate(scaled, self._turn)
        return small if name == "yuv420p" else small.reformat(format="yuv420p")


def _deinterlacer(frame: VideoFrame) -> Graph:
    graph = Graph()
    first = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=_BASE)
    graph.link_nodes(first, graph.add("yadif", "deint=interlaced"), graph.add("buffersink")).configure()
    return graph


def _pulled(graph: Graph) -> Iterator[tuple[VideoFrame, int]]:
    while True:
        try:
            frame = graph.vpull()
        except (BlockingIOError, EOFError):
            return
        yield frame, frame.pts or 0


def _samples(plane: VideoPlane) -> npt.NDArray[np.uint8]:
    """The samples of a plane (rows, columns), without what pads its rows."""
    rows = np.frombuffer(plane, np.uint8)[: plane.line_size * plane.height]
    return rows.reshape(plane.height, plane.line_size)[:, : plane.width]


def _scaled(samples: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Scale to (columns, rows): halved by averaging as often as that goes, which is cheaper than one step."""
    while samples.shape[1] >= 2 * size[0] and samples.shape[0] >= 2 * size[1]:
        high, wide = samples.shape[0] // 2, samples.shape[1] // 2
        samples = _resized(samples[: 2 * high, : 2 * wide], (wide, high), cv2.INTER_AREA)
    return samples if samples.shape[::-1] == size else _resized(samples, size, cv2.INTER_LINEAR)


def _resized(samples: npt.NDArray[np.uint8], size: tuple[int, int], how: int) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.resize(samples, size, interpolation=how), np.uint8)


class _Sound:
    """Sound on its way into the proxy: one format throughout, and pauses filled with silence."""

    def __init__(self, out: OutputContainer, audio: Stream, zero: float) -> None:
        self._rate = audio.sample_rate if audio.sample_rate in _RATES else _RATE
        self._layout = "mono" if audio.channels == 1 else "stereo"
        self._stream = out.add_stream("aac", rate=self._rate, layout=self._layout, options={"aac_coder": "fast"})
        self._stream.bit_rate = _BITS
        self._zero = zero
        self._fed: int | None = None
        self._silence_left_s = _MOST_SILENCE_S
        self._format: tuple[object, ...] = ()
        self._resampler: AudioResampler | None = None

    def packets(self, frame: AudioFrame | None) -> "Iterator[Packet[AudioStream]]":
        """Code a frame, whose instant is left as it came; None codes what is held back."""
        if frame is None:
            yield from self._coded(self._drained())
            yield from self._stream.encode(None) if self._fed is not None else ()
            return
        if frame.time is not None:
            yield from self._pause(frame.time - self._zero)
        ticks = frame.pts
        # Its own instants would make the resampler stretch or refuse what does not follow on.
        frame.pts = None
        yield from self._coded(self._alike(frame))
        frame.pts = ticks

    def _pause(self, at: float) -> "Iterator[Packet[AudioStream]]":
        """Fill a pause; after four hours of pauses in all none is filled (a damaged time stamp claims days)."""
        if self._fed is None:
            self._fed = round(at * self._rate)
        pause = at - self._fed / self._rate
        if pause <= _PAUSE_S or pause > self._silence_left_s:
            return
        self._silence_left_s -= pause
        samples = round(pause * self._rate)
        for done in range(0, samples, self._rate):
            yield from self._coded(iter((self._silence(min(self._rate, samples - done)),)))

    def _silence(self, samples: int) -> AudioFrame:
        planes = np.zeros((1 if self._layout == "mono" else 2, samples), np.float32)
        frame = AudioFrame.from_ndarray(planes, format="fltp", layout=self._layout)
        frame.sample_rate = self._rate
        return frame

    def _alike(self, frame: AudioFrame) -> Iterator[AudioFrame]:
        format_ = (frame.format.name, frame.layout.name, frame.sample_rate)
        if format_ != self._format:
            yield from self._drained()
            self._resampler = AudioResampler(format="fltp", layout=self._layout, rate=self._rate)
            self._format = format_
        if self._resampler is not None:
            yield from self._resampler.resample(frame)

    def _drained(self) -> Iterator[AudioFrame]:
        if self._resampler is not None:
            resampler, self._resampler = self._resampler, None
            yield from resampler.resample(None)

    def _coded(self, frames: Iterator[AudioFrame]) -> "Iterator[Packet[AudioStream]]":
        for frame in frames:
            self._fed = self._fed or 0
            frame.pts, frame.time_base = self._fed, Fraction(1, self._rate)
            self._fed += frame.samples
            yield from self._stream.encode(frame)
