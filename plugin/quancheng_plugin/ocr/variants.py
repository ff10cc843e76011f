"""Letters that print in two forms: the engine's model knows 处 and 處 apart and takes one for the other.

On a page of simplified print, as all of a bureau's are, a traditional letter between simplified ones is such a
mistake. In regular script (楷体) they are common, and often sure.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources

# Of the letters of a page that have two forms, so many at most are traditional where the page is not.
_MOST = 1 / 3


def in_print(texts: Sequence[str]) -> list[str]:
    """The lines of one page in the letters of its print: simplified ones, unless the page is a traditional one."""
    simplified, every = _simplified(), "".join(texts)
    traditional = sum(ord(letter) in simplified for letter in every)
    if traditional > _MOST * sum(map(has_two_forms, every)):
        return list(texts)
    return [text.translate(simplified) for text in texts]


def has_two_forms(letter: str) -> bool:
    """Whether there is a traditional and a simplified form, so that the engine parts its certainty between them."""
    return letter in _two_forms()


@cache
def _simplified() -> dict[int, str]:
    """The simplified letter of each traditional one, by its number in Unicode."""
    written = resources.files(__package__).joinpath("traditional.txt").read_text(encoding="utf-8")
    pairs = "".join(line for line in written.splitlines() if not line.startswith("#"))
    return dict(zip(map(ord, pairs[::2]), pairs[1::2], strict=True))


@cache
def _two_forms() -> frozenset[str]:
    return frozenset(map(chr, _simplified())) | frozenset(_simplified().values())
