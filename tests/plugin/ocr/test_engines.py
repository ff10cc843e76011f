"""Both engines read Chinese scans, whichever way round they lie."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quancheng_plugin.errors import ToolMissing
from quancheng_plugin.ocr import rapid, tesseract
from quancheng_plugin.ocr.looking import look_with
from quancheng_plugin.ocr.seen import SeenPage
from quancheng_plugin.ocr.upright import lines_of, skew_of, text_of
from tests.plugin import paper
from tests.plugin.paper import Wear


def _folded(text: str) -> str:
    """Without spaces, brackets and punctuation of one kind: the engines mix half and full width."""
    return "".join(text.split()).translate(str.maketrans("：（）〔〕[]【】", ":()()()()"))


def _text(seen: SeenPage) -> str:
    return _folded(text_of(lines_of(seen, number=1, width=595, skew=skew_of(seen))))


def _sheet(wear: Wear) -> paper.Picture:
    return paper.worn(paper.picture(paper.form(), 150), wear)


@pytest.mark.parametrize(
    "wear",
    [
        Wear(skew=5),
        Wear(turned=90, skew=-5),
        Wear(turned=180, skew=2),
        Wear(turned=270, skew=5),
        Wear(noise=30, contrast=0.4),
    ],
    ids=str,
)
def test_rapidocr_reads_any_way_round(wear: Wear) -> None:
    """Turned, skewed, noisy and pale sheets are read without an error in number, time and party."""
    seen = rapid.look(_sheet(wear))
    assert seen.turned == (360 - wear.turned) % 360
    assert skew_of(seen) == pytest.approx(wear.skew, abs=0.3)
    text = _text(seen)
    for expected in (paper.NUMBER, paper.TIME, paper.PLACE, "".join(paper.CELLS)):
        assert _folded(expected) in text


def test_rapidocr_reads_a_landscape_table_of_single_digits() -> None:
    """A narrow digit in a cell of its own is not taken for a line that stands on its side."""
    cells = "".join(f"<td>{digit}</td>" for digit in "1714171")
    style = "width: 100%; font: 16pt Noto Serif CJK SC"
    html = f"<table style='{style}'><tr><td>数量</td>{cells}</tr></table>"
    sheet = paper.picture(bytes(paper.weasyprint.HTML(string=html).write_pdf()), 200)
    seen = rapid.look(paper.worn(sheet, Wear()))
    assert _text(seen) == "数量1714171"


def test_rapidocr_turns_a_table_of_short_cells() -> None:
    """Cells of two characters line up to rows whichever way they lie; the page is still put upright."""
    goods = ("带鱼", "鲳鱼", "渔网", "柴油", "电台", "海螺", "冰块", "网具")
    rows = "".join(
        f"<tr><td>{n}</td><td>{name}</td><td>{7 * n}</td><td>公斤</td><td>完好</td></tr>"
        for n, name in enumerate(goods)
    )
    style = "width: 100%; font: 10.5pt Noto Sans CJK SC; text-align: left"
    sheet = paper.picture(
        bytes(paper.weasyprint.HTML(string=f"<table style='{style}'>{rows}</table>").write_pdf()), 130
    )
    seen = rapid.look(paper.worn(sheet, Wear(turned=270, skew=1, noise=4)))
    assert seen.turned == 90
    assert {"带鱼", "公斤", "完好"} <= {line.text for line in seen.lines}


def test_an_empty_sheet_has_no_lines() -> None:
    """Neither paper nor noise is text."""
    seen = rapid.look(paper.worn(np.full((1169, 827, 3), 255, np.uint8), Wear(noise=15)))
    assert seen.lines == ()


def test_a_damaged_digit_is_not_certain() -> None:
    """What can no longer be told from the picture does not come with a high confidence."""
    seen = rapid.look(paper.worn(paper.picture(paper.form(points=9), 72), Wear(noise=25, blur=1.3, contrast=0.5)))
    wrong = [line for line in seen.lines if line.text not in (paper.TITLE + paper.TIME + paper.PLACE + paper.BODY)]
    assert wrong
    assert np.median([line.confidence for line in wrong]) < 0.5


def test_letters_beside_a_doubtful_dash_are_doubtful() -> None:
    """What was read as a dash may be a 一 of the name, and a mark does not count by itself."""
    assert rapid._beside_dashes("-兴发", [0.4, 1.0, 1.0]) == [0.4, 0.4, 1.0]
    assert rapid._beside_dashes("兴一发", [1.0, 0.4, 1.0]) == [1.0, 0.4, 1.0]


def test_tesseract_reads_a_turned_and_skewed_sheet() -> None:
    """The other engine reads the time of a sheet that lies on its side and is skewed; cells stay apart."""
    seen = tesseract.look(paper.worn(paper.picture(paper.form(), 200), Wear(turned=90, skew=3)))
    assert seen.turned == 270
    assert skew_of(seen) == pytest.approx(3, abs=0.3)
    lines = lines_of(seen, number=1, width=595, skew=skew_of(seen))
    assert "2026年3月1日9时30分至10时15分" in _text(seen)
    assert not any("林建国" in line.text and "闽霞渔" in line.text for line in lines)
    assert all(0 <= line.confidence <= 1 for line in lines)


def test_a_missing_tesseract_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the program is not installed, the sentence says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    tesseract.probe.cache_clear()
    with pytest.raises(ToolMissing, match="apt install tesseract-ocr tesseract-ocr-chi-sim") as missing:
        look_with("tesseract")
    assert missing.value.code == "QC-TOOL-MISSING"
    tesseract.probe.cache_clear()


def test_a_tesseract_without_chinese_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Tesseract that lacks chi_sim is found out before anything is read."""
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    tesseract.probe.cache_clear()
    with pytest.raises(ToolMissing, match="tesseract-ocr-chi-sim"):
        look_with("tesseract")
    tesseract.probe.cache_clear()


_READS = """
import numpy
from quancheng_plugin.ocr.looking import look_with
look_with("rapidocr")(numpy.full((64, 256, 3), 255, numpy.uint8))
"""


def test_the_engine_keeps_no_record_of_its_use(tmp_path: Path) -> None:
    """What runs the models would write one into the account's folders and send it to its maker."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    subprocess.run([sys.executable, "-c", _READS], env=own | {"HOME": str(tmp_path)}, check=True)
    assert list(tmp_path.rglob("*")) == []
