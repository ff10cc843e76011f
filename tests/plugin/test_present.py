"""What the machine's clock is good for."""

from datetime import UTC, datetime, timedelta

from quancheng_plugin.present import WRITTEN, present


def test_a_clock_that_was_never_set_puts_nothing_into_the_future() -> None:
    """A machine that starts in 1970 still takes what was recorded before this was written for past."""
    later = WRITTEN + timedelta(days=400)
    assert [present(datetime(1970, 1, 1, tzinfo=UTC)), present(later)] == [WRITTEN, later]
