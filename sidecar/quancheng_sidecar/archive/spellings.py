"""Dates and document numbers, which people write in several ways, in one spelling.

`2026-03-01`, `2026/3/1`, `2026.3.1` and 二〇二六年三月一日 become `2026年3月1日`; `〔2020〕第01号` becomes
`〔2020〕01号`. A text keeps its own spelling beside this one, so both are found.
"""

import re
from typing import NamedTuple

_CHINESE: dict[str, int] = dict(zip("〇○零一二三四五六七八九元正", (0, 0, 0, *range(1, 10), 1, 1), strict=True))

_FIGURES = (
    r"(?<![0-9.])(?P<y>(?:19|20)[0-9]{2}) *(?P<sep>[-/.]) *(?P<m>0?[1-9]|1[0-2]) *(?P=sep) *"
    r"(?P<d>0?[1-9]|[12][0-9]|3[01])(?![0-9]|\.[0-9])"
)
_WORDS = (
    r"(?P<cy>[一二][〇○零一二三四五六七八九 ]{3,6}) *年 *(?P<cm>[一二三四五六七八九十元正]{1,2}) *月 *"
    r"(?P<cd>[一二三四五六七八九十]{1,3}) *日"
)
_ORDINAL = r"(?P<year>\( *[12][0-9]{3} *\)) *第 *(?=[0-9])"
_VARIANT = re.compile(f"{_FIGURES}|{_WORDS}|{_ORDINAL}")


class Respelled(NamedTuple):
    """A text in the one spelling. `places` are the changed stretches as (start, end) in `text`.

    `origin` gives for each of its characters the place in the text it was made from.
    """

    text: str
    origin: list[int]
    places: list[tuple[int, int]]


def respell(folded: str) -> Respelled | None:
    """The folded text in the one spelling; None when it already is."""
    text: list[str] = []
    origin: list[int] = []
    places: list[tuple[int, int]] = []
    done = 0
    for found in _VARIANT.finditer(folded):
        new = _spelling(found)
        if new is None:
            continue
        text.append(folded[done : found.start()])
        origin.extend(range(done, found.start()))
        places.append((len(origin), len(origin) + len(new)))
        text.append(new)
        last = found.end() - 1
        origin.extend(min(found.start() + step, last) for step in range(len(new)))
        done = found.end()
    if not places:
        return None
    text.append(folded[done:])
    origin.extend(range(done, len(folded)))
    return Respelled("".join(text), origin, places)


def _spelling(found: re.Match[str]) -> str | None:
    if found["year"]:
        return found["year"]
    if found["y"]:
        return f"{found['y']}年{found['m']}月{found['d']}日"
    year = "".join(str(_CHINESE[figure]) for figure in found["cy"] if figure != " ")
    month, day = _count(found["cm"]), _count(found["cd"])
    if len(year) != len("2026") or month is None or day is None:
        return None
    return f"{year}年{month}月{day}日"


def _count(words: str) -> int | None:
    """二十三 → 23; None for what is no number below 100."""
    tens, ten, ones = words.rpartition("十")
    try:
        if not ten:
            return _CHINESE[words]
        return 10 * (_CHINESE[tens] if tens else 1) + (_CHINESE[ones] if ones else 0)
    except KeyError:
        return None
