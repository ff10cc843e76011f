"""Bad input: a clear error with a stable code, the file kept and listed, nothing half-written."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from tests.command import Run

pytestmark = pytest.mark.slow


def _pdf(path: Path, pages: int = 1, **save: Any) -> Path:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(path, **save)
    return path


def _bad(kind: str, folder: Path) -> Path:
    path = folder / f"坏 文件-{kind}.pdf"
    match kind:
        case "empty":
            path.touch()
        case "type":
            path.write_bytes(b"MZ" + os.urandom(4000))
        case "truncated":
            Image.effect_noise((1200, 1600), 60).save(path, "JPEG")
            os.truncate(path, path.stat().st_size // 3)
        case "password":
            _pdf(path, encryption=pikepdf.Encryption(owner="o", user="u"))
        case "pages":
            _pdf(path, pages=2000)
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("empty", "QC-INPUT-EMPTY"),
        ("type", "QC-INPUT-TYPE"),
        ("truncated", "QC-INPUT-DAMAGED"),
        ("password", "QC-INPUT-PASSWORD"),
        ("pages", "QC-INPUT-PAGES"),
    ],
)
def test_a_bad_scan_is_quarantined_and_listed(quancheng: Run, tmp_path: Path, kind: str, code: str) -> None:
    """A scan that cannot be used ends with status 1 and its code, its bytes kept and its intake listed."""
    bad = _bad(kind, tmp_path)
    before = bad.read_bytes()
    answer = quancheng("document", "add", bad, "--case", "甲〔2026〕1号", "--json")
    (result,) = answer.json["results"]
    assert (answer.status, result["state"], result["error"]["code"]) == (1, "quarantined", code), answer.err
    (listed,) = quancheng("intake", "list", "--quarantined", "--json").json["intakes"]
    assert (listed["file"], listed["error_code"]) == (bad.name, code)
    assert listed["received_at"].endswith("+08:00")
    kept = next((tmp_path / "家 home" / "quarantine").rglob(bad.name))
    assert kept.read_bytes() == before
    assert bad.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"not a video at all " * 300], ids=["none", "zeros", "text"])
def test_a_bad_recording_is_quarantined(quancheng: Run, tmp_path: Path, content: bytes) -> None:
    """What is no recording whatever its name says is kept and listed with a coded error."""
    bad = tmp_path / "录像.mp4"
    bad.write_bytes(content)
    answer = quancheng("recording", "add", bad, "--json")
    (result,) = answer.json["results"]
    assert answer.status == 1
    assert result["state"] == "quarantined"
    assert result["error"]["code"].startswith("QC-INPUT-")
    assert len(quancheng("intake", "list", "--quarantined", "--json").json["intakes"]) == 1


def test_one_bad_file_does_not_hold_up_the_others(quancheng: Run, tmp_path: Path) -> None:
    """Files of one command are taken one by one; a duplicate is stored once and both handings-in are listed."""
    good = tmp_path / "声音.wav"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:d=2", good], check=True)
    twin = tmp_path / "同一声音.wav"
    shutil.copy(good, twin)
    bad = tmp_path / "坏.wav"
    bad.touch()
    answer = quancheng("recording", "add", good, bad, twin, "--case", "甲〔2026〕1号", "--json")
    assert answer.status == 1
    assert [r["state"] for r in answer.json["results"]] == ["done", "quarantined", "duplicate"]
    assert len(quancheng("intake", "list", "--json").json["intakes"]) == 3
    digest = answer.json["results"][0]["digest"].removeprefix("sha256:")
    assert len(list((tmp_path / "家 home" / "store").rglob(digest))) == 1
    assert quancheng("log", "verify").status == 0


def test_a_missing_tool_is_named(quancheng: Run, tmp_path: Path) -> None:
    """Without ffmpeg the work waits instead of failing the file; the error says what to install and what is stored."""
    clip = tmp_path / "a.mp4"
    sources = ("testsrc2=d=1:s=160x120", "sine=d=1")
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    subprocess.run(["ffmpeg", "-v", "error", *inputs, clip], check=True)
    programs = tmp_path / "programs"
    programs.mkdir()
    for program in Path("/usr/bin").iterdir():
        if program.name not in {"ffmpeg", "ffprobe"}:
            (programs / program.name).symlink_to(program)
    answer = quancheng("recording", "add", clip, "--json", PATH=str(programs))
    (result,) = answer.json["results"]
    assert (answer.status, result["state"], result["error"]["code"]) == (1, "received", "QC-TOOL-MISSING")
    (waiting,) = quancheng("intake", "list", "--json").json["intakes"]
    assert (waiting["state"], waiting["id"], waiting["error_code"]) == ("received", result["intake"], "QC-TOOL-MISSING")
    assert "已收存并登记" in result["error"]["sentence"]["zh"]
    assert f"quancheng intake retry {waiting['id'][:8]}" in waiting["error_zh"]
    assert quancheng("intake", "retry", waiting["id"][:8], "--json").json["results"][0]["state"] == "done"


def test_a_time_without_offset_is_a_usage_error(quancheng: Run, tmp_path: Path) -> None:
    """An instant without offset is refused before anything is read."""
    clip = tmp_path / "a.mp4"
    clip.write_bytes(b"x")
    assert quancheng("recording", "add", clip, "--returned-at", "2026-03-01T12:00").status == 2


def test_a_missing_file_is_a_usage_error(quancheng: Run, tmp_path: Path) -> None:
    """A path that does not exist is a usage error, said in words."""
    assert quancheng("document", "read", tmp_path / "没有.pdf").status == 2


def test_an_unknown_case_is_said(quancheng: Run) -> None:
    """Asking for a case that does not exist fails with its code and advice."""
    answer = quancheng("case", "check", "没有〔2026〕9号", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "QC-CASE-UNKNOWN")


def test_a_new_case_is_said(quancheng: Run, tmp_path: Path) -> None:
    """The answer tells when a number opened a case; written without its 号 it is the same case."""
    scans = [tmp_path / "1.pdf", tmp_path / "2.pdf"]
    for scan in scans:
        scan.write_bytes(b"")
    first = quancheng("document", "add", scans[0], "--case", "浙海渔执〔2026〕1", "--json").json["results"][0]
    again = quancheng("document", "add", scans[1], "--case", "浙海渔执〔2026〕1号", "--json").json["results"][0]
    assert [first["new_case"], again["new_case"]] == [True, False]
    assert first["case"] == again["case"]
    assert "新建案件" in quancheng("document", "add", scans[0], "--case", "浙海渔执〔2026〕2号").out
