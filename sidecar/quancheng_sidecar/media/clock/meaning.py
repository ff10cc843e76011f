"""What a burnt-in text may mean as an instant, and which of its meanings a whole recording bears out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from quancheng_sidecar.media.clock.date_text import DateRead, dates_in
from quancheng_sidecar.media.clock.time_text import TimeRead, normalise, times_in


@dataclass(frozen=True)
class Meaning:
    """One way to read a clock's text: a local instant without zone, true to `resolution_s`, and how it was written."""

    instant: datetime
    resolution_s: float
    order: str
    """Order of the date's figures: `ymd`, `mdy` or `dmy`."""
    notation: str
    half: bool
    weekday: int | None
    zone: timedelta | None = None
    """Offset from UTC that the picture states."""
    unsure: bool = False
    """Whether the word for the part of the day leaves open which half, or which day, is meant."""
    weekday_beside: bool = False
    """Whether the day of the week stands beside the date."""

    @property
    def style(self) -> tuple[str, bool]:
        """What a device does not change within a recording."""
        return self.notation, self.half

    @property
    def weekday_fits(self) -> bool | None:
        """Whether the day of the week beside the date is that of the date; None when none is written."""
        return None if self.weekday is None else self.weekday == self.instant.weekday()


def meanings(time_text: str, date_text: str | None = None) -> tuple[Meaning, ...]:
    """Give every instant that the text of a clock may mean; `date_text` when the date stands in a line of its own."""
    text = normalise(time_text)
    times = times_in(text)
    if date_text is None:
        pairs = [(day, time) for day in dates_in(text) for time in times if not _overlap(day.span, time.span)]
    else:
        pairs = [(day, time) for day in dates_in(normalise(date_text)) for time in times]
    return tuple(meaning for day, time in pairs for meaning in _combine(day, time))


def _combine(day: DateRead, time: TimeRead) -> Iterator[Meaning]:
    for order, date in day.readings:
        instant = datetime(date.year, date.month, date.day) + timedelta(seconds=time.seconds)  # noqa: DTZ001 — the picture states no zone
        yield Meaning(
            instant,
            time.resolution_s,
            order,
            time.notation,
            time.half,
            day.weekday,
            time.zone,
            time.unsure,
            day.weekday_beside,
        )


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]
