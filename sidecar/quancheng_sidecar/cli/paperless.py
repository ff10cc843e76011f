"""`quancheng paperless …`."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from quancheng_sidecar.cli.instants import instant
from quancheng_sidecar.cli.output import Exit, JsonOption, coded_errors, listing, people, print_json, progress, say
from quancheng_sidecar.settings import settings
from quancheng_sidecar.web.ready import ready

if TYPE_CHECKING:
    from quancheng_sidecar.archive.paperless.check import CheckReport
    from quancheng_sidecar.archive.paperless.setup import SetupReport

app = typer.Typer(no_args_is_help=True)


@app.command()
def setup(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出将要建立的内容，不做改动。")] = False,
    as_json: JsonOption = False,
) -> None:
    """在 Paperless-ngx 里建好所需的字段、文档类型、标签、用户组、存储路径、工作流和视图；可重复运行，不动已有的。"""
    from quancheng_sidecar.archive.paperless.office import office
    from quancheng_sidecar.archive.paperless.registry import Registry
    from quancheng_sidecar.archive.paperless.setup import set_up

    own = settings()
    with coded_errors(as_json=as_json), Registry.of(own) as registry:
        pieces = office(own)
        with progress("设置 Paperless-ngx", total=len(pieces)) as bar:
            report = set_up(registry, pieces, own, dry_run=dry_run, told=lambda: bar.advance(bar.task_ids[0]))
    if as_json:
        print_json(report)
    else:
        _show_setup(report)
    if not report.settled:
        raise typer.Exit(Exit.HIGH_FINDINGS)


@app.command()
def sync(
    *,
    patience_s: Annotated[float, typer.Option("--patience", min=0, help="最多等多少秒。")] = 120,
    since: Annotated[
        datetime | None,
        typer.Option("--since", parser=instant, metavar="时间", help="连同此时以后在那边变动过的旧文档一起收入。"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """立即与 Paperless-ngx 同步：送出等待的内容，收入那边新到和更正的；列出尚未完成的及原因。"""
    ready()
    from quancheng_sidecar.cli import syncing

    with coded_errors(as_json=as_json), progress("与 Paperless-ngx 同步"):
        syncing.sync(patience_s=patience_s, since=since, as_json=as_json)


@app.command()
def check(*, as_json: JsonOption = False) -> None:
    """检查 Paperless-ngx：版本、权限、字段等是否齐全、插件、通知、时钟和运行状态；有问题的附处理办法。"""
    from quancheng_sidecar.archive.paperless.check import judge
    from quancheng_sidecar.archive.paperless.looking import look
    from quancheng_sidecar.archive.paperless.office import office
    from quancheng_sidecar.archive.paperless.registry import Registry

    own = settings()
    with coded_errors(as_json=as_json), Registry.of(own) as registry, progress("检查 Paperless-ngx"):
        report = judge(look(registry, office(own), own, last_event=_last_event()))
    if as_json:
        print_json(report)
    else:
        _show_check(report)
    if not report.sound:
        raise typer.Exit(Exit.HIGH_FINDINGS)


def _last_event() -> datetime | None:
    ready()
    from django.db.models import Max

    from quancheng_sidecar.archive.paperless.models import Notice

    last: datetime | None = Notice.objects.aggregate(last=Max("at"))["last"]
    return last.astimezone(settings().zone) if last else None


def _show_setup(report: SetupReport) -> None:
    from quancheng_sidecar.archive.paperless.comparing import Action

    table = listing("处理", "种类", "名称", "说明", title=f"Paperless-ngx {report.version}（{report.url}）")
    for item in report.items:
        if item.action is Action.KEEP:
            continue
        done = item.action.zh if item.code is None else Text(item.action.zh, "bold red")
        table.add_row(done, item.kind.zh, item.name, say(item.why) if item.why else "")
    if table.row_count:
        people.print(table)
    counts = Counter(item.action for item in report.items)
    told = "，".join(f"{action.zh} {counts[action]}" for action in Action if counts[action])
    people.print(f"{'试运行，没有做任何改动：' if report.dry_run else ''}{told}。")


def _show_check(report: CheckReport) -> None:
    from quancheng_sidecar.archive.paperless.told import State

    marks = {State.RIGHT: Text("✓", "green"), State.WRONG: Text("✗", "bold red"), State.UNKNOWN: Text("？", "yellow")}
    table = listing("", "检查结果", "处理办法", title=f"Paperless-ngx {report.version}（{report.url}）")
    for item in report.items:
        table.add_row(marks[item.state], say(item.sentence), say(item.remedy) if item.remedy else "")
    people.print(table)
