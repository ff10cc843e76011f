"""Lifts red seals 公章 off the picture that is read: their lettering crosses the lines that they certify.

Red is light in the red channel and black is dark there, so what is printed or written under a seal stays.
Only marks of a seal's size and shape are lifted: a red heading is read as it stands. The page itself is
never changed, only what the engine looks at.
"""

import cv2
import numpy as np

from quancheng_plugin.ocr.seen import Picture

# Sides of seals in millimetres: those of units measure 38 to 45, of persons about 20; a skewed box is larger.
_LEAST_MM, _MOST_MM = 25.0, 65.0
_MM_PER_POINT = 25.4 / 72
# Width over height of a round seal, or of one that is cut off at an edge of the sheet.
_LEAST_ASPECT = 0.6
# By how much red (of 255) exceeds the other colours in seal ink, and how much darker than paper it is in red itself.
_RED = 40
_TO_PAPER = 1.18
# The pale rim of a stroke, in pixels across.
_RIM = 5
# Seals are looked for on a picture reduced by this, with gaps between their strokes closed.
_REDUCED = 4
_GAP_MM = 2.0


def without_seals(picture: Picture, points_per_pixel: float) -> Picture:
    """The picture with its red seals lifted off; the very same picture where it has none.

    `picture` is blue-green-red; `points_per_pixel` gives its size on paper.
    """
    seals = _seals(picture, points_per_pixel * _MM_PER_POINT)
    if not seals:
        return picture
    lifted = picture.copy()
    for rows, columns in seals:
        part = lifted[rows, columns]
        inked = (_redness(part) > _RED).astype(np.uint8)
        ink = cv2.dilate(inked, np.ones((_RIM, _RIM), np.uint8)) > 0
        part[ink] = np.minimum(255, part[:, :, 2] * _TO_PAPER)[ink][:, None]
    return lifted


def _redness(picture: Picture) -> np.ndarray:
    """By how much each pixel's red exceeds its other colours, 0..255."""
    blue, green, red = cv2.split(picture)
    return np.asarray(cv2.subtract(red, cv2.max(blue, green)))


def _seals(picture: Picture, mm_per_pixel: float) -> list[tuple[slice, slice]]:
    """Rows and columns of every red mark of a seal's size and shape."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // _REDUCED, height // _REDUCED), interpolation=cv2.INTER_AREA)
    mask = (_redness(np.asarray(small, np.uint8)) > _RED).astype(np.uint8)
    if not mask.any():
        return []
    mm = mm_per_pixel * _REDUCED
    gap = max(1, round(_GAP_MM / mm))
    closed = cv2.dilate(mask, np.ones((gap, gap), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(closed)
    seals = []
    for left, top, across, down, _area in found[1:].tolist():
        short, long = sorted((across * mm, down * mm))
        if long >= _LEAST_MM and short <= _MOST_MM and long <= _MOST_MM and short >= _LEAST_ASPECT * long:
            rows = slice(top * _REDUCED, (top + down) * _REDUCED)
            seals.append((rows, slice(left * _REDUCED, (left + across) * _REDUCED)))
    return seals
