"""The course of a burnt-in clock against media time, as stretches in which it runs evenly.

Stretches are told apart by where their fitted lines lie, that is by the *cumulative* offset, never by steps between
neighbouring readings: a freeze shows no step back. The fit leaves a lone misread out; a digit that is misread over
and over is left out here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from quancheng_sidecar.media.clock.line_fit import Piece, Reading, fit
from quancheng_sidecar.media.report import ClockSample

SLACK_S = 0.3
"""How far a true clock may stray from what it shows: drawn a few frames late, sampled a few frames off."""
LEAST_CONFIDENCE = 0.5
DOUBTFUL_CONFIDENCE = 0.25
"""What readings of a doubtful clock must have: their score counts half (`clock.reading`)."""
_STANDS = 0.02
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RUNS_OF_A_STEP = 3
_COARSE = (60, 30, 10, 5, 2)


@dataclass(frozen=True)
class Course:
    """A clock's readings (media seconds, seconds since the first shown) and the even stretches they fall into.

    `running` and `standing` are in order; `step` is the step in which the clock is shown, in seconds; `zero` the
    instant of shown time 0. `doubtful` are stretches that are likely one digit misread.
    """

    readings: tuple[Reading, ...] = ()
    running: tuple[Piece, ...] = ()
    standing: tuple[Piece, ...] = ()
    doubtful: tuple[Piece, ...] = ()
    step: float = 1.0
    zero: datetime = _EPOCH

    def instant(self, shown: float) -> datetime:
        """The instant of a shown time."""
        return self.zero + timedelta(seconds=shown)

    def members(self, piece: Piece) -> list[Reading]:
        """The readings of a stretch."""
        return [self.readings[place] for place in piece.members]


def follow(samples: Sequence[ClockSample], *, least: float = LEAST_CONFIDENCE) -> Course:
    """Part the readings of a clock into even stretches; the order of `samples` does not matter.

    Readings of a confidence (0..1) under `least` are left out; those of a doubtful clock lie under LEAST_CONFIDENCE.
    """
    sure = sorted((s for s in samples if s.confidence >= least), key=lambda s: s.at)
    if not sure:
        return Course()
    zero = sure[0].shown
    step = _step(sure)
    readings = tuple(Reading(s.at, (s.shown - zero).total_seconds(), step) for s in sure)
    pieces = fit(readings)
    return Course(
        readings=readings,
        running=tuple(piece for piece in pieces if abs(piece.rate) > _STANDS),
        standing=tuple(piece for piece in pieces if abs(piece.rate) <= _STANDS),
        step=step,
        zero=zero,
    )


def held(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Runs of neighbouring readings that show the same value."""
    runs: list[list[Reading]] = []
    for reading in readings:
        if runs and runs[-1][0].shown == reading.shown:
            runs[-1].append(reading)
        else:
            runs.append([reading])
    return runs


def _step(samples: Sequence[ClockSample]) -> float:
    """The step in which the clock is shown: 1 s, unless it is coarser everywhere (minutes only, a slow overlay)."""
    seconds = {sample.shown.second + sample.shown.microsecond / 1e6 for sample in samples}
    if len(samples) > 1 and seconds == {0.0}:
        return 60.0
    runs = held([Reading(sample.at, sample.shown.timestamp()) for sample in samples])
    long_runs = sum(run[-1].at - run[0].at > 1 + SLACK_S for run in runs)
    for step in _COARSE:
        if len({value % step for value in seconds}) == 1 and long_runs >= _RUNS_OF_A_STEP:
            return float(step)
    return 1.0
