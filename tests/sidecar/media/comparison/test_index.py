"""The index: grows by single recordings, finds copies and pieces, and names no stranger."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from quancheng_sidecar.media.comparison.index import Index, identify
from quancheng_sidecar.media.comparison.report import Relation
from quancheng_sidecar.media.comparison.traits import Traits, take_traits
from quancheng_sidecar.media.probe import probe

Convert = Callable[..., Path]
MOVING, FIXED, STRANGER = "pattern-longer-no-bar.mp4", "onvif-test_signed_h265.mp4", "doorknob-hd-no-bar.mp4"


@cache
def traits(path: Path) -> Traits:
    """All layers of a file."""
    return take_traits(path, probe(path))


@pytest.fixture
def index(tmp_path: Path, shared_media: Path) -> Index:
    """An index of two recordings, added one by one and opened anew."""
    for name in (MOVING, FIXED):
        Index(tmp_path).add(name, traits(shared_media / name))
    return Index(tmp_path)


def test_copies_are_identified_by_any_layer(index: Index, shared_media: Path, convert: Convert) -> None:
    """A stream-copied piece is found by coded frames, a smaller coarse copy by sound and pictures."""
    piece = convert(shared_media / FIXED, "piece.ts", "-c", "copy", before=("-ss", "4"))
    coarse = convert(shared_media / MOVING, "coarse.mp4", "-vf", "scale=360:640", "-preset", "ultrafast", "-crf", "30")
    for copy, name, relation in ((piece, FIXED, Relation.EXCERPT), (coarse, MOVING, Relation.SAME_CONTENT)):
        found = identify(index, traits(copy), lambda name: traits(shared_media / name))
        assert [(name_found, said.relation) for name_found, said in found] == [(name, relation)]


def test_stranger_is_not_identified(index: Index, shared_media: Path) -> None:
    """A recording that is not in the archive has no origin there."""
    assert identify(index, traits(shared_media / STRANGER), lambda name: traits(shared_media / name)) == []


def test_what_is_known_is_kept_once(index: Index, shared_media: Path, tmp_path: Path) -> None:
    """Adding a recording again changes nothing; two recordings of unlike size make few segments."""
    before = sorted((one.name, one.stat().st_mtime_ns) for one in tmp_path.iterdir())
    index.add(MOVING, traits(shared_media / MOVING))
    assert sorted((one.name, one.stat().st_mtime_ns) for one in tmp_path.iterdir()) == before
    assert MOVING in index
    assert "other" not in index
