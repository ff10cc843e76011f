"""How a command answers: a table for people on the terminal, one JSON document with `--json`, and its exit status."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum
from io import TextIOWrapper
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_plugin.setting_files import SettingsInvalid
from quancheng_sidecar.collect.faults import coded
from quancheng_sidecar.settings import settings

JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出，供程序读取。")]

# Words of forms, names of files and queries may hold square brackets: colour is given by `Text`, never by markup.
people = Console(markup=False)
"""Standard output."""
notes = Console(markup=False, stderr=True)
"""Standard error: progress and errors, so that `--json` stays clean."""


class Exit(IntEnum):
    """Exit status of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    HIGH_FINDINGS = 3


class ErrorBody(BaseModel):
    """What `--json` prints on failure: a stable code and the sentence for a person."""

    code: str
    sentence: Sentence


class Failure(BaseModel):
    """Envelope of `ErrorBody`."""

    error: ErrorBody


def say(sentence: Sentence) -> str:
    """The sentence in the language that is set; in Chinese where the settings cannot be read."""
    try:
        return sentence.zh if settings().language == "zh" else sentence.en
    except SettingsInvalid:
        return sentence.zh


def mark(*, ok: bool) -> Text:
    """The sign before a sentence that tells whether something holds."""
    return Text("✓", "green") if ok else Text("✗", "bold red")


def print_json(value: BaseModel) -> None:
    """One JSON document on standard output, at once; instants are ISO 8601 with offset."""
    sys.stdout.write(value.model_dump_json(indent=2) + "\n")
    sys.stdout.flush()


def write_any_sign(*, as_json: bool) -> None:
    """Have no sign that a terminal lacks end a command: a terminal of GBK has no ✓. JSON is UTF-8 (RFC 8259 § 8.1)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace", encoding="utf-8" if as_json and stream is sys.stdout else None)


def body_of(fault: Exception) -> ErrorBody:
    """The code and sentence that a person is told of a fault; of one of ours the details are written down."""
    error = coded(fault) or _fault_of_ours(fault)
    return ErrorBody(code=error.code, sentence=error.sentence)


@contextmanager
def coded_errors(*, as_json: bool) -> Iterator[None]:
    """Turn whatever goes wrong into its report and status 1; usage errors and a closed pipe are typer's to tell."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as fault:
        body = body_of(fault)
        if as_json:
            print_json(Failure(error=body))
        else:
            notes.print(Text.assemble((body.code, "bold red"), f"  {say(body.sentence)}"), highlight=False)
        raise typer.Exit(Exit.FAILED) from fault


def _fault_of_ours(fault: Exception) -> QuanchengError:
    """The error that tells a person of a fault of ours, with the details written where an administrator finds them."""
    details = f"{datetime.now().astimezone().isoformat()}\n{''.join(traceback.format_exception(fault))}\n"
    try:
        place = settings().home / "errors.log"
        with place.open("a", encoding="utf-8") as log:
            log.write(details)
    except (QuanchengError, OSError):
        sys.stderr.write(details)
        zh, en = "上方", "above"
    else:
        zh, en = f"{place} 末尾", f"at the end of {place}"
    kind = type(fault).__name__
    return QuanchengError(
        zh=f"程序出现意外错误（{kind}）。详情写在{zh}，请交给管理员；已收存的文件不受影响。",
        en=f"Unexpected fault ({kind}). Details stand {en}: give them to the administrator. What was stored is safe.",
    )


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Progress]:
    """A progress bar on standard error, with one task in it; silent where nobody watches."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as bar:
        bar.add_task(description, total=total)
        yield bar


def leave_by(findings: list[Finding]) -> None:
    """Leave with status 3 when any finding is of severity high."""
    if any(finding.severity is Severity.HIGH for finding in findings):
        raise typer.Exit(Exit.HIGH_FINDINGS)


_SEVERITY_ZH = {
    Severity.INFO: Text("提示"),
    Severity.LOW: Text("轻微", "cyan"),
    Severity.MEDIUM: Text("中等", "yellow"),
    Severity.HIGH: Text("严重", "bold red"),
}


def listing(*names: str, title: str | None = None) -> Table:
    """An empty table with these columns; Chinese has no spaces to break at, so a narrow terminal folds, not hides."""
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def findings_table(findings: list[Finding], *, title: str = "检验发现") -> Table:
    """Findings for a person: how severe, where, and the sentence."""
    table = listing("程度", "位置", "发现", "代码", title=title)
    for finding in findings:
        at = "" if finding.at is None else f"{finding.at:.1f} 秒"
        table.add_row(_SEVERITY_ZH[finding.severity], at, say(finding.sentence), finding.code)
    return table


def pairs_table(title: str, pairs: dict[str, str]) -> Table:
    """Names and values, one pair a row."""
    table = Table(show_header=False, title=title, title_justify="left")
    for name, value in pairs.items():
        table.add_row(name, value)
    return table
