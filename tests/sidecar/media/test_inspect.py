"""The whole examination in one bounded call."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from quancheng_plugin.errors import DamagedFile, EmptyFile, LimitExceeded, UnsupportedType
from quancheng_sidecar.media.bounded import inspect_bounded
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.inspect import STAGES
from quancheng_sidecar.media.report import Digest, Kind, RecordingReport
from quancheng_sidecar.settings import Settings

Clip = Callable[[str], Path]


def test_video(shared_media: Path) -> None:
    """Real footage gives a whole report, stage by stage, that survives its way through JSON."""
    path = shared_media / "onvif-test_h264.mp4"
    stages: list[str] = []
    report = inspect_bounded(path, Settings(), on_stage=stages.append)
    assert tuple(stages) == STAGES
    assert report.digest.sha256 == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    assert report.file_name == path.name
    assert (report.kind, report.container) == (Kind.VIDEO, "mp4")
    assert len(report.fingerprint.pictures) == 5
    assert report.integrity.summary.zh
    assert RecordingReport.model_validate_json(report.model_dump_json()) == report


@pytest.mark.parametrize(("name", "kind"), [("clip.wav", Kind.AUDIO), ("photo.jpg", Kind.PHOTO)])
def test_sound_and_photo(clip: Clip, name: str, kind: Kind) -> None:
    """Sound and photos are examined too."""
    assert inspect_bounded(clip(name), Settings()).kind is kind


def test_digest_and_name_of_the_store(clip: Clip) -> None:
    """A digest that the store computed and the device's file name are taken over, without hashing again."""
    digest = Digest(sha256="sha256:" + "0" * 64, sm3=None, size=1)
    report = inspect_bounded(clip("clip.wav"), Settings(), digest=digest, file_name="20260301_093000.wav")
    assert report.digest == digest
    assert report.file_name == "20260301_093000.wav"


def test_what_a_recording_is_known_again_by_is_written_where_asked_for(clip: Clip, tmp_path: Path) -> None:
    """Coded frames and sound go to a file, being too many for an answer; of a photo there are none."""
    video, photo = tmp_path / "video.npz", tmp_path / "photo.npz"
    inspect_bounded(clip("clip.mp4"), Settings(), traits=video)
    inspect_bounded(clip("photo.jpg"), Settings(), traits=photo)
    written = Traits.from_bytes(video.read_bytes())
    assert len(written.coded_picture) > 20
    assert len(written.sound) > 0
    assert not photo.exists()


def test_bad_input_has_its_own_codes(clip: Clip, tmp_path: Path) -> None:
    """What is wrong with a file comes out of the child process as the same coded error."""
    empty, text, broken = tmp_path / "empty.mp4", tmp_path / "text.mp4", tmp_path / "broken.mp4"
    empty.touch()
    text.write_text("%PDF-1.7")
    broken.write_bytes(clip("clip.mp4").read_bytes()[:5000])
    for path, error in ((empty, EmptyFile), (text, UnsupportedType), (broken, DamagedFile)):
        with pytest.raises(error):
            inspect_bounded(path, Settings())


def test_time_is_bounded(clip: Clip) -> None:
    """An examination that takes longer than its bound is stopped."""
    with pytest.raises(LimitExceeded):
        inspect_bounded(clip("clip.mp4"), Settings(media_timeout_s=0.05))


def test_the_file_stays_as_it_was(clip: Clip, tmp_path: Path) -> None:
    """A read-only master is examined without being written to."""
    path = tmp_path / "现场 录像.mkv"
    shutil.copy(clip("clip.mkv"), path)
    path.chmod(0o440)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    inspect_bounded(path, Settings())
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
