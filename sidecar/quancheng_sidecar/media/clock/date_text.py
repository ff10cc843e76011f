"""Dates in a line of recognised text, each with every order in which it can be read."""

import re
from dataclasses import dataclass
from datetime import date

_SEP = r"\s?[-/.·,_~]\s?"
_BEFORE_TIME = r"(?=\d{1,2}\s?[:;.时時点]\s?\d|\d{6}(?:\d{3})?(?!\d)|\d{4}[:;.]\d\d)"
_END = rf"(?:(?!\d)|{_BEFORE_TIME})"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS_AS_READ = "jan|feb|mar|apr|may|jun|ju[l1i|]|aug|[s5]ep|[o0]ct|n[o0]v|dec"
_MONTH = rf"(?P<name>{_MONTHS_AS_READ})[a-z]*\.?"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_WEEKDAY = re.compile(
    r"(?:星期|周|礼拜|週)\s?(?P<zh>[一二三四五六日天])|(?<![A-Za-z])(?P<en>mon|tue|wed|thu|fri|sat|sun)(?![b-z])[a-z]*",
    re.IGNORECASE,
)
_NAME = re.compile(r"日期|时间|(?<![A-Za-z])(?:date|time)(?![A-Za-z])", re.IGNORECASE)
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_YEAR_FIRST = (
    re.compile(rf"{_YEAR}\s?年\s?(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})\s?(?:[日号曰]|{_END})"),
    re.compile(rf"{_YEAR}{_SEP}(?P<m>\d{{1,2}}){_SEP}(?P<d>\d\d|\d(?!\d)){_END}"),
    re.compile(rf"(?<!\d){_YEAR}:(?P<m>\d\d):(?P<d>\d\d)(?![:\d])"),
    re.compile(rf"{_YEAR}{_SEP}(?P<m>\d{{1,2}}){_SEP}(?P<d>\d)(?=\d\d\s?[:;]\s?\d\d\s?[:;])"),
    # A separator that the recogniser lost: only between padded figures.
    re.compile(rf"(?<!\d){_YEAR}(?:{_SEP}|\s)(?P<m>\d\d)(?P<d>\d\d){_END}"),
    re.compile(rf"(?<!\d){_YEAR}(?P<m>\d\d){_SEP}(?P<d>\d\d){_END}"),
    re.compile(rf"(?<!\d){_YEAR}\s(?P<m>\d\d)\s(?P<d>\d\d){_END}"),
    re.compile(rf"(?<!\d){_YEAR}(?P<m>\d\d)(?P<d>\d\d){_END}"),
)
_NAMED = (
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s\-/.,]*{_MONTH}[\s\-/.,']*{_YEAR}", re.IGNORECASE),
    re.compile(rf"{_MONTH}[\s\-/.,]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s\-/.,]+{_YEAR}(?![:\d])", re.IGNORECASE),
    re.compile(rf"{_YEAR}[\s\-/.,]*{_MONTH}[\s\-/.,]*(?P<d>\d\d|\d(?!\d))", re.IGNORECASE),
    re.compile(rf"{_MONTH}\s*(?P<d>\d{{1,2}})\s(?=\d\d?:\d\d:\d\d)\S+\s?(?:\w+\s)?{_YEAR}", re.IGNORECASE),
)
_YEAR_LAST = re.compile(rf"(?<!\d)(?P<a>\d{{1,2}})(?P<sep>{_SEP})(?P<b>\d{{1,2}}){_SEP}{_YEAR}{_END}")
_SHORT_CHINESE = re.compile(r"(?<!\d)(?P<y>\d\d)\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]")
_SHORT = re.compile(rf"(?<![\d.:/-])(?P<a>\d\d){_SEP}(?P<b>\d\d){_SEP}(?P<c>\d\d){_END}(?![-/])")
_CENTURY = 2000
_NEXT = 2
"""Characters that may part a date from its day of the week: `2026-03-01 (Sun)`."""


@dataclass(frozen=True)
class DateRead:
    """A date as read: every day it may mean, by the order of its figures (`ymd`, `mdy`, `dmy`)."""

    readings: tuple[tuple[str, date], ...]
    span: tuple[int, int]
    weekday: int | None = None
    """0 Monday … 6 Sunday, where one is written in the same text."""
    weekday_beside: bool = False
    """Whether that stands beside the date: `SAT:12` behind the time may count satellites."""

    @property
    def ambiguous(self) -> bool:
        """Whether the figures alone do not settle the day."""
        return len({day for _, day in self.readings}) > 1


def weekday_in(text: str) -> int | None:
    """Find a day of the week: 0 Monday … 6 Sunday; None when there is none."""
    found = _WEEKDAY.search(text)
    return None if found is None else _number(found)


def _number(found: re.Match[str]) -> int:
    if found["zh"]:
        return 6 if found["zh"] == "天" else _WEEKDAYS_ZH.index(found["zh"])
    return _WEEKDAYS_EN.index(found["en"].lower())


def dates_in(text: str) -> tuple[DateRead, ...]:
    """Find every date in a normalised text (`time_text.normalise`), best notation first, none overlapping."""
    weekday = _WEEKDAY.search(text)
    found: list[DateRead] = []
    for span, readings in _all(text):
        free = all(span[1] <= other.span[0] or other.span[1] <= span[0] for other in found)
        if free and readings:
            beside = weekday is not None and _beside(weekday.span(), span)
            found.append(DateRead(readings, span, None if weekday is None else _number(weekday), beside))
    return tuple(found)


def words_beside(text: str, day: DateRead) -> int:
    """Letters that stand in a date's text and are neither its name nor a day of the week."""
    rest = _WEEKDAY.sub(" ", f"{text[: day.span[0]]} {text[day.span[1] :]}")
    return sum(letter.isalpha() for letter in _NAME.sub(" ", rest))


def _beside(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return -1 <= max(a[0], b[0]) - min(a[1], b[1]) <= _NEXT


type _Found = tuple[tuple[int, int], tuple[tuple[str, date], ...]]


def _all(text: str) -> list[_Found]:
    found: list[_Found] = [
        (match.span(), _days((("ymd", match["y"], match["m"], match["d"]),)))
        for pattern in _YEAR_FIRST
        for match in pattern.finditer(text)
    ]
    for match in (match for pattern in _NAMED for match in pattern.finditer(text)):
        month = _MONTHS.index(_month_name(match["name"])) + 1
        found.append((match.span(), _days((("ymd", match["y"], str(month), match["d"]),))))
    for match in _YEAR_LAST.finditer(text):
        a, b, year = match["a"], match["b"], match["y"]
        found.append((match.span(), _days((("mdy", year, a, b), ("dmy", year, b, a)))))
    found += [
        (match.span(), _days((("ymd", match["y"], match["m"], match["d"]),))) for match in _SHORT_CHINESE.finditer(text)
    ]
    for match in _SHORT.finditer(text):
        a, b, c = match["a"], match["b"], match["c"]
        found.append((match.span(), _days((("ymd", a, b, c), ("mdy", c, a, b), ("dmy", c, b, a)))))
    return found


def _month_name(read: str) -> str:
    """The month's three letters, where figures were read for letters."""
    name = read.lower()
    return "jul" if name.startswith("ju") and name != "jun" else name.replace("0", "o").replace("5", "s")


def _days(written: tuple[tuple[str, str, str, str], ...]) -> tuple[tuple[str, date], ...]:
    days = []
    for order, year, month, day in written:
        full = int(year) if len(year) > 2 else _CENTURY + int(year)  # noqa: PLR2004 — two figures
        try:
            days.append((order, date(full, int(month), int(day))))
        except ValueError:
            continue
    return tuple(days)
