"""Checking a device's clock by a recording of the time code (`quancheng clock`)."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.media.clock.device import DeviceCheck
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.clock.time_code import TrueTime, find_true_time
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Clock, Kind, WitnessSource

_OWN_TIME = (WitnessSource.BURNT_IN, WitnessSource.FILE_NAME)
"""Witnesses that tell the device's clock at a known moment of the recording; a container's may be start or stop."""
_WHOLE_SECONDS = 1.0
"""How sharply a witness that is written in whole seconds tells the start."""


class NoTimeCode(QuanchengError):
    """No run of time codes was found in the recording."""

    code = "QC-CLOCK-NO-CODE"


class NoDeviceTime(QuanchengError):
    """The recording does not tell what its device's clock showed."""

    code = "QC-CLOCK-NO-TIME"


def check_clock(path: Path, zone: ZoneInfo, file_name: str) -> DeviceCheck:
    """How far the clock of the device that filmed the time codes was off. Reads untrusted bytes: run it in a child.

    Times without a zone are read in `zone`.

    Raises `NoTimeCode`, `NoDeviceTime`, and what `probe` raises.
    """
    probed = probe(path)
    true = find_true_time(path, probed) if probed.kind is Kind.VIDEO else None
    if true is None:
        raise NoTimeCode(
            zh="录像中没有找到连续的校时码。请用 quancheng clock 打开校时页面，"
            "让码占画面一半左右，对准拍摄至少 5 秒后再试。",
            en="No run of time codes was found. Open the page of `quancheng clock`, let the code fill about half of the"
            " picture, and film it for at least five seconds.",
        )
    clock = read_clock(path, probed, zone, file_name=file_name)
    return _check(clock, true)


def _check(clock: Clock, true: TrueTime) -> DeviceCheck:
    if clock.start is None or clock.source not in _OWN_TIME:
        raise NoDeviceTime(
            zh="读到了校时码，但录像没有表明设备自己的时间（画面上没有可靠的时钟，文件名也没有时间）。"
            "请打开设备的时间水印后重拍。",
            en="The time codes were read, but nothing tells the device's own time: no sure clock in the picture,"
            " none in the name. Switch the device's time stamp on and film again.",
        )
    return DeviceCheck(
        at=true.zero + timedelta(seconds=true.first),
        offset_s=round((clock.start - true.zero).total_seconds(), 3),
        within_s=round(true.within_s + _sharpness(clock, clock.source), 3),
        source=clock.source,
        synchronised=true.synchronised,
    )


def _sharpness(clock: Clock, source: WitnessSource) -> float:
    """Seconds by which the device's own time may be off as it was read."""
    believed = next(w for w in clock.witnesses if w.source is source and w.start == clock.start)
    known = believed.figures.get("start_known_to_s")
    return float(known) if isinstance(known, int | float) else _WHOLE_SECONDS
