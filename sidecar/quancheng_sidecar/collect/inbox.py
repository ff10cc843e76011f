"""The two inbox folders: a file put there is taken when it is at rest, and its outcome is written beside them.

inbox/scans/[案号/]文件                      forms
inbox/recordings/[案号/[环节/]]文件           recordings; `文件.json` beside one may name
                                             case, stage, officer, device, returned_at
inbox/results/                               one text file for each file that was taken
inbox/.taken/                                what was taken and could not be removed, so that it is not taken again
"""

import json
import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from quancheng_plugin.errors import QuanchengError, UnreadableInput
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.collect.file_names import fit_name
from quancheng_sidecar.collect.intake import CaseNumberTooLong, Submission
from quancheng_sidecar.collect.models import Intake, IntakeKind
from quancheng_sidecar.settings import Settings

logger = structlog.get_logger(__name__)

NOTE = ".错误说明.txt"
"""Ending of the note that stands beside a file which could not be taken."""
_NOTE_BYTES = 64 << 10
"""A larger JSON is no note of a person's."""
PARTIAL = (".part", ".tmp", ".crdownload")
"""Endings of what is still being copied or loaded."""
_PASSED_OVER = (NOTE, ".json", *PARTIAL)
_NOBODYS = re.compile(
    r"\.DS_Store|\._.*|\.Trash.*|\.Spotlight-.*|\.fseventsd|\.directory|\.nfs.*|\.fuse_hidden.*|\.~lock\..*"
    r"|~\$.*|Thumbs\.db|ehthumbs\.db|desktop\.ini|System Volume Information|\$RECYCLE\.BIN",
    re.IGNORECASE,
)
"""What operating systems and office programs leave in folders: nobody handed it in, so nobody is told of it either."""


class BadInboxNote(QuanchengError):
    """The JSON beside a recording cannot be used."""

    code = "QC-INBOX-NOTE"


class NotTaken(QuanchengError):
    """Something lies in the inbox that is never taken; the sentence says why and what to do."""

    code = "QC-INBOX-NOT-TAKEN"


_FAULTS_OF_THE_FILE = (BadInboxNote, NotTaken, CaseNumberTooLong, UnreadableInput)


class RecordingNote(BaseModel):
    """The JSON beside a recording; an instant without offset is refused."""

    model_config = ConfigDict(extra="forbid")

    case: str | None = None
    stage: Stage | None = None
    officer: Annotated[str, Field(max_length=64)] = ""
    device: Annotated[str, Field(max_length=64)] = ""
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


def waiting(folder: Path) -> list[Path]:
    """Files in the inbox that may be taken: no notes, hidden or partial files, and none refused since it changed."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.endswith(_PASSED_OVER)
        and not any(map(is_nobodys, path.relative_to(folder).parts))
        and not _refused(path)
    )


def _refused(path: Path) -> bool:
    note = refusal_of(path)
    if not note.exists():
        return False
    beside = note_of(path)
    newest = max(path.stat().st_mtime, beside.stat().st_mtime if beside else 0)
    return note.stat().st_mtime >= newest


def refusal_of(path: Path) -> Path:
    """The note beside a file that could not be taken; of a hidden one in plain sight."""
    name = f"隐藏的 {path.name.lstrip('.')}" if path.name.startswith(".") else path.name
    return path.with_name(fit_name(name, NOTE))


def is_nobodys(name: str) -> bool:
    """Whether a name is one that programs give to files of their own, or that of a note of ours."""
    return name.endswith(NOTE) or _NOBODYS.fullmatch(name) is not None


def is_read(note: Path, kind: IntakeKind) -> bool:
    """Whether a JSON is what a recording beside it, partial ones too, will be taken with."""
    return kind is IntakeKind.RECORDING and any(note_of(other) == note for other in _beside(note))


def submission(path: Path, folder: Path, kind: IntakeKind) -> Submission:
    """What the place of a file and the JSON beside it say of it. Raises `BadInboxNote`."""
    places = path.relative_to(folder).parts[:-1]
    note = note_of(path) if kind is IntakeKind.RECORDING else None
    written = _read(note) if note else None
    said = _meaning(note, written) if note and written is not None else RecordingNote()
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
        note=written,
    )


def _parse_stage(text: str, path: Path) -> Stage:
    try:
        return Stage.parse(text)
    except ValueError as error:
        known = "、".join(stage.zh for stage in Stage)
        raise BadInboxNote(
            zh=f"“{path.name}”放在文件夹“{text}”里，而那一层的名字应是环节：{known}。"
            "请把文件移到 recordings/案号/环节/ 下。",
            en=f"{path.name!r} lies in the folder {text!r}, whose name should be a stage: "
            f"{', '.join(Stage)}. Move it to recordings/CASE/STAGE/.",
        ) from error


def note_of(path: Path) -> Path | None:
    """The JSON beside a recording: its own, or the one of its stem, which several recordings may share."""
    own, shared = path.with_name(path.name + ".json"), path.with_suffix(".json")
    return next((note for note in (own, shared) if _is_file(note)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # with the ending its name is too long, so nobody put it there
        return False


def _read(note: Path) -> bytes:
    with note.open("rb") as stream:
        written = stream.read(_NOTE_BYTES + 1)
    if len(written) > _NOTE_BYTES:
        raise _unusable(note, f"超过 {_NOTE_BYTES >> 10} KB")
    return written


def _meaning(note: Path, written: bytes) -> RecordingNote:
    try:
        return RecordingNote.model_validate(json.loads(_text(written)))
    except ValidationError as error:
        raise _unusable(note, "；".join(map(_said, error.errors()))) from error
    except UnicodeDecodeError as error:
        raise _unusable(note, "文字编码无法识别，请另存为 UTF-8") from error
    except (ValueError, RecursionError) as error:
        where = f"第 {error.lineno} 行第 {error.colno} 个字符处" if isinstance(error, json.JSONDecodeError) else ""
        raise _unusable(note, f"{where}不是合格的 JSON") from error


def _text(written: bytes) -> str:
    """UTF-8, or what Chinese editors wrote before it."""
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError:
        return written.decode("gb18030")


_SAID = {
    "extra_forbidden": "没有这个项目；可写 case、stage、officer、device、returned_at",
    "timezone_aware": "时间须写明时区，如 2026-03-01T18:00+08:00",
    "string_too_long": "太长",
    "string_type": "须是文字，写在引号里",
    "model_type": "须是一个 JSON 对象，写在花括号里",
}


def _said(error: Mapping[str, Any]) -> str:
    """What is wrong with one entry of a note."""
    name = ".".join(map(str, error["loc"]))
    if error["type"] == "value_error":  # ours, see `Stage.parse`
        why = str(error["ctx"]["error"])
    elif error["type"].startswith(("datetime", "timezone")):
        why = _SAID["timezone_aware"]
    else:
        why = _SAID.get(error["type"], "内容不合要求")
    return f"“{name}”{why}" if name else why


def _unusable(note: Path, why: str) -> BadInboxNote:
    return BadInboxNote(
        zh=f"“{note.name}”无法使用：{why}。请改正后保存，系统会再次收取。",
        en=f"{note.name!r} cannot be used: {why}. Correct and save it; the file is then taken again.",
    )


def clear_away(path: Path) -> None:
    """Remove the notes beside a file that has now been taken; a JSON that another recording shares stays for that."""
    refusal_of(path).unlink(missing_ok=True)
    note = note_of(path)
    if note is not None and not any(note_of(other) == note for other in _beside(path)):
        note.unlink()


def _beside(path: Path) -> list[Path]:
    """Other recordings in the folder, partial ones too, that the JSON of this one's stem would be read for."""
    found = (other for other in path.parent.iterdir() if other != path and not other.name.endswith((NOTE, ".json")))
    return [Path(str(other).removesuffix(other.suffix)) if other.name.endswith(PARTIAL) else other for other in found]


def refuse(path: Path, error: QuanchengError) -> None:
    """Write beside a file why it could not be taken; it stays, and where it is itself at fault, until it changes."""
    text = f"{error.code}\n{error.sentence.zh}\n{error.sentence.en}\n"
    note = refusal_of(path)
    try:
        note.write_text(text, encoding="utf-8")
        if not isinstance(error, _FAULTS_OF_THE_FILE):
            os.utime(note, (0, 0))  # older than any file, so that it holds none up
    except OSError:  # on a full disk the note itself has no room; the log still says it
        logger.warning("inbox note not written", file=str(path), code=error.code, exc_info=True)


def remember(settings: Settings, path: Path, intake: Intake, why: OSError) -> None:
    """Note that a file was taken but could not be removed: for its owner, and so that it is not taken again."""
    results = settings.home / "inbox" / "results"
    note = results / fit_name(f"{intake.file_name.replace('/', '_')}-{str(intake.id)[:8]}", ".未能删除.txt")
    note.write_text(
        f"文件：{path}\n已收存，登记编号：{intake.id}\n摘要：{intake.original.digest}\n"
        f"但收件夹里的原文件未能删除（{why.strerror}），请自行删除；它不会被再次收取。\n",
        encoding="utf-8",
    )
    mark = _mark_of(settings, path)
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(f"{intake.id}\n", encoding="utf-8")


def is_remembered(settings: Settings, path: Path) -> bool:
    """Whether this very file was taken before and stayed; one that was written anew since is another."""
    return _mark_of(settings, path).exists()


def _mark_of(settings: Settings, path: Path) -> Path:
    status = path.stat()
    told = f"{status.st_size} {status.st_mtime_ns} ".encode() + os.fsencode(path)
    return settings.home / "inbox" / ".taken" / sha256(told).hexdigest()
