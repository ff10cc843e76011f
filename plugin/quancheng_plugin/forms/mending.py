"""Puts together what a scanner or a printer took apart: spread labels, labels on two lines, runs of a value."""

import re
from collections.abc import Callable, Iterator, Sequence

from quancheng_plugin.forms.label_index import LabelIndex
from quancheng_plugin.forms.layout import Piece, rows

_LABEL_CELL = 12
# Steps and gaps in letter heights.
_STACKED = 1.45
_SPREAD = 5.0
_UPENDED = 3.0
_WORDS = 1.5
_BLANK = 3.0
_SIZES = 1.7
# A run that ends like a date goes on after a blank with what begins like one.
_DATED = re.compile(r"(?:[0-9年月日时点分:：至到]|[〇○一二三四五六七八九十廿])\s*$")
_DATES = re.compile(r"\s*(?:[0-9年月日时点分:：至到—~～-]|[〇○一二三四五六七八九十廿])")
_OVER = 0.5


def mend(found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """Join pieces that hold one label between them, whether side by side or one under the other."""
    mended = _upended(found, index)
    return _recut(_piled(_joined(mended, index), index), index)


def runs(free: Sequence[Piece], labelled: Sequence[Piece], column: Callable[[Piece], object]) -> list[Piece]:
    """Pieces without label joined along their row, up to a label or a wide gap: one value, read in several runs.

    `column` tells in which column of a table a piece stands: cells of two are two values, however close.
    """
    joined: list[Piece] = []
    for page in sorted({piece.page for piece in free}):
        fences = [piece for piece in labelled if piece.page == page]
        for row in rows([piece for piece in free if piece.page == page]):
            joined.extend(_along(row, fences, column))
    return joined


def _along(row: Sequence[Piece], fences: Sequence[Piece], column: Callable[[Piece], object]) -> Iterator[Piece]:
    run = row[0]
    for piece in row[1:]:
        goes_on = _DATED.search(run.source) and _DATES.match(piece.source)
        wide = (_BLANK if goes_on else _WORDS) * max(run.height, piece.height)
        fenced = any(fence.same_row(piece) and run.x0 < fence.x0 < piece.x0 for fence in fences)
        fenced = fenced or column(run) is not column(piece)
        if piece.x0 - run.x1 > wide or fenced or not run.same_row(piece) or not _alike_in_size(run, piece):
            yield run
            run = piece
        else:
            run = run.joined(piece, " ")
    yield run


def _alike_in_size(run: Piece, piece: Piece) -> bool:
    """A seal's lettering is of another size than the line it crosses."""
    return max(run.height, piece.height) < _SIZES * min(run.height, piece.height)


def _upended(found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """Join labels that are written from top to bottom in a narrow cell, one letter a line."""
    kept = list(found)
    single = [piece for piece in found if len(piece.text.text) == 1]
    while single:
        run = [single.pop(0)]
        for piece in sorted(single, key=lambda piece: piece.y):
            step = piece.y - run[-1].y
            if piece.page == run[0].page and piece.over(run[0]) > _OVER and 0 < step < _UPENDED * piece.height:
                run.append(piece)
        if len(run) > 1 and "".join(piece.text.text for piece in run) in index.every:
            whole = run[0]
            for piece in run[1:]:
                whole = whole.joined(piece)
            kept = [whole if piece is run[0] else piece for piece in kept if piece not in run[1:]]
            single = [piece for piece in single if piece not in run]
    return kept


def _joined(found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """Join labels that were spread along their row."""
    mended = list(found)
    place = 0
    while place < len(mended):
        first = mended[place]
        right = [piece for piece in mended if piece is not first and piece.same_row(first) and piece.x0 > first.x0]
        nearest = min(right, key=lambda piece: piece.x0, default=None)
        whole = _spread(first, nearest, index) if nearest else None
        if whole is None:
            place += 1
        else:  # the joined piece is tried again: a label may be in three
            mended[place] = whole
            mended = [piece for piece in mended if piece is not nearest]
            place = next(at for at, piece in enumerate(mended) if piece is whole)
    return mended


def _spread(first: Piece, second: Piece, index: LabelIndex) -> Piece | None:
    """`案` and `由：…` on one row: together they are, or begin, a label that the first alone is not."""
    alone = first.text.text in index.every and second.text.text[0] not in "(:"
    if len(first.text.text) > _LABEL_CELL or not first.same_row(second) or alone:
        return None
    if not 0 <= second.x0 - first.x1 + first.height < _SPREAD * first.height:
        return None
    whole = (first.text.text + second.text.text).split(":", 1)[0]
    longer = len(whole) > len(first.text.text) or second.text.text.startswith(":")
    begins = whole in index.starts and len(second.text.text) == 1
    return first.joined(second) if longer and (whole in index.every or begins) else None


def _piled(found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """Join labels that stand on several lines of their cell: 检查（勘 | 验） | 时间."""
    mended = list(found)
    for first in found:
        pile = _pile(first, found, index) if any(piece is first for piece in mended) else []
        if pile:
            whole = first
            for piece in pile:
                whole = whole.joined(piece)
            mended = [whole if piece is first else piece for piece in mended if not _among(piece, pile)]
    return mended


def _pile(first: Piece, found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """The lines below `first` that make one label with it; none where there is no such label."""
    text, pile, whole = first.text.text, [first], 0
    while text in index.starts:
        below = (piece for piece in found if _stacked(pile[-1], piece) and not _among(piece, pile))
        fitting = [piece for piece in below if _labels(text + piece.text.text, index)]
        if not fitting:
            break
        pile.append(min(fitting, key=lambda piece: piece.y))
        text += pile[-1].text.text
        whole = len(pile) if text in index.every else whole
    # Two labels one above the other stay two, whatever they would make together.
    return [] if all(piece.text.text in index.every for piece in pile) else pile[1:whole]


def _labels(text: str, index: LabelIndex) -> bool:
    return text in index.every or text in index.starts


def _stacked(first: Piece, second: Piece) -> bool:
    """Whether `second` stands right below `first`, centred or flush."""
    near = first.page == second.page and 0 < second.y - first.y < _STACKED * max(first.height, second.height)
    apart = min(abs(first.middle - second.middle), abs(first.x0 - second.x0))
    return near and apart <= max(first.height, second.height)


def _among(piece: Piece, pile: Sequence[Piece]) -> bool:
    return any(piece is other for other in pile)


def _recut(found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """Give a label its first letters back that were read with the value before it: `…泊位案` + `由：…`."""
    mended = list(found)
    for place, second in enumerate(found):
        head, colon, _ = second.text.text.partition(":")
        if not colon or not head or head in index.every or len(head) > _LABEL_CELL:
            continue
        for first in found:
            adjacent = first.same_row(second) and 0 <= second.x0 - first.x1 + first.height < _SPREAD * first.height
            size = _tail(first.text.text, head, index) if adjacent and first is not second else 0
            if size:
                left, right = first.cut(len(first.text.text) - size)
                mended[next(at for at, piece in enumerate(mended) if piece is first)] = left
                mended[place] = right.joined(second)
                break
    return mended


def _tail(text: str, head: str, index: LabelIndex) -> int:
    """How many of the last letters of `text` make a label of `head`; 0 when none do."""
    return next((size for size in range(min(6, len(text) - 1), 0, -1) if text[-size:] + head in index.every), 0)
