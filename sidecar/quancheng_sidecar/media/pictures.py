"""PDQ of key frames, as their packets come from the demuxer."""

# `Packet` takes a type parameter in its stubs alone.
from __future__ import annotations

import av
import numpy as np
import numpy.typing as npt
import pdqhash
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from quancheng_sidecar.media.report import PictureHash

SIDE = 64
"""Side of the square that a picture is shrunk to before hashing, by averaging.

PDQ itself shrinks to 64. Done here, copies of footage stay as alike as with its own filter on 512 (19 bits on average),
strangers as unlike (102 and more), and a hash costs a fortieth.
"""

_APART_S = 0.5
_THREADS = 4


class KeyFrames:
    """Hashes of a stream's key frames, at least half a second apart (in all-intra video every frame is a key frame)."""

    def __init__(self, stream: VideoStream, *, rotation: int, zero: float) -> None:
        """`rotation` degrees clockwise to stand upright; `zero` the second from which times count."""
        self.hashes: list[PictureHash] = []
        self.index = stream.index
        self._codec = stream.codec_context
        self._codec.thread_type = "AUTO"
        self._codec.thread_count = _THREADS
        self._codec.skip_frame = "NONKEY"
        self._base = float(stream.time_base or 0)
        self._rotation, self._zero = rotation, zero
        self._last: float | None = None

    def take(self, packet: Packet[VideoStream]) -> None:
        """Decode and hash a packet where it is a key frame and due; a damaged one is left out."""
        at = packet.pts if packet.pts is not None else packet.dts
        if not packet.is_keyframe or packet.is_discard or at is None:
            return
        seconds = at * self._base
        if self._last is not None and abs(seconds - self._last) < _APART_S:
            return
        self._last = seconds
        self._decode(packet)

    def finish(self) -> None:
        """Take the frames that the decoder's threads still hold."""
        self._decode(None)

    def _decode(self, packet: Packet[VideoStream] | None) -> None:
        try:
            for frame in self._codec.decode(packet):
                self._hash(frame)
        except (av.FFmpegError, ValueError):  # ValueError: a picture that cannot be converted
            return

    def _hash(self, frame: VideoFrame) -> None:
        at = frame.pts if frame.pts is not None else frame.dts
        if at is None:
            return
        small = frame.reformat(width=SIDE, height=SIDE, format="rgb24", interpolation="AREA")
        picture = np.rot90(small.to_ndarray().astype(np.uint8, copy=False), -(self._rotation // 90))
        pdq, quality = hash_picture(picture)
        self.hashes.append(PictureHash(at=round(at * self._base - self._zero, 3), pdq=pdq, quality=quality))


def hash_picture(picture: npt.NDArray[np.uint8]) -> tuple[str, int]:
    """Give PDQ (256 bits as hex, most significant first) and its quality 0..100 of an RGB picture (h, w, 3)."""
    bits, quality = pdqhash.compute(np.ascontiguousarray(picture))
    return np.packbits(bits.astype(np.uint8)).tobytes().hex(), int(quality)
