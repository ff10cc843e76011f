"""A stretch of picture that comes again though it was coded anew, told by how the picture changes from frame to frame.

What moves, and a camera's noise, never change twice alike for two seconds, whatever stands still around them: so a
fixed camera's scene, which looks the same for hours, is not taken for a repetition. Coding anew keeps most of it. Not
found: stretches in which little moves, that were put in at another speed or size, or in which each picture stands
twice; what machines, blinking lamps and encoders repeat in a rhythm is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence

CELLS = 16
"""Cells along each side of a picture, whose mean change is kept."""
IN_A_ROW = 50
"""Pictures that must change alike, about two seconds."""
ALIKE = 0.8
"""Mean correlation of the changes: of repetitions coded anew 0.84 to 0.96, at bit rates that leave little 0.7 to 0.9;
of ordinary footage, with fixed cameras and starved bit rates, 0.43 at most; of a swinging frame 0.76.
"""
RHYTHM = 0.5
"""A stretch that is so like itself a little later moves in a rhythm."""
MOVED = 1.0
"""Mean difference (0..255) of pictures half a stretch apart: below, an encoder may repeat its own unrest."""
MOST_PICTURES = 40_000
"""Pictures that are held beside each other: 22 minutes at 30 a second, 10 MB."""

_SCALE, _STRONGEST = 20, 127
_EVERY = 10
_LIKELY = 0.6
_VOTES = 3
_MOST_LAGS = 32
_ROWS = 256
_ROUND = 1.5


@dataclass(frozen=True)
class Recurrence:
    """Pictures from number `first` on change as those from `again` on, `count` of them; `likeness` is 0..1."""

    first: int
    again: int
    count: int
    likeness: float

    @property
    def is_loop(self) -> bool:
        """Whether the pictures go round and round, as on a filmed screen."""
        return self.count >= _ROUND * (self.again - self.first)


class Motion:
    """Changes of brightness from picture to picture, a coarse grid of them each: 256 bytes a picture."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def note(self, change: NDArray[np.int16] | None) -> None:
        """Note the change from the picture before, a grid of any size; None where there is nothing to compare."""
        if len(self._kept) >= MOST_PICTURES * CELLS * CELLS:
            return
        if change is None or min(change.shape) < CELLS:
            self._kept += bytes(CELLS * CELLS)
            return
        high, wide = (side // CELLS for side in change.shape)
        cells = change[: high * CELLS, : wide * CELLS].reshape(CELLS, high, CELLS, wide).mean(axis=(1, 3))
        # A lamp or the exposure that changes the whole picture says nothing of what moves in it.
        cells = np.clip((cells - cells.mean()) * _SCALE, -_STRONGEST, _STRONGEST)
        self._kept += cells.round().astype(np.int8).tobytes()

    def recurrences(self) -> list[Recurrence]:
        """Stretches that come again, each once, in the order of the recording."""
        changes = np.frombuffer(bytes(self._kept), np.int8).reshape(-1, CELLS * CELLS).astype(np.float32)
        if len(changes) < 2 * IN_A_ROW:
            return []
        unit = changes / np.maximum(np.sqrt(np.einsum("ij,ij->i", changes, changes)), np.float32(1))[:, None]
        found: list[Recurrence] = []
        for lag in _likely_lags(unit):
            found += [one for one in _at_lag(unit, lag) if _moves(changes, one) and not _in_rhythm(unit, one)]
        return _apart(found)


def motion_findings(motion: Motion, at: Sequence[float]) -> tuple[Finding, ...]:
    """A finding for each stretch that comes again; `at` are the media seconds of the pictures noted."""
    return tuple(_finding(one, at) for one in motion.recurrences())


def _finding(one: Recurrence, at: Sequence[float]) -> Finding:
    """At most medium: what a screen shows again and again is filmed twice; low where it goes round."""
    first, again, length = at[one.first], at[one.again], at[one.first + one.count - 1] - at[one.first]
    return Finding(
        code="pictures-repeated",
        severity=Severity.LOW if one.is_loop else Severity.MEDIUM,
        sentence=Sentence(
            zh=f"录像第{again:.1f}秒起的{length:.1f}秒画面，逐帧变化与第{first:.1f}秒起的几乎相同，编码却不同："
            "像是同一段画面重复使用后又重新编码；拍摄或录制循环播放的屏幕、往复运转的设备也会如此，请比对这两处画面。",
            en=f"From {again:.1f} s on {length:.1f} s of picture change, frame by frame, as from {first:.1f} s on,"
            " though they are coded otherwise, as if one stretch had been used again and all coded anew; filming or"
            " capturing a screen that plays in a loop, or a machine that goes to and fro, does this too; please compare"
            " both places.",
        ),
        at=round(again, 3),
        figures={
            "first_s": round(first, 3),
            "length_s": round(length, 3),
            "pictures": one.count,
            "likeness": round(one.likeness, 3),
            "least": IN_A_ROW,
            "least_likeness": ALIKE,
            "coded_anew": True,
        },
    )


def _likely_lags(unit: NDArray[np.float32]) -> list[int]:
    """How much later pictures come again, by every tenth of them; the likeliest first."""
    votes = np.zeros(len(unit), dtype=np.int32)
    asked = np.arange(0, len(unit), _EVERY)
    for rows in np.split(asked, range(_ROWS, len(asked), _ROWS)):
        which, where = np.nonzero(unit[rows] @ unit.T >= _LIKELY)
        later = where - rows[which]
        np.add.at(votes, later[later >= IN_A_ROW], 1)
    order = np.argsort(-votes, kind="stable")[:_MOST_LAGS]
    return [int(lag) for lag in order if votes[lag] >= _VOTES]


def _likeness(unit: NDArray[np.float32], lag: int) -> NDArray[np.float32]:
    """Mean correlation of IN_A_ROW changes with those `lag` later, by the number of the first."""
    alike = np.einsum("ij,ij->i", unit[:-lag], unit[lag:])
    summed = np.concatenate(([0.0], np.cumsum(alike, dtype=np.float64)))
    return ((summed[IN_A_ROW:] - summed[:-IN_A_ROW]) / IN_A_ROW).astype(np.float32)


def _at_lag(unit: NDArray[np.float32], lag: int) -> list[Recurrence]:
    if lag + IN_A_ROW > len(unit):
        return []
    mean = _likeness(unit, lag)
    edges = np.diff(np.concatenate(([0], (mean >= ALIKE).astype(np.int8), [0])))
    runs = zip(np.nonzero(edges > 0)[0], np.nonzero(edges < 0)[0], strict=True)
    return [
        Recurrence(int(begin), int(begin) + lag, int(end - begin) + IN_A_ROW - 1, float(mean[begin:end].max()))
        for begin, end in runs
    ]


def _moves(changes: NDArray[np.float32], one: Recurrence) -> bool:
    """Whether the picture becomes another within the stretch, and does not only stir."""
    course = np.cumsum(changes[one.first : one.first + one.count], axis=0) / _SCALE
    half = IN_A_ROW // 2
    return float(np.abs(course[half:] - course[:-half]).mean()) >= MOVED


def _in_rhythm(unit: NDArray[np.float32], one: Recurrence) -> bool:
    """Whether the stretch is like itself a moment later, as what swings or blinks is."""
    stretch = unit[one.first : one.first + one.count + IN_A_ROW]
    lags = range(2, min(IN_A_ROW, len(stretch) - IN_A_ROW))
    return any(float(_likeness(stretch, lag)[0]) >= RHYTHM for lag in lags)


def _apart(found: list[Recurrence]) -> list[Recurrence]:
    """The longest of those that speak of the same pictures coming again (a lag of one picture more or less)."""
    kept: list[Recurrence] = []
    for one in sorted(found, key=lambda one: -one.count):
        if not any(one.again < k.again + k.count and k.again < one.again + one.count for k in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.again)
