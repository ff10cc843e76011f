"""Devices and their clocks 设备校时: checks by filming the time codes, kept per device with their dates."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.collect.file_names import readable_name
from quancheng_sidecar.collect.models import ClockCheck
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.media.bounded import check_clock_bounded
from quancheng_sidecar.media.clock.device import DeviceCheck
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.wiring import Parts


class DeviceUnnamed(QuanchengError):
    """A check, or what was learnt, was to be kept for no device."""

    code = "QC-DEVICE-UNNAMED"


class DeviceNameTooLong(QuanchengError):
    """What was given as a device's number, make, model or firmware is longer than a column."""

    code = "QC-DEVICE-LONG"


def fitting(said: str, longest: int = 64) -> str:
    """A device's number or name without blanks around it. Raises DeviceNameTooLong beyond `longest` characters."""
    name = said.strip()
    if len(name) > longest:
        raise DeviceNameTooLong(
            zh=f"“{name[:longest]}…”超过 {longest} 个字符，不像设备的编号或名称，请核对。",
            en=f"{name[:longest]!r}… is longer than {longest} characters: no device's number or name; please check.",
        )
    return name


def check_device(parts: Parts, path: Path, *, device: str, by: str) -> ClockCheck:
    """Measure the device's clock by a recording of the time codes, keep recording and measure, and log it.

    The same recording of the same device is kept once. Raises `DeviceUnnamed`, `DeviceNameTooLong`, `NoTimeCode`,
    `NoDeviceTime`, and what storing and opening a recording raise; nothing is kept then.
    """
    name = fitting(device)
    if not name:
        raise DeviceUnnamed(zh="请写明设备编号（--device）。", en="Name the device (--device).")
    file_name = readable_name(path)
    found = check_clock_bounded(path, parts.settings, file_name)
    stored = parts.store.put(path)
    with transaction.atomic():
        kept, created = ClockCheck.objects.get_or_create(
            device=name,
            recording=register(stored),
            defaults={
                "file_name": file_name,
                "at": found.at,
                "measured": found.model_dump(mode="json"),
                "by": by,
                "entered_at": timezone.now(),
            },
        )
        if created:
            log.append(
                EventType.VALIDATION,
                agent=by,
                subject=kept.recording.digest,
                detail={"device": name, "file_name": file_name, "clock": kept.measured},
            )
    return kept


def checks_of(device: str) -> tuple[DeviceCheck, ...]:
    """The checks of a device, oldest first; none where the device is not named."""
    held = ClockCheck.objects.filter(device=device) if device else ClockCheck.objects.none()
    return tuple(DeviceCheck.model_validate(check.measured) for check in held)
