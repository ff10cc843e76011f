"""Pictures become pages of the size they were scanned at."""

import zlib
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image

from quancheng_plugin.errors import DamagedFile, LimitExceeded, TooManyPages, UnsupportedType
from quancheng_plugin.ocr.picture_pdf import pdf_from_picture
from tests.plugin import paper
from tests.sidecar.media.heic import write_heic

A4_POINTS = (595, 842)


@pytest.fixture(scope="module")
def sheet() -> paper.Picture:
    """A clean form at 100 dots per inch."""
    return paper.picture(paper.form(), 100)


def _shown(pdf: Path, page: int = 0) -> np.ndarray:
    opened = pdfium.PdfDocument(pdf)
    try:
        return opened[page].render(scale=100 / 72).to_numpy()[:, :, :3].copy()
    finally:
        opened.close()


def _looks_like(pdf: Path, sheet: np.ndarray) -> bool:
    shown = _shown(pdf)
    if shown.shape[0] - sheet.shape[0] not in {-1, 0, 1} or shown.shape[1] - sheet.shape[1] not in {-1, 0, 1}:
        return False
    shown = cv2.resize(shown, sheet.shape[1::-1])
    blurred = [cv2.GaussianBlur(each, (0, 0), 2).astype(np.int16) for each in (shown, sheet)]
    return bool(np.abs(blurred[0] - blurred[1]).mean() < 6)


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "CMYK", "RGBA", "LA", "I;16"])
@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
def test_every_mode_is_shown_as_it_was(sheet: paper.Picture, tmp_path: Path, mode: str, suffix: str) -> None:
    """Colour, grey, black and white, palette, ink, transparent and 16-bit pictures look the same on their page."""
    image = Image.fromarray(cv2.cvtColor(sheet, cv2.COLOR_BGR2RGB))
    if mode == "I;16":
        image = Image.fromarray(cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    source = tmp_path / f"图 片.{suffix}"
    try:
        image.save(source, dpi=(100, 100))
    except OSError:
        return  # the format has no such mode
    assert pdf_from_picture(source, tmp_path / "out.pdf", 10) == 1
    assert _looks_like(tmp_path / "out.pdf", sheet)


def test_transparency_is_white(tmp_path: Path) -> None:
    """What is transparent comes out as paper, not as ink."""
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    image.save(tmp_path / "a.png", dpi=(100, 100))
    pdf_from_picture(tmp_path / "a.png", tmp_path / "out.pdf", 10)
    assert _shown(tmp_path / "out.pdf").min() == 255


def test_a_jpeg_goes_in_as_it_is(sheet: paper.Picture, tmp_path: Path) -> None:
    """The JPEG's own bytes are stored: nothing is encoded a second time."""
    source = paper.save(sheet, tmp_path / "a.jpg", dpi=100)
    pdf_from_picture(source, tmp_path / "out.pdf", 10)
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert pdf.pages[0].Resources.XObject.Im0.read_raw_bytes() == source.read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_exif_orientation_is_honoured(sheet: paper.Picture, tmp_path: Path, orientation: int, suffix: str) -> None:
    """All eight orientations of a camera are shown upright."""
    undo = {1: [], 2: [1], 3: [-1], 4: [0], 5: ["t"], 6: ["ccw"], 7: ["t", -1], 8: ["cw"]}[orientation]
    laid = sheet
    for step in undo:
        match step:
            case "t":
                laid = cv2.transpose(laid)
            case "cw":
                laid = cv2.rotate(laid, cv2.ROTATE_90_CLOCKWISE)
            case "ccw":
                laid = cv2.rotate(laid, cv2.ROTATE_90_COUNTERCLOCKWISE)
            case _:
                laid = cv2.flip(laid, step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = paper.save(laid, tmp_path / f"a.{suffix}", dpi=100, exif=exif)
    pdf_from_picture(source, tmp_path / "out.pdf", 10)
    assert _looks_like(tmp_path / "out.pdf", sheet)


@pytest.mark.parametrize("dpi", [None, 1, 72, 96, 5000])
def test_without_a_credible_resolution_the_page_is_a4(sheet: paper.Picture, tmp_path: Path, dpi: float | None) -> None:
    """A picture that does not say how large it is, or says nonsense, is taken for an A4 sheet."""
    pdf_from_picture(paper.save(sheet, tmp_path / "a.png", dpi=dpi), tmp_path / "out.pdf", 10)
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert [round(float(edge)) for edge in pdf.pages[0].mediabox[2:]] == pytest.approx(A4_POINTS, abs=2)


def test_a_fax_keeps_its_proportions(sheet: paper.Picture, tmp_path: Path) -> None:
    """204 by 98 dots per inch are not squashed."""
    fax = cv2.resize(sheet, (round(sheet.shape[1] * 2.04), round(sheet.shape[0] * 0.98)))
    image = Image.fromarray(cv2.cvtColor(fax, cv2.COLOR_BGR2GRAY)).convert("1")
    image.save(tmp_path / "fax.tif", dpi=(204, 98), compression="group4")
    pdf_from_picture(tmp_path / "fax.tif", tmp_path / "out.pdf", 10)
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert [round(float(edge)) for edge in pdf.pages[0].mediabox[2:]] == pytest.approx(A4_POINTS, abs=6)


def test_all_pages_of_a_tiff_are_kept(sheet: paper.Picture, tmp_path: Path) -> None:
    """A TIFF of three sheets makes three pages."""
    images = [Image.fromarray(sheet), Image.fromarray(sheet).convert("L"), Image.fromarray(sheet).convert("1")]
    images[0].save(tmp_path / "a.tiff", save_all=True, append_images=images[1:], dpi=(100, 100))
    assert pdf_from_picture(tmp_path / "a.tiff", tmp_path / "out.pdf", 3) == 3
    with pytest.raises(TooManyPages):
        pdf_from_picture(tmp_path / "a.tiff", tmp_path / "out.pdf", 2)


def test_heic_is_read(tmp_path: Path) -> None:
    """A photo taken by a telephone becomes a page; one that breaks off is damaged."""
    write_heic(tmp_path / "a.heic", Image.Exif().tobytes().removeprefix(b"Exif\0\0"))
    assert pdf_from_picture(tmp_path / "a.heic", tmp_path / "out.pdf", 10) == 1
    (tmp_path / "a.heic").write_bytes((tmp_path / "a.heic").read_bytes()[:-500])
    with pytest.raises(DamagedFile):
        pdf_from_picture(tmp_path / "a.heic", tmp_path / "out.pdf", 10)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_truncated_picture_is_damaged(sheet: paper.Picture, tmp_path: Path, suffix: str, share: float) -> None:
    """A picture that breaks off is refused, not filled up with grey."""
    whole = paper.save(sheet, tmp_path / f"a.{suffix}", dpi=100).read_bytes()
    (tmp_path / f"a.{suffix}").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(DamagedFile):
        pdf_from_picture(tmp_path / f"a.{suffix}", tmp_path / "out.pdf", 10)


def test_a_picture_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """A small file of four thousand million pixels is stopped by what its header says."""
    header = Image.new("1", (8, 8))
    header.save(tmp_path / "a.png")
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[16:24] = (60_000).to_bytes(4) * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(LimitExceeded):
        pdf_from_picture(tmp_path / "a.png", tmp_path / "out.pdf", 10)


def test_an_icon_is_no_scan(tmp_path: Path) -> None:
    """A picture of a few pixels is told apart from a form."""
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(UnsupportedType):
        pdf_from_picture(tmp_path / "a.png", tmp_path / "out.pdf", 10)
