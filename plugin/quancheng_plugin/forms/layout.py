"""Where the pieces of a page stand: upright coordinates, rows, and reading order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

from quancheng_plugin.forms.glyphs import Folded, fold
from quancheng_plugin.ocr.lines import BY_INK, Box, TextLine
from quancheng_plugin.ocr.variants import has_two_forms

# A sheet that was deskewed still leans a little; beyond this two boxes are not of one row (3°).
_MOST_SLOPE = 0.052
_LEAST_PAIRS = 3
_SAME_ROW = 0.5
# A letter is in doubt below this, and a page is worn where more than this share of its letters are:
# measured, digits misread at 0.96 stood on such pages only. Nothing on them passes unreviewed.
_DOUBTED = 0.9
_WORN = 0.04
_MOST_ON_WORN = 0.8


@dataclass(frozen=True)
class Piece:
    """One run of text with its place on the upright page: `y` is its middle, `height` that of its letters.

    `letters` say for each character of `source` how sure its reading is, 0..1.
    """

    lines: tuple[TextLine, ...]
    source: str
    letters: tuple[float, ...]
    page: int
    x0: float
    x1: float
    y: float
    height: float

    @cached_property
    def text(self) -> Folded:
        """The text without white space, with the way back to what was read."""
        return fold(self.source, spaces=False)

    @property
    def confidence(self) -> float:
        """How sure the reading of its least sure letter is."""
        return self.sure(0, len(self.text.text))

    def sure(self, begin: int, stop: int) -> float:
        """How sure the reading of the characters `begin` to `stop` of `text` is: that of the least sure letter."""
        return least_sure(self.text.raw(begin, stop), self.letters_of(begin, stop))

    def letters_of(self, begin: int, stop: int) -> tuple[float, ...]:
        """How sure each character of `text.raw(begin, stop)` is."""
        return self.letters[slice(*self.text.span(begin, stop))]

    @property
    def middle(self) -> float:
        """The middle of its width."""
        return (self.x0 + self.x1) / 2

    def box(self, begin: int, stop: int) -> Box:
        """About where the characters `begin` to `stop` of `text` stand, in the page's own coordinates."""
        whole = union(line.box for line in self.lines)
        count = max(len(self.text.text), 1)
        return Box(
            x0=whole.x0 + whole.width * begin / count,
            y0=whole.y0,
            x1=whole.x0 + whole.width * min(stop, count) / count,
            y1=whole.y1,
        )

    def gap_before(self, index: int) -> bool:
        """Whether white space or a ruled blank stood before the character at `index` of `text`."""
        origin = self.text.origin
        return index == 0 or (index < len(origin) and origin[index] - origin[index - 1] > 1)

    def same_row(self, other: "Piece") -> bool:
        """Whether both stand on one printed row."""
        least = min(self.height, other.height)
        return self.page == other.page and abs(self.y - other.y) < _SAME_ROW * least

    def over(self, other: "Piece") -> float:
        """Shared width with `other`, as a share of the narrower one."""
        shared = min(self.x1, other.x1) - max(self.x0, other.x0)
        return shared / max(min(self.x1 - self.x0, other.x1 - other.x0), 1.0)

    def joined(self, other: "Piece", joint: str = "") -> "Piece":
        """Both as one piece, this one first, with `joint` between their texts."""
        return Piece(
            lines=self.lines + other.lines,
            source=f"{self.source}{joint}{other.source}",
            letters=(*self.letters, *[1.0] * len(joint), *other.letters),
            page=self.page,
            x0=min(self.x0, other.x0),
            x1=max(self.x1, other.x1),
            y=(self.y + other.y) / 2,
            height=max(self.height, other.height),
        )

    def cut(self, place: int) -> "tuple[Piece, Piece]":
        """The piece in two, before and from the character at `place` of `text`, by their share of its width."""
        at = self.text.origin[place]
        edge = self.x0 + (self.x1 - self.x0) * place / max(len(self.text.text), 1)
        left = replace(self, source=self.source[:at], letters=self.letters[:at], x1=edge)
        return left, replace(self, source=self.source[at:], letters=self.letters[at:], x0=edge)


def least_sure(text: str, letters: Sequence[float]) -> float:
    """The least of the figures of letters and digits; marks are left out, since their widths are often a toss-up."""
    telling = [sure for char, sure in zip(text, letters, strict=True) if char.isalnum()]
    return min(telling or letters, default=1.0)


def union(boxes: Iterable[Box]) -> Box:
    """The least box around all."""
    every = list(boxes)
    return Box(
        x0=min(box.x0 for box in every),
        y0=min(box.y0 for box in every),
        x1=max(box.x1 for box in every),
        y1=max(box.y1 for box in every),
    )


def pieces(lines: Sequence[TextLine]) -> list[Piece]:
    """The lines as pieces in reading order: page by page, row by row, left to right."""
    found: list[Piece] = []
    for page in sorted({line.page for line in lines}):
        on_page = [line for line in lines if line.page == page and fold(line.text, spaces=False).text]
        slope = _slope([line.box for line in on_page])
        most = _MOST_ON_WORN if _worn(on_page) else 1.0
        upright = [_upright(line, slope, most) for line in on_page]
        found.extend(piece for row in rows(upright) for piece in row)
    return found


def rows(found: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces of one page by printed row, from the top; each row from the left."""
    ordered: list[list[Piece]] = []
    for piece in sorted(found, key=lambda piece: piece.y):
        # Against the first of the row, not the last: three lines of neighbouring cells are no staircase.
        if ordered and piece.same_row(ordered[-1][0]):
            ordered[-1].append(piece)
        else:
            ordered.append([piece])
    return [sorted(row, key=lambda piece: piece.x0) for row in ordered]


def _worn(lines: Sequence[TextLine]) -> bool:
    """Whether the engine doubts so many letters of a page that it may be wrong where it is sure.

    What is doubted for the ink on the page alone says nothing of what the engine is sure of, nor does a doubt
    between 处 and 處.
    """
    letters = ((char, sure) for line in lines for char, sure in zip(line.text, line.letters, strict=False))
    telling = [sure for char, sure in letters if char.isalnum() and not has_two_forms(char)]
    return sum(sure < _DOUBTED and sure != BY_INK for sure in telling) > _WORN * len(telling)


def _upright(line: TextLine, slope: float, most: float) -> Piece:
    box = line.box
    middle_x, middle_y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    # The box of a leaning line is higher than its letters.
    height = max(box.height - box.width * abs(slope), box.height * 0.35, 1.0)
    shift = middle_y * slope
    return Piece(
        lines=(line,),
        source=line.text,
        letters=tuple(min(sure, most) for sure in line.letters or (line.confidence,) * len(line.text)),
        page=line.page,
        x0=box.x0 + shift,
        x1=box.x1 + shift,
        y=middle_y - middle_x * slope,
        height=height,
    )


def _slope(boxes: Sequence[Box]) -> float:
    """How much the page leans: the usual fall from a box to its neighbour on the right."""
    slopes = []
    for box in boxes:
        others = [other for other in boxes if other.x0 > box.x1 - 2 and _level(box, other)]
        if others:
            near = min(others, key=lambda other: other.x0)
            across = (near.x0 + near.x1 - box.x0 - box.x1) / 2
            slopes.append(((near.y0 + near.y1 - box.y0 - box.y1) / 2) / max(across, 1.0))
    fair = [slope for slope in slopes if abs(slope) <= _MOST_SLOPE]
    return median(fair) if len(fair) >= _LEAST_PAIRS else 0.0


def _level(box: Box, other: Box) -> bool:
    shared = min(box.y1, other.y1) - max(box.y0, other.y0)
    return shared > 0.3 * min(box.height, other.height)  # leaning neighbours overlap but partly
