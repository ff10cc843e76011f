"""The one module that drives RapidOCR on pictures of a recording."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

type Picture = npt.NDArray[np.uint8]
"""Blue, green, red; shape (height, width, 3)."""

_MOST_ENLARGED = 1.5
"""Enlarging a small picture helps the detector, but adds nothing beyond this."""
_LOWEST_SCORE = 0.5
_THREADS = 1
"""It reads beside the decoding of the same recording; more threads wait for each other in vain, a fifth of the work."""
_BATCH = 2
"""Lines read at once: 25 ms each, and 32 in batches of eight, whose values leave the processor's caches."""


@dataclass(frozen=True)
class Box:
    """An upright rectangle in pixels of the upright picture; x1 and y1 are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def height(self) -> int:
        """Pixels."""
        return self.y1 - self.y0

    @property
    def width(self) -> int:
        """Pixels."""
        return self.x1 - self.x0

    def union(self, other: "Box") -> "Box":
        """The least rectangle around both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def padded(self, across: int, down: int, width: int, height: int) -> "Box":
        """Grow by pixels on each side, within a picture of the given size."""
        return Box(
            max(0, self.x0 - across), max(0, self.y0 - down), min(width, self.x1 + across), min(height, self.y1 + down)
        )

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0..1."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        if wide <= 0 or high <= 0:
            return 0.0
        shared = wide * high
        return shared / (self.width * self.height + other.width * other.height - shared)

    def cut(self, picture: Picture) -> Picture:
        """The part of the picture inside, as a view."""
        return picture[self.y0 : self.y1, self.x0 : self.x1]


@dataclass(frozen=True)
class FoundText:
    """One line of text found in a picture, with the recogniser's mean score 0..1."""

    box: Box
    text: str
    score: float


class TextReader:
    """Finds and reads text; the models (in RapidOCR's wheel, nothing is downloaded) load at first use."""

    @cached_property
    def _engine(self) -> Any:  # noqa: ANN401  the library has no types
        # Imported here: 1 s and 100 MB that recordings in which nothing can be read never need.
        from rapidocr import RapidOCR  # noqa: PLC0415

        return RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.use_cls": False,
                "Rec.rec_batch_num": _BATCH,
                # The picture comes in the size that is wanted: the detector's own scaling would enlarge it again.
                "Det.limit_type": "max",
                "Det.limit_side_len": 4096,
                "Global.max_side_len": 4096,
                "Global.width_height_ratio": -1,
                "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            }
        )

    def find(self, picture: Picture, longest_side: int) -> tuple[FoundText, ...]:
        """Find and read every line of text of an upright picture, looked at with its longer side at `longest_side`."""
        height, width = picture.shape[:2]
        scale = min(_MOST_ENLARGED, longest_side / max(height, width))
        if scale != 1:
            how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
            picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how), np.uint8)
        answer = self._engine(picture, use_det=True, use_rec=True, text_score=_LOWEST_SCORE)
        if answer.boxes is None or answer.txts is None:
            return ()
        return tuple(
            FoundText(_upright(points / scale, width, height), text, float(score))
            for points, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True)
        )

    def read(self, pictures: list[Picture]) -> list[tuple[str, float]]:
        """Read single lines, one picture each; text and mean score 0..1."""
        from rapidocr.ch_ppocr_rec import TextRecInput  # noqa: PLC0415 — as above

        if not pictures:
            return []
        answer = self._engine._load_rec_model()(TextRecInput(img=pictures, return_word_box=False))  # noqa: SLF001 — the batch form of the recogniser has no public name
        return [(str(text), float(score)) for text, score in zip(answer.txts, answer.scores, strict=True)]


def _upright(points: npt.NDArray[np.float64], width: int, height: int) -> Box:
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return Box(max(0, int(x0)), max(0, int(y0)), min(width, int(np.ceil(x1))), min(height, int(np.ceil(y1))))


@cache
def text_reader() -> TextReader:
    """Give the reader of this process."""
    return TextReader()
