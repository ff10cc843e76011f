"""Profiles of devices 设备画像: habits learnt from trusted recordings, and every change of them in the custody log.

`examine` holds a recording against what is kept of its device.

Of a learnt recording only digest, name and habits are kept, not its bytes: whoever doubts a profile hands the files
in again.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.collect.devices import DeviceUnnamed, checks_of, fitting
from quancheng_sidecar.collect.file_names import readable_name
from quancheng_sidecar.collect.models import LearntRecording
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.media.bounded import inspect_bounded
from quancheng_sidecar.media.device_habits import habits_of
from quancheng_sidecar.media.device_profile import DeviceProfile, gather, judged
from quancheng_sidecar.media.habits import Habit, Habits
from quancheng_sidecar.media.report import Device, Digest, RecordingReport
from quancheng_sidecar.preserve import log
from quancheng_sidecar.settings import Settings
from quancheng_sidecar.wiring import Parts

_LONGEST = 128
"""Characters of a make, model or firmware; a file may name itself as it likes."""


class DeviceContradicted(QuanchengError):
    """A person names another device than the file itself."""

    code = "QC-DEVICE-CONTRADICTED"


class LearntElsewhere(QuanchengError):
    """The recording was already learnt as that of another device."""

    code = "QC-DEVICE-LEARNT"


class NothingToLearn(QuanchengError):
    """The recording shows no habits: a photo, or sound alone."""

    code = "QC-DEVICE-NOTHING"


class ReasonMissing(QuanchengError):
    """A profile was to be changed for no reason."""

    code = "QC-DEVICE-REASON"


class ProfileUnknown(QuanchengError):
    """No profile, or several, go by that name; or nothing in it by what was to be forgotten."""

    code = "QC-DEVICE-PROFILE"


def learn(parts: Parts, path: Path, *, named: Device, number: str, by: str) -> tuple[LearntRecording, RecordingReport]:
    """Learn the habits of a device from a recording that is known to be its own, untouched; once for each file.

    `named` completes what the file does not say of its device; `number` is the device's number 设备编号. Gives the
    row kept and the examination, whose findings a person should look at before trusting the file.
    Raises DeviceContradicted, DeviceNameTooLong, DeviceUnnamed, LearntElsewhere, NothingToLearn, and what inspecting
    raises.
    """
    report = inspect_bounded(path, parts.settings, file_name=readable_name(path))
    return keep(report, named=named, number=number, by=by), report


@transaction.atomic
def keep(report: RecordingReport, *, named: Device, number: str, by: str) -> LearntRecording:
    """Keep the habits that an examined recording shows, and log it; see `learn`."""
    if not report.integrity.habits:
        raise NothingToLearn(
            zh=f"“{report.file_name}”不是录像，看不出设备的习惯。请用该设备的录像学习。",
            en=f"{report.file_name!r} is no video and shows no habits. Use videos of the device.",
        )
    number = fitting(number)
    device = _device(report, named, number)
    kept = {"file_name": report.file_name, "habits": habits_of(report).model_dump(mode="json"), "by": by}
    key = {"make": device.make or "", "model": device.model or "", "firmware": device.software or ""}
    key = {part: fitting(said, _LONGEST) for part, said in key.items()}
    row, created = LearntRecording.objects.get_or_create(
        digest=report.digest.sha256,
        defaults={**key, **kept, "device": number, "entered_at": timezone.now()},
    )
    if any(getattr(row, name) != value for name, value in key.items()) or number not in {"", row.device}:
        raise _elsewhere(row)
    if created:
        codes = sorted({finding.code for finding in report.integrity.findings})
        detail = {"learnt": key, "device": number, **kept, "findings": codes}
        log.append(EventType.METADATA_EXTRACTION, agent=by, subject=row.digest, detail=detail)
    return row


def profiles() -> list[DeviceProfile]:
    """All profiles, by make, model and firmware."""
    rows = LearntRecording.objects.order_by("make", "model", "firmware", "id")
    return [_profile(list(group)) for _, group in groupby(rows, key=lambda row: (row.make, row.model, row.firmware))]


def find_profile(name: str) -> DeviceProfile:
    """The one profile by its name, its model or a device's number. Raises ProfileUnknown."""
    known = profiles()
    for fits in (
        [profile for profile in known if profile.name == name],
        [profile for profile in known if name in {profile.model, *profile.devices}],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise ProfileUnknown(
                zh=f"有{len(fits)}个画像符合“{name}”，请写全：{'、'.join(one.name for one in fits)}。",
                en=f"{len(fits)} profiles go by {name!r}; name one: {', '.join(one.name for one in fits)}.",
            )
    raise ProfileUnknown(
        zh=f"没有名为“{name}”的设备画像。用 quancheng device profiles 查看。",
        en=f"There is no device profile {name!r}. `quancheng device profiles` lists them.",
    )


def learnt_of(profile: DeviceProfile) -> QuerySet[LearntRecording]:
    """The recordings that a profile was learnt from, oldest first."""
    key = {"make": profile.make, "model": profile.model, "firmware": profile.firmware}
    return LearntRecording.objects.filter(**key).order_by("id")


def forget(profile: DeviceProfile, *, file: str, habit: Habit | None, by: str, why: str) -> int:
    """Take recordings (`file`: name or digest; empty: all) out of a profile, or one habit out of them; gives how many.

    The custody log keeps what they had shown. Raises ProfileUnknown when nothing fits, ReasonMissing without `why`.
    """
    if not why.strip():
        raise ReasonMissing(zh="请写明理由（--why）。", en="Give the reason (--why).")
    fits = [row for row in learnt_of(profile) if file in {"", row.file_name, row.digest}]
    if habit is not None:
        fits = [row for row in fits if habit in row.habits["shown"]]
    if not fits:
        raise ProfileUnknown(
            zh=f"设备画像“{profile.name}”中没有这一项，没有改动。",
            en=f"The profile {profile.name!r} has nothing of that; nothing was changed.",
        )
    with transaction.atomic():
        for row in fits:
            _forget(row, habit, by, why)
    return len(fits)


def examine(  # noqa: PLR0913  the file, its device, and what is known of it beforehand
    path: Path,
    settings: Settings,
    *,
    device: str,
    file_name: str,
    digest: Digest | None = None,
    traits: Path | None = None,
) -> RecordingReport:
    """`inspect_bounded` by all that is kept of the device with that number 设备编号: clock checks and habits."""
    checks = checks_of(device)
    report = inspect_bounded(path, settings, digest=digest, file_name=file_name, device_checks=checks, traits=traits)
    return judged_by_device(report, device)


def judged_by_device(report: RecordingReport, number: str = "") -> RecordingReport:
    """The report held against the profile of its device, if one was learnt; `number` is the device's number."""
    return judged(report, profiles(), number)


def _forget(row: LearntRecording, habit: Habit | None, by: str, why: str) -> None:
    detail = {
        "forgotten": {"make": row.make, "model": row.model, "firmware": row.firmware},
        "file_name": row.file_name,
        "habit": habit,
        "habits": row.habits,
        "why": why,
    }
    log.append(EventType.METADATA_MODIFICATION, agent=by, subject=row.digest, detail=detail)
    if habit is None:
        row.delete()
        return
    row.habits = {**row.habits, "shown": {key: value for key, value in row.habits["shown"].items() if key != habit}}
    row.save(update_fields=["habits"])


def _profile(rows: list[LearntRecording]) -> DeviceProfile:
    first = rows[0]
    device = Device(make=first.make, model=first.model, software=first.firmware)
    return gather(device, [row.device for row in rows], [Habits.model_validate(row.habits) for row in rows])


def _device(report: RecordingReport, named: Device, number: str) -> Device:
    """What made the recording, by itself and by the person; a device without a model goes by its number."""
    said, given = report.device.model_dump(), named.model_dump()
    against = {part for part in said if said[part] and given[part] and said[part] != given[part]}
    if against:
        raise _contradicted(report.file_name, said, against)
    found = Device.model_validate({part: said[part] or given[part] for part in said})
    if found.model:
        return found
    if not number:
        raise DeviceUnnamed(
            zh=f"“{report.file_name}”没有写明设备型号。请用 --model 写明型号，或用 --device 写明设备编号。",
            en=f"{report.file_name!r} does not name its device: give its model (--model) or its number (--device).",
        )
    return found.model_copy(update={"model": number})


def _contradicted(name: str, said: Mapping[str, str | None], against: Iterable[str]) -> DeviceContradicted:
    told = "、".join(f"{part}={said[part]}" for part in sorted(against))
    return DeviceContradicted(
        zh=f"“{name}”自己写明的设备与所填不同（{told}）。请核对是不是这台设备的录像。",
        en=f"{name!r} names another device itself ({told}). Check whether it is a recording of this device.",
    )


def _elsewhere(row: LearntRecording) -> LearntElsewhere:
    known = _profile([row]).name
    zh, en = (f"设备编号 {row.device}", f"device {row.device}") if row.device else ("未写设备编号", "no device named")
    return LearntElsewhere(
        zh=f"这份录像已作为“{known}”（{zh}）的样本学习过。若有误，先用 quancheng device forget 去掉。",
        en=f"This recording was learnt as one of {known!r} ({en}). If that is wrong, first `device forget` it.",
    )
