"""From pieces to words: what is told of two recordings is what their pieces hold, and no more."""

import numpy as np

from quancheng_sidecar.media.comparison.lines import Line
from quancheng_sidecar.media.comparison.pieces import Found, Piece
from quancheng_sidecar.media.comparison.relation import relate
from quancheng_sidecar.media.comparison.report import Relation, Sense
from quancheng_sidecar.media.comparison.sound_layer import SoundLayer
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.sound import STEP_S

SEEN, SILENT = Traits(duration=40, seen=True, heard=True), Traits(duration=40, seen=True, heard=False)
PICTURE = frozenset({Sense.PICTURE})


def piece(begin: float, end: float, *, speed: float = 1.0) -> Piece:
    """A span of B whose pictures are those of A at that time."""
    return Piece(Line(speed, 0.0), (begin, end), PICTURE)


def test_what_may_be_shared_is_neither_missing_nor_added() -> None:
    """A stretch that only looks alike is told as unsure; what is left of the gap around it is missing and added."""
    found = relate(SEEN, SEEN, Found(shared=(piece(15, 40),), alike=(piece(0, 9),)))
    assert (found.relation, found.missing, found.added) == (Relation.PARTIAL_OVERLAP, ((9, 15),), ((9, 15),))
    assert found.unsure == ((0, 9),)
    assert any("not enough to say" in remark.en for remark in found.remarks)


def test_a_pace_that_adds_up_to_nothing_is_not_told() -> None:
    """Half a percent in eight seconds is less than a frame or two; in eighty it is another speed."""
    short, long = (relate(SEEN, SEEN, Found((piece(0, length, speed=0.995),), ())) for length in (8, 80))
    assert (short.ranges[0].speed, long.ranges[0].speed) == (1.0, 0.995)
    assert [any("another speed" in remark.en for remark in found.remarks) for found in (short, long)] == [False, True]


def test_pieces_of_a_copy_that_runs_backwards_are_in_order() -> None:
    """What comes last in A comes first in B: that is the running backwards, and nothing is swapped beside it."""
    line = Line(-1.0, 40.0)
    first, second = Piece(line, (0, 15), PICTURE), Piece(line, (20, 40), PICTURE)
    found = relate(SEEN, SEEN, Found((first, second), ()))
    assert (found.relation, found.swapped) == (Relation.PARTIAL_OVERLAP, False)
    assert relate(SEEN, SEEN, Found((Piece(line, (20, 40), PICTURE), Piece(line, (0, 15), PICTURE)), ())).swapped


def test_sound_that_only_the_copy_has_is_told() -> None:
    """A silent original whose copy speaks got its sound elsewhere."""
    found = relate(SILENT, SEEN, Found((piece(0, 40),), ()))
    assert [remark.en for remark in found.remarks] == [
        "The copy has sound, the original has none: it is from elsewhere."
    ]


def test_a_piece_that_stands_twice_is_told() -> None:
    """Seconds 10 to 20 of A are shown again: nothing is missing or swapped, and the answer says why it is no copy."""
    again = Piece(Line(1.0, -10.0), (20, 50), PICTURE)
    found = relate(SEEN, Traits(duration=50, seen=True, heard=True), Found((piece(0, 20), again), ()))
    assert (found.relation, found.missing, found.added) == (Relation.PARTIAL_OVERLAP, (), ())
    assert [remark.en for remark in found.remarks] == ["A piece of the original stands in the copy more than once."]


def test_a_sound_track_alone_is_told() -> None:
    """The sound of a video holds all that is heard, and nothing that is seen."""
    heard = Piece(Line(1.0, 0.0), (0, 40), frozenset({Sense.SOUND}))
    found = relate(SEEN, Traits(duration=40, seen=False, heard=True), Found((heard,), ()))
    assert [remark.en for remark in found.remarks] == ["The original has a picture, the copy has none."]


def test_what_is_heard_across_a_joint_is_no_other_sound() -> None:
    """The last integers before a joint hear what follows it; ten seconds of another sound are another."""
    heard = np.random.default_rng(3).integers(0, 2**32, 200, np.uint32)
    a, b = (Traits(duration=24, seen=True, heard=True, sound=some) for some in (heard, np.roll(heard, 100)))
    layer = SoundLayer(a, b)
    assert not layer.contradicts(Line(1.0, 0.0), 10.0, 10.0 + 20 * STEP_S)
    assert layer.contradicts(Line(1.0, 0.0), 10.0, 20.0)
