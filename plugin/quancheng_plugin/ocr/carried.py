"""Pages taken by the text that they carry, seen or not: for files alone that we made and signed ourselves.

Anybody else's text layer may say what the page does not show; `signing.vouching` tells the two apart.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pypdfium2 as pdfium

from quancheng_plugin.ocr.glyphs import Glyph, glyphs_of
from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.ocr.own_text import lines_of_text
from quancheng_plugin.ocr.pages import PageKind, PageReading
from quancheng_plugin.ocr.placing import Placing
from quancheng_plugin.ocr.upright import in_reading_order

UNKNOWN = 0.0
"""Confidence of a line of the layer: it does not say how sure each character was, so all its values are for review."""


def carried_pages(path: Path) -> tuple[PageReading, ...] | None:
    """The pages of a PDF of ours as their own text has them; None where that does not give every character back.

    Lines of the layer are the very ones that were laid there, with confidence 0; seen text is certain, as ever.
    """
    pages: list[PageReading] = []
    with pdfium.PdfDocument(path) as pdf:
        for index in range(len(pdf)):
            page = pdf[index]
            hidden = [glyph for glyph in glyphs_of(page, Placing.of(page)) if not glyph.seen]
            if not all(map(_comes_back, hidden)):
                return None
            width, height = page.get_size()
            lines = in_reading_order([*lines_of_text(page, index + 1), *_laid(hidden, index + 1)])
            pages.append(PageReading(number=index + 1, width=width, height=height, kind=PageKind.TEXT, lines=lines))
            page.close()
    return tuple(pages)


def _comes_back(glyph: Glyph) -> bool:
    """Whether PDFium gives a character as it was laid; it turns round what runs from right to left."""
    return glyph.meant and unicodedata.bidirectional(glyph.text) not in {"R", "AL"}


def _laid(hidden: Sequence[Glyph], number: int) -> Iterator[TextLine]:
    """The lines of the layer: each was set as one piece."""
    for _, piece in groupby(hidden, key=lambda glyph: glyph.piece):
        glyphs = list(piece)
        text = "".join(glyph.text for glyph in glyphs).strip()
        if text:
            box = Box(
                x0=min(glyph.x0 for glyph in glyphs),
                y0=min(glyph.y0 for glyph in glyphs),
                x1=max(glyph.x1 for glyph in glyphs),
                y1=max(glyph.y1 for glyph in glyphs),
            )
            yield TextLine(page=number, box=box, text=text, confidence=UNKNOWN)
