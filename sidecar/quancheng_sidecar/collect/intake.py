"""Receiving: the bytes are safe and the handing-in is logged before anything is made of them."""

import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.numbers import normalise
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.collect.agents import current_agent
from quancheng_sidecar.collect.file_names import fit_name, readable_name
from quancheng_sidecar.collect.models import Case, Intake, IntakeKind, IntakeState
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.wiring import Parts

logger = structlog.get_logger(__name__)

_NOTE = "说明.txt"
"""Beside a file in quarantine, why it is there."""

_MOST_ALIKE = 5
_CASE_LENGTH = 120
"""Characters of a case's number as it is given; matching may add a few, and the database keeps 128."""


class CaseNumberTooLong(QuanchengError):
    """No case has a number of more than 120 characters."""

    code = "QC-CASE-NUMBER"


class DismissalRefused(QuanchengError):
    """Only what a person must look at can be dismissed, and only with a reason."""

    code = "QC-INTAKE-DISMISS"


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
    note: bytes | None = None
    """What a person wrote beside the file, as it was written; kept with it."""


def check_number(number: str) -> None:
    """Raise `CaseNumberTooLong` for what is too long to be the number of a case."""
    if len(number.strip()) > _CASE_LENGTH:
        raise CaseNumberTooLong(
            zh=f"案号“{number.strip()[:20]}…”超过 {_CASE_LENGTH} 个字，没有建立案件。请核对案号后重试。",
            en=f"The case number {number.strip()[:20]!r}… is longer than {_CASE_LENGTH} characters. Check it.",
        )


def open_case(number: str | None) -> Case | None:
    """The case of that number, made when it is new; None without a number. Raises `CaseNumberTooLong`."""
    if number is None or not number.strip():
        return None
    check_number(number)
    case, _ = Case.objects.get_or_create(number=normalise(number), defaults={"number_as_given": number.strip()})
    return case


def opened_case(intake: Intake) -> bool:
    """Whether its case was new with this handing-in, so that a mistyped number is noticed."""
    return intake.case is not None and not intake.case.intakes.filter(received_at__lt=intake.received_at).exists()


def cases_alike(intake: Intake) -> tuple[str, ...]:
    """Numbers of known cases that the number of a newly opened one is a piece of: half a number was typed, likely."""
    if intake.case is None or not opened_case(intake):
        return ()
    known = Case.objects.filter(number__contains=intake.case.number).exclude(pk=intake.case.pk)
    return tuple(known.values_list("number_as_given", flat=True)[:_MOST_ALIKE])


def receive(parts: Parts, source: Path, submission: Submission, *, content: BinaryIO | None = None) -> Intake:
    """Store the file's bytes once and list the handing-in, in one transaction with its log event.

    The source stays; who wants it gone removes it afterwards. Bytes that are on their way come as `content`, and
    `source` only names them. Raises `StorageFull` with the source untouched,
    `CaseNumberTooLong`, `OSError` when it is not there.
    """
    stored = parts.store.put(source if content is None else content)
    note = parts.store.put(BytesIO(submission.note)) if submission.note is not None else None
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
            detail=_detail(intake, register(note).digest if note else ""),
        )
    return intake


def _detail(intake: Intake, note: str) -> dict[str, str]:
    return {
        "intake": str(intake.id),
        "kind": intake.kind,
        "file_name": intake.file_name,
        "case": intake.case.number if intake.case else "",
        "stage": intake.stage,
        "officer": intake.officer,
        "device": intake.device,
        "returned_at": intake.returned_at.isoformat() if intake.returned_at else "",
        "note": note,
    }


def find(identifier: str) -> Intake:
    """The intake of that identifier, or of its first characters when they name only one."""
    beginning = identifier.replace("-", "").lower()
    found: list[Intake] = []
    if re.fullmatch(r"[0-9a-f]{1,32}", beginning):
        first, last = UUID(beginning.ljust(32, "0")), UUID(beginning.ljust(32, "f"))
        found = list(Intake.objects.filter(id__range=(first, last))[:2])
    if len(found) == 1:
        return found[0]
    raise IntakeUnknown(
        zh=f"没有唯一的收集登记“{identifier}”。请用 quancheng intake list 查看编号。",
        en=f"No single intake is named {identifier!r}. See `quancheng intake list`.",
    )


def unfinished(*, older_than_s: float) -> list[UUID]:
    """Intakes not yet made anything of, oldest first, without those of the last `older_than_s` seconds.

    One that was received after now came while this machine's clock was ahead, and waits like the others.
    """
    now = timezone.now()
    fresh = Q(received_at__range=(now - timedelta(seconds=older_than_s), now))
    waiting = Intake.objects.filter(state=IntakeState.RECEIVED).exclude(fresh)
    return list(waiting.values_list("id", flat=True))


def asks_for_verdicts(case: Case) -> bool:
    """Whether a case is to be judged now that one more of its files is done.

    Always when no other waits its turn, else only each time their number has halved: judging all forms after each of
    three hundred files took more work, and more of the log, than the files themselves.
    """
    waiting = Intake.objects.filter(case=case, state=IntakeState.RECEIVED, error_code="").count()
    return waiting.bit_count() <= 1


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
    try:
        _show(parts, intake, error)
    except OSError:  # the folder is only where people look; the intake is listed with its error all the same
        logger.exception("quarantine folder not written", intake=str(intake.id))
    return intake


def _show(parts: Parts, intake: Intake, error: QuanchengError) -> None:
    folder = _quarantine_folder(parts, intake)
    folder.mkdir(parents=True, exist_ok=True)
    # A file of the note's own name must not stand in its place: writing there would write through to the original.
    name = Path(intake.file_name).name
    link, note = folder / fit_name(f"原件 {name}" if name == _NOTE else name), folder / _NOTE
    with suppress(FileExistsError):
        link.symlink_to(parts.store.path(intake.original.digest))
    note.unlink(missing_ok=True)  # an earlier release put the link itself there
    note.write_text(
        f"文件：{intake.file_name}\n错误代码：{error.code}\n说明：{error.sentence.zh}\n{error.sentence.en}\n"
        f"登记编号：{intake.id}\n处理后重试：quancheng intake retry {intake.id}\n",
        encoding="utf-8",
    )


def finish(parts: Parts, intake: Intake, state: IntakeState) -> None:
    """Mark the intake as done or duplicate, inside the caller's transaction."""
    _settle(intake, state, None)
    folder = _quarantine_folder(parts, intake)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def postpone(intake: Intake, error: QuanchengError, *, excused: bool) -> None:
    """Note an error that is not the file's fault; the intake stays to be taken up again. `excused`: not as a try."""
    if excused:
        intake.attempts = max(0, intake.attempts - 1)
    _settle(intake, IntakeState.RECEIVED, error)


def retry(intake: Intake) -> Intake:
    """Put a quarantined or dismissed intake back among those to be worked on."""
    if intake.state in {IntakeState.QUARANTINED, IntakeState.DISMISSED}:
        intake.attempts, intake.dismissed_why = 0, ""
        _settle(intake, IntakeState.RECEIVED, None)
    return intake


def dismiss(parts: Parts, intake: Intake, *, by: str, why: str) -> Intake:
    """A person decides that nothing can be made of a quarantined file; its bytes and its listing stay.

    It no longer keeps verdicts open. `retry` takes it back. Raises `DismissalRefused`.
    """
    if intake.state != IntakeState.QUARANTINED:
        raise DismissalRefused(
            zh=f"“{intake.file_name}”不在隔离区，无需处理（{intake.get_state_display()}）。",
            en=f"{intake.file_name!r} is not in quarantine: there is nothing to dismiss ({intake.state}).",
        )
    if not why.strip():
        raise DismissalRefused(zh="请写明不予处理的理由（--why）。", en="Give the reason for dismissing it (--why).")
    with transaction.atomic():
        intake.state, intake.dismissed_why = IntakeState.DISMISSED, why.strip()
        intake.save()
        log.append(
            EventType.APPRAISAL,
            agent=by,
            subject=intake.original.digest,
            outcome="dismissed",
            detail={"intake": str(intake.id), "file_name": intake.file_name, "why": why.strip()},
        )
    shutil.rmtree(_quarantine_folder(parts, intake), ignore_errors=True)
    return intake


def _settle(intake: Intake, state: IntakeState, error: QuanchengError | None) -> None:
    intake.state = state
    intake.error_code = error.code if error else ""
    intake.error_zh = error.sentence.zh if error else ""
    intake.error_en = error.sentence.en if error else ""
    intake.save()


def _quarantine_folder(parts: Parts, intake: Intake) -> Path:
    return parts.settings.home / "quarantine" / str(intake.id)
