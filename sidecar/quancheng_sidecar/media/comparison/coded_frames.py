"""Hashes of coded frames, with their times: equal only where the very same coding is, and nothing is decoded.

Of H.264 and H.265 the slices are hashed, of other picture codecs the packet, of sound each frame without the header
that a transport stream puts before it. So the hashes outlive re-wrapping, edited metadata and cuts without re-encoding.
Sound without frames of its own (PCM, ADPCM) has none: containers cut it anywhere.
"""

# `Packet` takes a type parameter in its stubs alone.
from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import av.stream
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from blake3 import blake3

from quancheng_sidecar.media import sound_frames
from quancheng_sidecar.media.nal_units import CODECS, is_slice, length_size, units

BYTES_A_FRAME = 12
"""Stored: a hash of 64 bits and a time of 32."""

# A frame that repeats the last one, or silence, is a few bytes that any encoder of the kind writes anywhere.
_LEAST = {"video": 64, "audio": 24}
_HEADER = 7
_UNFRAMED = ("pcm_", "adpcm_")


@dataclass(frozen=True)
class CodedFrames:
    """Coded frames of one stream in the order stored: `at` seconds (n, float32), `hashes` (n, uint64)."""

    at: npt.NDArray[np.float32]
    hashes: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.at)


NONE = CodedFrames(np.zeros(0, np.float32), np.zeros(0, np.uint64))
"""No stream, or none that has frames."""


@dataclass
class CodedHashes:
    """Takes one stream's packets as they come from the demuxer; `zero` is the second from which times count."""

    stream: av.stream.Stream
    zero: float
    # A day has millions of frames: as numbers of eight bytes each they are few.
    _at: array[float] = field(default_factory=lambda: array("d"))
    _hashes: array[int] = field(default_factory=lambda: array("Q"))

    def __post_init__(self) -> None:
        """Learn from the stream's header how its frames are framed."""
        context = self.stream.codec_context
        self._codec = context.codec.canonical_name if context is not None else ""
        self._kind = self.stream.type
        self._base = float(self.stream.time_base or 0)
        extradata = context.extradata if context is not None else None
        self._prefix = length_size(self._codec, extradata) if self._codec in CODECS else 0
        self._adts = self._codec == "aac" and not extradata

    def take(self, packet: Packet[av.stream.Stream]) -> None:
        """Hash the packet's frames; those without a time, hidden by an edit list or nearly empty are left out."""
        ticks = packet.pts if packet.pts is not None else packet.dts
        if ticks is None or packet.is_discard or self._codec.startswith(_UNFRAMED):
            return
        frames = [parts for parts in self._frames(memoryview(packet)) if sum(map(len, parts)) >= _LEAST[self._kind]]
        step = (packet.duration or 0) * self._base / max(1, len(frames))
        for number, parts in enumerate(frames):
            self._at.append(ticks * self._base - self.zero + number * step)
            self._hashes.append(_hash(parts))

    def finish(self) -> CodedFrames:
        """Give what was taken."""
        return CodedFrames(np.array(self._at, np.float32), np.array(self._hashes, np.uint64))

    def _frames(self, data: memoryview) -> Iterator[list[memoryview]]:
        if self._codec in CODECS:
            yield [unit for unit in units(data, self._prefix) if is_slice(unit, self._codec)]
        elif self._adts:
            yield [data[_header_of(data) :]]
        else:
            yield from ([frame] for frame in sound_frames.coded_frames(data, self._codec))


def _header_of(data: memoryview) -> int:
    """Bytes of the ADTS header (ISO/IEC 13818-7 § 6.2), which has a checksum unless it says not."""
    if len(data) < _HEADER or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:  # noqa: PLR2004  the syncword
        return 0
    return _HEADER if data[1] & 1 else _HEADER + 2


def _hash(parts: list[memoryview]) -> int:
    # BLAKE3: nobody can make other frames of equal hashes, and it is ten times as quick as SHA-256 without the
    # processor's own instructions for that, three times with them.
    digest = blake3()
    for part in parts:
        digest.update(part)
    return int.from_bytes(digest.digest(8))
