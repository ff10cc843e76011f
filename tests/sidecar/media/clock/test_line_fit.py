"""The fit finds where a clock runs evenly, and no misread makes a jump."""

import math
import random
from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from quancheng_sidecar.media.clock.line_fit import Reading, fit, residual, set_once

EPOCH = 1_772_328_605.0


def read(clock: Callable[[float], float], times: list[float]) -> list[Reading]:
    """What a clock shows at the given media times, in whole seconds."""
    return [Reading(at, float(math.floor(clock(at)))) for at in times]


def every(step: float, count: int) -> list[float]:
    """Evenly spaced media times."""
    return [step * place for place in range(count)]


@given(st.floats(0, 0.999), st.integers(5, 60), st.sampled_from([0.5, 1.0, 2.0, 7.3]))
@settings(deadline=None)
def test_an_even_clock_is_one_piece_whose_bounds_hold_the_truth(fraction: float, count: int, step: float) -> None:
    """All readings are members, and the true intercept lies within the bounds."""
    readings = read(lambda at: EPOCH + fraction + at, every(step, count))
    (piece,) = fit(readings)
    assert len(piece.members) == count
    assert piece.low - 1e-6 <= EPOCH + fraction <= piece.high + 1e-6
    assert residual(piece, readings) < 1e-6


@given(st.integers(0, 10_000), st.integers(12, 60))
@settings(deadline=None, max_examples=60)
def test_scattered_misreads_never_make_a_second_piece(seed: int, count: int) -> None:
    """A tenth of the readings wrong by any digit leaves one piece at the right place."""
    pick = random.Random(seed)  # noqa: S311 — repeatable, not secret
    readings = read(lambda at: EPOCH + 0.4 + at, every(1.3, count))
    for place in pick.sample(range(count), count // 10):
        wrong = readings[place].shown + pick.choice((-1, 1)) * pick.choice((5, 30, 60, 600, 3600, 86400))
        readings[place] = Reading(readings[place].at, wrong)
    (piece,) = fit(readings)
    assert abs(piece.intercept - EPOCH - 0.4) < 1


def test_a_removed_middle_is_two_pieces_with_the_jump_between() -> None:
    """Sixty seconds are missing at second 10."""
    pieces = fit(read(lambda at: EPOCH + at + (60 if at >= 10 else 0), every(0.5, 40)))
    assert [(piece.begin, piece.end) for piece in pieces] == [(0.0, 9.5), (10.0, 19.5)]
    assert pieces[1].intercept - pieces[0].intercept == 60


def test_a_jump_back_is_found_too() -> None:
    """Swapped parts run back."""
    pieces = fit(read(lambda at: EPOCH + at - (30 if at >= 8 else 0), every(1.0, 20)))
    assert [round(piece.intercept - EPOCH) for piece in pieces] == [0, -30]


def test_a_clock_that_stands_and_goes_on_late_shows_by_its_cumulative_offset() -> None:
    """Five seconds of standing, read each second."""
    pieces = fit(read(lambda at: EPOCH + at - min(max(at - 12, 0), 5), every(1.0, 40)))
    assert [round(piece.intercept - EPOCH) for piece in pieces if piece.rate == 1] == [0, -5]


def test_another_rate_is_measured() -> None:
    """A recording sped up by a tenth, and one of one percent over ten minutes."""
    (fast,) = fit(read(lambda at: EPOCH + 1.1 * at, every(1.0, 60)))
    assert abs(fast.rate - 1.1) < 0.005
    (slight,) = fit(read(lambda at: EPOCH + 1.01 * at, every(7.0, 90)))
    assert abs(slight.rate - 1.01) < 0.001


def test_a_lone_reading_gives_nothing() -> None:
    """A line needs more than a point."""
    assert fit([Reading(0.0, EPOCH)]) == ()
    assert fit([]) == ()


def test_readings_at_random_give_nothing() -> None:
    """Noise that parses as time is no clock."""
    pick = random.Random(3)  # noqa: S311 — repeatable, not secret
    assert fit([Reading(float(at), float(pick.randrange(10**9))) for at in range(30)]) == ()


@given(st.floats(0.93, 1.07), st.floats(0, 0.999), st.integers(36, 90))
@example(0.953125, 0.953125, 38)
@example(1.03, 0.0, 68)
@settings(deadline=None)
def test_a_clock_a_little_fast_or_slow_is_right_at_both_ends(rate: float, fraction: float, count: int) -> None:
    """Sped up by a twentieth for twenty seconds it gains a second: the fit stays well within one at either end."""
    readings = read(lambda at: EPOCH + fraction + rate * at, every(0.5, count))
    pieces = fit(readings)
    end = readings[-1].at
    assert abs(pieces[0].clock(0.0) - EPOCH - fraction) < 0.9
    assert abs(pieces[-1].clock(end) - EPOCH - fraction - rate * end) < 0.9


def test_a_clock_set_by_a_second_is_not_held_to_run_at_another_rate() -> None:
    """Satellite and network do this; steps in two places are a rate."""
    for by in (1, -1):
        readings = read(lambda at, by=by: EPOCH + at + by * (at >= 13.3), every(1.0, 31))
        assert all(piece.rate == 1 or set_once(piece, readings) for piece in fit(readings))
    sped_up = read(lambda at: EPOCH + 1.07 * at, every(1.0, 31))
    assert [set_once(piece, sped_up) for piece in fit(sped_up)] == [False]
