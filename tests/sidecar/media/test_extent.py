"""Files that break off: noticed, with what can still be read; whole files are never called cut."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quancheng_plugin.errors import DamagedFile
from quancheng_sidecar.media.extent import find_cut
from quancheng_sidecar.media.probe import probe

Clip = Callable[[str], Path]


def cut(path: Path, to: Path, share: float) -> Path:
    """Write the first part of a file."""
    data = path.read_bytes()
    to.write_bytes(data[: int(len(data) * share)])
    return to


@pytest.mark.parametrize("name", ["faststart.mp4", "fragmented.mp4", "clip.avi", "clip.mkv"])
def test_claimed_bytes_are_missing(clip: Clip, tmp_path: Path, name: str) -> None:
    """Where the container states its extent, a cut is a finding with the figures and the seconds still readable."""
    whole = probe(clip(name))
    found = probe(cut(clip(name), tmp_path / name, 0.6))
    assert found.truncated
    finding = next(one for one in found.findings if one.code == "truncated")
    assert 0.3 < (found.readable_s or 0) < 2.7
    assert found.duration.declared == whole.duration.declared
    assert finding.figures["readable_s"] == found.readable_s
    assert finding.severity == "medium"
    assert "仅凭此不能判断原因" in finding.sentence.zh


@pytest.mark.parametrize("name", ["clip.wav", "clip.mp3", "clip.aac", "clip.amr", "clip.ogg", "clip.ts", "clip.m2ts"])
def test_cut_in_the_middle_of_a_frame(clip: Clip, tmp_path: Path, name: str) -> None:
    """Bare streams show a cut by their last, incomplete frame, packet or page."""
    found = probe(cut(clip(name), tmp_path / name, 0.7031))
    assert found.truncated
    assert found.readable_s == pytest.approx(1.6, abs=0.7)


def test_recording_that_was_never_closed(clip: Clip) -> None:
    """A Matroska file without its final sizes is reported as not closed, with low severity."""
    found = probe(clip("live.mkv"))
    assert found.truncated
    assert [(one.code, one.severity) for one in found.findings] == [("truncated", "low")]


@pytest.mark.parametrize("share", [0.2, 0.9])
def test_index_at_the_end_cut_off(clip: Clip, tmp_path: Path, share: float) -> None:
    """Without moov nothing can be read: a damaged file whose sentence names the index and what there is."""
    path = cut(clip("clip.mp4"), tmp_path / "x.mp4", share)
    with pytest.raises(DamagedFile) as raised:
        probe(path)
    assert raised.value.code == "QC-INPUT-DAMAGED"
    assert "moov" in str(raised.value)
    assert f"{path.stat().st_size:,} 字节" in raised.value.sentence.zh


def test_data_appended_by_the_device_is_no_cut(clip: Clip, tmp_path: Path) -> None:
    """A trailer that is no box, as some cameras append, does not make a whole file look cut."""
    for trailer in (b"\0" * 5000, b"SEFHdTrailer data of a phone" * 20, bytes(range(256)) * 8):
        path = tmp_path / "x.mp4"
        path.write_bytes(clip("clip.mp4").read_bytes() + trailer)
        assert not probe(path).truncated


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png"])
def test_photo(clip: Clip, tmp_path: Path, name: str) -> None:
    """A photo without its end is cut; one with data behind its end is not."""
    data = clip(name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: len(data) // 2])
    assert probe(path).truncated
    path.write_bytes(data + b"motion photo" * 100)
    assert not probe(path).truncated


def test_every_container_of_the_sniffer_is_checked(clip: Clip) -> None:
    """Whole files of every type show no cut."""
    for name, container in (("clip.mp4", "mp4"), ("clip.ogg", "ogg"), ("clip.amr", "amr"), ("clip.ts", "mpegts")):
        assert find_cut(clip(name), container) is None
