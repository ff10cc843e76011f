"""What the file says of the programs that wrote it, and when: background, seldom a sign by itself."""

import re
from collections.abc import Iterable
from datetime import datetime

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity import coding
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.report import Probe

EDITORS = re.compile(
    r"\bpremiere\b|after effects|photoshop|lightroom|final cut|\bimovie|davinci resolve|(sony|magix) vegas|vegas pro|"
    r"capcut|剪映|jianying|快影|必剪|filmora|wondershare|会声会影|videostudio|\bcorel\b|handbrake|格式工厂|"
    r"format ?factory|avidemux|kdenlive|shotcut|openshot|movavi|camtasia|virtualdub|lossless-?cut|\bgimp\b|snapseed|"
    r"picsart|美图|meitu|paint\.net|\binshot\b|kinemaster|vivavideo|"
    r"te_is_reencode|teeditor|\"(?:product|source_type)\": ?\"(?:lv|vicut)\"",
    re.IGNORECASE,
)
"""Programs for editing that write their names into what they export; names of places and people are not among them.

The last line is what CapCut (剪映) and Douyin (抖音) leave instead of a name.
"""
_UNNAMED = re.compile(r'te|"', re.IGNORECASE)
LATER_S = 120.0
"""Devices write the modification time when they close the file."""
_UNSET_BEFORE = 1990
"""Earlier years are the beginning of a count (1904, 1970) that was never set, not a time of recording."""
_MUXER_LIBRARY = re.compile(r"\bLav[fc]\d", re.IGNORECASE)
_SOFTWARE_ENCODER = re.compile(r"x26[45]|Lavc", re.IGNORECASE)


def provenance_findings(probe: Probe, packets: dict[int, Packets]) -> tuple[Finding, ...]:
    """Names of editing programs, muxer and encoder, later modification."""
    uuids = {uuid for one in packets.values() if one.coding for uuid in one.coding.uuids}
    made_by = bool(probe.device.make or probe.device.model)
    checks = (
        _editor(probe),
        _modified(probe),
        _muxer(probe, device_named=made_by),
        picture := _encoder(probe, device_named=made_by, seen=bool(uuids & {coding.X264, coding.X265})),
        _sound_encoder(packets, beside_another=_has_picture(probe) and picture is None),
    )
    return tuple(finding for finding in checks if finding)


def is_by_program(findings: Iterable[Finding]) -> bool:
    """Whether these findings say that a program, not the device, coded the pictures."""
    return any(finding.code in {"editing-software", "software-encoder"} for finding in findings)


def _words_of(probe: Probe) -> Iterable[str]:
    yield from (text for text in (probe.device.software, probe.muxer) if text)
    own = {key: value for key, value in probe.tags.items() if not re.search(r"title|comment|description|artist", key)}
    yield from (*own.values(), *own)


def _editor(probe: Probe) -> Finding | None:
    named = next((match[0] for text in _words_of(probe) if (match := EDITORS.search(text))), None)
    if named is None:
        return None
    named = named if _UNNAMED.match(named) is None else "CapCut/剪映/抖音"
    return Finding(
        code="editing-software",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"文件标签写有编辑软件“{named}”：文件应是由该软件导出，而不是设备直接生成的原件；转换格式也会如此，"
            "内容是否改动，请与设备中的原始文件核对。",
            en=f"The file's tags name the editing program “{named}”: it seems exported by it, not written by a device."
            " Mere conversion does this too; whether the content changed only the device's own file tells.",
        ),
        figures={"named": named},
    )


def _modified(probe: Probe) -> Finding | None:
    created, changed = (
        _instant(probe.creation_times.get("mvhd")),
        _instant(probe.creation_times.get("mvhd.modification")),
    )
    if created is None or changed is None or created.year < _UNSET_BEFORE:
        return None
    later = (changed - created).total_seconds() - (probe.duration.measured or 0.0)
    if later <= LATER_S:
        return None
    return Finding(
        code="modified-later",
        severity=Severity.LOW,
        sentence=Sentence(
            zh=f"文件头的修改时间比创建时间加录制时长晚{later / 60:.0f}分钟：文件在录制后可能被改写。",
            en=f"The header was modified {later / 60:.0f} min after recording ended: the file may have been rewritten.",
        ),
        figures={"later_s": round(later, 1), "tolerance_s": LATER_S},
    )


def _muxer(probe: Probe, *, device_named: bool) -> Finding | None:
    if not probe.muxer or not _MUXER_LIBRARY.search(probe.muxer):
        return None
    return Finding(
        code="muxer-library",
        severity=Severity.LOW if device_named else Severity.INFO,
        sentence=Sentence(
            zh=f"文件由通用程序库（{probe.muxer}）封装{'，却写有设备型号' if device_named else ''}；"
            "有的设备自身使用该库，仅凭此不能说明被改动。",
            en=f"The file was written by a general library ({probe.muxer})"
            f"{' yet names a device' if device_named else ''}; some devices use it, so this alone proves nothing.",
        ),
        figures={"muxer": probe.muxer},
    )


def _encoder(probe: Probe, *, device_named: bool, seen: bool) -> Finding | None:
    video = (stream.encoder for stream in probe.streams if stream.kind == "video" and stream.encoder)
    named = next((encoder for encoder in video if _SOFTWARE_ENCODER.search(encoder)), None)
    if named is None and not seen:
        return None
    return Finding(
        code="software-encoder",
        severity=Severity.LOW if device_named else Severity.INFO,
        sentence=Sentence(
            zh=f"画面由软件编码器（{named or 'x264/x265'}）编码，多数录像设备用硬件编码；"
            "可能经过重新编码，仅凭此不能断定。",
            en=f"The picture was coded by software ({named or 'x264/x265'}), where most cameras use hardware;"
            " it may have been re-encoded, but this alone does not tell.",
        ),
        figures={"encoder": named},
    )


def _has_picture(probe: Probe) -> bool:
    return any(stream.kind == "video" for stream in probe.streams)


def _sound_encoder(packets: dict[int, Packets], *, beside_another: bool) -> Finding | None:
    """`beside_another`: there is a picture, which no program's encoder left its name in."""
    named = next((one.sound_encoder for one in packets.values() if one.sound_encoder), None)
    if named is None:
        return None
    tail_zh = "，画面却没有软件编码的痕迹：声音可能单独重新编码过" if beside_another else ""
    tail_en = ", though the picture was not: the sound may have been coded anew alone" if beside_another else ""
    return Finding(
        code="sound-software-encoder",
        severity=Severity.LOW if beside_another else Severity.INFO,
        sentence=Sentence(
            zh=f"声音由软件编码器（{named}）编码{tail_zh}；有的设备自身使用该库，仅凭此不能断定。",
            en=f"The sound was coded by software ({named}){tail_en}; some devices use it, so this alone does not tell.",
        ),
        figures={"encoder": named, "picture_by_another": beside_another},
    )


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
