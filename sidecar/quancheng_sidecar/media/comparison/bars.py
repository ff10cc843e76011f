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
_EDGE = 2.0
_ABRUPT = 3.0
_BLURRED = 0.4
"""Part of the middle's detail that a blurred bar has at most: as apps blur it has 0.13, margins of real scenes 0.5."""


class Frame(NamedTuple):
    """What is left inside the bars, as parts of height and width."""

    top: float
    bottom: float
    left: float
    right: float


WHOLE = Frame(0.0, 1.0, 0.0, 1.0)


def find_frame(pictures: npt.NDArray[np.uint8]) -> Frame:
    """Give what lies inside the bars of grey pictures (n, rows, columns) of one stretch of time.

    A bar is a margin of rows or columns that stands still and is plain, or stands still while the middle moves. Two
    margins of one size are bars too where both are blurred and end abruptly, as apps fill a screen of another shape.
    """
    stack = pictures.astype(np.float32)
    unrest = stack.std(axis=0)
    moves = float(np.median(unrest)) > _MOVES
    top, bottom = _margins(stack.mean(axis=0), unrest, moves=moves)
    left, right = _margins(stack.mean(axis=0).T, unrest.T, moves=moves)
    if (top, bottom, left, right) == WHOLE:
        down, along = (np.abs(np.diff(stack, axis=axis)).mean(axis=0) for axis in (1, 2))
        (top, bottom), (left, right) = _blurred(down, along), _blurred(along.T, down.T)
    return Frame(top, bottom, left, right)


def _blurred(steps: npt.NDArray[np.floating], detail: npt.NDArray[np.floating]) -> tuple[float, float]:
    """Give where blurred bars end, by the steps from row to row (rows - 1, columns) and the detail in each row."""
    rows = len(detail)
    abrupt, rich = np.percentile(steps, 25, axis=1), np.median(detail, axis=1)
    margins = np.arange(max(1, round(_LEAST * rows)), int(_MOST * rows))
    # A row on the border is of both: the edge may lie in the next.
    wide = np.maximum(abrupt[:-1], abrupt[1:])
    edges = np.minimum(wide[margins - 1], wide[rows - margins - 2])
    margin = int(margins[edges.argmax()])
    inner, outer = rich[margin : rows - margin], np.concatenate([rich[:margin], rich[rows - margin :]])
    stands_out = edges.max() >= max(_EDGE, _ABRUPT * float(np.median(abrupt)))
    if stands_out and np.median(outer) <= _BLURRED * np.median(inner):
        return margin / rows, 1 - margin / rows
    return 0.0, 1.0


def _margins(mean: npt.NDArray[np.float32], unrest: npt.NDArray[np.float32], *, moves: bool) -> tuple[float, float]:
    stands = np.percentile(unrest, 95, axis=1) < _STANDS
    plain = np.ptp(np.percentile(mean, (5, 95), axis=1), axis=0) < _FLAT
    bar = stands & (plain | moves)
    rows, most = len(bar), int(_MOST * len(bar))
    first = int(np.argmin(bar[:most])) if not bar[:most].all() else 0
    last = int(np.argmin(bar[::-1][:most])) if not bar[::-1][:most].all() else 0
    begin, end = first / rows, 1 - last / rows
    return (begin if begin >= _LEAST else 0.0), (end if end <= 1 - _LEAST else 1.0)
