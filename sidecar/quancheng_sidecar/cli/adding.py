"""Adding several files, each on its own: one that fails does not hold up the others."""

from collections.abc import Sequence
from pathlib import Path

import typer
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.cli.output import (
    ErrorBody,
    Exit,
    coded_errors,
    findings_table,
    listing,
    people,
    print_json,
    progress,
    say,
)
from quancheng_sidecar.collect import intake, services
from quancheng_sidecar.collect.corrections import reading_of
from quancheng_sidecar.collect.intake import Submission
from quancheng_sidecar.collect.models import Intake, IntakeState, Recording, WrittenDocument
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.preserve import log
from quancheng_sidecar.use.services import check_case
from quancheng_sidecar.wiring import parts


class Added(BaseModel):
    """What became of one file; `intake` and `archive_id` are None when it could not be stored at all."""

    model_config = ConfigDict(frozen=True)

    file: str
    state: str
    """`done`, `duplicate`, `quarantined`, `received` while another worker has it in hand, or `failed` when it was not
    taken or must be tried again."""
    intake: str | None = None
    digest: str | None = None
    archive_id: str | None = None
    case: str | None = None
    review: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    error: ErrorBody | None = None


class AddReport(BaseModel):
    """Every file of one command, in its order."""

    model_config = ConfigDict(frozen=True)

    results: tuple[Added, ...]


def add_all(files: Sequence[Path], submission: Submission, *, as_json: bool) -> None:
    """Take in each file, judge the case once, report all; leaves with 1 if any failed, 3 on a high finding."""
    results = []
    with coded_errors(as_json=as_json), progress("收存", total=len(files)) as bar:
        for file in files:
            bar.update(bar.task_ids[0], description=f"收存 {file.name}")
            results.append(_add(file, submission))
            bar.advance(bar.task_ids[0])
        if submission.case and any(added.intake for added in results):
            check_case(parts(), submission.case)
        log.checkpoint()
    if as_json:
        print_json(AddReport(results=tuple(results)))
    else:
        _show(results)
    if any(added.error for added in results):
        raise typer.Exit(Exit.FAILED)
    if any(f.severity is Severity.HIGH for added in results for f in added.findings):
        raise typer.Exit(Exit.HIGH_FINDINGS)


def _add(file: Path, submission: Submission) -> Added:
    try:
        taken = services.take_in(parts(), file, submission)
    except QuanchengError as error:
        return Added(file=str(file), state="failed", error=ErrorBody(code=error.code, sentence=error.sentence))
    return added(file, taken)


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
        return recording.archive_id, (), (*report.clock.findings, *report.integrity.findings)
    return None, (), ()


def _show(results: Sequence[Added]) -> None:
    states = {
        "done": "[green]已归档[/]",
        "received": "处理中",
        "duplicate": "已有相同文件",
        "quarantined": "[red]已隔离[/]",
        "failed": "[red]未收存[/]",
    }
    table = listing("文件", "结果", "档案编号", "需核对", "说明")
    for item in results:
        said = f"{item.error.code} {say(item.error.sentence)}" if item.error else ""
        table.add_row(Path(item.file).name, states[item.state], item.archive_id or "", "、".join(item.review), said)
    people.print(table)
    for item in results:
        if item.findings:
            people.print(Path(item.file).name, findings_table(list(item.findings)))


def report_retry(identifier: str, *, as_json: bool) -> None:
    """Work again on an intake that was set aside or never finished, and report it."""
    with coded_errors(as_json=as_json):
        waiting = intake.retry(intake.find(identifier))
        done = services.process(parts(), waiting.id)
        if done.case:
            check_case(parts(), done.case.number)
        log.checkpoint()
    result = added(Path(done.file_name), done)
    if as_json:
        print_json(AddReport(results=(result,)))
    else:
        _show([result])
    if result.error:
        raise typer.Exit(Exit.FAILED)
