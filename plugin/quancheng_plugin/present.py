"""The present, as far as the machine's own clock can be believed."""

from datetime import UTC, datetime

WRITTEN = datetime(2026, 11, 26, tzinfo=UTC)
"""When this was written: whatever shows an earlier day is not set."""


def present(shown: datetime | None = None) -> datetime:
    """Now, by what the machine's clock shows; one that was never set, or lost its battery, gives `WRITTEN` at least."""
    return max(shown or datetime.now(UTC), WRITTEN)
