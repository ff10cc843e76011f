"""Bars around a picture: letterbox, grey or logo bars, which are no part of what the camera saw."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_FLAT = 4.0
"""Grey levels by which a row of a plain bar differs from its own mean at most (coding noise)."""

_STANDS = 3.0
_MOVES = 8.0
_MOST = 0.4
_LEAST = 0.02


class Frame(NamedTuple):
    """What is left inside the bars, as parts of height and width."""

    top: float
    bottom: float
    left: float
    right: float


WHOLE = Frame(0.0, 1.0, 0.0, 1.0)


def find_frame(pictures: npt.NDArray[np.uint8]) -> Frame:
    """Give what lies inside the bars of grey pictures (n, rows, columns) of one stretch of time.

    A bar is a margin of rows or columns that stands still and is plain, or stands still while the middle moves.
    """
    stack = pictures.astype(np.float32)
    unrest = stack.std(axis=0)
    moves = float(np.median(unrest)) > _MOVES
    top, bottom = _margins(stack.mean(axis=0), unrest, moves=moves)
    left, right = _margins(stack.mean(axis=0).T, unrest.T, moves=moves)
    return Frame(top, bottom, left, right)


def _margins(mean: npt.NDArray[np.float32], unrest: npt.NDArray[np.float32], *, moves: bool) -> tuple[float, float]:
    stands = np.percentile(unrest, 95, axis=1) < _STANDS
    plain = np.ptp(np.percentile(mean, (5, 95), axis=1), axis=0) < _FLAT
    bar = stands & (plain | moves)
    rows, most = len(bar), int(_MOST * len(bar))
    first = int(np.argmin(bar[:most])) if not bar[:most].all() else 0
    last = int(np.argmin(bar[::-1][:most])) if not bar[::-1][:most].all() else 0
    begin, end = first / rows, 1 - last / rows
    return (begin if begin >= _LEAST else 0.0), (end if end <= 1 - _LEAST else 1.0)
