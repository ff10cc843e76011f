"""Half-open stretches of time, and the arithmetic of laying recordings over a form's interval.

Instants are kept in UTC, so that no result depends on the zone in which a time was written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import ClassVar

from quancheng_plugin.errors import QuanchengError


class NaiveInstant(QuanchengError):
    """An instant without an offset from UTC: it cannot be laid beside another."""

    code: ClassVar[str] = "QC-INTERVAL-NAIVE"


class ReversedInterval(QuanchengError):
    """An interval that ends before it starts."""

    code: ClassVar[str] = "QC-INTERVAL-REVERSED"


class InstantOutOfRange(QuanchengError):
    """An instant at the rim of the years 1 to 9999, which UTC cannot express."""

    code: ClassVar[str] = "QC-INTERVAL-RANGE"


def utc(instant: datetime) -> datetime:
    """The same instant in UTC.

    Raises NaiveInstant when it carries no offset, InstantOutOfRange at the rim of the calendar.
    """
    if instant.utcoffset() is None:
        raise NaiveInstant(
            zh=f"时间“{instant}”没有标明时区，无法比较；请补上时区。",
            en=f"The time “{instant}” names no offset from UTC and cannot be compared; add its zone.",
        )
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise _out_of_range(instant) from error


def _moved(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant + by
    except OverflowError as error:
        raise _out_of_range(instant) from error


def _out_of_range(instant: datetime) -> InstantOutOfRange:
    return InstantOutOfRange(
        zh=f"时间“{instant}”超出可计算的年份；请核对年份。",
        en=f"The time “{instant}” lies outside the years that can be reckoned with; check its year.",
    )


@dataclass(frozen=True, order=True)
class Interval:
    """The stretch [start, end): the first instant belongs to it, the last does not.

    Both instants are stored in UTC. An interval of no length is a moment; it covers nothing.
    Raises NaiveInstant, InstantOutOfRange or ReversedInterval.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.end < self.start:
            raise ReversedInterval(
                zh=f"结束时间（{self.end}）早于开始时间（{self.start}）；请核对起止时间。",
                en=f"The end ({self.end}) lies before the start ({self.start}); check both times.",
            )

    @property
    def length(self) -> timedelta:
        """Time from start to end, never negative."""
        return self.end - self.start

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.length.total_seconds()

    def shifted(self, by: timedelta) -> "Interval":
        """The same stretch moved later by `by` (earlier when negative)."""
        return Interval(_moved(self.start, by), _moved(self.end, by))

    def widened(self, by: timedelta) -> "Interval":
        """The stretch grown by `by` (≥ 0) at both ends."""
        return Interval(_moved(self.start, -by), _moved(self.end, by))

    def intersection(self, other: "Interval") -> "Interval | None":
        """What both have in common; None when that has no length."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def distance(self, other: "Interval") -> timedelta:
        """Time between the nearest ends of two stretches; zero when they touch or overlap."""
        return max(self.start - other.end, other.start - self.end, timedelta(0))


def union(intervals: Iterable[Interval], *, bridging: timedelta = timedelta(0)) -> tuple[Interval, ...]:
    """Disjoint stretches in order that together cover what the given ones cover.

    Stretches that touch become one, as do those with a pause of at most `bridging` between
    them. Moments cover nothing and fall out.
    """
    merged: list[Interval] = []
    for interval in sorted(i for i in intervals if i.start < i.end):
        if merged and interval.start - merged[-1].end <= bridging:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return tuple(merged)


def gaps(intervals: Iterable[Interval], *, longer_than: timedelta = timedelta(0)) -> tuple[Interval, ...]:
    """Pauses between neighbours that nothing covers and that last longer than `longer_than`."""
    pauses = (Interval(before.end, after.start) for before, after in pairwise(union(intervals)))
    return tuple(pause for pause in pauses if pause.length > longer_than)


def overlaps(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Stretches that two or more of the given ones cover at once, disjoint and in order."""
    doubled: list[Interval] = []
    reached: Interval | None = None
    for interval in sorted(i for i in intervals if i.start < i.end):
        if reached is not None and (common := interval.intersection(reached)):
            doubled.append(common)
        if reached is None or interval.end > reached.end:
            reached = Interval(interval.start, interval.end)
    return union(doubled)


def covered(form: Interval, intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The parts of `form` that the given stretches cover, disjoint and in order."""
    parts = (form.intersection(stretch) for stretch in union(intervals))
    return tuple(part for part in parts if part)


def uncovered(form: Interval, intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The parts of `form` that none of the given stretches covers, disjoint and in order."""
    return subtract((form,), intervals)


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> tuple[Interval, ...]:
    """What stays of the first stretches when the second ones are taken out."""
    left: list[Interval] = []
    taken = union(holes)
    for stretch in union(intervals):
        at = stretch.start
        for hole in taken:
            if hole.end <= at or hole.start >= stretch.end:
                continue
            if hole.start > at:
                left.append(Interval(at, hole.start))
            at = hole.end
        if at < stretch.end:
            left.append(Interval(at, stretch.end))
    return tuple(left)


def total(intervals: Sequence[Interval]) -> timedelta:
    """Sum of the lengths of disjoint stretches."""
    return sum((interval.length for interval in intervals), timedelta(0))


def coverage(form: Interval, intervals: Iterable[Interval]) -> float:
    """Share of `form` that the given stretches cover, 0..1.

    A moment counts as covered (1) when one of them contains it, its last instant included.
    """
    stretches = tuple(intervals)
    if form.start == form.end:
        return float(any(s.start <= form.start <= s.end for s in stretches))
    return total(covered(form, stretches)) / form.length
