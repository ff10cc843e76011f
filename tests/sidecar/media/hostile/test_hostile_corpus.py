"""A seeded sample of the hostile corpus, and files that once made the reader fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quancheng_plugin.errors import LimitExceeded
from quancheng_sidecar.media.ebml import read_outline
from quancheng_sidecar.media.inspect import inspect
from quancheng_sidecar.media.integrity.checks import Check
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.settings import Settings
from tests.sidecar.media.hostile.bases import CONTAINERS, sound_files
from tests.sidecar.media.hostile.handmade import edits, laced, sizes


def corpus(*options: str) -> subprocess.CompletedProcess[str]:
    """Run the corpus as its command does, in a fresh interpreter: it forks, which a process of tests must not."""
    command = [sys.executable, "-m", "tests.sidecar.media.hostile", *options]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=env, check=False)


def test_sample() -> None:
    """Of a sample of every container each file ends in a result or a coded error within its bounds."""
    done = corpus("--count", "2", "--seed", "20261124", *(f"--container={name}" for name in CONTAINERS))
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines()[2:]] == list(CONTAINERS)


@pytest.mark.slow
def test_made_by_hand() -> None:
    """Bombs, tables of 10⁹ entries and the like end in a result or a coded error within their bounds."""
    done = corpus("--container=by-hand")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("old", "check"), [(b"avc1", Check.ALL_FRAMES), (b"mp4a", Check.SILENCE)])
def test_stream_without_decoder(old: bytes, check: Check, tmp_path: Path) -> None:
    """A picture or a sound in an unknown coding is told as not examined, and the rest is examined."""
    data = sound_files("mov", tmp_path)[0]
    at = data.index(old, data.index(b"moov"))
    path = tmp_path / "x.mov"
    # FFmpeg would know the sound by its descriptor, too.
    path.write_bytes(data[:at] + b"qqqq" + data[at + 4 :].replace(b"esds", b"skip"))
    assert check in inspect(path, Settings().zone, None, None).integrity.not_examined


def test_last_pictures_behind_sound(tmp_path: Path) -> None:
    """The last pictures of a stream that is not the file's first come out of its decoder too."""
    path = tmp_path / "x.mkv"
    path.write_bytes(sound_files("mkv", tmp_path)[0])
    turned = tmp_path / "turned.mkv"
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-map", "0:v", "-c", "copy", str(turned)]
    subprocess.run(command, check=True, timeout=60)
    seen = survey(turned, probe(turned), limit_s=30).seen
    assert seen is not None
    assert len(seen.at) == 10


def test_element_beyond_any_file(tmp_path: Path) -> None:
    """An element that claims more bytes than a file can have ends the reading, without an exception."""
    info = b"\xec\x01" + b"\xff" * 6 + b"\xfe" + bytes(3)
    data = b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67\xff" + b"\x15\x49\xa9\x66\x8c" + info
    path = tmp_path / "x.mkv"
    path.write_bytes(data)
    with path.open("rb") as file:
        assert read_outline(file, len(data)).declared is None


def test_a_million_edits_are_refused_before_they_are_followed(tmp_path: Path) -> None:
    """FFmpeg would hold each of them against all pictures."""
    path = tmp_path / "x.mp4"
    path.write_bytes(dict(edits(sound_files("mp4", tmp_path)[0]))["edits-to-and-fro.mp4"])
    with pytest.raises(LimitExceeded):
        probe(path)


@pytest.mark.slow
def test_a_picture_of_more_than_twice_8k_is_refused(tmp_path: Path) -> None:
    """Each of them would cost a second and half a gigabyte."""
    path = tmp_path / "x.ts"
    path.write_bytes(next(sizes())[1])
    with pytest.raises(LimitExceeded):
        probe(path)


def test_absurd_instants_measure_no_length(tmp_path: Path) -> None:
    """Blocks near the end of all numbers leave a result without a length."""
    path = tmp_path / "x.mkv"
    path.write_bytes(dict(laced(sound_files("mkv", tmp_path)[0]))["instants-beyond.mkv"])
    assert inspect(path, Settings().zone, None, None).duration.measured is None


def test_key_frames_are_left_out_when_their_time_is_spent(tmp_path: Path) -> None:
    """What is not looked at for want of time is told as not examined."""
    path = tmp_path / "x.mp4"
    path.write_bytes(sound_files("mp4", tmp_path)[0])
    found = survey(path, probe(path), limit_s=0)
    assert not found.whole
    assert found.fingerprint.pictures == ()
