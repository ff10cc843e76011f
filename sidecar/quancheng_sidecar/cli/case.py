"""`quancheng case …`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.findings import Severity
from quancheng_sidecar.cli.instants import Instant
from quancheng_sidecar.cli.output import (
    Exit,
    JsonOption,
    coded_errors,
    findings_table,
    listing,
    people,
    print_json,
    say,
)
from quancheng_sidecar.web.ready import ready

app = typer.Typer(no_args_is_help=True)

NumberArgument = Annotated[str, typer.Argument(help="案号。")]


class CaseRow(BaseModel):
    """One case, with how many documents and recordings it holds and how many files await a person in quarantine."""

    model_config = ConfigDict(frozen=True)

    case: str
    opened_at: Instant
    documents: int
    recordings: int
    quarantined: int


class CaseList(BaseModel):
    """Cases, by number."""

    model_config = ConfigDict(frozen=True)

    cases: tuple[CaseRow, ...]


@app.command()
def check(number: NumberArgument, *, as_json: JsonOption = False) -> None:
    """核对案件中每份文书的起止时间与声像资料是否一致，各设备的分段录像有没有缺段。"""
    ready()
    from quancheng_sidecar.cli.verdicts import verdict_table
    from quancheng_sidecar.preserve import log
    from quancheng_sidecar.use.services import check_case
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json):
        result = check_case(parts(), number)
        log.checkpoint()
    if as_json:
        print_json(result)
    else:
        people.print(verdict_table(result))
        for form in result.forms:
            people.print(f"· {form.title}：{say(form.agreement.sentence)}")
        if not result.forms:
            people.print("本案尚无载明时间的文书。用 quancheng document add 文件 --case 案号 归档。")
        people.print(f"分段：{result.chained}件录像按编号或时间与同一设备的其他录像相连。")
        if result.findings:
            people.print(findings_table(list(result.findings), title="分段录像"))
    if any(form.agreement.severity is Severity.HIGH for form in result.forms):
        raise typer.Exit(Exit.HIGH_FINDINGS)


@app.command()
def report(
    number: NumberArgument,
    out: Annotated[Path, typer.Argument(file_okay=False, help="写入报告的文件夹。")],
    *,
    as_json: JsonOption = False,
) -> None:
    """生成案件的 HTML 报告：结论、时间轴、缩略图、检验发现。"""
    ready()
    from quancheng_sidecar.use.report import write_report
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json):
        written = write_report(parts(), number, out)
    if as_json:
        print_json(written)
    else:
        people.print(f"报告：{written.path}")


class Filed(BaseModel):
    """A record and the case that it is filed under now."""

    model_config = ConfigDict(frozen=True)

    archive_id: str
    case: str


@app.command()
def file(
    number: NumberArgument,
    archive_id: Annotated[
        str, typer.Argument(help="尚未归案的文书或登记卡的档案编号（document list、recording list 可查）。")
    ],
    *,
    by: Annotated[str, typer.Option("--by", help="归案人；默认为当前登录名。")] = "",
    as_json: JsonOption = False,
) -> None:
    """把收存时没有写案号的文书或声像资料归入案件，随后核对该案。"""
    ready()
    from quancheng_sidecar.cli.verdicts import judge_again
    from quancheng_sidecar.collect.agents import agent_of
    from quancheng_sidecar.collect.filing import file_under, find_record
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json):
        judge_again(file_under(parts(), find_record(archive_id), number, by=agent_of(by)))
    if as_json:
        print_json(Filed(archive_id=archive_id, case=number))
    else:
        people.print(f"档案 {archive_id} 已归入案件 {number}。")


@app.command("list")
def list_cases(*, as_json: JsonOption = False) -> None:
    """列出全部案件，及各有多少文书、声像资料和待处理的文件。"""
    ready()
    rows = tuple(_rows())
    if as_json:
        print_json(CaseList(cases=rows))
        return
    table = listing("案号", "建立时间", "文书", "声像资料", "隔离区待处理")
    for row in rows:
        opened = f"{row.opened_at:%Y-%m-%d %H:%M}"
        table.add_row(row.case, opened, str(row.documents), str(row.recordings), str(row.quarantined or ""))
    people.print(table if rows else "还没有案件。用 quancheng document add 文件 --case 案号 建立第一个。")


def _rows() -> Iterator[CaseRow]:
    from django.db.models import Count, Q

    from quancheng_sidecar.collect.models import Case, IntakeState

    counted = Case.objects.annotate(
        documents=Count("writtendocument", distinct=True),
        recordings=Count("recording", distinct=True),
        quarantined=Count("intakes", filter=Q(intakes__state=IntakeState.QUARANTINED), distinct=True),
    )
    for case in counted:
        yield CaseRow(
            case=case.number_as_given,
            opened_at=case.opened_at,
            documents=case.documents,
            recordings=case.recordings,
            quarantined=case.quarantined,
        )
