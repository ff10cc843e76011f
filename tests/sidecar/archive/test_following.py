"""The index follows the database: never wrong, whatever happens to it."""

import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction

from quancheng_sidecar.archive.embedded.adapter import EmbeddedArchive
from quancheng_sidecar.archive.embedded.index import all_of
from quancheng_sidecar.archive.embedded.models import ArchivedDocument, ArchiveIdentity
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.port import NewDocument
from quancheng_sidecar.archive.query import parse

type Make = Callable[..., NewDocument]


def index_folder(tmp_path: Path) -> Path:
    """The one folder of the index in use."""
    (folder,) = (tmp_path / "index").iterdir()
    return folder


def indexed(archive: EmbeddedArchive, query: str) -> int:
    """How many documents the index alone finds, whatever the database holds."""
    view = archive._follower.view()
    if view is None:
        return 0
    return view.count(all_of(view, "all", parse(query)))


@contextmanager
def written_by_another_process(folder: Path) -> Iterator[None]:
    """While another process holds the index open for writing."""
    code = textwrap.dedent(f"""
        import sys, tantivy
        writer = tantivy.Index.open({str(folder)!r}).writer(heap_size=15_000_000, num_threads=1)
        print("held", flush=True)
        sys.stdin.read()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.communicate()


def test_what_is_committed_is_taken_in_at_once(committed: EmbeddedArchive, make: Make) -> None:
    """After the transaction the index has it; before, search finds it all the same."""
    with transaction.atomic():
        committed.add(make("渔船"))
        assert (indexed(committed, "渔船"), committed.search("渔船").total) == (0, 1)
    assert (indexed(committed, "渔船"), committed.search("渔船").total) == (1, 1)


def test_what_is_rolled_back_was_never_there(committed: EmbeddedArchive, make: Make) -> None:
    """Neither index nor search remember it, not even when it was searched for meanwhile."""
    committed.add(make("码头"))
    with transaction.atomic():
        committed.add(make("渔船"))
        assert committed.search("渔船").total == 1
        transaction.set_rollback(True)
    assert (indexed(committed, "渔船"), committed.search("渔船").total) == (0, 0)
    committed.add(make("渔网"))
    assert [committed.search(query).total for query in ("渔船", "渔网", "码头")] == [0, 1, 1]


def test_a_crash_between_commit_and_index_loses_nothing(committed: EmbeddedArchive, make: Make, tmp_path: Path) -> None:
    """Another process, or this one when it is started anew, takes in what was left."""
    committed.add(make("码头"))
    ArchivedDocument.objects.create(
        title="渔船", kind="form", original="o", archive_file="a", mime_type="m/m", change=99
    )
    restarted = EmbeddedArchive(None, index=tmp_path / "index")
    assert indexed(restarted, "渔船") == 0
    assert restarted.search("渔船").total == 1
    assert indexed(restarted, "渔船") == 1


def test_search_is_complete_while_another_process_writes(
    committed: EmbeddedArchive, make: Make, tmp_path: Path
) -> None:
    """An index that cannot be written lags behind; what it lacks is searched in the database, old states left out."""
    first = committed.add(make("渔船", fields={CustomField.PARTY: "张三"}))
    with written_by_another_process(index_folder(tmp_path)):
        second = committed.add(make("渔船"))
        committed.merge_fields(first, {CustomField.PARTY: "李四"})
        assert indexed(committed, "渔船") == 1
        assert [hit.id for hit in committed.search("渔船").hits] == [second, first]
        assert [committed.search(query).total for query in ("张三", "李四")] == [0, 1]
    assert committed.search("渔船").total == 2
    assert indexed(committed, "李四") == 1


@pytest.mark.parametrize("damage", ["gone", "emptied files", "no folder but a file", "meta.json cut", "meta.json gone"])
def test_a_damaged_index_is_made_anew(committed: EmbeddedArchive, make: Make, tmp_path: Path, damage: str) -> None:
    """Search answers rightly and the index is whole again, in the process that knew it and in a new one."""
    for word in ("渔船", "码头"):
        committed.add(make(word))
    folder = index_folder(tmp_path)
    if damage in {"gone", "no folder but a file"}:
        shutil.rmtree(folder)
    if damage == "no folder but a file":
        folder.write_text("not an index")
    if damage == "emptied files":
        for file in folder.iterdir():
            file.write_bytes(b"")
    if damage == "meta.json cut":
        (folder / "meta.json").write_bytes((folder / "meta.json").read_bytes()[:40])
    if damage == "meta.json gone":
        (folder / "meta.json").unlink()
    for archive in (committed, EmbeddedArchive(None, index=tmp_path / "index")):
        assert archive.search("渔船").total == 1
    committed.add(make("渔船"))
    assert committed.search("渔船").total == 2
    assert indexed(EmbeddedArchive(None, index=tmp_path / "index"), "渔船") == 2


def test_no_room_for_an_index_is_no_reason_to_find_nothing(
    committed: EmbeddedArchive, make: Make, tmp_path: Path
) -> None:
    """Where no index can be kept at all, the database is searched."""
    (tmp_path / "index").write_text("in the way")
    committed.add(make("渔船"))
    assert committed.search("渔船").total == 1


def test_an_index_of_another_archive_is_not_taken_for_ones_own(committed: EmbeddedArchive, make: Make) -> None:
    """With a new database, what the old one held is not found."""
    committed.add(make("渔船"))
    ArchivedDocument.objects.all().delete()
    ArchiveIdentity.objects.all().delete()
    committed.add(make("码头"))
    assert [committed.search(query).total for query in ("渔船", "码头")] == [0, 1]


def test_an_older_backup_put_back_is_noticed(committed: EmbeddedArchive, make: Make, tmp_path: Path) -> None:
    """The index is newer than the database then: it is made anew, also when numbers were given again."""
    first, last = make("渔船"), make("渔网")
    kept = [committed.add(first), committed.add(last)]
    newest = ArchivedDocument.objects.get(pk=int(kept[1]))
    ArchivedDocument.objects.filter(pk=newest.pk).delete()
    restarted = EmbeddedArchive(None, index=tmp_path / "index")
    assert [restarted.search(query).total for query in ("渔船", "渔网")] == [1, 0]
    ArchivedDocument.objects.create(
        pk=newest.pk, title="码头", kind="form", original="o", archive_file="a", mime_type="m/m", change=newest.change
    )
    restarted = EmbeddedArchive(None, index=tmp_path / "index")
    assert [restarted.search(query).total for query in ("渔船", "渔网", "码头")] == [1, 0, 1]


def test_rebuilding_gives_the_same(committed: EmbeddedArchive, make: Make) -> None:
    """An index made anew finds what the old one found."""
    for number in range(5):
        committed.add(make(f"渔船 {number}号"))
    before = committed.search("渔船")
    committed.rebuild_index()
    assert committed.search("渔船") == before
    assert indexed(committed, "3号") == 1


def test_an_index_of_a_former_version_gives_way(committed: EmbeddedArchive, make: Make, tmp_path: Path) -> None:
    """After an upgrade the index is made anew and the old one removed."""
    committed.add(make("渔船"))
    folder = index_folder(tmp_path)
    folder.rename(folder.with_name(f"{ArchiveIdentity.objects.get().uuid}-0-1.0.0-0.1.0"))
    upgraded = EmbeddedArchive(None, index=tmp_path / "index")
    upgraded.update_index()
    assert index_folder(tmp_path).name == folder.name
    assert (upgraded.search("渔船").total, indexed(upgraded, "渔船")) == (1, 1)
