"""Whether a change of the clock is rather one glyph misread over and over.

A digit that is mistaken for another (3 for 8) shifts every reading in which it stands: all that differs from the true
clock is that pair of digits, and wherever the one is due the other is read. A removed or inserted scene changes many
digits, or, where it lasts just ten or twenty seconds, one place alone: then the digit is read rightly in the others.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from quancheng_sidecar.media.clock.line_fit import Piece, Reading
from quancheng_sidecar.media.integrity.course import Course

_EXPLAINED = 0.75
"""Share of the odd readings that the one pair of digits must explain alone; others are misread otherwise too."""
_HOLDS = 0.9
"""Share of the readings in which the digit is due, that must show the other."""
_HOLDS_ELSEWHERE = 0.5
"""The same in other places of the time, whose neighbours are others: where the digit is due there at all."""
_TIME = range(8, 14)


@dataclass(frozen=True)
class _Compared:
    """Digits due and read (YYYYMMDDhhmmss) of one reading."""

    due: str
    read: str

    def pairs(self) -> set[tuple[str, str]]:
        return {(a, b) for a, b in zip(self.due, self.read, strict=True) if a != b}

    def places(self, pair: tuple[str, str]) -> set[int]:
        return {n for n, both in enumerate(zip(self.due, self.read, strict=True)) if both == pair}


def cleaned(course: Course) -> Course:
    """The course with its true stretch alone, where one misread glyph explains all the others."""
    for base in course.running:
        if len(course.running) > 1 and _explains(course, base):
            return replace(course, running=(base,), doubtful=tuple(p for p in course.running if p is not base))
    return course


def _explains(course: Course, base: Piece) -> bool:
    compared = [_compare(course, base, reading) for reading in course.readings]
    odd = [compared[place] for piece in course.running if piece is not base for place in piece.members]
    counted = Counter(pair for one in odd for pair in one.pairs())
    if not counted:
        return False
    pair = counted.most_common(1)[0][0]
    alone = sum(one.pairs() <= {pair} for one in odd)
    return alone >= _EXPLAINED * len(odd) and _consistent(compared, odd, pair)


def _consistent(compared: Sequence[_Compared], odd: Sequence[_Compared], pair: tuple[str, str]) -> bool:
    """Whether the digit is misread nearly wherever it is due there, and mostly in other places of the time."""
    places = set[int]().union(*(one.places(pair) for one in odd))
    elsewhere = set(_TIME) - places
    return _misread(compared, pair, places) >= _HOLDS and _misread(compared, pair, elsewhere) >= _HOLDS_ELSEWHERE


def _misread(compared: Sequence[_Compared], pair: tuple[str, str], places: Iterable[int]) -> float:
    """Share of the readings in which one digit of the pair is due in these places, that show the other; 1 of none."""
    read = [one.read[n] for one in compared for n in places if one.due[n] == pair[0]]
    return read.count(pair[1]) / len(read) if read else 1.0


def _compare(course: Course, base: Piece, reading: Reading) -> _Compared:
    """The reading beside what was due by `base`, to the nearest step: which second it is may be off by one."""
    read = f"{course.instant(reading.shown):%Y%m%d%H%M%S}"
    due = course.instant(base.clock(reading.at))
    late = (0.0, -course.step / 2, course.step / 2, -course.step, course.step)
    choices = [_Compared(f"{due + timedelta(seconds=by):%Y%m%d%H%M%S}", read) for by in late]
    return min(choices, key=lambda one: sum(a != b for a, b in zip(one.due, one.read, strict=True)))
