"""A stretch used twice is found though all was coded anew; rhythms, still pictures and alike scenes are not."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.media.integrity.motion import IN_A_ROW, Motion, motion_findings
from tests.sidecar.media.integrity.conftest import Examine, ffmpeg

Grid = NDArray[np.int16]
LOW_RATE = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-g", "60")


def noted(pictures: Iterable[Grid]) -> Motion:
    """What is kept of pictures, each the brightness on a grid of 48 by 48."""
    motion, last = Motion(), None
    for picture in pictures:
        motion.note(None if last is None else picture - last)
        last = picture
    return motion


def told(motion: Motion) -> tuple[Finding, ...]:
    return motion_findings(motion, [n / 25 for n in range(2000)])


def filmed(count: int, seed: int) -> Grid:
    """Pictures of a moving camera: a random scene of soft spots along which it wanders, with noise."""
    draw = np.random.default_rng(seed)
    scene = np.kron(draw.integers(20, 230, (60, 60)), np.ones((8, 8))).astype(np.int16)
    steps = np.clip(np.cumsum(draw.normal(0, 3, (count, 2)), axis=0).astype(int) + 200, 0, 400)
    return np.stack([scene[y : y + 48, x : x + 48] + draw.integers(-2, 3, (48, 48), np.int16) for y, x in steps])


def anew(pictures: Grid, seed: int) -> Grid:
    """The same coded anew: each a little off."""
    return pictures + np.random.default_rng(seed).integers(-1, 2, pictures.shape, np.int16)


def test_a_stretch_used_twice_is_told_with_both_places() -> None:
    """Three seconds of the beginning come again, a little off."""
    first = filmed(400, 1)
    found = told(noted(np.concatenate((first, anew(first[100:175], 3), filmed(200, 2)))))
    assert [(one.code, one.severity) for one in found] == [("pictures-repeated", Severity.MEDIUM)]
    assert found[0].figures["first_s"] == pytest.approx(4, abs=0.5)
    assert found[0].at == pytest.approx(16, abs=0.5)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_filmed_once_never_repeats(seed: int) -> None:
    """Forty seconds of one scene, along which the camera wanders to and fro."""
    assert noted(filmed(1000, seed)).recurrences() == []


def test_a_filmed_loop_is_told_as_slight() -> None:
    """A screen that shows the same three seconds again and again."""
    shown = filmed(75, 4)
    found = told(noted(np.concatenate([anew(shown, n) for n in range(5)])))
    assert {one.severity for one in found} == {Severity.LOW}


def test_what_swings_in_a_rhythm_is_no_repetition() -> None:
    """A fan of twenty pictures a turn."""
    turn = filmed(20, 5)
    assert noted(np.concatenate([anew(turn, n) for n in range(20)])).recurrences() == []


def test_a_still_picture_that_its_encoder_stirs_alike_in_each_group_is_no_repetition() -> None:
    """Groups of sixty pictures, in which the same still is refined from a coarse one."""
    still, coarse = filmed(1, 6)[0], filmed(1, 7)[0]
    group = [still + coarse // 60 // (n + 1) for n in range(60)]
    assert noted(group * 6).recurrences() == []


@pytest.mark.parametrize("clip", ["bottle-detection.mp4", "pattern-longer-no-bar.mp4"])
def test_real_footage_used_twice_and_coded_anew_is_found(
    clip: str, shared_media: Path, look: Examine, tmp_path: Path
) -> None:
    """Seconds 2 to 5 stand there again from 5 on, from a fixed and a moving camera."""
    target = tmp_path / "twice.mp4"
    first, again = (f"trim={part},setpts=PTS-STARTPTS" for part in ("0:5", "2:7"))
    graph = f"scale=-2:360,split[x][y];[x]{first}[a];[y]{again}[b];[a][b]concat=n=2"
    ffmpeg("-i", shared_media / clip, "-filter_complex", graph, *LOW_RATE, "-an", target)
    told_again = next(one for one in look(target).findings if one.code == "pictures-repeated")
    assert told_again.at == pytest.approx(5, abs=0.4)
    assert float(told_again.figures["pictures"] or 0) >= IN_A_ROW
