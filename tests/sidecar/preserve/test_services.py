"""Storing with custody, and setting store and database right after a crash."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from quancheng_sidecar.preserve import log, services
from quancheng_sidecar.preserve.models import CustodyEvent, StoredObject
from quancheng_sidecar.preserve.store import ContentStore

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]


def test_storing_registers_and_logs(store: ContentStore, tmp_path: Path) -> None:
    """Bytes, row and ingestion event appear together; the moved source is gone."""
    source = tmp_path / "录像.mp4"
    source.write_bytes(b"abc")
    kept = services.store_file(store, source, agent="张三", media_type="video/mp4", move=True)
    assert kept.as_digest() == store.measure(kept.digest)
    event = CustodyEvent.objects.get()
    assert (event.type, event.subject, event.outcome) == ("ingestion", kept.digest, "success")
    assert not source.exists()


def test_a_duplicate_is_stored_once_and_logged_twice(store: ContentStore) -> None:
    """One copy, one row, both events."""
    first = services.store_file(store, io.BytesIO(b"abc"), agent="张三")
    second = services.store_file(store, io.BytesIO(b"abc"), agent="李四")
    assert first == second
    assert [event.outcome for event in CustodyEvent.objects.all()] == ["success", "duplicate"]
    assert StoredObject.objects.count() == 1
    assert len(list(store.digests())) == 1


def test_a_missing_sm3_is_added(store: ContentStore) -> None:
    """A content that was stored while SM3 was off gets it when it comes again."""
    plain = ContentStore(store.root, sm3=False)
    assert services.store_file(plain, io.BytesIO(b"abc"), agent="张三").sm3 is None
    assert services.store_file(store, io.BytesIO(b"abc"), agent="张三").sm3 is not None


def test_a_content_whose_writer_died_is_adopted(store: ContentStore) -> None:
    """Killed between storing and committing: the content gets its row, and an event that says how."""
    orphan = store.put(io.BytesIO(b"orphan"))
    found = services.reconcile(store, agent="quancheng")
    assert found.adopted == found.orphans == (orphan.digest.sha256,)
    assert StoredObject.objects.get().as_digest() == orphan.digest
    assert CustodyEvent.objects.get().type == "recovery"
    assert services.reconcile(store, agent="quancheng").orphans == ()
    assert log.verify().ok


def test_damaged_and_missing_contents_are_listed(store: ContentStore) -> None:
    """Bytes that are not their digest's are not adopted; a row whose content is gone is told."""
    lost = services.store_file(store, io.BytesIO(b"lost"), agent="张三")
    store.path(lost.digest).unlink()
    rotten = store.put(io.BytesIO(b"rotten"))
    rotten.path.chmod(0o600)
    rotten.path.write_bytes(b"r0tten")
    (store.incoming / "dead.part").write_bytes(b"half")
    found = services.reconcile(store, agent="quancheng")
    assert found.swept == 1
    assert found.damaged == (rotten.digest.sha256,)
    assert found.missing == (lost.digest,)
    assert found.adopted == ()


def test_a_failed_act_leaves_an_orphan_not_a_lie(store: ContentStore) -> None:
    """When the act's transaction is rolled back, neither row nor event stays; the content waits to be adopted."""
    with transaction.atomic():
        services.store_file(store, io.BytesIO(b"abc"), agent="张三")
        transaction.set_rollback(True)
    assert not StoredObject.objects.exists()
    assert not CustodyEvent.objects.exists()
    assert len(services.reconcile(store, agent="quancheng").adopted) == 1


def test_killed_between_storing_and_committing(tmp_path: Path) -> None:
    """A process killed inside its transaction: what it stored is adopted by the next, and the log holds."""
    script = """
import io, os, signal, sys
from pathlib import Path
os.environ["QUANCHENG_HOME"] = sys.argv[1]
from quancheng_sidecar.web.ready import ready
ready()
from django.db import transaction
from quancheng_sidecar.preserve import log, services
from quancheng_sidecar.preserve.store import ContentStore
store = ContentStore(Path(sys.argv[1]) / "store", sm3=True)
if sys.argv[2] == "die":
    with transaction.atomic():
        services.store_file(store, io.BytesIO(b"abc"), agent="x")
        os.kill(os.getpid(), signal.SIGKILL)
print(services.reconcile(store, agent="x").adopted, log.verify().ok, log.verify().size)
"""
    killed = subprocess.run([sys.executable, "-c", script, tmp_path / "h", "die"], check=False)
    assert killed.returncode == -9
    after = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "h", "live"], check=True, capture_output=True, text=True
    )
    assert after.stdout.startswith("('sha256:ba7816bf")
    assert after.stdout.endswith("True 1\n")
