"""What happens when the machine fails in the middle of a command."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def test_killed_anywhere_it_is_finished_once(tmp_path: Path, clip: Path) -> None:
    """Killed at random moments, the command leaves nothing half-made; afterwards the recording is there once."""
    home = tmp_path / "home"
    run = runner(home)
    assert run("intake", "list").status == 0
    moments = random.Random(20260301)  # noqa: S311  any moments will do, but the same ones each time
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-m", "quancheng_sidecar", "recording", "add", clip, "--case", CASE],
            env=os.environ | {"QUANCHENG_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moments.uniform(0.8, 9))
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
