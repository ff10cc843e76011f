"""The 24 hours of Art. 7."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.core.deadline import HandoverState, due, handover, handover_finding
from quancheng_sidecar.core.interval import NaiveInstant

RETURNED = datetime(2026, 3, 1, 18, 0, tzinfo=timezone(timedelta(hours=8)))
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("handed_after", "asked_after", "state"),
    [
        (24 * HOUR, 30 * HOUR, HandoverState.IN_TIME),
        (24 * HOUR + timedelta(seconds=1), 30 * HOUR, HandoverState.LATE),
        (None, 24 * HOUR, HandoverState.PENDING),
        (None, 25 * HOUR, HandoverState.OVERDUE),
        (-HOUR, 2 * HOUR, HandoverState.IN_TIME),
    ],
)
def test_a_handover_is_held_against_24_hours(
    handed_after: timedelta | None, asked_after: timedelta, state: HandoverState
) -> None:
    """In time up to and including the 24th hour; docked before the return is in time."""
    handed = None if handed_after is None else RETURNED + handed_after
    assert handover(RETURNED, handed, RETURNED + asked_after).state is state


@given(st.integers(-(10**6), 10**6), st.floats(0.5, 240))
def test_late_and_left_are_two_sides_of_one_deadline(after_s: int, hours: float) -> None:
    """What is late is not left, and the reverse."""
    done = handover(RETURNED, None, RETURNED + timedelta(seconds=after_s), hours)
    assert min(done.late_s, done.left_s) == 0
    assert done.left_s - done.late_s == pytest.approx(hours * 3600 - after_s, abs=1e-5)


def test_the_due_time_is_shown_in_the_zone_of_the_return() -> None:
    """A clerk reads the due time as a local time."""
    assert due(RETURNED).isoformat() == "2026-03-02T18:00:00+08:00"


def test_a_late_handover_is_a_finding_with_figures() -> None:
    """The finding says how late and what the limit was, and never rounds a late hand-over into the limit."""
    finding = handover_finding(RETURNED, RETURNED + 24 * HOUR + timedelta(minutes=1))
    assert finding is not None
    assert finding.code == "handover-late"
    assert finding.figures["late_s"] == 60
    assert "24.1小时" in finding.sentence.zh


def test_a_handover_in_time_is_no_finding() -> None:
    """Nothing to say when the rule was kept."""
    assert handover_finding(RETURNED, (RETURNED + HOUR).astimezone(UTC)) is None


def test_a_return_without_zone_is_refused() -> None:
    """A naive instant is an error with a stable code."""
    with pytest.raises(NaiveInstant):
        due(datetime(2026, 3, 1, 18, 0))  # noqa: DTZ001  the naive instant is the case under test
