"""Verification of the custody log: everything is recomputed from the events' own bytes.

Steps, in the order of the log:
1. the triggers of the database are in place;
2. every checkpoint's signature holds (c2sp.org/signed-note), those in the database and those kept elsewhere;
3. events follow each other from 0 without a gap, each in canonical JSON (RFC 8785), naming its own place;
4. each leaf hash (RFC 6962 § 2.1), chain value and subtree hash is the one stored; the columns repeat the content;
5. at every checkpoint's size the recomputed root is the signed one, which also shows that checkpoints are consistent;
6. no checkpoint is larger than the log.
Not checked: what `report.NOT_CHECKED` says.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connection

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.core.checkpoint import TreeHead, open_checkpoint
from quancheng_sidecar.core.event import parse_canonical
from quancheng_sidecar.core.merkle import EMPTY_ROOT, HASH_BYTES, chain_hash, fold, leaf_hash, node_hash
from quancheng_sidecar.core.signed_note import VerifierKey
from quancheng_sidecar.preserve import guards, report
from quancheng_sidecar.preserve.checkpoints import copy_file
from quancheng_sidecar.preserve.keys import verifier_key
from quancheng_sidecar.preserve.nodes import query, tip
from quancheng_sidecar.preserve.report import Fault, FaultCode, LogVerification
from quancheng_sidecar.settings import settings

_BATCH = 5000

_MOST_FAULTS = 20
"""Bad checkpoints that are told one by one."""
_BELOW_ALL = -(1 << 63)

type _Row = tuple[Any, ...]
type Progress = Callable[[int, int], object]


def verify(progress: Progress | None = None, held: Sequence[str] = ()) -> LogVerification:
    """Recompute the whole log and name the first wrong event; `held` are checkpoints that were kept elsewhere.

    `progress` is called with the number of events done and of all. Reads in batches, so others may go on appending;
    what is added meanwhile is not looked at. Raises `KeyMalformed` when the public key's file is not one.
    """
    key = verifier_key(settings())
    # Checkpoints first: one that is made after the size was read would look larger than the log.
    heads, faults = _checkpoints(key, held)
    size, _ = tip()
    run = _Run(heads)
    event_fault = run.over(size, progress)
    if heads and heads[-1].size > size:
        faults.insert(0, report.truncated(size, heads[-1].size))
    if event_fault is not None:
        faults.insert(0, event_fault)
    missing = guards.missing(connection)
    if missing:
        faults.append(report.triggers_fault(missing))
    return LogVerification(
        ok=not faults,
        size=size,
        verified=run.size,
        root=base64.b64encode(run.root()).decode(),
        checkpoints=len({head.size for head in heads}),
        signed=run.signed,
        vkey=str(key) if key else None,
        faults=tuple(faults),
        not_checked=report.NOT_CHECKED,
        sentence=report.summary(size, run.signed, len({head.size for head in heads}), tuple(faults)),
    )


def _checkpoints(key: VerifierKey | None, held: Sequence[str]) -> tuple[list[TreeHead], list[Fault]]:
    """Heads whose signatures hold, by size, and what is wrong with the others."""
    listed = f"SELECT size, note FROM {guards.CHECKPOINTS} ORDER BY size"  # noqa: S608  a constant
    notes: list[tuple[int | None, str]] = [*query(listed), *((None, note) for note in (*_copy(), *held))]
    if key is None:
        return [], [report.key_fault(len(notes))] if notes else []
    heads, faults = [], []
    for size, note in notes:
        try:
            head = open_checkpoint(note, [key], origin=key.name)
        except QuanchengError as error:
            faults.append(report.signature_fault(size, error.sentence))
            continue
        heads.append(head)
    return sorted(heads, key=lambda head: head.size), faults[:_MOST_FAULTS]


def _copy() -> list[str]:
    try:
        return [copy_file().read_text(encoding="utf-8", errors="replace")]
    except FileNotFoundError:
        return []
    except OSError:
        return [""]  # it is there but does not open: that is no checkpoint, and said so


class _Run:
    """Recomputes the log event by event; `size` events hold so far, the first `signed` of them by a signed root."""

    def __init__(self, heads: Sequence[TreeHead]) -> None:
        self.size = 0
        self.signed = 0
        self._heads = iter(heads)
        self._next = next(self._heads, None)
        self._first_unsigned: str | None = None
        self._peaks: list[bytes] = []  # by level; one that is merged away stays until it is overwritten
        self._chain = b""

    def root(self) -> bytes:
        """Root of the `size` events."""
        levels = reversed(range(self.size.bit_length()))
        return fold([self._peaks[level] for level in levels if self.size >> level & 1]) if self.size else EMPTY_ROOT

    def over(self, size: int, progress: Progress | None) -> Fault | None:
        """Go through events 0 to `size` - 1 until one is wrong."""
        fault = self._hold_against_checkpoints()
        for rows in _batches(size):
            for row in rows:
                fault = fault or self._examine(row) or self._hold_against_checkpoints()
                if fault is not None:
                    return fault
            if progress is not None:
                progress(self.size, size)
        return fault

    def _examine(self, row: _Row) -> Fault | None:
        seq, event_id, *_, text, hashes, chain = row
        if seq != self.size:
            code = FaultCode.EVENT_MISSING if seq > self.size else FaultCode.EVENT_MOVED
            return report.event_fault(code, self.size, None if seq > self.size else event_id)
        if self.size == self.signed:
            self._first_unsigned = event_id
        try:
            leaf = leaf_hash(text.encode())
            wrong = _wrong_content(row, leaf)
        except (AttributeError, KeyError, TypeError, ValueError):  # nothing that `append` writes has such types
            wrong = FaultCode.EVENT_MALFORMED
        if wrong is not None:
            return report.event_fault(wrong, seq, event_id)
        self._chain = chain_hash(self._chain, leaf)
        if chain != self._chain:
            return report.event_fault(FaultCode.EVENT_CHAIN, seq, event_id, since=self.signed)
        if hashes != self._grow(leaf):
            return report.event_fault(FaultCode.EVENT_TREE, seq, event_id)
        self.size = seq + 1
        return None

    def _grow(self, leaf: bytes) -> bytes:
        """Add a leaf; gives the hashes of the subtrees that it completes, as its row should carry them."""
        node, level, completed = leaf, 0, leaf
        while self.size >> level & 1:
            node = node_hash(self._peaks[level], node)
            completed += node
            level += 1
        self._peaks[level : level + 1] = [node]
        return completed

    def _hold_against_checkpoints(self) -> Fault | None:
        while self._next is not None and self._next.size <= self.size:
            if self._next.root != self.root():
                return report.root_fault(self.signed, self.size, self._first_unsigned)
            self.signed = self.size
            self._next = next(self._heads, None)
        return None


def _wrong_content(row: _Row, leaf: bytes) -> FaultCode | None:
    """What is wrong with an event by itself."""
    seq, event_id, *names, at, text, hashes, _ = row
    if hashes[:HASH_BYTES] != leaf:
        return FaultCode.EVENT_CONTENT
    value = parse_canonical(text)
    if value is None:
        return FaultCode.EVENT_MALFORMED
    if value["seq"] != seq:
        return FaultCode.EVENT_MOVED
    # SQLite keeps instants in UTC without saying so.
    listed = [event_id, *names, at if at.tzinfo else at.replace(tzinfo=UTC)]
    said = [value[name] for name in ("id", "type", "agent", "subject", "outcome")]
    return None if listed == [*said, datetime.fromisoformat(value["at"])] else FaultCode.EVENT_COLUMNS


def _batches(size: int) -> Iterator[list[_Row]]:
    """Rows below `size` in their order; each batch is a read of its own, so nobody has to wait for the whole."""
    after, batch = _BELOW_ALL, _BATCH
    statement = (
        "SELECT seq, event_id, type, agent, subject, outcome, at, canonical, hashes, chain"  # noqa: S608  constants
        f" FROM {guards.EVENTS} WHERE seq > %s AND seq < %s ORDER BY seq LIMIT %s"
    )
    while True:
        try:
            rows = query(statement, [after, size, batch])
        except DatabaseError:
            # Bytes that are no text, or a broken page: go on row by row up to the one that cannot be read.
            if batch == 1:
                yield [(after + 1 if after >= 0 else 0, None, *[None] * 8)]
                return
            batch = 1
            continue
        if not rows:
            return
        yield rows
        after = rows[-1][0]
