"""Ink that the detector or the engine passed over is read, or makes doubtful what stands beside it."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from quancheng_plugin.ocr import rapid
from quancheng_plugin.ocr.overlooked import Ink, completed
from quancheng_plugin.ocr.seen import Corners, SeenLine, SeenPage
from tests.plugin import paper

_NAMES = ("三亚海丰渔业有限公司", "二兴永盛水产品有限公司", "张伟、李强")
_THRESHOLD = 0.85
_STYLE = """@page { size: A5 landscape; margin: 15mm } u { margin-left: 3em }
table { border-collapse: collapse; width: 100% } body { font: 12pt 'Noto Serif CJK SC' }
td { border: 1px solid black; padding: 4pt 8pt }"""


@pytest.fixture(scope="module")
def sheet() -> paper.Picture:
    """A small ruled form, clean, of 300 dpi; the last line is an underlined blank with a name in its middle."""
    rows = "".join(f"<tr><td>当事人<td>{name}" for name in _NAMES)
    blank = "<p>船长<u>&emsp;&emsp;陈海生&emsp;&emsp;</u>"
    html = f"<style>{_STYLE}</style><table>{rows}</table>{blank}"
    return paper.picture(bytes(paper.weasyprint.HTML(string=html).write_pdf()), 300)


@pytest.fixture(scope="module")
def scan(sheet: paper.Picture) -> paper.Picture:
    """The form as a common scan of 150 dpi."""
    return paper.worn(cv2.resize(sheet, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), paper.Wear(skew=0.8))


@pytest.fixture(scope="module")
def seen(scan: paper.Picture) -> SeenPage:
    """What is read from the scan."""
    return rapid.look(scan)


def _fax(sheet: paper.Picture) -> paper.Picture:
    """The sheet in black and white of 150 dpi, with a threshold that breaks thin strokes."""
    small = cv2.resize(sheet, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.where(small > 140, np.uint8(255), np.uint8(0))


def _named(page: SeenPage, text: str) -> SeenLine:
    return next(line for line in page.lines if line.text == text)


def _begun_at(line: SeenLine, letter: int, *, read: bool = True) -> SeenLine:
    """The line as if its box began at this letter; unless `read`, as if the engine had passed over what is before."""
    kept = replace(line, text=line.text[letter:], letters=line.letters[letter:], middles=line.middles[letter:])
    if not read:
        return kept
    edge = (line.middles[letter - 1] + line.middles[letter]) / 2
    along = line.corners[1] - line.corners[0]
    corners = line.corners + np.array([edge, 0, 0, edge], np.float32)[:, None] * along
    return replace(kept, corners=corners, middles=tuple((at - edge) / (1 - edge) for at in kept.middles))


def _instead(page: SeenPage, line: SeenLine, *others: SeenLine) -> SeenPage:
    return replace(page, lines=(*(each for each in page.lines if each is not line), *others))


def _read_nothing(_: paper.Picture, boxes: Sequence[Corners]) -> list[SeenLine]:
    return [SeenLine(corners=box, text="", confidence=0.0) for box in boxes]


def test_a_common_scan_is_read_as_it_was(scan: paper.Picture, seen: SeenPage) -> None:
    """Rules, an underlined blank and grain beside lines are no letters: every line is there, sure, and none besides."""
    assert sorted(line.text for line in seen.lines) == sorted(["当事人"] * 3 + [*_NAMES, "船长", "陈海生"])
    assert all(line.confidence >= _THRESHOLD for line in seen.lines)
    ink = Ink(scan, [line.corners for line in seen.lines])
    assert (ink.beside(), ink.apart()) == ([], [])


def test_a_fax_loses_no_first_letter_for_certain(sheet: paper.Picture) -> None:
    """Of the 二 a fax leaves a few dots, in which neither detector nor engine see a letter: the name is not sure."""
    sure = [line.text for line in rapid.look(_fax(sheet)).lines if line.confidence >= _THRESHOLD]
    assert _NAMES[0] in sure
    assert _NAMES[1][1:] not in sure


def test_a_line_that_was_begun_late_is_read_whole(scan: paper.Picture, seen: SeenPage) -> None:
    """The letters left of the box are read with the others, and the line is as sure as it was."""
    line = _named(seen, _NAMES[0])
    page = completed(scan, _instead(seen, line, _begun_at(line, 1)), rapid.read_boxes)
    assert _named(page, _NAMES[0]).confidence >= _THRESHOLD


def test_a_line_that_reads_otherwise_with_its_end_is_doubtful(scan: paper.Picture, seen: SeenPage) -> None:
    """Where the second look does not bear out the first, the letter beside the ink is for review, and no other."""
    line = _named(seen, _NAMES[0])
    page = completed(scan, _instead(seen, line, _begun_at(line, 1)), _read_nothing)
    doubted = _named(page, _NAMES[0][1:])
    assert doubted.letters[0] < _THRESHOLD <= min(doubted.letters[1:])
    assert doubted.confidence < _THRESHOLD


def test_a_letter_in_the_box_that_the_engine_passed_over_makes_doubt(scan: paper.Picture, seen: SeenPage) -> None:
    """The box is right, the ink of 二 is in it, and the text begins with 兴."""
    line = _named(seen, _NAMES[1])
    page = completed(scan, _instead(seen, line, _begun_at(line, 1, read=False)), rapid.read_boxes)
    assert _named(page, _NAMES[1][1:]).letters[0] < _THRESHOLD


def test_a_cell_without_a_box_is_read_in_doubt(scan: paper.Picture, seen: SeenPage) -> None:
    """What no box covers is there for a person to confirm."""
    line = _named(seen, _NAMES[2])
    page = completed(scan, _instead(seen, line), rapid.read_boxes)
    assert max(_named(page, _NAMES[2]).letters[:2]) < _THRESHOLD


def test_red_ink_beside_a_line_is_none(scan: paper.Picture, seen: SeenPage) -> None:
    """The rim of a seal or a finger print next to a name is not read as a letter of it."""
    marked = scan.copy()
    x, y = _named(seen, _NAMES[0]).corners[1:3].mean(axis=0).astype(int).tolist()
    cv2.circle(marked, (x + 20, y), 10, (60, 60, 215), 4)
    assert Ink(marked, [line.corners for line in seen.lines]).beside() == []
