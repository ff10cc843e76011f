"""Where anything stands still in a recording's pictures, as what is burnt in does, and whether anything changes.

Looking for text in every size takes seconds, of a filmed page a minute, this a tenth of one. It spares the search
only where it is plain that nothing can be found: where all moves nothing is burnt in, where all is still no clock runs.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.clock.frames import Shot
from quancheng_sidecar.media.clock.text_reader import Picture

_STANDS = 1.25
"""Of the gradients in two pictures: the square of their sum, over the sum of their squares.

It is 1 where they have nothing to do with each other and 2 where they are the same.
"""
_ROWS = 256
"""Parts of the height that are told apart."""
_SIDE = 960
"""Pixels of the longer side at which pictures are held beside each other; letters of 13 in 1080 lines still show."""
_WINDOW = (96, 16)
"""Pixels across and down over which it is taken: part of a line of small text."""
_LEAST = _WINDOW[0] * _WINDOW[1] // 2
"""Pixels: one letter on a plain ground stands over a whole window. Of a phone that is carried chance comes to 872, and
mostly less than 300; half transparent figures of 13 in 1080 lines on such a ground come to 1,599."""
_FLAT = 32.0
"""Added below: where there is nothing but the coding's own error, nothing stands."""
_ROOM = 0.05
"""Of the height, above and below what stands: half a line of the largest overlays, and text is found better in it."""
_CELL = (3, 3)
"""Pixels over which a change is taken: part of a stroke, in which a sensor's noise cancels out in part."""
_CHANGE, _SHARE = 4, 0.15
"""Levels of a colour, of 255, by which a cell changes at least where one figure takes another's place, and the share of
the range around it: a coder that makes a still page sharper from picture to picture comes to a tenth (22 of 255)."""
_AROUND = np.ones((15, 15), np.uint8)

type Bands = tuple[tuple[float, float], ...]
"""Parts of the upright picture's height, each from a share of it to another, from above and apart from each other."""
WHOLE: Bands = ((0.0, 1.0),)

type _Map = npt.NDArray[np.float32]


def standing_bands(pairs: Iterable[tuple[Shot, Shot]]) -> Bands:
    """Where anything of the size of letters stands in the same place in both pictures of any pair, with some room."""
    rows = np.zeros(_ROWS, bool)
    for one, other in pairs:
        alike = _alike(one, other)
        if alike is None:  # the recording changes its size: nothing is plain
            return WHOLE
        standing = np.rot90(_together(alike >= _STANDS), k=-(one.rotation // 90)).any(axis=1)
        rows[(np.flatnonzero(standing) * _ROWS) // len(standing)] = True
    room = round(_ROOM * _ROWS)
    widened = np.convolve(rows, np.ones(2 * room + 1), "same") > 0
    edges = np.flatnonzero(np.diff(widened.astype(np.int8), prepend=0, append=0)) / _ROWS
    return tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def changes(shots: Sequence[Shot]) -> bool:
    """Whether anything of the size of figures differs between the first picture and any other; one alone does not."""
    pictures = map(_small, shots)  # one by one: mostly the second differs
    first = next(pictures)
    least = np.maximum(_CHANGE, _SHARE * cv2.morphologyEx(first, cv2.MORPH_GRADIENT, _AROUND))
    known = cv2.blur(first, _CELL)
    return any(
        other.shape != first.shape or bool((cv2.absdiff(known, cv2.blur(other, _CELL)) > least).any())
        for other in pictures
    )


def _alike(one: Shot, other: Shot) -> _Map | None:
    """How much alike the gradients are in each place, 0 to 2; None of pictures of two sizes."""
    (my_x, my_y), (their_x, their_y) = _gradients(one), _gradients(other)
    if my_x.shape != their_x.shape:
        return None
    together = cv2.blur(((my_x + their_x) ** 2 + (my_y + their_y) ** 2).sum(axis=2), _WINDOW)
    apart = cv2.blur((my_x**2 + my_y**2 + their_x**2 + their_y**2).sum(axis=2), _WINDOW)
    return np.asarray(together / (apart + _FLAT), np.float32)


def _together(standing: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Of the places that stand those that reach far enough together."""
    _, places, told, _ = cv2.connectedComponentsWithStats(standing.astype(np.uint8))
    wide = told[:, cv2.CC_STAT_AREA] >= _LEAST
    wide[0] = False  # all that does not stand
    return np.asarray(wide[places], bool)


def _gradients(shot: Shot) -> tuple[_Map, _Map]:
    across, down = (cv2.Sobel(_small(shot), cv2.CV_32F, *along, ksize=1) for along in ((1, 0), (0, 1)))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _small(shot: Shot) -> Picture:
    """In colour: red figures on a ground as bright as they are would not show in grey."""
    scale = min(1.0, _SIDE / max(shot.frame.width, shot.frame.height))
    size = {"width": max(1, round(shot.frame.width * scale)), "height": max(1, round(shot.frame.height * scale))}
    return np.asarray(shot.frame.reformat(**size, format="bgr24", interpolation="AREA").to_ndarray(), np.uint8)
