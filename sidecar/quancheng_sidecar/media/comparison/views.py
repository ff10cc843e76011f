"""Parts of a picture that a copy may show: crops and small turns, each hashed as a picture of its own."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.bars import WHOLE, Frame
from quancheng_sidecar.media.comparison.pdq import KEPT, SIDE, basis

Picture = npt.NDArray[np.uint8]
Pictures = npt.NDArray[np.uint8]
Waves = npt.NDArray[np.float32]


@dataclass(frozen=True)
class View:
    """The part `frame` of the picture, which is first turned by `turn` degrees with black corners."""

    frame: Frame = WHOLE
    turn: float = 0.0


def _centred(scale: float) -> View:
    return _placed(scale, scale, 0.5, 0.5)


def _placed(high: float, wide: float, down: float, along: float) -> View:
    top, left = (1 - high) * down, (1 - wide) * along
    return View(Frame(top, top + high, left, left + wide))


_THIRDS = (0.0, 0.5, 1.0)
_TURNS = (-5.0, -3.5, -2.0, 2.0, 3.5, 5.0)

VIEWS: tuple[View, ...] = (
    View(),
    *map(_centred, (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)),
    *(_placed(s, s, y, x) for s in (0.75, 0.5) for y in _THIRDS for x in _THIRDS if (y, x) != (0.5, 0.5)),
    *(_placed(0.75, 1.0, y, 0.5) for y in _THIRDS),
    *(_placed(1.0, 0.75, 0.5, x) for x in _THIRDS),
    *(View(turn=turn) for turn in _TURNS),
    *(_placed(s, 1.0, y, 0.5) for s in (0.92, 0.86) for y in (0.0, 1.0)),
)
"""The whole picture first; last, where kept traits may end before, what is left where a clock's strip was cut away.

A crop between two is alike where both sides move by a twentieth; a strip of a tenth cut off one side alone changes 50
to 117 bits.
"""

TURNED = 96
"""Pixels along each side of a picture to turn: turning costs by the pixel, and sixteen waves ask for no more."""

_PARTS = [view.frame for view in VIEWS if not view.turn]
_ORDER = [0, *(1 + np.argsort(np.argsort([view.turn != 0 for view in VIEWS], kind="stable"))).tolist()]
"""Where each view stands when parts are made first and turns behind them."""

MIDDLE = 1 + VIEWS.index(_centred(0.65))
"""Place in a look of the middle part, where logos, captions and clocks seldom stand."""

INNER = 1 + VIEWS.index(_centred(0.8))
"""Place in a look of what is left when a tenth is cut off on each side."""


Span = tuple[int, int]
"""First row or column of a part, and the one behind its last."""


def waves_of(pictures: Pictures, frame: Frame, aspect: float) -> Waves:
    """Give the transform (`pdq.basis`) of every view of grey pictures (n, rows, columns): (n, 1 + views, 16, 16).

    The first view is the picture with its bars, which lie outside `frame`. `aspect` is width over height of the
    recording, since the pictures are square. Cutting a part out, shrinking it by averaging and transforming it are one
    matrix along each side, and many views share theirs.
    """
    rows, columns = pictures.shape[1:]
    high, wide = _span((0, rows), frame.top, frame.bottom), _span((0, columns), frame.left, frame.right)
    inner = pictures[:, high[0] : high[1], wide[0] : wide[1]]
    parts = [((0, rows), (0, columns))]
    parts += [(_span(high, f.top, f.bottom), _span(wide, f.left, f.right)) for f in _PARTS]
    shown = aspect * inner.shape[2] / inner.shape[1]
    return np.concatenate([_transformed(pictures, parts), *_all_turned(inner, shown)], axis=1)[:, _ORDER]


def _all_turned(pictures: Pictures, aspect: float) -> list[Waves]:
    """Give the transforms of pictures (n, rows, columns) of this aspect in every turn, each (n, 1, 16, 16)."""
    square, whole = (TURNED, TURNED), [((0, TURNED), (0, TURNED))]
    small = [cv2.resize(one, square, interpolation=cv2.INTER_AREA) for one in pictures]
    return [
        _transformed(np.stack([np.asarray(cv2.warpAffine(one, turn, square), np.uint8) for one in small]), whole)
        for turn in (_turn(degrees, aspect) for degrees in _TURNS)
    ]


def _span(within: Span, begin: float, end: float) -> Span:
    """Give a part of a span, at least one row or column of it."""
    size = within[1] - within[0]
    first = int(begin * size)
    return within[0] + first, within[0] + max(first + 1, round(end * size))


def _transformed(pictures: Pictures, parts: list[tuple[Span, Span]]) -> Waves:
    """Give the transforms of parts (rows, columns) of pictures: (n, parts, 16, 16)."""
    count, rows, columns = pictures.shape
    # All pictures side by side: one product of matrices serves all.
    beside = pictures.transpose(1, 0, 2).reshape(rows, count * columns).astype(np.float32)
    halves = {
        high: (_matrix(rows, high) @ beside).reshape(KEPT * count, columns) for high in {high for high, _ in parts}
    }
    waves = [(halves[high] @ _matrix(columns, wide).T).reshape(KEPT, count, KEPT) for high, wide in parts]
    return np.stack(waves).transpose(2, 0, 1, 3).astype(np.float32, copy=False)


@lru_cache(maxsize=1024)
def _matrix(size: int, part: Span) -> npt.NDArray[np.float32]:
    """Give what cuts `part` out of `size` rows, shrinks it to 64 by averaging and transforms it: (16, size)."""
    length = part[1] - part[0]
    shrink = cv2.resize(np.eye(length, dtype=np.float32), (length, SIDE), interpolation=cv2.INTER_AREA)
    matrix = np.zeros((KEPT, size), np.float32)
    matrix[:, part[0] : part[1]] = basis() @ np.asarray(shrink, np.float32)
    return matrix


def _turn(degrees: float, aspect: float) -> npt.NDArray[np.float64]:
    """Give what turns a square of TURNED pixels, which shows a picture of this aspect, about its middle: (2, 3)."""
    wide = np.diag([aspect, 1.0])
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.linalg.inv(wide) @ turn @ wide
    middle = np.full(2, TURNED / 2)
    return np.column_stack([matrix, middle - matrix @ middle])
