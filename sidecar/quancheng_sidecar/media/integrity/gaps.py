"""Stretches without a packet of a stream, over which its times go on: not recorded, lost, or taken out.

Nothing else tells them: the clock in the picture and the lengths go together, and a player shows the last picture on.
"""

from typing import NamedTuple

import numpy as np

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.report import Stream

LEAST_S = 1.0
PLAIN_S = 2.0
"""Seconds from which on a stretch is no stutter: severity medium."""
HABIT = 3
"""So many stretches are a recording's habit: only what moves, or only speech, is written."""
_BEYOND = 10.0
"""A stretch is that many times as long as all but a twentieth of the stream's steps: time lapse has long ones."""
_USUAL, _LEAST_STEPS = 95, 10
_MOST_TOLD = 8
PAUSING = {"opus", "speex", "amrnb", "amrwb", "amr_nb", "amr_wb", "evrc", "g723_1", "g729"}
"""Speech codecs that may write nothing where nobody speaks (discontinuous transmission)."""


class Gap(NamedTuple):
    """Media seconds between which a stream has nothing."""

    begin: float
    end: float


_PICTURE, _SOUND, _BOTH = (
    Sentence(zh="画面", en="picture"),
    Sentence(zh="声音", en="sound"),
    Sentence(zh="画面和声音", en="picture and sound"),
)
_WHY_NO_PICTURE = Sentence(
    zh="设备只录有动静的画面、卡顿，信号中断、数据丢失，或这一段被抽去",
    en="a device that records only what moves or stalls, a signal that broke off, lost data, and taking it out",
)
_WHY_NO_SOUND = Sentence(
    zh="设备静音时不写声音、信号中断、数据丢失，或声音被抽去",
    en="a device that writes no sound while it is quiet, a signal that broke off, lost data, and taking it out",
)


def gap_findings(video: Packets | None, audio: Packets | None, sound: Stream | None) -> tuple[Finding, ...]:
    """A finding for each stretch of at least LEAST_S; `sound` is the stream of `audio`."""
    leading = video if video is not None else audio
    if leading is None or np.isnan(leading.pts).all():
        return ()
    zero = float(np.nanmin(leading.pts))
    seen, heard = gaps(video, zero), gaps(audio, zero)
    alone = [gap for gap in heard if not any(_together(gap, other) for other in seen)]
    pausing = sound is not None and sound.codec in PAUSING
    both = {gap for gap in seen if any(_together(gap, other) for other in heard)}
    found = [_finding(gap, _BOTH if gap in both else _PICTURE, plain=len(seen) < HABIT) for gap in seen[:_MOST_TOLD]]
    found += [_finding(gap, _SOUND, plain=len(heard) < HABIT and not pausing) for gap in alone[:_MOST_TOLD]]
    return tuple(found)


def gaps(packets: Packets | None, zero: float) -> list[Gap]:
    """The stretches of one stream, the longest first; `zero` is the second from which media time counts."""
    if packets is None:
        return []
    times = np.sort(packets.pts[~packets.hidden & ~np.isnan(packets.pts)]) - zero
    steps = np.diff(times)
    if len(steps) < _LEAST_STEPS:
        return []
    usual = float(np.median(steps))
    least = max(LEAST_S + usual, _BEYOND * float(np.percentile(steps, _USUAL)))
    found = [Gap(float(times[n]) + usual, float(times[n + 1])) for n in np.nonzero(steps >= least)[0]]
    return sorted(found, key=lambda gap: gap.begin - gap.end)


def _together(a: Gap, b: Gap) -> bool:
    return min(a.end, b.end) - max(a.begin, b.begin) >= LEAST_S


def _finding(gap: Gap, what: Sentence, *, plain: bool) -> Finding:
    """`plain`: it is none of many, and the stream is not known to pause."""
    length = gap.end - gap.begin
    why = _WHY_NO_SOUND if what is _SOUND else _WHY_NO_PICTURE
    return Finding(
        code="stream-gap",
        severity=Severity.MEDIUM if plain and length >= PLAIN_S else Severity.LOW,
        sentence=Sentence(
            zh=f"录像第{gap.begin:.1f}至{gap.end:.1f}秒没有{what.zh}数据，时间却照走：{why.zh}，都会如此。",
            en=f"From {gap.begin:.1f} to {gap.end:.1f} s there is no {what.en}, though time goes on: {why.en} all do"
            " this.",
        ),
        at=round(gap.begin, 3),
        figures={"gap_s": round(length, 3), "tolerance_s": LEAST_S, "picture": what is not _SOUND},
    )
