"""Parts of a picture that a copy may show: crops and small turns, each hashed as a picture of its own."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.bars import WHOLE, Frame
from quancheng_sidecar.media.comparison.pdq import SIDE

Picture = npt.NDArray[np.uint8]


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

VIEWS: tuple[View, ...] = (
    View(),
    *map(_centred, (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)),
    *(_placed(s, s, y, x) for s in (0.75, 0.5) for y in _THIRDS for x in _THIRDS if (y, x) != (0.5, 0.5)),
    *(_placed(0.75, 1.0, y, 0.5) for y in _THIRDS),
    *(_placed(1.0, 0.75, 0.5, x) for x in _THIRDS),
    *(View(turn=turn) for turn in (-5.0, -3.5, -2.0, 2.0, 3.5, 5.0)),
)
"""The whole picture first. A crop between two of these is still alike: a hash bears about a tenth of displacement."""

MIDDLE = 1 + VIEWS.index(_centred(0.65))
"""Place in a look of the middle part, where logos, captions and clocks seldom stand."""


def look(picture: Picture, frame: Frame, aspect: float) -> npt.NDArray[np.float32]:
    """Give every view of a grey picture inside its bars, shrunk by averaging, as (1 + views, 64, 64).

    The first is the picture with its bars. `aspect` is width over height of the recording, since `picture` is square.
    """
    inner = cut(picture, frame)
    turned = {turn: _turned(inner, turn, aspect) for turn in {view.turn for view in VIEWS} - {0.0}}
    shown = (cut(turned.get(view.turn, inner), view.frame) for view in VIEWS)
    return np.stack([_shrunk(picture), *map(_shrunk, shown)])


def cut(picture: Picture, frame: Frame) -> Picture:
    """Give a part of a picture, at least one pixel of it."""
    rows, columns = picture.shape
    top, left = int(frame.top * rows), int(frame.left * columns)
    return picture[top : max(top + 1, round(frame.bottom * rows)), left : max(left + 1, round(frame.right * columns))]


def _shrunk(picture: Picture) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _turned(picture: Picture, degrees: float, aspect: float) -> Picture:
    """Turn about the middle as it looks at the recording's own aspect."""
    rows, columns = picture.shape
    wide = np.diag([aspect * rows / columns, 1.0])
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.linalg.inv(wide) @ turn @ wide
    middle = np.array([columns / 2, rows / 2])
    shift = middle - matrix @ middle
    return np.asarray(cv2.warpAffine(picture, np.column_stack([matrix, shift]), (columns, rows)), np.uint8)
