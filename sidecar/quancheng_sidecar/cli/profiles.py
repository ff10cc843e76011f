"""`quancheng device learn, profiles, profile, forget`: habits of devices, learnt from trusted recordings."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.cli.instants import Instant
from quancheng_sidecar.cli.output import (
    JsonOption,
    coded_errors,
    findings_table,
    listing,
    people,
    print_json,
    progress,
)
from quancheng_sidecar.media.device_profile import LEAST_LEARNT, DeviceProfile
from quancheng_sidecar.media.habits import Habit
from quancheng_sidecar.web.ready import ready

ByOption = Annotated[str, typer.Option("--by", help="经手人；默认为当前登录名。")]
NameArgument = Annotated[str, typer.Argument(help="设备画像的名称、型号或设备编号（device profiles 可查）。")]


class LearntEntry(BaseModel):
    """One recording that a profile was learnt from."""

    model_config = ConfigDict(frozen=True)

    file: str
    digest: str
    device: str
    by: str
    at: Instant


class DeviceProfileDetail(BaseModel):
    """A profile and the recordings behind it."""

    model_config = ConfigDict(frozen=True)

    name: str
    profile: DeviceProfile
    learnt: tuple[LearntEntry, ...]


class DeviceProfileList(BaseModel):
    """All profiles."""

    model_config = ConfigDict(frozen=True)

    profiles: tuple[DeviceProfile, ...]


def learn(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="确知是该设备原样导出的录像。")],
    *,
    device: Annotated[str, typer.Option("--device", help="设备编号。")] = "",
    make: Annotated[str, typer.Option("--make", help="厂商；文件未写明时填写。")] = "",
    model: Annotated[str, typer.Option("--model", help="型号；文件未写明时填写。")] = "",
    firmware: Annotated[str, typer.Option("--firmware", help="固件版本；文件未写明时填写。")] = "",
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """由可信的录像学习一种设备的习惯；此后该设备的录像按其自身的习惯检验。"""
    ready()
    from quancheng_sidecar.collect.agents import agent_of
    from quancheng_sidecar.collect.profiles import learn as learn_one
    from quancheng_sidecar.media.report import Device
    from quancheng_sidecar.preserve import log
    from quancheng_sidecar.wiring import parts

    named = Device(make=make or None, model=model or None, software=firmware or None)
    touched: dict[tuple[str, str, str], None] = {}
    with coded_errors(as_json=as_json), progress("学习", total=len(files)) as bar:
        try:
            for file in files:
                row, report = learn_one(parts(), file, named=named, number=device, by=agent_of(by))
                touched[row.make, row.model, row.firmware] = None
                if report.integrity.signs and not as_json:
                    people.print(f"{row.file_name} 带有疑点，请确认它是设备的原始文件：", style="yellow")
                    people.print(findings_table(list(report.integrity.findings)))
                bar.advance(bar.task_ids[0])
        finally:
            # What was learnt before one that is refused stays.
            log.checkpoint()
        found = [one for one in _profiles() if (one.make, one.model, one.firmware) in touched]
    if as_json:
        print_json(DeviceProfileList(profiles=tuple(found)))
        return
    _show_list(found)


def profiles(*, as_json: JsonOption = False) -> None:
    """列出学习过的设备。"""
    ready()
    with coded_errors(as_json=as_json):
        found = _profiles()
    if as_json:
        print_json(DeviceProfileList(profiles=tuple(found)))
    elif found:
        _show_list(found)
    else:
        people.print("还没有设备画像。用 quancheng device learn 由可信的录像学习。")


def profile(name: NameArgument, *, as_json: JsonOption = False) -> None:
    """显示一种设备的习惯，以及由哪些录像学得。"""
    ready()
    from quancheng_sidecar.collect.profiles import find_profile

    with coded_errors(as_json=as_json):
        detail = _detail(find_profile(name))
    if as_json:
        print_json(detail)
        return
    habits = listing("习惯", "取值", "份数", title=detail.name)
    for habit, values in detail.profile.shown.items():
        for value, files in values.items():
            habits.add_row(habit.zh, value, str(files))
    for sign, seen in detail.profile.signs.items():
        habits.add_row("常有迹象", f"{sign}（最大 {seen.most:g}）", str(seen.files))
    learnt = listing("文件", "设备编号", "学习人", "时间", "摘要", title="学自")
    for entry in detail.learnt:
        learnt.add_row(entry.file, entry.device, entry.by, f"{entry.at:%Y-%m-%d %H:%M}", entry.digest)
    people.print(habits, learnt)


def forget(
    name: NameArgument,
    *,
    why: Annotated[str, typer.Option("--why", help="理由。")],
    file: Annotated[str, typer.Option("--file", help="只去掉这份录像（文件名或摘要）。")] = "",
    habit: Annotated[Habit | None, typer.Option("--habit", help="只去掉这一项习惯，不再比对。")] = None,
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """从设备画像中去掉录像或某一项习惯；原来的内容留在保管日志中。"""
    ready()
    from quancheng_sidecar.collect.agents import agent_of
    from quancheng_sidecar.collect.profiles import find_profile
    from quancheng_sidecar.collect.profiles import forget as forget_them
    from quancheng_sidecar.preserve import log

    with coded_errors(as_json=as_json):
        before = find_profile(name)
        count = forget_them(before, file=file, habit=habit, by=agent_of(by), why=why)
        log.checkpoint()
        after = [one for one in _profiles() if one.name == before.name]
    if as_json:
        print_json(DeviceProfileList(profiles=tuple(after)))
    else:
        people.print(f"{before.name}：已去掉 {count} 份录像的{habit.zh if habit else '全部习惯'}。")


def _profiles() -> list[DeviceProfile]:
    from quancheng_sidecar.collect.profiles import profiles as all_profiles

    return all_profiles()


def _detail(found: DeviceProfile) -> DeviceProfileDetail:
    from quancheng_sidecar.collect.profiles import learnt_of

    learnt = (
        LearntEntry(file=row.file_name, digest=row.digest, device=row.device, by=row.by, at=row.entered_at)
        for row in learnt_of(found)
    )
    return DeviceProfileDetail(name=found.name, profile=found, learnt=tuple(learnt))


def _show_list(found: list[DeviceProfile]) -> None:
    table = listing("设备", "设备编号", "学习份数", "")
    for one in found:
        enough = "" if one.files >= LEAST_LEARNT else f"不足 {LEAST_LEARNT} 份，尚不比对"
        table.add_row(one.name, " ".join(one.devices), str(one.files), enough)
    people.print(table)
