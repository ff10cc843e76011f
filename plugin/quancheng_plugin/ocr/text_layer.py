"""Scan in, PDF/A-2b with text layer and the lines that were read out."""

import contextlib
import logging
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import ocrmypdf
import pikepdf
from ocrmypdf.exceptions import EncryptedPdfError, ExitCodeException, MissingDependencyError

from quancheng_plugin.errors import PasswordProtected, ToolMissing
from quancheng_plugin.findings import Finding
from quancheng_plugin.ocr.engine import reading_file
from quancheng_plugin.ocr.intake import damaged
from quancheng_plugin.ocr.pages import PageKind, PageReading
from quancheng_plugin.ocr.pdfa import pdfa_findings
from quancheng_plugin.settings import PluginSettings

# Its warnings are hints for users of its own command line; what matters to ours are findings.
logging.getLogger("ocrmypdf").setLevel(logging.ERROR)

# What parsers of PDF raise, beside errors of their own, when an object is not of the kind they expect.
_ON_RUINED_BYTES = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def add_text_layer(
    pdf: Path, readings: Sequence[PageReading], out: Path, workdir: Path, settings: PluginSettings
) -> tuple[Finding, ...]:
    """Write `pdf` to `out` as PDF/A-2b, its pages upright, with text under the pages that had none.

    No picture is encoded anew: pages are turned and straightened by what is written around them.
    `readings` are those of `read_pages` on the same file. Gives findings, above all where PDF/A could
    not be reached (fonts that are not embedded, colours without profile): the file is then a plain PDF.
    """
    upright = _put_upright(pdf, readings, workdir / "upright.pdf")
    folder = workdir / "readings"
    folder.mkdir()
    for reading in readings:
        if reading.kind is not PageKind.TEXT:
            reading_file(folder, reading.number).write_text(reading.model_dump_json(), encoding="utf-8")
    _run_ocrmypdf(upright, out, readings, folder, settings)
    return pdfa_findings(out)


def _run_ocrmypdf(
    pdf: Path, out: Path, readings: Sequence[PageReading], folder: Path, settings: PluginSettings
) -> None:
    partly = any(reading.kind is PageKind.PARTLY for reading in readings)
    wanted = [str(reading.number) for reading in readings if reading.kind in {PageKind.PICTURE, PageKind.PARTLY}]
    try:
        # Its last check of a file leaves `sys.stderr` pointing into a string: put it back, or errors are never seen.
        with contextlib.redirect_stderr(sys.stderr):
            ocrmypdf.ocr(
                pdf,
                out,
                plugins=["quancheng_plugin.ocr.engine"],
                quancheng_engine=settings.ocr_engine,
                quancheng_readings=folder,
                language=["chi_sim"],
                # `redo` is the mode that adds text to a page that has some; `skip` passes such pages by.
                mode="redo" if partly else "skip",
                pages=",".join(wanted) or None,
                output_type="auto",
                pdfa_backend="internal",
                optimize=0,
                tagged_pdf_mode="ignore",
                # One thread: the pages were read already, and PDFium may not be entered twice.
                jobs=1,
                use_threads=True,
                progress_bar=False,
            )
    except EncryptedPdfError as locked:
        raise PasswordProtected(
            zh="PDF 有打开密码。请去掉密码后重新提交。", en="The PDF needs a password. Remove it and submit again."
        ) from locked
    except MissingDependencyError as missing:
        raise ToolMissing(
            zh=f"OCRmyPDF 缺少所需程序：{missing}", en=f"OCRmyPDF lacks a program it needs: {missing}"
        ) from missing
    except (ExitCodeException, pikepdf.PdfError, *_ON_RUINED_BYTES) as broken:
        raise damaged() from broken


def _put_upright(pdf: Path, readings: Sequence[PageReading], out: Path) -> Path:
    """Turn and straighten pages without touching their pictures; gives `pdf` itself when nothing is to be done."""
    changed = False
    with pikepdf.open(pdf) as opened:
        changed |= _drop_empty_resources(opened)
        for reading, page in zip(readings, opened.pages, strict=True):
            if reading.kind is not PageKind.TEXT:
                changed |= _cut_to_crop(page)
            if reading.turned:
                page.rotate(reading.turned, relative=True)
                changed = True
            if reading.skew and "/Annots" not in page.obj:  # notes would stay behind
                _straighten(opened, page, reading.skew)
                changed = True
        if not changed:
            return pdf
        opened.save(out)
    return out


def _drop_empty_resources(pdf: pikepdf.Pdf) -> bool:
    """Empty lists of patterns and shadings, as WeasyPrint writes them, only keep PDF/A from being checked."""
    dropped = False
    for page in pdf.pages:
        resources = page.obj.get("/Resources")
        for name in ("/Pattern", "/Shading"):
            if resources is not None and len(resources.get(name, "x")) == 0:
                del resources[name]
                dropped = True
    return dropped


def _cut_to_crop(page: pikepdf.Page) -> bool:
    """Make the shown part of a page the whole of it: OCRmyPDF lays its text over the whole."""
    media, crop = ([float(edge) for edge in box] for box in (page.mediabox, page.cropbox))
    shown = [*map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:])]
    if shown == media or shown[0] >= shown[2] or shown[1] >= shown[3]:
        return False
    page.mediabox = pikepdf.Array(shown)
    for box in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
        if box in page.obj:
            del page.obj[box]
    return True


def _straighten(pdf: pikepdf.Pdf, page: pikepdf.Page, skew: float) -> None:
    """Turn what is drawn on a page by its skew, anticlockwise about the middle of the page."""
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    x, y = (left + right) / 2, (bottom + top) / 2
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    matrix = pikepdf.Matrix(cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos)
    page.contents_add(pikepdf.Stream(pdf, b"q " + matrix.encode() + b" cm\n"), prepend=True)
    page.contents_add(pikepdf.Stream(pdf, b"\nQ"))
