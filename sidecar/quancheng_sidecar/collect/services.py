"""Collect 收集: from a file that a person hands in to a record in the archive (Art. 3, 4, 7)."""

from pathlib import Path
from uuid import UUID

import structlog
from django.db import DatabaseError

from quancheng_plugin.errors import QuanchengError, StorageFull, ToolMissing, UnreadableInput
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.collect import documents, recordings
from quancheng_sidecar.collect.faults import DatabaseBusy, DatabaseUnusable, coded
from quancheng_sidecar.collect.intake import Submission, postpone, receive, set_aside
from quancheng_sidecar.collect.models import Intake, IntakeKind, IntakeState
from quancheng_sidecar.collect.workplace import workplace
from quancheng_sidecar.wiring import Parts

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
"""A file on which work broke off this often is set aside instead of being tried for ever."""

_OF_THE_PLACE = (StorageFull, ToolMissing, DatabaseBusy, DatabaseUnusable)
"""Errors that no file can bring about, so that work that met them does not count as tried."""


class WorkBrokeOff(UnreadableInput):
    """The work on a file ended without a result, by a crash or a kill."""

    code = "QC-INTAKE-BROKE-OFF"


class UnexpectedFailure(UnreadableInput):
    """A fault of ours, met on this file."""

    code = "QC-INTERNAL"


def take_in(parts: Parts, source: Path, submission: Submission) -> Intake:
    """Receive a file and make its record at once, in this process."""
    return process(parts, receive(parts, source, submission).id)


def process(parts: Parts, intake_id: UUID) -> Intake:
    """Make the record of a received file. Safe to run twice, or by two workers at once.

    A fault of the file (`UnreadableInput`) or an unexpected one ends in quarantine and is returned;
    a fault of the surroundings (disk full, tool missing, database away) is raised, with a sentence that says that
    the file is stored and listed, and leaves the intake to be taken up again.
    """
    try:
        return _process(parts, intake_id)
    except Exception as fault:
        error = coded(fault)
        if error is None:
            raise
        raise _waits(intake_id, error) from fault


def _process(parts: Parts, intake_id: UUID) -> Intake:
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
    return intake


def _make_record(parts: Parts, intake: Intake, work: Path) -> None:
    make = documents.make_record if intake.kind == IntakeKind.DOCUMENT else recordings.make_record
    try:
        make(parts, intake, work)
    except Exception as fault:
        if coded(fault) is not None:
            raise
        logger.exception("intake failed", intake=str(intake.id))
        raise _unexpected(fault) from fault


def _waits(intake_id: UUID, error: QuanchengError) -> QuanchengError:
    """Note on the intake what it waits for; gives the error that says so."""
    name = str(intake_id)[:8]
    # The store says that nothing was stored: that was another file than the one handed in.
    full = Sentence(zh="磁盘空间不足。", en="No room left on disk.")
    reason = full if isinstance(error, StorageFull) else error.sentence
    told = type(error)(
        zh=f"原件已收存并登记（{name}），但尚未处理完：{reason.zh}"
        f"可用 quancheng intake list 查看；排除原因后会自动继续，也可运行 quancheng intake retry {name}。",
        en=f"The original is stored and listed ({name}), but not processed yet: {reason.en} See `quancheng intake "
        f"list`; it goes on by itself once that is mended, or by `quancheng intake retry {name}`.",
    )
    try:
        waiting = Intake.objects.get(pk=intake_id, state=IntakeState.RECEIVED)
        postpone(waiting, told, excused=isinstance(error, _OF_THE_PLACE))
    except (DatabaseError, Intake.DoesNotExist):  # no room for the note either; the intake itself is listed
        logger.warning("intake waits", intake=str(intake_id), code=error.code, exc_info=True)
    return told


def _broke_off(intake: Intake) -> QuanchengError:
    last_zh = f"最后一次：{intake.error_zh}" if intake.error_zh else ""
    last_en = f" The last time: {intake.error_en}" if intake.error_en else ""
    return WorkBrokeOff(
        zh=f"处理“{intake.file_name}”时连续 {MAX_ATTEMPTS} 次中断，文件已保留。请检查文件能否正常打开，再重试。"
        f"{last_zh}",
        en=f"Work on {intake.file_name!r} broke off {MAX_ATTEMPTS} times; it is kept. Check that it opens, then retry."
        f"{last_en}",
    )


def _unexpected(fault: Exception) -> QuanchengError:
    return UnexpectedFailure(
        zh=f"处理时出现意外错误（{type(fault).__name__}：{fault}），文件已保留。请把此说明交给管理员，再重试。",
        en=f"Unexpected error ({type(fault).__name__}: {fault}); the file is kept. Tell the administrator, then retry.",
    )
