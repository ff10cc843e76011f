"""`quancheng device …`: the clocks of devices, checked by filming the time codes; their habits (`profiles`)."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.cli.instants import Instant
from quancheng_sidecar.cli.output import JsonOption, coded_errors, listing, people, print_json, progress
from quancheng_sidecar.cli.profiles import forget, learn, profile, profiles
from quancheng_sidecar.web.ready import ready

if TYPE_CHECKING:
    from quancheng_sidecar.collect.models import ClockCheck

app = typer.Typer(no_args_is_help=True)
for _command in (learn, profiles, profile, forget):
    app.command()(_command)


class DeviceCheckEntry(BaseModel):
    """One check of a device's clock: device minus true time in seconds, ± `within_s`, by witness `source`.

    `synchronised`: whether the server's own clock was kept by NTP then.
    """

    model_config = ConfigDict(frozen=True)

    device: str
    at: Instant
    offset_s: float
    within_s: float
    source: str
    synchronised: bool
    file: str
    digest: str
    by: str


class DeviceCheckList(BaseModel):
    """Checks, by device and time."""

    model_config = ConfigDict(frozen=True)

    checks: tuple[DeviceCheckEntry, ...]


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="对着校时页面拍摄的录像。")],
    *,
    device: Annotated[str, typer.Option("--device", help="设备编号。")],
    by: Annotated[str, typer.Option("--by", help="校时人；默认为当前登录名。")] = "",
    as_json: JsonOption = False,
) -> None:
    """由拍到校时页面（quancheng clock）的录像测出设备时钟的误差；此后该设备的录像据此另列校正时间。"""
    ready()
    from quancheng_sidecar.collect.agents import agent_of
    from quancheng_sidecar.collect.devices import check_device
    from quancheng_sidecar.preserve import log
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json), progress(f"校时 {file.name}"):
        entry = _entry(check_device(parts(), file, device=device, by=agent_of(by)))
        log.checkpoint()
    if as_json:
        print_json(entry)
        return
    fast = "快" if entry.offset_s > 0 else "慢"
    people.print(f"{entry.device}：时钟{fast} {abs(entry.offset_s):.2f} 秒（±{entry.within_s:.2f} 秒），已登记。")
    if not entry.synchronised:
        people.print("校时时服务器时钟未经 NTP 同步，此误差只以服务器时钟为准。", style="yellow")


@app.command("list")
def list_checks(
    *,
    device: Annotated[str, typer.Option("--device", help="只看这台设备。")] = "",
    as_json: JsonOption = False,
) -> None:
    """列出各设备的历次校时，及两次之间每天的快慢。"""
    ready()
    from quancheng_sidecar.collect.models import ClockCheck

    held = ClockCheck.objects.select_related("recording")
    entries = [_entry(each) for each in (held.filter(device=device) if device else held)]
    if as_json:
        print_json(DeviceCheckList(checks=tuple(entries)))
        return
    table = listing("设备", "校时时间", "误差（秒）", "不确定度", "每天快慢", "依据", "校时人")
    last: DeviceCheckEntry | None = None
    for entry in entries:
        drift = _drift(last, entry)
        sure = f"±{entry.within_s:.2f}" + ("" if entry.synchronised else "（服务器未同步）")
        at = f"{entry.at:%Y-%m-%d %H:%M}"
        table.add_row(entry.device, at, f"{entry.offset_s:+.2f}", sure, drift, entry.file, entry.by)
        last = entry
    people.print(
        table if entries else "还没有校时记录。用 quancheng clock 打开校时页面，拍摄后 quancheng device check。"
    )


def _drift(last: DeviceCheckEntry | None, entry: DeviceCheckEntry) -> str:
    if last is None or (last.device, last.source) != (entry.device, entry.source) or last.at == entry.at:
        return ""
    return f"{(entry.offset_s - last.offset_s) / _days(last.at, entry.at):+.2f} 秒"


def _days(a: datetime, b: datetime) -> float:
    return (b - a).total_seconds() / 86_400


def _entry(kept: "ClockCheck") -> DeviceCheckEntry:
    from quancheng_sidecar.media.clock.device import DeviceCheck

    found = DeviceCheck.model_validate(kept.measured)
    return DeviceCheckEntry(
        device=kept.device,
        at=found.at,
        offset_s=found.offset_s,
        within_s=found.within_s,
        source=found.source,
        synchronised=found.synchronised,
        file=kept.file_name,
        digest=kept.recording.digest,
        by=kept.by,
    )
