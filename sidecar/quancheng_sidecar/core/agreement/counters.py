"""Counters in the names of files: which figures of a name count its device's recordings.

Devices write a device's or officer's number, a date, a time of day and a counter into one name, in any order. Nothing
in a single name tells which figures count; the names of one device beside each other do.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

NARROWEST, WIDEST = 3, 6
"""Figures of a counter: fewer are channels and copies (`CH01`, `(2)`), more are times and serial numbers."""
_TIME, _DAY = "〈时间〉", "〈日期〉"
_RUN = re.compile(r"[0-9]+")
_DATE = r"(?<![0-9])(?:19[7-9][0-9]|20[0-9]{2})[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12][0-9]|3[01])"
# With seconds only: in 20260301_0001 the last figures count. Three figures that close 17 are milliseconds.
_OF_DAY = r"(?P<of_day>[-_ T@]{0,3}(?:[01][0-9]|2[0-3])[-_.:h]?[0-5][0-9][-_.:m]?[0-5][0-9](?:[0-9]{3}(?![0-9]))?)?"
_EPOCH = r"(?<![0-9])1[0-9]{9}(?:[0-9]{3})?(?![0-9])"
_TIMES = re.compile(rf"{_DATE}{_OF_DAY}|(?P<epoch>{_EPOCH})")
_HHMM, _HHMMSS = 4, 6
_SAME_MINUTE_S = 90


@dataclass(frozen=True)
class Counter:
    """The counter of one name: its number, its figures (`width`), and the `series` of names that count together.

    `pattern` is the name as people see it, with `#` for each figure of the counter.
    """

    number: int
    width: int
    series: str
    pattern: str

    @property
    def written(self) -> str:
        """The number as the name writes it."""
        return written(self.number, self.width)


def written(number: int, width: int) -> str:
    """A number with the zeros of its counter."""
    return f"{number:0{width}}"


def numbers_in(name: str) -> frozenset[str]:
    """All that may be a counter in a name, as written: a photo's number is taken, whatever precedes it."""
    return frozenset(run for run in _RUN.findall(_without_times(name)) if NARROWEST <= len(run) <= WIDEST)


def tells_time(name: str) -> bool:
    """Whether a name carries a time of day with seconds: its other figures are none, then."""
    return _TIME in _without_times(name)


def is_time_of_day(name: str, figures: str, start: datetime | None) -> bool:
    """Whether figures of a name are the time of day at which its recording began (`0930`, `093005`), not a counter."""
    if start is None or len(figures) not in {_HHMM, _HHMMSS} or tells_time(name):
        return False
    hour, minute, second = int(figures[:2]), int(figures[2:4]), int(figures[4:] or 0)
    of_day = start.hour * 3600 + start.minute * 60 + start.second
    return abs(hour * 3600 + minute * 60 + second - of_day) <= _SAME_MINUTE_S


def shape_of(name: str) -> str:
    """A name without its times and figures: names of one shape come from one way of naming."""
    return _RUN.sub(lambda run: "#" * len(run[0]), _without_times(name)).casefold()


def counters(names: Iterable[str], *, one_device: bool) -> Mapping[str, Counter]:
    """The counter of each name that has one.

    Among names of one shape the last figures that differ are the counter. Other long figures that differ (an
    officer's number, a time of day) do not part a series where all names are `one_device`'s; else they do.
    """
    shapes = defaultdict[str, list[str]](list)
    for name in dict.fromkeys(names):
        shapes[shape_of(name)].append(name)
    return {name: counter for alike in shapes.values() for name, counter in _among(alike, one_device=one_device)}


def _among(names: Sequence[str], *, one_device: bool) -> list[tuple[str, Counter]]:
    runs = [_RUN.findall(_without_times(name)) for name in names]
    differing = [
        place
        for place, values in enumerate(zip(*runs, strict=True))
        if NARROWEST <= len(values[0]) <= WIDEST and len(set(values)) > 1
    ]
    return [(name, _at(name, differing[-1], one_device=one_device)) for name in names] if differing else []


def _at(name: str, place: int, *, one_device: bool) -> Counter:
    stem = _without_times(name)
    counting = list(_RUN.finditer(stem))[place]
    before, after = stem[: counting.start()], stem[counting.end() :]
    width = len(counting[0])

    def key(words: str) -> str:
        return re.sub(rf"[0-9]{{{NARROWEST},}}", "#", words).casefold() if one_device else words.casefold()

    return Counter(
        number=int(counting[0]),
        width=width,
        series=f"{key(before)}{'#' * width}{key(after)}",
        pattern=f"{before}{'#' * width}{after}",
    )


def _without_times(name: str) -> str:
    def word(found: re.Match[str]) -> str:
        return _TIME if found["of_day"] or found["epoch"] else _DAY

    return _TIMES.sub(word, PurePath(name).stem)
