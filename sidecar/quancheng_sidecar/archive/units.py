"""A text as the units that search compares: every character is one, every number is one.

Numbers are units, so `218号` is no piece of `1218号`; every other piece of a text, of any length, is a
run of its units. Leading zeros do not count (`03月` is `3月`), but after a decimal point they do.
Spaces count only between letters or figures of alphabetic scripts: OCR puts them between Chinese characters.
"""

import re
from hashlib import blake2b
from typing import NamedTuple

from quancheng_sidecar.archive.folding import END, LONE_FIGURES, SPACE, fold
from quancheng_sidecar.archive.spellings import respell

NUMBER_MAX = 64
"""A number of more figures is told apart by a digest; no index takes words of any length."""

_LETTER = r"[0-9a-z\u00df-\u024f\u0300-\u05ff\u0600-\u06ff\u1100-\u11ff]"
# A zero that other figures follow is skipped, unless the number stands behind a decimal point.
_UNIT = re.compile(
    rf"(?<={_LETTER}) (?= *{_LETTER})|(?<=[0-9]\.)[0-9]+|[1-9][0-9]*|0(?![0-9])|[^ 0-9]",
)
_LETTERS = re.compile(_LETTER)
_LONG_NUMBER = re.compile(rf"[0-9]{{{NUMBER_MAX + 1}}}")
_NAMES = {" ": SPACE, **LONE_FIGURES}


class Span(NamedTuple):
    """A unit and where it stands in the folded text."""

    unit: str
    start: int
    end: int


def units(text: str) -> list[str]:
    """The units of a text."""
    return folded_units(fold(text))


def folded_units(folded: str) -> list[str]:
    """The units of a folded text."""
    name = _NAMES.get
    found = [name(unit, unit) for unit in _UNIT.findall(folded)]
    if _LONG_NUMBER.search(folded):
        return [_bounded(unit) for unit in found]
    return found


def spans(folded: str) -> list[Span]:
    """The units of a folded text, each with its place."""
    return [
        Span(_bounded(_NAMES.get(found[0], found[0])), found.start(), found.end()) for found in _UNIT.finditer(folded)
    ]


def is_letter(unit: str) -> bool:
    """Whether a unit belongs to the scripts that part words by spaces."""
    return _LETTERS.match(unit) is not None


def _bounded(unit: str) -> str:
    if len(unit) <= NUMBER_MAX:
        return unit
    return unit[: NUMBER_MAX // 2] + blake2b(unit.encode(), digest_size=8).hexdigest()


CONTEXT = 16
"""Units on each side of a respelled date or number that are kept with it."""


def searchable(*texts: str) -> list[str]:
    """All units under which texts are found, each text closed by `END`.

    Every text stands there as it is written; its dates and document numbers stand there once more in the
    one spelling, with what stands around them.
    """
    found: list[str] = []
    for text in texts:
        folded = fold(text)
        found += folded_units(folded)
        found.append(END)
        respelled = respell(folded)
        if respelled:
            for window in _windows(spans(respelled.text), respelled.places):
                found += window
                found.append(END)
    return found


def _windows(text: list[Span], places: list[tuple[int, int]]) -> list[list[str]]:
    """The units around `places`; stretches that touch become one."""
    bounds: list[list[int]] = []
    index = 0
    for start, end in places:
        while index < len(text) and text[index].end <= start:
            index += 1
        last = index
        while last < len(text) and text[last].start < end:
            last += 1
        if bounds and index - CONTEXT <= bounds[-1][1]:
            bounds[-1][1] = last + CONTEXT
        else:
            bounds.append([max(0, index - CONTEXT), last + CONTEXT])
    return [[span.unit for span in text[begin:stop]] for begin, stop in bounds]
