"""Brings labels and their values together: on one line, in neighbouring cells, above one another, and wrapped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from quancheng_plugin.forms.catalogue import Role
from quancheng_plugin.forms.labels import Hit, LabelIndex, values_end
from quancheng_plugin.forms.layout import Piece, rows, union
from quancheng_plugin.ocr.lines import Box

_BELOW_QUALITY = 0.95
_UNSURE = 0.8
# Lines of one cell stand closer than those of two; a share of the least distance in the column.
_SAME_CELL = 1.25
_WRAP = 2.6
_CELL_STEP = 1.9
_STACKED = 1.45
_LABEL_CELL = 12
_NAME = re.compile(r"[\u3400-\u9fff·]{2,4}$")
_SAME_ROW = 0.6
_CLOSE_LINES = 1.4
_CENTRED = 0.35
_ON_ROW = 0.45
# What a second line of an interval begins with, wherever the first one ends.
_GOES_ON = frozenset("至到-~止")
# White space, in letter heights, that a value read in several pieces does not have inside.
_WIDE = 3.0


@dataclass(frozen=True)
class Part:
    """The characters `begin` to `stop` of a piece."""

    piece: Piece
    begin: int
    stop: int

    @property
    def raw(self) -> str:
        """The characters as read."""
        return self.piece.text.raw(self.begin, self.stop)

    @property
    def text(self) -> str:
        """The characters folded, without spaces."""
        return self.piece.text.text[self.begin : self.stop]


@dataclass(frozen=True)
class Labelled:
    """A label with what was found for it.

    `wrapped` is a next line that may or may not belong to the value, `also` a second value that
    stands below the first without a label of its own.
    """

    hit: Hit
    parts: tuple[Part, ...]
    quality: float
    wrapped: Part | None = None
    also: Part | None = None

    @property
    def raw(self) -> str:
        """The value as read, its parts one after the other."""
        return " ".join(part.raw for part in self.parts)

    @property
    def text(self) -> str:
        """The value folded, without spaces."""
        return "".join(part.text for part in self.parts)

    @property
    def confidence(self) -> float:
        """The least of the reading's, the label's and the placement's."""
        return min([self.quality, self.hit.quality, *(part.piece.confidence for part in self.parts)])

    @property
    def page(self) -> int:
        """The page on which the value begins."""
        return self.parts[0].piece.page if self.parts else self.hit.piece.page

    @property
    def box(self) -> Box:
        """Around the value on its page; around the label where there is none."""
        if not self.parts:
            return self.hit.piece.box(self.hit.begin, self.hit.value)
        return union(part.piece.box(part.begin, part.stop) for part in self.parts if part.piece.page == self.page)

    def with_wrapped(self) -> "Labelled":
        """The value with the doubtful next line taken in."""
        extra = (self.wrapped,) if self.wrapped else ()
        return Labelled(self.hit, self.parts + extra, self.quality, also=self.also)


def mend(found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """Join pieces that hold one label between them: `案` + `由：…`, or a label on two lines of its cell."""
    mended = _upended(found, index)
    for first in list(mended):
        if first not in mended or len(first.text.text) > _LABEL_CELL:
            continue
        second = next((other for other in mended if other is not first and _one_label(first, other, index)), None)
        if second is not None:
            mended[mended.index(first)] = first.joined(second)
            mended.remove(second)
    return mended


def _upended(found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """Join labels that are written from top to bottom in a narrow cell, one letter a line."""
    kept = list(found)
    single = [piece for piece in found if len(piece.text.text) == 1]
    while single:
        run = [single.pop(0)]
        for piece in sorted(single, key=lambda piece: piece.y):
            step = piece.y - run[-1].y
            if piece.page == run[0].page and piece.over(run[0]) > 0.5 and 0 < step < 3 * piece.height:  # noqa: PLR2004
                run.append(piece)
        if len(run) > 1 and "".join(piece.text.text for piece in run) in index.every:
            whole = run[0]
            for piece in run[1:]:
                whole = whole.joined(piece)
            kept = [whole if piece is run[0] else piece for piece in kept if piece not in run[1:]]
            single = [piece for piece in single if piece not in run]
    return kept


def _one_label(first: Piece, second: Piece, index: LabelIndex) -> bool:
    if first.page != second.page:
        return False
    both = first.text.text + second.text.text
    whole = both.split(":", 1)[0]
    if whole not in index.every or len(whole) <= len(first.text.text):
        return False
    # Two labels one above the other stay two, but `(人)` only ever ends the one before it.
    if first.text.text in index.every and not second.text.text.startswith("("):
        return False
    if first.same_row(second):
        return 0 <= second.x0 - first.x1 + first.height < 5 * first.height  # noqa: PLR2004 - spread to a few letters
    near = 0 < second.y - first.y < _STACKED * max(first.height, second.height)
    centred = abs(first.middle - second.middle) < max(first.height, second.height)
    return near and centred and second.text.text not in index.every and both == whole


class Sheet:
    """The pieces of one document with its labels, and the questions of who stands next to whom."""

    def __init__(self, found: Sequence[Piece], hits: Sequence[Hit]) -> None:
        self.pieces = list(found)
        self.hits = list(hits)
        self._labelled = {id(hit.piece) for hit in hits}
        self.free = [piece for piece in found if id(piece) not in self._labelled]
        self._edge = {page: max(p.x1 for p in found if p.page == page) for page in {p.page for p in found}}
        self._last = [hit for hit in hits if values_end(hits, hit) == len(hit.piece.text.text)]
        self._owned = self._by_cells()
        self._below = self._by_columns()

    @property
    def unclaimed(self) -> list[Piece]:
        """Pieces that hold no label and were not taken as the value of one."""
        taken = {id(piece) for owned, _ in (*self._owned.values(), *self._below.values()) for piece in owned}
        return [piece for piece in self.free if id(piece) not in taken]

    def values(self) -> list[Labelled]:
        """Every label with its value, in reading order."""
        return [self._value(hit) for hit in self.hits]

    def _value(self, hit: Hit) -> Labelled:
        stop = values_end(self.hits, hit)
        inline = Part(hit.piece, hit.value, stop)
        parts = [inline] if inline.text.strip(".,;") else []
        quality = 1.0
        last = stop == len(hit.piece.text.text)
        if last:
            owned, quality = self._owned.get(id(hit), ([], 1.0))
            parts += map(_whole, owned)
        elif any(other.crowds and other.piece is hit.piece and other.begin == stop for other in self.hits):
            quality = _UNSURE
        if parts:
            also = self._second_person(hit) if hit.role is Role.PEOPLE else None
            wrapped = self._continued(hit, parts) if last and hit.colon else None
            return Labelled(hit, tuple(parts), quality, wrapped, also)
        below, quality = self._below.get(id(hit), ([], 1.0))
        return Labelled(hit, tuple(map(_whole, below)), quality)

    def _second_person(self, hit: Hit) -> Part | None:
        """A name that leads the next row, before a label of its own: the second of two officers (`王某 证号：`)."""
        below = [other for other in self.hits if other.piece.page == hit.piece.page and other.piece.y > hit.piece.y]
        near = [other for other in below if other.piece.y - hit.piece.y < _WRAP * hit.piece.height]
        if not near:
            return None
        first = min(near, key=lambda other: (other.piece.y, other.piece.x0, other.begin))
        lead = first.piece.text.text[: first.begin]
        return Part(first.piece, 0, first.begin) if _NAME.match(lead) else None

    def _by_cells(self) -> dict[int, tuple[list[Piece], float]]:
        """Free pieces by the label at whose right they stand, wrapped lines of a cell included, with how sure."""
        claims: dict[int, list[tuple[Piece, float]]] = {}
        labelled = [piece for piece in self.pieces if id(piece) in self._labelled]
        for column in _columns(self.free):
            for block in _blocks(column, labelled):
                for hit, piece, quality in _claims(block, self._last):
                    claims.setdefault(id(hit), []).append((piece, quality))
        usual = _usual_gaps(self._last, claims)
        by_id = {id(hit): hit for hit in self._last}
        return {key: _joined(by_id[key], claimed, usual.get(key)) for key, claimed in claims.items()}

    def _by_columns(self) -> dict[int, tuple[list[Piece], float]]:
        """For labels without value beside them: the pieces of the row below, column by column."""
        taken = {id(piece) for owned, _ in self._owned.values() for piece in owned}
        cells = [hit for hit in self.hits if not hit.colon and hit.value == len(hit.piece.text.text)]
        bare = [hit for hit in cells if id(hit) not in self._owned]
        beside = len(cells) - len(bare)
        quality = _BELOW_QUALITY if len(bare) > beside else _UNSURE
        found: dict[int, tuple[list[Piece], float]] = {}
        for page in {hit.piece.page for hit in bare}:
            on_page = [piece for piece in self.pieces if piece.page == page]
            ordered = rows(on_page)
            for row, below in zip(ordered, ordered[1:], strict=False):
                heads = [hit for hit in bare if any(hit.piece is piece for piece in row)]
                if not heads or len(heads) < len(row) or any(id(piece) in self._labelled | taken for piece in below):
                    continue
                for piece in below:
                    head = _head(piece, heads)
                    found[id(head)] = ([*found.get(id(head), ([], 0.0))[0], piece], quality)
        return found

    def _continued(self, hit: Hit, parts: Sequence[Part]) -> Part | None:
        """The next line, when the value fills its own to the right edge and the next one starts without label."""
        last = parts[-1].piece
        full = last.x1 >= self._edge[last.page] - 2.5 * last.height
        later = [
            piece for piece in self.pieces if piece.page == last.page and piece.y > last.y and not piece.same_row(last)
        ]
        if not later:
            return None
        first = min(later, key=lambda piece: (piece.y, piece.x0))
        leader = min((piece for piece in later if piece.same_row(first)), key=lambda piece: piece.x0)
        near = leader.y - last.y < _WRAP * max(last.height, leader.height)
        begins = leader.x0 < max(hit.piece.x0, parts[0].piece.x0) + last.height
        goes_on = leader.text.text[:1] in _GOES_ON or (full and begins)
        return _whole(leader) if near and goes_on and id(leader) not in self._labelled else None


def _whole(piece: Piece) -> Part:
    return Part(piece, 0, len(piece.text.text))


def _columns(free: Sequence[Piece]) -> list[list[Piece]]:
    """Free pieces that stand under one another with the same left edge, page by page from the top."""
    columns: list[list[Piece]] = []
    for piece in sorted(free, key=lambda piece: (piece.page, piece.y)):
        for column in columns:
            last = column[-1]
            if last.page == piece.page and abs(last.x0 - piece.x0) < 1.2 * max(last.height, piece.height):
                column.append(piece)
                break
        else:
            columns.append([piece])
    return columns


def _blocks(column: Sequence[Piece], labelled: Sequence[Piece]) -> list[list[Piece]]:
    """The lines of a column, cell by cell: those of one cell stand closer together, with no label between."""
    steps = [below.y - above.y for above, below in zip(column, column[1:], strict=False)]
    least = min((step for step in steps if step > 0), default=0.0)
    blocks = [[column[0]]]
    for piece, step in zip(column[1:], steps, strict=True):
        above = blocks[-1][-1]
        parted = any(above.y < label.y < piece.y and _between(above, label, piece) for label in labelled)
        if step <= _SAME_CELL * least and step < _CELL_STEP * piece.height and not parted:
            blocks[-1].append(piece)
        else:
            blocks.append([piece])
    return blocks


def _between(above: Piece, label: Piece, below: Piece) -> bool:
    within = label.x0 < max(above.x1, below.x1) and label.x1 > min(above.x0, below.x0)
    return label.page == above.page and within


def _claims(block: Sequence[Piece], labels: Sequence[Hit]) -> list[tuple[Hit, Piece, float]]:
    """Which label each line of a cell belongs to, with how sure that is."""
    top, bottom = block[0], block[-1]
    left = [
        hit
        for hit in labels
        if hit.piece.page == top.page
        and hit.piece.x1 < top.x0 + top.height
        and top.y - _SAME_ROW * top.height < hit.piece.y < bottom.y + _SAME_ROW * bottom.height
    ]
    if not left:
        return []
    nearest = max(hit.piece.x1 for hit in left)
    heads = [hit for hit in left if hit.piece.x1 > nearest - 3 * hit.piece.height or hit.piece.x0 > nearest]
    heads = [
        hit
        for hit in heads
        if not any(other.piece.x0 > hit.piece.x1 and other.piece.same_row(hit.piece) for other in heads)
    ]
    if len(heads) == 1:
        quality = 1.0 if _one_cell(block, heads[0]) else _UNSURE
        return [(heads[0], piece, quality) for piece in block]
    claims = []
    for piece in block:
        hit = min(heads, key=lambda hit: abs(hit.piece.y - piece.y))
        # A line without a label on its own row, among rows that have theirs: its label may have been lost.
        on_row = abs(hit.piece.y - piece.y) < _SAME_ROW * min(piece.height, hit.piece.height)
        claims.append((hit, piece, 1.0 if on_row else _UNSURE))
    return claims


def _one_cell(block: Sequence[Piece], hit: Hit) -> bool:
    """Whether lines under one another are surely one cell: close together, or with the label at mid-height."""
    if len(block) == 1:  # a single line off its label's row may be what is left of several
        return abs(hit.piece.y - block[0].y) < _ON_ROW * min(hit.piece.height, block[0].height)
    step = (block[-1].y - block[0].y) / (len(block) - 1)
    close = step <= _CLOSE_LINES * max(piece.height for piece in block)
    return close or abs(hit.piece.y - (block[0].y + block[-1].y) / 2) < _CENTRED * step


def _usual_gaps(labels: Sequence[Hit], claims: dict[int, list[tuple[Piece, float]]]) -> dict[int, float]:
    """Where values begin, by label: the usual left edge of those beside the labels of the same column."""
    edges = {id(hit): min(piece.x0 for piece, _ in claims[id(hit)]) for hit in labels if id(hit) in claims}
    usual = {}
    for hit in labels:
        same = [edges[id(other)] for other in labels if id(other) in edges and _one_column(hit, other)]
        if len(same) > 2:  # noqa: PLR2004 - two rows have no usual edge
            usual[id(hit)] = median(same)
    return usual


def _one_column(hit: Hit, other: Hit) -> bool:
    return hit.piece.page == other.piece.page and hit.piece.over(other.piece) > 0 and not (hit.colon or other.colon)


def _joined(hit: Hit, claimed: Sequence[tuple[Piece, float]], usual: float | None) -> tuple[list[Piece], float]:
    """The claimed pieces in reading order without those across a wide gap: they belong to a label that was lost."""
    quality = min(quality for _, quality in claimed)
    kept: list[Piece] = []
    for row in rows([piece for piece, _ in claimed]):
        end = hit.piece.x1 if not kept else None
        for piece in row:
            wide = _WIDE * max(piece.height, hit.piece.height)
            if kept and end is not None and piece.x0 - end > wide:
                break
            if not kept and usual is not None and abs(piece.x0 - usual) > wide:
                return [], quality
            if not kept and usual is None and piece.x0 - hit.piece.x1 > 2 * wide:
                quality = _UNSURE
            kept.append(piece)
            end = piece.x1
    return kept, quality


def _head(piece: Piece, heads: Sequence[Hit]) -> Hit:
    """The label over a value: columns part midway between their centred labels."""
    ordered = sorted(heads, key=lambda hit: hit.piece.middle)
    for left, right in zip(ordered, ordered[1:], strict=False):
        if piece.x0 < (left.piece.middle + right.piece.middle) / 2 - piece.height:
            return left
    return ordered[-1]
