"""Ten pictures a second of a recording, each in every view, as hashes. All frames are decoded: a deferred job."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from quancheng_sidecar.media.comparison.bars import Frame, find_frame
from quancheng_sidecar.media.comparison.pdq import Hashes, hash_waves
from quancheng_sidecar.media.comparison.views import VIEWS, Picture, waves_of

STEP_S = 0.1
"""Seconds between pictures: those of a shaken phone are as unlike as strangers after a fifth of a second."""

_SIDE = 192
_STRETCH = 300
"""Pictures held at once, in which bars are looked for together (30 s)."""

_AT_ONCE = 30
"""Pictures transformed at once: as many as the processor's nearer memory holds."""

_PLAIN = 5.0


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
    """Takes a stream's pictures as they are decoded; they are hashed beside that, in a thread."""

    def __init__(self, *, rotation: int, zero: float) -> None:
        """`rotation` degrees clockwise to stand upright; `zero` the second from which times count."""
        self._rotation, self._zero = rotation, zero
        self._due = -np.inf
        self._held: list[tuple[float, Picture]] = []
        self._done: list[Future[DensePictures]] = []
        self._aspect = 1.0
        self._smaller = VideoReformatter()  # one for all: each of its own would set up its tables and threads anew
        self._beside = ThreadPoolExecutor(1)

    def see(self, frame: VideoFrame) -> None:
        """Take a decoded picture where one is due; one that cannot be converted is left out."""
        ticks = frame.pts if frame.pts is not None else frame.dts
        if ticks is None or frame.time_base is None:
            return
        at = float(ticks * frame.time_base) - self._zero
        # A step back is a joint where time begins anew.
        if at < 0 or self._due - STEP_S <= at < self._due:
            return
        self._due = (np.floor(at / STEP_S + 1e-6) + 1) * STEP_S
        self._aspect = self._aspect_of(frame)
        try:
            grey = self._smaller.reformat(frame, _SIDE, _SIDE, "gray", interpolation="AREA", threads=1).to_ndarray()
        except (av.FFmpegError, ValueError):
            return
        self._held.append((at, np.rot90(grey.astype(np.uint8, copy=False), -(self._rotation // 90))))
        if len(self._held) >= _STRETCH:
            self._hash_held()

    def finish(self) -> DensePictures:
        """Give all pictures."""
        self._hash_held()
        parts = [part.result() for part in self._done]
        self._beside.shutdown()
        at = np.concatenate([NONE.at, *(part.at for part in parts)])
        order = np.argsort(at, kind="stable")
        views, mirrored = (
            np.concatenate([getattr(part, name) for part in (NONE, *parts)]) for name in ("views", "mirrored")
        )
        return DensePictures(at[order], views[order], mirrored[order])

    def _aspect_of(self, frame: VideoFrame) -> float:
        shown = frame.width / max(1, frame.height)
        return 1 / shown if self._rotation % 180 else shown

    def _hash_held(self) -> None:
        # One stretch waits while another is hashed, no more: memory stays flat.
        if len(self._done) > 1:
            self._done[-2].result()
        self._done.append(self._beside.submit(partial(_hashed, self._held, self._aspect)))
        self._held = []


def _hashed(held: list[tuple[float, Picture]], aspect: float) -> DensePictures:
    telling = [(at, picture) for at, picture in held if picture.std() > _PLAIN]
    if not telling:
        return NONE
    frame = find_frame(np.stack([picture for _, picture in telling]))
    parts = [_all_views(telling[at : at + _AT_ONCE], frame, aspect) for at in range(0, len(telling), _AT_ONCE)]
    views, mirrored = (np.concatenate(hashes) for hashes in zip(*parts, strict=True))
    return DensePictures(np.array([at for at, _ in telling], np.float32), views, mirrored)


def _all_views(held: list[tuple[float, Picture]], frame: Frame, aspect: float) -> tuple[Hashes, Hashes]:
    waves = waves_of(np.stack([picture for _, picture in held]), frame, aspect)
    views, mirrored = (
        hashes.reshape(*waves.shape[:2], -1) for hashes in hash_waves(waves.reshape(-1, *waves.shape[2:]))
    )
    return views, mirrored[:, :2]
