"""Signs in the course of the burnt-in clock: jumps, standing, running back, another rate.

A jump is at most medium, whatever its size: cameras that are paused, or record only what moves, leave a jump ahead,
and so they do in a file that was converted later; clocks are set by hand, satellite or network to and fro; a stream
that stalls leaves a clock that goes on late, and one that is taken up again after the camera started anew leaves a
joint in the packets and a clock that went back. High is kept for what none of these does: stretches that fit together
in another order than they stand in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.clock.line_fit import Piece, Reading, set_once
from quancheng_sidecar.media.clock.order import is_setting
from quancheng_sidecar.media.integrity.course import SLACK_S, Course, held
from quancheng_sidecar.media.integrity.joints import Seam, is_coded_anew
from quancheng_sidecar.media.integrity.jump_words import BY_TURNS, EXCHANGED, ordinary

LEAST_JUMP_S = 1.0
"""A jump is stated only when it is surely longer than this."""
LONG_S = 5.0
"""From here on a jump ahead is of many seconds."""
LEAST_READINGS = 3
"""Different values on each side without which nothing is stated: those of one second may all be misread alike."""
_HALF_DAY_S, _NEAR_HOUR_S = 12 * 3600.0, 2.0
_MEET_S = 3.0
"""Stretches this near each other on the clock follow on: each edge is known to a look, and copying loses a little."""
_MAY_MEET = 2
"""Stretches that may follow on each other by chance."""
_MOST_SHOWN = 4
"""Cameras that are looked for where a screen shows several by turns."""
_LEAST_RATE = 0.005
_PLAIN_RATE = 0.02


@dataclass(frozen=True)
class Jump:
    """Between two stretches the clock gained `by` seconds (lost, when negative), surely at least `least`.

    `last` and `first` are the readings on both sides; `stood` says that it was seen to stand in between.
    """

    before: Piece
    after: Piece
    last: Reading
    first: Reading
    by: float
    least: float
    stood: bool

    @property
    def at(self) -> float:
        """Media second halfway between the last reading before and the first after."""
        return (self.last.at + self.first.at) / 2


@dataclass(frozen=True)
class Beside:
    """What else of the recording bears a jump out, or not.

    `joints` are places where the packets show a joint; `by_program` says that a program coded the pictures;
    `goes_on(begin, end)` whether the picture is seen to between two media seconds.
    """

    joints: Sequence[Seam] = ()
    by_program: bool = False
    goes_on: Callable[[float, float], bool] = lambda _begin, _end: False


def clock_findings(course: Course, beside: Beside = Beside()) -> tuple[Finding, ...]:
    """Signs in the burnt-in clock, weighed by what else the recording shows."""
    jumps, moved = jumps_of(course), rearranged(course)
    found = [_jump_finding(jump, course, beside, moved=moved) for jump in jumps]
    found += [_stand_finding(run, course) for run in _stands(course) if not _told(run, jumps)]
    found += [_doubtful_finding(piece, course) for piece in course.doubtful]
    found += [_rate_finding(piece, course) for piece in course.running if _runs_off(piece, course)]
    return tuple(sorted(found, key=lambda finding: finding.at or 0.0))


def jumps_of(course: Course) -> list[Jump]:
    """Changes of the clock between neighbouring stretches that are surely longer than LEAST_JUMP_S."""
    found = []
    for before, after in pairwise(_telling(course)):
        last, first = course.members(before)[-1], course.members(after)[0]
        at = (last.at + first.at) / 2
        by = after.clock(at) - before.clock(at)
        # Each line is sure to within half the width of its band, and to what its clock gains while it is drawn.
        drawn = SLACK_S * max(1.0, abs(before.rate), abs(after.rate))
        unsure = (after.high - after.low + before.high - before.low) / 2 + drawn
        if abs(by) - unsure >= LEAST_JUMP_S and not _rolls_over(course, last, first, by):
            stood = any(last.at <= piece.end and piece.begin <= first.at for piece in course.standing)
            found.append(Jump(before, after, last, first, by, abs(by) - unsure, stood))
    return found


def _telling(course: Course) -> list[Piece]:
    """The running stretches to hold beside each other.

    One of another rate that is too short to tell it joins two that lie apart, as where some seconds were sped up.
    """
    odd = [piece for piece in course.running if abs(piece.rate - 1) >= _PLAIN_RATE and not _runs_off(piece, course)]
    return [one for one in _plain(course) if one not in odd]


def _values(course: Course, piece: Piece) -> int:
    return len({reading.shown for reading in course.members(piece)})


def _rolls_over(course: Course, last: Reading, first: Reading, by: float) -> bool:
    """Whether a clock of twelve hours went on from 12:59 to 01:00, as it does without anybody's doing."""
    hours = course.instant(last.shown).hour, course.instant(first.shown).hour
    return abs(by + _HALF_DAY_S) <= _NEAR_HOUR_S and hours == (12, 1)


def is_set(jump: Jump) -> bool:
    """Whether the jump looks like a clock that was set, not like a scene that was removed."""
    return is_setting(jump.by)


def rearranged(course: Course) -> bool:
    """Whether the running stretches make one whole in another order than they stand in."""
    shown = [(course.members(piece)[0].shown, course.members(piece)[-1].shown) for piece in _plain(course)]
    follow_on = all(abs(after[0] - before[1]) <= _MEET_S + course.step for before, after in pairwise(sorted(shown)))
    return len(shown) > 1 and follow_on and shown != sorted(shown)


def by_turns(course: Course) -> bool:
    """Whether a few clocks show by turns, as where a screen goes through several cameras that differ in time.

    Each stretch goes on where that clock's last one would be; two clocks need three stretches, more of them two rounds.
    """
    pieces = _plain(course)
    return any(
        len(pieces) >= 2 * count - (count == _MAY_MEET) and all(map(_goes_on, pieces, pieces[count:]))
        for count in range(_MAY_MEET, _MOST_SHOWN + 1)
    )


def _goes_on(before: Piece, after: Piece) -> bool:
    at = (before.end + after.begin) / 2
    unsure = (after.high - after.low + before.high - before.low) / 2 + SLACK_S
    return abs(after.clock(at) - before.clock(at)) <= unsure


def _plain(course: Course) -> list[Piece]:
    """The running stretches of which enough values are read."""
    return [piece for piece in course.running if _values(course, piece) >= LEAST_READINGS]


def _stands(course: Course) -> list[list[Reading]]:
    """Runs in which the clock shows one value for far longer than its step, and than its pace explains."""
    return [
        run
        for run in held(course.readings)
        if len(run) >= LEAST_READINGS
        and run[-1].at - run[0].at > course.step + 1 + SLACK_S
        and not any(_runs_through(piece, run, course) for piece in course.running)
    ]


def _runs_through(piece: Piece, run: Sequence[Reading], course: Course) -> bool:
    """Whether a run lies on a stretch whose clock runs so slowly that it shows one value for so long."""
    return (
        set(run) <= set(course.members(piece)) and abs(piece.rate) * (run[-1].at - run[0].at) <= course.step + SLACK_S
    )


def stood(course: Course) -> tuple[tuple[float, float], ...]:
    """Media seconds between which the clock stands."""
    return tuple((run[0].at, run[-1].at) for run in _stands(course))


def hides(course: Course, begin: float, end: float) -> bool:
    """Whether a clock that is read before and after is nowhere read between two media seconds, often as it should."""
    at = [reading.at for reading in course.readings]
    if not (any(one < begin for one in at) and any(one > end for one in at)):
        return False
    apart = median(after - before for before, after in pairwise(at))
    return not any(begin < one < end for one in at) and end - begin >= LEAST_READINGS * apart


def ran(course: Course) -> tuple[tuple[float, float], ...]:
    """Media seconds between which the clock runs evenly on."""
    return tuple((piece.begin, piece.end) for piece in _plain(course) if piece.rate > 0)


def _told(run: Sequence[Reading], jumps: Sequence[Jump]) -> bool:
    return any(jump.last.at <= run[-1].at and run[0].at <= jump.first.at for jump in jumps)


def _jump_finding(jump: Jump, course: Course, beside: Beside, *, moved: bool) -> Finding:
    here = [seam for seam in beside.joints if jump.last.at - 1 <= seam.at <= jump.first.at + 1]
    goes_on = beside.goes_on(jump.last.at, jump.first.at)
    # Of two stretches alone the second may follow on the first by chance, where a clock is set back by their length or
    # the picture goes over to another camera's.
    by_chance, turns = len(course.running) <= _MAY_MEET and not here, by_turns(course)
    grave = moved and not goes_on and not by_chance and not turns and not is_set(jump)
    coded_anew = any(is_coded_anew(seam) for seam in here)
    code, zh, en = words_of(jump)
    shown, size = shown_across(jump, course), f"{abs(jump.by):.0f}"
    exported = beside.by_program and jump.by >= LONG_S and not goes_on and not is_set(jump)
    may_be = (
        BY_TURNS
        if turns
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


def _runs_off(piece: Piece, course: Course) -> bool:
    off = abs(piece.rate - 1)
    gains = off >= _LEAST_RATE and off * (piece.end - piece.begin) > course.step + 2 * SLACK_S
    return gains and not set_once(piece, course.readings)


def _rate_finding(piece: Piece, course: Course) -> Finding:
    faster = piece.rate > 1
    first, last = course.members(piece)[0], course.members(piece)[-1]
    if piece.rate < 0:
        return _reverse_finding(piece, course)
    return Finding(
        code="clock-rate",
        severity=Severity.MEDIUM if abs(piece.rate - 1) >= _PLAIN_RATE else Severity.LOW,
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
