"""Whether the lengths that a recording states and has go together: declared and measured, sound and picture."""

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.report import Probe, Stream
from quancheng_sidecar.media.streams import leading_audio, leading_video

STATES_DURATION = {"mp4", "mov", "m4a", "3gp", "matroska", "avi", "wav"}
"""Containers whose header states a duration; in others it is only estimated from the bit rate."""
DURATION_SLACK_S, DURATION_SLACK = 0.5, 0.005
STREAMS_SLACK_S = 0.6
"""Cameras stop sound and picture up to half a second apart."""
PLAIN_S, PLAIN = 2.0, 0.01
"""Beyond both (seconds, and share of the whole) a difference is no rounding: severity medium."""
_AT_START = Sentence(zh="预录阶段不录声音的设备会如此", en="devices whose pre-record has no sound do so")
_AT_END = Sentence(
    zh="设备停录不同步、数据丢失，或画面、声音被增删，都会如此",
    en="a device that stops them unevenly, lost data, and adding or removing either all do so",
)


def length_findings(probe: Probe) -> tuple[Finding, ...]:
    """Signs in the lengths of a recording that is not cut off (a cut-off file differs for that reason)."""
    if probe.truncated:
        return ()
    return tuple(finding for finding in (_duration(probe), *_streams(probe)) if finding)


def _duration(probe: Probe) -> Finding | None:
    declared, measured = probe.duration.declared, probe.duration.measured
    if probe.container not in STATES_DURATION or not declared or measured is None:
        return None
    # The leading stream may rightly end before the longest one, which the container's duration speaks of.
    ends = [end for stream in probe.streams if (end := _end(stream)) is not None]
    first = [stream.first_pts for stream in probe.streams if stream.first_pts is not None]
    spans = [measured, *([max(ends) - min(first)] if ends and first else []), *ends]
    delta = min((declared - span for span in spans), key=abs)
    slack = max(DURATION_SLACK_S, DURATION_SLACK * declared)
    if abs(delta) <= slack:
        return None
    return Finding(
        code="duration-mismatch",
        severity=_plain(abs(delta), declared),
        sentence=Sentence(
            zh=f"文件头声明时长{declared:.2f}秒，实际内容{measured:.2f}秒，相差{abs(delta):.2f}秒；"
            "设备写错、断电、数据丢失或内容被增删都会如此。",
            en=f"The header declares {declared:.2f} s, the content measures {measured:.2f} s: {delta:+.2f} s. A device"
            " that writes it wrongly, power loss, lost data, and adding or removing content all do this.",
        ),
        figures={
            "declared_s": round(declared, 3),
            "measured_s": round(measured, 3),
            "delta_s": round(delta, 3),
            "tolerance_s": round(slack, 3),
        },
    )


def _streams(probe: Probe) -> tuple[Finding | None, ...]:
    video, audio = leading_video(probe.streams), leading_audio(probe.streams)
    if video is None or audio is None:
        return ()
    ends = _end(video), _end(audio)
    found = []
    if video.first_pts is not None and audio.first_pts is not None:
        found.append(_mismatch("start", video.first_pts - audio.first_pts, video))
    if ends[0] is not None and ends[1] is not None:
        found.append(_mismatch("end", ends[1] - ends[0], video))
    return tuple(found)


def _mismatch(edge: str, delta: float, video: Stream) -> Finding | None:
    """`delta` > 0: the sound is there for so many seconds without picture."""
    if abs(delta) <= STREAMS_SLACK_S:
        return None
    zh, en = ("开头", "start") if edge == "start" else ("结尾", "end")
    has = ("声音", "sound") if delta > 0 else ("画面", "picture")
    lacks = ("画面", "picture") if delta > 0 else ("声音", "sound")
    hint = _AT_START if edge == "start" else _AT_END
    return Finding(
        code="stream-length-mismatch",
        severity=Severity.LOW if edge == "start" else _plain(abs(delta), video.measured or 0.0),
        sentence=Sentence(
            zh=f"{zh}有{abs(delta):.2f}秒只有{has[0]}没有{lacks[0]}；{hint.zh}。",
            en=f"At the {en} {abs(delta):.2f} s have {has[1]} but no {lacks[1]}; {hint.en}.",
        ),
        at=0.0 if edge == "start" else video.measured,
        figures={"delta_s": round(delta, 3), "tolerance_s": STREAMS_SLACK_S, "edge": edge},
    )


def _end(stream: Stream) -> float | None:
    return None if stream.first_pts is None or stream.measured is None else stream.first_pts + stream.measured


def _plain(delta: float, whole: float) -> Severity:
    return Severity.MEDIUM if delta > PLAIN_S and delta > PLAIN * whole else Severity.LOW
