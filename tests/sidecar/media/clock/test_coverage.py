"""What the readings of a clock must cover before start and end are certain."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quancheng_sidecar.media.clock.burnt_in import BurntIn, fits_of
from quancheng_sidecar.media.clock.coverage import gaps_in
from quancheng_sidecar.media.clock.meaning import meanings
from quancheng_sidecar.media.clock.running import Region
from quancheng_sidecar.media.clock.samples import Sample
from quancheng_sidecar.media.clock.text_reader import Box

START = datetime(2026, 3, 1, 9, 31, 50)  # noqa: DTZ001 — as a picture shows it
REGION = Region(Box(0, 0, 100, 20), None, "separated", 6)
LENGTH = 120.0


def clock(read: list[bool], *, jump: tuple[float, float] = (1e9, 0.0), length: float = LENGTH) -> BurntIn | None:
    """Looks spread over `length` seconds of which those in `read` gave a reading; None when no line fits them."""
    samples = []
    for place, readable in enumerate(read):
        at = length * place / (len(read) - 1)
        text = f"{START + timedelta(seconds=at + (jump[1] if at >= jump[0] else 0)):%Y-%m-%d %H:%M:%S}"
        samples.append(Sample(at, text, 0.99, meanings(text)) if readable else Sample(at, "", 0.2, ()))
    fits = fits_of(samples)
    return BurntIn(fits, REGION, tuple(samples), Counter({START.date(): 6}), (9, 0), length) if fits else None


def said(burnt: BurntIn | None) -> str:
    """All reasons in English."""
    assert burnt is not None
    return "; ".join(gap.en for gap in gaps_in(burnt))


def test_a_clock_read_throughout_has_no_gap() -> None:
    """Here and there a frame fails."""
    assert said(clock([place % 5 != 3 for place in range(41)])) == ""


def test_three_late_readings_leave_the_start_reckoned() -> None:
    """As happened to a recording with a removed middle."""
    late = said(clock([place > 37 for place in range(41)]))
    assert "the start is reckoned" in late
    assert "between 0 and 30 s" in late


def test_readings_that_end_early_leave_the_end_reckoned() -> None:
    """A middle may have been removed behind them."""
    assert "the end is reckoned" in said(clock([place < 30 for place in range(41)]))


def test_frames_that_could_not_be_decoded_count_as_unread() -> None:
    """No look stands there, yet the recording goes on."""
    burnt = clock([True] * 21, length=60.0)
    assert burnt is not None
    assert "not read after 60.0 s of 120.0 s" in said(replace(burnt, length=120.0))


def test_a_last_piece_of_one_second_read_thrice_is_too_little() -> None:
    """Half a second apart, three frames of one misread second look like a jump."""
    burnt = clock([True] * 41, length=20.0)
    assert burnt is not None
    (whole,) = burnt.best.pieces
    body = replace(whole, members=whole.members[:39], end=burnt.samples[38].at)
    tail = replace(whole, members=whole.members[39:], begin=burnt.samples[39].at)
    parted = replace(burnt, fits=(replace(burnt.best, pieces=(body, tail)),))
    assert "from 19.5 to 20.0 s do not follow on" in said(parted)


@given(
    read=st.lists(st.booleans(), min_size=12, max_size=90),
    at=st.floats(1, LENGTH - 1),
    by=st.floats(10, 3600),
)
@settings(deadline=None, max_examples=300)
def test_a_clock_without_gaps_gives_the_true_start_and_end(read: list[bool], at: float, by: float) -> None:
    """Whichever frames fail and wherever a middle was removed: either start and end are right, or a reason is given.

    Removals that neither end's reading can see, within two looks of an end, need readings between the looks.
    """
    step = LENGTH / (len(read) - 1)
    assume(3 * step < at < LENGTH - 3 * step)
    burnt = clock(read, jump=(at, by))
    if burnt is None or list(gaps_in(burnt)) or len(burnt.best.accepted) < len(read) / 2:
        return
    start, end = burnt.best.clock(0.0), burnt.best.clock(burnt.length)
    assert abs((start - START).total_seconds()) <= 1
    assert abs((end - START).total_seconds() - LENGTH - by) <= 1
