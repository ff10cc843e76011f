"""Where a seal fits on a page without covering anything."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

_LOOK_PX = 1000  # the longer side of the picture that is looked at: text lines stay visible, noise is averaged away
_INK_SHARE = 0.001  # specks of a scan; a hairline through the seal's place is several times that
_INSET = 0.035  # of the page's shorter side: what printers cut off
_CLEARANCE = 0.006  # of the same: free paper around the seal
_MIN_CONTRAST = 24  # grey levels of 255 darker than the paper that count as ink at least


class NoView(Exception):
    """The page cannot be drawn, so nobody knows what is on it."""


@dataclass(frozen=True)
class Spot:
    """A place for a seal of `width` × `height` (user space units, as the page is shown), upright on the shown page.

    `box` is in the page's own user space: lower left and upper right corner. `matrix` carries
    the seal's upright coordinates into that box.
    """

    page: int
    width: float
    height: float
    box: tuple[float, float, float, float]
    matrix: tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class _View:
    page: int
    crop: tuple[float, float, float, float]
    rotation: int
    ink: npt.NDArray[np.int64]  # summed-area table, one row and column larger than the picture

    @property
    def shown(self) -> tuple[float, float]:
        """Width and height of the page as it is shown."""
        left, bottom, right, top = self.crop
        size = right - left, top - bottom
        return size if self.rotation % 180 == 0 else size[::-1]


def find(path: Path, shape: tuple[float, float], scales: tuple[float, ...] = (1, 0.8)) -> Spot | None:
    """A free spot for a seal of this shape (width and height as parts of the page's shorter side).

    The first page comes before the last, corners before edges, full size before smaller. None
    when there is no room anywhere. Raises `NoView`.
    """
    views = _views(path)
    for scale in scales:
        for view in views:
            side = min(view.shown)
            width, height = shape[0] * side * scale, shape[1] * side * scale
            for left, bottom in _positions(view.shown, width, height):
                if _is_free(view, left, bottom, width, height):
                    return _spot(view, left, bottom, width, height)
    return None


def _views(path: Path) -> list[_View]:
    try:
        with pdfium.PdfDocument(path) as document:
            document.init_forms()  # other seals are form fields
            return [_view(document, index) for index in dict.fromkeys([0, len(document) - 1])]
    except (pdfium.PdfiumError, OSError, ValueError, ZeroDivisionError, MemoryError) as error:
        raise NoView(str(error)) from error


def _view(document: pdfium.PdfDocument, index: int) -> _View:
    page = document[index]
    picture = page.render(scale=_LOOK_PX / max(page.get_size()), grayscale=True).to_numpy()
    grey = picture.reshape(picture.shape[0], picture.shape[1]).astype(np.int64)
    paper = np.median(grey)
    noise = 1.4826 * np.median(np.abs(grey - paper))
    ink = grey < paper - max(_MIN_CONTRAST, 4 * noise)
    summed = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1), np.int64)
    summed[1:, 1:] = ink.cumsum(0).cumsum(1)
    return _View(index, _visible(page), page.get_rotation(), summed)


def _visible(page: pdfium.PdfPage) -> tuple[float, float, float, float]:
    """The crop box as far as it lies on the media box (ISO 32000-1, 14.11.2)."""
    media, crop = page.get_mediabox(), page.get_cropbox()
    return max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])


def _positions(shown: tuple[float, float], width: float, height: float) -> Iterator[tuple[float, float]]:
    """Lower left corners to try: right corners, left corners, then along the four edges."""
    inset = _INSET * min(shown)
    left, right = inset, shown[0] - inset - width
    bottom, top = inset, shown[1] - inset - height
    if right < left or top < bottom:
        return
    yield from ((right, top), (right, bottom), (left, top), (left, bottom))
    across = np.linspace(right, left, max(2, math.ceil((right - left) / (width / 8))))
    upwards = np.linspace(bottom, top, max(2, math.ceil((top - bottom) / (height / 4))))
    yield from ((float(x), y) for y in (bottom, top) for x in across)
    yield from ((x, float(y)) for x in (right, left) for y in upwards)


def _is_free(view: _View, left: float, bottom: float, width: float, height: float) -> bool:
    rows, columns = view.ink.shape[0] - 1, view.ink.shape[1] - 1
    pixel = columns / view.shown[0]
    clear = _CLEARANCE * min(view.shown)
    x0, x1 = (int((left - clear) * pixel), math.ceil((left + width + clear) * pixel))
    y0, y1 = (rows - math.ceil((bottom + height + clear) * pixel), rows - int((bottom - clear) * pixel))
    x0, x1, y0, y1 = max(0, x0), min(columns, x1), max(0, y0), min(rows, y1)
    area = (x1 - x0) * (y1 - y0)
    ink = view.ink[y1, x1] - view.ink[y0, x1] - view.ink[y1, x0] + view.ink[y0, x0]
    return bool(area > 0 and ink <= _INK_SHARE * area)


def _spot(view: _View, left: float, bottom: float, width: float, height: float) -> Spot:
    """From the shown page to its user space: `/Rotate` turns clockwise (ISO 32000-1, table 30)."""
    x0, y0, x1, y1 = view.crop
    match view.rotation:
        case 90:
            box = (x1 - bottom - height, y0 + left, x1 - bottom, y0 + left + width)
            matrix = (0.0, 1.0, -1.0, 0.0, height, 0.0)
        case 180:
            box = (x1 - left - width, y1 - bottom - height, x1 - left, y1 - bottom)
            matrix = (-1.0, 0.0, 0.0, -1.0, width, height)
        case 270:
            box = (x0 + bottom, y1 - left - width, x0 + bottom + height, y1 - left)
            matrix = (0.0, -1.0, 1.0, 0.0, 0.0, width)
        case _:
            box = (x0 + left, y0 + bottom, x0 + left + width, y0 + bottom + height)
            matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return Spot(view.page, width, height, box, matrix)
