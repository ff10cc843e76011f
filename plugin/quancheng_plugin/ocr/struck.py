"""Finds letters that a pen struck out: the engine reads `3̶7̶8` as 378, and as surely as any other number.

A stroke through letters runs on level from one into the next, through the paper between them, with ink of the letter
above and below it. No stroke of a printed digit does: each ends within its own digit. Rules of blanks and tables lie
under the letters or over them, and a dash has no ink above and below.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from quancheng_plugin.ocr.seen import Picture, SeenLine

# Lengths are shares of a box's height, which is about 1.4 letters; boxes are worked at no more than so many pixels.
_WORKED_AT = 56.0
# A digit is about this wide, and a stroke through one longer than that; a 1 has no level stroke in its middle at all,
# the bar of a 4 may touch its neighbours.
_DIGIT, _LEAST, _LEAST_ONE, _LEAST_FOUR = 0.36, 0.46, 0.27, 0.56
# Strokes of Chinese letters reach from edge to edge, and two may touch: through those it is longer than two of them.
_LEAST_HAN = 1.75
# How near its middle a stroke must come to pass through a digit on both sides of it, as a share of its half width.
_THROUGH = 0.6
# A stroke through a letter lies between these of the box's height.
_TOP, _BOTTOM = 0.3, 0.68
# Lower boxes have too few pixels to tell; a thinner stroke, as widened below, is where two blurred digits touch.
_LOWEST, _THINNEST = 8, 3
# So far above and below the stroke its letter must have ink.
_OVER = 0.2
# As dark as this share of the letters' ink; between two printed digits that touch, the ink is paler.
_INK = 0.55

type _Mask = NDArray[np.uint8]


def struck_letters(picture: Picture, line: SeenLine) -> list[int]:
    """Places in `line.text` of the letters that a stroke runs through; `picture` is that of the line's page, upright.

    Red ink does not count. Without `middles` nothing is known of where letters stand, and none is found.
    """
    if not line.middles:
        return []
    darkness = _darkness(picture, line)
    if darkness is None:
        return []
    width = darkness.shape[1]
    written = [at for at, letter in enumerate(line.text) if not letter.isspace()]
    places = [(at, middle * width) for at, middle in zip(written, line.middles, strict=False)]
    ones = [place for place in places if line.text[place[0]] == "1"]
    digits = [place for place in places if line.text[place[0]].isascii() and line.text[place[0]] != "4"]
    fours = [place for place in places if line.text[place[0]] == "4"]
    found = [
        at
        for least, letters in ((_LEAST_ONE, ones), (_LEAST, digits), (_LEAST_FOUR, fours), (_LEAST_HAN, places))
        for stroke in _strokes(darkness, least)
        for at, x in letters
        if stroke.crosses(darkness, x)
    ]
    return sorted(set(found))


def _darkness(picture: Picture, line: SeenLine) -> NDArray[np.float32] | None:
    """The line lying, with paper as 0 and the ink of its letters as 1; None where it is too small to tell."""
    box = line.corners.astype(np.float32)
    wide, high = (float(np.linalg.norm(box[at] - box[0])) for at in (1, 3))
    if high > wide or high < _LOWEST:
        return None
    scale = min(1.0, _WORKED_AT / high)
    width, height = round(wide * scale), round(high * scale)
    lying = np.array([[0, 0], [width, 0], [width, height]], np.float32)
    left, top = np.maximum(np.floor(box.min(axis=0)).astype(int) - 2, 0)
    right, bottom = np.ceil(box.max(axis=0)).astype(int) + 3
    # Red ink is as light as paper in the red channel.
    red = picture[top:bottom, left:right, 2]
    turning = cv2.getAffineTransform(box[:3] - np.array([left, top], np.float32), lying)
    cut = cv2.warpAffine(red, turning, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    dark = np.percentile(cut, 85) - cut.astype(np.float32)
    ink = float(np.percentile(dark, 97))
    return dark / ink if ink > 0 else None


@dataclass(frozen=True)
class _Stroke:
    """A level stroke on a lying line, in pixels."""

    left: int
    right: int
    top: int
    bottom: int

    def crosses(self, darkness: NDArray[np.float32], x: float) -> bool:
        """Whether it runs through a letter about `x`, with ink of the letter well above and well below it."""
        height = darkness.shape[0]
        half, far, middle = _DIGIT * height / 2, _OVER * height, (self.top + self.bottom) / 2
        if self.left > x - _THROUGH * half or self.right < x + _THROUGH * half:
            return False
        letter = darkness[:, max(0, round(x - half)) : round(x + half) + 1]
        above = letter[max(0, round(middle - 1.1 * far)) : max(0, round(middle - far / 2))]
        below = letter[round(middle + far / 2) : round(middle + 1.1 * far)]
        return bool(above.size and below.size and min(above.max(), below.max()) > _INK)


def _strokes(darkness: NDArray[np.float32], least: float) -> list[_Stroke]:
    """Level strokes across the middle of a lying line that are as long as `least` of its height."""
    height = darkness.shape[0]
    ink: _Mask = np.asarray(darkness > _INK, np.uint8)
    ink[: round(_TOP * height)] = 0
    ink[round(_BOTTOM * height) :] = 0
    # A hand's stroke slants: it may leave a row of pixels for the next.
    widened = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    level = cv2.morphologyEx(widened, cv2.MORPH_OPEN, np.ones((1, math.ceil(least * height)), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(level)
    return [
        _Stroke(left, left + across, top, top + down)
        for left, top, across, down, _ in found[1:].tolist()
        if down >= _THINNEST
    ]
