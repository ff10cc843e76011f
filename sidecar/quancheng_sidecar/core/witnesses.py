"""What the witnesses of a recording's start are called, on every page, card and verdict."""

from collections.abc import Mapping

from quancheng_plugin.sentence import Sentence

CORRECTED = "correction"
"""Source of a time that a person entered in place of what the witnesses say."""

_NAMES: Mapping[str, Sentence] = {
    "burnt-in-clock": Sentence(zh="画面时间", en="the clock in the picture"),
    "container-written-at-start": Sentence(
        zh="文件创建时间（开始时写入）", en="the container's time, written at start"
    ),
    "container-written-at-stop": Sentence(zh="文件创建时间（停止时写入）", en="the container's time, written at stop"),
    "container-local-labelled-utc": Sentence(
        zh="文件创建时间（当地时间误标为世界时，开始时写入）",
        en="the container's local time labelled UTC, written at start",
    ),
    "container-local-labelled-utc-at-stop": Sentence(
        zh="文件创建时间（当地时间误标为世界时，停止时写入）",
        en="the container's local time labelled UTC, written at stop",
    ),
    "file-name": Sentence(zh="文件名中的时间", en="the time in the file name"),
    "exif": Sentence(zh="照片信息中的拍摄时间", en="the EXIF time"),
    "coded-pictures": Sentence(zh="设备写在码流中的拍摄时间", en="the time beside the coded pictures"),
    "gps": Sentence(zh="卫星时间", en="GPS time"),
    "device-offset": Sentence(zh="按设备时钟误差校正后的时间", en="the time corrected by the device's offset"),
    CORRECTED: Sentence(zh="人工更正的时间", en="the time that a person entered"),
}


def name_of(source: str) -> Sentence:
    """The witness in words; a source that is not known here is named by its code."""
    return _NAMES.get(source, Sentence(zh=source, en=source))
