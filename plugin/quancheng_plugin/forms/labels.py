"""Finds printed labels in pieces of text: with and without colon, spread out, and slightly misread."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from quancheng_plugin.forms.catalogue import Role
from quancheng_plugin.forms.glyphs import squeeze
from quancheng_plugin.forms.label_index import SIGNED, Hit, LabelIndex
from quancheng_plugin.forms.layout import Piece

_ASIDE = re.compile(r"\([^()]{1,12}\)$")
# No label is longer, but the name of a unit that a letter is addressed to may be.
_FOREIGN = re.compile(r"[\u3400-\u9fff()、/]{2,14}$|^[\u3400-\u9fff()]{14,39}[司厂社店场站所院会队局部户行]$")
# How a value ends for sure, where the next label follows it without a gap.
_ENDED = re.compile(r"(?:公司|合作社|企业|集团|码头|泊位|海域|[厂社店号港局队室]|[0-9])$")
_CLEAR = frozenset("、,。;)】]0123456789男女□☐☑√✓")
# What the form's own small print opens with; it is no value of the empty cell above it.
_REMARKS = frozenset("注附")
_SHORT = 2
_NO_COLON_QUALITY = 0.8
_BETWEEN_GAPS = 0.95
_DATED = re.compile(r"[12一二贰][0-9〇○O零九]")
# Labels of the number by which an officer is known, and the officer's name where one leads such a label:
# alone before it, or after the number of another officer. A post (主办人) is no name.
_OFFICER_ID = re.compile(r"(?:执法)?证件?(?:号码?|编号)$")
_OWNER = re.compile(r"(?:^|(?<=[0-9号)]))[、,;]?(?P<name>[\u3400-\u9fff·]{2,4})(?<![人员者方名])\(?$")


def find_labels(found: Sequence[Piece], index: LabelIndex) -> list[Hit]:
    """All labels of all pieces, in the order of the pieces."""
    hits = [hit for piece in found for hit in _in_piece(piece, index)]
    bare = {id(hit.piece) for hit in hits if hit.value == len(hit.piece.text.text)}
    return [hit for hit in hits if not (_hides_in_value(hit) and id(_left_of(hit.piece, found)) in bare)]


def _hides_in_value(hit: Hit) -> bool:
    """Whether it may as well be the first word of a value, as in `拒收事由 | 受送达人拒绝签收`."""
    return not hit.colon and hit.quality <= _NO_COLON_QUALITY and hit.value < len(hit.piece.text.text)


def _left_of(piece: Piece, found: Iterable[Piece]) -> Piece | None:
    """The next piece to the left on the same row."""
    left = [other for other in found if other.same_row(piece) and other.x1 < piece.x0 + piece.height]
    return max((other for other in left if other is not piece), key=lambda other: other.x1, default=None)


def _in_piece(piece: Piece, index: LabelIndex) -> list[Hit]:
    text = piece.text.text
    hits: list[Hit] = []
    for colon in (place for place, char in enumerate(text) if char == ":"):
        if 0 < colon < len(text) - 1 and text[colon - 1].isdigit() and text[colon + 1].isdigit():
            continue  # a time of day
        begin = hits[-1].value if hits else 0
        if hit := _before_colon(piece, begin, colon, index):
            hits.append(hit)
    if hits and hits[0].begin > 0 and (first := _at_start(piece, hits[0].begin, index)):
        hits.insert(0, first)
    if not hits and (hit := _whole(piece, index) or _at_start(piece, len(text), index)):
        hits += [hit, *_between_gaps(piece, hit, index)]
    return hits


def _between_gaps(piece: Piece, first: Hit, index: LabelIndex) -> list[Hit]:
    """Labels without colon that stand between gaps in a line that leads with one: `当事人　谢安　性别　男`."""
    text = piece.text.text
    gaps = [at for at in range(first.value + 1, len(text)) if piece.gap_before(at)]
    words = [(begin, end) for begin, end in pairwise(gaps) if end - begin >= _SHORT]
    named = ((span, index.find(text[slice(*span)], fuzzy=False)) for span in words)
    return [
        index.hit(piece, span, (found[0], min(found[1], _BETWEEN_GAPS)), colon=False) for span, found in named if found
    ]


def _before_colon(piece: Piece, begin: int, colon: int, index: LabelIndex) -> Hit | None:
    """The label that ends at a colon: the longest known one, else whatever stands there as a foreign one."""
    text = piece.text.text
    if text[begin:colon] in _REMARKS:
        return Hit(piece, begin, colon + 1, text[begin:colon], None, known=False)
    if begin == 0 and colon == 1 and text[0] in index.bodies:  # 问： and 答：
        return index.hit(piece, (0, 2), (text[0], 1.0), colon=True)
    for fuzzy in (False, True):
        for start in range(max(begin, colon - index.longest), colon - 1):
            if not fuzzy and (owned := _owned(piece, begin, (start, colon), index)):
                return owned
            free = _free(piece, begin, start)
            if not free and (fuzzy or begin == 0):
                continue
            if found := _named(text[start:colon], index, fuzzy=fuzzy):
                crowds = not free and not _ENDED.search(text[begin:start])
                return index.hit(piece, (start, colon + 1), found, colon=True, crowds=crowds)
    return _foreign(piece, begin, colon)


def _foreign(piece: Piece, begin: int, colon: int) -> Hit | None:
    """Whatever stands before a colon, as a label that is not known; the value before it ends at a gap."""
    text = piece.text.text
    found = _FOREIGN.search(text[begin:colon])
    if found is None:
        return None
    start = _last_word(piece, begin + found.start(), colon)
    if start is None and begin:
        # Nothing tells where the value before it ends: `石岛作业类型：`.
        return Hit(piece, colon, colon + 1, text[begin:colon], None, known=False, crowds=True)
    start = begin + found.start() if start is None else start
    return Hit(piece, start, colon + 1, text[start:colon], None, known=False) if _free(piece, begin, start) else None


def _last_word(piece: Piece, begin: int, stop: int) -> int | None:
    """Where the last word between `begin` and `stop` starts, its letters spread out or not; None without any gap."""
    gaps = [at for at in range(begin, stop) if piece.gap_before(at)]
    single = [end - at == 1 for at, end in pairwise([*gaps, stop])]
    last = len(gaps) - 1
    while last > 0 and single[last] and single[last - 1]:
        last -= 1
    return gaps[last] if gaps else None


def _owned(piece: Piece, begin: int, span: tuple[int, int], index: LabelIndex) -> Hit | None:
    """The label of an officer's number that the officer's own name leads, name included."""
    text, (start, colon) = piece.text.text, span
    if not _OFFICER_ID.match(text[start:colon]) or (found := index.find(text[start:colon], fuzzy=False)) is None:
        return None
    before = text[begin:start]
    name = _OWNER.search(before)
    # What follows a label at once is that label's own value: `询问人：王某执法证号：`.
    if name is None or name["name"] in index.every or (begin and name.start() == 0):
        return None
    hit = index.hit(piece, (begin + name.start("name"), colon + 1), found, colon=True)
    return replace(hit, owner=len(name["name"]))


def _named(text: str, index: LabelIndex, *, fuzzy: bool) -> tuple[str, float] | None:
    """A label, alone or with a remark in brackets; a place to sign is a label of its own and holds no value."""
    if found := index.find(text, fuzzy=fuzzy):
        return found
    bare = SIGNED.sub("", text)
    if bare != text:
        return (text, 1.0) if index.find(bare, fuzzy=fuzzy) else None
    bare = _ASIDE.sub("", text)
    return index.find(bare, fuzzy=fuzzy) if bare != text else None


def _free(piece: Piece, begin: int, start: int) -> bool:
    """Whether a label may begin at `start`: nothing before it, a gap, or a character that ends a value."""
    return start == begin or piece.gap_before(start) or piece.text.text[start - 1] in _CLEAR


def _whole(piece: Piece, index: LabelIndex) -> Hit | None:
    """A piece that is a label and nothing else, as in the cell of a table."""
    text = piece.text.text.strip(".,;·、'`")  # dust beside a label of a cell
    found = _named(text, index, fuzzy=True) if len(text) >= _SHORT else None
    if found and found[0] in index.bodies and found[1] < 1:
        return None  # a narrative opens with a colon or in its very words
    return index.hit(piece, (0, len(piece.text.text)), found, colon=False) if found else None


def _at_start(piece: Piece, stop: int, index: LabelIndex) -> Hit | None:
    """A label without colon that leads a piece and is followed by its value: sure only before a date."""
    text = piece.text.text[:stop]
    for end in range(min(index.longest, len(text) - 1), _SHORT - 1, -1):
        found = index.find(text[:end], fuzzy=False)
        if found is None:
            continue
        hit = index.hit(piece, (0, end), found, colon=False)
        if hit.role in _TIMES and _DATED.match(text[end:]):
            return hit
        if _value_like(text[end:]) and hit.spec is not None:
            quality = found[1] if piece.gap_before(end) and len(text[:end]) > _SHORT else _NO_COLON_QUALITY
            return index.hit(piece, (0, end), (found[0], min(quality, 0.95)), colon=False)
        return None
    return None


_TIMES = frozenset({Role.INTERVAL, Role.MOMENT, Role.START, Role.END, Role.DATE})
_LONGEST_VALUE = 24


def _value_like(text: str) -> bool:
    return len(text) <= _LONGEST_VALUE and not re.search(r"[,。;?!的应当]|签[名字]", text)


def is_officer_id(hit: Hit) -> bool:
    """Whether it is the label of the number by which an officer is known."""
    return _OFFICER_ID.match(squeeze(hit.label)) is not None


def values_end(hits: Iterable[Hit], hit: Hit) -> int:
    """Where in its piece the value of `hit` must end: at the next label, or at the end."""
    later = [other.begin for other in hits if other.piece is hit.piece and other.begin >= hit.value]
    return min(later, default=len(hit.piece.text.text))
