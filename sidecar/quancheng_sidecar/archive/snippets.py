"""The piece of a document that shows why it was found, with the places to highlight."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from quancheng_sidecar.archive.folding import LONE_FIGURES, SPACE, fold, origin_of
from quancheng_sidecar.archive.port import Snippet
from quancheng_sidecar.archive.query import Term
from quancheng_sidecar.archive.spellings import respell
from quancheng_sidecar.archive.units import NUMBER_MAX, is_letter

BEFORE = 24
"""Characters of a snippet before the first match."""

LENGTH = 96
"""Characters of a snippet."""

_UNITS_SHOWN = 80  # units of a term that are highlighted; a snippet holds hardly more
_STRETCH = 4096  # characters looked through at a time
_OVERLAP = 512  # more than any pattern spans
_LONE_BY_VALUE = {value: character for character, value in LONE_FIGURES.items()}


def snippet(terms: Sequence[Term], texts: Iterable[tuple[str, str]]) -> Snippet:
    """The piece of the first text, given as (source, text), that shows a match; else the start of the first text."""
    patterns = [pattern for term in terms for pattern in _patterns(term)]
    first: tuple[str, str] | None = None
    for source, text in texts:
        first = first or (source, text)
        places = sorted(_places(patterns, text))
        if places:
            return _cut(source, text, places)
    source, text = first or ("text", "")
    return _cut(source, text, [])


def _places(patterns: Sequence[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """(start, end) of the matches in the first stretch of `text` that has any: a book is not read to its end for it."""
    for begin in range(0, max(len(text), 1), _STRETCH - _OVERLAP):
        end = begin + _STRETCH
        # What touches the edge of a stretch may be cut there; it lies whole in the neighbour, which overlaps.
        low, high = (1 if begin else 0), (_STRETCH - 1 if end < len(text) else _STRETCH)
        found = [place for place in _within(patterns, text[begin:end]) if low <= place[0] and place[1] <= high]
        if found:
            return [(begin + start, begin + stop) for start, stop in found]
    return []


def _within(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[tuple[int, int]]:
    folded = fold(text)
    origin = origin_of(text, folded)
    missed = []
    for pattern in patterns:
        found = [*_near(pattern, folded)]
        yield from ((origin[start], origin[end - 1] + 1) for start, end in found)
        if not found and "[0-9]" in pattern.pattern:  # only where numbers stand do spellings differ
            missed.append(pattern)
    respelled = respell(folded) if missed else None
    if respelled is None:
        return
    for pattern in missed:
        for start, end in _near(pattern, respelled.text):
            yield origin[respelled.origin[start]], origin[respelled.origin[end - 1]] + 1


def _near(pattern: re.Pattern[str], folded: str) -> Iterator[tuple[int, int]]:
    first = pattern.search(folded)
    if first:
        # Matches a snippet away from the first will not be shown.
        yield from (found.span() for found in pattern.finditer(folded, first.start(), first.end() + 2 * LENGTH))


def _cut(source: str, text: str, places: list[tuple[int, int]]) -> Snippet:
    first = places[0][0] if places else 0
    start = max(0, min(first - BEFORE, len(text) - LENGTH))
    end = min(len(text), start + LENGTH)
    marks: list[tuple[int, int]] = []
    for begin, stop in ((max(a, start) - start, min(b, end) - start) for a, b in places if a < end and b > start):
        if marks and begin <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(stop, marks[-1][1]))
        else:
            marks.append((begin, stop))
    return Snippet(source=source, text=re.sub(r"\s", " ", text[start:end]), marks=tuple(marks))


def _patterns(term: Term) -> Iterator[re.Pattern[str]]:
    for spelling in term.spellings:
        units = spelling[:_UNITS_SHOWN]
        pieces = [_unit(unit) for unit in units]
        if term.open_start:
            pieces[0] = f"[0-9]*{units[0]}(?![0-9])"
        if term.open_end and len(units) == len(spelling):
            pieces[-1] = f"(?<![0-9])[0-9]*{units[-1]}[0-9]*" if term.open_start else f"(?<![0-9])0*{units[-1]}[0-9]*"
        gaps = [_gap(one, next_one) for one, next_one in pairwise(units)]
        yield re.compile("".join(piece + gap for piece, gap in zip(pieces, [*gaps, ""], strict=True)))


def _gap(one: str, next_one: str) -> str:
    """Spaces that may stand between two units without counting."""
    both_letters = is_letter(one) and is_letter(next_one)
    return "" if both_letters or SPACE in {one, next_one} else " *"


def _unit(unit: str) -> str:
    if unit == SPACE:
        return " +"
    if not unit[0].isdecimal():
        return re.escape(unit)
    if len(unit) > 1 and unit[0] == "0":
        return rf"(?<=[0-9]\.){unit}(?![0-9])"
    figures = unit if len(unit) < NUMBER_MAX // 2 else unit[: NUMBER_MAX // 2] + "[0-9]*"
    lone = f"|{_LONE_BY_VALUE[unit]}" if unit in _LONE_BY_VALUE else ""
    return rf"(?:(?<![0-9])(?<![0-9]\.)0*{figures}(?![0-9])|(?<=[0-9]\.){figures}(?![0-9]){lone})"
