"""Ten pictures a second of a recording, each in every view, as hashes. All frames are decoded: a deferred job."""

# `Packet` takes a type parameter in its stubs alone.
from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from quancheng_sidecar.media.comparison.bars import find_frame
from quancheng_sidecar.media.comparison.pdq import Hashes, hash_stack
from quancheng_sidecar.media.comparison.views import VIEWS, Picture, look

STEP_S = 0.1
"""Seconds between pictures: those of a shaken phone are as unlike as strangers after a fifth of a second."""

_SIDE = 192
_STRETCH = 300
"""Pictures held at once, in which bars are looked for together (30 s)."""

_PLAIN = 5.0
_THREADS = 4


@dataclass(frozen=True)
class DensePictures:
    """Pictures in the order of their times: `at` seconds (n,), `views` (n, 1 + views, 32), `mirrored` (n, 2, 32).

    The first view is the picture with its bars, the second that without, then the parts in the order of VIEWS.
    `mirrored` are the mirror images of the first two. Plain pictures (black, white) are left out: they tell nothing.
    """

    at: npt.NDArray[np.float32]
    views: Hashes
    mirrored: Hashes

    def __len__(self) -> int:
        return len(self.at)


NONE = DensePictures(
    np.zeros(0, np.float32), np.zeros((0, 1 + len(VIEWS), 32), np.uint8), np.zeros((0, 2, 32), np.uint8)
)


class DenseHashes:
    """Takes a video stream's packets as they come from the demuxer."""

    def __init__(self, stream: VideoStream, *, rotation: int, zero: float) -> None:
        """`rotation` degrees clockwise to stand upright; `zero` the second from which times count."""
        self._codec = stream.codec_context
        self._codec.thread_type = "AUTO"
        self._codec.thread_count = _THREADS
        self._base = float(stream.time_base or 0)
        self._rotation, self._zero = rotation, zero
        self._due = -np.inf
        self._held: list[tuple[float, Picture]] = []
        self._done: list[DensePictures] = []
        self._aspect = 1.0

    def take(self, packet: Packet[VideoStream] | None) -> None:
        """Decode a packet and hash what is due; a damaged one is left out. None takes what the decoder still holds."""
        try:
            for frame in self._codec.decode(packet):
                self._see(frame)
        except (av.FFmpegError, ValueError):  # ValueError: a picture that cannot be converted
            return

    def finish(self) -> DensePictures:
        """Give all pictures."""
        self.take(None)
        self._hash_held()
        if not self._done:
            return NONE
        at = np.concatenate([part.at for part in self._done])
        order = np.argsort(at, kind="stable")
        views, mirrored = (np.concatenate([getattr(p, name) for p in self._done]) for name in ("views", "mirrored"))
        return DensePictures(at[order], views[order], mirrored[order])

    def _see(self, frame: VideoFrame) -> None:
        ticks = frame.pts if frame.pts is not None else frame.dts
        if ticks is None:
            return
        at = ticks * self._base - self._zero
        # A step back is a joint where time begins anew.
        if at < 0 or self._due - STEP_S <= at < self._due:
            return
        self._due = (np.floor(at / STEP_S + 1e-6) + 1) * STEP_S
        self._aspect = self._aspect_of(frame)
        grey = frame.reformat(width=_SIDE, height=_SIDE, format="gray", interpolation="AREA").to_ndarray()
        self._held.append((at, np.rot90(grey.astype(np.uint8, copy=False), -(self._rotation // 90))))
        if len(self._held) >= _STRETCH:
            self._hash_held()

    def _aspect_of(self, frame: VideoFrame) -> float:
        shown = frame.width / max(1, frame.height)
        return 1 / shown if self._rotation % 180 else shown

    def _hash_held(self) -> None:
        telling = [(at, picture) for at, picture in self._held if picture.std() > _PLAIN]
        self._held = []
        if not telling:
            return
        frame = find_frame(np.stack([picture for _, picture in telling]))
        count = 1 + len(VIEWS)
        looks = np.concatenate([look(picture, frame, self._aspect) for _, picture in telling])
        views, mirrored = (hashes.reshape(len(telling), count, -1) for hashes in hash_stack(looks))
        self._done.append(DensePictures(np.array([at for at, _ in telling], np.float32), views, mirrored[:, :2]))
