"""Adding several files, each on its own: one that fails does not hold up the others."""

from collections.abc import Sequence
from pathlib import Path

import typer
from pydantic import BaseModel, ConfigDict
from rich.text import Text

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.cli.output import (
    ErrorBody,
    Exit,
    body_of,
    coded_errors,
    findings_table,
    listing,
    notes,
    people,
    print_json,
    progress,
    say,
)
from quancheng_sidecar.collect import intake, services
from quancheng_sidecar.collect.agents import agent_of
from quancheng_sidecar.collect.intake import Submission
from quancheng_sidecar.collect.models import Intake, IntakeState, Recording, Tracing, WrittenDocument
from quancheng_sidecar.collect.recordings import handover_findings
from quancheng_sidecar.collect.standing import reading_of
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.preserve import log
from quancheng_sidecar.settings import settings
from quancheng_sidecar.use.services import judge_case
from quancheng_sidecar.wiring import parts


class Added(BaseModel):
    """What became of one file; `intake` and `archive_id` are None when it could not be stored at all."""

    model_config = ConfigDict(frozen=True)

    file: str
    state: str
    """`done`, `duplicate`, `quarantined`, `dismissed`; `received` when it is stored and listed but not processed, by an
    error of the surroundings or because another worker has it in hand; `failed` when it was not stored."""
    intake: str | None = None
    digest: str | None = None
    archive_id: str | None = None
    case: str | None = None
    new_case: bool = False
    """Whether the case was opened by this file: the number was not known before, so a slip of the pen shows."""
    cases_alike: tuple[str, ...] = ()
    """Known cases that the number of a newly opened one is a piece of."""
    review: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    error: ErrorBody | None = None


class AddReport(BaseModel):
    """Every file of one command, in its order; `error` is what kept the case from being judged again afterwards."""

    model_config = ConfigDict(frozen=True)

    results: tuple[Added, ...]
    error: ErrorBody | None = None


def add_all(files: Sequence[Path], submission: Submission, *, as_json: bool) -> None:
    """Take in each file, judge the case once, report all; leaves with 1 if any failed, 3 on a high finding."""
    results = []
    with progress("收存", total=len(files)) as bar:
        for file in files:
            bar.update(bar.task_ids[0], description=f"收存 {file.name}")
            results.append(_add(file, submission))
            bar.advance(bar.task_ids[0])
        taken_in = any(added.intake for added in results)
        after = _conclude(submission.case if taken_in else None)
    _tell(AddReport(results=tuple(results), error=after), as_json=as_json)


def _conclude(case: str | None) -> ErrorBody | None:
    """Judge the case again and sign the log; what fails here takes nothing back of what was taken in."""
    try:
        if case:
            judge_case(parts(), case)
        log.checkpoint()
    except Exception as fault:  # noqa: BLE001  each ends in a code and a sentence
        return body_of(fault)
    return None


def _tell(report: AddReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        _show(report)
    if report.error or any(added.error for added in report.results):
        raise typer.Exit(Exit.FAILED)
    if any(f.severity is Severity.HIGH for added in report.results for f in added.findings):
        raise typer.Exit(Exit.HIGH_FINDINGS)


def _add(file: Path, submission: Submission) -> Added:
    received = None
    try:
        received = intake.receive(parts(), file, submission)
        return added(file, services.process(parts(), received.id))
    except Exception as fault:  # noqa: BLE001  one file that fails, whyever, does not hold up the others
        body = body_of(fault)
        if received is None:
            return Added(file=str(file), state="failed", error=body)
        return Added(
            file=str(file),
            state=IntakeState.RECEIVED,
            intake=str(received.id),
            digest=received.original.digest,
            case=received.case.number_as_given if received.case else None,
            error=body,
        )


def added(file: Path, taken: Intake) -> Added:
    """What became of an intake, with its review list and findings."""
    error = None
    if taken.state == IntakeState.QUARANTINED:
        error = ErrorBody.model_validate(
            {"code": taken.error_code, "sentence": {"zh": taken.error_zh, "en": taken.error_en}}
        )
    archive_id, review, findings = _held(taken)
    return Added(
        file=str(file),
        state=taken.state,
        intake=str(taken.id),
        digest=taken.original.digest,
        archive_id=archive_id,
        case=taken.case.number_as_given if taken.case else None,
        new_case=intake.opened_case(taken),
        cases_alike=intake.cases_alike(taken),
        review=review,
        findings=findings,
        error=error,
    )


def _held(taken: Intake) -> tuple[str | None, tuple[str, ...], tuple[Finding, ...]]:
    where = {"original": taken.original, "case": taken.case}
    document = WrittenDocument.objects.filter(**where).first()
    if document and taken.kind == "document":
        reading = reading_of(document)
        own = tuple(Finding.model_validate(finding) for finding in document.findings)
        return document.archive_id, reading.review, (*own, *reading.findings)
    recording = Recording.objects.filter(**where).first()
    if recording and taken.kind == "recording":
        report = RecordingReport.model_validate(recording.report)
        late = handover_findings(taken, settings().handover_hours)
        return recording.archive_id, (), (*late, *report.clock.findings, *report.integrity.findings)
    return None, (), ()


def _show(report: AddReport) -> None:
    states = {
        "done": Text("已归档", "green"),
        "received": Text("已收存，待处理", "yellow"),
        "duplicate": Text("已有相同文件"),
        "quarantined": Text("已隔离", "red"),
        "dismissed": Text("不予处理"),
        "failed": Text("未收存", "red"),
    }
    table = listing("文件", "结果", "档案编号", "需核对", "说明")
    for item in report.results:
        said = f"{item.error.code} {say(item.error.sentence)}" if item.error else ""
        review = "、".join(item.review)
        table.add_row(Path(item.file).name, states[item.state], item.archive_id or "", review, said)
    people.print(table)
    for item in report.results:
        if item.new_case:
            people.print(Text.assemble(("新建案件", "yellow"), f"：{item.case}。以前没有这个案号，请核对是否写错。"))
        if item.cases_alike:
            people.print(
                f"相近的已有案号：{'、'.join(item.cases_alike)}。写错的，用 correct 档案编号 --case 案号 改归。"
            )
        if item.findings:
            people.print(Path(item.file).name, findings_table(list(item.findings)))
    if Recording.objects.filter(tracing__in=(Tracing.PENDING, Tracing.FIRST)).exists():
        people.print(
            "小样、逐帧检查和溯源随后进行：quancheng up 运行时自动完成，也可运行 quancheng recording trace。",
            style="dim",
        )
    if report.error:
        said = f"  案件未能重新核对：{say(report.error.sentence)}"
        notes.print(Text.assemble((report.error.code, "bold red"), said))


def report_retry(identifier: str, *, as_json: bool) -> None:
    """Work again on an intake that was set aside or never finished, and report it."""
    with coded_errors(as_json=as_json):
        waiting = intake.retry(intake.find(identifier))
        done = services.process(parts(), waiting.id)
        after = _conclude(done.case.number if done.case else None)
        _tell(AddReport(results=(added(Path(done.file_name), done),), error=after), as_json=as_json)


def report_dismissal(identifier: str, *, by: str, why: str, as_json: bool) -> None:
    """Dismiss an intake that was set aside, judge its case again, and report it."""
    with coded_errors(as_json=as_json):
        done = intake.dismiss(parts(), intake.find(identifier), by=agent_of(by), why=why)
        after = _conclude(done.case.number if done.case else None)
        _tell(AddReport(results=(added(Path(done.file_name), done),), error=after), as_json=as_json)
