"""`quancheng demo`: the whole job on the generated case, told in verdicts, searches and a report."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quancheng_sidecar.demo import story

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("main-job")]

# The command as it is, on as much of the story as the home has taken in: reading all of it takes minutes.
_SHORTER = """
from quancheng_sidecar.cli.main import run
from quancheng_sidecar.demo import story
story.FORMS, story.CLIPS = story.FORMS[:2], story.CLIPS[:4]
run()
"""


@pytest.fixture(scope="module")
def told(taken_in: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the demo says, with a clip of another folder beside its own case."""
    place = tmp_path_factory.mktemp("演示")
    home, media = place / "home", place / "样片"
    shutil.copytree(taken_in / "home", home)
    (home / "演示材料").mkdir()
    for made in (*story.FORMS[:2], *story.CLIPS[:4]):
        shutil.copy(taken_in / made.file_name, home / "演示材料")
    media.mkdir()
    source = ["-f", "lavfi", "-i", "testsrc2=d=2:s=160x120:r=10", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", *source, media / "样片.mp4"], check=True)
    words = [sys.executable, "-c", _SHORTER, "demo", "--home", home, "--media", media, "--json"]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"COLUMNS": "200"}, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_demo_tells_each_verdict(told: dict[str, Any]) -> None:
    """One form agrees with its recordings, of the other 25 seconds are missing; a second run takes nothing twice."""
    agreements = {form["stage"]: form["agreement"] for form in told["check"]["forms"]}
    assert {stage: each["verdict"] for stage, each in agreements.items()} == {
        "inspection": "agrees",
        "seizure": "incomplete",
    }
    assert [len(each["considered"]) for each in agreements.values()] == [2, 2]


def test_the_demo_finds_what_it_searches_and_verifies_its_log(told: dict[str, Any]) -> None:
    """Forms and recordings alike, by a character, a name, a number and a device."""
    assert all(page["total"] for page in told["searches"].values()), told["searches"]
    assert told["log"]["ok"]


def test_the_demo_writes_its_reports(told: dict[str, Any]) -> None:
    """One of its own case, one of the clips beside it, with pictures."""
    for report, pictures in ((told["report"], 4), (told["media_report"], 1)):
        assert Path(report).read_text(encoding="utf-8").count("<img") >= pictures
