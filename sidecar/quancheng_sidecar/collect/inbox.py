"""The two inbox folders: a file put there is taken when it is at rest, and its outcome is written beside them.

inbox/scans/[案号/]文件                      forms
inbox/recordings/[案号/[环节/]]文件           recordings; `文件.json` beside one may name
                                             case, stage, officer, device, returned_at
inbox/results/                               one text file for each file that was taken
"""

import errno
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, field_validator

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.collect.intake import Submission
from quancheng_sidecar.collect.models import Intake, IntakeKind, IntakeState
from quancheng_sidecar.settings import Settings

logger = structlog.get_logger(__name__)

NOTE = ".错误说明.txt"
"""Ending of the note that stands beside a file which could not be taken."""
_PASSED_OVER = (NOTE, ".part", ".tmp", ".crdownload", ".json")


class BadInboxNote(QuanchengError):
    """The JSON beside a recording cannot be used."""

    code = "QC-INBOX-NOTE"


class RecordingNote(BaseModel):
    """The JSON beside a recording; an instant without offset is refused."""

    model_config = ConfigDict(extra="forbid")

    case: str | None = None
    stage: Stage | None = None
    officer: str = ""
    device: str = ""
    returned_at: AwareDatetime | None = None

    @field_validator("stage", mode="before")
    @classmethod
    def _by_either_name(cls, value: object) -> object:
        return Stage.parse(value) if isinstance(value, str) else value


def folders(settings: Settings) -> dict[IntakeKind, Path]:
    """The inbox folder of each kind, made when it is not there."""
    inbox = settings.home / "inbox"
    found = {IntakeKind.DOCUMENT: inbox / "scans", IntakeKind.RECORDING: inbox / "recordings"}
    for folder in (*found.values(), inbox / "results"):
        folder.mkdir(parents=True, exist_ok=True)
    return found


@dataclass
class AtRest:
    """Remembers sizes and times of one folder's files, and tells those that have not changed for a while."""

    rest_s: float
    _seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def settled(self, files: list[Path], now: float) -> Iterator[Path]:
        """Files unchanged for `rest_s` seconds, by a monotonic `now`; the others are remembered."""
        for path in files:
            try:
                status = path.stat()
            except FileNotFoundError:  # taken away between listing and looking
                continue
            state = (status.st_size, status.st_mtime_ns)
            before = self._seen.get(path)
            if before is None or before[0] != state:
                self._seen[path] = (state, now)
            elif now - before[1] >= self.rest_s:
                yield path
        self._seen = {path: seen for path, seen in self._seen.items() if path in set(files)}


def waiting(folder: Path) -> list[Path]:
    """Files in the inbox that may be taken: no notes, hidden or partial files, and none refused since it changed."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.endswith(_PASSED_OVER)
        and not _refused(path)
    )


def _refused(path: Path) -> bool:
    note = path.with_name(path.name + NOTE)
    beside = _note_of(path)
    newest = max(path.stat().st_mtime, beside.stat().st_mtime if beside else 0)
    return note.exists() and note.stat().st_mtime >= newest


def submission(path: Path, folder: Path, kind: IntakeKind) -> Submission:
    """What the place of a file and the JSON beside it say of it. Raises `BadInboxNote`."""
    places = path.relative_to(folder).parts[:-1]
    said = _read_note(path) if kind is IntakeKind.RECORDING else RecordingNote()
    case = said.case or (places[0] if places else None)
    stage = said.stage
    if stage is None and len(places) > 1:
        stage = _parse_stage(places[1], path)
    return Submission(
        kind=kind,
        case=case,
        stage=stage,
        officer=said.officer,
        device=said.device,
        returned_at=said.returned_at,
        agent="inbox",
        via="inbox",
    )


def _parse_stage(text: str, path: Path) -> Stage:
    try:
        return Stage.parse(text)
    except ValueError as error:
        raise BadInboxNote(zh=f"“{path.name}”所在文件夹：{error}", en=f"Folder of {path.name!r}: {error}") from error


def _note_of(path: Path) -> Path | None:
    for candidate in (path.with_name(path.name + ".json"), path.with_suffix(".json")):
        if candidate.is_file():
            return candidate
    return None


def _read_note(path: Path) -> RecordingNote:
    note = _note_of(path)
    if note is None:
        return RecordingNote()
    try:
        return RecordingNote.model_validate(json.loads(note.read_text(encoding="utf-8-sig")))
    except (ValueError, ValidationError) as error:
        raise BadInboxNote(
            zh=f"“{note.name}”无法使用：{error}。请改正后保存，系统会再次收取。",
            en=f"{note.name!r} cannot be used: {error}. Correct and save it; the file is then taken again.",
        ) from error


def clear_away(path: Path) -> None:
    """Remove the notes that stood beside a file which has now been taken."""
    note = _note_of(path)
    if note is not None:
        note.unlink()
    path.with_name(path.name + NOTE).unlink(missing_ok=True)


def refuse(path: Path, error: QuanchengError) -> None:
    """Write beside a file why it could not be taken; it stays where it is."""
    text = f"{error.code}\n{error.sentence.zh}\n{error.sentence.en}\n"
    try:
        path.with_name(path.name + NOTE).write_text(text, encoding="utf-8")
    except OSError as fault:
        # On a full disk the note itself has no room; the log still says it.
        logger.warning(
            "inbox note not written", file=str(path), code=error.code, errno=errno.errorcode.get(fault.errno or 0)
        )


def report_outcome(settings: Settings, intake: Intake) -> None:
    """Write what became of an inbox file as a text file under `inbox/results`."""
    if intake.via != "inbox":
        return
    result = (
        settings.home / "inbox" / "results" / f"{intake.received_at:%Y%m%d}-{intake.file_name}-{str(intake.id)[:8]}.txt"
    )
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text(
        "\n".join(f"{name}：{value}" for name, value in _outcome(intake).items()) + "\n", encoding="utf-8"
    )


def _outcome(intake: Intake) -> dict[str, Any]:
    outcome = {
        "文件": intake.file_name,
        "结果": IntakeState(intake.state).label,
        "案号": intake.case.number_as_given if intake.case else "（未归入案件）",
        "摘要": intake.original.digest,
        "登记编号": intake.id,
    }
    if intake.error_code:
        outcome |= {
            "错误代码": intake.error_code,
            "说明": intake.error_zh,
            "重试": f"quancheng intake retry {intake.id}",
        }
    return outcome


def now() -> float:
    """The monotonic clock that `AtRest` is asked with."""
    return time.monotonic()
