"""Skewed lines are straightened, put into points and into reading order."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.ocr.seen import SeenLine, SeenPage
from quancheng_plugin.ocr.upright import LEAST_SKEW, in_reading_order, lines_of, skew_of, text_of

WIDTH, HEIGHT = 1654, 2339


def _leaning(box: tuple[float, float, float, float], skew: float) -> np.ndarray:
    x0, y0, x1, y1 = box
    angle, centre = math.radians(skew), np.array([WIDTH / 2, HEIGHT / 2])
    turning = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    return (corners - centre) @ turning.T + centre


def _page(skew: float) -> SeenPage:
    boxes = [(200.0, 200 + 60.0 * row, 1400.0, 240 + 60.0 * row) for row in range(20)]
    return SeenPage(0, WIDTH, HEIGHT, tuple(SeenLine(_leaning(box, skew), str(n), 0.9) for n, box in enumerate(boxes)))


@given(st.floats(-15, 15))
def test_any_skew_is_measured_and_undone(skew: float) -> None:
    """Lines that lean come out level, where they stood on the straight sheet."""
    page = _page(skew)
    measured = skew_of(page)
    if abs(skew) < LEAST_SKEW - 0.01:
        assert measured == 0
        return
    if abs(skew) > LEAST_SKEW + 0.01:
        assert measured == np.float64(measured)
        assert abs(measured - skew) < 0.01
        line = lines_of(page, number=1, width=WIDTH * 0.36, skew=measured)[3]
        assert np.allclose(
            [line.box.x0, line.box.y0, line.box.x1, line.box.y1], np.array([200, 380, 1400, 420]) * 0.36, atol=0.3
        )


def test_a_page_without_long_lines_has_no_skew() -> None:
    """A stamp or a single character does not tell how a page lies."""
    dot = SeenLine(_leaning((100, 100, 150, 150), 12), "印", 0.9)
    assert skew_of(SeenPage(0, WIDTH, HEIGHT, (dot,))) == 0
    assert skew_of(SeenPage(0, WIDTH, HEIGHT, ())) == 0


def _line(x: float, y: float, text: str, page: int = 1) -> TextLine:
    return TextLine(page=page, box=Box(x0=x, y0=y, x1=x + 50, y1=y + 14), text=text, confidence=1)


def test_cells_of_a_row_follow_each_other() -> None:
    """Cells that stand a little higher or lower than their neighbours still belong to one row."""
    lines = [_line(200, 102, "林建国"), _line(100, 100, "当事人"), _line(300, 97, "男"), _line(100, 130, "地址")]
    assert [line.text for line in in_reading_order(lines)] == ["当事人", "林建国", "男", "地址"]
    assert text_of(lines) == "当事人 林建国 男\n地址"


def test_pages_are_parted_by_a_form_feed() -> None:
    """A row never runs over two pages."""
    assert text_of([_line(0, 0, "一"), _line(0, 0, "二", page=2)]) == "一\f二"


@given(st.permutations(range(6)))
def test_order_does_not_depend_on_how_lines_came(order: list[int]) -> None:
    """The engine's own order plays no part."""
    lines = [_line(100 * (n % 2), 40 * (n // 2), str(n)) for n in range(6)]
    assert [line.text for line in in_reading_order([lines[at] for at in order])] == list("012345")
