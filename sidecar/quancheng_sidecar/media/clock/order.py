"""From when to when a burnt-in clock shows, and whether it goes on in order; pure.

Where parts of a recording were exchanged or repeated, the clock of its first and last picture are not its start and
end: these are the earliest and the latest moment shown. Where the clock was set ahead, its first picture may be wrong.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.clock.burnt_in import ClockFit

_MEET_S = 3.0
"""Stretches this near each other on the clock follow on: each edge is known to a look, and copying loses a little."""
_NEAR_S = 2.0
_HALF_DAY = timedelta(hours=12)
_HOUR_S = 3600.0
_NOT_TAKEN = Sentence(zh="起止未采画面时间", en="start and end are not taken from it")


def is_setting(by_s: float) -> bool:
    """Whether a jump of so many seconds looks like a clock that was set: half a day and more, or whole hours."""
    size = abs(by_s)
    off = min(size % _HOUR_S, _HOUR_S - size % _HOUR_S)
    return size >= _HALF_DAY.total_seconds() or (size >= _HOUR_S / 2 and off <= _NEAR_S)


def moments(fit: ClockFit, last_at: float) -> tuple[datetime, datetime | None]:
    """The earliest and the latest moment shown between media seconds 0 and `last_at`.

    No latest one (None) where the clock's order is broken and its stretches do not make one whole: it may have been
    set, or misread for a while.
    """
    if not any(_turned_back(fit)):
        return fit.clock(0.0), fit.clock(last_at)
    shown = sorted(_stretches(fit, last_at))
    whole, until = True, shown[0][1]
    for begin, end in shown[1:]:
        whole = whole and (begin - until).total_seconds() <= _MEET_S
        until = max(until, end)
    return shown[0][0], until if whole else None


def _stretches(fit: ClockFit, last_at: float) -> Iterator[tuple[datetime, datetime]]:
    """What each piece shows, from halfway to the piece before it to halfway to the one behind."""
    edges = [0.0, *((a.end + b.begin) / 2 for a, b in pairwise(fit.pieces)), last_at]
    for piece, (begin, end) in zip(fit.pieces, pairwise(edges), strict=True):
        first, last = sorted((fit.on(piece, begin), fit.on(piece, end)))
        yield first, last


def out_of_order(fit: ClockFit) -> Iterator[Sentence]:
    """Each reason why the clock does not tell start and end by its first and last picture."""
    yield from _turned_back(fit)
    for before, after in pairwise(fit.pieces):
        # Who sets a clock held it to be wrong: what it showed before is not the start.
        if is_setting(by := (fit.on(after, after.begin) - fit.on(before, after.begin)).total_seconds()) and by > 0:
            last, first = fit.read[before.members[-1]][1].instant, fit.read[after.members[0]][1].instant
            yield Sentence(
                zh=f"录像第{before.end:.1f}至{after.begin:.1f}秒之间，画面时间由{last:%Y-%m-%d %H:%M:%S}跳到"
                f"{first:%Y-%m-%d %H:%M:%S}，像是校准了时钟，此前所示可能不准",
                en=f"between {before.end:.1f} and {after.begin:.1f} s it jumps from {last:%Y-%m-%d %H:%M:%S} to"
                f" {first:%Y-%m-%d %H:%M:%S}, as where a clock is set: what it showed before may be wrong",
            )
            return


def _turned_back(fit: ClockFit) -> Iterator[Sentence]:
    if any(piece.rate < 0 for piece in fit.pieces):
        yield Sentence(zh="画面时间倒着走", en="the clock runs backwards")
    for before, after in pairwise(fit.pieces):
        last, first = fit.read[before.members[-1]][1].instant, fit.read[after.members[0]][1].instant
        if first >= last:
            continue
        back = fit.on(before, after.begin) - fit.on(after, after.begin)
        if abs((back - _HALF_DAY).total_seconds()) <= _NEAR_S and (last.hour, first.hour) == (12, 1):
            yield Sentence(
                zh="画面时间由12点走到1点，是不标上午下午的12小时制，不能断定是上午还是下午",
                en="it goes on from twelve to one without saying which half of the day it is",
            )
        else:
            yield Sentence(
                zh=f"录像第{before.end:.1f}至{after.begin:.1f}秒之间，画面时间由{last:%H:%M:%S}退回{first:%H:%M:%S}",
                en=f"between {before.end:.1f} and {after.begin:.1f} s it goes back from {last:%H:%M:%S} to"
                f" {first:%H:%M:%S}",
            )
        return


def order_findings(reasons: tuple[Sentence, ...], *, end_known: bool, believed: bool) -> tuple[Finding, ...]:
    """For review: start and end are not those of the first and last picture.

    Where the picture's clock is not the one `believed`, they are another witness's, and nothing of it is taken.
    """
    if not reasons:
        return ()
    zh, en = "；".join(reason.zh for reason in reasons), "; ".join(reason.en for reason in reasons)
    which = _taken(end_known=end_known) if believed else _NOT_TAKEN
    return (
        Finding(
            code="clock-out-of-order",
            severity=Severity.LOW,
            sentence=Sentence(
                zh=f"不能按首尾画面断定起止时间：{zh}。{which.zh}，请人工核对。",
                en=f"The first and last picture do not tell start and end: {en}; {which.en}. Please check.",
            ),
            figures={"reasons": len(reasons), "end_known": end_known},
        ),
    )


def _taken(*, end_known: bool) -> Sentence:
    return Sentence(
        zh="起止取画面上最早与最晚的时刻" if end_known else "开始取画面上最早的时刻，结束不能确定",
        en="the earliest and latest moment shown are taken" if end_known else "the end is not known",
    )
