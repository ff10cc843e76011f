"""What an engine saw on a picture of a page, before it is put upright."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Picture = NDArray[np.uint8]
"""A page as pixels: height × width × 3, blue-green-red, as OpenCV orders them."""

type Corners = NDArray[Any]
"""Four (x, y) in pixels: top left, top right, bottom right, bottom left of a line of text."""


@dataclass(frozen=True)
class SeenLine:
    """One line of text on the turned picture; `confidence` is 0..1, and so are `letters`, as in `TextLine`.

    `middles` tell of each letter that is no blank where along the line it stands, as a share of its width, where
    the engine says so.
    """

    corners: Corners
    text: str
    confidence: float
    letters: tuple[float, ...] = ()
    middles: tuple[float, ...] = ()


@dataclass(frozen=True)
class SeenPage:
    """The lines of one picture.

    `turned` is by how many degrees, clockwise (0, 90, 180, 270), the picture had to be turned
    until its text ran from left to right; `width` and `height` are those of the turned picture
    in pixels, and the corners of the lines are given on it.
    """

    turned: int
    width: int
    height: int
    lines: tuple[SeenLine, ...]


def turn(picture: Picture, clockwise: int) -> Picture:
    """The picture turned by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(picture, -(clockwise // 90) % 4))
