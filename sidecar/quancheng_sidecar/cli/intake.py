"""`quancheng intake …`: what was handed in, what failed, and trying again."""

from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.cli.instants import Instant
from quancheng_sidecar.cli.output import JsonOption, listing, people, print_json
from quancheng_sidecar.web.ready import ready

app = typer.Typer(no_args_is_help=True)


class IntakeRow(BaseModel):
    """One handing-in."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    file: str
    case: str | None
    state: str
    received_at: Instant
    digest: str
    error_code: str | None
    error_zh: str | None
    dismissed_why: str | None


class IntakeList(BaseModel):
    """Handings-in, oldest first."""

    model_config = ConfigDict(frozen=True)

    intakes: tuple[IntakeRow, ...]


@app.command("list")
def list_intakes(
    *,
    quarantined: Annotated[bool, typer.Option("--quarantined", help="只列出隔离区中待人工处理的。")] = False,
    as_json: JsonOption = False,
) -> None:
    """列出收集登记；加 --quarantined 只看隔离区。"""
    ready()
    from quancheng_sidecar.collect.models import Intake, IntakeKind, IntakeState

    found = Intake.objects.select_related("original", "case")
    if quarantined:
        found = found.filter(state=IntakeState.QUARANTINED)
    rows = [
        IntakeRow(
            id=str(i.id),
            kind=i.kind,
            file=i.file_name,
            case=i.case.number_as_given if i.case else None,
            state=i.state,
            received_at=i.received_at,
            digest=i.original.digest,
            error_code=i.error_code or None,
            error_zh=i.error_zh or None,
            dismissed_why=i.dismissed_why or None,
        )
        for i in found
    ]
    if as_json:
        print_json(IntakeList(intakes=tuple(rows)))
        return
    table = listing("编号", "类别", "文件", "案号", "状态", "说明")
    for row in rows:
        said = row.dismissed_why or (f"{row.error_code} {row.error_zh}" if row.error_code else "")
        table.add_row(
            row.id[:8], IntakeKind(row.kind).label, row.file, row.case or "", IntakeState(row.state).label, said
        )
    people.print(table if rows else ("隔离区是空的。" if quarantined else "还没有收到任何文件。"))


@app.command()
def retry(
    identifier: Annotated[str, typer.Argument(help="登记编号，或其开头几位。")], *, as_json: JsonOption = False
) -> None:
    """重新处理隔离区中或未完成的文件。"""
    ready()
    from quancheng_sidecar.cli.adding import report_retry

    report_retry(identifier, as_json=as_json)


@app.command()
def dismiss(
    identifier: Annotated[str, typer.Argument(help="登记编号，或其开头几位。")],
    *,
    why: Annotated[str, typer.Option("--why", help="理由，例如“与本案无关，原件已由送修单位确认无法恢复”。")],
    by: Annotated[str, typer.Option("--by", help="决定人；默认为当前登录名。")] = "",
    as_json: JsonOption = False,
) -> None:
    """隔离区中的文件不予处理：文件和登记保留，不再影响核对结论；可用 retry 撤回。"""
    ready()
    from quancheng_sidecar.cli.adding import report_dismissal

    report_dismissal(identifier, by=by, why=why, as_json=as_json)
