"""A device's profile 设备画像: habits learnt from trusted recordings, and how a recording is held against them.

What a device always shows is not held against its recordings; what it never showed is told with the number of files
that say so. Few files say little: seeing a habit in all of n files leaves, at 95 %, room for it to be missing in
1 − 0.05^(1/n) of all files (45 % of them after 5, 26 % after 10). So a departure is at most a sign worth a look, and
only where several habits that one re-writing changes depart together.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.device_habits import EXCUSABLE, habits_of, sign_name, sign_size
from quancheng_sidecar.media.habits import Habit, Habits
from quancheng_sidecar.media.integrity.checks import Check, summed_up
from quancheng_sidecar.media.report import Device, RecordingReport

LEAST_EXCUSING = 3
"""Files that must all show a sign before it counts as the device's own."""
LEAST_LEARNT = 5
"""Files without which nothing is said of a departure."""
WELL_LEARNT = 10
"""Files from which on a departure may be more than slight."""
FILES_PER_VALUE = 3
"""A habit with more than one value per so many files is none: the next file may well show another."""
_LARGER = 1.25
_SLACK = 0.1
_CERTAINTY = 0.05
_LAYOUT = {Habit.CONTAINER, Habit.BRANDS, Habit.BOXES, Habit.TRACKS, Habit.WRITER, Habit.EDIT_LIST}
"""What changes when a file is written anew, whatever becomes of its pictures."""
_BY_USE = {Habit.NAME, Habit.CLOCK}
"""What people and clocks change: told, and never the ground for more."""
_LEAST_LAYOUT = 3
_GENERAL_PROGRAM = re.compile(r"lav[fc]|x26[45]|gpac|mkvtoolnix|mkvmerge|handbrake|gstreamer|libx26", re.IGNORECASE)
"""Programs and libraries that write files on computers."""


class SignHabit(BaseModel):
    """How many of the learnt files show a sign, and how large it was at most."""

    model_config = ConfigDict(frozen=True)

    files: int
    most: float


class DeviceProfile(BaseModel):
    """Habits of one make, model and firmware (empty where not known) by `files` trusted recordings.

    `shown` counts the files by habit and value; `devices` are the numbers 设备编号 of single devices learnt from.
    """

    model_config = ConfigDict(frozen=True)

    make: str
    model: str
    firmware: str
    devices: tuple[str, ...] = ()
    files: int
    shown: dict[Habit, dict[str, int]]
    signs: dict[str, SignHabit]

    @property
    def name(self) -> str:
        """Make, model and firmware as people say them."""
        return " ".join(part for part in (self.make, self.model, self.firmware) if part)


@dataclass(frozen=True)
class Departure:
    """A habit that `files` learnt files show as `usual` (the commonest) and this recording as `found`."""

    habit: Habit
    found: str
    usual: str
    files: int


def gather(device: Device, numbers: Sequence[str], learnt: Sequence[Habits]) -> DeviceProfile:
    """Count the habits of several recordings of one device (make, model, software)."""
    shown: dict[Habit, Counter[str]] = {}
    for one in learnt:
        for habit, value in one.shown.items():
            shown.setdefault(habit, Counter())[value] += 1
    names = {name for one in learnt for name in one.signs}
    sizes = {name: [one.signs[name] for one in learnt if name in one.signs] for name in sorted(names)}
    return DeviceProfile(
        make=device.make or "",
        model=device.model or "",
        firmware=device.software or "",
        devices=tuple(sorted({number for number in numbers if number})),
        files=len(learnt),
        shown={habit: dict(shown[habit].most_common()) for habit in Habit if habit in shown},
        signs={name: SignHabit(files=len(found), most=max(found)) for name, found in sizes.items()},
    )


def candidates(profiles: Sequence[DeviceProfile], device: Device, number: str) -> list[DeviceProfile]:
    """Profiles that may be a file's: by what it says of its device, else by the device's number.

    A file that states its firmware is held against that firmware alone.
    """
    if device.model:
        of_model = [p for p in profiles if p.model == device.model and device.make in {None, p.make}]
    else:
        of_model = [p for p in profiles if number and number in p.devices]
    return [p for p in of_model if not (device.software and p.firmware) or p.firmware == device.software]


def departures(habits: Habits, profile: DeviceProfile) -> list[Departure]:
    """Habits of the profile, learnt from enough files and steady in them, that a recording shows otherwise."""
    found = []
    for habit, values in profile.shown.items():
        files, value = sum(values.values()), habits.shown.get(habit)
        steady = files >= LEAST_LEARNT and len(values) <= files // FILES_PER_VALUE
        if value is not None and steady and value not in values:
            found.append(Departure(habit, value, max(values, key=values.__getitem__), files))
    return found


def judged(report: RecordingReport, profiles: Sequence[DeviceProfile], number: str = "") -> RecordingReport:
    """The report, held against its device's profile where one is known (of several the one it departs from least).

    `number` is the device's number, for files that do not say what made them. Photos are left as they are.
    """
    fitting = candidates(profiles, report.device, number)
    habits = habits_of(report)
    if not fitting or not report.integrity.habits:
        return report
    profile = min(fitting, key=lambda one: (len(departures(habits, one)), -one.files))
    findings = [_excused(finding, profile) for finding in report.integrity.findings]
    findings += _of_profile(departures(habits, profile), profile)
    made = [Check(value) for value in report.integrity.examined]
    if profile.files >= LEAST_LEARNT:
        made.append(Check.DEVICE)
    left = [Check(value) for value in report.integrity.not_examined]
    summed = summed_up(findings, made, left)
    # All else that the examination tells stays as it is.
    told = {name: getattr(summed, name) for name in ("signs", "summary", "examined", "not_examined", "findings")}
    return report.model_copy(update={"integrity": report.integrity.model_copy(update=told)})


def _excused(finding: Finding, profile: DeviceProfile) -> Finding:
    """The finding as information, where the device leaves this sign, and not smaller, in all files learnt."""
    habit = profile.signs.get(sign_name(finding))
    if finding.code not in EXCUSABLE or habit is None or finding.severity is Severity.INFO:
        return finding
    always = habit.files == profile.files >= LEAST_EXCUSING
    if not always or sign_size(finding) > _LARGER * habit.most + _SLACK:
        return finding
    files = profile.files
    return finding.model_copy(
        update={
            "severity": Severity.INFO,
            "sentence": Sentence(
                zh=f"{finding.sentence.zh.removesuffix('。')}；该设备（{profile.name}）已学习的{files}份录像都有此迹象，"
                "是其习惯。",
                en=f"{finding.sentence.en.removesuffix('.')}; all {files} learnt files of the device ({profile.name})"
                " show this: it is its habit.",
            ),
            "figures": finding.figures | {"device_files": files, "severity_without_profile": finding.severity},
        }
    )


def _of_profile(found: Sequence[Departure], profile: DeviceProfile) -> Iterator[Finding]:
    if profile.files < LEAST_LEARNT:
        yield _little_known(profile)
    elif found:
        yield _departing(found, profile)


def _little_known(profile: DeviceProfile) -> Finding:
    return Finding(
        code="device-little-known",
        severity=Severity.INFO,
        sentence=Sentence(
            zh=f"该设备（{profile.name}）只学习过{profile.files}份录像，不足{LEAST_LEARNT}份，没有据此比对其习惯。",
            en=f"Only {profile.files} files of the device ({profile.name}) were learnt, fewer than {LEAST_LEARNT}:"
            " nothing was held against its habits.",
        ),
        figures={"device_files": profile.files, "least": LEAST_LEARNT},
    )


def _departing(found: Sequence[Departure], profile: DeviceProfile) -> Finding:
    files = min(one.files for one in found)
    missed = 1 - _CERTAINTY ** (1 / files)
    told = [f"{one.habit.zh}为“{one.found}”（习惯：“{one.usual}”，{one.files}份）" for one in found]
    told_en = [f"{one.habit.en}: {one.found!r} (usual: {one.usual!r}, {one.files} files)" for one in found]
    return Finding(
        code="unlike-device",
        severity=_severity(found, files, firmware_known=bool(profile.firmware)),
        sentence=Sentence(
            zh=f"与该设备（{profile.name}）的习惯不同：{'；'.join(told)}。用软件导出、转存、改写都会如此，"
            "固件升级、更改拍摄设置也会；请与设备中的原始文件核对。",
            en=f"Unlike the habits of the device ({profile.name}): {'; '.join(told_en)}. Exporting, converting or"
            " re-writing by a program does this, and so may new firmware or settings; compare the device's own file.",
        ),
        figures={
            "device_files": files,
            "departing": " ".join(one.habit for one in found),
            "unseen_share_at_most": round(missed, 3),
        },
    )


def _severity(found: Sequence[Departure], files: int, *, firmware_known: bool) -> Severity:
    """Medium where a program's trace comes with another changed habit, or the whole layout changed under one firmware.

    Everything else may be a setting or an update: low; names of files alone: information. Never high: exporting a
    recording by the maker's own program is ordinary use.
    """
    habits = {one.habit for one in found}
    if habits <= _BY_USE:
        return Severity.INFO if habits == {Habit.NAME} else Severity.LOW
    traced = {
        one.habit
        for one in found
        if _GENERAL_PROGRAM.search(one.found)
        and not _GENERAL_PROGRAM.search(one.usual)
        and one.habit in {Habit.WRITER, Habit.ENCODER, Habit.TRACKS}
    }
    rewritten = bool(traced) and len(habits - _BY_USE) > 1
    laid_out_anew = firmware_known and len(habits & _LAYOUT) >= _LEAST_LAYOUT
    return Severity.MEDIUM if files >= WELL_LEARNT and (rewritten or laid_out_anew) else Severity.LOW
