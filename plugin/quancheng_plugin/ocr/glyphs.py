"""The characters that a PDF page carries itself, and whether an eye would see them."""

import ctypes
import math
import sys
import unicodedata
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from quancheng_plugin.ocr.placing import Placing

# PDF 32000-1, table 106: 3 draws nothing, 7 only adds to the clipping path.
_UNSEEN_MODES = {pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP}
# A picture hides what was drawn before it when it covers this share of the page.
_COVERING = 0.5
_REPLACEMENT = "\ufffd"
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True)
class Glyph:
    """One character on the page as shown, in points from its top left.

    `seen`: drawn, not transparent, and not under a later picture. `meant`: the font says which
    character it is; otherwise the text is only a guess and must not be relied on. `running` is the way
    that its line runs as shown, in degrees clockwise from rightwards, 0 ≤ `running` < 360. `piece` is the
    same number for the characters that were set as one piece.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    seen: bool
    meant: bool
    running: int
    piece: int = field(compare=False)  # a handle of the page as opened: another opening gives another number


def glyphs_of(page: pdfium.PdfPage, place: Placing) -> list[Glyph]:
    """All characters of a page shown so, blanks included, but those that PDFium made up itself."""
    text_page = page.get_textpage()
    try:
        hidden = _hidden_objects(page)
        count = pdfium_c.FPDFText_CountChars(text_page)
        found = (_glyph(text_page, index, hidden, place) for index in range(count))
        return [glyph for glyph in found if glyph is not None]
    finally:
        text_page.close()


def picture_share(page: pdfium.PdfPage) -> float:
    """Share of the page's area that pictures cover, 0..1."""
    width, height = page.get_size()
    covered = sum(_area(item) for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    share: float = covered / (width * height)
    return min(1.0, share)


def _area(item: pdfium.PdfObject) -> float:
    left, bottom, right, top = item.get_bounds()
    area: float = max(0.0, right - left) * max(0.0, top - bottom)
    return area


def _hidden_objects(page: pdfium.PdfPage) -> set[int]:
    """Addresses of the text objects that no eye sees."""
    width, height = page.get_size()
    hidden: set[int] = set()
    before: list[int] = []
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        if item.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            address = _address(item.raw)
            before.append(address)
            if pdfium_c.FPDFTextObj_GetTextRenderMode(item.raw) in _UNSEEN_MODES:
                hidden.add(address)
        elif _area(item) >= _COVERING * width * height and not pdfium_c.FPDFPageObj_HasTransparency(item.raw):
            hidden.update(before)
    return hidden


def _address(pointer: object) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0  # type: ignore[arg-type] # raw handles have no type


def _glyph(text_page: pdfium.PdfTextPage, index: int, hidden: set[int], place: Placing) -> Glyph | None:
    if pdfium_c.FPDFText_IsGenerated(text_page, index) == 1:
        return None
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    text = chr(code) if _is_code(code) else _REPLACEMENT
    rect = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(text_page, index, rect):
        return None
    x0, y0, x1, y1 = place.box(rect.left, rect.bottom, rect.right, rect.top)
    piece = _address(pdfium_c.FPDFText_GetTextObject(text_page, index))
    return Glyph(
        text=text,
        x0=x0,
        y0=y0,
        x1=x1,
        y1=y1,
        seen=piece not in hidden and _opaque(text_page, index),
        meant=pdfium_c.FPDFText_HasUnicodeMapError(text_page, index) != 1 and _is_character(text),
        running=(round(math.degrees(pdfium_c.FPDFText_GetCharAngle(text_page, index))) + place.rotation) % 360,
        piece=piece,
    )


def _opaque(text_page: pdfium.PdfTextPage, index: int) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium_c.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha):
        return True
    return alpha.value > 0


def _is_code(code: int) -> bool:
    """A code point of Unicode that stands for itself; surrogates do not."""
    return 0 < code <= sys.maxunicode and code not in _SURROGATES


def _is_character(text: str) -> bool:
    """Neither private use, unassigned, a control nor the replacement character."""
    return text != _REPLACEMENT and (text.isspace() or unicodedata.category(text) not in {"Co", "Cn", "Cc", "Cs"})
