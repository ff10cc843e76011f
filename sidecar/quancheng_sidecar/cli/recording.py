"""`quancheng recording …`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.cli.comparing import compare
from quancheng_sidecar.cli.instants import instant
from quancheng_sidecar.cli.output import (
    JsonOption,
    coded_errors,
    findings_table,
    leave_by,
    listing,
    pairs_table,
    people,
    print_json,
    progress,
    say,
)
from quancheng_sidecar.cli.tracing import identify, trace
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.settings import settings
from quancheng_sidecar.web.ready import ready, was_ready

app = typer.Typer(no_args_is_help=True)
app.command()(compare)
app.command()(identify)
app.command()(trace)

_STAGES = "、".join(f"{stage.value}（{stage.zh}）" for stage in Stage)


def _stage(text: str) -> Stage:
    try:
        return Stage.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


_TRACING = {
    "pending": "尚未溯源。",
    "first": "按编码帧和声音未发现与其他录像同源；画面尚待逐帧检查。",
    "card": "未发现与其他录像同源。",
    "done": "未发现与其他录像同源。",
}
"""What is said where no origin was found, by `Recording.tracing`."""


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="录像、录音或照片。")],
    *,
    device: Annotated[
        str, typer.Option("--device", help="设备编号；据此用上它的校时记录，文件未写明型号时也据此找到学习过的设备。")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """检验一份声像资料：摘要、格式、起止时间及其来源、剪接删改迹象；不保存。"""
    with coded_errors(as_json=as_json), progress(f"检验 {file.name}"):
        report = _examined(file, device.strip())
    if as_json:
        print_json(report)
    else:
        show(report)
    leave_by([*report.clock.findings, *report.integrity.findings])


def _examined(file: Path, device: str) -> RecordingReport:
    """The report by what is kept of its device; where no archive was ever made, nothing is, and none is made."""
    if not was_ready():
        from quancheng_sidecar.media.bounded import inspect_bounded

        return inspect_bounded(file, settings(), file_name=file.name)
    ready()
    from quancheng_sidecar.collect.profiles import examine

    return examine(file, settings(), device=device, file_name=file.name)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="要收存的声像资料。")],
    *,
    case: Annotated[str | None, typer.Option("--case", help="案号。")] = None,
    stage: Annotated[Stage | None, typer.Option("--stage", parser=_stage, metavar="环节", help=f"{_STAGES}。")] = None,
    officer: Annotated[str, typer.Option("--officer", help="执法人员。")] = "",
    device: Annotated[str, typer.Option("--device", help="设备编号。")] = "",
    returned_at: Annotated[
        datetime | None,
        typer.Option(
            "--returned-at", parser=instant, metavar="时间", help="返回单位（抵岸）时间，如 2026-03-01T12:00+08:00。"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """收存声像资料：一次读取即存储并计算摘要，检验后生成登记卡，再与文书核对。"""
    ready()
    from quancheng_sidecar.cli.adding import add_all
    from quancheng_sidecar.collect.intake import Submission
    from quancheng_sidecar.collect.models import IntakeKind

    submission = Submission(
        kind=IntakeKind.RECORDING,
        case=case,
        stage=stage,
        officer=officer,
        device=device,
        returned_at=returned_at,
    )
    add_all(files, submission, as_json=as_json)


@app.command("list")
def list_recordings(
    *, case: Annotated[str | None, typer.Option("--case", help="案号。")] = None, as_json: JsonOption = False
) -> None:
    """列出已收存的声像资料。"""
    ready()
    from quancheng_sidecar.cli import records

    records.list_recordings(case=case, as_json=as_json)


@app.command("show")
def show_recording(
    archive_id: Annotated[str, typer.Argument(help="登记卡的档案编号（recording list 可查）。")],
    *,
    as_json: JsonOption = False,
) -> None:
    """显示一份已收存的声像资料：检验结果、历次更正、关联的文书。"""
    ready()
    from quancheng_sidecar.cli.records import recording_detail, show_corrections, show_links
    from quancheng_sidecar.collect.corrections import find_recording

    with coded_errors(as_json=as_json):
        detail = recording_detail(find_recording(archive_id))
    if as_json:
        print_json(detail)
        return
    show(detail.report)
    if detail.looked_through:
        people.print(findings_table(list(detail.looked_through), title="逐帧检查发现"))
    if detail.origins:
        people.print(findings_table(list(detail.origins), title="溯源发现"))
    else:
        people.print(_TRACING.get(detail.tracing, "未能溯源。"))
    show_corrections(detail.corrections)
    show_links(detail.links)


@app.command()
def correct(
    archive_id: Annotated[str, typer.Argument(help="登记卡的档案编号（recording list 可查）。")],
    *,
    start: Annotated[
        datetime | None,
        typer.Option("--start", parser=instant, metavar="时间", help="实际开始时间，如 2026-03-01T09:30+08:00。"),
    ] = None,
    stage: Annotated[str | None, typer.Option("--stage", help="执法环节。")] = None,
    officer: Annotated[str | None, typer.Option("--officer", help="执法人员；空为无。")] = None,
    device: Annotated[str | None, typer.Option("--device", help="设备编号；空为无。")] = None,
    confirmed: Annotated[
        list[str] | None, typer.Option("--confirm", help="核对无误的项目，如 stage、interval；可多次使用。")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="更正的理由，例如“设备时钟慢 8 小时”。")],
    case: Annotated[
        str | None, typer.Option("--case", help="改归的案号（归错案时）；空为移出案件。单独使用，须确认。")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="更正人；默认为当前登录名。")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="改归案件不再询问。")] = False,
    as_json: JsonOption = False,
) -> None:
    """更正声像资料的开始时间（设备时钟不准时）、环节、执法人员或设备；原有记载保留不变，随后重新核对案件。"""
    ready()
    from quancheng_sidecar.cli.records import recording_entry, show_corrections
    from quancheng_sidecar.cli.verdicts import judge_again
    from quancheng_sidecar.collect.agents import agent_of
    from quancheng_sidecar.collect.corrections import correct_recording, find_recording
    from quancheng_sidecar.wiring import parts

    given = {"start": start.isoformat() if start else None, "stage": stage, "officer": officer, "device": device}
    values = {name: value for name, value in given.items() if value is not None}
    with coded_errors(as_json=as_json):
        if case is not None:
            from quancheng_sidecar.cli.moving import move  # draws and signs cards, which no other correction does

            done = find_recording(archive_id)
            move(done, case, {**values, "--confirm": confirmed}, by=by, why=why, yes=yes)
        else:
            done = correct_recording(parts(), archive_id, values, confirmed=confirmed or [], by=agent_of(by), why=why)
            judge_again({done.case.number} if done.case else ())
        entry = recording_entry(done)
    if as_json:
        print_json(entry)
    else:
        people.print(f"{entry.file}：{entry.start} 至 {entry.end}")
        show_corrections(entry.corrections)


def show(report: RecordingReport) -> None:
    """A report for a person at a terminal."""
    clock, duration = report.clock, report.duration
    zone = settings().zone
    people.print(
        pairs_table(
            report.file_name,
            {
                "SHA-256": report.digest.sha256,
                "SM3": report.digest.sm3 or "未计算",
                "格式": report.container,
                "时长": f"声明 {_seconds(duration.declared)}，实测 {_seconds(duration.measured)}",
                "开始": str(clock.start.astimezone(zone)) if clock.start else "未知",
                "结束": str(clock.end.astimezone(zone)) if clock.end else "未知",
                "时间依据": say(clock.reason),
            },
        )
    )
    if clock.witnesses:
        table = listing("来源", "推得的开始时间", "原文", "残差（秒）", title="各时间来源")
        for w in clock.witnesses:
            residual = "" if w.residual_s is None else f"{w.residual_s:.2f}"
            table.add_row(say(name_of(w.source)), str(w.start.astimezone(zone)), w.raw, residual)
        people.print(table)
    people.print(say(report.integrity.summary))
    findings = [*clock.findings, *report.integrity.findings]
    if findings:
        people.print(findings_table(findings))


def _seconds(value: float | None) -> str:
    return "未知" if value is None else f"{value:.3f} 秒"
