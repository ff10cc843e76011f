"""The grammar of written moments: which characters belong to the year, the day, the hour, and so on.

Nothing is valued here; `dates.py` decides what the pieces mean.
"""

import re
from dataclasses import dataclass, replace

from quancheng_plugin.forms.numerals import DIGIT

# A number that may be spaced out, or a blank that nobody filled in.
_N = rf"(?:{DIGIT}(?: ?{DIGIT}){{0,7}})?"
_DAY = r"[日号曰]"
_WEEKDAY = r"(?: ?\(? ?(?:星期|周|礼拜) ?(?P<weekday>[一二三四五六日天]) ?\)?)?"
_HALF = r"(?P<half>上午|下午|中午|凌晨|清晨|早上|早晨|傍晚|晚上|晚间|夜间|午后|早|晚)"

_DATE = (
    r"(?:"
    rf"(?:(?P<year>{_N}) ?年 ?)?(?P<month>元|{_N}) ?月 ?(?P<day>{_N}) ?(?P<daymark>{_DAY})"
    r"|(?<![0-9])(?P<iso_year>[0-9]{4}) ?(?P<iso_mark>[-./]) ?(?P<iso_month>[0-9]{1,2}) ?(?P=iso_mark) ?"
    # A day of two digits may be followed by the hour at once, where a scanner lost the space.
    r"(?P<iso_day>[0-9][0-9](?=[0-9][0-9] ?:)|(?<=[-./]0[1-9][-./])[0-9][0-9](?=[0-9] ?:)|[0-9]{1,2}(?![0-9]))T?"
    r")"
)
_MINUTE = (
    rf"(?:(?P<sharp>整)|(?P<part>半|[一三13] ?刻)"
    rf"|(?P<minute>{_N}) ?分(?!钟|之) ?(?:(?P<second>{DIGIT}(?: ?{DIGIT})?) ?秒)?"
    r"|(?P<bare_minute>[0-9] ?[0-9])(?! ?[0-9])|(?P<stray>[0-9])?)"
)
_COLON = (
    r"(?:(?<![0-9])|(?<=[-./][0-9][0-9]))(?P<colon_hour>[0-9OoIl|]{1,2}) ?: ?"
    r"(?P<colon_minute>[0-9OoIl|]{2})(?![0-9])(?: ?: ?(?P<colon_second>[0-9][0-9])(?![0-9]))?"
)
_CLOCK = (
    rf"(?:{_HALF} ?)?"
    rf"(?:(?P<hour>{_N}) ?[时点](?!间|候|期) ?{_MINUTE}|{_COLON})"
    r"(?: ?(?P<about>许|左右|前后|余))?"
)
_BETWEEN = r"[ ,、;:从自]*"

MOMENT = re.compile(rf"{_DATE}{_WEEKDAY}(?:{_BETWEEN}{_CLOCK})?")
"""A date, with or without a time after it."""
TIME_ONLY = re.compile(_CLOCK)
"""A time without a date."""
# A dash read as 一: before digits, a relative day, or a Chinese number that 一 cannot begin.
_DASH = r"一(?= ?(?:[0-9]|次日|翌日|当日|同日|二 ?十|[一二] ?[〇○零九Oo0]))"
SEPARATOR = re.compile(
    r"(?P<before>[ ,;]*(?:\([^()0-9:时点分]{1,12}\))?[ ,;]*(?:起始|起|开始|始)?[ ,;]*)"
    rf"(?:(?P<word>至|到|止(?= ?:)|-+|~+|{_DASH})|(?P<unread>[^0-9\s,.;:()年月日时分点]?))[ ,;:]*"
)
"""What joins start and end; a dash is often read as 一, and 至 as some other character (`unread`)."""
LATER_DATE = re.compile(
    rf"(?:(?P<next>次日|翌日|第二[天日])|(?P<same>当日|当天|同日|本日)|(?P<day>{DIGIT}(?: ?{DIGIT})?) ?{_DAY})[ ,]*"
)
"""The short date an end may have: a day alone, or a word for the same or next day."""


@dataclass(frozen=True)
class Pieces:
    """The characters of one moment by place; None where the place is not printed at all.

    An empty string is a printed blank that nobody filled in.
    """

    begin: int
    stop: int
    year: str | None = None
    month: str | None = None
    day: str | None = None
    weekday: str | None = None
    relative: int | None = None
    half: str | None = None
    hour: str | None = None
    minute: str | None = None
    second: str | None = None
    about: bool = False
    repaired: bool = False


def moment_at(match: re.Match[str]) -> Pieces:
    """The pieces of a match of MOMENT."""
    found = match.groupdict()
    iso = found["iso_year"] is not None
    return replace(
        time_at(match),
        year=found["iso_year"] if iso else found["year"],
        month=found["iso_month"] if iso else "1" if found["month"] == "元" else found["month"],
        day=found["iso_day"] if iso else found["day"],
        weekday=found["weekday"],
        repaired=found["daymark"] == "曰",
    )


def time_at(match: re.Match[str]) -> Pieces:
    """The pieces of a match of TIME_ONLY."""
    found = match.groupdict()
    minute = found["minute"]
    if found["sharp"]:
        minute = "00"
    elif found["part"]:
        minute = {"半": "30", "一": "15", "1": "15"}.get(found["part"][0], "45")
    elif found["bare_minute"]:
        minute = found["bare_minute"]
    return Pieces(
        begin=match.start(),
        stop=match.end(),
        half=found["half"],
        hour=found["colon_hour"] or found["hour"],
        minute=found["colon_minute"] or minute,
        second=found["colon_second"] or found["second"],
        about=found["about"] is not None,
    )
