"""Which label at the head of a column a value belongs to, in a table or alone below it."""

from collections.abc import Sequence
from itertools import pairwise

from quancheng_plugin.forms.catalogue import Role
from quancheng_plugin.forms.label_index import Hit
from quancheng_plugin.forms.layout import Piece, rows
from quancheng_plugin.forms.neighbours import CLOSE_LINES, SAME_EDGE, UNSURE, Placed

_BELOW = 0.95
# So many labels side by side, with a cell under each, are the head of a table.
_LEAST_HEADS = 3


def _pages(found: Sequence[Piece]) -> list[list[Piece]]:
    return [[piece for piece in found if piece.page == page] for page in sorted({piece.page for piece in found})]


def head_rows(found: Sequence[Piece], hits: Sequence[Hit]) -> list[list[Hit]]:
    """Rows that hold bare labels and nothing else, several of them: heads of tables."""
    bare = {id(hit.piece): hit for hit in hits if not hit.colon and hit.value == len(hit.piece.text.text)}
    every = (row for page in _pages(found) for row in rows(page))
    return [
        [bare[id(piece)] for piece in row]
        for row in every
        if len(row) >= _LEAST_HEADS and all(id(piece) in bare for piece in row)
    ]


def column_of(piece: Piece, heads: Sequence[Sequence[Hit]], labelled: Sequence[Piece]) -> Hit | None:
    """The label at the head of the column that `piece` stands in; None where no table is."""
    over = [row for row in heads if row[0].piece.page == piece.page and row[0].piece.y < piece.y]
    head = max(over, key=lambda row: row[0].piece.y, default=None)
    if head is None:
        return None
    top = head[0].piece
    ended = any(
        top.y < label.y < piece.y + piece.height / 2 and not label.same_row(top)
        for label in labelled
        if label.page == piece.page
    )
    return None if ended else _head(piece, head)


def below(free: Sequence[Piece], bare: Sequence[Hit], labelled: Sequence[Piece], others: int) -> dict[int, Placed]:
    """Values under labels that have none beside them, column by column, by the `id` of the label.

    `others` counts the labels with a value beside them: where these are the rule, one below is unsure.
    """
    quality = _BELOW if len(bare) > others else UNSURE
    found: dict[int, Placed] = {}
    fences = {id(piece) for piece in labelled}
    for page in sorted({hit.piece.page for hit in bare}):
        ordered = rows([piece for piece in (*free, *labelled) if piece.page == page])
        for place, row in enumerate(ordered):
            heads = [hit for hit in bare if any(hit.piece is piece for piece in row)]
            if not heads or len(heads) < len(row):
                continue
            columns: dict[int, list[Piece]] = {}
            for piece in _under(ordered[place + 1 :], fences, heads):
                columns.setdefault(id(_head(piece, heads)), []).append(piece)
            cells = {key: _cells(column) for key, column in columns.items()}
            likely = _BELOW if _is_table(heads, cells) else quality
            found.update({id(hit): _in_column(hit, cells[id(hit)], likely) for hit in heads if id(hit) in cells})
    return found


def _is_table(heads: Sequence[Hit], cells: dict[int, list[list[Piece]]]) -> bool:
    """Whether under each of several labels stands a cell, and all of these on one row of a table."""
    if len(heads) < _LEAST_HEADS or len(cells) < len(heads):
        return False
    tops = [column[0][0].y - column[0][0].height / 2 for column in cells.values()]
    ends = [column[0][-1].y + column[0][-1].height / 2 for column in cells.values()]
    return max(tops) < min(ends)


def _in_column(hit: Hit, cells: Sequence[Sequence[Piece]], quality: float) -> Placed:
    """The first cell under a label; for a person to look at, where a further row of the table says something else.

    Words are then all given, since each row holds another document; a time or a person of another row is none of
    the first's.
    """
    first, *others = ("".join(piece.text.text for piece in cell) for cell in cells)
    if all(other == first for other in others):
        return Placed(tuple(cells[0]), quality if _flush(cells[0]) else UNSURE)
    kept = cells if hit.role is Role.OTHER else cells[:1]
    return Placed(tuple(piece for cell in kept for piece in cell), UNSURE)


def _cells(column: Sequence[Piece]) -> list[list[Piece]]:
    """The lines of a column cell by cell: those of one cell follow closely, at the same step."""
    cells = [[column[0]]]
    for upper, piece in pairwise(column):
        if _next_line(upper, piece):
            cells[-1].append(piece)
        else:
            cells.append([piece])
    return cells


def _flush(lines: Sequence[Piece]) -> bool:
    """Whether lines begin at one edge: what stands elsewhere may be the rest of a value, or a seal's lettering."""
    return all(abs(piece.x0 - lines[0].x0) < SAME_EDGE * piece.height for piece in lines)


def _under(later: Sequence[Sequence[Piece]], fences: set[int], heads: Sequence[Hit]) -> list[Piece]:
    """The runs under a row of labels, up to a label, a value of another label, or a line across the columns."""
    under: list[Piece] = []
    for row in later:
        if any(id(piece) in fences or _across_columns(piece, heads) for piece in row):
            break
        under.extend(row)
    return under


def _across_columns(piece: Piece, heads: Sequence[Hit]) -> bool:
    return sum(piece.x0 < hit.piece.middle < piece.x1 for hit in heads) > 1


def _next_line(upper: Piece, piece: Piece) -> bool:
    close = 0 < piece.y - upper.y < CLOSE_LINES * max(upper.height, piece.height)
    return close and abs(piece.x0 - upper.x0) < SAME_EDGE * piece.height


def _head(piece: Piece, heads: Sequence[Hit]) -> Hit:
    """The label over a value: columns part midway between their centred labels."""
    ordered = sorted(heads, key=lambda hit: hit.piece.middle)
    for left, right in pairwise(ordered):
        if piece.x0 < (left.piece.middle + right.piece.middle) / 2 - piece.height:
            return left
    return ordered[-1]
