"""A letter that a pen struck out is doubtful, however surely the engine reads it; rules and dashes strike nothing."""

import cv2
import numpy as np
import pytest

from quancheng_plugin.ocr import rapid
from quancheng_plugin.ocr.lines import BY_INK
from quancheng_plugin.ocr.seen import SeenLine, SeenPage
from quancheng_plugin.ocr.struck import struck_letters
from tests.plugin import paper

_NUMBER = "闽渔罚〔2026〕378号"
_TIME = "2026年3月14日9时40分—10时15分"
_STYLE = "@page { size: A5 landscape; margin: 15mm } body { font: 12pt 'Noto Serif CJK SC'; line-height: 2.4 }"


@pytest.fixture(scope="module")
def scan() -> paper.Picture:
    """A common scan of 150 dpi: a number, a time with a dash, an underlined blank, and a phone number in a cell."""
    html = (
        f"<style>{_STYLE} td {{ border: 1px solid black; padding: 0 4pt }}</style>"
        f"<p>{_NUMBER}<p>{_TIME}<p>证号<u>&emsp;35014418&emsp;</u><table><tr><td>电话<td>13844177442</table>"
    )
    sheet = paper.picture(bytes(paper.weasyprint.HTML(string=html).write_pdf()), 300)
    return paper.worn(cv2.resize(sheet, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), paper.Wear(skew=0.8))


@pytest.fixture(scope="module")
def seen(scan: paper.Picture) -> SeenPage:
    """What is read from the scan as it came."""
    return rapid.look(scan)


def _line(page: SeenPage, words: str) -> SeenLine:
    return next(line for line in page.lines if words in line.text)


def _struck(scan: paper.Picture, line: SeenLine, letter: int, slant: float) -> paper.Picture:
    """The scan with a stroke of a pen through one letter of a line, blue and a little longer than the letter."""
    along, down = line.corners[1] - line.corners[0], line.corners[3] - line.corners[0]
    middle = line.corners[0] + along * line.middles[letter] + down * 0.5
    half = along / np.linalg.norm(along) * np.linalg.norm(down) * 0.3
    lean = np.array([0.0, slant * np.linalg.norm(half)])
    ends = [tuple(np.round(end).astype(int).tolist()) for end in (middle - half - lean, middle + half + lean)]
    return np.asarray(cv2.line(scan.copy(), ends[0], ends[1], (110, 40, 30), 2, cv2.LINE_AA), np.uint8)


def test_nothing_is_struck_on_a_common_scan(scan: paper.Picture, seen: SeenPage) -> None:
    """Bars of 4 and 7, a dash between times, an underline and the rules of a table are no strokes of a pen."""
    assert [line.text for line in seen.lines if struck_letters(scan, line)] == []
    assert min(min(line.letters) for line in seen.lines if "年" in line.text or "号" in line.text) > BY_INK


@pytest.mark.parametrize("slant", [-0.1, 0.0, 0.15])
@pytest.mark.parametrize(("words", "digit"), [("渔罚", "7"), ("2026年", "9")])
def test_the_digit_under_a_stroke_is_found(
    scan: paper.Picture, seen: SeenPage, words: str, digit: str, slant: float
) -> None:
    """The one that was struck, at most one more that the stroke reaches, and no letter of another line."""
    line = _line(seen, words)
    at = line.text.index(digit)
    picture = _struck(scan, line, at, slant)
    found = struck_letters(picture, line)
    assert at in found
    assert set(found) <= {at - 1, at, at + 1}
    assert [other.text for other in seen.lines if other is not line and struck_letters(picture, other)] == []


def test_a_number_with_a_struck_digit_is_not_sure(scan: paper.Picture, seen: SeenPage) -> None:
    """3̶7̶8 is no 378."""
    line = _line(seen, "渔罚")
    assert line.confidence > BY_INK
    again = _line(rapid.look(_struck(scan, line, line.text.index("7"), 0.0)), "渔罚")
    assert again.confidence <= BY_INK
