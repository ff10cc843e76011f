"""The log's tree as the tables hold it: which row carries which complete subtree."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.core.merkle import HASH_BYTES, Node
from quancheng_sidecar.preserve.guards import EVENTS

_AT_ONCE = 500
"""Row numbers asked for in one statement."""


class LogDamaged(QuanchengError):
    """The log in the database is not what was written, so nothing is added to it, signed or proven."""

    code = "QC-LOG-DAMAGED"


def damaged(what_zh: str, what_en: str) -> LogDamaged:
    """The error for a log that no longer fits itself."""
    return LogDamaged(
        zh=f"保管日志已损坏或被改动：{what_zh}。操作未执行。请运行 quancheng log verify，并从备份恢复。",
        en=f"The custody log is damaged or was altered: {what_en}. Run `quancheng log verify`, restore from a backup.",
    )


def fetch(nodes: Iterable[Node]) -> dict[Node, bytes]:
    """Hashes of complete subtrees, each from the row of the event that completed it. Raises `LogDamaged`."""
    wanted = list(nodes)
    rows = _hashes(sorted({node.last_leaf for node in wanted}))
    found = {}
    for node in wanted:
        value = rows.get(node.last_leaf, b"")[node.level * HASH_BYTES : (node.level + 1) * HASH_BYTES]
        if len(value) != HASH_BYTES:
            raise damaged(f"第 {node.last_leaf} 条记录缺失或不完整", f"event {node.last_leaf} is missing or incomplete")
        found[node] = value
    return found


def tip() -> tuple[int, bytes]:
    """Number of events and the chain value of the last one (empty bytes when there is none)."""
    rows = query(f"SELECT seq, chain FROM {EVENTS} ORDER BY seq DESC LIMIT 1")  # noqa: S608  a constant
    return (rows[0][0] + 1, bytes(rows[0][1])) if rows else (0, b"")


def query(statement: str, values: Sequence[int] = ()) -> list[tuple[Any, ...]]:
    """All rows of a statement, as the driver gives them."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _hashes(seqs: Sequence[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for start in range(0, len(seqs), _AT_ONCE):
        part = seqs[start : start + _AT_ONCE]
        marks = ",".join(["%s"] * len(part))
        statement = f"SELECT seq, hashes FROM {EVENTS} WHERE seq IN ({marks})"  # noqa: S608  names and marks only
        found.update((seq, bytes(hashes)) for seq, hashes in query(statement, part))
    return found
