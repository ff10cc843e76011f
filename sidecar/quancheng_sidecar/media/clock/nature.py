"""Whether what runs in the picture with a date beside it is a clock of the day at all; pure.

A count of the recording's length and a clock that was started at midnight look the same, and so do a clock that was
never set and one on New Year's morning: only another witness tells them apart.
"""

import re
from datetime import datetime

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.clock.time_text import normalise

_DAY_S = 86400.0
_ZERO_S = 2.0
"""A counter starts this near to the recording's first picture."""
_COUNTED = re.compile(
    r"(?<![A-Za-z])(?:REC|TCR?|DUR|TIME\s?CODE|ELAPSED)(?![A-Za-z])|已录|录制|时长|计时", re.IGNORECASE
)
"""Words beside a count of a recording's length."""
APART = " | "
"""Between the text of a time and that of its date, where that is a line of its own."""


def begins_at_zero(of_day: float) -> bool:
    """Whether a time of day (seconds since midnight, at the recording's begin) began at zero with the recording."""
    return abs((of_day + _DAY_S / 2) % _DAY_S - _DAY_S / 2) <= _ZERO_S


def nature_doubts(start: datetime, raw: str) -> tuple[Sentence, ...]:
    """Reasons why what shows `start` at the recording's begin, in the text `raw`, may be no clock that was set.

    It began at midnight with the recording; it stands beside a word for recorded time and counts less than an hour, or
    has its date in another line (an excerpt, or a later segment, of a counted recording); or it is in the first hour
    of a year, where cameras begin that lost their time.
    """
    found = []
    time, line, _ = raw.partition(APART)
    of_day = start.hour * 3600 + start.minute * 60 + start.second + start.microsecond / 1e6
    if begins_at_zero(of_day):
        found.append(
            Sentence(
                zh="画面时间在录像开头恰为零时，可能是录制计时，也可能是恰在零时开始，仅凭画面不能区分",
                en="it shows midnight where the recording begins: a count of its length and a clock that was started"
                " at midnight cannot be told apart by the picture alone",
            )
        )
    elif line and _COUNTED.search(normalise(time)):
        found.append(
            Sentence(
                zh="时间旁有录制、计时字样，日期在另一行，可能是录制计时",
                en="it stands beside a word for recorded time and its date in another line: it may count the"
                " recording's length",
            )
        )
    elif not start.hour and _COUNTED.search(normalise(raw)):
        found.append(
            Sentence(
                zh="画面时间不足一小时，旁有录制、计时字样，可能是录制计时",
                en="it shows less than an hour beside a word for recorded time: it may count the recording's length",
            )
        )
    if (start.month, start.day, start.hour) == (1, 1, 0):
        found.append(
            Sentence(
                zh="画面时间在元旦零时之内，像是设备断电后时钟复位、未重新设置",
                en="it shows the first hour of a year, where devices begin that lost their time",
            )
        )
    return tuple(found)


def nature_findings(doubts: tuple[Sentence, ...], *, borne_out: bool) -> tuple[Finding, ...]:
    """For review, unless another witness bears the clock out (`borne_out`): then for information."""
    if not doubts:
        return ()
    zh, en = "；".join(doubt.zh for doubt in doubts), "; ".join(doubt.en for doubt in doubts)
    tail = Sentence(
        zh="请核对文件名、文件时间或经办人的说明", en="please check with the file's name, its time or its maker"
    )
    if borne_out:
        tail = Sentence(zh="另有依据与之相符", en="another witness agrees with it")
    return (
        Finding(
            code="clock-or-counter",
            severity=Severity.INFO if borne_out else Severity.LOW,
            sentence=Sentence(
                zh=f"画面上走动的时间不一定是时钟：{zh}。{tail.zh}。",
                en=f"What runs in the picture may be no clock that was set: {en}; {tail.en}.",
            ),
            figures={"reasons": len(doubts), "borne_out": borne_out},
        ),
    )
