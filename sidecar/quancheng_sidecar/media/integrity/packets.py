"""When each packet of a stream plays, how big it is, and what its coding says; nothing is decoded."""

import re
from array import array
from dataclasses import dataclass

import numpy as np
from av.packet import Packet
from av.stream import Stream
from numpy.typing import NDArray

from quancheng_sidecar.media.integrity.coding import Coding, coding_of

MOST_PACKETS = 8_000_000
"""Per stream: some 70 hours at 30 pictures a second, about 200 MB; what lies beyond is not examined."""
_UNSET = -(2**63)
_LIBRARY = re.compile(rb"Lavc\d{1,4}[\d.]{0,16}")
_FIRST_FRAME = 4096


@dataclass(frozen=True)
class Packets:
    """Packets of one stream in the order of the file.

    `pts` and `dts` are seconds on the file's own time line (NaN where not stated), `size` bytes, `key` and
    `hidden` (by an edit list) flags. `whole` is False when the stream was longer than is examined.
    `coding` is what the video's bitstream says of itself, None for other streams; `sound_encoder` the name that
    FFmpeg's encoder of AAC leaves in its first frame.
    """

    pts: NDArray[np.float64]
    dts: NDArray[np.float64]
    size: NDArray[np.int32]
    key: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    whole: bool = True
    coding: Coding | None = None
    sound_encoder: str | None = None

    def __len__(self) -> int:
        return len(self.pts)


class PacketTable:
    """Gathers the packets of one stream as they come from the demuxer."""

    def __init__(self, stream: Stream) -> None:
        self._seconds_per_tick = float(stream.time_base) if stream.time_base else 0.0
        self._coding = coding_of(stream)
        self._pts, self._dts = array("q"), array("q")
        self._size, self._flags = array("i"), array("b")
        self._whole = True
        self._sound_encoder: str | None = None
        self._is_sound = stream.type == "audio"

    def take(self, packet: "Packet[Stream]") -> None:
        """Note one packet; beyond MOST_PACKETS only that there was more."""
        if len(self._pts) >= MOST_PACKETS:
            self._whole = False
            return
        if self._is_sound and not self._pts and (named := _LIBRARY.search(memoryview(packet)[:_FIRST_FRAME])):
            self._sound_encoder = named[0].decode("ascii")
        pts = packet.pts if packet.pts is not None else packet.dts
        dts = packet.dts if packet.dts is not None else packet.pts
        self._pts.append(_UNSET if pts is None else pts)
        self._dts.append(_UNSET if dts is None else dts)
        self._size.append(packet.size)
        self._flags.append(packet.is_keyframe | packet.is_discard << 1)
        if self._coding is not None:
            self._coding.look(len(self._pts) - 1, packet)

    def finish(self) -> Packets:
        """Give what was gathered."""
        flags = np.array(self._flags, dtype=np.int8)
        return Packets(
            pts=_seconds(self._pts, self._seconds_per_tick),
            dts=_seconds(self._dts, self._seconds_per_tick),
            size=np.array(self._size, dtype=np.int32),
            key=(flags & 1).astype(bool),
            hidden=(flags & 2).astype(bool),
            whole=self._whole,
            coding=self._coding,
            sound_encoder=self._sound_encoder,
        )


def _seconds(ticks: "array[int]", seconds_per_tick: float) -> NDArray[np.float64]:
    values = np.array(ticks, dtype=np.int64)
    seconds = values.astype(np.float64) * np.float64(seconds_per_tick)
    seconds[values == _UNSET] = np.nan
    return seconds
