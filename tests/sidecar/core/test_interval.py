"""Interval arithmetic: properties that hold for every set of stretches."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.core.interval import (
    InstantOutOfRange,
    Interval,
    NaiveInstant,
    ReversedInterval,
    coverage,
    covered,
    gaps,
    overlaps,
    subtract,
    total,
    uncovered,
    union,
)

DAY = datetime(2026, 3, 1, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))


def at(start: float, end: float) -> Interval:
    """A stretch from second to second of the day."""
    return Interval(DAY + timedelta(seconds=start), DAY + timedelta(seconds=end))


seconds = st.integers(0, 600)
stretches = st.tuples(seconds, seconds).map(lambda pair: at(*sorted(pair)))
sets = st.lists(stretches, max_size=8)
forms = stretches.filter(lambda i: i.start < i.end)


def marked(intervals: list[Interval] | tuple[Interval, ...]) -> set[int]:
    """Every whole second that the stretches cover: the plain model the arithmetic is held against."""
    begins = [(int((i.start - DAY).total_seconds()), int((i.end - DAY).total_seconds())) for i in intervals]
    return {second for start, end in begins for second in range(start, end)}


@given(sets)
def test_union_covers_the_same_seconds(intervals: list[Interval]) -> None:
    """The union covers exactly what its members cover."""
    assert marked(union(intervals)) == marked(intervals)


@given(sets)
def test_union_is_disjoint_and_in_order(intervals: list[Interval]) -> None:
    """Members of a union never touch."""
    assert all(before.end < after.start for before, after in pairwise(union(intervals)))


@given(sets)
def test_union_is_idempotent(intervals: list[Interval]) -> None:
    """Uniting a union changes nothing."""
    assert union(union(intervals)) == union(intervals)


@given(sets, sets)
def test_union_is_commutative(some: list[Interval], others: list[Interval]) -> None:
    """The order of recordings does not matter."""
    assert union(some + others) == union(others + some)


@given(sets, st.integers(0, 60))
def test_bridging_closes_exactly_the_short_pauses(intervals: list[Interval], pause: int) -> None:
    """After bridging, every pause left is longer than what was bridged."""
    bridged = union(intervals, bridging=timedelta(seconds=pause))
    assert all((after.start - before.end).total_seconds() > pause for before, after in pairwise(bridged))
    assert marked(intervals) <= marked(bridged)


@given(forms, sets)
def test_coverage_is_a_share(form: Interval, intervals: list[Interval]) -> None:
    """Coverage lies between nothing and all."""
    assert 0 <= coverage(form, intervals) <= 1


@given(forms, sets)
def test_covered_and_uncovered_make_the_form(form: Interval, intervals: list[Interval]) -> None:
    """Each instant of the form is either covered or not."""
    inside, outside = covered(form, intervals), uncovered(form, intervals)
    assert total(inside) + total(outside) == form.length
    assert marked(inside) | marked(outside) == marked((form,))
    assert not marked(inside) & marked(outside)


@given(forms, sets, stretches)
def test_a_further_recording_never_lowers_coverage(form: Interval, intervals: list[Interval], more: Interval) -> None:
    """More recording is never less coverage."""
    assert coverage(form, [*intervals, more]) >= coverage(form, intervals)


@given(forms, sets, st.integers(-(10**7), 10**7))
def test_shifting_everything_changes_nothing(form: Interval, intervals: list[Interval], by_s: int) -> None:
    """Only differences of time matter."""
    by = timedelta(seconds=by_s)
    moved = [interval.shifted(by) for interval in intervals]
    assert coverage(form.shifted(by), moved) == coverage(form, intervals)
    assert gaps(moved) == tuple(gap.shifted(by) for gap in gaps(intervals))


@given(sets)
def test_gaps_are_what_lies_between(intervals: list[Interval]) -> None:
    """Gaps and union together are one unbroken stretch."""
    joined = union([*union(intervals), *gaps(intervals)])
    assert len(joined) <= 1
    assert not marked(gaps(intervals)) & marked(intervals)


@given(sets)
def test_overlaps_are_what_two_cover(intervals: list[Interval]) -> None:
    """A second is in the overlaps when two stretches hold it."""
    counted = [second for interval in intervals for second in marked((interval,))]
    assert marked(overlaps(intervals)) == {second for second in counted if counted.count(second) > 1}


@given(sets, sets)
def test_subtraction_takes_out_the_holes_only(intervals: list[Interval], holes: list[Interval]) -> None:
    """What stays is what was there and was not taken."""
    assert marked(subtract(intervals, holes)) == marked(intervals) - marked(holes)


@given(stretches, stretches)
def test_distance_is_symmetric(one: Interval, other: Interval) -> None:
    """Distance is the same both ways and zero exactly when the closed stretches meet."""
    assert one.distance(other) == other.distance(one)
    assert (one.distance(other) == timedelta(0)) == (one.start <= other.end and other.start <= one.end)


def test_a_moment_is_covered_by_a_stretch_that_holds_it() -> None:
    """A moment counts as covered or not, the last instant of a recording included."""
    assert coverage(at(5, 5), [at(0, 5)]) == 1
    assert coverage(at(5, 5), [at(0, 4)]) == 0


def test_the_zone_of_writing_does_not_matter() -> None:
    """The same instants written in two zones are the same stretch."""
    here = Interval(DAY.astimezone(CHINA), (DAY + timedelta(hours=1)).astimezone(CHINA))
    assert here == at(0, 3600)


def test_elapsed_time_is_counted_across_a_change_to_summer_time() -> None:
    """Subtraction within one zone would count wall time; China had summer time until 1991."""
    shanghai = ZoneInfo("Asia/Shanghai")
    night = Interval(datetime(1990, 4, 15, 1, 0, tzinfo=shanghai), datetime(1990, 4, 15, 4, 0, tzinfo=shanghai))
    assert night.seconds == 2 * 3600


def test_naive_instants_are_refused() -> None:
    """An instant without offset has no place on the time line."""
    with pytest.raises(NaiveInstant) as caught:
        Interval(datetime(2026, 3, 1), DAY)  # noqa: DTZ001  the naive instant is the case under test
    assert caught.value.code == "QC-INTERVAL-NAIVE"


def test_reversed_intervals_are_refused() -> None:
    """An end before the start is an error of reading, not an empty interval."""
    with pytest.raises(ReversedInterval) as caught:
        at(10, 5)
    assert caught.value.code == "QC-INTERVAL-REVERSED"


def test_the_rim_of_the_calendar_is_a_coded_error() -> None:
    """A misread year 1 must not end in an OverflowError."""
    with pytest.raises(InstantOutOfRange):
        Interval(datetime(1, 1, 1, tzinfo=CHINA), DAY)
    with pytest.raises(InstantOutOfRange):
        at(0, 1).shifted(timedelta(days=3_000_000))
