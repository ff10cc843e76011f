"""Chromaprint of a sound stream, as it is decoded."""

from contextlib import suppress
from typing import Any

import av
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from quancheng_plugin.errors import ToolMissing

RATE = 11_025
"""Samples per second that chromaprint works on."""

STEP_S = 1365 / RATE
"""Seconds between its integers: frames of 4,096 samples, a third apart (chromaprint 1.4, default algorithm)."""

_PAUSE_S = 0.25
_AT_ONCE_S = 1.0
"""Seconds that are resampled at once: that costs half of what it does frame by frame, and gives the same samples."""
_MOST_SILENCE_S = 4 * 3600
_SILENCE = bytes(2 * RATE)


class Sound:
    """Raw chromaprint of one stream. Pauses in the time stamps are filled with silence, so that the step holds."""

    def __init__(self, stream: AudioStream, *, zero: float) -> None:
        """`zero` is the second from which times count."""
        self.start_s: float | None = None
        self.index = stream.index
        self._base = float(stream.time_base or 0)
        self._zero = zero
        self._fed = 0
        self._silence_left_s = float(_MOST_SILENCE_S)
        self._waiting, self._waiting_s = AudioFifo(), 0.0
        self._format: tuple[object, ...] = ()
        self._resampler = _resampler()
        self._printer: Any = _printer()

    def finish(self) -> tuple[int, ...]:
        """Give the integers; empty when there were fewer than about three seconds of sound."""
        import chromaprint  # noqa: PLC0415  as in `_printer`

        self._feed_waiting()
        try:
            self._feed_frames(None)
        except (av.FFmpegError, ValueError):  # nothing was ever heard
            return ()
        try:
            raw, _ = chromaprint.decode_fingerprint(self._printer.finish())
        except chromaprint.FingerprintError:  # too little sound
            return ()
        return tuple(raw)

    def hear(self, frame: AudioFrame) -> None:
        """Listen to a decoded frame, whose own instant is lost thereby; one that cannot be converted is left out."""
        if self._silence_left_s < 0:
            return
        at = None if frame.pts is None else frame.pts * self._base - self._zero
        if self.start_s is None:
            self.start_s = round(at or 0.0, 3)
        elif at is not None:
            self._pause(at - self.start_s - self._fed / RATE - self._waiting_s)
            if self._silence_left_s < 0:
                return
        # Its own instants would make the resampler stretch or refuse what does not follow on.
        frame.pts = None
        with suppress(av.FFmpegError, ValueError):
            self._gather(frame)

    def _pause(self, seconds: float) -> None:
        """Fill a pause; after four hours of pauses in all nothing more is heard (a damaged time stamp claims days)."""
        if seconds <= _PAUSE_S:
            return
        self._silence_left_s -= seconds
        if self._silence_left_s < 0:
            return
        self._feed_waiting()
        samples = round(seconds * RATE)
        for done in range(0, samples, RATE):
            self._feed(_SILENCE[: 2 * min(RATE, samples - done)])

    def _gather(self, frame: AudioFrame) -> None:
        """Hold a frame back until there is enough to resample; where the format changes, begin anew."""
        format_ = (frame.format.name, frame.layout, frame.sample_rate)
        if format_ != self._format:
            self._feed_waiting()
            # The queue itself does not notice another number of channels.
            self._waiting, self._format, self._resampler = AudioFifo(), format_, _resampler()
        self._waiting.write(frame)
        self._waiting_s += frame.samples / (frame.sample_rate or RATE)
        if self._waiting_s >= _AT_ONCE_S:
            self._feed_waiting()

    def _feed_waiting(self) -> None:
        """Resample and listen to what was held back; what cannot be converted is left out."""
        frame, self._waiting_s = self._waiting.read(), 0.0
        if frame is None:
            return
        try:
            self._feed_frames(frame)
        except (av.FFmpegError, ValueError):
            self._resampler = _resampler()

    def _feed_frames(self, frame: AudioFrame | None) -> None:
        for part in self._resampler.resample(frame):
            self._feed(bytes(part.planes[0])[: 2 * part.samples])

    def _feed(self, samples: bytes) -> None:
        self._fed += len(samples) // 2
        self._printer.feed(samples)


def _resampler() -> AudioResampler:
    return AudioResampler(format="s16", layout="mono", rate=RATE)


def _printer() -> Any:  # noqa: ANN401  the library has no types
    try:
        import chromaprint  # noqa: PLC0415  importing it fails where the system library is missing
    except ImportError as error:
        raise ToolMissing(
            zh="缺少程序库 libchromaprint1，无法计算声音指纹：请管理员安装后重试。",
            en="The library libchromaprint1 is missing, so sound cannot be fingerprinted: install it and retry.",
        ) from error
    printer = chromaprint.Fingerprinter()
    printer.start(RATE, 1)
    return printer
