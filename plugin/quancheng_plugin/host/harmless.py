"""Work of ours inside an act of Paperless, which must not fail or be undone for our sake."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

logger = logging.getLogger("quancheng.paperless")


@contextmanager
def harmless(doing: str) -> Iterator[None]:
    """Log and swallow whatever goes wrong inside; what was written to the database is taken back alone.

    The savepoint matters on PostgreSQL, where one failed statement would spoil the transaction around it.
    """
    try:
        with transaction.atomic():
            yield
    except Exception:
        logger.exception("全程：%s时出错，Paperless 的操作不受影响", doing)
