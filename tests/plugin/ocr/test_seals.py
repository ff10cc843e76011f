"""Red seals are lifted off the picture that is read, and nothing else is."""

import cv2
import numpy as np

from quancheng_plugin.ocr import rapid
from quancheng_plugin.ocr.seals import without_seals
from tests.plugin import paper

_POINTS = 72 / 150
_INK = (40, 40, 215)


def _sealed(sheet: paper.Picture, at: tuple[int, int]) -> paper.Picture:
    """The sheet with the rings and the star of a seal of 42 mm printed over it."""
    seal = np.full_like(sheet, 255)
    for radius, width in ((124, 6), (95, 22), (30, -1)):
        cv2.circle(seal, at, radius, _INK, width)
    return np.minimum(sheet, seal)


def test_what_stands_under_a_seal_is_read() -> None:
    """The party's cell is read as it was before the seal was put on it."""
    sheet = paper.picture(paper.form(), 150)
    at = _place_of(sheet, paper.CELLS[1])
    lifted = rapid.look(without_seals(_sealed(sheet, at), _POINTS))
    assert paper.CELLS[1] in [line.text for line in lifted.lines]


def test_a_red_heading_stays() -> None:
    """Only marks of a seal's size and shape go: a line of red letters is the very same picture afterwards."""
    sheet = np.full((1754, 1240, 3), 255, np.uint8)
    cv2.putText(sheet, "RED HEADING OF AN OFFICE", (100, 200), cv2.FONT_HERSHEY_SIMPLEX, 2, _INK, 6)
    assert without_seals(sheet, _POINTS) is sheet


def test_a_grey_sheet_is_left_alone() -> None:
    """Without colour there is nothing to tell a seal by."""
    sheet = paper.picture(paper.form(), 150)
    assert without_seals(sheet, _POINTS) is sheet


def _place_of(sheet: paper.Picture, text: str) -> tuple[int, int]:
    line = next(line for line in rapid.look(sheet).lines if line.text == text)
    x, y = line.corners.mean(axis=0)
    return round(float(x)), round(float(y))
