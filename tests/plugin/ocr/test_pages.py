"""What is read from a page depends on what an eye would see on it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary, Name

from quancheng_plugin.ocr.glyphs import Glyph
from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.ocr.own_text import lines_of_text, rows_of
from quancheng_plugin.ocr.pages import PageKind, PageReading, read_pages
from quancheng_plugin.ocr.preparing import prepare
from quancheng_plugin.ocr.seen import Picture, SeenLine, SeenPage
from quancheng_plugin.ocr.text_pdf import write_text_page
from tests.plugin import paper

Look = Callable[[Picture], SeenPage]


def _never(_: Picture) -> SeenPage:
    pytest.fail("a page that needs no reading was read")


def _sees(*texts: str) -> Look:
    """An engine that sees the given lines, one under the other."""

    def look(picture: Picture) -> SeenPage:
        height, width = picture.shape[:2]
        lines = tuple(
            SeenLine(np.array([[x, y], [9 * x, y], [9 * x, y + 30], [x, y + 30]], float), text, 0.8)
            for x, y, text in ((width / 10, height / 2 + 60 * row, text) for row, text in enumerate(texts))
        )
        return SeenPage(0, width, height, lines)

    return look


def _read(path: Path, look: Look) -> PageReading:
    (reading,) = read_pages(path, look)
    return reading


def _texts(reading: PageReading) -> list[str]:
    return [line.text for line in reading.lines]


def _scan(path: Path) -> Path:
    return paper.scan_pdf(path, [paper.picture(paper.form(), 72)], dpi=72)


def _with_layer(scan: Path, text: str, out: Path, *, visible: bool = False, on_top: bool = True) -> Path:
    """A scan with one line of text across its top."""
    line = TextLine(page=1, box=Box(x0=60, y0=30, x1=500, y1=45), text=text, confidence=1)
    layer = out.with_suffix(".layer.pdf")
    with pikepdf.open(scan) as pdf:
        width, height = (float(edge) for edge in pdf.pages[0].mediabox[2:])
        write_text_page(layer, [line], width=width, height=height)
        with pikepdf.open(layer) as text_pdf:
            if visible:
                contents = text_pdf.pages[0].Contents.read_bytes().replace(b"3 Tr", b"0 Tr")
                text_pdf.pages[0].Contents = text_pdf.make_stream(contents)
            (pdf.pages[0].add_overlay if on_top else pdf.pages[0].add_underlay)(text_pdf.pages[0])
            pdf.save(out)
    return out


def test_a_page_of_text_is_taken_as_it_is(tmp_path: Path) -> None:
    """Text that an eye sees needs no engine and is certain; cells are apart."""
    (tmp_path / "a.pdf").write_bytes(paper.form())
    reading = _read(tmp_path / "a.pdf", _never)
    assert reading.kind is PageKind.TEXT
    assert {paper.TITLE, paper.NUMBER, paper.TIME, paper.PLACE, *paper.CELLS} <= set(_texts(reading))
    assert {line.confidence for line in reading.lines} == {1.0}
    assert reading.layer == ()


# Text matrices that make a line run right, down, left and up before the page is turned.
_RUNNING = {0: "1 0 0 1", 90: "0 -1 1 0", 180: "-1 0 0 -1", 270: "0 1 -1 0"}


def _latin(path: Path, rotation: int, running: int) -> Path:
    """A page with a CropBox, turned by /Rotate, whose one line starts in the middle of what is shown."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(600, 800))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        text = f"BT /F1 20 Tf {_RUNNING[running]} 300 400 Tm (Fujian) Tj ET"
        page.obj.Contents = pdf.make_stream(text.encode("ascii"))
        page.obj.CropBox = Array([100, 100, 500, 700])
        page.rotate(rotation, relative=False)
        pdf.save(path)
    return path


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("running", [0, 90, 180, 270])
def test_text_stands_where_it_is_shown(tmp_path: Path, rotation: int, running: int) -> None:
    """Whichever way a page and its text are turned, the line reads from the middle of the upright page to the right."""
    reading = _read(_latin(tmp_path / "a.pdf", rotation, running), _never)
    (line,) = reading.lines
    assert line.text == "Fujian"
    assert (reading.turned + rotation + running) % 360 == 0
    assert (reading.width, reading.height) == ((400, 600) if running in {0, 180} else (600, 400))
    assert line.box.x0 == pytest.approx(reading.width / 2, abs=3)
    assert line.box.y0 < reading.height / 2 < line.box.y1


def test_a_note_in_the_margin_is_a_line_of_its_own(tmp_path: Path) -> None:
    """Text that runs another way than the page is read along its own way."""
    with pikepdf.open(_latin(tmp_path / "a.pdf", 0, 0)) as pdf:
        more = b"BT /F1 20 Tf 50 300 Td (Ningde Fuzhou Xiamen) Tj 0 1 -1 0 450 200 Tm (margin note) Tj ET"
        pdf.pages[0].contents_add(pikepdf.Stream(pdf, b"\n" + more))
        pdf.save(tmp_path / "b.pdf")
    reading = _read(tmp_path / "b.pdf", _never)
    assert reading.turned == 0
    assert {"Fujian", "margin note"} <= set(_texts(reading))


def test_a_scan_is_read_and_gets_its_layer(tmp_path: Path) -> None:
    """A page without text is read whole, and all of it goes into the layer."""
    reading = _read(_scan(tmp_path / "a.pdf"), _sees("一", "二"))
    assert reading.kind is PageKind.PICTURE
    assert _texts(reading) == ["一", "二"]
    assert reading.layer == reading.lines


def test_an_unseen_layer_is_kept_but_not_believed(tmp_path: Path) -> None:
    """A scanner's own OCR is no fact: the picture is read, and a layer that says otherwise is reported."""
    said = "行政处罚决定书闽海渔罚〔2026〕99号罚款壹万元整"
    kept = _with_layer(_scan(tmp_path / "a.pdf"), said, tmp_path / "b.pdf")
    same = _read(kept, _sees(said))
    assert (same.kind, same.layer, same.findings) == (PageKind.OLD_LAYER, (), ())
    assert same.lines[0].confidence == 0.8
    other = _read(kept, _sees("现场检查笔录"))
    assert _texts(other) == ["现场检查笔录"]
    assert [finding.code for finding in other.findings] == ["text-differs-from-picture"]


def test_text_under_a_picture_is_unseen(tmp_path: Path) -> None:
    """Text that was drawn first and then covered by the scan is a layer like any other."""
    kept = _with_layer(_scan(tmp_path / "a.pdf"), "看不见的文字层", tmp_path / "b.pdf", visible=True, on_top=False)
    assert _read(kept, _sees("看得见")).kind is PageKind.OLD_LAYER


def test_a_stamp_of_text_does_not_make_a_scan_a_page_of_text(tmp_path: Path) -> None:
    """A scanning app's mark on a scan is kept, and the scan is read and given the rest of its text."""
    marked = _with_layer(_scan(tmp_path / "a.pdf"), "由扫描软件生成", tmp_path / "b.pdf", visible=True)
    reading = _read(marked, _sees("检查时间", "检查地点"))
    assert reading.kind is PageKind.PARTLY
    assert [line.text for line in reading.layer] == ["检查时间", "检查地点"]


def test_text_laid_over_a_picture_must_agree_with_it(tmp_path: Path) -> None:
    """Where text that is drawn over a scan is not what the picture shows there, the picture is believed."""
    marked = _with_layer(_scan(tmp_path / "a.pdf"), "罚款壹万元整", tmp_path / "b.pdf", visible=True)
    reading = _read(marked, _sees("罚款叁佰元整"))
    assert _texts(reading) == ["罚款叁佰元整"]
    assert [finding.code for finding in reading.findings] == ["text-differs-from-picture"]


def test_fonts_that_do_not_name_their_characters_are_not_believed(tmp_path: Path) -> None:
    """A page whose text comes out as private codes is read from its picture."""
    with pikepdf.open(_with_layer(_blank(tmp_path), "甲乙丙丁戊己庚辛", tmp_path / "a.pdf", visible=True)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == Name.Type0:
                del item.ToUnicode
        pdf.save(tmp_path / "b.pdf")
    reading = _read(tmp_path / "b.pdf", _sees("甲乙丙丁"))
    assert reading.kind is PageKind.UNMEANT
    assert _texts(reading) == ["甲乙丙丁"]
    assert [finding.code for finding in reading.findings] == ["text-without-characters"]


def test_a_blank_page_is_not_read(tmp_path: Path) -> None:
    """The empty back of a sheet costs no engine's time."""
    assert _read(_blank(tmp_path), _never).lines == ()


def test_a_poster_is_reduced_before_it_is_read(tmp_path: Path) -> None:
    """A page that claims to be a hundred metres wide does not become a picture of that size."""
    with pikepdf.open(_scan(tmp_path / "a.pdf")) as pdf:
        pdf.pages[0].mediabox = Array([0, 0, 14_400, 14_400])
        pdf.save(tmp_path / "b.pdf")
    sizes = []

    def look(picture: Picture) -> SeenPage:
        sizes.append(picture.shape)
        return SeenPage(0, picture.shape[1], picture.shape[0], ())

    _read(tmp_path / "b.pdf", look)
    assert max(sizes[0]) <= 4001


def _blank(folder: Path) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(folder / "blank.pdf")
    return folder / "blank.pdf"


def test_a_filled_form_says_what_was_filled_in(tmp_path: Path) -> None:
    """What a person typed into the fields of a form is part of the page's text."""
    with pikepdf.open(_with_layer(_blank(tmp_path), "当事人", tmp_path / "a.pdf", visible=True)) as pdf:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        look = pdf.make_stream(b"/Tx BMC BT /F1 12 Tf 2 4 Td (LIN JIANGUO) Tj ET EMC")
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 200, 20])
        look.Resources = Dictionary(Font=Dictionary(F1=font))
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="party", V="LIN JIANGUO", F=4,
                Rect=Array([100, 500, 300, 520]), AP=Dictionary(N=look), DA="/F1 12 Tf",
            )
        )  # fmt: skip
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), DR=Dictionary(Font=Dictionary(F1=font)))
        pdf.save(tmp_path / "form.pdf")
    prepared = prepare(tmp_path / "form.pdf", tmp_path, 10)
    assert "LIN JIANGUO" in _texts(_read(prepared.pdf, _never))
    with pdfium.PdfDocument(prepared.pdf) as opened:
        assert opened.get_formtype() == 0


def test_two_lines_beside_one_at_their_middle_are_no_staircase() -> None:
    """A cell of two lines and one of one line, set close: the letters of the two are not mixed; a blank parts names."""
    style = "body { font: 12pt 'Noto Serif CJK SC' } td { border: 1px solid black; line-height: 1.15 }"
    cells = "<table><tr><td>责令改正通知书<br>温洞渔责〔2026〕4号<td>2026年7月14日9时25分</table>"
    html = f"<style>{style}</style><p>听证员：马腾　黄忠</p>{cells}"
    page = pdfium.PdfDocument(bytes(paper.weasyprint.HTML(string=html).write_pdf()))[0]
    texts = [line.text for line in lines_of_text(page, 1)]
    assert texts == ["听证员：马腾 黄忠", "责令改正通知书", "2026年7月14日9时25分", "温洞渔责〔2026〕4号"]


def _glyph(text: str, x0: float, y0: float, y1: float) -> Glyph:
    return Glyph(text, x0, y0, x0 + 11, y1, seen=True, meant=True, running=0, piece=1)


def test_a_flat_letter_stands_in_its_row() -> None:
    """Fonts that a browser embeds drawn give 一 no more height than its ink, wherever that stands."""
    name = [_glyph("曲", 62, 183, 195), _glyph("一", 74, 185, 187), _glyph("在", 86, 183, 195)]
    below = [_glyph("港", 62, 205, 217), _glyph("一", 74, 210, 212)]
    assert [[glyph.text for glyph in row] for row in rows_of([*below, *name])] == [["曲", "一", "在"], ["港", "一"]]
