"""What stands still in the pictures of a camera that moves: looked for before any text is."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from quancheng_sidecar.demo.recordings import RecordingSpec, write_recording
from quancheng_sidecar.demo.scenery import Scene
from quancheng_sidecar.media.clock.burnt_in import read_burnt_in
from quancheng_sidecar.media.clock.frames import Shot
from quancheng_sidecar.media.clock.standing import WHOLE, changes, standing_bands
from quancheng_sidecar.media.clock.text_reader import TextReader
from quancheng_sidecar.media.probe import probe
from tests.sidecar.media.clock.test_read_clock import START

SIZE = (640, 360)


def shot(at: float, seed: int, text: str = "") -> Shot:
    """A frame of grain by seed, with a line of small grey text."""
    grain = np.random.default_rng(seed).integers(60, 180, (SIZE[1] // 2, SIZE[0] // 2), dtype=np.uint8)
    picture = Image.fromarray(grain).resize(SIZE, Image.Resampling.BICUBIC).convert("RGB")
    face = ImageFont.truetype("DejaVuSans.ttf", 16)
    ImageDraw.Draw(picture).text((20, 20), text, (210, 210, 210), face)
    frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24").reformat(format="yuv420p")
    return Shot(at, frame, 0)


def test_small_text_on_a_moving_picture_stands() -> None:
    """Though the seconds run and everything behind it is another."""
    pair = (shot(0, 1, "2026-03-01 09:30:05"), shot(2, 2, "2026-03-01 09:30:07"))
    ((above, below),) = standing_bands([pair])
    assert above < 20 / SIZE[1] < 36 / SIZE[1] < below < 0.25


def test_one_pair_is_enough() -> None:
    """A clock that is shown in a part of the recording alone is looked for."""
    shown = (shot(8, 5, "2026-03-01 09:30:05"), shot(10, 6, "2026-03-01 09:30:07"))
    assert standing_bands([(shot(0, 1), shot(2, 2)), shown])


@pytest.mark.parametrize(("rotation", "place"), [(90, 0.06), (180, 0.9), (270, 0.94)])
def test_bands_are_those_of_the_upright_picture(rotation: int, place: float) -> None:
    """The frame is turned by what the container says: its left stands above then, or below."""
    one, other = (Shot(at, shot(at, seed, "2026").frame, rotation) for at, seed in ((0, 1), (2, 2)))
    ((above, below),) = standing_bands([(one, other)])
    assert above < place < below < above + 0.3


def test_a_camera_at_rest_stands() -> None:
    """Its picture may hold anything."""
    assert standing_bands([(shot(0, 1), shot(2, 1))]) == WHOLE


def test_nothing_stands_where_all_moves() -> None:
    """Two pictures that have nothing to do with each other."""
    assert not standing_bands([(shot(0, 1), shot(2, 2)), (shot(4, 3), shot(6, 4))])


def test_where_nothing_changes_no_clock_runs() -> None:
    """Two pictures of one page; one figure that takes another's place, in one of three, is seen."""
    still = [shot(at, 1, "2026-03-01 09:30:05") for at in (0, 2, 20)]
    assert not changes(still)
    assert changes([*still, shot(22, 1, "2026-03-01 09:30:06")])


def test_where_the_picture_changes_its_size_nothing_is_plain() -> None:
    """Recorders that switch streams do so; text is looked for then."""
    other = shot(2, 2).frame.reformat(width=SIZE[0] // 2, height=SIZE[1] // 2)
    assert standing_bands([(shot(0, 1), Shot(2, other, 0))]) == WHOLE


@pytest.mark.parametrize("scene", ["harbour", "noise"])
def test_no_text_is_looked_for_where_nothing_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: Scene
) -> None:
    """A camera that pans over a scene, without anything burnt in."""
    spec = RecordingSpec(start=START, duration_s=10, size=SIZE, fps=5, clock=None, scene=scene, audio=False)
    path = write_recording(spec, tmp_path / "bare.mp4")
    monkeypatch.setattr(TextReader, "find", lambda *_: pytest.fail("looked for text"))
    assert read_burnt_in(path, probe(path)) == ((), ())
