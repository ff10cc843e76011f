"""Edit lists of ISO files (ISO/IEC 14496-12 § 8.6.6): what a track holds but does not play, and joins made by one."""

import numpy as np

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.report import Probe, Stream

HIDDEN_SLACK_S = 0.15
"""Reordering and encoder delay hide a few pictures (or one or two frames of AAC priming) in ordinary files."""
_RATE_SLACK = 1e-3
"""Rates are fixed-point numbers of 16 bits."""


def edit_findings(probe: Probe, packets: dict[int, Packets]) -> tuple[Finding, ...]:
    """Signs in the edit lists of picture and sound tracks; other containers have none."""
    found: list[Finding] = []
    for stream in probe.streams:
        if stream.kind not in {"video", "audio"}:
            continue
        played = [edit for edit in stream.edit_list if edit.media_time >= 0 and edit.duration > 0]
        if len(played) > 1:
            found.append(_joined(stream, len(played)))
        found += [_rate(stream, edit.rate) for edit in played if abs(edit.rate - 1) > _RATE_SLACK][:1]
        if stream.kind == "video" and (hidden := _hidden(stream, packets.get(stream.index))):
            found.append(hidden)
    return tuple(found)


def _joined(stream: Stream, count: int) -> Finding:
    zh, en = ("画面", "picture") if stream.kind == "video" else ("声音", "sound")
    return Finding(
        code="edit-list-join",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"{zh}轨的编辑列表由{count}段组成：播放时不是从头到尾依次播放，像是经剪辑软件或手机相册剪接，"
            "请与设备中的原始文件核对。",
            en=f"The {en} track's edit list has {count} parts: it is not played from end to end in one, as editors"
            " leave it; compare the device's own file.",
        ),
        figures={"stream": stream.index, "parts": count},
    )


def _rate(stream: Stream, rate: float) -> Finding:
    return Finding(
        code="edit-list-rate",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"编辑列表要求以{rate:g}倍速播放第{stream.index}轨：设备的慢动作、延时拍摄，或后期变速，都会如此。",
            en=f"The edit list plays track {stream.index} at {rate:g} times its speed: slow motion or time lapse of the"
            " device, or a later change of speed.",
        ),
        figures={"stream": stream.index, "rate": rate},
    )


def _hidden(stream: Stream, packets: Packets | None) -> Finding | None:
    if packets is None or not packets.hidden.any() or packets.hidden.all():
        return None
    shown, hidden = packets.pts[~packets.hidden], packets.pts[packets.hidden]
    before = float(np.nanmin(shown) - np.nanmin(hidden))
    after = float(np.nanmax(hidden) - np.nanmax(shown))
    length = max(before, 0.0) + max(after, 0.0)
    if not length > HIDDEN_SLACK_S:
        return None
    return Finding(
        code="edit-list-hides",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"文件里另有至少{length:.2f}秒画面被编辑列表隐藏、播放不出来；不重新编码的截取（包括手机上的裁剪）"
            "会留下这种迹象，请与设备中的原始文件核对。",
            en=f"The file holds at least {length:.2f} s of picture that its edit list hides;"
            " trimming without re-encoding leaves this, on a phone too; compare the device's own file.",
        ),
        at=0.0 if before >= after else stream.measured,
        figures={
            "hidden_s": round(length, 3),
            "hidden_packets": int(packets.hidden.sum()),
            "tolerance_s": HIDDEN_SLACK_S,
        },
    )
