"""The text layer that we lay gives back the very lines that were laid."""

import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from quancheng_plugin.ocr.carried import carried_pages
from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.ocr.text_pdf import write_text_page

_LETTERS = st.characters(min_codepoint=0x21, max_codepoint=0xFFEF, categories=("L", "N", "P", "S")).filter(
    lambda letter: unicodedata.bidirectional(letter) not in {"R", "AL"}
)
_WORDS = st.lists(st.text(_LETTERS, min_size=1, max_size=12), min_size=1, max_size=3).map(" ".join)


def _laid(texts: list[str], path: Path) -> list[TextLine]:
    lines = [
        TextLine(page=1, box=Box(x0=40, y0=40 + 20 * row, x1=400, y1=54 + 20 * row), text=text, confidence=0.9)
        for row, text in enumerate(texts)
    ]
    write_text_page(path, lines, width=595, height=842)
    return lines


@effort(max_examples=40, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=8))
def test_lines_come_back_as_they_were_laid(texts: list[str]) -> None:
    """Character by character, blanks within them included, each a line of its own where it stood; how sure is lost."""
    with TemporaryDirectory() as folder:
        laid = _laid(texts, Path(folder) / "a.pdf")
        (page,) = carried_pages(Path(folder) / "a.pdf") or ()
    assert [line.text for line in page.lines] == texts
    assert {line.confidence for line in page.lines} == {0.0}
    for line, was in zip(page.lines, laid, strict=True):
        assert abs(line.box.x0 - was.box.x0) < 2
        assert abs((line.box.y0 + line.box.y1) - (was.box.y0 + was.box.y1)) < 8


@pytest.mark.parametrize("name", ["𠮷田", "0ۺ"])
def test_characters_that_do_not_come_back_are_left_to_be_read(name: str, tmp_path: Path) -> None:
    """Rare ones of two units, and those that run from right to left, must not be lost from a name unnoticed."""
    _laid([f"当事人 {name}"], tmp_path / "a.pdf")
    pages = carried_pages(tmp_path / "a.pdf")
    assert pages is None or pages[0].lines[0].text == f"当事人 {name}"
