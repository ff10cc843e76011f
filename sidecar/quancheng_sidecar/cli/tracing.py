"""`quancheng recording identify` and `trace`: of which archived recordings a file is a copy or a piece."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.cli.comparing import relation_line
from quancheng_sidecar.cli.output import (
    ErrorBody,
    JsonOption,
    body_of,
    coded_errors,
    listing,
    people,
    print_json,
    progress,
    say,
)
from quancheng_sidecar.media.comparison.report import Comparison
from quancheng_sidecar.web.ready import ready


class Identified(BaseModel):
    """An archived recording that the file is related to, and how."""

    model_config = ConfigDict(frozen=True)

    archive_id: str
    file: str
    case: str | None
    digest: str
    comparison: Comparison


class IdentifyReport(BaseModel):
    """Related recordings, the likeliest first; `pending` others, or their pictures, could not be asked yet.

    `damaged` says of which likely ones nothing can be said until what is kept of them is restored.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    found: tuple[Identified, ...]
    pending: int
    damaged: tuple[ErrorBody, ...]


class TraceReport(BaseModel):
    """How many recordings were traced now; 0 also when another process is at it."""

    model_config = ConfigDict(frozen=True)

    traced: int


def identify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="要查明来源的录像或录音。")],
    *,
    as_json: JsonOption = False,
) -> None:
    """查明一份录像或录音出自档案中的哪一份；不保存。"""
    ready()
    from quancheng_sidecar.collect.origins import identify_file
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json), progress(f"查找 {file.name} 的来源"):
        answer = identify_file(parts(), file)
        found = tuple(
            Identified(
                archive_id=other.archive_id,
                file=other.file_name,
                case=other.case.number_as_given if other.case else None,
                digest=other.original.digest,
                comparison=said,
            )
            for other, said in answer.found
        )
    damaged = tuple(body_of(error) for error in answer.damaged)
    report = IdentifyReport(file=file.name, found=found, pending=answer.pending, damaged=damaged)
    if as_json:
        print_json(report)
    else:
        _show(report)


def trace(*, as_json: JsonOption = False) -> None:
    """给尚未溯源的录像溯源：逐帧检查，生成小样，找出重复、截取和跨案使用（up 运行时自动进行）；未能溯源的再试。"""
    ready()
    from quancheng_sidecar.collect.origins import trace_pending
    from quancheng_sidecar.preserve import log
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json), progress("溯源"):
        report = TraceReport(traced=trace_pending(parts(), again=True))
        log.checkpoint()
    if as_json:
        print_json(report)
    else:
        people.print(f"已溯源 {report.traced} 份。发现见 quancheng recording show 和案件报告。")


def _show(report: IdentifyReport) -> None:
    table = listing("档案编号", "案号", "文件", "关系")
    for one in report.found:
        table.add_row(one.archive_id, one.case or "", one.file, relation_line(one.comparison))
    people.print(table if report.found else f"档案中没有找到与“{report.file}”同源的录像。")
    if report.pending:
        people.print(
            f"另有 {report.pending} 份录像尚未逐帧检查或编入索引，查找不全；请运行 quancheng recording trace 后再查。",
            style="yellow",
        )
    for error in report.damaged:
        people.print(f"{error.code}  {say(error.sentence)}", style="yellow")
