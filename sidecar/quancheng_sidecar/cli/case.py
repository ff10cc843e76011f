"""`quancheng case …`."""

from pathlib import Path
from typing import Annotated

import typer

from quancheng_sidecar.cli.output import JsonOption, coded_errors, listing, people, print_json, say
from quancheng_sidecar.settings import settings
from quancheng_sidecar.web.ready import ready

app = typer.Typer(no_args_is_help=True)

NumberArgument = Annotated[str, typer.Argument(help="案号。")]


@app.command()
def check(number: NumberArgument, *, as_json: JsonOption = False) -> None:
    """核对案件中每份文书的起止时间与声像资料是否一致。"""
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
        return
    people.print(verdict_table(result))
    for form in result.forms:
        people.print(f"· {form.form}：{say(form.agreement.sentence)}")
    if not result.forms:
        people.print("本案尚无载明时间的文书。用 quancheng document add 文件 --case 案号 归档。")


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


@app.command("list")
def list_cases() -> None:
    """列出全部案件。"""
    ready()
    from quancheng_sidecar.collect.models import Case

    table = listing("案号", "建立时间")
    for case in Case.objects.all():
        table.add_row(case.number_as_given, f"{case.opened_at.astimezone(settings().zone):%Y-%m-%d %H:%M}")
    people.print(table if table.row_count else "还没有案件。用 quancheng document add 文件 --case 案号 建立第一个。")
