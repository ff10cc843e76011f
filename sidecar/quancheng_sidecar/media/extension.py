"""Whether a file's extension says what its content is."""

from pathlib import PurePath

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.report import Probe

_FAMILIES = {
    "mp4 mov m4v m4a m4b qt 3gp 3g2 3gpp": ("mp4", "mov", "m4a", "3gp"),
    "avi divx": ("avi",),
    "mkv webm mka mk3d": ("matroska",),
    "ts mts m2ts m2t tp trp": ("mpegts",),
    "wav wave": ("wav",),
    "mp3": ("mp3",),
    "aac adts": ("aac",),
    "amr awb": ("amr",),
    "ogg oga ogv opus": ("ogg",),
    "jpg jpeg jpe jfif mpo": ("jpeg",),
    "png": ("png",),
    "heic heif hif": ("heic",),
}
"""Extensions that stand for the same containers; within a family devices call them as they please."""


def with_extension(probed: Probe, file_name: str) -> Probe:
    """The probe, with a finding `extension-differs` (low) where the name's extension stands for another type.

    The content alone decides how a file is examined. An extension that stands for no type says nothing.
    """
    said = PurePath(file_name).suffix.lower().removeprefix(".")
    meant = next((containers for names, containers in _FAMILIES.items() if said in names.split()), None)
    if meant is None or probed.container in meant:
        return probed
    finding = Finding(
        code="extension-differs",
        severity=Severity.LOW,
        sentence=Sentence(
            zh=f"文件名的扩展名是 .{said}，内容却是 {probed.container.upper()}：已按内容检验。"
            "改名或转存即会如此，不说明内容被改；请与设备上的原文件名核对。",
            en=f"The name ends in .{said}, but the content is {probed.container.upper()}; it was examined as such. "
            "Renaming or exporting does that and says nothing of the content. Compare the name on the device.",
        ),
        figures={"extension": said, "container": probed.container},
    )
    return probed.model_copy(update={"findings": (*probed.findings, finding)})
