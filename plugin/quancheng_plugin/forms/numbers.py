"""Numbers of documents 文书编号: `机关简称+文书简称〔年份〕序号号`."""

import re

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.forms import numerals
from quancheng_plugin.forms.glyphs import Folded, fold, squeeze

# After NFKC the brackets ［ ］ （ ） ｛ ｝ are half width already.
_OPEN = r"[〔\[({【〖「『〈《<]"
_CLOSE = r"[〕\])}】〗」』〉》>]"
_D = r"[0-9OoQDIl|!〇○]"
_HAN = r"[\u3400-\u9fff々〇]"
# What stands before the year: office and kind, in Chinese characters, at times with a part in brackets.
_PART = rf"{_OPEN} ?{_HAN}{{1,6}} ?{_CLOSE}"
_PREFIX = rf"(?:{_HAN}|[A-Za-z0-9·.-]|{_PART}| (?=\S)){{0,29}}{_HAN}(?:{_PART})?"
_BRANCH = r"(?P<branch>(?: ?- ?[0-9]{1,3})|之[一二三四五六七八九十])?"
_YEAR_PART = rf"(?P<year>{_D}(?: ?{_D}){{3}}) ?年?"
_SERIAL = rf"第? ?(?P<serial>{_D}(?: ?{_D}){{0,6}}){_BRANCH} ?(?P<speck>[.,·'])? ?号(?P<part>之[一二三四五六七八九十])?"
_NUMBER = re.compile(rf"(?P<prefix>{_PREFIX}) ?(?P<open>{_OPEN})? ?{_YEAR_PART} ?(?P<close>{_CLOSE})? ?{_SERIAL}")
# The older way: （2026）闽渔罚字第15号.
_YEAR_FIRST = re.compile(
    rf"(?<!{_HAN})(?P<open>{_OPEN}) ?{_YEAR_PART} ?(?P<close>{_CLOSE}) ?"
    rf"(?P<words>{_HAN}(?: ?{_HAN}){{1,19}}? ?字) ?{_SERIAL}"
)
# Words that lead up to a number without being part of it.
_LEAD = re.compile(
    r"^.*(?:"
    r"[文编案字]号|号码|编码|依据|根据|按照|以及|作出的|下达的|送达的|收到|文号为|编号为|[:：,;]"
    # The print shop's own count of its sheets: No.0003421.
    r"|(?:N[Oo0][.:]? ?)?[0-9]{3,}"
    # Short words and office names only where enough is left to be a number's own prefix.
    r"|(?:书|表|单|函|见|笔录|回证|回执|凭证|记录|报告) ?(?=..[^ ])|[省市县区].{0,14}(?:局|[总支大]队)(?=..[^ ])"
    r")\s*(?=\S)"
)
_YEAR = re.compile(r"([〔\[［(（{【〖])([0-9]{4})([〕\]］)）}】〗])")
_PAIRS = frozenset({"〔〕", "[]", "()", "{}", "【】", "〖〗"})
_YEARS = range(1980, 2100)


class NumberText(BaseModel):
    """A number as written: `text[begin:stop]` is `raw`; `repaired` when a character had to be replaced."""

    model_config = ConfigDict(frozen=True)

    raw: str
    normalised: str
    begin: int
    stop: int
    year: int
    serial: str
    repaired: bool = False


def find_numbers(text: str) -> tuple[NumberText, ...]:
    """Every number in `text`, in its order. Never raises.

    A number with one bracket lost, or with a letter in a digit's place, is given as `repaired`;
    one without any bracket is no number.
    """
    folded = fold(text)
    matches = [*_NUMBER.finditer(folded.text), *_YEAR_FIRST.finditer(folded.text)]
    found = (_number(folded, match) for match in sorted(matches, key=lambda match: match.start()))
    return tuple(number for number in found if number is not None)


def normalise(text: str) -> str:
    """The number in one spelling for matching: `闽鼎海渔执罚〔2020〕218号`.

    Widths, spaces, kinds of brackets, 第 and leading zeros do not count, nor does a last 号 that people leave
    out. A text that is no number comes back with its widths and spaces evened out, so that it can still be compared.
    """
    even = fold(text, spaces=False).text
    found = find_numbers(text) or [number for number in find_numbers(f"{even}号") if number.begin == 0]
    return found[0].normalised if found else even


def even_brackets(text: str) -> str:
    """`text` with 〔〕 around a year whose two brackets are not of one kind: one of them was misread."""
    return _YEAR.sub(lambda year: year[0] if squeeze(year[1] + year[3]) in _PAIRS else f"〔{year[2]}〕", text)


def _number(folded: Folded, match: re.Match[str]) -> NumberText | None:
    year, serial = numerals.parse(match["year"]), numerals.parse(match["serial"])
    brackets = (match["open"] is not None) + (match["close"] is not None)
    if year is None or serial is None or year.value not in _YEARS or not brackets:
        return None
    begin, words = match.start(), ""
    if match.re is _NUMBER:
        begin += _lead(match["prefix"])
        prefix = folded.text[begin : match.end("prefix")]
        if not prefix:
            return None
    else:
        prefix, words = "", match["words"].replace(" ", "")
    branch, part = (match["branch"] or "").replace(" ", ""), match["part"] or ""
    source_begin, source_stop = folded.span(begin, match.end())
    return NumberText(
        raw=folded.raw(begin, match.end()),
        normalised=f"{_even(prefix)}〔{year.value}〕{words}{serial.value}{branch}号{part}",
        begin=source_begin,
        stop=source_stop,
        year=year.value,
        serial=f"{serial.value}{branch}",
        repaired=year.repaired or serial.repaired or brackets == 1 or match["speck"] is not None,
    )


def _lead(prefix: str) -> int:
    lead = _LEAD.match(prefix)
    return lead.end() if lead else len(prefix) - len(prefix.lstrip())


def _even(prefix: str) -> str:
    """Brackets inside the prefix as half-width round ones, without spaces."""
    return re.sub(_CLOSE, ")", re.sub(_OPEN, "(", prefix.replace(" ", "")))
