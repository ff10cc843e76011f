"""A stretch that was put in twice is found; scenes that look alike, still pictures and cycles are not."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from quancheng_sidecar.demo.recordings import concat, excerpt
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.integrity.repeats import repeats
from tests.sidecar.media.integrity.conftest import Examine, Shoot


def video(sizes: NDArray[np.int64]) -> Packets:
    """Pictures of these sizes, 25 a second."""
    at = np.arange(len(sizes)) / 25
    no = np.zeros(len(sizes), dtype=bool)
    return Packets(pts=at, dts=at, size=sizes.astype(np.int32), key=no, hidden=no)


def noise(count: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(2000, 9000, count)


def test_a_stretch_used_twice_is_told_with_both_places() -> None:
    """Three seconds of the beginning come again."""
    first = noise(500, 1)
    found = repeats(video(np.concatenate((first, first[100:175], noise(300, 2)))))
    assert len(found) == 1
    assert (found[0].pictures, found[0].first, found[0].again) == (75, 4.0, 20.0)


@pytest.mark.parametrize("seed", range(5))
def test_noise_never_repeats(seed: int) -> None:
    """An hour of a camera's pictures, with few distinct sizes."""
    sizes = np.random.default_rng(seed).integers(300, 700, 90_000)
    assert repeats(video(sizes)) == []


def test_still_pictures_and_short_cycles_are_no_repetition() -> None:
    """A standing picture is coded in one size; a test picture in a cycle of sizes."""
    assert repeats(video(np.full(2000, 31))) == []
    assert repeats(video(np.tile(noise(30, 3), 60))) == []


def test_a_copied_stretch_in_a_real_file_is_found(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Joined by stream copy: 0–12 s, then 4–8 s once more."""
    source = shoot("mp4")
    piece = excerpt(source, tmp_path / "piece.mp4", 4, 8)
    found = look(concat((source, piece), tmp_path / "twice.mp4"))
    again = next(finding for finding in found.findings if finding.code == "pictures-repeated")
    assert again.figures["first_s"] == pytest.approx(4, abs=0.1)
    assert again.at == pytest.approx(12, abs=0.3)
