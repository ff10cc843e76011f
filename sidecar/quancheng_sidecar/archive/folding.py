"""One spelling for what people write in many: width, case, kinds of brackets, dashes and quotes.

Folding works character by character, so the folding of a piece is a piece of the folding: whatever
stands in a text is found by any piece of it.
"""

import re
import unicodedata
from collections.abc import Sequence

# The brackets of document numbers come as 〔〕 [] () （） 【】 on real forms; all count as one pair.
_OPENING = "([{〔【〖〘〚﹝⟦"
_CLOSING = ")]}〕】〗〙〛﹞⟧"
_DASHES = "-‐‑‒–—―−﹘﹣－"
_DOUBLE_QUOTES = '"“”„‟〝〞＂'
_SINGLE_QUOTES = "'‘’‚‛＇"
_MIDDLE_DOTS = "·•‧∙⋅・･"

_ONE_FOR_MANY = {
    **dict.fromkeys(_OPENING, "("),
    **dict.fromkeys(_CLOSING, ")"),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_DOUBLE_QUOTES, '"'),
    **dict.fromkeys(_SINGLE_QUOTES, "'"),
    **dict.fromkeys(_MIDDLE_DOTS, "·"),
}

# Characters for the product's own use, out of a private plane: texts are folded without them.
_OWN = 0xF0000
_OWN_END = 0xF1000

# Figures that are part of a sign (①, ², ㎡, ½) must not run together with the figures beside them:
# `①2020` is not the number 12020. They are folded to one own character per value.
LONE_FIGURES = {chr(_OWN + value): str(value) for value in range(1000)}
"""What each of those characters stands for."""

SPACE = chr(_OWN + 0x800)
"""Unit of a space that counts."""

END = chr(_OWN + 0x801)
"""Unit behind the last of a text: no query has it, so nothing is found across the border of two texts."""


_FIGURES = re.compile("[0-9]+")
_ONE_TO_ONE: set[str] = set()  # characters seen so far that fold to one


class _Folding(dict[int, str]):
    """Table for `str.translate` that fills itself."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _fold_character(chr(point))
        if len(folded) == 1:
            _ONE_TO_ONE.add(chr(point))
        return folded


_TABLE = _Folding()


def fold(text: str) -> str:
    """The text in the one spelling; characters that nobody sees (controls, zero-width, surrogates) are left out."""
    return text.translate(_TABLE)


def origin_of(text: str, folded: str) -> Sequence[int]:
    """For each character of `folded`, the folding of `text`: the place in `text` that it came from."""
    if len(text) == len(folded) and _ONE_TO_ONE.issuperset(text):
        return range(len(folded))
    return [place for place, character in enumerate(text) for _ in _TABLE[ord(character)]]


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace():
        return " "
    if category in {"Cc", "Cf", "Cs"} or _OWN <= ord(character) < _OWN_END or _is_variation_selector(character):
        return ""
    if character in _ONE_FOR_MANY:
        return _ONE_FOR_MANY[character]
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    folded = "".join(_fold_part(part) for part in folded)
    return folded if category == "Nd" else _FIGURES.sub(_lone, folded)


def _lone(figures: re.Match[str]) -> str:
    # No sign of Unicode has more than three figures.
    return chr(_OWN + int(figures[0]))


def _fold_part(part: str) -> str:
    if part.isspace():
        return " "
    if unicodedata.category(part) == "Nd":
        return str(unicodedata.decimal(part))
    return _ONE_FOR_MANY.get(part, part)


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
