"""When and how the log's size and root are signed.

Moments: at the end of a job (its caller asks), each minute by the beat, and by itself after a commit once
`EVERY_EVENTS` events are unsigned or the last signature is older than `EVERY_S`. The newest checkpoint is also kept
as a file outside the database, so that cutting off the log's tail together with its checkpoints shows.
"""

import fcntl
import os
import time
from pathlib import Path

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.core import merkle
from quancheng_sidecar.core.checkpoint import TreeHead, issue, open_checkpoint
from quancheng_sidecar.preserve.keys import signing_key
from quancheng_sidecar.preserve.models import Checkpoint
from quancheng_sidecar.preserve.nodes import damaged, fetch, query, tip
from quancheng_sidecar.settings import settings

logger = structlog.get_logger(__name__)

EVERY_EVENTS = 256
"""Unsigned events after which a checkpoint is made by itself."""
EVERY_S = 60.0
"""Age of the last checkpoint, in seconds, after which the next event brings a new one."""

_LOCK = 0x7175616E  # PostgreSQL's advisory locks are numbers; this one belongs to the custody log


def hold_log() -> None:
    """Let no other transaction write to the log until this one ends. SQLite holds its whole file already."""
    if connection.vendor == "postgresql":
        query("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def checkpoint() -> Checkpoint | None:
    """Sign the log as it stands; gives the newest checkpoint, made now or before, None for an empty log.

    Takes steps in the logarithm of the size. Before signing, the last checkpoint is held against the tables: a log
    that no longer leads to it is not signed anew. Raises `LogDamaged`, `LogKeyMissing`, `OriginChanged`.
    """
    with transaction.atomic():
        hold_log()
        size, _ = tip()
        last = Checkpoint.objects.order_by("-size").first()
        if last is not None and last.size == size:
            return last
        if size == 0 and last is None:
            return None
        key = signing_key(settings(), may_make=last is None)
        if last is not None:
            known = open_checkpoint(last.note, [key.verifier])
            if known.size > size or merkle.root(known.size, fetch) != known.root:
                raise damaged(
                    f"与第 {known.size} 条处的检查点不符", f"it does not lead to the checkpoint at {known.size}"
                )
        note = issue(TreeHead(key.name, size, merkle.root(size, fetch)), key)
        made = Checkpoint(size=size, note=note, made_at=timezone.now())
        made.save(force_insert=True)
        transaction.on_commit(lambda: _keep_copy(size, note))
    return made


class _Rhythm:
    """What this process last knew of the newest checkpoint, so that most appends ask nobody whether one is due."""

    def __init__(self) -> None:
        self._size = 0
        self._made_at = float("-inf")

    def is_due(self, size: int) -> bool:
        """Whether a log of `size` events should be signed. A log smaller than known is another log."""
        old = time.monotonic() - self._made_at >= EVERY_S
        return old or size - self._size >= EVERY_EVENTS or size < self._size

    def know(self, size: int, age_s: float = 0.0) -> None:
        """Take note of a checkpoint of that size and age."""
        self._size, self._made_at = size, time.monotonic() - age_s


_rhythm = _Rhythm()


def after_append(size: int) -> None:
    """Make a checkpoint once this transaction is committed, when one is due."""
    if _rhythm.is_due(size):
        _rhythm.know(size)  # asked for: the further events of this transaction need not ask again
        transaction.on_commit(_checkpoint_if_due)


def _checkpoint_if_due() -> None:
    # The act is done and logged; that its signature must wait is no reason to call it failed.
    try:
        last = Checkpoint.objects.order_by("-size").first()
        if last is None:
            _rhythm.know(0, EVERY_S)
        else:
            _rhythm.know(last.size, max(0.0, (timezone.now() - last.made_at).total_seconds()))
        if _rhythm.is_due(tip()[0]):
            made = checkpoint()
            _rhythm.know(made.size if made else 0)
    except (QuanchengError, DatabaseError, OSError) as error:
        logger.error("custody log could not be signed", error=str(error))  # noqa: TRY400  the sentence says it


def copy_file() -> Path:
    """The newest checkpoint outside the database: to be copied to where whoever runs the database cannot write."""
    return settings().home / "custody-log.checkpoint"


def _keep_copy(size: int, note: str) -> None:
    path = copy_file()
    try:
        handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _copied_size(path) < size:
                unfinished = path.with_suffix(".part")
                unfinished.write_text(note, encoding="utf-8")
                unfinished.replace(path)
        finally:
            os.close(handle)
    except OSError as error:
        logger.warning("checkpoint could not be copied out of the database", path=str(path), error=str(error))


def _copied_size(path: Path) -> int:
    try:
        return int(path.read_text(encoding="utf-8").split("\n")[1])
    except (OSError, ValueError, IndexError):
        return -1
