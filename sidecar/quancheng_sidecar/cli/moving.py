"""Moving a record that came in under a wrong case, for `document correct --case` and `recording correct --case`."""

import sys
from collections.abc import Mapping

import typer
from rich.text import Text

from quancheng_plugin.forms.numbers import normalise
from quancheng_sidecar.cli.output import Exit, notes
from quancheng_sidecar.cli.verdicts import judge_again
from quancheng_sidecar.collect.agents import agent_of
from quancheng_sidecar.collect.filing import Record, file_under
from quancheng_sidecar.collect.models import Case
from quancheng_sidecar.wiring import parts


def move(record: Record, number: str, others: Mapping[str, object], *, by: str, why: str, yes: bool) -> None:
    """Ask, move the record, and judge both cases again. Raises `FilingRefused`; usage errors are typer's to tell."""
    if any(others.values()):
        raise typer.BadParameter("--case 单独使用：其他内容请另用一条命令更正。", param_hint="--case")
    if not yes:
        _ask(record, number)
    judge_again(file_under(parts(), record, number, by=agent_of(by), why=why))


def _ask(record: Record, number: str) -> None:
    if not sys.stdin.isatty():
        raise typer.BadParameter("改归案件须经确认：在终端里运行，或加 --yes。", param_hint="--case")
    notes.print(f"“{record.file_name}”（档案编号 {record.archive_id}）")
    notes.print(f"  现在：{record.case or '未归案'}")
    notes.print(Text.assemble("  改为：", number.strip() or "不归入任何案件", _new(number)))
    if not typer.confirm("两案将重新核对，登记卡重新生成，记入保管日志。确定吗？", err=True):
        notes.print("没有改动。")
        raise typer.Exit(Exit.FAILED)


def _new(number: str) -> Text:
    known = not number.strip() or Case.objects.filter(number=normalise(number)).exists()
    return Text("" if known else "（以前没有这个案号，将新建；请核对是否写错）", "yellow")
