"""Seams in packets: odd times, broken groups of pictures, parameter sets in mid-stream."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from quancheng_sidecar.media.integrity.joints import Seam, broken_groups, is_joint, odd_steps, seam_findings, seams
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.probe import probe
from tests.sidecar.media.integrity.conftest import ffmpeg


def packets(times: NDArray[np.float64], group: int = 25, keys: NDArray[np.bool_] | None = None) -> Packets:
    """A stream with these times and a key frame in every `group`."""
    count = len(times)
    key = np.arange(count) % group == 0 if keys is None else keys
    return Packets(times, times, np.full(count, 1000, np.int32), key, np.zeros(count, bool))


@settings(deadline=None)
@given(st.sampled_from([15, 25, 29.97, 30, 59.94]), st.integers(30, 2000), st.sampled_from([90000, 1000, 12800]))
def test_a_regular_stream_has_no_seam(rate: float, count: int, ticks: int) -> None:
    """Times rounded to any container's ticks are regular."""
    times = np.round(np.arange(count) / rate * ticks) / ticks
    assert seams(packets(times), None) == ()


@given(st.integers(30, 300), st.integers(1, 60))
def test_lost_frames_are_no_seam(at: int, lost: int) -> None:
    """A device that drops frames skips a whole number of steps."""
    times = np.delete(np.arange(500) / 25, slice(at, at + lost))
    assert odd_steps(packets(times)) == []


@given(st.integers(60, 400), st.floats(0.15, 0.85))
def test_a_step_off_the_grid_is_found(at: int, part: float) -> None:
    """Joined pieces do not meet on the frame grid."""
    times = np.arange(500) / 25
    times[at:] += part / 25
    assert odd_steps(packets(times)) == [pytest.approx((at - 1) / 25)]


def test_a_picture_moved_in_its_order_alone_is_found() -> None:
    """Composition times edited by hand, decoding times left as they were."""
    times = np.arange(500) / 25
    shown = times.copy()
    shown[200] += 0.31
    moved = Packets(shown, times, np.full(500, 1000, np.int32), times % 1 == 0, np.zeros(500, bool))
    assert [seam.kinds for seam in seams(moved, None)] == [("picture-step",)]


def test_a_picture_that_breaks_off_where_times_are_off_the_grid_is_a_joint() -> None:
    """Two signs in one place; a picture that breaks off elsewhere is a scene, and its key frame no sign."""
    times = np.arange(500) / 25
    times[200:] += 0.016
    broken, whole = packets(times), packets(np.arange(500) / 25)
    assert [seam.kinds for seam in seams(broken, None, breaks_off=lambda begin, end: begin <= end)] == [
        ("picture-step", "scene")
    ]
    assert [seam.kinds for seam in seams(broken, None)] == [("picture-step",)]
    assert seams(whole, None, breaks_off=lambda begin, end: begin <= end) == ()


@pytest.mark.parametrize(
    ("runs", "on"), [(((0.0, 110.0),), True), (((0.0, 49.5), (50.0, 110.0)), False), (((0.0, 49.9),), False)]
)
def test_a_clock_runs_on_across_a_joint_only_where_one_stretch_reaches_well_over_it(
    runs: tuple[tuple[float, float], ...], *, on: bool
) -> None:
    """Where it jumps at the joint its next stretch begins there, to the frame: nothing is said of what is missing."""
    (finding,) = seam_findings([Seam(50.00000000000001, ("encoder", "scene"))], runs)
    assert (finding.figures["clock_runs"], "走得连续" in finding.sentence.zh) == (on, on)


def test_a_stream_irregular_throughout_tells_nothing() -> None:
    """Phones take frames when light allows: no grid, no step off it."""
    times = np.cumsum(np.random.default_rng(1).uniform(0.02, 0.06, 500))
    assert odd_steps(packets(times)) == []


def test_a_group_cut_short_in_the_middle_is_found_and_the_last_is_not() -> None:
    """A cut leaves a short group; stopping does too, at the end."""
    keys = np.zeros(500, bool)
    keys[[*range(0, 201, 25), 208, *range(233, 490, 25)]] = True
    assert broken_groups(packets(np.arange(500) / 25, keys=keys)) == [pytest.approx(208 / 25)]
    ending = np.zeros(308, bool)
    ending[[*range(0, 300, 25), 300, 307]] = True
    assert broken_groups(packets(np.arange(308) / 25, keys=ending)) == []


def test_groups_of_any_length_tell_nothing() -> None:
    """An encoder that puts key frames at scene changes has no usual group."""
    keys = np.zeros(500, bool)
    keys[np.cumsum(np.random.default_rng(2).integers(8, 40, 20))] = True
    assert broken_groups(packets(np.arange(500) / 25, keys=keys)) == []


def test_one_sign_is_no_joint_and_two_in_one_place_are() -> None:
    """A single oddity may be the device's own."""
    picture = np.arange(500) / 25
    picture[200:] += 0.017
    sound = np.arange(900) * 1024 / 48000
    (alone,) = seams(packets(picture), packets(sound, 1))
    assert not is_joint(alone)
    sound[375:] += 0.009
    (both,) = seams(packets(picture), packets(sound, 1))
    assert both.kinds == ("picture-step", "sound-step")


@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
def test_what_stands_at_each_of_two_key_frames_is_no_joint(tmp_path: Path, encoder: str) -> None:
    """A transport stream has parameter sets at every key frame, and x265 introduces itself with them."""
    short = tmp_path / "short.ts"
    command = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4", "-c:v", encoder, "-g", "75", "-bf", "0")
    ffmpeg(*command, "-x265-params", "log-level=error:scenecut=0", short)
    probed = probe(short)
    (video,) = survey(short, probed, limit_s=60).packets.values()
    assert int(video.key.sum()) == 2
    assert seams(video, None) == ()


def test_the_short_end_of_a_chunk_of_sound_is_no_odd_step(tmp_path: Path) -> None:
    """A camera writes a second of PCM at once, which is read in parts of 2,048 bytes and a rest of 136."""
    second = tmp_path / "second.avi"
    source = "testsrc2=s=160x120:r=10:d=5[out0];sine=r=44100:d=5,asetnsamples=44100[out1]"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "mjpeg", "-c:a", "pcm_s16le", second)
    probed = probe(second)
    tables = survey(second, probed, limit_s=60).packets
    (sound,) = (tables[stream.index] for stream in probed.streams if stream.kind == "audio")
    assert np.unique(sound.size).tolist() == [136, 2048]
    assert odd_steps(sound) == []


def test_streams_of_no_packets_have_no_seam() -> None:
    """Nothing to look at."""
    assert seams(packets(np.zeros(0)), packets(np.zeros(0))) == ()
    assert seams(None, None) == ()
