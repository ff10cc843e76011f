"""How far a device's clock was off at a given time, by checks against the time code (`time_code`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.report import WitnessSource

_DAY = timedelta(days=1)
_DRIFT_S_PER_DAY = 5.0
"""What a cheap quartz clock may gain or lose: ±20 ppm at room temperature is 1.7 s a day, heat and cold treble it."""
_SET_S_PER_DAY = 3 * _DRIFT_S_PER_DAY
_SET_S = 5.0
"""Two checks that differ by more than any drift: the clock was set between them."""


class DeviceCheck(BaseModel):
    """One check of a device: at true time `at`, its clock (read by `source`) was `offset_s` ahead, ± `within_s`.

    `synchronised` tells whether the clock that it was held against was kept by NTP at that time.
    """

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    offset_s: float
    within_s: float
    source: WitnessSource
    synchronised: bool


class DeviceOffset(BaseModel):
    """Device minus true time in seconds, ± `within_s`, at one instant, and what that rests on.

    `drift_s_per_day` is None where only one check is near.
    """

    model_config = ConfigDict(frozen=True)

    offset_s: float
    within_s: float
    checks: tuple[DeviceCheck, ...]
    drift_s_per_day: float | None
    basis: Sentence

    @property
    def tells(self) -> bool:
        """Whether the clock is known to be off: an error that is smaller than what is not known corrects nothing."""
        return abs(self.offset_s) > self.within_s


def offset_at(checks: Sequence[DeviceCheck], shown: datetime, source: WitnessSource) -> DeviceOffset | None:
    """The device's error when its clock, as `source` tells it, showed `shown`.

    Between two checks the drift is interpolated. Beyond them the nearest check holds, ever less surely by what a
    quartz clock may drift. None without a check by the same witness, or where the clock was set between the checks.
    """
    before, after = _around(checks, shown, source)
    if before and after:
        return None if _was_set(before, after) else _between(before, after, shown)
    nearest = before or after
    return _beyond(nearest, shown) if nearest else None


def set_between(checks: Sequence[DeviceCheck], shown: datetime, source: WitnessSource) -> Sentence | None:
    """What to say where `offset_at` tells nothing because the clock was set between the two checks; else None."""
    before, after = _around(checks, shown, source)
    if not before or not after or not _was_set(before, after):
        return None
    return Sentence(
        zh=f"该设备{_day(before)}校时{_off_zh(before)}，{_day(after)}{_off_zh(after)}，其间调过时钟，"
        "不知在录像之前还是之后，不能据此校正。",
        en=f"The device was {before.offset_s:+g} s off on {_day(before)} and {after.offset_s:+g} s on {_day(after)}:"
        " its clock was set in between, before or after the recording, so that nothing is corrected.",
    )


def _around(
    checks: Sequence[DeviceCheck], shown: datetime, source: WitnessSource
) -> tuple[DeviceCheck | None, DeviceCheck | None]:
    """The last check before the device's clock showed `shown`, and the first after."""
    usable = sorted((check for check in checks if check.source is source), key=lambda check: check.at)
    before = [check for check in usable if check.at + timedelta(seconds=check.offset_s) <= shown]
    after = [check for check in usable if check.at + timedelta(seconds=check.offset_s) > shown]
    return (before[-1] if before else None, after[0] if after else None)


def _was_set(a: DeviceCheck, b: DeviceCheck) -> bool:
    return abs(b.offset_s - a.offset_s) > _SET_S + _SET_S_PER_DAY * ((b.at - a.at) / _DAY)


def _between(a: DeviceCheck, b: DeviceCheck, shown: datetime) -> DeviceOffset:
    days = (b.at - a.at) / _DAY
    gained = b.offset_s - a.offset_s
    rate = gained / days
    pace_zh = f"每天走{'快' if rate >= 0 else '慢'}{abs(rate):.2f}秒"
    offset = a.offset_s + rate * ((shown - timedelta(seconds=a.offset_s) - a.at) / _DAY)
    return DeviceOffset(
        offset_s=round(offset, 3),
        within_s=round(max(a.within_s, b.within_s) + abs(gained) / 2, 3),
        checks=(a, b),
        drift_s_per_day=round(rate, 3),
        basis=Sentence(
            zh=f"取自该设备{_day(a)}和{_day(b)}两次校时之间的内插，{pace_zh}",
            en=f"interpolated between the device's checks of {_day(a)} and {_day(b)}, drifting {rate:+.2f} s a day",
        ),
    )


def _beyond(check: DeviceCheck, shown: datetime) -> DeviceOffset:
    days = abs((shown - check.at) / _DAY)
    return DeviceOffset(
        offset_s=check.offset_s,
        within_s=round(check.within_s + _DRIFT_S_PER_DAY * days, 3),
        checks=(check,),
        drift_s_per_day=None,
        basis=Sentence(
            zh=f"取自该设备{_day(check)}的校时，相隔{days:.1f}天；其间走时快慢不知，按每天{_DRIFT_S_PER_DAY:g}秒计入误差",
            en=f"from the device's check of {_day(check)}, {days:.1f} days apart; the drift since is not known and"
            f" counted as {_DRIFT_S_PER_DAY:g} s a day",
        ),
    )


def _off_zh(check: DeviceCheck) -> str:
    return f"{'慢' if check.offset_s < 0 else '快'}{abs(check.offset_s):g}秒"


def _day(check: DeviceCheck) -> str:
    return f"{check.at:%Y-%m-%d}" + ("" if check.synchronised else " (NTP?)")
