"""Frames at chosen times of real files: the same however the container lets them be found."""

import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from quancheng_sidecar.media.clock.frames import FrameSource
from quancheng_sidecar.media.probe import probe


@pytest.mark.parametrize("name", ["x.mp4", "x.mkv", "live.mkv", "x.avi", "x.ts"])
def test_many_key_frames_are_those_of_a_full_decode(tmp_path: Path, name: str) -> None:
    """By an index, with one that is not written, and without any; each at its own time."""
    path = tmp_path / name
    source = ("-f", "lavfi", "-i", "testsrc2=d=15:s=160x120:r=10", "-c:v", "libx264", "-g", "10", "-bf", "0")
    options = ("-sc_threshold", "0", "-pix_fmt", "yuv420p", *(("-live", "1") if name == "live.mkv" else ()))
    command = ["ffmpeg", "-v", "error", *source, *options, str(path)]
    subprocess.run(command, check=True, timeout=60)
    with av.open(str(path)) as opened:
        whole = [frame.to_ndarray() for frame in opened.decode(video=0) if frame.key_frame]
    with FrameSource(path, probe(path)) as frames:
        times = frames.key_times
        shots = sorted(frames.shots(times), key=lambda shot: shot.at)
    assert [shot.at for shot in shots] == times == pytest.approx(list(range(15)), abs=0.01)
    assert all(np.array_equal(shot.frame.to_ndarray(), one) for shot, one in zip(shots, whole, strict=True))


def test_the_leading_picture_counts_though_a_small_one_stands_first(tmp_path: Path) -> None:
    """Cameras write a second stream for quick looking, which may begin at another time."""
    path = tmp_path / "two.mp4"
    small, large = ("-f", "lavfi", "-i", "testsrc2=d=2:s=160x120:r=10"), ("-f", "lavfi", "-i", "testsrc2=d=3:s=320x240")
    coded = ("-map", "0", "-map", "1", "-c:v", "mpeg4")
    subprocess.run(["ffmpeg", "-v", "error", *small, *large, *coded, str(path)], check=True, timeout=60)
    with FrameSource(path, probe(path)) as frames:
        assert (frames.width, frames.height) == (320, 240)
        assert frames.duration == pytest.approx(3.0, abs=0.05)


def test_a_decoder_that_will_not_open_gives_no_frames(tmp_path: Path) -> None:
    """A video that names a coding which it does not have has none to give, however often it is asked."""
    path = tmp_path / "named-otherwise.avi"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=3:s=160x120:r=5", "-c:v", "mpeg4", str(path)]
    subprocess.run(command, check=True, timeout=60)
    path.write_bytes(path.read_bytes().replace(b"FMP4", b"WMV3"))
    with FrameSource(path, probe(path)) as frames:
        assert [list(frames.shots(times)) for times in ([0.0], [1.0, 2.0])] == [[], []]


@pytest.mark.parametrize("seconds", [12, 40])
def test_frames_renewed_strip_by_strip_are_those_of_a_full_decode(tmp_path: Path, seconds: int) -> None:
    """With intra refresh no key frame but the first stands alone: few are asked for one by one, many together."""
    path = tmp_path / "refresh.mp4"
    source = ("-f", "lavfi", "-i", f"testsrc2=d={seconds}:s=320x240:r=10", "-c:v", "libx264", "-g", "20")
    command = ["ffmpeg", "-v", "error", *source, "-x264-params", "intra-refresh=1", "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(command, check=True, timeout=60)
    with av.open(str(path)) as opened:
        whole = {frame.pts: frame.to_ndarray() for frame in opened.decode(video=0)}
    with FrameSource(path, probe(path)) as frames:
        times = [*frames.key_times, seconds / 2 + 0.7]
        shots = list(frames.shots(times))
    assert sorted(shot.at for shot in shots) == pytest.approx(sorted(times))
    assert all(np.array_equal(shot.frame.to_ndarray(), whole[shot.frame.pts]) for shot in shots)
