"""Whether anything stands still in a recording's pictures: what is burnt in does, what a moving camera films does not.

Looking for text in every size takes seconds, this a tenth of one. It spares the search only where it is plain that
nothing can be found; where a camera was at rest, text is looked for.
"""

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.clock.frames import Shot

_STANDS = 1.25
"""Of the gradients in two pictures: the square of their sum, over the sum of their squares.

It is 1 where they have nothing to do with each other and 2 where they are the same; the place most alike counts.
"""
_SAME = 2.0
_SIDE = 960
"""Pixels of the longer side at which pictures are held beside each other; letters of 13 in 1080 lines still show."""
_WINDOW = (96, 16)
"""Pixels across and down over which it is taken: part of a line of small text."""
_FLAT = 32.0
"""Added below: where there is nothing but the coding's own error, nothing stands."""

type _Map = npt.NDArray[np.float32]


def stands_still(pairs: Iterable[tuple[Shot, Shot]]) -> bool:
    """Whether anything of the size of letters stands in the same place in both pictures of any pair."""
    return any(_alike(one, other) >= _STANDS for one, other in pairs)


def _alike(one: Shot, other: Shot) -> float:
    """How much alike the gradients are in the place where they are most so: 0 to 2."""
    (my_x, my_y), (their_x, their_y) = _gradients(one), _gradients(other)
    if my_x.shape != their_x.shape:  # the recording changes its size: nothing is plain
        return _SAME
    together = cv2.blur(((my_x + their_x) ** 2 + (my_y + their_y) ** 2).sum(axis=2), _WINDOW)
    apart = cv2.blur((my_x**2 + my_y**2 + their_x**2 + their_y**2).sum(axis=2), _WINDOW)
    return float((together / (apart + _FLAT)).max())


def _gradients(shot: Shot) -> tuple[_Map, _Map]:
    # In colour: red figures on a ground as bright as they are would not show in grey.
    scale = min(1.0, _SIDE / max(shot.frame.width, shot.frame.height))
    size = {"width": max(1, round(shot.frame.width * scale)), "height": max(1, round(shot.frame.height * scale))}
    colours = shot.frame.reformat(**size, format="bgr24", interpolation="AREA").to_ndarray()
    across, down = (cv2.Sobel(colours, cv2.CV_32F, *along, ksize=1) for along in ((1, 0), (0, 1)))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)
