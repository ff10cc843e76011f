"""Names a form by its title: the big type at the head of the first page, never a mention in the body."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quancheng_plugin.forms.catalogue import Catalogue, Form, bare
from quancheng_plugin.forms.glyphs import squeeze
from quancheng_plugin.forms.label_index import alike
from quancheng_plugin.forms.layout import Piece, rows
from quancheng_plugin.forms.numbers import find_numbers

# What may stand before the name of the form in its title.
_OFFICE = re.compile(
    r"^(?:中华人民共和国)?\w{0,30}(?:局|队|厅|委|委员会|中心|站|所|政府|部|办公室|处|院|管委会|海警|港|省|市|县|区)$"
)
_FIELD = re.compile(
    r"(?:渔业|渔政|海洋|水产|农业|农村|农业农村|综合|行政|执法|处罚|案件|管理|监督|文书|专用|海洋渔业|强制|许可|检查|关于)+$"
)
_AFTER = re.compile(
    r"^(?:副本|正本|存根|存根联|续页|续|样式|式样|稿|第?[一二三四五]?联|共?页|第页共?页|第?页|第?[一二三四五六七八九十首]?次)*$"
)
_SENTENCE = re.compile(r"[,，。;；?？]")
_BIG = 0.78
_HEAD_ROWS = 10
_LEAST_NAME = 4
_ONE_WRONG = 0.8
_ALIKE = 0.96
_NOISE = 0.7
_SMALL = 0.8
_CENTRED = 0.7
_LEAST_WIDTH = 0.5


@dataclass(frozen=True)
class Title:
    """The form that a title names, with how sure that is (0..1) and the pieces it stands in.

    `by_letter`: another form's name differs in one letter (立案审批表, 撤案审批表), so that each letter counts.
    """

    form: Form
    quality: float
    pieces: tuple[Piece, ...]
    name: str
    by_letter: bool

    @property
    def confidence(self) -> float:
        """The match's; the least of it and the reading's where each letter counts or one is wrong."""
        if self.quality == 1 and not self.by_letter:
            return 1.0
        return min([self.quality, *(piece.confidence for piece in self.pieces)])


def find_title(head: Sequence[Piece], catalogue: Catalogue, centre: float | None) -> Title | None:
    """The best match among the rows of the head (pieces of one page above the first label), or None.

    `centre` is the middle of the page's text, where that can be told: a title right of it may have lost
    its first words.
    """
    ordered = rows(head)[:_HEAD_ROWS]
    biggest = max((piece.height for row in ordered for piece in row if _is_heading(piece)), default=0.0)
    best: Title | None = None
    for pieces in _candidates(ordered):
        words = "".join(map(_words, pieces))
        found = None if _SENTENCE.search(words) else _match(words, catalogue)
        if found is None:
            continue
        form, quality, name = found
        if max(piece.height for piece in pieces) < _BIG * biggest:
            quality *= _SMALL
        if _is_ending(name, catalogue) and _lost_start(pieces, ordered, centre):
            quality *= _SMALL
        title = Title(form, quality, pieces, name, _by_letter(name, catalogue))
        if best is None or title.quality > best.quality or _fits_better(title, best):
            best = title
    return best


def _fits_better(title: Title, best: Title) -> bool:
    """Of equal matches: a longer name in more pieces of the same rows, else the same name in fewer pieces."""
    if title.quality < best.quality:
        return False
    mine, theirs = {id(piece) for piece in title.pieces}, {id(piece) for piece in best.pieces}
    if mine > theirs:
        return len(title.name) > len(best.name)
    return mine < theirs and title.name == best.name


def _is_ending(name: str, catalogue: Catalogue) -> bool:
    """Whether another form's name ends in this one: `行政处罚决定书` in `不予行政处罚决定书`."""
    form = catalogue.names[name]
    return any(other.endswith(name) and owner.code != form.code for other, owner in catalogue.names.items())


def _by_letter(name: str, catalogue: Catalogue) -> bool:
    """Whether another form's name differs from this one in a single letter."""
    code = catalogue.names[name].code
    return any(
        len(other) == len(name) and owner.code != code and sum(a != b for a, b in zip(other, name, strict=True)) == 1
        for other, owner in catalogue.names.items()
    )


def _lost_start(pieces: Sequence[Piece], ordered: Sequence[Sequence[Piece]], centre: float | None) -> bool:
    """Whether the title stands right of where an office above it, or the page's text, is centred."""
    offices = [row for row in ordered if _OFFICE.match(bare("".join(piece.text.text for piece in row)))]
    if offices:
        centre = _middle(offices[0])
    row = next(row for row in ordered if any(piece is pieces[-1] for piece in row))
    return centre is not None and _middle(row) - centre > _CENTRED * max(piece.height for piece in pieces)


def _middle(row: Sequence[Piece]) -> float:
    return (min(piece.x0 for piece in row) + max(piece.x1 for piece in row)) / 2


def _is_heading(piece: Piece) -> bool:
    core = bare(piece.text.text)
    # A box too tall for its characters is a seal; the office may be set bigger than the title.
    letters = piece.x1 - piece.x0 > _LEAST_WIDTH * len(core) * piece.height
    return len(core) >= _LEAST_NAME and letters and not _OFFICE.match(core)


def _candidates(ordered: Sequence[Sequence[Piece]]) -> Iterator[tuple[Piece, ...]]:
    for row in ordered:
        yield from ((piece,) for piece in row)
        if len(row) > 1:
            yield tuple(row)
    for row, below in pairwise(ordered):
        yield (*row, *below)


def _words(piece: Piece) -> str:
    """The text of a piece without a number that was read along with it."""
    source = piece.text.source
    for number in reversed(find_numbers(source)):
        source = source[: number.begin] + source[number.stop :]
    return source


def _match(text: str, catalogue: Catalogue) -> tuple[Form, float, str] | None:
    """The form whose name ends `text`, how sure that is, and the name: the longest with but an office before it."""
    core = bare(squeeze(text))
    best: tuple[float, int, str] | None = None
    for name in catalogue.names:
        quality = _likeness(core, name)
        if quality and (best is None or (quality, len(name)) > best[:2]):
            best = quality, len(name), name
    return (catalogue.names[best[2]], best[0], best[2]) if best else None


def _likeness(core: str, name: str) -> float:
    place = core.rfind(name)
    if place >= 0:
        before, after = core[:place], core[place + len(name) :]
        return _around(before) if _AFTER.match(after) else 0.0
    if len(name) < _LEAST_NAME or len(core) < len(name):
        return 0.0
    before, tail = core[: -len(name)], core[-len(name) :]
    if tail[0] != name[0] and tail[-1] != name[-1]:
        return 0.0  # more than one letter is wrong; most names are ruled out here at once
    if alike(tail) == alike(name):
        return min(_ALIKE, _around(before))
    wrong = sum(a != b for a, b in zip(tail, name, strict=True))
    return min(_ONE_WRONG, _around(before)) if wrong == 1 else 0.0


def _around(before: str) -> float:
    """How well what stands before the name goes with it: an office or a field of law, or a stray character."""
    rest = _FIELD.sub("", before)
    if not rest or _OFFICE.match(rest):
        return 1.0
    return _NOISE if len(before) == 1 or before.isascii() else 0.0
