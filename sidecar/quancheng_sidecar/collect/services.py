"""Collect 收集: from a file that a person hands in to a record in the archive (Art. 3, 4, 7)."""

import errno
from pathlib import Path
from uuid import UUID

import structlog

from quancheng_plugin.errors import QuanchengError, StorageFull, UnreadableInput
from quancheng_sidecar.collect import documents, recordings
from quancheng_sidecar.collect.intake import Submission, postpone, receive, set_aside
from quancheng_sidecar.collect.models import Intake, IntakeKind, IntakeState
from quancheng_sidecar.collect.workplace import workplace
from quancheng_sidecar.wiring import Parts

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
"""A file on which work broke off this often is set aside instead of being tried for ever."""


class WorkBrokeOff(UnreadableInput):
    """The work on a file ended without a result, by a crash or a kill."""

    code = "QC-INTAKE-BROKE-OFF"


class UnexpectedFailure(UnreadableInput):
    """A fault of ours, met on this file."""

    code = "QC-INTERNAL"


def take_in(parts: Parts, source: Path, submission: Submission, *, move: bool = False) -> Intake:
    """Receive a file and make its record at once, in this process."""
    return process(parts, receive(parts, source, submission, move=move).id)


def process(parts: Parts, intake_id: UUID) -> Intake:
    """Make the record of a received file. Safe to run twice, or by two workers at once.

    A fault of the file (`UnreadableInput`) or an unexpected one ends in quarantine and is returned;
    a fault of the surroundings (disk full, tool missing) is raised and leaves the intake to be taken up again.
    """
    with workplace(parts.workdir / str(intake_id)) as work:
        intake = Intake.objects.select_related("original", "case").get(pk=intake_id)
        if work is None or intake.state != IntakeState.RECEIVED:
            return intake
        # Counted before the work, so that a file that kills its worker is noticed.
        intake.attempts += 1
        intake.save(update_fields=["attempts"])
        if intake.attempts > MAX_ATTEMPTS:
            return set_aside(parts, intake, _broke_off(intake))
        try:
            _make_record(parts, intake, work)
        except UnreadableInput as error:
            set_aside(parts, intake, error)
        except QuanchengError as error:
            postpone(intake, error)
            raise
    return intake


def _make_record(parts: Parts, intake: Intake, work: Path) -> None:
    make = documents.make_record if intake.kind == IntakeKind.DOCUMENT else recordings.make_record
    try:
        make(parts, intake, work)
    except QuanchengError:
        raise
    except Exception as fault:
        if isinstance(fault, OSError) and fault.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _disk_full(fault) from fault
        logger.exception("intake failed", intake=str(intake.id))
        raise _unexpected(fault) from fault


def _disk_full(error: OSError) -> QuanchengError:
    return StorageFull(
        zh=f"磁盘空间不足（{error.filename}），文件已收存，尚未处理完。请腾出空间，系统会自动继续。",
        en=f"No room left on disk ({error.filename}); the file is stored and work on it goes on once there is room.",
    )


def _broke_off(intake: Intake) -> QuanchengError:
    return WorkBrokeOff(
        zh=f"处理“{intake.file_name}”时连续 {MAX_ATTEMPTS} 次中断，文件已保留。请检查文件能否正常打开，再重试。",
        en=f"Work on {intake.file_name!r} broke off {MAX_ATTEMPTS} times; it is kept. Check that it opens, then retry.",
    )


def _unexpected(fault: Exception) -> QuanchengError:
    return UnexpectedFailure(
        zh=f"处理时出现意外错误（{type(fault).__name__}：{fault}），文件已保留。请把此说明交给管理员，再重试。",
        en=f"Unexpected error ({type(fault).__name__}: {fault}); the file is kept. Tell the administrator, then retry.",
    )
