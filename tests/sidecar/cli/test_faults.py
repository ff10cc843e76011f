"""What happens when the machine fails in the middle of a command."""

import contextlib
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django.db
import pikepdf
import pytest
import typer

from quancheng_sidecar.cli.output import coded_errors
from quancheng_sidecar.collect.faults import coded
from quancheng_sidecar.settings import settings
from tests.command import Run, runner

pytestmark = pytest.mark.slow

CASE = "甲〔2026〕1号"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short recording without a clock."""
    path = tmp_path_factory.mktemp("clip") / "录像 1.mp4"
    source = ("-f", "lavfi", "-i", "testsrc2=d=3:s=320x240:r=10", "-f", "lavfi", "-i", "sine=d=3")
    subprocess.run(["ffmpeg", "-v", "error", *source, "-g", "10", path], check=True)
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    place = tmp_path / "小盘"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("无权挂载小容量文件系统。A small file system cannot be mounted here.")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_home_on_a_disk_without_any_room_is_told_as_full(small_disk: Path) -> None:
    """The database cannot even be opened then, and its own words for it send nobody to look at the disk."""
    run = runner(small_disk / "home")
    assert run("document", "list", "--json").status == 0
    with (small_disk / "ballast").open("wb") as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(1 << 16))
            ballast.flush()
    answer = run("document", "list", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "QC-STORE-FULL")


def test_a_full_disk_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    """A recording larger than the disk is refused with its code; nothing of it stays, and the log still verifies."""
    big = tmp_path / "大.mp4"
    big.write_bytes(os.urandom(40_000_000))
    run = runner(small_disk / "home")
    answer = run("recording", "add", big, "--case", CASE, "--json")
    (result,) = answer.json["results"]
    assert (answer.status, result["state"], result["error"]["code"]) == (1, "failed", "QC-STORE-FULL")
    left = [p for p in (small_disk / "home" / "store").rglob("*") if p.is_file() and p.stat().st_size > 1_000_000]
    assert left == []
    assert big.stat().st_size == 40_000_000
    assert run("log", "verify").status == 0


def test_a_disk_that_fills_up_during_the_work(small_disk: Path, clip: Path) -> None:
    """What was stored before the disk was full is said to be stored and listed, and is finished once there is room."""
    run = runner(small_disk / "home")
    assert run("intake", "list").status == 0
    filler = small_disk / "filler"
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(bytes(free - clip.stat().st_size - 400_000))
    answer = run("recording", "add", clip, "--case", CASE, "--json")
    (result,) = answer.json["results"]
    assert (answer.status, result["state"], result["error"]["code"]) == (1, "received", "QC-STORE-FULL"), answer.err
    assert "已收存并登记" in result["error"]["sentence"]["zh"]
    assert "未" not in result["error"]["sentence"]["zh"].replace("尚未处理完", "")
    filler.unlink()
    (row,) = run("intake", "list", "--json").json["intakes"]
    assert (row["id"], row["state"]) == (result["intake"], "received")
    assert run("intake", "retry", row["id"][:8], "--json").json["results"][0]["state"] == "done"
    assert run("log", "verify").status == 0


def test_a_disk_without_any_room_is_told(small_disk: Path) -> None:
    """Where not even the database finds room, the answer is a code, not a trace."""
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free))
    answer = runner(small_disk / "home")("intake", "list", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "QC-STORE-FULL")
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("variable", "value", "code", "said"),
    [
        ("QUANCHENG_LANGUAGE", "fr", "QC-SETTINGS", "QUANCHENG_LANGUAGE 应为 'zh' 或 'en'"),
        ("QUANCHENG_TOLERANCE_S", "30", "QC-SETTINGS", "QUANCHENG_TOLERANCE_S 应不小于 60"),
        ("QUANCHENG_TOLERANCE_BY_STAGE", "{", "QC-SETTINGS", "QUANCHENG_TOLERANCE_BY_STAGE 应为 JSON"),
        ("QUANCHENG_TIMEZONE", "Asia/Nowhere", "QC-SETTINGS", "QUANCHENG_TIMEZONE 应为时区名"),
        ("QUANCHENG_DATABASE_URL", "mysql://a/b", "QC-SETTINGS", "QUANCHENG_DATABASE_URL 应为 postgresql://"),
        ("QUANCHENG_DATABASE_URL", "postgresql://a:geheim@127.0.0.1:1/x", "QC-DATABASE", "数据库无法使用"),
        ("QUANCHENG_HOME", __file__, "QC-FILE", f"无法使用“{__file__}”"),
        ("QUANCHENG_HOME", "/proc/nowhere", "QC-FILE", "无法使用“/proc/nowhere”"),
    ],
)
def test_surroundings_that_will_not_do_are_told(
    quancheng: Run, variable: str, value: str, code: str, said: str
) -> None:
    """Settings, home and database that cannot be used end in a code and a sentence, on any command."""
    answer = quancheng("intake", "list", "--json", **{variable: value})
    assert (answer.status, answer.json["error"]["code"]) == (1, code), answer.err
    assert said in answer.json["error"]["sentence"]["zh"]
    assert "geheim" not in answer.out + answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_terminal_that_lacks_a_sign_is_no_fault(tmp_path: Path, encoding: str) -> None:
    """What it cannot show is shown as a question mark; the JSON is UTF-8 wherever it goes."""
    command = [sys.executable, "-m", "quancheng_sidecar"]
    own = os.environ | {"QUANCHENG_HOME": str(tmp_path), "PYTHONIOENCODING": encoding}
    shown = subprocess.run([*command, "log", "verify"], env=own, capture_output=True, check=True)
    assert shown.stdout.startswith(b"?" + " 保管日志".encode(encoding, "replace"))
    told = subprocess.run([*command, "log", "verify", "--json"], env=own, capture_output=True, check=True)
    assert json.loads(told.stdout.decode())["sentence"]["zh"].startswith("保管日志")


def test_a_missing_folder_for_the_signed_file_is_named(quancheng: Run, tmp_path: Path) -> None:
    """Signing into a folder that is not there names the folder."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "a.pdf")
    answer = quancheng("document", "sign", tmp_path / "a.pdf", tmp_path / "没有" / "b.pdf", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "QC-FILE")
    assert f"“{tmp_path / '没有'}”（不存在）" in answer.json["error"]["sentence"]["zh"]


def test_no_program_on_the_path_is_told(quancheng: Run, tmp_path: Path, clip: Path) -> None:
    """With an empty PATH the first program that is missing is named."""
    answer = quancheng("recording", "inspect", clip, "--json", PATH=str(tmp_path))
    assert (answer.status, answer.json["error"]["code"]) == (1, "QC-TOOL-MISSING")


def test_a_damaged_database_is_told(quancheng: Run, tmp_path: Path) -> None:
    """A file that is no database any more ends in a code."""
    assert quancheng("intake", "list").status == 0
    (tmp_path / "家 home" / "quancheng.sqlite3").write_bytes(b"not a database" * 1000)
    answer = quancheng("intake", "list", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "QC-DATABASE"), answer.err


def test_a_fault_of_ours_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error that nobody foresaw has a code as well, and the sentence says where its details stand."""
    monkeypatch.setenv("QUANCHENG_HOME", str(tmp_path))
    settings.cache_clear()
    with pytest.raises(typer.Exit) as left, coded_errors(as_json=True):
        raise ZeroDivisionError
    assert left.value.exit_code == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "QC-INTERNAL"
    assert str(tmp_path / "errors.log") in error["sentence"]["zh"]
    assert "ZeroDivisionError" in (tmp_path / "errors.log").read_text(encoding="utf-8")
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (django.db.OperationalError("database is locked"), "QC-DATABASE-BUSY"),
        (django.db.OperationalError("database or disk is full"), "QC-STORE-FULL"),
        (django.db.IntegrityError("NOT NULL constraint failed"), None),
        (OSError(errno.ENOSPC, "No space left on device", "/a"), "QC-STORE-FULL"),
        (PermissionError(errno.EACCES, "Permission denied", "/a"), "QC-FILE"),
        (ValueError("no space left on device, says a title"), None),
    ],
)
def test_one_table_knows_the_surroundings(fault: Exception, code: str | None) -> None:
    """Faults of disk, files and database have codes; a wrong question to the database, or a mere text, is ours."""
    error = coded(fault)
    assert (error.code if error else None) == code


def test_killed_anywhere_it_is_finished_once(tmp_path: Path, clip: Path) -> None:
    """Killed at random moments, the command leaves nothing half-made; afterwards the recording is there once."""
    home = tmp_path / "home"
    run = runner(home)
    assert run("intake", "list").status == 0
    moments = random.Random(20260301)  # noqa: S311  any moments will do, but the same ones each time
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-m", "quancheng_sidecar", "recording", "add", clip, "--case", CASE],
            env=os.environ | {"QUANCHENG_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moments.uniform(0.8, 6))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert run("recording", "add", clip, "--case", CASE, "--json").status == 0
    _finish_all(run)
    states = {row["state"] for row in run("intake", "list", "--json").json["intakes"]}
    assert states <= {"done", "duplicate"}
    assert run("search", "录像 1.mp4", "--json").json["total"] == 1
    assert run("log", "verify").status == 0
    assert list((home / "work").iterdir()) == []


def _finish_all(run: Run) -> None:
    for row in run("intake", "list", "--json").json["intakes"]:
        if row["state"] == "received":
            assert run("intake", "retry", row["id"]).status == 0
