"""Hashes beside one another: the quick ways give what counting every bit gives."""

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.comparison.pdq import apart, apart_each, basis, hash_waves, nearest_within, turned


@given(seed=st.integers(0, 2**32 - 1), changed=st.sampled_from([0.0, 0.02, 0.1, 0.5]), most=st.integers(0, 128))
def test_nothing_near_is_lost_however_pictures_follow_one_another(seed: int, changed: float, most: int) -> None:
    """Of each hash the nearest ones within the limit are given, as a full count finds them."""
    rng = np.random.default_rng(seed)
    steps = rng.random((int(rng.integers(1, 40)), 256)) < changed
    course = np.packbits((rng.integers(0, 2, 256) + np.cumsum(steps, axis=0)) % 2, axis=1).astype(np.uint8)
    noise = np.packbits(rng.random((12, 256)) < rng.random(), axis=1)
    some = course[rng.integers(0, len(course), 12)] ^ noise
    distance = apart(some, course)
    in_others, in_some = nearest_within(some, course, count=6, most=most)
    for number, row in enumerate(distance):
        given_for = sorted(row[in_others[in_some == number]])
        assert given_for == sorted(row[row <= most])[:6]


@given(seed=st.integers(0, 2**32 - 1))
def test_one_from_one_is_the_count_of_all_bits(seed: int) -> None:
    """Bits apart, of any shape of stacks, are those that differ."""
    some, others = np.random.default_rng(seed).integers(0, 256, (2, 3, 4, 32), np.uint8)
    assert np.array_equal(apart_each(some, others), np.unpackbits(some ^ others, axis=-1).sum(axis=-1))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_has_the_hash_of_its_waves_exchanged(shared_media: Path, quarters: int) -> None:
    """The hash of a turned picture follows from that of the upright one, to a few bits."""
    with av.open(str(shared_media / "doorknob-hd-no-bar.mp4")) as opened:
        shown = next(opened.decode(video=0)).reformat(width=64, height=64, format="gray").to_ndarray()
    upright, laid = (
        hash_waves((basis() @ one.astype(np.float32) @ basis().T)[None])[0]
        for one in (shown, np.rot90(shown, -quarters))
    )
    assert apart_each(turned(upright, quarters), laid).max() <= 12
