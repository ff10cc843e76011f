"""Recordings that look alike and have nothing in common, drawn as the bench draws them."""

from pathlib import Path

import pytest

from quancheng_sidecar.media.comparison.report import Relation
from tests.bench.strangers import judged


@pytest.mark.slow
def test_a_walk_through_the_same_room_is_no_copy(tmp_path: Path) -> None:
    """A fixed camera's other days and a camera beside it look alike for seconds, and are not related."""
    for pair, found in judged(90520, tmp_path):
        assert found.relation is Relation.UNRELATED, pair
