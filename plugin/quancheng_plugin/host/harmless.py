"""Work of ours inside an act of Paperless, which must not fail or be undone for our sake."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import transaction

logger = logging.getLogger("quancheng.paperless")


@contextmanager
def harmless(doing: str) -> Iterator[None]:
    """Log and swallow whatever goes wrong inside; within a transaction, what was written is taken back alone.

    The savepoint matters on PostgreSQL, where one failed statement would spoil the transaction around it. Outside of
    one none is begun: on SQLite that alone waits for whoever writes, and fails after five seconds (seen on a busy
    server: every page failed that came by then).
    """
    try:
        with transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext():
            yield
    except Exception:
        logger.exception("全程：%s时出错，Paperless 的操作不受影响", doing)
