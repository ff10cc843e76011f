"""The labels of a form by their spelling, however a scanner read them."""

import re
from dataclasses import dataclass, field
from functools import cache, cached_property

from quancheng_plugin.forms.catalogue import Catalogue, FieldSpec, Form, Role
from quancheng_plugin.forms.glyphs import squeeze
from quancheng_plugin.forms.layout import Piece

# Characters that scanners take for one another in printed labels.
_ALIKE = str.maketrans(
    "査杳亊入问闻闫闽吋对挡捡险桧迭爱末己巳曰奌彔迖扯仼舩讯", "查查事人间间间间时时当检检检送受未已已日点录达址任船询"
)
SIGNED = re.compile(r"(?:\((?:[^()]*(?:签|章|捺印|指印)[^()]*)\)|签[名字章](?:[或、和及/]?[盖捺][章印])?|盖章)$")
"""How a label ends where a person signs."""
_SHORTEST_FUZZY = 3
_FUZZY_QUALITY = 0.8
SIGNED_QUALITY = 0.8
"""How sure a signature is as the value of a field."""


@dataclass(frozen=True)
class Hit:
    """A label in a piece: `begin` to `value` is the label with its colon, the value starts at `value`.

    `crowds`: it follows a value without any gap, so that where the value ends is not certain.

    `owner`: so many of its first characters are the name of the person whose number follows (`王某执法证号：`).

    `spec` is None for a label that carries nothing to keep. `quality` (0..1) says how sure the match is.
    """

    piece: Piece
    begin: int
    value: int
    label: str
    spec: FieldSpec | None
    quality: float = 1.0
    colon: bool = True
    known: bool = True
    body: bool = False
    crowds: bool = False
    owner: int = 0

    @property
    def role(self) -> Role | None:
        """The role of its field."""
        return self.spec.role if self.spec else None


@dataclass(frozen=True)
class LabelIndex:
    """Every label that may stand on a form, by its spelling without spaces."""

    fields: dict[str, FieldSpec]
    stops: frozenset[str]
    bodies: frozenset[str]
    spelling: dict[str, str] = field(default_factory=dict)

    @cached_property
    def every(self) -> frozenset[str]:
        """All spellings."""
        return frozenset(self.fields) | self.stops | self.bodies

    @cached_property
    def starts(self) -> frozenset[str]:
        """All beginnings of labels."""
        return frozenset(label[:size] for label in self.every for size in range(1, len(label)))

    @cached_property
    def longest(self) -> int:
        """Length of the longest label."""
        return max(map(len, self.every))

    @cached_property
    def lookalikes(self) -> dict[str, str]:
        """Labels by the spelling in which characters that look alike are one."""
        return {alike(label): label for label in sorted(self.every)}

    @cached_property
    def by_length(self) -> dict[int, tuple[str, ...]]:
        """Labels that may be matched with one character wrong."""
        lengths: dict[int, list[str]] = {}
        for label in sorted(self.every):
            if len(label) >= _SHORTEST_FUZZY:
                lengths.setdefault(len(label), []).append(label)
        return {length: tuple(labels) for length, labels in lengths.items()}

    def find(self, text: str, *, fuzzy: bool = True) -> tuple[str, float] | None:
        """The label that `text` is, with how sure that is, or None."""
        if text in self.every:
            return text, 1.0
        if (even := self.lookalikes.get(alike(text))) is not None:
            return even, 0.97
        if not fuzzy:
            return None
        near = [label for label in self.by_length.get(len(text), ()) if _one_wrong(label, text)]
        return (near[0], _FUZZY_QUALITY) if len(near) == 1 else None

    def leads(self, text: str) -> bool:
        """Whether `text` begins with a label: it may be one whose cell ran together with its value's."""
        return any(text[:end] in self.every for end in range(_SHORTEST_FUZZY, min(len(text), self.longest) + 1))

    def hit(
        self, piece: Piece, span: tuple[int, int], found: tuple[str, float], *, colon: bool, crowds: bool = False
    ) -> Hit:
        """The hit of a label that was found; where a person signs, the name may be that of the field (`询问人签名`)."""
        label, quality = found
        spec, signer = self.fields.get(label), self.fields.get(SIGNED.sub("", label))
        if spec is None and signer is not None and signer.role is Role.PEOPLE:
            spec, quality = signer, min(quality, SIGNED_QUALITY)
        spelled = self.spelling.get(label, label)
        return Hit(piece, *span, spelled, spec, quality, colon, body=label in self.bodies, crowds=crowds)


@cache
def label_index(catalogue: Catalogue, form: Form | None) -> LabelIndex:
    """The labels of `form`, and those of all other forms as ends of values; without a form, every field."""
    fields: dict[str, FieldSpec] = {}
    spelling: dict[str, str] = {}
    for spec in form.fields if form else (spec for other in catalogue.forms for spec in other.fields):
        for label in spec.labels:
            fields.setdefault(squeeze(label), spec)
            spelling.setdefault(squeeze(label), label)
    others = (label for other in catalogue.forms for spec in other.fields for label in spec.labels)
    stops = {squeeze(label) for label in (*catalogue.stops, *others)} - set(fields)
    return LabelIndex(fields, frozenset(stops), frozenset(map(squeeze, catalogue.bodies)), spelling)


def alike(text: str) -> str:
    """`text` with characters that scanners take for one another made one."""
    return text.translate(_ALIKE)


def _one_wrong(label: str, text: str) -> bool:
    return sum(a != b for a, b in zip(label, text, strict=True)) == 1
