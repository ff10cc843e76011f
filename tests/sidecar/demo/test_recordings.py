"""Made recordings are what their spec says."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quancheng_plugin.errors import ToolMissing
from quancheng_sidecar.demo.recording_spec import creation_time
from quancheng_sidecar.demo.recordings import (
    RecordingNotMade,
    RecordingSpec,
    concat,
    cut_middle,
    excerpt,
    freeze,
    random_recording,
    shown_at,
    write_recording,
)

START = datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC)


def probe(path: Path) -> dict[str, Any]:
    """What ffprobe says of a file."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-count_packets", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds with a key frame each second."""
    return write_recording(RecordingSpec(start=START), tmp_path_factory.mktemp("made") / "带 空格.mp4")


def test_a_recording_has_the_length_size_and_tags_of_its_spec(made: Path) -> None:
    """Picture, sound, duration and creation time are as asked for, at a path with spaces and Chinese."""
    found = probe(made)
    video, audio = found["streams"]
    assert (video["width"], video["height"], int(video["nb_read_packets"])) == (640, 360, 200)
    assert audio["codec_name"] == "aac"
    assert float(found["format"]["duration"]) == pytest.approx(8, abs=0.1)
    assert found["format"]["tags"]["creation_time"] == "2026-03-01T01:30:05.000000Z"


def test_without_ffmpeg_the_demo_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As every other step that calls it does."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="缺少程序 ffmpeg"):
        write_recording(RecordingSpec(start=START), tmp_path / "x.mp4")


def test_the_same_spec_makes_the_same_pictures(tmp_path: Path) -> None:
    """Coded frames repeat, so that a test which fails can be run again."""
    spec = RecordingSpec(start=START, duration_s=1, size=(320, 180), seed=7, audio=False)
    twice = [write_recording(spec, tmp_path / f"{i}.mkv") for i in range(2)]
    digests = [
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(p), "-f", "md5", "-"], check=True, capture_output=True
        ).stdout
        for p in twice
    ]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("habit", "written"),
    [
        ("start", "2026-03-01T01:30:05.000000Z"),
        ("stop", "2026-03-01T01:30:13.000000Z"),
        ("local-as-utc", "2026-03-01T09:30:05.000000Z"),
        ("local-as-utc-at-stop", "2026-03-01T09:30:13.000000Z"),
        ("reset", "1970-01-01T00:00:09.000000Z"),
        ("zeroed", None),
        ("none", None),
    ],
)
def test_each_habit_writes_its_own_creation_time(habit: Any, written: str | None) -> None:
    """The known habits of devices are all there."""
    assert creation_time(RecordingSpec(start=START, creation=habit)) == written


def test_the_shown_clock_jumps_stands_and_runs_as_asked() -> None:
    """What a test expects to be found is computed, not read off the picture."""
    spec = RecordingSpec(start=START, clock_offset_s=3600, clock_jumps=((4, 60),), clock_stands=((1, 2),))
    shown = [(shown_at(spec, at) - START).total_seconds() - 3600 for at in (0.5, 2.5, 3.5, 4.5)]
    assert shown == [0.5, 1.0, 1.5, 62.5]
    assert shown_at(RecordingSpec(start=START, clock_rate=1.1), 10) - START == timedelta(seconds=11)


def test_a_removed_middle_shortens_picture_and_keeps_the_tags(made: Path, tmp_path: Path) -> None:
    """Taking 3..5 s out of 8 s leaves 6 s, with the first part's creation time."""
    found = probe(cut_middle(made, tmp_path / "cut.mp4", 3, 5))
    assert float(found["streams"][0]["duration"]) == pytest.approx(6, abs=0.2)
    assert found["format"]["tags"]["creation_time"].startswith("2026-03-01T01:30:05")


def test_a_removed_middle_can_be_re_encoded_to_the_frame(made: Path, tmp_path: Path) -> None:
    """Re-encoding cuts at any frame, not only at key frames."""
    found = probe(cut_middle(made, tmp_path / "cut.mp4", 2.4, 4.8, reencode=True))
    assert int(found["streams"][0]["nb_read_packets"]) == pytest.approx(200 - 60, abs=2)


def test_an_excerpt_and_its_other_half_join_to_the_whole(made: Path, tmp_path: Path) -> None:
    """Parts cut at key frames and joined again have every frame."""
    parts = (excerpt(made, tmp_path / "a.mp4", 0, 4), excerpt(made, tmp_path / "b.mp4", 4, 99))
    found = probe(concat(parts, tmp_path / "it's whole.mp4"))
    assert int(found["streams"][0]["nb_read_packets"]) == 200


@pytest.mark.parametrize(("keep_length", "frames"), [(False, 250), (True, 200)])
def test_a_freeze_is_put_in_or_laid_over(made: Path, tmp_path: Path, keep_length: bool, frames: int) -> None:  # noqa: FBT001 — a parameter of the table
    """Held frames lengthen the picture, or replace what was there."""
    found = probe(freeze(made, tmp_path / "frozen.mp4", 3, 2, keep_length=keep_length))
    assert int(found["streams"][0]["nb_read_packets"]) == frames


def test_a_random_recording_repeats_by_its_seed() -> None:
    """Seeds name recordings for ever."""
    assert random_recording(5) == random_recording(5)
    assert len({random_recording(seed).model_dump_json() for seed in range(40)}) == 40


def test_a_failure_of_ffmpeg_has_a_code_and_a_sentence(tmp_path: Path) -> None:
    """A folder that does not exist is told as ffmpeg saw it."""
    with pytest.raises(RecordingNotMade, match="No such file") as caught:
        write_recording(RecordingSpec(start=START, duration_s=1, size=(64, 36), clock=None), tmp_path / "no" / "x.mp4")
    assert caught.value.code == "QC-DEMO-RECORDING"
