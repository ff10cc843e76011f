"""A log that was altered by someone with full power over the database: what is found, and where."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from quancheng_sidecar.core.event import EventType, canonical_json
from quancheng_sidecar.core.merkle import chain_hash, leaf_hash, node_hash
from quancheng_sidecar.preserve import guards, log
from quancheng_sidecar.preserve.models import Checkpoint, CustodyEvent
from quancheng_sidecar.preserve.nodes import LogDamaged
from quancheng_sidecar.preserve.report import FaultCode, LogVerification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

COUNT, SIGNED = 40, (16, 32)


@pytest.fixture(autouse=True)
def _written(home: Path) -> None:
    """40 events, signed at 16 and 32; the last 8 are not signed."""
    for number in range(COUNT):
        log.append(EventType.INGESTION, agent="张三", subject=f"s{number}", detail={"n": number})
        if number + 1 in SIGNED:
            log.checkpoint()


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def attack(act: Callable[[], None]) -> LogVerification:
    """Drop the triggers, alter the tables, put the triggers back, verify."""
    guards.remove(connection)
    act()
    guards.install(connection)
    result = log.verify()
    assert not result.ok
    return result


def rewritten(seq: int, **changes: object) -> str:
    """The canonical content of an event with other values."""
    value = json.loads(CustodyEvent.objects.get(seq=seq).canonical)
    return canonical_json(value | changes)


def rewrite(seq: int, text: str, *, leaf: bool = False, row: bool = False) -> None:
    """Put another content into a row; with `leaf` its leaf hash too, with `row` all hashes of the row."""
    event = CustodyEvent.objects.get(seq=seq)
    made, hashes, chain = leaf_hash(text.encode()), bytes(event.hashes), bytes(event.chain)
    if leaf or row:
        hashes = made + hashes[32:]
    if row:
        before = bytes(CustodyEvent.objects.get(seq=seq - 1).chain) if seq else b""
        chain = chain_hash(before, made)
        hashes, node = made, made
        for level in range(seq.bit_length()):
            if not seq >> level & 1:
                break
            sibling = CustodyEvent.objects.get(seq=seq - (1 << level)).hashes
            node = node_hash(bytes(sibling)[level * 32 : level * 32 + 32], node)
            hashes += node
    value = json.loads(text)
    sql(
        "UPDATE preserve_custodyevent SET canonical=%s, agent=%s, outcome=%s, hashes=%s, chain=%s WHERE seq=%s",
        text, value["agent"], value["outcome"], hashes, chain, seq,
    )  # fmt: skip


def test_an_untouched_log_holds() -> None:
    """Nothing altered: nothing is found, and what is unsigned is said."""
    result = log.verify()
    assert (result.ok, result.size, result.verified, result.signed, result.checkpoints) == (True, 40, 40, 32, 2)
    assert "最后 8 条尚未签署" in result.sentence.zh


@pytest.mark.parametrize("seq", [0, 7, 20, 39])
def test_a_rewritten_content_is_named(seq: int) -> None:
    """Content altered, hashes left: that very event is named, with its identifier."""
    result = attack(lambda: rewrite(seq, rewritten(seq, agent="李四")))
    fault = result.faults[0]
    assert (fault.code, fault.seq, fault.first, fault.last) == (FaultCode.EVENT_CONTENT, seq, seq, seq)
    assert fault.event_id == CustodyEvent.objects.get(seq=seq).event_id
    assert str(fault.seq) in fault.sentence.zh


@pytest.mark.parametrize("seq", [0, 7, 20, 39])
def test_a_rewritten_content_with_its_leaf_hash_is_named(seq: int) -> None:
    """Content and leaf hash altered together: the chain breaks at that very event."""
    fault = attack(lambda: rewrite(seq, rewritten(seq, agent="李四"), leaf=True)).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_CHAIN, seq)


@pytest.mark.parametrize("seq", [0, 7, 20])
def test_a_row_rewritten_with_all_its_hashes_is_bounded(seq: int) -> None:
    """The whole row made consistent: the break shows at the next one, and the range tells where the alteration is."""
    fault = attack(lambda: rewrite(seq, rewritten(seq, agent="李四"), row=True)).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_CHAIN, seq + 1)
    assert fault.first is not None
    assert fault.last is not None
    assert fault.first <= seq <= fault.last


@pytest.mark.parametrize("seq", [3, 20])
def test_a_log_rewritten_to_its_end_is_bounded_by_checkpoints(seq: int) -> None:
    """Everything after the alteration recomputed: the next signature tells between which checkpoints it lies."""

    def act() -> None:
        rewrite(seq, rewritten(seq, agent="李四"), row=True)
        for later in range(seq + 1, COUNT):
            rewrite(later, rewritten(later), row=True)

    fault = attack(act).faults[0]
    assert fault.code is FaultCode.CHECKPOINT_ROOT
    assert (fault.first, fault.last) == ((0, 15) if seq < 16 else (16, 31))


@pytest.mark.parametrize("column", ["agent", "subject", "type", "outcome", "event_id"])
def test_an_altered_column_is_named(column: str) -> None:
    """What people search by says something else than the event itself."""
    fault = attack(lambda: sql(f"UPDATE preserve_custodyevent SET {column}='x' WHERE seq=9")).faults[0]  # noqa: S608
    assert (fault.code, fault.seq) == (FaultCode.EVENT_COLUMNS, 9)


def test_an_altered_time_is_named() -> None:
    """The time column is held against the content too."""
    fault = attack(lambda: sql("UPDATE preserve_custodyevent SET at='2020-01-01 00:00:00' WHERE seq=9")).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_COLUMNS, 9)


@pytest.mark.parametrize("seq", [0, 9, 20])
def test_a_removed_event_is_missed(seq: int) -> None:
    """A gap is named by the number that is missing."""
    fault = attack(lambda: sql("DELETE FROM preserve_custodyevent WHERE seq=%s", seq)).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_MISSING, seq)


def test_a_removed_event_with_the_others_moved_up() -> None:
    """Numbers closed up after a removal: the first event that tells another number than its place is named."""

    def act() -> None:
        sql("DELETE FROM preserve_custodyevent WHERE seq=9")
        for seq in range(10, COUNT):
            sql("UPDATE preserve_custodyevent SET seq=%s WHERE seq=%s", seq - 1, seq)

    fault = attack(act).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_MOVED, 9)


@pytest.mark.parametrize("left", [0, 10, 31])
def test_a_tail_cut_off_is_missed(left: int) -> None:
    """The log is shorter than what was signed, however much of it is left."""
    result = attack(lambda: sql("DELETE FROM preserve_custodyevent WHERE seq >= %s", left))
    fault = result.faults[0]
    assert (fault.code, fault.first, fault.last) == (FaultCode.LOG_TRUNCATED, left, 31)


def test_a_tail_cut_off_with_its_checkpoints_shows_in_the_copy(home: Path) -> None:
    """Tail and checkpoints removed together: the checkpoint that was kept outside the database tells."""
    kept = Checkpoint.objects.get(size=32).note

    def act() -> None:
        sql("DELETE FROM preserve_custodyevent WHERE seq >= 16")
        sql("DELETE FROM preserve_checkpoint WHERE size > 16")

    guards.remove(connection)
    act()
    guards.install(connection)
    assert log.verify().ok  # from inside it cannot be told …
    assert log.verify(held=[kept]).faults[0].code is FaultCode.LOG_TRUNCATED
    (home / "custody-log.checkpoint").write_text(kept)
    assert log.verify().faults[0].code is FaultCode.LOG_TRUNCATED  # … but from the copy


def test_two_events_that_changed_places() -> None:
    """Exchanged rows are named at the first of them."""

    def act() -> None:
        for old, new in ((5, -1), (12, 5), (-1, 12)):
            sql("UPDATE preserve_custodyevent SET seq=%s WHERE seq=%s", new, old)

    fault = attack(act).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_MOVED, 5)


@pytest.mark.parametrize("place", [-1, 20])
def test_an_inserted_event_is_named(place: int) -> None:
    """A row put in between, or before the first, is named where it stands."""

    def act() -> None:
        for seq in range(COUNT - 1, max(place, 0) - 1, -1) if place >= 0 else ():
            sql("UPDATE preserve_custodyevent SET seq=%s WHERE seq=%s", seq + 1, seq)
        sql(
            "INSERT INTO preserve_custodyevent SELECT %s, 'new', type, agent, subject, outcome, at, canonical, hashes,"
            " chain FROM preserve_custodyevent WHERE seq=4",
            place,
        )

    fault = attack(act).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_MOVED, max(place, 0))


@pytest.mark.parametrize("text", ["", "[]", "{}", "no json", '{"a": 1}'])
def test_a_content_that_is_no_event_is_named(text: str) -> None:
    """A row whose content is not canonical JSON of an event, with a fitting leaf hash."""

    def act() -> None:
        hashes = leaf_hash(text.encode()) + bytes(CustodyEvent.objects.get(seq=9).hashes)[32:]
        sql("UPDATE preserve_custodyevent SET canonical=%s, hashes=%s WHERE seq=9", text, hashes)

    fault = attack(act).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_MALFORMED, 9)


@pytest.mark.parametrize(
    "column",
    ["canonical=X'FFFE'", "canonical=CAST(X'FFFE' AS TEXT)", "agent=CAST(X'FF' AS TEXT)", "hashes=7", "chain=''"],
)
def test_a_row_that_cannot_be_read_is_named(column: str) -> None:
    """Values of types that no event has, and bytes that are no text, end in a finding, not in a crash."""
    fault = attack(lambda: sql(f"UPDATE preserve_custodyevent SET {column} WHERE seq=9")).faults[0]  # noqa: S608
    assert fault.seq == 9


def test_altered_tree_hashes_are_named() -> None:
    """Hashes that serve later proofs are held against the recomputed ones."""

    def act() -> None:
        hashes = bytes(CustodyEvent.objects.get(seq=7).hashes)
        sql("UPDATE preserve_custodyevent SET hashes=%s WHERE seq=7", hashes[:-1] + bytes([hashes[-1] ^ 1]))

    fault = attack(act).faults[0]
    assert (fault.code, fault.seq) == (FaultCode.EVENT_TREE, 7)
    with pytest.raises(LogDamaged):
        log.prove(9)


def test_a_forged_checkpoint_is_named() -> None:
    """A checkpoint whose root was altered has no signature that fits."""

    def act() -> None:
        origin, size, root, *rest = Checkpoint.objects.get(size=16).note.split("\n")
        forged = base64.b64encode(bytes(32)).decode()
        sql("UPDATE preserve_checkpoint SET note=%s WHERE size=16", "\n".join([origin, size, forged, *rest]))
        assert root != forged

    result = attack(act)
    assert result.faults[0].code is FaultCode.CHECKPOINT_SIGNATURE
    assert "第 16 条" in result.faults[0].sentence.zh
    assert result.signed == 32  # the later one still holds


def test_a_lost_public_key_is_told(home: Path) -> None:
    """Without the public key no signature can be checked: said as that, not as an alteration."""
    (home / "keys" / "custody-log.vkey").unlink()
    result = log.verify()
    assert [fault.code for fault in result.faults] == [FaultCode.KEY_MISSING]
    assert result.verified == COUNT


def test_dropped_triggers_are_told() -> None:
    """Even if nothing else was altered."""
    sql("DROP TRIGGER preserve_custodyevent_no_update")
    fault = log.verify().faults[0]
    assert fault.code is FaultCode.TRIGGERS_MISSING
    assert "preserve_custodyevent_no_update" in fault.sentence.zh


def test_a_damaged_log_is_not_signed_anew() -> None:
    """No new checkpoint covers up what the last one still tells."""

    def act() -> None:
        for seq in range(20, COUNT):
            rewrite(seq, rewritten(seq, agent="李四"), row=True)

    attack(act)
    with pytest.raises(LogDamaged):
        log.checkpoint()
    with pytest.raises(LogDamaged):
        log.prove(35)


_COLUMNS = "type, agent, subject, outcome, at, canonical, hashes, chain FROM preserve_custodyevent WHERE seq=3"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE preserve_custodyevent SET agent='x'",
        "DELETE FROM preserve_custodyevent WHERE seq=39",
        "REPLACE INTO preserve_custodyevent SELECT * FROM preserve_custodyevent WHERE seq=3",
        f"INSERT INTO preserve_custodyevent SELECT 41, 'x', {_COLUMNS}",
        f"REPLACE INTO preserve_custodyevent SELECT 40, event_id, {_COLUMNS}",
        "UPDATE preserve_checkpoint SET note='x'",
        "DELETE FROM preserve_checkpoint",
        "REPLACE INTO preserve_checkpoint SELECT size, 'x', made_at FROM preserve_checkpoint",
    ],
)
def test_the_database_refuses_changes(statement: str) -> None:
    """With the triggers in place no statement changes, removes or slips in a row."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert log.verify().ok
