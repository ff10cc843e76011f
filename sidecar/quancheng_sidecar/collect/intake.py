"""Receiving: the bytes are safe and the handing-in is logged before anything is made of them."""

import getpass
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.numbers import normalise
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.collect.models import Case, Intake, IntakeKind, IntakeState
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.wiring import Parts


class IntakeUnknown(QuanchengError):
    """No intake has that identifier."""

    code = "QC-INTAKE-UNKNOWN"


@dataclass(frozen=True)
class Submission:
    """What a person says of the file they hand in; `returned_at` is the return to the unit (Art. 7)."""

    kind: IntakeKind
    case: str | None = None
    stage: Stage | None = None
    officer: str = ""
    device: str = ""
    returned_at: datetime | None = None
    agent: str = ""
    via: str = "cli"


def current_agent() -> str:
    """Who works at this machine: the login name, or `unknown` where there is none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a number without a name
        return "unknown"


def readable_name(path: Path) -> str:
    """The file's name as text; bytes that are no UTF-8 (GBK names from memory cards) are read as GBK, else escaped."""
    try:
        return path.name.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        raw = os.fsencode(path.name)
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace")


def open_case(number: str | None) -> Case | None:
    """The case of that number, made when it is new; None without a number."""
    if number is None or not number.strip():
        return None
    case, _ = Case.objects.get_or_create(number=normalise(number), defaults={"number_as_given": number.strip()})
    return case


def receive(parts: Parts, source: Path, submission: Submission, *, move: bool = False) -> Intake:
    """Store the file's bytes once and list the handing-in, in one transaction with its log event.

    With `move` the source is removed, but only after all that is durable; a crash before leaves it to be
    received again as a duplicate. Raises `StorageFull` with the source untouched, `OSError` when it is not there.
    """
    stored = parts.store.put(source)
    agent = submission.agent or current_agent()
    with transaction.atomic():
        original = register(stored)
        case = open_case(submission.case)
        intake = Intake.objects.create(
            kind=submission.kind,
            file_name=readable_name(source),
            original=original,
            case=case,
            stage=submission.stage or "",
            officer=submission.officer,
            device=submission.device,
            returned_at=submission.returned_at,
            agent=agent,
            via=submission.via,
            received_at=timezone.now(),
        )
        log.append(
            EventType.INGESTION,
            agent=agent,
            subject=original.digest,
            outcome="success" if stored.created else "duplicate",
            detail=_detail(intake),
        )
    if move:
        source.unlink()
    return intake


def _detail(intake: Intake) -> dict[str, str]:
    return {
        "intake": str(intake.id),
        "kind": intake.kind,
        "file_name": intake.file_name,
        "case": intake.case.number if intake.case else "",
        "stage": intake.stage,
        "officer": intake.officer,
        "device": intake.device,
        "returned_at": intake.returned_at.isoformat() if intake.returned_at else "",
    }


def find(identifier: str) -> Intake:
    """The intake of that identifier, or of its first characters when they name only one."""
    found = [i for i in Intake.objects.all() if str(i.id).startswith(identifier)] if identifier else []
    if len(found) == 1:
        return found[0]
    raise IntakeUnknown(
        zh=f"没有唯一的收集登记“{identifier}”。请用 quancheng intake list 查看编号。",
        en=f"No single intake is named {identifier!r}. See `quancheng intake list`.",
    )


def unfinished(*, received_before: datetime) -> list[UUID]:
    """Intakes that were received before that instant and not yet made anything of, oldest first."""
    waiting = Intake.objects.filter(state=IntakeState.RECEIVED, received_at__lt=received_before)
    return list(waiting.values_list("id", flat=True))


def set_aside(parts: Parts, intake: Intake, error: QuanchengError) -> Intake:
    """Quarantine 隔离: keep the bytes, list the intake with its error, and show it in the quarantine folder."""
    with transaction.atomic():
        _settle(intake, IntakeState.QUARANTINED, error)
        log.append(
            EventType.QUARANTINE,
            agent=intake.agent,
            subject=intake.original.digest,
            outcome="failure",
            detail={"intake": str(intake.id), "file_name": intake.file_name, "code": error.code, "zh": str(error)},
        )
    folder = _quarantine_folder(parts, intake)
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / Path(intake.file_name).name
    with suppress(FileExistsError):
        link.symlink_to(parts.store.path(intake.original.digest))
    (folder / "说明.txt").write_text(
        f"文件：{intake.file_name}\n错误代码：{error.code}\n说明：{error.sentence.zh}\n{error.sentence.en}\n"
        f"登记编号：{intake.id}\n处理后重试：quancheng intake retry {intake.id}\n",
        encoding="utf-8",
    )
    return intake


def finish(parts: Parts, intake: Intake, state: IntakeState) -> None:
    """Mark the intake as done or duplicate, inside the caller's transaction."""
    _settle(intake, state, None)
    folder = _quarantine_folder(parts, intake)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def postpone(intake: Intake, error: QuanchengError) -> None:
    """Note an error that is not the file's fault; the intake stays to be taken up again."""
    _settle(intake, IntakeState.RECEIVED, error)


def retry(intake: Intake) -> Intake:
    """Put a quarantined intake back among those to be worked on."""
    if intake.state == IntakeState.QUARANTINED:
        intake.attempts = 0
        _settle(intake, IntakeState.RECEIVED, None)
    return intake


def _settle(intake: Intake, state: IntakeState, error: QuanchengError | None) -> None:
    intake.state = state
    intake.error_code = error.code if error else ""
    intake.error_zh = error.sentence.zh if error else ""
    intake.error_en = error.sentence.en if error else ""
    intake.save()


def _quarantine_folder(parts: Parts, intake: Intake) -> Path:
    return parts.settings.home / "quarantine" / str(intake.id)
