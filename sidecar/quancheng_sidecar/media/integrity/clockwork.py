"""Signs in the course of the burnt-in clock: jumps, standing, running back, another rate.

A jump is at most medium, whatever its size: cameras that are paused, or record only what moves, leave a jump ahead,
and so they do in a file that was converted later; clocks are set by hand, satellite or network to and fro; a stream
that stalls leaves a clock that goes on late, and one that is taken up again after the camera started anew leaves a
joint in the packets and a clock that went back. High is kept for what none of these does: stretches that fit together
in another order than they stand in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.clock.line_fit import Piece, Reading
from quancheng_sidecar.media.integrity.clock_stretches import (
    MAY_MEET,
    PLAIN_RATE,
    Jump,
    by_turns,
    is_set,
    jumps_of,
    rearranged,
    runs_off,
    stands,
)
from quancheng_sidecar.media.integrity.course import Course
from quancheng_sidecar.media.integrity.joints import Seam, is_coded_anew
from quancheng_sidecar.media.integrity.jump_words import BY_TURNS, EXCHANGED, ordinary

LONG_S = 5.0
"""From here on a jump ahead is of many seconds."""


@dataclass(frozen=True)
class Beside:
    """What else of the recording bears a jump out, or not.

    `joints` are places where the packets show a joint; `by_program` says that a program coded the pictures;
    `goes_on(begin, end)` whether the picture is seen to between two media seconds.
    """

    joints: Sequence[Seam] = ()
    by_program: bool = False
    goes_on: Callable[[float, float], bool] = lambda _begin, _end: False


class _Order(NamedTuple):
    """Whether the stretches of the whole course make one in another order, and whether a few clocks show by turns."""

    moved: bool
    turns: bool


def clock_findings(course: Course, beside: Beside = Beside()) -> tuple[Finding, ...]:
    """Signs in the burnt-in clock, weighed by what else the recording shows."""
    jumps, order = jumps_of(course), _Order(rearranged(course), by_turns(course))
    found = [_jump_finding(jump, course, beside, order) for jump in jumps]
    found += [_stand_finding(run, course) for run in stands(course) if not _told(run, jumps)]
    found += [_doubtful_finding(piece, course) for piece in course.doubtful]
    found += [_rate_finding(piece, course) for piece in course.running if runs_off(piece, course)]
    return tuple(sorted(found, key=lambda finding: finding.at or 0.0))


def _told(run: Sequence[Reading], jumps: Sequence[Jump]) -> bool:
    return any(jump.last.at <= run[-1].at and run[0].at <= jump.first.at for jump in jumps)


def _jump_finding(jump: Jump, course: Course, beside: Beside, order: _Order) -> Finding:
    here = [seam for seam in beside.joints if jump.last.at - 1 <= seam.at <= jump.first.at + 1]
    goes_on = beside.goes_on(jump.last.at, jump.first.at)
    # Of two stretches alone the second may follow on the first by chance, where a clock is set back by their length or
    # the picture goes over to another camera's.
    by_chance = len(course.running) <= MAY_MEET and not here
    grave = order.moved and not goes_on and not by_chance and not order.turns and not is_set(jump)
    coded_anew = any(is_coded_anew(seam) for seam in here)
    code, zh, en = words_of(jump)
    shown, size = shown_across(jump, course), f"{abs(jump.by):.0f}"
    exported = beside.by_program and jump.by >= LONG_S and not goes_on and not is_set(jump)
    may_be = (
        BY_TURNS
        if order.turns
        else ordinary(ahead=jump.by > 0, joint=bool(here), coded_anew=coded_anew, exported=exported, goes_on=goes_on)
    )
    why = EXCHANGED if grave else may_be
    return Finding(
        code=code,
        severity=Severity.HIGH if grave else Severity.MEDIUM,
        sentence=Sentence(
            zh=f"录像第{jump.last.at:.1f}至{jump.first.at:.1f}秒之间，画面时间{zh}约{size}秒（{shown}）；{why.zh}。",
            en=f"Between {jump.last.at:.1f} and {jump.first.at:.1f} s the clock in the picture {en} about {size} s"
            f" ({shown}): {why.en}.",
        ),
        at=jump.at,
        figures={
            "jump_s": round(jump.by, 2),
            "least_s": round(jump.least, 2),
            "readings_before": len(jump.before.members),
            "readings_after": len(jump.after.members),
            "step_s": course.step,
            "seam_in_packets": bool(here),
            "picture_goes_on": goes_on,
            "coded_anew": coded_anew,
            "order": grave,
        },
    )


def shown_across(jump: Jump, course: Course) -> str:
    """What the clock shows before and after a jump, in words."""
    return f"{course.instant(jump.last.shown):%H:%M:%S} → {course.instant(jump.first.shown):%H:%M:%S}"


def words_of(jump: Jump) -> tuple[str, str, str]:
    """The code of a jump's finding, and how the clock jumped, in Chinese and English."""
    if jump.by > 0:
        return "clock-jump", "向前跳过", "jumps ahead by"
    if jump.first.shown < jump.last.shown:
        return "clock-backwards", "倒退", "runs back by"
    return "clock-stands", "停走后接着走，落后", "stands and goes on late by"


def _stand_finding(run: Sequence[Reading], course: Course) -> Finding:
    length = run[-1].at - run[0].at
    shown = f"{course.instant(run[0].shown):%H:%M:%S}"
    return Finding(
        code="clock-stands",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"画面时间从录像第{run[0].at:.1f}秒起停在{shown}约{length:.0f}秒；画面定格或信号中断都会如此。",
            en=f"From {run[0].at:.1f} s on the clock in the picture stands at {shown} for about {length:.0f} s;"
            " a frozen picture or a lost signal leaves this sign.",
        ),
        at=run[0].at,
        figures={"stood_s": round(length, 2), "readings": len(run), "step_s": course.step},
    )


def _doubtful_finding(piece: Piece, course: Course) -> Finding:
    first, last = course.members(piece)[0], course.members(piece)[-1]
    shown = f"{course.instant(first.shown):%H:%M:%S}"
    return Finding(
        code="clock-doubtful",
        severity=Severity.LOW,
        sentence=Sentence(
            zh=f"录像第{first.at:.1f}至{last.at:.1f}秒读出的画面时间（{shown}起）与前后不连贯，但很可能只是同一个数字被误读，"
            "请人工核对画面。",
            en=f"The clock read from {first.at:.1f} to {last.at:.1f} s (from {shown}) does not follow on, but probably"
            " one digit was misread throughout; please look at the picture.",
        ),
        at=first.at,
        figures={"readings": len(piece.members), "step_s": course.step},
    )


def _rate_finding(piece: Piece, course: Course) -> Finding:
    faster = piece.rate > 1
    first, last = course.members(piece)[0], course.members(piece)[-1]
    if piece.rate < 0:
        return _reverse_finding(piece, course)
    return Finding(
        code="clock-rate",
        severity=Severity.MEDIUM if abs(piece.rate - 1) >= PLAIN_RATE else Severity.LOW,
        sentence=Sentence(
            zh=f"录像第{first.at:.1f}至{last.at:.1f}秒，画面时间的快慢是播放时间的{piece.rate:.3f}倍："
            f"录像可能被{'加快' if faster else '放慢'}，或为延时、慢动作拍摄，或设备帧率标注有误。",
            en=f"From {first.at:.1f} to {last.at:.1f} s the clock in the picture runs {piece.rate:.3f} times as fast as"
            f" the recording plays: it may have been {'sped up' if faster else 'slowed down'}, taken in time lapse or"
            " slow motion, or labelled with a wrong frame rate.",
        ),
        at=first.at,
        figures=_pace(piece, course),
    )


def _pace(piece: Piece, course: Course) -> dict[str, float | int]:
    return {
        "rate": round(piece.rate, 4),
        "span_s": round(piece.end - piece.begin, 2),
        "readings": len(piece.members),
        "step_s": course.step,
    }


def _reverse_finding(piece: Piece, course: Course) -> Finding:
    first, last = course.members(piece)[0], course.members(piece)[-1]
    return Finding(
        code="clock-backwards",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"录像第{first.at:.1f}至{last.at:.1f}秒，画面时间倒着走：录像可能被倒放，或画面上的是倒计时。",
            en=f"From {first.at:.1f} to {last.at:.1f} s the clock in the picture runs backwards: the recording may have"
            " been reversed, or this counts down.",
        ),
        at=first.at,
        figures=_pace(piece, course),
    )
