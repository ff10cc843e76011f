"""Recordings that look alike and have nothing in common, drawn as the bench draws them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from quancheng_sidecar.media.comparison.clocks import Clocks
from quancheng_sidecar.media.comparison.compare import compare
from quancheng_sidecar.media.comparison.dense import DensePictures
from quancheng_sidecar.media.comparison.report import Evidence, Relation
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.comparison.views import VIEWS
from quancheng_sidecar.media.sound import STEP_S
from tests.bench.strangers import judged, running


@pytest.mark.slow
def test_a_walk_through_the_same_room_is_no_copy(tmp_path: Path) -> None:
    """A fixed camera's other days and a camera beside it look alike for seconds, and are not related."""
    for pair, found in judged(90520, tmp_path):
        assert found.relation is Relation.UNRELATED, pair


LENGTH_S = 40
START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PLACE = np.random.default_rng(5)


def noisy(bits: npt.NDArray[np.uint8], day: int) -> npt.NDArray[np.uint8]:
    """The same with one bit in thirty otherwise, as another day's camera or microphone has them."""
    return bits ^ (np.random.default_rng(day).random(bits.shape) < 1 / 30)


def filmed(scenes: npt.NDArray[np.int64], day: int) -> DensePictures:
    """Ten pictures a second, each of one of a place's scenes."""
    held = PLACE_SCENES[scenes]
    views = np.packbits(noisy(np.repeat(held[:, None], 1 + len(VIEWS), axis=1), day), axis=-1)
    return DensePictures(np.arange(len(scenes), dtype=np.float32) / 10, views, views[:, :2] ^ 255)


def heard(numbers: npt.NDArray[np.int64], day: int) -> npt.NDArray[np.uint32]:
    """Integers of a chromaprint, each one of those that are heard in a place."""
    return np.packbits(noisy(PLACE_SOUNDS[numbers], day), axis=1).view(np.uint32)[:, 0]


PLACE_SCENES = PLACE.integers(0, 2, (2, 256), np.uint8)
PLACE_SOUNDS = PLACE.integers(0, 2, (400, 32), np.uint8)
MOMENTS, SOUNDS = np.arange(10 * LENGTH_S), np.arange(round((LENGTH_S - 2.5) / STEP_S))


def recorded(day: int, scenes: npt.NDArray[np.int64], sounds: npt.NDArray[np.int64]) -> Traits:
    """One recording of the place."""
    return Traits(LENGTH_S, seen=True, heard=True, sound=heard(sounds, day), pictures=filmed(scenes, day))


def test_a_siren_in_a_still_room_is_no_copy() -> None:
    """What comes again every five seconds agrees on many lines: it tells nothing, nor does the room."""
    one, other = (recorded(day, 0 * MOMENTS, (SOUNDS + 17 * day) % 40) for day in (1, 2))
    found = compare(one, other)
    assert (found.relation, found.evidence) == (Relation.UNRELATED, Evidence.LOOKS_ALIKE)


def test_a_siren_that_is_heard_alone_is_no_copy() -> None:
    """Of two sound recordings that share a siren nothing is said."""
    one, other = (
        Traits(LENGTH_S, seen=False, heard=True, sound=heard((SOUNDS + 17 * day) % 40, day)) for day in (1, 2)
    )
    assert compare(one, other).relation is Relation.UNRELATED


@pytest.mark.parametrize("tenths", [13, 26, 70])
def test_a_warning_light_is_no_copy(tenths: int) -> None:
    """A light that changes the whole picture at its pace does so on every day."""
    others = np.random.default_rng(9).permutation(SOUNDS)
    one, other = (
        recorded(day, (MOMENTS + 4 * day) % tenths // (tenths // 2 + 1), sounds)
        for day, sounds in ((1, SOUNDS), (2, others))
    )
    assert compare(one, other).relation is Relation.UNRELATED


@pytest.mark.parametrize(
    ("shift_s", "relation"),
    [(None, Relation.SAME_CONTENT), (0.0, Relation.SAME_CONTENT), (86400.0, Relation.UNRELATED)],
)
def test_a_still_room_on_another_day_is_no_copy_though_the_same_is_heard(
    shift_s: float | None, relation: Relation
) -> None:
    """An announcement is heard on many days: where both clocks were read, they decide."""
    one, other = (recorded(day, 0 * MOMENTS, SOUNDS) for day in (1, 2))
    clocks = None if shift_s is None else Clocks(running(START), running(START + timedelta(seconds=shift_s)))
    assert compare(one, other, clocks=clocks).relation is relation
