"""The checks of an examination by name, so that a report can say which were made and which were not."""

from enum import StrEnum

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.report import Integrity


class Check(StrEnum):
    """One check; the value is what a report shows."""

    LENGTHS = "声明与实际时长、声音与画面长度"
    TRUNCATION = "文件是否完整"
    CLOCK = "画面时间的走时"
    SEAMS = "数据包时间、关键帧间隔与编码参数"
    EDIT_LIST = "编辑列表"
    UNLISTED = "索引以外的画面"
    PROVENANCE = "文件标签与编码器痕迹"
    SILENCE = "声音有无被抹去"
    ALL_FRAMES = "全部画面逐帧解码"
    KEY_FRAMES = "关键帧解码"
    PHOTO = "照片完整解码"
    BETWEEN_KEYS = "关键帧之间的画面"
    SIGNATURE = "媒体签名"
    DEVICE = "与同一设备习惯的比对"
    ORIGINAL = "与设备原始文件的比对"
    REST = "超出检查上限的部分"

    @property
    def en(self) -> str:
        """The check in English."""
        return _EN[self]


_EN = {
    Check.LENGTHS: "declared and measured lengths, sound against picture",
    Check.TRUNCATION: "completeness of the file",
    Check.CLOCK: "course of the burnt-in clock",
    Check.SEAMS: "packet times, groups of pictures, coding parameters",
    Check.EDIT_LIST: "edit lists",
    Check.UNLISTED: "pictures to which no index points",
    Check.PROVENANCE: "tags and encoder traces",
    Check.SILENCE: "silenced sound",
    Check.ALL_FRAMES: "every frame decoded",
    Check.KEY_FRAMES: "key frames decoded",
    Check.PHOTO: "the photo decoded whole",
    Check.BETWEEN_KEYS: "pictures between key frames",
    Check.SIGNATURE: "media signature",
    Check.DEVICE: "comparison with the habits of its device",
    Check.ORIGINAL: "comparison with the device's own file",
    Check.REST: "what lies beyond the bounds of the examination",
}
_GRAVE = {Severity.MEDIUM, Severity.HIGH}


def summed_up(findings: list[Finding], made: list[Check], not_made: list[Check]) -> Integrity:
    """Say in one sentence what was found, what was looked at and what was not: signs, never genuineness."""
    signs = [finding for finding in findings if finding.severity in _GRAVE]
    checked = Sentence(
        zh=f"（已检查：{'、'.join(made)}；未检查：{'、'.join(not_made) or '无'}）",
        en=f" (examined: {'; '.join(check.en for check in made)}."
        f" Not examined: {'; '.join(check.en for check in not_made) or 'nothing'})",
    )
    if signs:
        head = Sentence(
            zh=f"发现{len(signs)}项疑点：{''.join(f.sentence.zh for f in signs)}",
            en=f"{len(signs)} sign(s) found: {' '.join(f.sentence.en for f in signs)}",
        )
    else:
        head = Sentence(zh="未发现剪接、删改迹象", en="No sign of cutting or alteration was found")
    return Integrity(
        signs=bool(signs),
        summary=Sentence(zh=f"{head.zh}{checked.zh}。", en=f"{head.en}{checked.en}."),
        examined=tuple(made),
        not_examined=tuple(not_made),
        findings=tuple(findings),
    )
