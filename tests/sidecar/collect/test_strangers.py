"""What lies in an inbox without being taken: a sentence about it once it has lain, and none about what is growing."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from quancheng_sidecar.collect import inbox
from quancheng_sidecar.collect.models import IntakeKind
from quancheng_sidecar.collect.strangers import LAIN_S, Strangers
from quancheng_sidecar.settings import Settings


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with a home whose inboxes are made."""
    own = Settings(home=tmp_path)
    inbox.folders(own)
    return own


def _notes(own: Settings) -> dict[str, str]:
    found = (own.home / "inbox").rglob(f"*{inbox.NOTE}")
    return {str(note.relative_to(own.home / "inbox")): note.read_text(encoding="utf-8") for note in found}


def _after_a_while(own: Settings) -> dict[str, str]:
    looking = Strangers()
    for at in (0.0, LAIN_S - 20, LAIN_S + 20):
        looking.look(own, at)
    return _notes(own)


def _socket(path: Path) -> None:
    os.chdir(path.parent)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path.name)


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "b.mp4").write_bytes(b"x")


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("recordings/录像.mp4", lambda p: p.symlink_to("/etc/hostname"), "是链接"),
        ("recordings/断.mp4", lambda p: p.symlink_to("gone"), "是链接"),
        ("recordings/环", lambda p: p.symlink_to(p), "是链接"),
        ("scans/案卷", lambda p: p.symlink_to(p.parent), "是链接"),
        ("recordings/录.mp4.part", Path.touch, "去掉结尾的“.part”"),
        ("scans/.笔录.pdf", Path.touch, "去掉开头的“.”"),
        ("scans/.藏", _folder, "隐藏的文件或文件夹"),
        ("recordings/a.json", Path.touch, "没有与它同名的声像资料"),
        ("scans/a.json", Path.touch, "文书不用 json"),
        ("recordings/管道", os.mkfifo, "不是普通文件（管道）"),
        ("recordings/s", _socket, "不是普通文件（套接字）"),
        ("录像.mp4", Path.touch, "放在了 scans 和 recordings 之外"),
        ("照片", _folder, "放在了 scans 和 recordings 之外"),
    ],
)
def test_what_is_never_taken_is_told_of(
    own: Settings, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[Path], None], said: str
) -> None:
    """A link, a partial or hidden file, a JSON alone, a pipe: one sentence in plain sight beside it."""
    monkeypatch.chdir(own.home)
    make(own.home / "inbox" / name)
    ((where, text),) = _after_a_while(own).items()
    assert where == name.replace("/.", "/隐藏的 ") + inbox.NOTE
    assert (text.startswith("QC-INBOX-NOT-TAKEN\n"), said in text) == (True, True)
    assert [path for folder in inbox.folders(own).values() for path in inbox.waiting(folder)] == []


@pytest.mark.parametrize("name", [".DS_Store", "._录像.mp4", "Thumbs.db", "desktop.ini", "~$笔录.docx"])
def test_what_programs_leave_is_neither_taken_nor_told_of(own: Settings, name: str) -> None:
    """A share's own files would else stand in quarantine and keep the case's verdict open."""
    folder = inbox.folders(own)[IntakeKind.RECORDING]
    (folder / name).write_bytes(b"x")
    assert (_after_a_while(own), inbox.waiting(folder)) == ({}, [])


def test_a_copy_that_grows_is_left_in_peace(own: Settings) -> None:
    """Only what has not changed for minutes is told of."""
    part, looking = own.home / "inbox" / "recordings" / "录.mp4.part", Strangers()
    for step in range(10):
        part.write_bytes(b"x" * step)
        looking.look(own, step * LAIN_S * 0.9)
    assert _notes(own) == {}


def test_a_json_whose_recording_is_on_its_way_is_no_stranger(own: Settings) -> None:
    """The JSON comes first, and the recording may be copied under a partial name for a long time."""
    folder = inbox.folders(own)[IntakeKind.RECORDING]
    (folder / "a.json").touch()
    (folder / "a.mp4.part").touch()
    assert list(_after_a_while(own)) == [f"recordings/a.mp4.part{inbox.NOTE}"]


def test_it_is_told_once_and_the_note_goes_with_it(own: Settings) -> None:
    """The note is not written again, nor over what a person wrote; with the file gone it goes too."""
    link, looking = own.home / "inbox" / "scans" / "链接.pdf", Strangers()
    link.symlink_to("gone")
    mine = own.home / "inbox" / "scans" / f"我的{inbox.NOTE}"
    mine.write_text("自己写的", encoding="utf-8")
    for at in (0.0, LAIN_S * 1.1):
        looking.look(own, at)
    (note,) = (path for path in (own.home / "inbox" / "scans").glob(f"*{inbox.NOTE}") if path != mine)
    before = note.stat().st_mtime_ns
    for at in (LAIN_S * 2.2, LAIN_S * 3.3):
        looking.look(own, at)
    assert note.stat().st_mtime_ns == before
    link.unlink()
    looking.look(own, LAIN_S * 4.4)
    assert (note.exists(), mine.exists()) == (False, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root 可以进入任何文件夹。Root may enter any folder.")
def test_a_folder_that_may_not_be_entered_is_told_of(own: Settings) -> None:
    """What lies in it would be passed over else."""
    folder = own.home / "inbox" / "scans" / "锁着"
    folder.mkdir(mode=0)
    assert "没有权限进入" in _after_a_while(own)[f"scans/锁着{inbox.NOTE}"]
    folder.chmod(0o700)
