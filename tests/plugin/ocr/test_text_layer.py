"""The archive file: PDF/A-2b, pages upright, text where it is seen, pictures untouched."""

import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import ocrmypdf
import pikepdf
import pypdfium2 as pdfium
import pytest
from pikepdf import pdfa
from PIL import Image

from quancheng_plugin.findings import Finding
from quancheng_plugin.ocr import rapid
from quancheng_plugin.ocr.glyphs import Glyph, glyphs_of
from quancheng_plugin.ocr.lines import TextLine
from quancheng_plugin.ocr.pages import PageKind, PageReading, read_pages
from quancheng_plugin.ocr.picture_pdf import pdf_from_picture
from quancheng_plugin.ocr.placing import Placing
from quancheng_plugin.ocr.seen import Picture, SeenLine, SeenPage, turn
from quancheng_plugin.ocr.text_layer import add_text_layer
from quancheng_plugin.settings import PluginSettings
from tests.plugin import paper
from tests.plugin.paper import Wear

SETTINGS = PluginSettings()


def _sees_black_bars(turned: int = 0, skew: float = 0.0) -> Callable[[Picture], SeenPage]:
    """An engine that finds three bars of ink, as fast as geometry allows, on a sheet worn so."""

    def look(picture: Picture) -> SeenPage:
        sheet = turn(picture, turned)
        ink = (cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY) < 100).astype(np.uint8)
        outlines, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        lines = []
        for number, outline in enumerate(sorted(outlines, key=lambda each: each[:, 0, 1].min())):
            centre, size, _ = cv2.minAreaRect(outline)
            corners = cv2.boxPoints((centre, (max(size), min(size)), skew))
            lines.append(SeenLine(np.roll(corners, -1, axis=0), f"第{number + 1}行文字", 0.9))
        return SeenPage(turned, sheet.shape[1], sheet.shape[0], tuple(lines))

    return look


def _bars(wear: Wear) -> Picture:
    sheet = np.full((1169, 827, 3), 255, np.uint8)
    for y in (200, 300, 800):
        sheet[y : y + 20, 150:650] = 0
    return paper.worn(sheet, wear)


def _layered(
    source: Path, look: Callable[[Picture], SeenPage], folder: Path
) -> tuple[Path, tuple[PageReading, ...], Sequence[Finding]]:
    readings = tuple(read_pages(source, look))
    findings = add_text_layer(source, readings, folder / "out.pdf", folder, SETTINGS)
    return folder / "out.pdf", readings, findings


def _glyphs(pdf: Path, page: int = 0) -> tuple[list[Glyph], tuple[float, float]]:
    with pdfium.PdfDocument(pdf) as opened:
        shown = opened[page]
        return glyphs_of(shown, Placing.of(shown)), shown.get_size()


def _stands_on(line: TextLine, glyphs: Sequence[Glyph]) -> bool:
    """Whether the line's characters stand in its box, in order, to a point."""
    return all(
        any(
            glyph.text == letter
            and line.box.x0 - 2 <= glyph.x0 <= glyph.x1 <= line.box.x1 + 2
            and abs(glyph.y0 - line.box.y0) < 3
            for glyph in glyphs
        )
        for letter in line.text
    )


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [0.0, -4.0])
def test_text_lies_under_its_ink_on_the_upright_page(tmp_path: Path, turned: int, skew: float) -> None:
    """A sheet scanned on its side and askew comes out upright and straight, its text in the place of the lines."""
    wear = Wear(turned=(360 - turned) % 360, skew=skew, noise=0, blur=0, contrast=1)
    source = paper.scan_pdf(tmp_path / "a.pdf", [_bars(wear)], dpi=100)
    out, (reading,), findings = _layered(source, _sees_black_bars(turned, skew), tmp_path)
    glyphs, size = _glyphs(out)
    assert findings == ()
    assert size == pytest.approx((595, 842), abs=1)
    assert len(reading.lines) == 3
    assert all(_stands_on(line, glyphs) for line in reading.lines)
    with pdfium.PdfDocument(out) as opened:
        shown = opened[0].render(scale=100 / 72).to_numpy()[:, :, 0]
    for line in reading.lines:  # the ink itself is there, and level
        box = [round(edge * 100 / 72) for edge in (line.box.x0, line.box.y0, line.box.x1, line.box.y1)]
        assert (shown[box[1] + 3 : box[3] - 3, box[0] + 8 : box[2] - 8] < 100).all()


def test_the_file_is_valid_pdfa_and_its_picture_untouched(tmp_path: Path) -> None:
    """PDF/A-2b by pikepdf's validator; the scan's own bytes are in it."""
    sheet = paper.save(_bars(Wear(skew=3)), tmp_path / "a.jpg", dpi=100)
    source = tmp_path / "a.pdf"
    pdf_from_picture(sheet, source, 10)
    out, _, _ = _layered(source, _sees_black_bars(skew=3), tmp_path)
    assert pdfa.validate_written(out, "2b").verdict == "pass"
    with pikepdf.open(out) as pdf:
        pictures = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and "/Width" in item]
        assert [item.read_raw_bytes() for item in pictures] == [sheet.read_bytes()]


def test_only_pages_without_text_get_some(tmp_path: Path) -> None:
    """In a mixed file the page of text keeps its content to the byte; the scan beside it gets its layer."""
    scan = paper.scan_pdf(tmp_path / "scan.pdf", [_bars(Wear())], dpi=100)
    (tmp_path / "text.pdf").write_bytes(paper.form())
    with pikepdf.open(tmp_path / "text.pdf") as mixed, pikepdf.open(scan) as other:
        mixed.pages.extend(other.pages)
        mixed.save(tmp_path / "mixed.pdf")
    out, readings, _ = _layered(tmp_path / "mixed.pdf", _sees_black_bars(), tmp_path)
    assert [reading.kind for reading in readings] == [PageKind.TEXT, PageKind.PICTURE]
    before, after = (_glyphs(path, 0)[0] for path in (tmp_path / "mixed.pdf", out))
    assert before == after
    assert "第1行文字" in "".join(glyph.text for glyph in _glyphs(out, 1)[0])
    with pikepdf.open(tmp_path / "mixed.pdf") as one, pikepdf.open(out) as two:
        assert _drawn(one.pages[0]) == _drawn(two.pages[0])


def _drawn(page: pikepdf.Page) -> str:
    page.contents_coalesce()
    return hashlib.sha256(page.Contents.read_bytes()).hexdigest()


def test_a_page_with_little_text_keeps_it_and_gets_the_rest(tmp_path: Path) -> None:
    """A scanning app's mark stays, and what the scan shows is added once."""
    source = paper.scan_pdf(tmp_path / "scan.pdf", [_bars(Wear())], dpi=100)
    with pikepdf.open(source) as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.pages[0].obj.Resources.Font = pikepdf.Dictionary(F1=font)
        mark = pikepdf.Stream(pdf, b"BT /F1 12 Tf 400 20 Td (by CamScanner) Tj ET")
        pdf.pages[0].contents_add(mark)
        pdf.save(tmp_path / "marked.pdf")
    out, (reading,), _ = _layered(tmp_path / "marked.pdf", _sees_black_bars(), tmp_path)
    text = "".join(glyph.text for glyph in _glyphs(out)[0])
    assert reading.kind is PageKind.PARTLY
    assert text.count("CamScanner") == 1
    assert text.count("第1行文字") == 1


def test_what_cannot_be_pdfa_is_archived_and_reported(tmp_path: Path) -> None:
    """A file whose fonts are not embedded stays a plain PDF, and the finding says why."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.obj.Contents = pdf.make_stream(b"BT /F1 20 Tf 100 700 Td (Fujian) Tj ET")
        pdf.save(tmp_path / "a.pdf")
    out, _, findings = _layered(tmp_path / "a.pdf", rapid.look, tmp_path)
    assert [finding.code for finding in findings] == ["not-pdfa"]
    assert findings[0].figures["reason"]
    assert "".join(glyph.text for glyph in _glyphs(out)[0]) == "Fujian"


def test_a_page_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OCRmyPDF's engine takes what was read already; it does not read the page again."""
    source = paper.scan_pdf(tmp_path / "a.pdf", [_bars(Wear())], dpi=100)
    readings = tuple(read_pages(source, _sees_black_bars()))

    def twice(_: Picture) -> SeenPage:
        pytest.fail("the page was read a second time")

    monkeypatch.setattr(rapid, "look", twice)
    add_text_layer(source, readings, tmp_path / "out.pdf", tmp_path, SETTINGS)
    assert _glyphs(tmp_path / "out.pdf")[0]


def test_errors_can_be_seen_afterwards(tmp_path: Path) -> None:
    """What the program writes to standard error after a document still gets there."""
    before = sys.stderr
    _layered(paper.scan_pdf(tmp_path / "a.pdf", [_bars(Wear())], dpi=100), _sees_black_bars(), tmp_path)
    assert sys.stderr is before


def test_the_plugin_works_in_ocrmypdf_by_itself(tmp_path: Path) -> None:
    """Asked by OCRmyPDF alone, the engine turns, straightens and reads a scan."""
    sheet = paper.worn(paper.picture(paper.form(), 150), Wear(turned=90, skew=3))
    Image.fromarray(cv2.cvtColor(sheet, cv2.COLOR_BGR2RGB)).save(tmp_path / "a.png", dpi=(150, 150))
    ocrmypdf.ocr(
        tmp_path / "a.png", tmp_path / "out.pdf", plugins=["quancheng_plugin.ocr.engine"], output_type="pdf",
        rotate_pages=True, deskew=True, progress_bar=False, optimize=0, jobs=1, use_threads=True,
    )  # fmt: skip
    glyphs, (width, height) = _glyphs(tmp_path / "out.pdf")
    assert width < height
    assert "2026年3月1日9时30分至10时15分" in "".join(glyph.text for glyph in glyphs)
