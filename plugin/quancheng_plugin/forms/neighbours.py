"""Which label a value belongs to by where it stands: right of it, or in the lines of its cell (below: `tables`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from quancheng_plugin.forms.catalogue import Role
from quancheng_plugin.forms.label_index import Hit
from quancheng_plugin.forms.layout import Piece, rows

# How sure a placement is that could also be read another way; below the least that passes unreviewed.
UNSURE = 0.8
_NAME = re.compile(r"[\u3400-\u9fff]{2,4}[、,]?$")
_DAY = re.compile(r"20[0-9]{2}[年.-]")
# Steps between lines and gaps, in letter heights.
SAME_EDGE = 1.2
CLOSE_LINES = 1.4
_CELL_STEP = 1.9
_WITHIN = 0.6
_ON_ROW = 0.45
_WIDE = 3.0
# How many times as wide half a ruled blank may be.
_BLANK = 4
# Lines of one cell stand closer than those of two: a share of the least step in the column.
_SAME_CELL = 1.25
_CENTRED = 0.35
_SIZES = 1.7

Claim = tuple[Hit, Piece, float]


@dataclass(frozen=True)
class Placed:
    """The runs of a value in reading order, with how sure their place is (0..1)."""

    runs: tuple[Piece, ...]
    quality: float


def beside(free: Sequence[Piece], labels: Sequence[Hit], labelled: Sequence[Piece]) -> dict[int, Placed]:
    """Values right of their label, wrapped lines of a cell included, by the `id` of the label."""
    direct = {id(piece): hit for piece in free if (hit := _on_row(piece, labels, labelled))}
    claims: dict[int, list[tuple[Piece, float]]] = {}
    for column in _columns(free):
        for block in _blocks(column, labelled):
            for hit, piece, quality in _claims(block, direct, labels):
                claims.setdefault(id(hit), []).append((piece, quality))
    usual = _usual_edges(labels, claims)
    by_id = {id(hit): hit for hit in labels}
    return {
        key: placed
        for key, claimed in claims.items()
        if (placed := _settled(by_id[key], claimed, usual.get(key))) is not None
    }


def _on_row(piece: Piece, labels: Sequence[Hit], labelled: Sequence[Piece]) -> Hit | None:
    """The label at the left on the row of `piece`, with no other label between."""
    left = [hit for hit in labels if hit.piece.same_row(piece) and hit.piece.x1 < piece.x0 + piece.height]
    hit = max(left, key=lambda hit: hit.piece.x1, default=None)
    if hit is None:
        return None
    fenced = any(other.same_row(piece) and hit.piece.x0 < other.x0 < piece.x0 for other in labelled)
    return None if fenced else hit


def _columns(free: Sequence[Piece]) -> list[list[Piece]]:
    """Runs that stand under one another with the same left edge, page by page from the top."""
    columns: list[list[Piece]] = []
    for piece in sorted(free, key=lambda piece: (piece.page, piece.y)):
        for column in columns:
            last = column[-1]
            if last.page == piece.page and abs(last.x0 - piece.x0) < SAME_EDGE * max(last.height, piece.height):
                column.append(piece)
                break
        else:
            columns.append([piece])
    return columns


def _blocks(column: Sequence[Piece], labelled: Sequence[Piece]) -> list[list[Piece]]:
    """The lines of a column, cell by cell: those of one cell stand closer together, with no label between."""
    steps = [lower.y - upper.y for upper, lower in pairwise(column)]
    least = min((step for step in steps if step > 0), default=0.0)
    blocks = [[column[0]]]
    for piece, step in zip(column[1:], steps, strict=True):
        upper = blocks[-1][-1]
        parted = any(upper.y < label.y < piece.y and _across(upper, label, piece) for label in labelled)
        # Lines of another cell may be set closer still.
        near = step <= _SAME_CELL * least or step < CLOSE_LINES * min(upper.height, piece.height)
        if near and step < _CELL_STEP * piece.height and not parted:
            blocks[-1].append(piece)
        else:
            blocks.append([piece])
    return blocks


def _across(upper: Piece, label: Piece, lower: Piece) -> bool:
    within = label.x0 < max(upper.x1, lower.x1) and label.x1 > min(upper.x0, lower.x0)
    return label.page == upper.page and within


def _claims(block: Sequence[Piece], direct: dict[int, Hit], labels: Sequence[Hit]) -> list[Claim]:
    """Which label each line of a cell belongs to, with how sure that is."""
    owners = [hit for piece in block if (hit := direct.get(id(piece)))]
    heads = list({id(hit): hit for hit in (*owners, *_level(block, labels))}.values())
    lines: dict[int, list[Piece]] = {}
    for piece in block:
        head = direct.get(id(piece)) or min(heads, key=lambda hit: abs(hit.piece.y - piece.y), default=None)
        if head is not None:
            lines.setdefault(id(head), []).append(piece)
    claims: list[Claim] = []
    for hit in heads:
        own = lines.get(id(hit), [])
        # A line without a label on its own row, among rows that have theirs: its label may have been lost.
        sure = bool(own) and (_centred(own, hit) or (len(heads) == 1 and _close(own)))
        claims.extend((hit, piece, 1.0 if sure else UNSURE) for piece in own)
    return claims


def _level(block: Sequence[Piece], labels: Sequence[Hit]) -> list[Hit]:
    """The nearest labels at the left of a block none of whose lines has one on its row: a label at mid-height."""
    top, bottom = block[0], block[-1]
    left = [
        hit
        for hit in labels
        if hit.piece.page == top.page
        and hit.piece.x1 < top.x0 + top.height
        and top.y - _WITHIN * top.height < hit.piece.y < bottom.y + _WITHIN * bottom.height
    ]
    nearest = max((hit.piece.x1 for hit in left), default=0.0)
    return [hit for hit in left if hit.piece.x1 > nearest - _WIDE * hit.piece.height]


def _centred(lines: Sequence[Piece], hit: Hit) -> bool:
    """Whether the label stands at mid-height of the lines; a single line off its row may be what is left of several."""
    if len(lines) == 1:
        return abs(hit.piece.y - lines[0].y) < _ON_ROW * min(hit.piece.height, lines[0].height)
    step = (lines[-1].y - lines[0].y) / (len(lines) - 1)
    return abs(hit.piece.y - (lines[0].y + lines[-1].y) / 2) < _CENTRED * step


def _close(lines: Sequence[Piece]) -> bool:
    """Whether lines stand so close that they can only be of one cell."""
    steps = [lower.y - upper.y for upper, lower in pairwise(lines)]
    return bool(steps) and max(steps) <= CLOSE_LINES * max(piece.height for piece in lines)


def _usual_edges(labels: Sequence[Hit], claims: dict[int, list[tuple[Piece, float]]]) -> dict[int, float]:
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


def _settled(hit: Hit, claimed: Sequence[tuple[Piece, float]], usual: float | None) -> Placed | None:
    """The claimed runs in reading order, one a row; far off it may be what a lost label had."""
    quality = min(quality for _, quality in claimed)
    kept, off = list[Piece](), list[Piece]()
    for row in rows([piece for piece, _ in claimed]):
        first = row[0]
        wide = _WIDE * max(first.height, hit.piece.height)
        if usual is not None and not hit.colon and abs(first.x0 - usual) > wide:
            off.append(first)
            continue
        # Alone on a ruled blank a value stands in the middle of it.
        if usual is None or hit.colon:
            most = _BLANK if hit.colon and len(row) == 1 else 2
            quality = UNSURE if first.x0 - hit.piece.x1 > most * wide else quality
        signed = hit.role is Role.PEOPLE and len(row) > 1 and _DAY.match(row[1].text.text)
        if len(row) > 1 and row[1].x0 - first.x1 < 2 * wide and not signed:
            quality = UNSURE  # what follows may be the rest of the value, or a seal
        if max(first.height, hit.piece.height) > _SIZES * min(first.height, hit.piece.height):
            quality = UNSURE  # a seal's lettering is of another size than what it is printed over
        people = hit.role is Role.PEOPLE and all(_NAME.match(piece.text.text) for piece in row)
        kept += row if people else [first]  # each officer has a blank of his own
    if not kept:
        kept, quality = off, UNSURE
    return Placed(tuple(kept), quality) if kept else None
