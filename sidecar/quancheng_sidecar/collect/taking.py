"""Taking files out of the inbox folders: watched, waited for until at rest, received, handed to a worker."""

import threading
from collections.abc import Callable
from pathlib import Path

import structlog
from watchfiles import watch

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.collect import inbox, intake
from quancheng_sidecar.collect.models import Intake, IntakeKind
from quancheng_sidecar.wiring import Parts

logger = structlog.get_logger(__name__)

_LOOK_EVERY_MS = 500


def take_from_inboxes(parts: Parts, stop: threading.Event, hand_over: Callable[[Intake], None]) -> None:
    """Watch both inboxes until `stop` is set; `hand_over` gets each received file."""
    folders = inbox.folders(parts.settings)
    at_rest = {kind: inbox.AtRest(parts.settings.inbox_rest_s) for kind in folders}
    # The watch only wakes us early; looking at the folders is what counts, so a lost event loses no file.
    for _ in watch(*folders.values(), stop_event=stop, rust_timeout=_LOOK_EVERY_MS, yield_on_timeout=True):
        for kind, folder in folders.items():
            for path in at_rest[kind].settled(inbox.waiting(folder), inbox.now()):
                take(parts, path, folder, kind, hand_over)


def take(parts: Parts, path: Path, folder: Path, kind: IntakeKind, hand_over: Callable[[Intake], None]) -> None:
    """Receive one file from an inbox; what cannot be received stays there with a note beside it."""
    try:
        received = intake.receive(parts, path, inbox.submission(path, folder, kind), move=True)
    except QuanchengError as error:
        inbox.refuse(path, error)
        logger.warning("inbox file refused", file=path.name, code=error.code)
        return
    except FileNotFoundError:  # taken away by its owner meanwhile
        return
    except OSError:  # a name too long for a note, a folder that may not be written: one file must not end the watch
        logger.exception("inbox file left where it is", file=path.name)
        return
    inbox.clear_away(path)
    logger.info("inbox file received", file=path.name, intake=str(received.id))
    hand_over(received)
