"""Celery tasks of the verb 收集. Each names its intake and can be run twice."""

from contextlib import closing
from itertools import islice
from uuid import UUID

import structlog
from celery import shared_task
from kombu.exceptions import ChannelError, OperationalError

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.archive.paperless.session import PaperlessUnreachable
from quancheng_sidecar.collect import intake, paperless, services
from quancheng_sidecar.collect.models import Intake, IntakeState
from quancheng_sidecar.collect.origins import trace_pending
from quancheng_sidecar.collect.outcome import report_outcome
from quancheng_sidecar.collect.workplace import workplace
from quancheng_sidecar.use.services import judge_case
from quancheng_sidecar.wiring import parts

logger = structlog.get_logger(__name__)

_ROUNDS = 10


@shared_task
def process_intake(intake_id: str) -> None:
    """Make the record of a received file, then judge its case again; its owner is told also of what it waits for."""
    try:
        done = services.process(parts(), UUID(intake_id))
    except QuanchengError as error:
        logger.warning("intake waits", intake=intake_id, code=error.code, said=str(error))
        done = intake.find(intake_id)
    else:
        if done.state == IntakeState.RECEIVED:  # another worker has it in hand
            return
    try:
        if done.case and intake.asks_for_verdicts(done.case):
            judge_case(parts(), done.case.number)
    finally:
        report_outcome(parts().settings, done)


@shared_task
def resume_unfinished(older_than_s: float = 0) -> None:
    """Take up again what was received but never finished: after a kill, a full disk, a lost message.

    One that is still being worked on is left to its worker by `process`, so a doubled message does no harm.
    """
    for intake_id in intake.unfinished(older_than_s=older_than_s):
        process_intake.delay(str(intake_id))


def enqueue(received: Intake) -> None:
    """Hand a received file to a worker; with the broker down it stays listed and is taken up by `resume_unfinished`."""
    try:
        process_intake.delay(str(received.id))
    except (OperationalError, ChannelError, OSError):
        logger.warning("broker down, intake waits", intake=str(received.id), exc_info=True)


@shared_task
def trace() -> None:
    """Trace what was taken in and is not traced yet; runs by beat, so that intake never waits for it."""
    trace_pending(parts())


@shared_task
def keep_in_step() -> None:
    """Send to Paperless what waits and take over what came in there; judge again the cases that this touches.

    Runs every few seconds by beat and after each notice; one at a time, and one that finds another at work leaves. What
    comes up meanwhile, such as the verdicts of its own cases, is seen to at once, for a few rounds.
    """
    with workplace(parts().workdir / "paperless") as free:
        if free is None:
            return
        try:
            with closing(paperless.rounds(parts(), enqueue)) as rounds:
                for done in islice(rounds, _ROUNDS):
                    for case in done.cases:
                        judge_case(parts(), case)
                    if not paperless.has_more():
                        break
        except PaperlessUnreachable as error:
            logger.warning("paperless does not answer", code=error.code, said=str(error))
