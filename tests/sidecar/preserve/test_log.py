"""The custody log: appending, signing, proving."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import transaction

from quancheng_sidecar.core.event import EventType, Unloggable, parse_canonical
from quancheng_sidecar.core.merkle import leaf_hash
from quancheng_sidecar.core.signed_note import VerifierKey
from quancheng_sidecar.core.tlog_proof import verify_checkpoints, verify_proof
from quancheng_sidecar.preserve import checkpoints, log
from quancheng_sidecar.preserve.keys import LogKeyMissing, OriginChanged
from quancheng_sidecar.preserve.log import NotInTransaction
from quancheng_sidecar.preserve.models import Checkpoint, CustodyEvent
from quancheng_sidecar.preserve.proving import EventUnknown
from quancheng_sidecar.settings import settings

pytestmark = pytest.mark.usefixtures("home")


def append(number: int = 0, **given: object) -> CustodyEvent:
    parts = {"agent": "张三", "subject": f"sha256:{number:064x}", "detail": {"文件": "a.mp4", "n": number}} | given
    return log.append(EventType.INGESTION, **parts)  # type: ignore[arg-type]  # the tests hand in what they like


def append_many(count: int) -> list[CustodyEvent]:
    return [append(number) for number in range(count)]


@pytest.mark.django_db
def test_events_stand_one_after_the_other() -> None:
    """Numbers run from 0 without a gap, identifiers are unique and in order, the content is canonical JSON."""
    events = append_many(5)
    assert [event.seq for event in events] == list(range(5))
    assert all(earlier.event_id < later.event_id or earlier.at == later.at for earlier, later in pairwise(events))
    for event in CustodyEvent.objects.all():
        value = parse_canonical(event.canonical)
        assert value is not None
        assert value["type"] == "ingestion"
        assert value["detail"] == {"文件": "a.mp4", "n": event.seq}
        assert event.leaf == leaf_hash(event.canonical.encode())


@pytest.mark.django_db(transaction=True)
def test_an_event_apart_from_its_act_is_refused() -> None:
    """Outside a transaction nothing is logged."""
    with pytest.raises(NotInTransaction):
        append()
    assert not CustodyEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_event() -> None:
    """Act and event go together: rolled back, the number is given to the next."""
    with transaction.atomic():
        append()
        transaction.set_rollback(True)
    with transaction.atomic():
        assert append().seq == 0
    assert log.verify().ok


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        {"at": datetime(2026, 3, 1)},  # noqa: DTZ001  refused for that
        {"detail": {"x": float("nan")}},
        {"detail": {"x": object()}},
        {"subject": "x" * 256},
        {"agent": "a\0b"},
    ],
)
def test_what_cannot_be_written_down_is_refused(given: dict[str, object]) -> None:
    """A naive instant, a value outside JSON, a subject too long for its column: refused before anything is written."""
    with pytest.raises(Unloggable):
        append(**given)
    assert not CustodyEvent.objects.exists()


@pytest.mark.django_db
def test_the_callers_instant_is_kept() -> None:
    """An act that is told later is logged with its own time."""
    at = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    append(at=at)
    assert CustodyEvent.objects.get(seq=0).at == at
    assert log.verify().ok


@pytest.mark.django_db
def test_file_names_that_are_no_text_are_logged() -> None:
    """GBK bytes of a memory card stop neither the event nor its verification."""
    append(detail={"file_name": "录像".encode("gbk").decode("utf-8", "surrogateescape")})
    assert log.verify().ok


@pytest.mark.django_db
def test_an_empty_log() -> None:
    """Nothing to sign, nothing wrong."""
    assert log.checkpoint() is None
    assert log.verify().ok


@pytest.mark.django_db
def test_a_checkpoint_says_size_and_root(home: Path) -> None:
    """The note is of the C2SP form; the key is its owner's alone, the public key one line beside it."""
    append_many(3)
    made = log.checkpoint()
    assert made is not None
    assert made.note.startswith("quancheng.local/custody\n3\n")
    assert log.checkpoint() == made
    assert stat.S_IMODE((home / "keys" / "custody-log.pem").stat().st_mode) == 0o600
    key = VerifierKey.parse((home / "keys" / "custody-log.vkey").read_text())
    assert str(key) == log.verify().vkey


@pytest.mark.django_db(transaction=True)
def test_checkpoints_come_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first event of a process, and then every 256th, bring a checkpoint after their commit; so does age."""
    monkeypatch.setattr(checkpoints, "_rhythm", checkpoints._Rhythm())
    for number in range(600):
        with transaction.atomic():
            append(number)
    assert [made.size for made in Checkpoint.objects.all()] == [1, 257, 513]
    monkeypatch.setattr(checkpoints, "EVERY_S", 0.0)
    with transaction.atomic():
        append()
    assert Checkpoint.objects.filter(size=601).exists()
    assert log.verify().signed == 601


@pytest.mark.django_db(transaction=True)
def test_an_act_is_done_even_if_it_cannot_be_signed_now(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keys folder that cannot be written holds up signatures, not acts."""
    monkeypatch.setattr(checkpoints, "_rhythm", checkpoints._Rhythm())
    (home / "keys").write_text("in the way")
    with transaction.atomic():
        append()
    assert CustodyEvent.objects.count() == 1
    assert not Checkpoint.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_newest_checkpoint_is_copied_out_of_the_database(home: Path) -> None:
    """Beside the database stands the newest note, never replaced by an older one."""
    with transaction.atomic():
        append()
    first = log.checkpoint()
    with transaction.atomic():
        append()
    second = log.checkpoint()
    assert first is not None
    assert second is not None
    copy = home / "custody-log.checkpoint"
    assert copy.read_text() == second.note
    checkpoints._keep_copy(first.size, first.note)
    assert copy.read_text() == second.note


@pytest.mark.django_db
@pytest.mark.parametrize("loss", [Path.unlink, lambda path: path.write_text("no key")])
def test_a_lost_key_is_not_replaced(home: Path, loss: Callable[[Path], object]) -> None:
    """Once something was signed, a missing or broken key is an error, not an occasion for a new one."""
    append()
    log.checkpoint()
    append()
    loss(home / "keys" / "custody-log.pem")
    with pytest.raises(LogKeyMissing):
        log.checkpoint()
    assert log.verify().ok  # the public key is still there


@pytest.mark.django_db
def test_the_logs_name_cannot_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that was begun under one name is not signed under another."""
    append()
    log.checkpoint()
    append()
    monkeypatch.setenv("QUANCHENG_LOG_ORIGIN", "other.example/log")
    settings.cache_clear()
    with pytest.raises(OriginChanged):
        log.checkpoint()


@pytest.mark.django_db
def test_every_event_can_be_proven() -> None:
    """Each proof is checked from its text and the public key alone, and gives back the event."""
    events = append_many(21)
    for event in events:
        proof = log.prove(event.event_id)
        assert proof == log.prove(event.seq)
        head, content = verify_proof(proof.text(), [VerifierKey.parse(proof.vkey)])
        assert head.size == 21
        assert content.decode() == event.canonical


@pytest.mark.django_db
def test_an_unsigned_event_is_signed_to_be_proven() -> None:
    """An event after the last checkpoint gets a checkpoint first; older proofs stay under the newest."""
    append_many(3)
    log.checkpoint()
    append_many(2)
    assert log.prove(1).size == 3
    assert log.prove(4).size == 5
    assert log.prove(1).size == 5


@pytest.mark.django_db
def test_checkpoints_are_shown_to_continue_each_other() -> None:
    """A consistency proof between any two checkpoints verifies from their notes alone."""
    for _ in range(6):
        append_many(7)
        log.checkpoint()
    key = VerifierKey.parse(log.verify().vkey or "")
    for old in range(7, 43, 7):
        for new in range(old, 43, 7):
            heads = verify_checkpoints(log.prove_consistency(old, new), [key])
            assert [head.size for head in heads] == [old, new]


@pytest.mark.django_db
@pytest.mark.parametrize("event", ["", "nothing", -1, 3, 10**30])
def test_unknown_events(event: str | int) -> None:
    """What is not in the log cannot be proven, and is told so."""
    append_many(3)
    with pytest.raises(EventUnknown):
        log.prove(event)
    with pytest.raises(EventUnknown):
        log.prove_consistency(1)


@pytest.mark.django_db
def test_verification_tells_its_progress() -> None:
    """Progress comes with what is done and what there is in all."""
    append_many(3)
    seen: list[tuple[int, int]] = []
    log.verify(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 3)]
