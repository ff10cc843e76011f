"""Pieces that two recordings share: found layer by layer, each borne out or not by the other layers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.clocks import Clocks
from quancheng_sidecar.media.comparison.coded_layer import CodedLayer
from quancheng_sidecar.media.comparison.course import polished, stretches
from quancheng_sidecar.media.comparison.lines import Line, Span
from quancheng_sidecar.media.comparison.picture_layer import STILL_S, PictureLayer
from quancheng_sidecar.media.comparison.report import CODED, HEARD, SEEN, Sense
from quancheng_sidecar.media.comparison.senses import Layer
from quancheng_sidecar.media.comparison.sound_layer import SoundLayer
from quancheng_sidecar.media.comparison.traits import Traits

_ROUNDS = 4
"""How often a layer looks again at what is left: a still scene would propose without end."""

_SLIVER_S = 0.5
_SNAP_S = 2.5
_JOINED_S = 1.5
_CLOCK_S = 1.5


@dataclass(frozen=True)
class Piece:
    """A span of B on one line of A, and what it rests on.

    `told`: its pictures agree on this line and on no other; `once`: its sound does. `sound_differs`, `picture_differs`:
    something else is clearly heard, or seen, there. `clock_ahead_s`: by how much B's clock is ahead of A's there, None
    where they were not read.
    """

    line: Line
    b: Span
    by: frozenset[Sense]
    told: bool = False
    once: bool = False
    mirrored: bool = False
    turned: int = 0
    sound_differs: bool = False
    picture_differs: bool = False
    clock_ahead_s: float | None = None

    @property
    def firm(self) -> bool:
        """Whether it holds by more than a still picture or a sound, either of which another day may share."""
        return self.told or bool(self.by & {*CODED, Sense.CLOCK})

    @property
    def a(self) -> Span:
        """The span of A, rising."""
        begin, end = (self.line.offset + self.line.speed * t for t in self.b)
        return (min(begin, end), max(begin, end))


@dataclass(frozen=True)
class Found:
    """Pieces that are shared, rising in B, and those that only look or sound alike."""

    shared: tuple[Piece, ...]
    alike: tuple[Piece, ...]


def find_pieces(a: Traits, b: Traits, clocks: Clocks | None = None) -> Found:
    """Find what two recordings share, surest layer first; what one layer holds is not given to another.

    `clocks` are their burnt-in clocks, where both were read with certainty.
    """
    search = _Search(a, b, clocks)
    for layer in search.layers:
        search.propose(layer)
    search.doubt()
    search.grow()
    return Found(tuple(sorted(search.shared, key=lambda piece: piece.b)), tuple(search.alike))


class _Search:
    """One search: the layers of both recordings, and what was found so far."""

    def __init__(self, a: Traits, b: Traits, clocks: Clocks | None) -> None:
        self.shared: list[Piece] = []
        self.alike: list[Piece] = []
        self._both_seen = a.seen and b.seen
        self._one_is_plain = bool(len(a.pictures)) != bool(len(b.pictures))
        self._clocks = clocks
        self._picture = PictureLayer(a.pictures, b.pictures) if len(a.pictures) and len(b.pictures) else None
        self._sound = SoundLayer(a, b) if len(a.sound) and len(b.sound) else None
        coded: list[Layer] = [
            CodedLayer(sense, some, others)
            for sense, some, others in (
                (Sense.CODED_PICTURE, a.coded_picture, b.coded_picture),
                (Sense.CODED_SOUND, a.coded_sound, b.coded_sound),
            )
            if len(some) and len(others)
        ]
        self.layers: list[Layer] = [*coded, *(layer for layer in (self._sound, self._picture) if layer is not None)]

    def propose(self, layer: Layer) -> None:
        """Judge the stretches on which this layer agrees; then look again at what is left."""
        tried: list[Span] = []
        for _ in range(_ROUNDS):
            found = stretches(layer, layer.free_of([*self._taken, *tried]))
            for line, first, last in found:
                tried.append(layer.span_of(line, first, last))
                self._judge(self._seen_too(line, tried[-1]) if layer is self._sound else line, tried[-1])
            if not found:
                return

    @property
    def _taken(self) -> list[Span]:
        return [piece.b for piece in self.shared]

    def _seen_too(self, line: Line, span: Span) -> Line:
        """Lay a line that was heard, and so is vague, as the pictures would have it; as it was where they disagree.

        Still pictures would have any line, at any speed: there what is heard must tell on it too.
        """
        if self._picture is None or self._sound is None:
            return line
        inside = _inside(self._picture, span)
        places, heard = np.flatnonzero(inside), np.flatnonzero(_inside(self._sound, span))
        if not len(places):
            return line
        seen = polished(self._picture, line, int(places[0]), int(places[-1]), inside)
        tells = self._sound.telling(seen, int(heard[0]), int(heard[-1])) or self._picture.telling(
            seen, int(places[0]), int(places[-1])
        )
        return seen if tells and self._picture.spans(seen, inside) else line

    def _judge(self, line: Line, span: Span) -> None:
        pieces = list(self._on(line, span))
        sure = [piece for piece in pieces if self._is_shared(piece)]
        if any((piece.by & SEEN and piece.by & HEARD) or piece.by & CODED for piece in sure):
            # Where the line is sure, sound alone may go on over a frozen or covered picture.
            sure = [piece for piece in pieces if piece in sure or not piece.by & SEEN]
        self.shared += sure
        self.alike += [piece for piece in pieces if piece not in sure]

    def _is_shared(self, piece: Piece) -> bool:
        if piece.by & CODED:
            return True
        if piece.by & SEEN and piece.by & HEARD:
            return piece.told or piece.once or Sense.CLOCK in piece.by
        if piece.by & HEARD:
            return piece.once and not self._both_seen
        return Sense.CLOCK in piece.by or piece.told

    def doubt(self) -> None:
        """Believe nothing where both clocks were read and none of it agrees with them: an announcement, a ring tone.

        They are heard in one still room on many days.
        """
        if self._clocks and not any(piece.firm for piece in self.shared):
            self.alike += self.shared
            self.shared = []

    def grow(self) -> None:
        """Let shared pieces go on along their lines over free time that looks alike and is heard as nothing else."""
        for piece in tuple(self.shared):
            begin, end = piece.b
            for more in self._on(piece.line, (begin - STILL_S, end + STILL_S)):
                joined = max(more.b[0] - end, begin - more.b[1]) <= _JOINED_S
                if joined and more.by & piece.by and not more.sound_differs:
                    self.shared.append(more)
                    begin, end = min(begin, more.b[0]), max(end, more.b[1])

    def _on(self, line: Line, within: Span) -> Iterator[Piece]:
        """Cut the free time of B within a span wherever another set of layers begins to agree on a line."""
        spans: dict[Sense, list[Span]] = {}
        told: list[Span] = []
        once: list[Span] = []
        for layer in self.layers:
            ends = layer.spans(line, layer.free_of(self._taken) & _inside(layer, within))
            if isinstance(layer, PictureLayer):
                told += [span for first, last in ends for span in layer.told(line, first, last)]
            else:  # a still picture may bear out other senses; a hum, silence or black frames bear out nothing
                ends = [(first, last) for first, last in ends if layer.telling(line, first, last)]
            if isinstance(layer, SoundLayer):
                once = [layer.span_of(line, first, last) for first, last in ends if layer.once(line, first, last)]
            spans[layer.sense] = [layer.span_of(line, first, last) for first, last in ends]
        taken = self._taken
        for begin, end in pairwise(_cuts(spans, [*told, *taken])):
            middle = (begin + end) / 2
            by = frozenset(sense for sense, some in spans.items() if _holds(some, middle))
            if by and end - begin >= _SLIVER_S and not _holds(taken, middle):
                piece = Piece(line, (begin, end), by, told=_holds(told, middle), once=_holds(once, middle))
                yield self._witnessed(piece)

    def _witnessed(self, piece: Piece) -> Piece:
        by = piece.by
        ahead = self._clocks.apart(piece.line, piece.b) if self._clocks and by & SEEN else None
        if ahead is not None and abs(ahead) <= _CLOCK_S:
            by |= {Sense.CLOCK}
        # At another speed or pitch the same sound is heard as another.
        comparable = self._sound is not None and piece.line.as_it_was and not by & HEARD
        differs = comparable and self._sound is not None and self._sound.contradicts(piece.line, *piece.b)
        piece = replace(piece, by=by, sound_differs=differs, clock_ahead_s=ahead)
        if not by & SEEN and self._both_seen:
            other = self._picture.contradicts(piece.line, *piece.b) if self._picture else self._one_is_plain
            return replace(piece, picture_differs=other)
        if self._picture is None or Sense.PICTURE not in by:
            return piece
        return replace(piece, mirrored=self._picture.mirrored(piece.line), turned=self._picture.turned(piece.line))


def _inside(layer: Layer, span: Span) -> npt.NDArray[np.bool_]:
    return (layer.b >= span[0] - layer.step_s / 2) & (layer.b < span[1] + layer.step_s / 2)


def _holds(spans: Sequence[Span], at: float) -> bool:
    return any(begin <= at < end for begin, end in spans)


def _cuts(spans: dict[Sense, list[Span]], others: Sequence[Span]) -> list[float]:
    """Give all ends of spans, rising; those of sound, which is vague in time, are drawn to those of pictures nearby."""
    firm = sorted({edge for sense, some in spans.items() if sense is not Sense.SOUND for span in some for edge in span})
    snapped = [(_snapped(begin, firm), _snapped(end, firm)) for begin, end in spans.get(Sense.SOUND, [])]
    if Sense.SOUND in spans:
        spans[Sense.SOUND] = snapped
    cuts: list[float] = []
    for edge in sorted({*firm, *(edge for span in (*snapped, *others) for edge in span)}):
        if not cuts or edge - cuts[-1] >= _SLIVER_S / 2:
            cuts.append(edge)
    return cuts


def _snapped(edge: float, firm: Sequence[float]) -> float:
    near = min(firm, key=lambda one: abs(one - edge), default=edge)
    return near if abs(near - edge) <= _SNAP_S else edge
