"""Stretches of digital silence: an open microphone always leaves noise."""

from collections.abc import Callable
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
_SAMPLES = {"s16": "h", "s32": "i", "flt": "f", "dbl": "d"}
"""FFmpeg's sample formats that cameras use, planar (with a `p` behind) or not, and their letters in `struct`."""
_GLANCED = 3
"""Samples of a channel that are looked at first: one of them is loud in almost every frame, and the rest is spared."""


class Stretch(NamedTuple):
    """Media seconds between which there is silence, and the largest sample (0..1) of the frame before it."""

    begin: float
    end: float
    before: float = 0.0


@dataclass
class Silence:
    """Silent stretches, seconds of sound heard in all, and whether all was heard.

    `channels` are those in which a channel is silent that was heard before, and another is not. `pauses` counts the
    silent stretches of at least PAUSE_S into which the sound fades.
    """

    stretches: list[Stretch] = field(default_factory=list)
    heard_s: float = 0.0
    whole: bool = True
    pauses: int = 0
    channels: list[Stretch] = field(default_factory=list)


_MOST_PLANES = 7
"""Channels that the library gives each by itself; of eight and more (7.1) it raises instead."""


class Listener:
    """Listens to one sound stream for digital silence as it is decoded."""

    def __init__(self, *, zero: float, limit_s: float) -> None:
        """`zero` is the second from which times count; listening stops after `limit_s` seconds of work."""
        self._found = Silence()
        self._zero, self._left_s = zero, limit_s
        self._heard_in: set[int] = set()
        self._loud: AudioFrame | None = None

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
        self._found.channels = [one for one in self._found.channels if one.end - one.begin >= _PLAIN_S]
        return self._found

    def _hear(self, frame: AudioFrame, at: float) -> None:
        length = frame.samples / frame.sample_rate if frame.sample_rate else 0.0
        self._found.heard_s += length
        channels = _channels(frame)
        loud = {number for number, samples in enumerate(channels) if _is_loud(samples)}
        if not loud:
            _go_on(self._found.stretches, at, length, self._peak_before)
            return
        if any(number not in loud and number in self._heard_in for number in range(len(channels))):
            _go_on(self._found.channels, at, length)
        self._heard_in |= loud
        self._loud = frame

    def _peak_before(self) -> float:
        return max(map(_peak, _channels(self._loud))) if self._loud is not None else 0.0


def _go_on(stretches: list[Stretch], at: float, length: float, before: Callable[[], float] = float) -> None:
    """Lengthen the last stretch by a frame that follows on it, or begin another, `before` which was so loud."""
    if stretches and at - stretches[-1].end < 2 * length:
        stretches[-1] = stretches[-1]._replace(end=at + length)
    else:
        stretches.append(Stretch(at, at + length, before()))


type _Samples = NDArray[Any] | memoryview[Any]


def _channels(frame: AudioFrame) -> list[_Samples]:
    """The samples of each channel; in place, where the format is one that cameras use."""
    letter: Any = _SAMPLES.get(frame.format.name.removesuffix("p"))
    count = frame.layout.nb_channels
    if letter is None:
        samples = frame.to_ndarray()
        return list(samples if frame.format.is_planar else samples.reshape(-1, count).T)
    planes = [memoryview(plane).cast(letter) for plane in frame.planes]
    if frame.format.is_planar:
        return [plane[: frame.samples] for plane in planes]
    return [planes[0][number : frame.samples * count : count] for number in range(count)]


def _is_loud(samples: _Samples) -> bool:
    if isinstance(samples, memoryview):
        limit = QUIET * _full_scale(samples.format)
        if any(abs(sample) > limit for sample in samples[:: len(samples) // _GLANCED + 1]):
            return True
    return _peak(samples) > QUIET


def _peak(samples: _Samples) -> float:
    """The largest sample, as share of full scale."""
    values = np.asarray(samples)
    if values.size == 0:
        return 0.0
    if values.dtype == np.uint8:
        return float(np.ptp(values)) / 255
    return max(-float(values.min()), float(values.max())) / _full_scale(values.dtype.char)


def _full_scale(letter: str) -> float:
    return 1.0 if letter in "fd" else float(2 ** (8 * np.dtype(letter).itemsize - 1) - 1)


def silence_findings(found: Silence) -> tuple[Finding, ...]:
    """Silent stretches within sound as signs; a recording silent throughout has its microphone off."""
    silent_s = sum(one.end - one.begin for one in found.stretches)
    # Of a second and less nothing is told: encoders start with silence.
    if found.heard_s and silent_s >= max(found.heard_s - RIM_S, found.heard_s / 2):
        return (_all_silent(silent_s),)
    gated = found.pauses >= PAUSES
    inner = [one for one in found.stretches if one.begin > RIM_S or one.end - one.begin > _PLAIN_S + RIM_S]
    told = [_finding(one, by_habit=gated and one.before <= SOFT) for one in inner]
    return (*told, *_channel_findings(found.channels))


def _channel_findings(channels: list[Stretch]) -> tuple[Finding, ...]:
    """The longest stretch in which one channel alone is silent: two microphones often are two devices."""
    if not channels:
        return ()
    longest = max(channels, key=lambda one: one.end - one.begin)
    begin, end = longest.begin, longest.end
    sentence = Sentence(
        zh=f"录像第{begin:.1f}至{end:.1f}秒有一个声道完全没有声音信号，另一声道仍有声音，此前该声道也有"
        f"（全程共{len(channels)}处）：单独抹去一个声道会如此，无线麦克风关闭或断开也会如此。",
        en=f"From {begin:.1f} to {end:.1f} s one channel has no sound signal at all while another has, and it had one"
        f" before ({len(channels)} such in all): silencing one channel does this, and so does a wireless microphone"
        " that is off.",
    )
    figures = {"silent_s": round(end - begin, 3), "tolerance_s": _PLAIN_S, "times": len(channels)}
    return (
        Finding(
            code="sound-channel-silenced", severity=Severity.LOW, sentence=sentence, at=round(begin, 3), figures=figures
        ),
    )


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
