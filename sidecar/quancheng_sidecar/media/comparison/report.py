"""Value objects of a comparison; these are also the JSON of `quancheng recording compare`."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from quancheng_plugin.sentence import Sentence

Span = tuple[float, float]
"""Begin and end in seconds of one recording, from its first frame."""


class Relation(StrEnum):
    """What B is to A, the archived recording."""

    IDENTICAL = "identical"
    """The same bytes."""
    SAME_CONTENT = "same-content"
    """B holds all of A and nothing else, wrapped or encoded anew."""
    EXCERPT = "excerpt"
    """B is one continuous piece of A."""
    CONTAINS = "contains"
    """A is one continuous piece of B."""
    PARTIAL_OVERLAP = "partial-overlap"
    """Pieces are shared; something was removed, added, moved, reversed or replaced."""
    UNRELATED = "unrelated"
    """Nothing shared was found."""


class Evidence(StrEnum):
    """How firm the relation is, by what most of the shared time rests on."""

    SAME_BYTES = "same-bytes"
    SAME_CODED_FRAMES = "same-coded-frames"
    TWO_SENSES = "two-senses"
    """Two of picture, sound and burnt-in clock agree."""
    LOOKS_ALIKE = "looks-alike"
    """One sense alone; with `unrelated`, not enough to say that anything is shared."""

    @property
    def zh(self) -> str:
        """The evidence as a person reads it."""
        return _EVIDENCE_ZH[self]


_EVIDENCE_ZH = {
    Evidence.SAME_BYTES: "逐字节相同",
    Evidence.SAME_CODED_FRAMES: "编码帧相同",
    Evidence.TWO_SENSES: "画面、声音、时钟中两项相符",
    Evidence.LOOKS_ALIKE: "仅一项相似",
}


class Sense(StrEnum):
    """What a range rests on."""

    BYTES = "bytes"
    CODED_PICTURE = "coded-picture"
    CODED_SOUND = "coded-sound"
    PICTURE = "picture"
    SOUND = "sound"
    CLOCK = "clock"


CODED = frozenset({Sense.CODED_PICTURE, Sense.CODED_SOUND})
SEEN = frozenset({Sense.CODED_PICTURE, Sense.PICTURE})
HEARD = frozenset({Sense.CODED_SOUND, Sense.SOUND})


def evidence_of(by: frozenset[Sense]) -> Evidence:
    """How firm a piece is that rests on these senses."""
    if Sense.BYTES in by:
        return Evidence.SAME_BYTES
    if Sense.CODED_PICTURE in by or (by <= HEARD and by & CODED):
        return Evidence.SAME_CODED_FRAMES
    senses = bool(by & SEEN) + bool(by & HEARD) + (Sense.CLOCK in by)
    return Evidence.TWO_SENSES if senses > 1 else Evidence.LOOKS_ALIKE


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Range(_Value):
    """A piece of A that is a piece of B. In a piece that runs backwards (`speed` −1) both still rise."""

    a: Span
    b: Span
    by: tuple[Sense, ...]
    speed: float = 1.0
    """Seconds of A that pass in a second of B."""
    mirrored: bool = False
    turned: int = 0
    """Degrees clockwise by which B's picture is turned: 0, 90, 180 or 270."""

    @property
    def evidence(self) -> Evidence:
        """How firm this piece is by itself."""
        return evidence_of(frozenset(self.by))


class Comparison(_Value):
    """How recording B is related to the archived recording A.

    `evidence` is None only where nothing at all looks alike. `score` is the part of the shorter recording's time that
    the ranges hold, 0 to 1. `ranges` rise in B. `missing` are spans of A that no range holds, `added` spans of B.
    `unsure` are spans of B that only look or sound alike: neither they nor what they are like is missing or added.
    `swapped` says that pieces stand in another order. `remarks` say what the figures do not, and what is unsure.
    """

    relation: Relation
    evidence: Evidence | None
    score: Annotated[float, Field(ge=0, le=1)]
    ranges: tuple[Range, ...]
    missing: tuple[Span, ...] = ()
    added: tuple[Span, ...] = ()
    unsure: tuple[Span, ...] = ()
    swapped: bool = False
    remarks: tuple[Sentence, ...] = ()
