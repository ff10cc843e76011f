"""A small copy 浏览用小样 to look through a recording in the browser, coded from frames that others look at as well.

At most fifteen pictures a second, each at its own instant; sound without gaps. What cannot be coded is left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.frame import VideoFrame
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
_APART_S = 1 / 15.5
"""Least seconds between pictures: every second one of 25 or 30 a second."""

_TURNS = {90: (("transpose", "clock"),), 180: (("hflip", None), ("vflip", None)), 270: (("transpose", "cclock"),)}
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
    """Pictures on their way into the proxy: thinned, upright, small."""

    def __init__(self, out: OutputContainer, video: Stream, size: tuple[int, int], zero: float) -> None:
        self._stream = out.add_stream("libx264", rate=15, options=_CODING)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _BASE
        self._turns = _TURNS.get(video.rotation, ())
        self._scaled = size[::-1] if video.rotation % 180 else size
        self._zero = zero
        self._graph: Graph | None = None
        self._format: tuple[object, ...] = ()
        self._last = -np.inf
        self._shift = 0.0

    def packets(self, frame: VideoFrame | None) -> "Iterator[Packet[VideoStream]]":
        """Code a frame where it is due; None codes what is held back."""
        if frame is None:
            yield from self._coded(self._drained())
            yield from self._stream.encode(None)
        elif frame.time is not None:
            yield from self._coded(self._small(frame, frame.time - self._zero))

    def _small(self, frame: VideoFrame, at: float) -> Iterator[VideoFrame]:
        # A step back is a joint where time begins anew: a player's time goes on.
        if at + self._shift < self._last:
            self._shift = self._last + _APART_S - at
        at += self._shift
        # Of interlaced pictures the filter asks for all.
        if at - self._last < _APART_S and not (frame.interlaced_frame and at > self._last):
            return
        self._last = at
        format_ = (frame.width, frame.height, frame.format.name)
        if format_ != self._format:
            yield from self._drained()
            self._graph, self._format = self._filters(frame), format_
        if self._graph is not None:
            ticks, base = frame.pts, frame.time_base
            frame.pts, frame.time_base = round(at / _BASE), _BASE
            self._graph.vpush(frame)
            frame.pts, frame.time_base = ticks, base
            yield from _pulled(self._graph)

    def _drained(self) -> Iterator[VideoFrame]:
        if self._graph is not None:
            self._graph.vpush(None)
            yield from _pulled(self._graph)
            self._graph = None

    def _filters(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        width, height = self._scaled
        first = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=_BASE)
        scale = ("scale", f"{width}:{height}:flags=area")
        steps = (("yadif", "deint=interlaced"), scale, *self._turns, ("format", "yuv420p"))
        filters = (graph.add(name, words) for name, words in steps)
        graph.link_nodes(first, *filters, graph.add("buffersink")).configure()
        return graph

    def _coded(self, frames: Iterator[VideoFrame]) -> "Iterator[Packet[VideoStream]]":
        for frame in frames:
            frame.pict_type = 0  # the encoder's own choice, not the master's
            yield from self._stream.encode(frame)


def _pulled(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (BlockingIOError, EOFError):
            return


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
