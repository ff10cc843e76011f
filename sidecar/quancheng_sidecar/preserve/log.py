"""The custody log 保管日志: append, sign, verify, prove.

Each act on a record appends one event in the transaction of the act (design rule 4), so that an act without its
event, or an event without its act, cannot be.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import connection
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.core import merkle
from quancheng_sidecar.core.event import Event, EventType, Unloggable, canonical, event_id, instant, plain
from quancheng_sidecar.preserve.checkpoints import after_append, checkpoint, hold_log
from quancheng_sidecar.preserve.guards import EVENTS
from quancheng_sidecar.preserve.models import SUBJECT_MAX, CustodyEvent
from quancheng_sidecar.preserve.nodes import fetch, tip
from quancheng_sidecar.preserve.proving import prove, prove_consistency
from quancheng_sidecar.preserve.verification import verify

__all__ = ["append", "checkpoint", "prove", "prove_consistency", "verify"]

_COLUMNS = ("seq", "event_id", "type", "agent", "subject", "outcome", "at", "canonical", "hashes", "chain")
_INSERT = f"INSERT INTO {EVENTS} ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608

_NOTHING: Mapping[str, object] = MappingProxyType({})


class NotInTransaction(QuanchengError):
    """An event was to be written apart from its act."""

    code = "QC-LOG-TRANSACTION"


def append(  # noqa: PLR0913  an event has that many parts
    event_type: EventType,
    *,
    agent: str,
    subject: str,
    outcome: str = "success",
    detail: Mapping[str, object] = _NOTHING,
    at: datetime | None = None,
) -> CustodyEvent:
    """Write one event, in the transaction of the act that it tells of.

    `agent` acted on `subject` (a digest or a record's identifier, at most 255 characters); `detail` is any JSON.
    Raises `NotInTransaction`, `Unloggable` (naive instant, not-a-number, …), `LogDamaged`.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(
            zh="记入保管日志必须与操作在同一事务中进行，操作未执行。请联系管理员。",
            en="An event must be logged in the transaction of its act; the act was not done. Tell the administrator.",
        )
    moment = at if at is not None else timezone.now()
    hold_log()
    seq, chain = tip()
    event = _event(seq, event_type, {"agent": agent, "subject": subject, "outcome": outcome}, moment, detail)
    text = canonical(event)
    leaf = merkle.leaf_hash(text.encode())
    row = CustodyEvent(
        seq=seq,
        event_id=str(event.id),
        type=event.type,
        agent=event.agent,
        subject=event.subject,
        outcome=event.outcome,
        at=moment,
        canonical=text,
        hashes=b"".join(merkle.complete(seq, leaf, fetch)),
        chain=merkle.chain_hash(chain, leaf),
    )
    _insert(row)
    after_append(seq + 1)
    return row


def _insert(row: CustodyEvent) -> None:
    # By hand: what the ORM does around an INSERT takes as long as all the rest of an append.
    at = connection.ops.adapt_datetimefield_value(row.at)
    values = [at if column == "at" else getattr(row, column) for column in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  as `save` leaves it


def _event(
    seq: int, event_type: EventType, names: Mapping[str, str], moment: datetime, detail: Mapping[str, object]
) -> Event:
    instant(moment)
    names = plain(names)
    if "\0" in "".join(names.values()) or len(names["subject"]) > SUBJECT_MAX:
        raise Unloggable(
            zh=f"经手人、对象或结果含有空字符，或对象超过 {SUBJECT_MAX} 字，无法记入保管日志，操作未执行。",
            en=f"Agent, subject or outcome hold a null character, or the subject is over {SUBJECT_MAX} characters.",
        )
    return Event(id=event_id(moment, os.urandom(8)), seq=seq, type=event_type.value, at=moment, detail=detail, **names)
