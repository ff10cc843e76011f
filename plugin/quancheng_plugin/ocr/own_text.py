"""Lines of text from the characters that a page carries itself; cells of a table stay apart."""

import math
from collections import Counter
from collections.abc import Sequence

import pypdfium2 as pdfium

from quancheng_plugin.ocr.glyphs import Glyph, glyphs_of
from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.ocr.placing import Placing
from quancheng_plugin.ocr.rules import Rule, rules_of
from quancheng_plugin.ocr.upright import in_reading_order

# A gap wider than this many heights parts two pieces, as the recognition engines do on pictures.
_CELL_GAP = 1.5
# A gap wider than this many heights between Latin letters or digits is a space that was not written.
_WORD_GAP = 0.25
# One so wide between others is a blank of the form, or parts two names; justified lines are set closer.
_BLANK_GAP = 0.7
# Where a font gives no height of its own, 一 and — are no higher than their ink.
_FLAT = 0.5
# The same character drawn again with so little shift (in heights) only makes it bold.
_BOLD_SHIFT = 0.2
# Characters that lean by more than this many degrees are no part of a level line.
_LEVEL = 10


def lines_of_text(page: pdfium.PdfPage, number: int, turned: int = 0) -> tuple[TextLine, ...]:
    """The seen characters of page `number` (from 1), turned so, as lines in reading order with confidence 1.

    Lines that run another way, as notes in a margin do, come with the box they stand in; those that run
    aslant are watermarks and left out.
    """
    lines: list[TextLine] = []
    straight = glyphs_of(page, Placing.of(page, turned))
    for way in sorted({_way(glyph) for glyph in straight}):
        place = Placing.of(page, turned - way)
        turned_glyphs = glyphs_of(page, place) if way else straight
        glyphs = [glyph for glyph in turned_glyphs if glyph.seen and _is_level(glyph)]
        if not glyphs:
            continue
        rules = rules_of(page, place)
        pieces = [piece for row in rows_of(glyphs) for piece in _pieces(row, rules)]
        found = [line for piece in pieces if (line := _line(piece, number)) is not None]
        lines += [line.model_copy(update={"box": place.turned_box(line.box, way)}) for line in found]
    return in_reading_order(lines)


def way_of_text(glyphs: Sequence[Glyph]) -> int:
    """Which way most of the seen characters run: 0, 90, 180 or 270 degrees clockwise from rightwards."""
    ways = Counter(_way(glyph) for glyph in glyphs if glyph.seen and not glyph.text.isspace())
    return ways.most_common(1)[0][0] if ways else 0


def _way(glyph: Glyph) -> int:
    return round(glyph.running / 90) % 4 * 90


def _is_level(glyph: Glyph) -> bool:
    return min(glyph.running, 360 - glyph.running) <= _LEVEL


def rows_of(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters whose middles lie within half a height of their row's; a flat one (一, —) lies within its row."""
    flat = {id(glyph) for glyph in glyphs if glyph.y1 - glyph.y0 < _FLAT * (glyph.x1 - glyph.x0)}
    rows = _even_rows([glyph for glyph in glyphs if id(glyph) not in flat])
    bands = [(_middle(row[0]), (row[0].y1 - row[0].y0) / 2) for row in rows]
    alone: list[Glyph] = []
    for glyph in glyphs:
        if id(glyph) in flat:
            within = (
                row for row, (middle, half) in zip(rows, bands, strict=True) if abs(_middle(glyph) - middle) < half
            )
            next(within, alone).append(glyph)
    rows += _even_rows(alone)
    return [sorted(row, key=lambda each: each.x0) for row in sorted(rows, key=lambda row: _middle(row[0]))]


def _even_rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Rows of characters against the first of each: two lines beside one at their mid-height are no staircase."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=_middle):
        first = rows[-1][0] if rows else None
        height = min(glyph.y1 - glyph.y0, first.y1 - first.y0) if first else 0.0
        if first and _middle(glyph) - _middle(first) <= height / 2:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return rows


def _middle(glyph: Glyph) -> float:
    """The middle of a character's height, where its line would begin at the left edge of the page."""
    leaning = math.radians((glyph.running + 180) % 360 - 180)
    return (glyph.y0 + glyph.y1) / 2 - glyph.x0 * math.tan(leaning)


def _pieces(row: list[Glyph], rules: Sequence[Rule]) -> list[list[Glyph]]:
    top, bottom = min(glyph.y0 for glyph in row), max(glyph.y1 for glyph in row)
    beside = sorted(rule.x for rule in rules if rule.y0 < bottom and rule.y1 > top)
    pieces: list[list[Glyph]] = []
    end = 0.0
    for glyph in row:
        if glyph.text.isspace():
            if pieces:
                pieces[-1].append(glyph)
            continue
        if pieces and not _parted(end, glyph, beside):
            pieces[-1].append(glyph)
        else:
            pieces.append([glyph])
        end = glyph.x1
    return pieces


def _parted(end: float, glyph: Glyph, rules: Sequence[float]) -> bool:
    height = glyph.y1 - glyph.y0
    if glyph.x0 - end > _CELL_GAP * height:
        return True
    slack = height / 4  # loose boxes of neighbours overlap a little
    middle = (end + glyph.x0) / 2
    return glyph.x0 >= end - slack and any(min(end, middle) - slack <= x <= glyph.x0 + slack for x in rules)


def _line(piece: list[Glyph], number: int) -> TextLine | None:
    text, last, blank = "", None, False
    for glyph in piece:
        if glyph.text.isspace():
            blank = True
            continue
        if last is not None and _again(last, glyph):
            continue
        if last is not None and (blank or _apart(last, glyph)):
            text += " "
        text, last, blank = text + glyph.text, glyph, False
    inked = [glyph for glyph in piece if not glyph.text.isspace()]
    if not inked:
        return None
    box = Box(
        x0=min(glyph.x0 for glyph in inked),
        y0=min(glyph.y0 for glyph in inked),
        x1=max(glyph.x1 for glyph in inked),
        y1=max(glyph.y1 for glyph in inked),
    )
    return TextLine(page=number, box=box, text=text, confidence=1.0)


def _again(last: Glyph, glyph: Glyph) -> bool:
    shift = abs(glyph.x0 - last.x0) + abs(glyph.y0 - last.y0)
    return glyph.text == last.text and shift < _BOLD_SHIFT * (glyph.y1 - glyph.y0)


def _apart(last: Glyph, glyph: Glyph) -> bool:
    latin = last.text.isascii() and glyph.text.isascii()
    # Of two letters one may be flat, and tells nothing of the size of type.
    height = max(last.y1 - last.y0, glyph.y1 - glyph.y0)
    return glyph.x0 - last.x1 > (_WORD_GAP if latin else _BLANK_GAP) * height
