"""Signs in the course of the times that a camera writes beside its coded pictures (`media.avchd`).

They stay with the pictures when these are cut or joined without coding anew. A pause and a part that was removed leave
the same, so a jump is medium.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import isnan

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.clock_stretches import Jump, jumps_of
from quancheng_sidecar.media.integrity.clockwork import shown_across
from quancheng_sidecar.media.integrity.course import Course, follow
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.report import ClockSample

_MOST_SAMPLES = 600
"""Of an hour every sixth second: a jump's size is known to a second all the same."""


def coded_clock_findings(video: Packets, zero: float) -> tuple[Finding, ...]:
    """A finding for each jump of the written times against media time; `zero` is the second from which that counts."""
    course = follow(_thinned(_samples(video, zero)))
    return tuple(_finding(jump, course) for jump in jumps_of(course))


def _samples(video: Packets, zero: float) -> list[ClockSample]:
    recorded = video.coding.recorded if video.coding else []
    told = [(float(video.pts[number]) - zero, datetime.fromisoformat(raw)) for number, raw in recorded]
    # Only how they run counts here, not their zone. A packet without a time of its own is left out.
    return [ClockSample(at=at, shown=shown.replace(tzinfo=UTC), confidence=1.0) for at, shown in told if not isnan(at)]


def _thinned(samples: Sequence[ClockSample]) -> Sequence[ClockSample]:
    return samples[:: len(samples) // _MOST_SAMPLES + 1]


def _finding(jump: Jump, course: Course) -> Finding:
    ahead, size, shown = jump.by > 0, f"{abs(jump.by):.0f}", shown_across(jump, course)
    return Finding(
        code="coded-time-jump",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"录像第{jump.last.at:.1f}至{jump.first.at:.1f}秒之间，设备写在码流中的拍摄时间"
            f"{'向前跳过' if ahead else '倒退'}约{size}秒（{shown}）；剪去一段、拼接或调换画面会如此，"
            "录制中按过暂停、校准时钟、几段录像由设备或导出程序首尾相接也会如此，请调取设备中的原始文件核对。",
            en=f"Between {jump.last.at:.1f} and {jump.first.at:.1f} s the times beside the coded pictures"
            f" {'jump ahead' if ahead else 'go back'} by about {size} s ({shown}): a part removed, and pictures joined"
            " or exchanged, do this, and so do a pause, setting the clock, and recordings that the device or an export"
            " joined end to end; compare the device's own file.",
        ),
        at=jump.at,
        figures={"jump_s": round(jump.by, 2), "least_s": round(jump.least, 2), "samples": len(course.readings)},
    )
