"""What a burnt-in clock does from one even stretch of its course to the next: it leaps, stands, or shows by turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from quancheng_sidecar.media.clock.line_fit import Piece, Reading, set_once
from quancheng_sidecar.media.clock.order import is_setting
from quancheng_sidecar.media.integrity.course import SLACK_S, Course, held

LEAST_JUMP_S = 1.0
"""A jump is stated only when it is surely longer than this."""
LEAST_READINGS = 3
"""Different values on each side without which nothing is stated: those of one second may all be misread alike."""
_HALF_DAY_S, _NEAR_HOUR_S = 12 * 3600.0, 2.0
_MEET_S = 3.0
"""Stretches this near each other on the clock follow on: each edge is known to a look, and copying loses a little."""
MAY_MEET = 2
"""Stretches that may follow on each other by chance."""
_MOST_SHOWN = 4
"""Cameras that are looked for where a screen shows several by turns."""
_LEAST_RATE = 0.005
PLAIN_RATE = 0.02
"""From here on another pace is plain."""


@dataclass(frozen=True)
class Jump:
    """Between two stretches the clock gained `by` seconds (lost, when negative), surely at least `least`.

    `last` and `first` are the readings on both sides; `stood` says that it was seen to stand in between.
    """

    before: Piece
    after: Piece
    last: Reading
    first: Reading
    by: float
    least: float
    stood: bool

    @property
    def at(self) -> float:
        """Media second halfway between the last reading before and the first after."""
        return (self.last.at + self.first.at) / 2


def jumps_of(course: Course) -> list[Jump]:
    """Changes of the clock between neighbouring stretches that are surely longer than LEAST_JUMP_S."""
    found = []
    for before, after in pairwise(_telling(course)):
        last, first = course.members(before)[-1], course.members(after)[0]
        at = (last.at + first.at) / 2
        by = after.clock(at) - before.clock(at)
        # Each line is sure to within half the width of its band, and to what its clock gains while it is drawn.
        drawn = SLACK_S * max(1.0, abs(before.rate), abs(after.rate))
        unsure = (after.high - after.low + before.high - before.low) / 2 + drawn
        if abs(by) - unsure >= LEAST_JUMP_S and not _rolls_over(course, last, first, by):
            stood = any(last.at <= piece.end and piece.begin <= first.at for piece in course.standing)
            found.append(Jump(before, after, last, first, by, abs(by) - unsure, stood))
    return found


def _telling(course: Course) -> list[Piece]:
    """The running stretches to hold beside each other.

    One of another rate that is too short to tell it joins two that lie apart, as where some seconds were sped up.
    """
    odd = [piece for piece in course.running if abs(piece.rate - 1) >= PLAIN_RATE and not runs_off(piece, course)]
    return [one for one in _plain(course) if one not in odd]


def _values(course: Course, piece: Piece) -> int:
    return len({reading.shown for reading in course.members(piece)})


def _rolls_over(course: Course, last: Reading, first: Reading, by: float) -> bool:
    """Whether a clock of twelve hours went on from 12:59 to 01:00, as it does without anybody's doing."""
    hours = course.instant(last.shown).hour, course.instant(first.shown).hour
    return abs(by + _HALF_DAY_S) <= _NEAR_HOUR_S and hours == (12, 1)


def is_set(jump: Jump) -> bool:
    """Whether the jump looks like a clock that was set, not like a scene that was removed."""
    return is_setting(jump.by)


def rearranged(course: Course) -> bool:
    """Whether the running stretches make one whole in another order than they stand in."""
    shown = [(course.members(piece)[0].shown, course.members(piece)[-1].shown) for piece in _plain(course)]
    follow_on = all(abs(after[0] - before[1]) <= _MEET_S + course.step for before, after in pairwise(sorted(shown)))
    return len(shown) > 1 and follow_on and shown != sorted(shown)


def by_turns(course: Course) -> bool:
    """Whether a few clocks show by turns, as where a screen goes through several cameras that differ in time.

    Each stretch goes on where that clock's last one would be; two clocks need three stretches, more of them two rounds.
    """
    pieces = _plain(course)
    return any(
        len(pieces) >= 2 * count - (count == MAY_MEET) and all(map(_goes_on, pieces, pieces[count:]))
        for count in range(MAY_MEET, _MOST_SHOWN + 1)
    )


def _goes_on(before: Piece, after: Piece) -> bool:
    at = (before.end + after.begin) / 2
    unsure = (after.high - after.low + before.high - before.low) / 2 + SLACK_S
    return abs(after.clock(at) - before.clock(at)) <= unsure


def _plain(course: Course) -> list[Piece]:
    """The running stretches of which enough values are read."""
    return [piece for piece in course.running if _values(course, piece) >= LEAST_READINGS]


def stands(course: Course) -> list[list[Reading]]:
    """Runs in which the clock shows one value for far longer than its step, and than its pace explains."""
    return [
        run
        for run in held(course.readings)
        if len(run) >= LEAST_READINGS
        and run[-1].at - run[0].at > course.step + 1 + SLACK_S
        and not any(_runs_through(piece, run, course) for piece in course.running)
    ]


def _runs_through(piece: Piece, run: Sequence[Reading], course: Course) -> bool:
    """Whether a run lies on a stretch whose clock runs so slowly that it shows one value for so long."""
    return (
        set(run) <= set(course.members(piece)) and abs(piece.rate) * (run[-1].at - run[0].at) <= course.step + SLACK_S
    )


def stood(course: Course) -> tuple[tuple[float, float], ...]:
    """Media seconds between which the clock stands."""
    return tuple((run[0].at, run[-1].at) for run in stands(course))


def hides(course: Course, begin: float, end: float) -> bool:
    """Whether a clock that is read before and after is nowhere read between two media seconds, often as it should."""
    at = [reading.at for reading in course.readings]
    if not (any(one < begin for one in at) and any(one > end for one in at)):
        return False
    apart = median(after - before for before, after in pairwise(at))
    return not any(begin < one < end for one in at) and end - begin >= LEAST_READINGS * apart


def ran(course: Course) -> tuple[tuple[float, float], ...]:
    """Media seconds between which the clock runs evenly on."""
    return tuple((piece.begin, piece.end) for piece in _plain(course) if piece.rate > 0)


def runs_off(piece: Piece, course: Course) -> bool:
    """Whether a stretch is surely of another pace than the recording is played at."""
    off = abs(piece.rate - 1)
    gains = off >= _LEAST_RATE and off * (piece.end - piece.begin) > course.step + 2 * SLACK_S
    return gains and not set_once(piece, course.readings)
