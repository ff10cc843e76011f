"""Brings labels and their values together: on one line, in neighbouring cells, above one another, and wrapped."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from quancheng_plugin.forms.catalogue import Role
from quancheng_plugin.forms.dates import holds_clock
from quancheng_plugin.forms.label_index import Hit
from quancheng_plugin.forms.labels import is_officer_id, values_end
from quancheng_plugin.forms.layout import Piece, least_sure, union
from quancheng_plugin.forms.mending import runs
from quancheng_plugin.forms.neighbours import UNSURE, beside
from quancheng_plugin.forms.tables import below, column_of, head_rows
from quancheng_plugin.ocr.lines import Box

# Steps between lines in letter heights.
_NEXT_ROW = 2.6
_FULL = 2.5
_GOES_ON_WITHIN = 3.0
_ALIGNED = 1.5
_NAME = re.compile(r"[\u3400-\u9fff·]{2,4}$")
# Names of such lengths end where a label of the next field is read letter by letter.
COMPOUND = (
    r"(?:欧阳|司马|上官|司徒|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|申屠|东方|端木|南宫|西门|宇文|长孙|呼延|闻人|轩辕)"
)
"""Surnames of two letters."""
_ONE = rf"(?:{COMPOUND}[\u3400-\u9fff]{{1,2}}|[\u3400-\u9fff]{{2,3}})"
_NAMES = re.compile(rf"{_ONE}(?:[、,]{_ONE})*$")
_TIMES = frozenset({Role.INTERVAL, Role.MOMENT})
# What a second line of an interval begins with, wherever the first one ends.
_GOES_ON = frozenset("至到-~止")


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

    @property
    def letters(self) -> tuple[float, ...]:
        """How sure each character of `raw` is."""
        return self.piece.letters_of(self.begin, self.stop)


@dataclass(frozen=True)
class Labelled:
    """A label with what was found for it.

    `wrapped` is a next line that may or may not belong to the value; it does not where the value's own
    line is not `full`, unless a time goes on there. `also` are further persons: one whose name stands below the
    first without a label of its own, and those whose names lead the labels of their numbers.
    """

    hit: Hit
    parts: tuple[Part, ...]
    quality: float
    wrapped: Part | None = None
    also: tuple[Part, ...] = ()
    full: bool = False

    @property
    def raw(self) -> str:
        """The value as read, its parts one after the other."""
        return " ".join(part.raw for part in self.parts)

    @property
    def text(self) -> str:
        """The value folded, without spaces."""
        return "".join(part.text for part in self.parts)

    @property
    def placed(self) -> float:
        """How sure it is that this is the value of that label, whatever its letters."""
        return min(self.quality, self.hit.quality)

    @property
    def confidence(self) -> float:
        """The least of the placement's and the reading's."""
        return min(self.placed, self.sure(0, len(self.raw)))

    def sure(self, begin: int, stop: int, beside: str = "") -> float:
        """How sure the reading of `raw[begin:stop]` is, characters that stand in `beside` left out."""
        letters = [sure for at, part in enumerate(self.parts) for sure in (*[1.0] * (at > 0), *part.letters)]
        judged = zip(self.raw[begin:stop], letters[begin:stop], strict=True)
        kept = [(char, sure) for char, sure in judged if char not in beside]
        return least_sure("".join(char for char, _ in kept), [sure for _, sure in kept])

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


class Sheet:
    """The pieces of one document with its labels, and the questions of who stands next to whom."""

    def __init__(self, found: Sequence[Piece], hits: Sequence[Hit]) -> None:
        self.hits = list(hits)
        self._labels = {id(hit.piece) for hit in hits}
        labelled = [piece for piece in found if id(piece) in self._labels]
        heads = head_rows(found, hits)
        free = [piece for piece in found if id(piece) not in self._labels]
        self.free = runs(free, labelled, lambda piece: column_of(piece, heads, labelled))
        self.pieces = sorted([*labelled, *self.free], key=_order(found))
        self._edge = {page: max(p.x1 for p in found if p.page == page) for page in {p.page for p in found}}
        last = [hit for hit in hits if values_end(hits, hit) == len(hit.piece.text.text)]
        self._beside = beside(self.free, last, labelled)
        taken = {id(piece) for placed in self._beside.values() for piece in placed.runs}
        cells = [hit for hit in last if not hit.colon and hit.value == len(hit.piece.text.text)]
        bare = [hit for hit in cells if id(hit) not in self._beside]
        fences = [*labelled, *(piece for piece in self.free if id(piece) in taken)]
        rest = [piece for piece in self.free if id(piece) not in taken]
        self._below = below(rest, bare, fences, len(cells) - len(bare))

    @property
    def unclaimed(self) -> list[Piece]:
        """Pieces that hold no label and were not taken as the value of one."""
        taken = {id(piece) for placed in (*self._beside.values(), *self._below.values()) for piece in placed.runs}
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
        if last and (placed := self._beside.get(id(hit))):
            # After words on the label's own line only what follows closely goes on with them.
            follows = placed.runs[0].x0 - hit.piece.x1 < _GOES_ON_WITHIN * hit.piece.height
            # A day at the left of its row and the time of day at the right are one value.
            if not parts or follows or (hit.role in _TIMES and holds_clock(placed.runs[0].source)):
                quality = placed.quality
                parts += map(_whole, placed.runs)
        elif self._crowded(hit, stop) and not (hit.role is Role.PEOPLE and _NAMES.match(inline.text.rstrip("("))):
            quality = UNSURE
        if parts:
            also = self._further_persons(hit, parts[0]) if hit.role is Role.PEOPLE else ()
            wrapped = self._continued(hit, parts) if last and hit.colon else None
            full = parts[-1].piece.x1 >= self._room(parts[-1].piece) - _FULL * hit.piece.height
            return Labelled(hit, tuple(parts), quality, wrapped, also, full)
        if last and (placed := self._below.get(id(hit))):
            return Labelled(hit, tuple(map(_whole, placed.runs)), placed.quality)
        if hit.role is Role.PEOPLE and (owners := self._owners(hit)) and owners[0].piece.same_row(hit.piece):
            return Labelled(hit, owners[:1], quality, also=owners[1:])
        return Labelled(hit, (), 1.0)

    def _crowded(self, hit: Hit, stop: int) -> bool:
        """Whether the next label follows the value of `hit` without any gap."""
        return any(other.crowds and other.piece is hit.piece and other.begin == stop for other in self.hits)

    def _further_persons(self, hit: Hit, first: Part) -> tuple[Part, ...]:
        """The officers after the first one, who have no label of their own."""
        if owners := self._owners(hit):
            return owners
        second = self._second_person(hit, first)
        return (second,) if second else ()

    def _owners(self, hit: Hit) -> tuple[Part, ...]:
        """The names that lead the labels of officers' numbers next after `hit`, up to a label of another kind."""
        later = self.hits[next(at for at, other in enumerate(self.hits) if other is hit) + 1 :]
        numbers = takewhile(lambda other: is_officer_id(other) and other.piece.page == hit.piece.page, later)
        return tuple(Part(other.piece, other.begin, other.begin + other.owner) for other in numbers if other.owner)

    def _second_person(self, hit: Hit, first: Part) -> Part | None:
        """A name that leads the next row, before a label of its own: the second of two officers (`王某 证号：`)."""
        on_page = [other for other in self.hits if other.piece.page == hit.piece.page]
        later = [other for other in on_page if other.piece.y > hit.piece.y and not other.piece.same_row(hit.piece)]
        near = [other for other in later if other.piece.y - hit.piece.y < _NEXT_ROW * hit.piece.height]
        follows = min(near, key=lambda other: (other.piece.y, other.piece.x0, other.begin), default=None)
        if follows is None:
            return None
        if _NAME.match(follows.piece.text.text[: follows.begin]):
            return Part(follows.piece, 0, follows.begin)
        left = first.piece.box(first.begin, first.stop).x0
        if follows.piece.same_row(first.piece):
            return None
        under = [piece for piece in self.unclaimed if piece.same_row(follows.piece) and piece.x1 < follows.piece.x0]
        aligned = len(under) == 1 and abs(under[0].x0 - left) < _ALIGNED * hit.piece.height
        return _whole(under[0]) if aligned and _NAME.match(under[0].text.text) else None

    def _room(self, piece: Piece) -> float:
        """How far right a line may run: to the next column of the page, or to its edge."""
        near = [other for other in self.pieces if other.page == piece.page and other.x0 > piece.x1]
        level = [other.x0 for other in near if abs(other.y - piece.y) < _NEXT_ROW * piece.height]
        return min(level, default=self._edge[piece.page])

    def _continued(self, hit: Hit, parts: Sequence[Part]) -> Part | None:
        """The next line, where it starts without label and at the left of the value."""
        last = parts[-1].piece
        edge = max(hit.piece.x0, parts[0].piece.x0) + last.height
        later = [
            piece for piece in self.pieces if piece.page == last.page and piece.y > last.y and not piece.same_row(last)
        ]
        # The row of a cell beside it may lie between, where that cell holds one line and this one two.
        below = [piece for piece in later if piece.x0 < edge]
        first = min(below or later, key=lambda piece: (piece.y, piece.x0), default=None)
        if first is None:
            return None
        leader = min((piece for piece in later if piece.same_row(first)), key=lambda piece: piece.x0)
        near = leader.y - last.y < _NEXT_ROW * max(last.height, leader.height)
        goes_on = leader.text.text[:1] in _GOES_ON
        return _whole(leader) if near and (leader.x0 < edge or goes_on) and id(leader) not in self._labels else None


def _whole(piece: Piece) -> Part:
    return Part(piece, 0, len(piece.text.text))


def _order(found: Sequence[Piece]) -> Callable[[Piece], int]:
    """Reading order: the place of a piece's first line among those found."""
    place = {id(line): at for at, piece in enumerate(found) for line in piece.lines}
    return lambda piece: place[id(piece.lines[0])]
