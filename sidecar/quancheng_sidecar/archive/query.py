"""What a person typed, as terms that must all be found. Nothing that can be typed is an error."""

import re
from typing import NamedTuple

from quancheng_sidecar.archive.folding import fold
from quancheng_sidecar.archive.spellings import respell
from quancheng_sidecar.archive.units import folded_units

TERMS_MAX = 32
"""Terms of one query that count; more make a query slow, not better."""

UNITS_MAX = 400
"""Units of one term that count: no other text shares so long a piece by chance."""

# A document number copied with the spaces that OCR put into it is one term, not several.
_SPACED_NUMBER = re.compile(r"\( *((?:19|20)[0-9]{2}) *\) *(第?) *([0-9]+)(?: *(号))?")
_QUOTED = re.compile(r'"([^"]*)"')


class Term(NamedTuple):
    """A piece that must be found: as any of its spellings, each a run of units.

    With `open_start` a number at its start may be the end of a longer one (`*218`), with `open_end` a number
    at its end the beginning of a longer one (`218*`).
    """

    spellings: tuple[tuple[str, ...], ...]
    open_start: bool = False
    open_end: bool = False


def parse(query: str) -> tuple[Term, ...]:
    """The terms of a query: separated by spaces, or held together by quotes; empty when nothing is left to find."""
    folded = _SPACED_NUMBER.sub(r"(\1)\2\3\4", fold(query))
    terms: list[Term] = []
    for index, piece in enumerate(_QUOTED.split(folded)):
        terms += [_term(piece)] if index % 2 else map(_starred, piece.split())
    # Only quotes were typed: then they are what is looked for.
    terms = [term for term in terms if term.spellings] or [_term(folded)]
    return tuple(dict.fromkeys(term for term in terms if term.spellings))[:TERMS_MAX]


def _starred(piece: str) -> Term:
    """A piece whose stars beside figures at its ends stand for further figures; other stars are themselves."""
    body = piece.strip("*")
    start = bool(body) and piece[0] == "*" and body[0] in "0123456789"
    end = bool(body) and piece[-1] == "*" and body[-1] in "0123456789"
    if start:
        piece = piece.lstrip("*")
    if end:
        piece = piece.rstrip("*")
    return Term(_term(piece).spellings, start, end)


def _term(folded: str) -> Term:
    respelled = respell(folded)
    spellings = [folded_units(folded), *([folded_units(respelled.text)] if respelled else [])]
    return Term(tuple(dict.fromkeys(tuple(units[:UNITS_MAX]) for units in spellings if units)))
