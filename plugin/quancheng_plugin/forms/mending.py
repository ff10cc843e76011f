"""Puts together what a scanner or a printer took apart: spread labels, labels on two lines, runs of a value."""

import re
from collections.abc import Callable, Iterator, Sequence

from quancheng_plugin.forms.labels import LabelIndex
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

Joinable = Callable[[Piece, Piece, LabelIndex], Piece | None]


def mend(found: Sequence[Piece], index: LabelIndex) -> list[Piece]:
    """Join pieces that hold one label between them, whether side by side or one under the other."""
    mended = _upended(found, index)
    for join in (_spread, _stacked):
        mended = _joined(mended, index, join)
    return _recut(mended, index)


def runs(free: Sequence[Piece], labelled: Sequence[Piece]) -> list[Piece]:
    """Pieces without label joined along their row, up to a label or a wide gap: one value, read in several runs."""
    joined: list[Piece] = []
    for page in sorted({piece.page for piece in free}):
        fences = [piece for piece in labelled if piece.page == page]
        for row in rows([piece for piece in free if piece.page == page]):
            joined.extend(_along(row, fences))
    return joined


def _along(row: Sequence[Piece], fences: Sequence[Piece]) -> Iterator[Piece]:
    run = row[0]
    for piece in row[1:]:
        goes_on = _DATED.search(run.source) and _DATES.match(piece.source)
        wide = (_BLANK if goes_on else _WORDS) * max(run.height, piece.height)
        fenced = any(fence.same_row(piece) and run.x0 < fence.x0 < piece.x0 for fence in fences)
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


def _joined(found: Sequence[Piece], index: LabelIndex, join: Joinable) -> list[Piece]:
    mended = list(found)
    place = 0
    while place < len(mended):
        first = mended[place]
        pairs = ((other, join(first, other, index)) for other in _next_to(first, mended))
        other, whole = next(((other, whole) for other, whole in pairs if whole), (None, None))
        if whole is None:
            place += 1
        else:  # the joined piece is tried again: a label may be in three
            mended[place] = whole
            mended = [piece for piece in mended if piece is not other]
            place = next(at for at, piece in enumerate(mended) if piece is whole)
    return mended


def _next_to(first: Piece, found: Sequence[Piece]) -> list[Piece]:
    """The nearest piece at the right on its row, and those of other rows."""
    right = [piece for piece in found if piece is not first and piece.same_row(first) and piece.x0 > first.x0]
    nearest = min(right, key=lambda piece: piece.x0, default=None)
    lower = [piece for piece in found if piece.page == first.page and piece.y > first.y and not piece.same_row(first)]
    return [*([nearest] if nearest else []), *lower]


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


def _stacked(first: Piece, second: Piece, index: LabelIndex) -> Piece | None:
    """A label on two lines of its cell, centred or flush; two labels one above the other stay two."""
    whole = first.text.text + second.text.text
    near = first.page == second.page and 0 < second.y - first.y < _STACKED * max(first.height, second.height)
    apart = min(abs(first.middle - second.middle), abs(first.x0 - second.x0))
    if not near or whole not in index.every or apart > max(first.height, second.height):
        return None
    both = first.text.text in index.every and second.text.text in index.every
    return None if both else first.joined(second)


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
