"""What the demo came to: verdicts, searches, the state of the log, and where everything is."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.archive.port import SearchPage
from quancheng_sidecar.cli.output import people, say
from quancheng_sidecar.cli.verdicts import verdict_table
from quancheng_sidecar.demo import story
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.report import LogVerification
from quancheng_sidecar.use.services import CaseCheck, check_case, search
from quancheng_sidecar.wiring import parts

_QUERIES = ("拖", "林海生", "闽海渔执罚〔2026〕37号", "DSJ-A7")


class DemoReport(BaseModel):
    """The outcome of `quancheng demo`; `searches` by what was searched, `media_report` None without real footage."""

    model_config = ConfigDict(frozen=True)

    home: Path
    inputs: Path
    report: Path
    media_report: Path | None
    check: CaseCheck
    searches: dict[str, SearchPage]
    log: LogVerification


def gather(home: Path, inputs: Path, report: Path, media_report: Path | None) -> DemoReport:
    """Judge the demo's case once more, search it, verify the log."""
    return DemoReport(
        home=home,
        inputs=inputs,
        report=report,
        media_report=media_report,
        check=check_case(parts(), story.CASE),
        searches={query: search(parts(), query) for query in _QUERIES},
        log=log.verify(),
    )


def show(told: DemoReport) -> None:
    """The outcome for a person at a terminal."""
    people.print(verdict_table(told.check))
    for form in told.check.forms:
        people.print(f"· {form.title}：{say(form.agreement.sentence)}")
    for query, page in told.searches.items():
        people.print(f"检索“{query}”：{page.total} 条，如 {'；'.join(hit.title for hit in page.hits[:3])}")
    people.print(say(told.log.sentence))
    people.print(f"报告：{told.report}")
    if told.media_report:
        people.print(f"真实样片的报告：{told.media_report}")
    people.print(
        f"材料：{told.inputs}\n全部数据：{told.home}（QUANCHENG_HOME={told.home} quancheng search 词 可继续检索）"
    )
