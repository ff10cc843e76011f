"""A fixity round holds bytes, rows and custody log against each other."""

import io

import pytest
from django.utils import timezone

from quancheng_sidecar.preserve import log, services
from quancheng_sidecar.preserve.fixity import FaultOfContent, fixity_round
from quancheng_sidecar.preserve.models import CustodyEvent, StoredObject
from quancheng_sidecar.preserve.store import ContentStore

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]


def keep(store: ContentStore, content: bytes) -> str:
    """Store a content as an intake does; its digest."""
    return services.store_file(store, io.BytesIO(content), agent="张三").digest


def faults(store: ContentStore) -> dict[str, FaultOfContent]:
    """What a round finds wrong, by digest."""
    return {fault.digest: fault.code for fault in fixity_round(store, agent="李四").faults}


def test_a_sound_store_passes_and_the_round_is_logged(store: ContentStore) -> None:
    """Every byte is read, progress is told, and one event says that all is well."""
    keep(store, b"one")
    keep(store, b"three")
    told: list[int] = []
    report = fixity_round(store, agent="李四", progress=told.append)
    assert (report.ok, report.contents, report.bytes) == (True, 2, 8)
    assert told[-1] == 8
    event = CustodyEvent.objects.last()
    assert event is not None
    assert (event.type, event.agent, event.outcome) == ("fixity check", "李四", "success")


def test_an_altered_byte_is_found(store: ContentStore) -> None:
    """A file changed in its place has not its digest any more, and the log says so of that very content."""
    altered, sound = keep(store, b"evidence"), keep(store, b"other")
    place = store.path(altered)
    place.chmod(0o644)
    place.write_bytes(b"Evidence")
    assert faults(store) == {altered: FaultOfContent.ALTERED}
    assert CustodyEvent.objects.filter(type="fixity check", subject=altered, outcome="altered").exists()
    assert not CustodyEvent.objects.filter(type="fixity check", subject=sound).exists()
    assert log.verify().ok


def test_a_lost_file_and_a_stray_one_are_told_apart(store: ContentStore) -> None:
    """A row without its file is missing; a file without a row is not registered."""
    lost = keep(store, b"lost")
    store.path(lost).unlink()
    stray = store.put(io.BytesIO(b"stray")).digest.sha256
    assert faults(store) == {lost: FaultOfContent.MISSING, stray: FaultOfContent.UNREGISTERED}


def test_a_row_that_no_event_names_is_found_every_time(store: ContentStore) -> None:
    """Someone who writes rows past the program is found out, and the round itself does not cover it up."""
    stored = store.put(io.BytesIO(b"slipped in"))
    digest = stored.digest.sha256
    StoredObject.objects.create(sha256=digest, size=stored.digest.size, stored_at=timezone.now())
    assert faults(store) == {digest: FaultOfContent.UNLOGGED}
    assert faults(store) == {digest: FaultOfContent.UNLOGGED}


def test_a_file_that_the_medium_does_not_give_is_found(store: ContentStore) -> None:
    """Reading fails as it does on a bad sector: here a folder stands in the file's place."""
    unreadable = keep(store, b"on a bad sector")
    place = store.path(unreadable)
    place.unlink()
    place.mkdir()
    assert faults(store) == {unreadable: FaultOfContent.UNREADABLE}
