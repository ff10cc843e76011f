"""Single pictures out of a video at given seconds, upright, without decoding the whole of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.report import Stream

_FORWARD = 60
_FORWARD_MOST = 600
_FULL_HD = 1920 * 1080
_RETRIES = 64
_TRANSPOSE = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Still:
    """One picture: `at` seconds from the leading stream's first packet, and the upright RGB picture."""

    at: float
    image: Image.Image


def read_stills(path: Path, container: str, video: Stream, times: tuple[float, ...], *, most: int) -> list[Still]:
    """Give a still near each of the rising `times`, each only once, neither side over `most` pixels.

    Each is reached from the key frame before it by decoding at most 60 frames of full HD (more of smaller ones), so
    with key frames far apart the still lies before the wanted second; `at` is always its own. Without a usable index
    key frames are taken as the packets come. Raises MemoryError at the bound of the process.
    """
    with open_media(path, container) as opened:
        stream = opened.streams[video.index]
        if not isinstance(stream, VideoStream) or stream.codec_context is None:
            return []
        stream.codec_context.thread_type = "SLICE"  # frame threads would decode ahead and throw it away at each seek
        zero = video.first_pts or 0.0
        found = {still.at: still for still in _by_seeking(opened, stream, video, times, zero, most)}
    if not found:
        found = {still.at: still for still in _in_passing(path, container, video, times, most)}
    return [found[at] for at in sorted(found)]


def _by_seeking(  # noqa: PLR0913, PLR0917  one private step of `read_stills`, with its values
    opened: InputContainer, stream: VideoStream, video: Stream, times: tuple[float, ...], zero: float, most: int
) -> Iterator[Still]:
    pixels = max(1, (video.width or 0) * (video.height or 0))
    budget = min(_FORWARD_MOST, max(_FORWARD, _FORWARD * _FULL_HD // pixels))
    for wanted in times:
        try:
            opened.seek(int((wanted + zero) / float(stream.time_base or 1)), stream=stream)
            frame = _forward(opened, stream, wanted + zero, budget)
        except MemoryError:  # the bound of the process, which must not pass for a picture that is not there
            raise
        except (av.FFmpegError, ValueError):
            continue
        if frame is not None:
            yield _still(frame, video, frame.time - zero, most)


def _forward(opened: InputContainer, stream: VideoStream, until: float, budget: int) -> VideoFrame | None:
    last: VideoFrame | None = None
    for count, frame in enumerate(_frames(opened, stream)):
        if last is not None and frame.time > until:
            break
        last = frame
        if count >= budget:
            break
    return last


def _frames(opened: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decode on from here; packets that cannot be decoded are passed over, frames without an instant too."""
    for packet in opened.demux(stream):
        try:
            frames = stream.codec_context.decode(packet)
        except MemoryError:
            raise
        except av.FFmpegError:
            continue
        yield from (frame for frame in frames if frame.pts is not None)


def _in_passing(path: Path, container: str, video: Stream, times: tuple[float, ...], most: int) -> Iterator[Still]:
    """Take the first key frame at or behind each wanted second, in one pass."""
    wanted = list(times)
    zero = video.first_pts or 0.0
    with open_media(path, container) as opened:
        stream = opened.streams[video.index]
        if not isinstance(stream, VideoStream):
            return
        stream.codec_context.skip_frame = "NONKEY"
        for _ in range(_RETRIES):
            try:
                for frame in _frames(opened, stream):
                    at = frame.time - zero
                    if wanted and at >= wanted[0]:
                        wanted = [one for one in wanted if one > at]
                        yield _still(frame, video, at, most)
            except MemoryError:
                raise
            except (av.FFmpegError, ValueError):
                continue
            break


def _still(frame: VideoFrame, video: Stream, at: float, most: int) -> Still:
    # Pixels need not be square (D1 recorders): widen to what a player shows.
    width, height = round(frame.width * video.pixel_aspect), frame.height
    factor = min(1.0, most / max(width, height, 1))
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    small = frame.reformat(width=size[0], height=size[1], format="rgb24", interpolation="AREA")
    image = Image.fromarray(small.to_ndarray())
    turn = _TRANSPOSE.get(video.rotation)
    return Still(at=round(at, 3), image=image if turn is None else image.transpose(turn))
