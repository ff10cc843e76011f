"""The rules of search carried out on units held in memory: for texts that no index has yet."""

import re
from collections.abc import Iterable

from quancheng_sidecar.archive.query import Term

_BETWEEN = "\x1f"  # a control character, so never part of a unit


class UnitText:
    """Units made ready to be searched."""

    def __init__(self, units: Iterable[str]) -> None:
        self._text = _BETWEEN + _BETWEEN.join(units) + _BETWEEN

    def has_all(self, terms: Iterable[Term]) -> bool:
        """Whether every term is found."""
        return all(self.has(term) for term in terms)

    def has(self, term: Term) -> bool:
        """Whether the term is found in any of its spellings."""
        return any(self._has(spelling, term) for spelling in term.spellings)

    def _has(self, spelling: tuple[str, ...], term: Term) -> bool:
        wanted = _BETWEEN.join(spelling)
        if not (term.open_start or term.open_end):
            return f"{_BETWEEN}{wanted}{_BETWEEN}" in self._text
        before = "[0-9]*" if term.open_start else ""
        after = "[0-9]*" if term.open_end else ""
        return re.search(f"{_BETWEEN}{before}{re.escape(wanted)}{after}{_BETWEEN}", self._text) is not None
