"""The form's own number: under a label of its own or beside the title, never one that the body cites."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quancheng_plugin.forms.catalogue import Role
from quancheng_plugin.forms.cells import Labelled
from quancheng_plugin.forms.glyphs import squeeze
from quancheng_plugin.forms.layout import Piece, least_sure
from quancheng_plugin.forms.numbers import NumberText, find_numbers, normalise
from quancheng_plugin.forms.reading import NumberRead

# A line beside the title that holds more than the number is a sentence that cites one.
_ALONE = re.compile(r"[.,:·\-]{0,2}[)）〕\]】]?$")
# The print shop's own count of its sheets may stand before it, or the bracket that the whole number stands in.
_COUNTED = re.compile(r"(?:(?:N[Oo0][.:]?)?[0-9]{3,})?[.,:·\-]{0,2}[(（〔\[【]?$")
# A year and a count, or a count with its 号; neither a date nor a number that nobody filled in yet.
_REMNANT = re.compile(r"(?:20[0-9]{2}[^0-9年.:-]{1,3}[0-9]+号?|[0-9〇一二三四五六七八九十][)]?号)[)]?$")
# Where the letter begins: its addressee, or a sentence.
_SENTENCE = re.compile(r"[,。;]|:$")
_REPAIRED = 0.6
_IN_TABLE = 0.8
_NO_NUMBER = 0.5
_OF_THE_CASE = frozenset({"案号", "案件编号"})


@dataclass(frozen=True)
class NumberFound:
    """The number read, and another one that stands with equal right.

    `remnant`: none was read, but what is left of one stands where it would: `海渔检2026〕18`.
    """

    read: NumberRead | None
    contradicts: str | None = None
    remnant: str | None = None

    @property
    def year(self) -> int | None:
        """The year between its brackets."""
        numbers = find_numbers(self.read.normalised) if self.read else ()
        return numbers[0].year if numbers else None


def find_own_number(values: Sequence[Labelled], head: Sequence[Piece], title: Sequence[Piece]) -> NumberFound:
    """The form's number among its labelled values, in its head, or read along with its title.

    `head` are the pieces above the first label of a value.
    """
    found = [
        read for value in values if value.hit.role is Role.NUMBER and value.parts and (read := _labelled(value, head))
    ]
    head = _above_letter(head)
    labelled = {id(value.hit.piece) for value in values if value.hit.role is Role.NUMBER}
    found += [read for piece in head if id(piece) not in labelled and (read := _beside_title(piece, alone=True))]
    found += [read for piece in title if (read := _beside_title(piece, alone=False))]
    if not found:
        left = (piece.source for piece in head if _REMNANT.search(piece.text.text))
        return NumberFound(None, remnant=next(left, None))
    best = max(found, key=lambda read: read.confidence)
    other = next((read.raw for read in found if read.normalised != best.normalised), None)
    return NumberFound(best, other)


def _above_letter(head: Sequence[Piece]) -> list[Piece]:
    """The pieces before the first sentence: what the letter itself cites is not its own number."""
    for place, piece in enumerate(head):
        if _SENTENCE.search(piece.text.text) and not find_numbers(piece.text.source):
            return list(head[:place])
    return list(head)


def _labelled(value: Labelled, head: Sequence[Piece]) -> NumberRead | None:
    numbers = find_numbers(" ".join(part.raw for part in value.parts))
    in_head = any(value.hit.piece is piece for piece in head)
    if not in_head and not value.hit.colon and not numbers:
        return None
    # In a table 文号 may be the second line of a label for the document that is served.
    sure = in_head or value.hit.label in _OF_THE_CASE
    confidence = value.confidence if sure else min(value.confidence, _IN_TABLE)
    if numbers:
        number = numbers[0]
        confidence = min(confidence, _REPAIRED) if number.repaired or len(numbers) > 1 else confidence
        raw, normalised = number.raw, number.normalised
    elif any(char.isdigit() for char in value.text):
        confidence, raw, normalised = min(confidence, _NO_NUMBER), value.raw, normalise(value.raw)
    else:
        return None  # the blank of a number that nobody filled in
    return NumberRead(raw=raw, normalised=normalised, page=value.page, box=value.box, confidence=confidence)


def _beside_title(piece: Piece, *, alone: bool) -> NumberRead | None:
    source = piece.text.source
    numbers = find_numbers(source)
    if len(numbers) != 1 or (alone and not _stands_alone(source, numbers[0])):
        return None
    number = numbers[0]
    begin = piece.text.text.find(number.raw.replace(" ", "")[:2])
    # What stands before it, such as the print shop's count, is judged by nobody.
    sure = least_sure(number.raw, piece.letters[number.begin : number.stop])
    return NumberRead(
        raw=number.raw,
        normalised=number.normalised,
        page=piece.page,
        box=piece.box(max(begin, 0), len(piece.text.text)),
        confidence=min(sure, _REPAIRED if number.repaired else 1.0),
    )


def _stands_alone(source: str, number: NumberText) -> bool:
    before, after = squeeze(source[: number.begin]), squeeze(source[number.stop :])
    return _COUNTED.match(before) is not None and _ALONE.match(after) is not None
