"""Verdicts: judged again after a change, and the table that `case check` and the demo print."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from quancheng_sidecar.cli.output import listing
from quancheng_sidecar.core.agreement import Agreement, Verdict
from quancheng_sidecar.preserve import log
from quancheng_sidecar.use.services import CaseCheck, judge_case
from quancheng_sidecar.wiring import parts

VERDICT_ZH = {
    Verdict.AGREES: Text("一致", "green"),
    Verdict.DEVIATES: Text("起止不符", "yellow"),
    Verdict.INCOMPLETE: Text("不完整", "yellow"),
    Verdict.MISSING: Text("缺录音录像", "red"),
    Verdict.UNDETERMINED: Text("待核定", "magenta"),
}


def judge_again(cases: Iterable[str]) -> None:
    """Judge the cases that a filing touched, and sign the log."""
    for number in sorted(cases):
        judge_case(parts(), number)
    log.checkpoint()


def verdict_table(check: CaseCheck) -> Table:
    """One row a form: verdict, coverage, edges, gaps and the tolerance used."""
    names = ("文书", "编号", "环节", "结论", "覆盖", "起点差", "终点差", "间断", "容差")
    table = listing(*names, title=f"案件 {check.case}")
    for form in check.forms:
        a = form.agreement
        table.add_row(form.form, form.number or "", form.stage.zh, VERDICT_ZH[a.verdict], *_figures(a))
    return table


def _figures(agreement: Agreement) -> tuple[str, ...]:
    return (
        "—" if agreement.coverage_percent is None else f"{agreement.coverage_percent:.1f}%",
        _signed(agreement.start_delta_s),
        _signed(agreement.end_delta_s),
        "、".join(f"{gap.seconds:.0f} 秒" for gap in agreement.gaps) or "无",
        f"{agreement.rule.tolerance_s:.0f} 秒",
    )


def _signed(seconds: float | None) -> str:
    return "—" if seconds is None else f"{seconds:+.0f} 秒"
