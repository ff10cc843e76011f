"""PDQ of key frames, as they come from the decoder."""

# `Packet` takes a type parameter in its stubs alone.
from __future__ import annotations

import av
import numpy as np
import numpy.typing as npt
import pdqhash
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from quancheng_sidecar.media.report import PictureHash

SIDE = 64
"""Side of the square that a picture is shrunk to before hashing, by averaging.

PDQ itself shrinks to 64. Done here, copies of footage stay as alike as with its own filter on 512 (19 bits on average),
strangers as unlike (102 and more), and a hash costs a fortieth.
"""

_APART_S = 0.5
_LEANING = frozenset({PictureType.P, PictureType.B})


def stands_alone(frame: VideoFrame) -> bool:
    """Whether a picture is whole without others.

    Where pictures are renewed strip by strip (intra refresh) containers call those key frames at which a round begins.
    """
    return frame.pict_type not in _LEANING


class KeyFrames:
    """Hashes of a stream's key frames, at least half a second apart (in all-intra video every frame is a key frame)."""

    def __init__(self, stream: VideoStream, *, rotation: int, zero: float, apart_s: float = 0.0) -> None:
        """`rotation` degrees clockwise to stand upright; `zero` the second from which times count.

        `apart_s` is how far apart they are at least, where that is more.
        """
        self._apart_s = max(_APART_S, apart_s)
        self.hashes: list[PictureHash] = []
        self._base = float(stream.time_base or 0)
        self._rotation, self._zero = rotation, zero
        self._asked: float | None = None
        self._hashed: float | None = None
        self._due: set[int] = set()

    def wants(self, packet: Packet[VideoStream]) -> bool:
        """Whether a packet holds a key frame that is due."""
        at = packet.pts if packet.pts is not None else packet.dts
        if not packet.is_keyframe or packet.is_discard or at is None or self._near(self._asked, at * self._base):
            return False
        self._asked = at * self._base
        self._due.add(at)
        return True

    def look(self, frame: VideoFrame) -> None:
        """Hash a decoded frame where it is a key frame and due; one that cannot be converted is left out."""
        at = frame.pts if frame.pts is not None else frame.dts
        # A packet without a time of its own is known by what the decoder says of its frame.
        if at is None or not (frame.key_frame or at in self._due) or self._near(self._hashed, at * self._base):
            return
        self._hashed = at * self._base
        self._due.discard(at)
        try:
            small = frame.reformat(width=SIDE, height=SIDE, format="rgb24", interpolation="AREA").to_ndarray()
        except (av.FFmpegError, ValueError):
            return
        picture = np.rot90(small.astype(np.uint8, copy=False), -(self._rotation // 90))
        pdq, quality = hash_picture(picture)
        self.hashes.append(PictureHash(at=round(at * self._base - self._zero, 3), pdq=pdq, quality=quality))

    def _near(self, last: float | None, seconds: float) -> bool:
        return last is not None and abs(seconds - last) < self._apart_s


def hash_picture(picture: npt.NDArray[np.uint8]) -> tuple[str, int]:
    """Give PDQ (256 bits as hex, most significant first) and its quality 0..100 of an RGB picture (h, w, 3)."""
    bits, quality = pdqhash.compute(np.ascontiguousarray(picture))
    return np.packbits(bits.astype(np.uint8)).tobytes().hex(), int(quality)
