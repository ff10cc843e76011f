"""A page of nothing but invisible text, to be laid under a scan.

The letters come from OCRmyPDF's glyphless font, one code per UTF-16 unit: every character can be
searched and copied, no font of the machine is needed, and no subset has to be cut out of one,
which alone would take as long as reading half a page.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name

from quancheng_plugin.ocr.lines import TextLine

# Glyphs of Occulta.ttf: 4 is blank and half an em wide, 5 is blank and one em wide.
_HALF, _FULL = 4, 5
_HALF_WIDE = range(0x20, 0x7F)
# Share of a line's height that lies under its baseline.
_DESCENT = 0.2

_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
%b
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def write_text_page(path: Path, lines: Sequence[TextLine], *, width: float, height: float) -> None:
    """Write a one-page PDF of `width` × `height` points whose only content is the lines, invisible."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(width, height))
        page.obj.Resources = Dictionary(Font=Dictionary(F1=_font(pdf)))
        drawn = b"\n".join(_drawn(line, height) for line in lines)
        page.obj.Contents = pdf.make_stream(b"BT\n3 Tr\n" + drawn + b"\nET\n")
        pdf.save(path)


def _drawn(line: TextLine, page_height: float) -> bytes:
    """Operators that set one line, stretched to its box."""
    codes = line.text.encode("utf-16-be")
    units = [int.from_bytes(codes[at : at + 2]) for at in range(0, len(codes), 2)]
    size = max(line.box.height, 1.0)
    natural = size * sum(0.5 if unit in _HALF_WIDE else 1.0 for unit in units)
    stretch = 100 * max(line.box.width, 1.0) / natural
    baseline = page_height - line.box.y1 + _DESCENT * size
    where = f"/F1 {size:.3f} Tf {stretch:.3f} Tz 1 0 0 1 {line.box.x0:.3f} {baseline:.3f} Tm <{codes.hex()}> Tj"
    return where.encode("ascii")


def _font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    name = Name("/Occulta")
    program = files("ocrmypdf.data").joinpath("Occulta.ttf").read_bytes()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=4,
        FontBBox=Array([0, -200, 1000, 800]),
        ItalicAngle=0,
        Ascent=800,
        Descent=-200,
        CapHeight=800,
        StemV=80,
        FontFile2=pdf.make_stream(program, Length1=len(program)),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=1000,
        W=Array([_HALF_WIDE.start, _HALF_WIDE.stop - 1, 500]),
        CIDToGIDMap=pdf.make_stream(_glyph_map()),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=name,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_stream(_TO_UNICODE % _ranges()),
        )
    )


@cache
def _glyph_map() -> bytes:
    """The blank of the right width for every code."""
    glyphs = np.full(0x10000, _FULL, dtype=">u2")
    glyphs[_HALF_WIDE.start : _HALF_WIDE.stop] = _HALF
    return glyphs.tobytes()


@cache
def _ranges() -> bytes:
    """Every code is its own character; a range may not cross its first byte, a block holds 100 ranges."""
    rows = [b"<%02X00> <%02XFF> <%02X00>" % (high, high, high) for high in range(256)]
    blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    return b"\n".join(b"%d beginbfrange\n%b\nendbfrange" % (len(block), b"\n".join(block)) for block in blocks)
