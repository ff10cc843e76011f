"""Whether the readings of a burnt-in clock cover the recording; pure.

Start and end are reckoned from the readings out to the first and the last frame. That holds only where readings stand
near both: behind an unread stretch the clock may have jumped, and the recording may begin or end on another day.
"""

from collections.abc import Iterator, Sequence

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.clock.burnt_in import BurntIn
from quancheng_sidecar.media.clock.line_fit import Piece

_UNREAD_LOOKS = 2
"""So many looks at either end may fail: a hand before the lens, a fade."""
_REACH_S = 3.0
_REACH_SHARE = 0.1
"""Seconds, and share of the recording, that the unread ends may measure: the more lenient of the two."""
_PARTS = 4
_LEAST_IN_PART = 0.25
_LEAST_SHOWN = 3
"""Different instants without which the first or last of several pieces is no ground for the start or the end."""


def gaps_in(burnt: BurntIn) -> Iterator[Sentence]:
    """Give every reason why start or end of the recording are not covered by the readings accepted; none when they are.

    Asked for: a reading within two looks and 3 s (or a tenth of the recording) of either end; in each quarter of the
    recording a quarter of the looks read; and in several pieces, three different instants in the first and the last.
    """
    at = [sample.at for sample, _ in burnt.best.accepted]
    looks = sorted(sample.at for sample in burnt.samples)
    if not at or not looks:
        return
    first, last = min(at), max(at)
    reach = max(_REACH_S, _REACH_SHARE * burnt.length)
    if first > reach or sum(look < first for look in looks) > _UNREAD_LOOKS:
        yield Sentence(
            zh=f"录像开头至第{first:.1f}秒未能读出，开始时间系推算",
            en=f"not read before {first:.1f} s, so the start is reckoned",
        )
    if burnt.length - last > reach or sum(look > last for look in looks) > _UNREAD_LOOKS:
        yield Sentence(
            zh=f"录像第{last:.1f}秒以后未能读出，结束时间系推算",
            en=f"not read after {last:.1f} s of {burnt.length:.1f} s, so the end is reckoned",
        )
    yield from _thin(at, looks, burnt.length)
    yield from _weak_ends(burnt)


def _thin(at: Sequence[float], looks: Sequence[float], length: float) -> Iterator[Sentence]:
    """The quarters of the recording in which too few looks were read."""
    for part in range(_PARTS):
        begin, end = part * length / _PARTS, (part + 1) * length / _PARTS
        looked = sum(begin <= look <= end for look in looks)
        read = sum(begin <= one <= end for one in at)
        if read < _LEAST_IN_PART * looked:
            yield Sentence(
                zh=f"录像第{begin:.0f}至{end:.0f}秒看了{looked}帧，只读出{read}帧",
                en=f"between {begin:.0f} and {end:.0f} s only {read} of {looked} frames were read",
            )
            return


def _weak_ends(burnt: BurntIn) -> Iterator[Sentence]:
    """The first or last of several pieces, where it rests on too little to tell a jump from a misread digit."""
    pieces = burnt.best.pieces
    for piece in dict.fromkeys((pieces[0], pieces[-1])) if len(pieces) > 1 else ():
        if piece.rate and _shown(burnt, piece) < _LEAST_SHOWN:
            yield Sentence(
                zh=f"录像第{piece.begin:.1f}至{piece.end:.1f}秒的读数与其余不连贯，且为数太少",
                en=f"the readings from {piece.begin:.1f} to {piece.end:.1f} s do not follow on, and are too few",
            )


def _shown(burnt: BurntIn, piece: Piece) -> int:
    return len({burnt.best.read[place][1].instant for place in piece.members})
