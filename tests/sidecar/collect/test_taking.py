"""Files leave the inbox once, with what was written beside them, whatever their names and folders are like."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from quancheng_plugin.errors import StorageFull
from quancheng_sidecar.collect import inbox, intake
from quancheng_sidecar.collect.intake import Submission
from quancheng_sidecar.collect.models import Case, Intake, IntakeKind, IntakeState
from quancheng_sidecar.collect.outcome import report_outcome
from quancheng_sidecar.collect.taking import _offered, take
from quancheng_sidecar.preserve.models import CustodyEvent
from quancheng_sidecar.wiring import Parts

pytestmark = pytest.mark.django_db(transaction=True)


def put(place: Path, content: bytes = b"x") -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


def look(parts: Parts) -> list[Intake]:
    """One look at the inbox of recordings, all files being at rest; gives what was received."""
    folder, received = inbox.folders(parts.settings)[IntakeKind.RECORDING], list[Intake]()
    for path in _offered(parts, folder):
        take(parts, path, folder, IntakeKind.RECORDING, received.append)
    return received


def recordings(parts: Parts) -> Path:
    return inbox.folders(parts.settings)[IntakeKind.RECORDING]


def test_what_came_while_the_clock_was_ahead_is_taken_up_too(own_parts: Parts) -> None:
    """Set right, the clock shows a time before it was received; what has just come is left to its worker."""
    names = {"ahead": timedelta(days=900), "old": timedelta(hours=-1), "fresh": timedelta(seconds=-60)}
    for name in names:
        put(recordings(own_parts) / f"{name}.mp4", name.encode())
    ids = {received.file_name.removesuffix(".mp4"): received.id for received in look(own_parts)}
    for name, by in names.items():
        Intake.objects.filter(id=ids[name]).update(received_at=timezone.now() + by)
    assert intake.unfinished(older_than_s=600) == [ids["old"], ids["ahead"]]
    assert set(intake.unfinished(older_than_s=0)) == set(ids.values())


def test_two_recordings_share_one_note(own_parts: Parts) -> None:
    """Both of one stem get its case, the note goes with the last, and what was written is kept with each."""
    folder, written = recordings(own_parts), '{"case": "甲〔2026〕1号", "officer": "陈"}'.encode()
    put(folder / "a.mov", b"1")
    put(folder / "a.mp4", b"2")
    put(folder / "a.json", written)
    received = look(own_parts)
    assert [(i.file_name, i.case and i.case.number, i.officer) for i in received] == [
        ("a.mov", "甲〔2026〕1号", "陈"),
        ("a.mp4", "甲〔2026〕1号", "陈"),
    ]
    assert list(folder.iterdir()) == []
    for event in CustodyEvent.objects.filter(type="ingestion"):
        with own_parts.store.open(json.loads(event.canonical)["detail"]["note"]) as kept:
            assert kept.read() == written


def test_a_note_waits_for_a_recording_still_being_copied(own_parts: Parts) -> None:
    """The note of a stem stays while another of that stem is only partly there, and its own note is another's."""
    folder = recordings(own_parts)
    put(folder / "a.mp4", b"2")
    put(folder / "a.mov.part", b"1")
    put(folder / "b.mp4", b"3")
    put(folder / "b.mov", b"4")
    put(folder / "a.json", b'{"case": "X"}')
    put(folder / "b.mp4.json", b'{"case": "Y"}')
    assert [i.case and i.case.number for i in look(own_parts)] == ["X", None, "Y"]
    assert {path.name for path in folder.iterdir()} == {"a.json", "a.mov.part"}


def test_the_longest_name_has_a_note_and_a_result(own_parts: Parts) -> None:
    """A name of 255 bytes is taken, and what is said of it is found under the same name, cut."""
    name = f"{'录' * 83}ab.mp4"
    assert len(name.encode()) == 255
    path = put(recordings(own_parts) / name)
    inbox.refuse(path, inbox.BadInboxNote(zh="错", en="bad"))
    assert inbox.waiting(path.parent) == []
    os.utime(path, (2e9, 2e9))
    (received,) = look(own_parts)
    report_outcome(own_parts.settings, received)
    (result,) = (own_parts.settings.home / "inbox" / "results").iterdir()
    assert result.name.endswith(f"-{str(received.id)[:8]}.txt")
    assert f"文件：{name}\n" in result.read_text(encoding="utf-8")
    assert list(path.parent.iterdir()) == []


@pytest.fixture
def stuck(own_parts: Parts) -> Iterator[Path]:
    """A file in a folder of the inbox from which nothing can be removed."""
    folder = recordings(own_parts) / "乙〔2026〕2号"
    path = put(folder / "卡.mp4", b"stuck")
    if os.getuid():
        folder.chmod(0o555)
        yield path
        folder.chmod(0o755)
        return
    mounts = (["mount", "--bind", folder, folder], ["mount", "-o", "remount,bind,ro", folder])
    if any(subprocess.run(mount, check=False, capture_output=True).returncode for mount in mounts):
        pytest.skip("不能挂载只读文件夹。A folder cannot be mounted read-only here.")
    yield path
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_file_that_cannot_be_removed_is_taken_once(own_parts: Parts, stuck: Path) -> None:
    """It is received once, its owner finds a note, and it is not offered again, also by another process."""
    (received,) = look(own_parts)
    assert (received.case and received.case.number, stuck.exists()) == ("乙〔2026〕2号", True)
    assert look(own_parts) == []
    assert Intake.objects.count() == 1
    (note,) = (own_parts.settings.home / "inbox" / "results").glob("*未能删除.txt")
    assert received.original.digest in note.read_text(encoding="utf-8")


def test_what_the_surroundings_hold_up_is_tried_again(own_parts: Parts) -> None:
    """The note of a full disk says why, but does not stand in the way once there is room."""
    path = put(recordings(own_parts) / "a.mp4")
    inbox.refuse(path, StorageFull.at(path))
    assert path.with_name(path.name + inbox.NOTE).read_text(encoding="utf-8").startswith("QC-STORE-FULL")
    assert len(look(own_parts)) == 1
    assert list(path.parent.iterdir()) == []


def test_a_case_has_one_number_with_or_without_its_last_character(own_parts: Parts, tmp_path: Path) -> None:
    """A number that lacks its 号 is the same case; only the first file of a case opens it."""
    opened = []
    for place, number in enumerate(("浙海渔执〔2026〕1号", "浙海渔执〔2026〕1", "浙海渔执[2026]01号")):
        said = Submission(kind=IntakeKind.DOCUMENT, case=number)
        opened.append(intake.opened_case(intake.receive(own_parts, put(tmp_path / f"{place}.pdf"), said)))
    assert opened == [True, False, False]
    assert Case.objects.get().number_as_given == "浙海渔执〔2026〕1号"


def test_an_intake_is_found_by_its_beginning(own_parts: Parts, tmp_path: Path) -> None:
    """Any unambiguous beginning will do, with hyphens and in capitals too; anything else is refused."""
    said = Submission(kind=IntakeKind.DOCUMENT)
    kept = intake.receive(own_parts, put(tmp_path / "a.pdf"), said)
    for beginning in (str(kept.id), str(kept.id)[:8], str(kept.id)[:11].upper(), kept.id.hex):
        assert intake.find(beginning) == kept
    for wrong in ("", "xyz", "g" * 8, "0" * 33, "%"):
        with pytest.raises(intake.IntakeUnknown):
            intake.find(wrong)


def test_a_case_of_many_files_is_judged_as_they_halve(own_parts: Parts, tmp_path: Path) -> None:
    """When none waits its turn it is judged, whatever waits for room or a tool."""
    said, judged = Submission(kind=IntakeKind.RECORDING, case="丁〔2026〕4号"), []
    held = [intake.receive(own_parts, put(tmp_path / f"{n}.mp4", bytes([n])), said) for n in range(12)]
    case = Case.objects.get()
    intake.postpone(held.pop(), StorageFull.at(tmp_path), excused=True)
    while held:
        intake.finish(own_parts, held.pop(), IntakeState.DONE)
        if intake.asks_for_verdicts(case):
            judged.append(len(held))
    assert judged == [8, 4, 2, 1, 0]


def test_the_result_speaks_chinese_and_local_time(own_parts: Parts, tmp_path: Path) -> None:
    """What its owner reads carries the case, that it is new, and the time as the clock on the wall showed it."""
    said = Submission(kind=IntakeKind.DOCUMENT, case="丙〔2026〕3号", via="inbox")
    kept = intake.receive(own_parts, put(tmp_path / "a.pdf"), said)
    kept.received_at = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    kept.save()
    report_outcome(own_parts.settings, kept)
    (result,) = (own_parts.settings.home / "inbox" / "results").iterdir()
    assert result.name.startswith("20260302-a.pdf-")
    text = result.read_text(encoding="utf-8")
    assert "案号：丙〔2026〕3号（新建案件，请核对案号是否写错）" in text
    assert "收到时间：2026年03月02日 01:30:00（UTC+0800）" in text
