"""A form's interval and its recordings drawn on one time axis, as SVG coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

WIDTH = 900
LABEL = 190
ROW = 26
_AXIS = WIDTH - LABEL - 20
# Steps that people count time in, in seconds.
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_TICKS = 8
_MINUTE, _DAY = 60, 86400


@dataclass(frozen=True)
class Bar:
    """A stretch of time in a row; `kind` is `form`, `recording`, `gap` or `mark` (a finding, of no length)."""

    row: int
    kind: str
    label: str
    start: datetime
    end: datetime
    title: str


@dataclass(frozen=True)
class Drawn:
    """A bar in SVG user units."""

    kind: str
    label: str
    title: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Tick:
    """A labelled line of the axis."""

    x: float
    text: str


@dataclass(frozen=True)
class Timeline:
    """All that the SVG template needs."""

    width: int
    height: int
    bars: tuple[Drawn, ...]
    ticks: tuple[Tick, ...]


def draw(bars: Sequence[Bar], zone: ZoneInfo) -> Timeline | None:
    """Lay bars out on an axis that holds all of them; None when there is nothing to show."""
    if not bars:
        return None
    first, last = min(b.start for b in bars), max(b.end for b in bars)
    margin = max((last - first) * 0.03, timedelta(seconds=1))
    first, last = first - margin, last + margin
    scale = _AXIS / (last - first).total_seconds()

    def x(instant: datetime) -> float:
        return round(LABEL + (instant - first).total_seconds() * scale, 2)

    drawn = tuple(
        Drawn(b.kind, b.label, b.title, x(b.start), 24 + b.row * ROW, max(2.0, round(x(b.end) - x(b.start), 2)))
        for b in bars
    )
    return Timeline(
        width=WIDTH,
        height=24 + (max(b.row for b in bars) + 1) * ROW + 10,
        bars=drawn,
        ticks=tuple(Tick(x(at), text) for at, text in _ticks(first, last, zone)),
    )


def _shape(step: int, length: float) -> str:
    if step >= _DAY:
        return "%m-%d"
    if length > _DAY:
        return "%m-%d %H:%M"
    return "%H:%M:%S" if step < _MINUTE else "%H:%M"


def _ticks(first: datetime, last: datetime, zone: ZoneInfo) -> list[tuple[datetime, str]]:
    length = (last - first).total_seconds()
    step = next((s for s in _STEPS if length / s <= _TICKS), _STEPS[-1] * (int(length / _STEPS[-1] / _TICKS) + 1))
    local = first.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    number = int((local - midnight).total_seconds() // step) + 1
    shape = _shape(step, length)
    ticks = []
    while (at := midnight + timedelta(seconds=number * step)) < last:
        ticks.append((at, f"{at:{shape}}"))
        number += 1
    return ticks
