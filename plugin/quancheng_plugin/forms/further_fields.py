"""The further labelled fields of a form: ship, people, places and whatever else its catalogue names."""

import re
from collections.abc import Sequence

from quancheng_plugin.forms.catalogue import FieldSpec, Form, Role
from quancheng_plugin.forms.cells import Labelled
from quancheng_plugin.forms.label_index import SIGNED_QUALITY, LabelIndex
from quancheng_plugin.forms.layout import Piece, least_sure
from quancheng_plugin.forms.numbers import even_brackets
from quancheng_plugin.forms.parties import clean_value, people_of, runs_together
from quancheng_plugin.forms.reading import FieldRead

_KEPT = frozenset({Role.SHIP, Role.PEOPLE, Role.PLACE, Role.OTHER})
_WRAPPED = 0.8
_SPECK = re.compile(r"(?<=[\u3400-\u9fff])[.'`,](?=[\u3400-\u9fff])")  # dust read as a point inside a word
_FIGURE = re.compile(r"[0-9]")
_BOX = re.compile(r"[□☐☑☒■✓✔√]")
_SHIP = re.compile(r"[\u3400-\u9fff]{2,4}渔.?[0-9]{4,5}号?$")
# The mark after the minutes of a position is small and is the first to be lost: 26°34、
_MINUTES_LOST = re.compile(r"[°度] ?(?:[0-9]{3}|[0-9]{1,2}(?![0-9.′'’´分]))")


def further_fields(values: Sequence[Labelled], head: int, form: Form | None, index: LabelIndex) -> dict[str, FieldRead]:
    """The first filled value of every further field; of a field that may stand several times, all of them.

    The first `head` values are the form's head: below it officers sign, and their names are no further ones.
    """
    fields: dict[str, FieldRead] = {}
    for at, value in enumerate(values):
        spec = value.hit.spec
        if spec is None or spec.role not in _KEPT or not value.parts:
            continue
        signed = value.hit.quality <= SIGNED_QUALITY
        again = spec.several and (spec.role is not Role.PEOPLE or (at < head and not signed))
        if spec.key in fields and not again:
            continue
        read = _field(value, spec, form, index)
        if read is not None:
            fields[spec.key] = _joined(fields[spec.key], read) if spec.key in fields else read
    return fields


def labels_lost(form: Form | None, values: Sequence[Labelled], strays: Sequence[Piece]) -> dict[str, str]:
    """The fields whose label was found nowhere though the sheet has it: key and usual label.

    Every sheet of the form has it, or a ship's name stands on this one without any.
    """
    sure = (value.hit for value in values if value.parts or value.hit.quality > SIGNED_QUALITY)
    found = {hit.spec.key for hit in sure if hit.spec}
    specs, printed = (form.fields, set(form.printed)) if form else ((), set[str]())
    if any(_SHIP.match(stray.text.text) for stray in strays):
        printed |= {spec.key for spec in specs if spec.role is Role.SHIP}
    return {spec.key: spec.labels[0] for spec in specs if spec.key in printed - found}


def _field(value: Labelled, spec: FieldSpec, form: Form | None, index: LabelIndex) -> FieldRead | None:
    wraps = value.full and value.wrapped is not None and not _of_another(value.wrapped.raw, spec.role)
    longer = value.with_wrapped() if wraps else value
    text = _text_of(longer.raw, spec.role)
    if not text:
        return None
    confidence = min(longer.confidence, _WRAPPED if wraps else 1.0, 1.0 if form else _WRAPPED)
    for person in value.also:
        text = f"{text}、{clean_value(person.raw)}"
        confidence = min(confidence, least_sure(person.raw, person.letters))
    if _looks_wrong(text, spec) or _undecided(text, spec, form) or index.leads(text):
        confidence = min(confidence, _WRAPPED)
    return FieldRead(
        label=value.hit.label, value=text, raw=longer.raw, page=longer.page, box=longer.box, confidence=confidence
    )


def _of_another(line: str, role: Role) -> bool:
    """Whether a next line cannot go on with a value of `role`: no name of a person holds a figure."""
    return role is Role.PEOPLE and _FIGURE.search(line) is not None


def _text_of(raw: str, role: Role) -> str:
    match role:
        case Role.OTHER:
            text = even_brackets(" ".join(raw.split()).lstrip(":：").rstrip(".。,，;；、"))
            # The bracket that a number stood in with its label.
            return text if "(" in text or "（" in text else text.rstrip(")）")
        case Role.PEOPLE:
            return people_of(raw)
        case _:
            return clean_value(raw)


def _looks_wrong(text: str, spec: FieldSpec) -> bool:
    """Whether a value is not of the shape of its kind, however sure the engine is of its characters."""
    if spec.shape and not re.fullmatch(spec.shape, text):
        return True
    # A name holds no figure: something of the next cell ran in.
    if spec.role is Role.PEOPLE and (_FIGURE.search(text) or runs_together(text)):
        return True
    return bool(_MINUTES_LOST.search(text) or _SPECK.search(text))


def _undecided(text: str, spec: FieldSpec, form: Form | None) -> bool:
    """Whether a printed choice stands there and what was ticked is not sure: ticks are the first to be misread."""
    asked = form.requirement if form else None
    words = (*asked.always, *asked.optional) if asked and asked.field == spec.key else ()
    return bool(_BOX.search(text)) or sum(word in text for word in words) > 1


def _joined(first: FieldRead, further: FieldRead) -> FieldRead:
    """Both values, where the second says something new; page and box stay those of the first."""
    if further.value in first.value:
        return first
    return first.model_copy(
        update={
            "value": f"{first.value}、{further.value}",
            "raw": f"{first.raw}、{further.raw}",
            "confidence": min(first.confidence, further.confidence),
        }
    )
