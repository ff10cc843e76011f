"""Stretches of digital silence: an open microphone always leaves noise."""

from dataclasses import dataclass
from typing import Any

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
_PLAIN_S = 2.0
_SAMPLES = {"s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}
"""FFmpeg's sample formats that cameras use, planar (with a `p` behind) or not."""


@dataclass
class Silence:
    """Silent stretches as (begin, end) media seconds, seconds of sound heard in all, and whether all was heard."""

    stretches: list[tuple[float, float]]
    heard_s: float = 0.0
    whole: bool = True


_MOST_PLANES = 7
"""Channels that the library gives each by itself; of eight and more (7.1) it raises instead."""


class Listener:
    """Listens to one sound stream for digital silence as it is decoded."""

    def __init__(self, *, zero: float, limit_s: float) -> None:
        """`zero` is the second from which times count; listening stops after `limit_s` seconds of work."""
        self._found = Silence([])
        self._zero, self._left_s = zero, limit_s

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
        self._found.stretches = [(begin, end) for begin, end in self._found.stretches if end - begin >= LEAST_S]
        return self._found

    def _hear(self, frame: AudioFrame, at: float) -> None:
        found = self._found
        length = frame.samples / frame.sample_rate if frame.sample_rate else 0.0
        found.heard_s += length
        if not is_silent(frame):
            return
        if found.stretches and at - found.stretches[-1][1] < 2 * length:
            found.stretches[-1] = (found.stretches[-1][0], at + length)
        else:
            found.stretches.append((at, at + length))


def is_silent(frame: AudioFrame) -> bool:
    """Whether no sample of the frame reaches one step of 16 bits."""
    name = frame.format.name.removesuffix("p")
    if name not in _SAMPLES:
        return _quiet(frame.to_ndarray())
    # Plane by plane, in place: almost every frame is loud in its first one.
    count = frame.samples if frame.format.is_planar else frame.samples * frame.layout.nb_channels
    return all(_quiet(np.frombuffer(plane, _SAMPLES[name], count)) for plane in frame.planes)


def _quiet(samples: NDArray[Any]) -> bool:
    if samples.size == 0:
        return True
    if samples.dtype == np.uint8:
        return bool(np.ptp(samples) == 0)
    scale = 1.0 if samples.dtype.kind == "f" else float(2 ** (8 * samples.dtype.itemsize - 1) - 1)
    return bool(-QUIET * scale <= samples.min() and samples.max() <= QUIET * scale)


def silence_findings(found: Silence) -> tuple[Finding, ...]:
    """Silent stretches within sound as signs; a recording silent throughout has its microphone off."""
    silent_s = sum(end - begin for begin, end in found.stretches)
    if found.heard_s and silent_s >= found.heard_s - RIM_S:
        return (_all_silent(silent_s),)
    inner = [(b, e) for b, e in found.stretches if b > RIM_S or e - b > _PLAIN_S + RIM_S]
    return tuple(_finding(begin, end) for begin, end in inner)


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


def _finding(begin: float, end: float) -> Finding:
    return Finding(
        code="sound-silenced",
        severity=Severity.MEDIUM if end - begin >= _PLAIN_S else Severity.LOW,
        sentence=Sentence(
            zh=f"录像第{begin:.1f}至{end:.1f}秒完全没有声音信号，前后却有：声音被抹去、按过静音键，"
            "或设备降噪时切断声音、声音数据丢失，都会如此。",
            en=f"From {begin:.1f} to {end:.1f} s there is no sound signal at all, though there is around it:"
            " silencing does this, and so do the mute key, a device that cuts quiet sound off, and lost sound data.",
        ),
        at=round(begin, 3),
        figures={"silent_s": round(end - begin, 3), "tolerance_s": LEAST_S},
    )
