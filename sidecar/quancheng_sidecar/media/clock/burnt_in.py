"""The burnt-in clock: found, read, fitted against media time, looked at closer where it is uneven."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from quancheng_sidecar.media.clock.frames import FrameSource
from quancheng_sidecar.media.clock.line_fit import Piece, Reading, fit, residual, set_once
from quancheng_sidecar.media.clock.meaning import Meaning
from quancheng_sidecar.media.clock.region import locate
from quancheng_sidecar.media.clock.running import Region
from quancheng_sidecar.media.clock.samples import Sample, View, by_order, plan_times, read_samples
from quancheng_sidecar.media.clock.second_reading import date_votes, holds, retold
from quancheng_sidecar.media.clock.text_reader import text_reader
from quancheng_sidecar.media.clock.tick import sharpen
from quancheng_sidecar.media.report import Probe

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 — the picture states no zone
_ROUNDS = 3
_CLOSE_S = 1.0
_BETWEEN = 5
_BESIDE_S = (-0.8, -0.4, 0.4, 0.8)
_MOST_MORE = 36
_APART_S = 0.03
_MOST_PIECES = 24
"""A clock in more pieces than this is not evenly readable at all."""


@dataclass(frozen=True)
class ClockFit:
    """The readings under one order of the date's figures, and the pieces in which the clock ran evenly."""

    order: str
    read: tuple[tuple[Sample, Meaning], ...]
    pieces: tuple[Piece, ...]

    @property
    def accepted(self) -> tuple[tuple[Sample, Meaning], ...]:
        """Readings that lie on a piece, in order of time."""
        return tuple(self.read[place] for piece in self.pieces for place in piece.members)

    @property
    def misread(self) -> tuple[tuple[Sample, Meaning], ...]:
        """Readings that lie on none."""
        members = {place for piece in self.pieces for place in piece.members}
        return tuple(read for place, read in enumerate(self.read) if place not in members)

    @property
    def zone(self) -> timedelta | None:
        """Offset from UTC that the picture states in at least half of the readings."""
        stated = Counter(meaning.zone for _, meaning in self.accepted)
        zone, count = stated.most_common(1)[0] if stated else (None, 0)
        return zone if 2 * count >= len(self.accepted) else None

    @property
    def residual_s(self) -> float:
        """Largest residual of all pieces, in seconds."""
        readings = _readings(self.read)
        return max((residual(piece, readings) for piece in self.pieces), default=0.0)

    @property
    def rate(self) -> float:
        """Seconds of the clock per media second at first; 1 where it may as well have been set by a second once."""
        return 1.0 if set_once(self.pieces[0], _readings(self.read)) else self.pieces[0].rate

    def clock(self, at: float) -> datetime:
        """The clock at a media time, without zone: by the piece that runs there, or the nearest."""
        return self.on(min(self.pieces, key=lambda piece: max(piece.begin - at, at - piece.end, 0.0)), at)

    def on(self, piece: Piece, at: float) -> datetime:
        """The clock at a media time, had it always run as in this piece."""
        return _EPOCH + timedelta(seconds=round(piece.clock(at), 3))


@dataclass(frozen=True)
class BurntIn:
    """A burnt-in clock: one fit for each way to read its date, best first, and how well it could be read."""

    fits: tuple[ClockFit, ...]
    region: Region
    samples: tuple[Sample, ...]
    votes: Counter[date]
    """Independent readings of the date from what stands still in the picture."""
    retold: tuple[int, int]
    """Readings of prepared crops that say what the fit says, and that say otherwise."""
    length: float
    """Media seconds from the first frame to the last one's begin."""
    place: str = ""
    """Where in the picture it stands, and its number among the clocks there: `top-left-1`."""

    @property
    def best(self) -> ClockFit:
        """The fit with the most readings."""
        return self.fits[0]


@dataclass(frozen=True)
class TimeOfDay:
    """A text that runs like a clock and has no date: what it shows at media time 0, in seconds since midnight."""

    of_day: float
    raw: str
    place: str


def read_burnt_in(path: Path, probe: Probe) -> tuple[tuple[BurntIn, ...], tuple[TimeOfDay, ...]]:
    """Find and read what runs like a clock in a video: those with a date, the best first, and times of day alone.

    A second one with a date that cannot be read through is told by its time of day.
    Raises DamagedFile when the container cannot be opened.
    """
    with FrameSource(path, probe) as source:
        if not len(source.frame_times):
            return (), ()
        reader = text_reader()
        located = locate(source, reader)
        main = (
            _read_at(View(source, reader, located.main), f"{located.place(located.main)}-1") if located.main else None
        )
        clocks, alone = ([main] if main else []), []
        for number, other in enumerate(located.others, 2):
            # Numbered, so that two in the same corner stay apart.
            place = f"{located.place(other)}-{number}"
            read = _read_at(View(source, reader, other), place) if other.dated else None
            if read is not None:
                clocks.append(read)
            else:
                alone.append(TimeOfDay(other.of_day, other.raw, place))
        return tuple(clocks), tuple(alone)


def _read_at(view: View, place: str) -> BurntIn | None:
    """Read one clock through the recording; None when what was read does not advance."""
    samples = _look_closer(view, read_samples(view, plan_times(view.source)))
    fits = fits_of(samples)
    if not fits or not _advances(fits[0]):
        return None
    best, again = _confirmed(view, fits[0])
    fits = _sharpened(view, (best, *fits[1:]))
    moments = [sample.at for sample, meaning in fits[0].accepted if _same_day(meaning, fits[0])]
    votes = date_votes(view, moments, fits[0].order)
    return BurntIn(fits, view.region, tuple(samples), votes, again, view.source.duration, place)


def _readings(read: Sequence[tuple[Sample, Meaning]]) -> list[Reading]:
    return [Reading(s.at, (m.instant - _EPOCH).total_seconds(), m.resolution_s) for s, m in read]


def fits_of(samples: Sequence[Sample]) -> tuple[ClockFit, ...]:
    """Fit every order of the date's figures; best first, and only those that hold as well as the best.

    Of orders that mean the same day (05/05) the first stands for both. A day of the week beside the date settles its
    order.
    """
    fits = [ClockFit(order, tuple(read), fit(_readings(read))) for order, read in by_order(samples).items()]
    fits = sorted((one for one in fits if one.pieces), key=lambda one: -len(one.accepted))
    fits = [one for one in fits if len(one.accepted) >= 0.8 * len(fits[0].accepted)]
    by_start = {one.clock(0.0): one for one in reversed(fits)}
    return _by_weekday(tuple(one for one in fits if by_start[one.clock(0.0)] is one))


def _by_weekday(fits: tuple[ClockFit, ...]) -> tuple[ClockFit, ...]:
    """The one order of the date that the day of the week beside it bears out, where it speaks against all others."""
    counted = [Counter(meaning.weekday_fits for _, meaning in one.accepted if meaning.weekday_beside) for one in fits]
    fitting = [one for one, days in zip(fits, counted, strict=True) if holds(days[True], days[False])]
    against = [one for one, days in zip(fits, counted, strict=True) if holds(days[False], days[True])]
    return tuple(fitting) if len(fitting) == 1 and len(fitting) + len(against) == len(fits) else fits


def _look_closer(view: View, samples: Sequence[Sample]) -> list[Sample]:
    """Read more frames wherever the clock is uneven or a reading stands alone, until a jump is known to a second."""
    found = sorted(samples, key=lambda sample: sample.at)
    for _ in range(_ROUNDS):
        fits = fits_of(found)
        if not fits:
            break
        more = _worth_reading(fits[0], [sample.at for sample in found], view.source.duration)
        if not more:
            break
        # A frame may come for two of the times asked for.
        known = {sample.at for sample in found}
        added = [sample for sample in read_samples(view, more) if sample.at not in known]
        found = sorted([*found, *added], key=lambda sample: sample.at)
    return found


def _worth_reading(clock: ClockFit, known: Sequence[float], duration: float) -> list[float]:
    wanted: list[float] = []
    for before, after in pairwise(clock.pieces):
        if after.begin - before.end > _CLOSE_S:
            wanted += [float(at) for at in np.linspace(before.end, after.begin, _BETWEEN + 2)[1:-1]]
    for sample, _ in clock.misread:
        wanted += [sample.at + beside for beside in _BESIDE_S]
    new: list[float] = []
    for at in wanted:
        if 0 <= at <= duration and all(abs(at - other) > _APART_S for other in (*known, *new)):
            new.append(at)
    return sorted(new[:_MOST_MORE])


def _advances(clock: ClockFit) -> bool:
    """Whether some piece shows at least two different instants and runs forwards or backwards."""
    return any(
        abs(piece.rate) > 0.05 and len({clock.read[place][1].instant for place in piece.members}) > 1  # noqa: PLR2004 — slower is standing
        for piece in clock.pieces
    )


def _same_day(meaning: Meaning, clock: ClockFit) -> bool:
    return meaning.instant.date() == clock.accepted[0][1].instant.date()


def _confirmed(view: View, clock: ClockFit) -> tuple[ClockFit, tuple[int, int]]:
    """Read every piece a second time and drop those that fall apart: a digit misread for a while is no jump.

    With how many second readings of what is left said the same, and how many otherwise.
    """
    told = []
    for piece in clock.pieces[:_MOST_PIECES]:
        moments = [clock.read[place][0].at for place in piece.members]
        told.append((piece, *retold(view, moments, partial(clock.on, piece), clock.order)))
    sound = [one for one in told if holds(one[1], one[2])] or told
    kept = replace(clock, pieces=tuple(piece for piece, _, _ in sound))
    return kept, (sum(alike for _, alike, _ in sound), sum(otherwise for _, _, otherwise in sound))


def _sharpened(view: View, fits: tuple[ClockFit, ...]) -> tuple[ClockFit, ...]:
    """Find the turn of the second for the first and last piece; other orders of the date share its fraction."""
    best = fits[0]
    ends = {0, len(best.pieces) - 1}
    sharp = [sharpen(view, piece, best.order) if place in ends else piece for place, piece in enumerate(best.pieces)]
    others = []
    for other in fits[1:]:
        pieces = list(other.pieces)
        if len(pieces) == len(sharp):
            pieces = [_shifted(new, old, mine) for new, old, mine in zip(sharp, best.pieces, pieces, strict=True)]
        others.append(replace(other, pieces=tuple(pieces)))
    return (replace(best, pieces=tuple(sharp)), *others)


def _shifted(sharp: Piece, old: Piece, other: Piece) -> Piece:
    return replace(other, low=other.low + sharp.low - old.low, high=other.high + sharp.high - old.high)
