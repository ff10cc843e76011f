"""One spelling for characters that print alike, with the way back to the text as it was read."""

import unicodedata
from dataclasses import dataclass

_SAME = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―─━−ー﹣", "-"),
        **dict.fromkeys("〜∼∽˜", "~"),
        **dict.fromkeys("∶︰﹕ː", ":"),
        **dict.fromkeys("◯⃝", "○"),
        "點": "点",
        "時": "时",
        "號": "号",
        "訖": "讫",
    }
)
# A blank on a form is printed as a rule that is often read along with what was written on it.
_RULE = frozenset("_＿▁﹍﹎￣")
_IGNORED = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True)
class Folded:
    """`text` in one spelling; `origin[i]` is the index in the source of the character `text[i]`."""

    text: str
    origin: tuple[int, ...]
    source: str

    def raw(self, begin: int, stop: int) -> str:
        """The source's own characters behind `text[begin:stop]`."""
        if begin >= stop:
            return ""
        return self.source[self.origin[begin] : self.origin[stop - 1] + 1]

    def span(self, begin: int, stop: int) -> tuple[int, int]:
        """Begin and stop in the source of `text[begin:stop]`."""
        if begin >= stop:
            place = self.origin[begin] if begin < len(self.origin) else len(self.source)
            return place, place
        return self.origin[begin], self.origin[stop - 1] + 1


def fold(text: str, *, spaces: bool = True) -> Folded:
    """Half widths (NFKC), one kind of dash, tilde and colon, no ruled blanks, single spaces.

    With `spaces=False` all white space goes: print spaces letters out (`案  由`) at will.
    """
    kept: list[str] = []
    origin: list[int] = []
    for index, source in enumerate(text):
        if source in _IGNORED:
            continue
        written = " " if source in _RULE else unicodedata.normalize("NFKC", source).translate(_SAME)
        for char in written:
            if not char.isspace():
                kept.append(char)
                origin.append(index)
            elif spaces and kept and kept[-1] != " ":
                kept.append(" ")
                origin.append(index)
    return Folded("".join(kept), tuple(origin), text)


def squeeze(text: str) -> str:
    """`text` folded, without any white space."""
    return fold(text, spaces=False).text
