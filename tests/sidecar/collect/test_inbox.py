"""What the inbox takes, when, and what it says of a file."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.collect import inbox
from quancheng_sidecar.collect.inbox import BadInboxNote
from quancheng_sidecar.collect.models import IntakeKind


def put(folder: Path, name: str, content: bytes = b"x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_notes_partial_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    """Only whole files of people are offered for taking."""
    wanted = put(tmp_path, "闽海渔执罚〔2026〕1号/录像 一.mp4")
    for name in (".hidden.mp4", "b.mp4.part", "b.mp4.json", "x/.tmp/c.mp4", "d.crdownload"):
        put(tmp_path, name)
    assert inbox.waiting(tmp_path) == [wanted]


def test_a_refused_file_waits_until_it_changes(tmp_path: Path) -> None:
    """A file that was refused is offered again only after it, or the note beside it, was saved anew."""
    path = put(tmp_path, "a.mp4")
    inbox.refuse(path, BadInboxNote(zh="错", en="bad"))
    assert inbox.waiting(tmp_path) == []
    later = (path.with_name(path.name + inbox.NOTE)).stat().st_mtime + 5
    os.utime(path, (later, later))
    assert inbox.waiting(tmp_path) == [path]


def test_folders_name_case_and_stage(tmp_path: Path) -> None:
    """The folder is the case, the folder within it the stage."""
    path = put(tmp_path, "闽海渔执罚〔2026〕1号/现场检查/a.mp4")
    said = inbox.submission(path, tmp_path, IntakeKind.RECORDING)
    assert (said.case, said.stage) == ("闽海渔执罚〔2026〕1号", Stage.INSPECTION)


@pytest.mark.parametrize("note", ["a.mp4.json", "a.json"])
def test_the_note_beside_a_recording_is_read(tmp_path: Path, note: str) -> None:
    """JSON beside a recording names case, stage, officer, device and the return to the unit."""
    path = put(tmp_path, "a.mp4")
    put(
        tmp_path,
        note,
        '{"case":"甲〔2026〕2号","stage":"听证","officer":"陈","device":"D1","returned_at":"2026-03-01T12:00+08:00"}'.encode(),
    )
    said = inbox.submission(path, tmp_path, IntakeKind.RECORDING)
    assert (said.case, said.stage, said.officer, said.device) == ("甲〔2026〕2号", Stage.HEARING, "陈", "D1")
    assert said.returned_at == datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'{"stage":"\xe6\x89\x93\xe6\x8b\x9b\xe5\x91\xbc"}',
        b'{"returned_at":"2026-03-01T12:00"}',
        b'{"cas":"x"}',
        b"\xff\xfe",
    ],
)
def test_a_note_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes) -> None:
    """A wrong note stops the taking, so that nothing is filed under the wrong case."""
    path = put(tmp_path, "a.mp4")
    put(tmp_path, "a.mp4.json", content)
    with pytest.raises(BadInboxNote):
        inbox.submission(path, tmp_path, IntakeKind.RECORDING)


def test_an_unknown_stage_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is no stage is said to the person instead of being guessed."""
    path = put(tmp_path, "案/某环节/a.mp4")
    with pytest.raises(BadInboxNote):
        inbox.submission(path, tmp_path, IntakeKind.RECORDING)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b'{"stage": "\xe5\xb7\xa1\xe8\x88\xaa"}', "stage"),
        (b'{"returned_at": "2026-03-01T18:00"}', "须写明时区"),
        (b'{"returned_at": "yesterday"}', "须写明时区"),
        (b'{"offizer": "x"}', "没有这个项目"),
        (b'{"device": 7}', "须是文字"),
        (b'["a"]', "花括号"),
        (b'{"case": }', "第 1 行第 10 个字符处"),
        (b"\xff\xfe\xff", "另存为 UTF-8"),
    ],
)
def test_what_is_wrong_with_a_note_is_said_in_chinese(tmp_path: Path, written: bytes, said: str) -> None:
    """The person who wrote it reads which entry to put right and how, and no word of a program."""
    path = put(tmp_path, "a.mp4")
    put(tmp_path, "a.json", written)
    with pytest.raises(BadInboxNote) as refused:
        inbox.submission(path, tmp_path, IntakeKind.RECORDING)
    sentence = refused.value.sentence.zh
    assert said in sentence
    assert not {"pydantic", "input_value", "codec", "Expecting"} & set(sentence.replace("：", " ").split())


def test_a_note_of_an_older_editor_is_read(tmp_path: Path) -> None:
    """GBK is what Chinese editors wrote before UTF-8."""
    path = put(tmp_path, "a.mp4")
    put(tmp_path, "a.json", '{"officer": "陈志明"}'.encode("gb18030"))
    assert inbox.submission(path, tmp_path, IntakeKind.RECORDING).officer == "陈志明"
