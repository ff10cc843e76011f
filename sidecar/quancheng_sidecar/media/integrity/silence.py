"""Stretches of digital silence: an open microphone always leaves noise."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence

QUIET = 1 / 32768
"""Largest sample, as share of full scale, that counts as digital silence: less than one step of 16 bits."""
LEAST_S = 1.0
RIM_S = 1.0
"""Encoders and microphones start with silence."""
PAUSE_S, PAUSES = 0.1, 3
"""Pauses into which sound fades, so many of which show a device that cuts quiet sound off."""
SOFT = 0.005
"""Largest sample (share of full scale) just before silence, to which sound has faded.

Gates and talk over a silent track came to 0.0034 at most, speech and street that were silenced to 0.05 and more.
"""
_PLAIN_S = 2.0
_SAMPLES = {"s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}
"""FFmpeg's sample formats that cameras use, planar (with a `p` behind) or not."""


class Stretch(NamedTuple):
    """Media seconds between which there is silence, and the largest sample (0..1) of the frame before it."""

    begin: float
    end: float
    before: float = 0.0


@dataclass
class Silence:
    """Silent stretches, seconds of sound heard in all, and whether all was heard.

    `pauses` counts those of at least PAUSE_S into which the sound fades.
    """

    stretches: list[Stretch] = field(default_factory=list)
    heard_s: float = 0.0
    whole: bool = True
    pauses: int = 0


_MOST_PLANES = 7
"""Channels that the library gives each by itself; of eight and more (7.1) it raises instead."""


class Listener:
    """Listens to one sound stream for digital silence as it is decoded."""

    def __init__(self, *, zero: float, limit_s: float) -> None:
        """`zero` is the second from which times count; listening stops after `limit_s` seconds of work."""
        self._found = Silence()
        self._zero, self._left_s = zero, limit_s
        self._before = 0.0

    def listen(self, frame: AudioFrame) -> None:
        """Listen to a decoded frame."""
        if self._left_s <= 0 or (frame.format.is_planar and frame.layout.nb_channels > _MOST_PLANES):
            self._found.whole = False
        elif frame.time is not None:
            self._hear(frame, frame.time - self._zero)

    def spend(self, seconds: float) -> None:
        """Take seconds of work from those that are left."""
        self._left_s -= seconds

    def finish(self) -> Silence:
        """Give the stretches that last long enough."""
        all_of_them = self._found.stretches
        self._found.pauses = sum(
            one.end - one.begin >= PAUSE_S and one.begin > RIM_S and one.before <= SOFT for one in all_of_them
        )
        self._found.stretches = [one for one in all_of_them if one.end - one.begin >= LEAST_S]
        return self._found

    def _hear(self, frame: AudioFrame, at: float) -> None:
        found = self._found
        length = frame.samples / frame.sample_rate if frame.sample_rate else 0.0
        found.heard_s += length
        loudest = peak(frame)
        if loudest > QUIET:
            self._before = loudest
        elif found.stretches and at - found.stretches[-1].end < 2 * length:
            found.stretches[-1] = found.stretches[-1]._replace(end=at + length)
        else:
            found.stretches.append(Stretch(at, at + length, self._before))


def peak(frame: AudioFrame) -> float:
    """The largest sample (share of full scale) of the first channel that is not silent; QUIET or less when all are."""
    name = frame.format.name.removesuffix("p")
    if name not in _SAMPLES:
        return _peak(frame.to_ndarray())
    # Plane by plane, in place: almost every frame is loud in its first one.
    count = frame.samples if frame.format.is_planar else frame.samples * frame.layout.nb_channels
    peaks = (_peak(np.frombuffer(plane, _SAMPLES[name], count)) for plane in frame.planes)
    return next((loud for loud in peaks if loud > QUIET), 0.0)


def _peak(samples: NDArray[Any]) -> float:
    if samples.size == 0:
        return 0.0
    if samples.dtype == np.uint8:
        return float(np.ptp(samples)) / 255
    scale = 1.0 if samples.dtype.kind == "f" else float(2 ** (8 * samples.dtype.itemsize - 1) - 1)
    return max(-float(samples.min()), float(samples.max())) / scale


def silence_findings(found: Silence) -> tuple[Finding, ...]:
    """Silent stretches within sound as signs; a recording silent throughout has its microphone off."""
    silent_s = sum(one.end - one.begin for one in found.stretches)
    # Of a second and less nothing is told: encoders start with silence.
    if found.heard_s and silent_s >= max(found.heard_s - RIM_S, found.heard_s / 2):
        return (_all_silent(silent_s),)
    gated = found.pauses >= PAUSES
    inner = [one for one in found.stretches if one.begin > RIM_S or one.end - one.begin > _PLAIN_S + RIM_S]
    return tuple(_finding(one, by_habit=gated and one.before <= SOFT) for one in inner)


def _all_silent(silent_s: float) -> Finding:
    return Finding(
        code="sound-silent",
        severity=Severity.LOW,
        sentence=Sentence(
            zh="全程没有声音信号（麦克风关闭或声音被去除）。",
            en="There is no sound signal at all (microphone off, or sound removed).",
        ),
        figures={"silent_s": round(silent_s, 2)},
    )


def _finding(one: Stretch, *, by_habit: bool) -> Finding:
    """`by_habit`: the sound fades into silence here and in several places more, as a device that gates it leaves it."""
    begin, end = one.begin, one.end
    plain = end - begin >= _PLAIN_S and not by_habit
    return Finding(
        code="sound-silenced",
        severity=Severity.MEDIUM if plain else Severity.LOW,
        sentence=Sentence(
            zh=f"录像第{begin:.1f}至{end:.1f}秒完全没有声音信号，前后却有：声音被抹去、按过静音键，"
            "或设备降噪时切断声音、声音数据丢失，都会如此"
            f"{'；本录像多处声音都是渐弱后切断，像是设备降噪的习惯' if by_habit else ''}。",
            en=f"From {begin:.1f} to {end:.1f} s there is no sound signal at all, though there is around it:"
            " silencing does this, and so do the mute key, a device that cuts quiet sound off, and lost sound data"
            f"{'; in several places it fades before, as where a device gates its microphone' if by_habit else ''}.",
        ),
        at=round(begin, 3),
        figures={
            "silent_s": round(end - begin, 3),
            "tolerance_s": LEAST_S,
            "peak_before": round(one.before, 5),
            "by_habit": by_habit,
        },
    )
