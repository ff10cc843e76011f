"""What a burnt-in clock seems to do that was read with doubt: places for a person to look at, never signs."""

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.clock_stretches import Jump, jumps_of
from quancheng_sidecar.media.integrity.clockwork import shown_across, words_of
from quancheng_sidecar.media.integrity.course import Course
from quancheng_sidecar.media.integrity.misread import cleaned

_MOST = 3


def doubtful_jumps(course: Course) -> tuple[Finding, ...]:
    """Give the places where a clock seems to jump, `course` being that of its doubtful readings.

    Digits misread now and then make many jumps: of more than three none is told.
    """
    jumps = jumps_of(cleaned(course))
    return tuple(_finding(jump, course) for jump in jumps) if len(jumps) <= _MOST else ()


def _finding(jump: Jump, course: Course) -> Finding:
    _, zh, en = words_of(jump)
    shown, size = shown_across(jump, course), f"{abs(jump.by):.0f}"
    return Finding(
        code="clock-doubtful",
        severity=Severity.LOW,
        sentence=Sentence(
            zh=f"画面时间读得没有把握；照读到的，录像第{jump.last.at:.1f}至{jump.first.at:.1f}秒之间{zh}约{size}秒"
            f"（{shown}）。误读也会如此，请人工核对此处画面。",
            en=f"The clock in the picture is read with doubt; as read, between {jump.last.at:.1f} and"
            f" {jump.first.at:.1f} s it {en} about {size} s ({shown}). Misreading does the same: please look there.",
        ),
        at=jump.at,
        figures={
            "jump_s": round(jump.by, 2),
            "readings_before": len(jump.before.members),
            "readings_after": len(jump.after.members),
            "step_s": course.step,
        },
    )
