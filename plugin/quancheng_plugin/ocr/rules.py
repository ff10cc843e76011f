"""Upright rules on a page: the lines of a table that part one cell from the next."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from quancheng_plugin.ocr.placing import Placing

# Shorter strokes are parts of glyphs or ticks.
_LEAST_HEIGHT = 5.0
# What leans by more than this, in points, is no upright rule.
_LEAN = 1.0
# A drawing of more strokes than this is a chart or a map, not a table.
_MOST_STROKES = 20_000


@dataclass(frozen=True)
class Rule:
    """An upright stroke at `x` from `y0` down to `y1`, in points on the page as shown."""

    x: float
    y0: float
    y1: float


def rules_of(page: pdfium.PdfPage, place: Placing) -> list[Rule]:
    """The upright strokes of a page shown so; none of a page that is full of drawings."""
    found: list[Rule] = []
    for count, (start, end) in enumerate(_strokes(page)):
        if count >= _MOST_STROKES:
            return []
        (ax, ay), (bx, by) = place.point(*start), place.point(*end)
        if abs(ax - bx) <= _LEAN and abs(ay - by) >= _LEAST_HEIGHT:
            found.append(Rule(x=(ax + bx) / 2, y0=min(ay, by), y1=max(ay, by)))
    return found


type _Point = tuple[float, float]


def _strokes(page: pdfium.PdfPage) -> Iterator[tuple[_Point, _Point]]:
    """Straight pieces of all paths drawn on the page itself, in its user space."""
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=1):
        matrix = item.get_matrix()
        last: _Point | None = None
        first: _Point | None = None
        for index in range(pdfium_c.FPDFPath_CountSegments(item.raw)):
            segment = pdfium_c.FPDFPath_GetPathSegment(item.raw, index)
            x, y = ctypes.c_float(), ctypes.c_float()
            if not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
                continue
            here = matrix.on_point(x.value, y.value)
            kind = pdfium_c.FPDFPathSegment_GetType(segment)
            if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
                first = here
            elif kind == pdfium_c.FPDF_SEGMENT_LINETO and last is not None:
                yield last, here
            last = here
            if pdfium_c.FPDFPathSegment_GetClose(segment) and first is not None:
                yield here, first
