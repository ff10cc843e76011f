"""Taking files out of the inbox folders: watched, waited for until at rest, received, handed to a worker."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import structlog
from django.db import close_old_connections
from watchfiles import watch

from quancheng_sidecar.collect import inbox, intake
from quancheng_sidecar.collect.at_rest import AtRest, held_open, now
from quancheng_sidecar.collect.faults import coded
from quancheng_sidecar.collect.models import Intake, IntakeKind
from quancheng_sidecar.collect.strangers import Strangers
from quancheng_sidecar.wiring import Parts

logger = structlog.get_logger(__name__)

_LOOK_EVERY_MS = 500
AGAIN_S = 60
"""A file that could not be taken because of its surroundings is tried again after this many seconds."""


def take_from_inboxes(parts: Parts, stop: threading.Event, hand_over: Callable[[Intake], None]) -> None:
    """Watch both inboxes until `stop` is set; `hand_over` gets each received file."""
    folders = inbox.folders(parts.settings)
    strangers = Strangers()
    at_rest = {kind: AtRest(parts.settings.inbox_rest_s) for kind in folders}
    # The watch only wakes us early; looking at the folders is what counts, so a lost event loses no file.
    for _ in watch(*folders.values(), stop_event=stop, rust_timeout=_LOOK_EVERY_MS, yield_on_timeout=True):
        for kind, folder in folders.items():
            for path in at_rest[kind].settled(_offered(parts, folder), now()):
                if not take(parts, path, folder, kind, hand_over):
                    at_rest[kind].later(path, now(), AGAIN_S)
        strangers.look(parts.settings, now())


def _offered(parts: Parts, folder: Path) -> list[Path]:
    try:
        return [path for path in inbox.waiting(folder) if not inbox.is_remembered(parts.settings, path)]
    except OSError:  # a file or folder was taken away between listing and looking: at the next look
        return []


def take(parts: Parts, path: Path, folder: Path, kind: IntakeKind, hand_over: Callable[[Intake], None]) -> bool:
    """Receive one file from an inbox; False when it stays there, with a note beside it that says why.

    A file that is at fault itself waits until it, or its JSON, is saved anew; what the surroundings hold up is for
    the caller to try again.
    """
    try:
        before = path.stat()
        received = intake.receive(parts, path, inbox.submission(path, folder, kind))
    except FileNotFoundError:  # taken away by its owner meanwhile
        return True
    except Exception as fault:  # one file, or a database that is away for a while, must not end the watch
        error = coded(fault)
        if error is None:
            logger.exception("inbox file left where it is", file=path.name)
            return False
        logger.warning("inbox file refused", file=path.name, code=error.code)
        inbox.refuse(path, error)
        return False
    finally:
        close_old_connections()
    logger.info("inbox file received", file=path.name, intake=str(received.id))
    _remove(parts, path, before, received)
    hand_over(received)
    return True


def _remove(parts: Parts, path: Path, before: os.stat_result, received: Intake) -> None:
    try:
        status = path.stat()
        # Another file may have been put in its place since: that one is not taken yet.
        if os.path.samestat(status, before) and status.st_mtime_ns == before.st_mtime_ns:
            if held_open(path):  # more may come: it stays, and is taken anew when it has changed
                raise BlockingIOError(errno.EBUSY, "仍被其他程序打开")
            path.unlink()
        inbox.clear_away(path)
    except FileNotFoundError:
        return
    except OSError as fault:
        logger.warning("inbox file not removed", file=path.name, intake=str(received.id), reason=fault.strerror)
        try:
            inbox.remember(parts.settings, path, received, fault)
        except OSError:
            logger.exception("inbox file not remembered", file=path.name, intake=str(received.id))
