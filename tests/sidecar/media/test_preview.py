"""Derivatives: made, upright, marked with the master's digest, and never touching the master."""

import hashlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from quancheng_plugin.errors import StorageFull
from quancheng_plugin.findings import Severity
from quancheng_sidecar.media.draw import still_times
from quancheng_sidecar.media.preview import MasterInTheWay, make_previews
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Derivative
from quancheng_sidecar.media.sheet import timecode
from quancheng_sidecar.settings import Settings
from tests.sidecar.media.turned import turned

Clip = Callable[[str], Path]


def digest(path: Path) -> str:
    """SHA-256 of a file as the product writes it."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def previews(path: Path, folder: Path) -> dict[str, Derivative]:
    """All derivatives of a file by kind."""
    made = make_previews(path, probe(path), folder, Settings(), master=digest(path)).made
    return {one.kind: one for one in made}


def test_video(shared_media: Path, tmp_path: Path) -> None:
    """Real footage gives poster, contact sheet and waveform, each naming its unchanged master."""
    path = shared_media / "pattern-sd-grey-bar.mp4"
    before = digest(path)
    made = previews(path, tmp_path)
    assert set(made) == {"poster", "contact-sheet", "waveform"}
    assert {one.master for one in made.values()} == {before} == {digest(path)}
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "contact-sheet.jpg",
        "poster.jpg",
        "waveform.png",
    ]
    mark = f"derivative-of {before}"
    for kind in ("poster", "contact-sheet"):
        with Image.open(made[kind].path) as picture:
            assert picture.info["comment"] == mark.encode()
            assert picture.getexif()[270] == mark
            assert picture.size == (made[kind].width, made[kind].height)
    with Image.open(made["waveform"].path) as picture:
        assert picture.info["Description"] == mark


@pytest.mark.parametrize("name", ["clip.avi", "clip.ts", "fragmented.mp4"])
def test_other_containers(clip: Clip, tmp_path: Path, name: str) -> None:
    """Pictures come out of every container, whether or not it can be sought in."""
    made = previews(clip(name), tmp_path)
    assert set(made) == {"poster", "contact-sheet", "waveform"}


def test_sound_alone(clip: Clip, tmp_path: Path) -> None:
    """Sound gives a waveform and something a browser can play."""
    made = previews(clip("clip.amr"), tmp_path)
    assert set(made) == {"waveform", "proxy"}
    assert made["proxy"].media_type == "audio/mp4"
    assert probe(made["proxy"].path).duration.measured == pytest.approx(3.0, abs=0.1)


def test_photo(clip: Clip, tmp_path: Path) -> None:
    """A photo gives a poster alone."""
    assert set(previews(clip("photo.png"), tmp_path)) == {"poster"}


def test_turned_video_stands_upright(clip: Clip, tmp_path: Path) -> None:
    """A recording with a rotation tag gives upright pictures."""
    path = tmp_path / "turned.mp4"
    turned(clip("clip.mp4"), path, -90)
    made = previews(path, tmp_path / "out")
    with Image.open(made["poster"].path) as picture:
        assert picture.height > picture.width


def test_cut_recording_gives_what_is_left(clip: Clip, tmp_path: Path) -> None:
    """Of a recording that breaks off, the readable part is shown."""
    data = clip("clip.avi").read_bytes()
    path = tmp_path / "x.avi"
    path.write_bytes(data[: len(data) // 2])
    assert {"poster", "contact-sheet"} <= set(previews(path, tmp_path / "out"))


def test_the_master_is_never_replaced(clip: Clip, tmp_path: Path) -> None:
    """Where the master itself lies under the name of a derivative, nothing is written."""
    path = tmp_path / "poster.jpg"
    path.write_bytes(clip("photo.jpg").read_bytes())
    before = digest(path)
    with pytest.raises(MasterInTheWay):
        previews(path, tmp_path)
    assert digest(path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_step_that_fails_is_left_out(clip: Clip, tmp_path: Path) -> None:
    """When one derivative breaks its bound the others are made, it is named, and nothing half-written stays."""
    path = clip("clip.mp4")
    settings = Settings(media_memory_mb=256)
    previews = make_previews(path, probe(path), tmp_path, settings, master=digest(path))
    assert all(one.path.exists() for one in previews.made)
    made = {one.kind for one in previews.made}
    left_out = {finding.figures["derivative"] for finding in previews.left_out}
    assert {"waveform", "poster"} <= made | {kind for name in left_out for kind in str(name).split(" and ")}
    assert {finding.severity for finding in previews.left_out} <= {Severity.INFO}
    assert left_out
    assert not list(tmp_path.glob(".making-*"))


def test_sound_too_short_to_draw_is_left_out(tmp_path: Path) -> None:
    """Of a tenth of a second ffmpeg draws nothing and reports success: the recording is shown without a waveform."""
    path = tmp_path / "短.m4a"
    words = ("-f", "lavfi", "-i", "sine=440:r=48000", "-t", "0.1", "-c:a", "aac")
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *words, str(path)], check=True)
    made = make_previews(path, probe(path), tmp_path / "out", Settings(), master=digest(path))
    assert [one.kind for one in made.made] == ["proxy"]
    assert [finding.figures["code"] for finding in made.left_out] == ["QC-INPUT-DAMAGED"]


def test_a_full_disk_is_no_fault_of_the_file(clip: Clip, tmp_path: Path) -> None:
    """Where no more can be written, the work is given up as a whole instead of leaving derivatives out."""
    path = clip("clip.mp4")
    probed, master = probe(path), digest(path)
    with files_of_at_most(4096), pytest.raises(StorageFull):
        make_previews(path, probed, tmp_path, Settings(), master=master)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Bound the size (bytes) of files, as an account's quota would, in this process and its children."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_left_over_work_is_swept(clip: Clip, tmp_path: Path) -> None:
    """What a killed process left half-made is removed when old, and left alone when it may still be in use."""
    old, young = tmp_path / ".making-old", tmp_path / ".making-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "proxy.mp4").touch()
    os.utime(old, (0, 0))
    previews(clip("photo.png"), tmp_path)
    assert not old.exists()
    assert young.exists()


def test_still_times_cover_the_recording() -> None:
    """First and last picture are among at most 24 instants."""
    for seconds in (0.0, 0.4, 3.0, 40.0, 36_000.0):
        times = still_times(seconds)
        assert (times[0], times[-1]) == (0.0, seconds)
        assert len(times) <= 24


def test_timecode() -> None:
    """Seconds are written with hours and hundredths, rounded as a whole."""
    assert timecode(3599.999) == "01:00:00.00"
    assert timecode(36_061.5) == "10:01:01.50"
