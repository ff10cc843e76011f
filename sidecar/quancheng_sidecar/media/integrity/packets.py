"""When each packet of a recording plays, how big it is, and what its coding says: one pass, nothing decoded."""

from array import array
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from numpy.typing import NDArray

from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.integrity.coding import Coding, coding_of

MOST_PACKETS = 8_000_000
"""Per stream: some 70 hours at 30 pictures a second, about 200 MB; what lies beyond is not examined."""
_RETRIES = 64
_UNSET = -(2**63)


@dataclass
class _Growing:
    seconds_per_tick: float
    coding: Coding | None
    pts: "array[int]" = field(default_factory=lambda: array("q"))
    dts: "array[int]" = field(default_factory=lambda: array("q"))
    size: "array[int]" = field(default_factory=lambda: array("i"))
    flags: "array[int]" = field(default_factory=lambda: array("b"))
    whole: bool = True

    def add(self, packet: "Packet[Stream]") -> None:
        if len(self.pts) >= MOST_PACKETS:
            self.whole = False
            return
        at = packet.pts if packet.pts is not None else packet.dts
        self.pts.append(_UNSET if at is None else at)
        self.dts.append(at if at is not None and packet.dts is None else _UNSET if packet.dts is None else packet.dts)
        self.size.append(packet.size)
        self.flags.append(packet.is_keyframe | packet.is_discard << 1)
        if self.coding is not None:
            number = len(self.pts) - 1
            self.coding.look(number, packet)


@dataclass(frozen=True)
class Packets:
    """Packets of one stream in the order of the file.

    `pts` and `dts` are seconds on the file's own time line (NaN where not stated), `size` bytes, `key` and
    `hidden` (by an edit list) flags. `whole` is False when the stream was longer than is examined.
    `coding` is what the video's bitstream says of itself, None for other streams.
    """

    pts: NDArray[np.float64]
    dts: NDArray[np.float64]
    size: NDArray[np.int32]
    key: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    whole: bool = True
    coding: Coding | None = None

    def __len__(self) -> int:
        return len(self.pts)


def read_packets(path: Path, container: str) -> dict[int, Packets]:
    """Read all packets to the end, or to where nothing more can be read; by stream index.

    Raises DamagedFile or av.FFmpegError when the file cannot be opened at all.
    """
    with open_media(path, container) as opened:
        return {index: _frozen(growing) for index, growing in _demuxed(opened).items()}


def _demuxed(opened: InputContainer) -> dict[int, _Growing]:
    streams = {
        stream.index: _Growing(float(stream.time_base) if stream.time_base else 0.0, coding_of(stream))
        for stream in opened.streams
        if stream.type in {"video", "audio"}
    }
    for _ in range(_RETRIES):  # damaged stretches raise, and reading may go on behind them
        try:
            for packet in opened.demux():
                if packet.size and packet.stream_index in streams:
                    streams[packet.stream_index].add(packet)
        except av.FFmpegError:
            continue
        break
    return streams


def _frozen(growing: _Growing) -> Packets:
    flags = np.frombuffer(growing.flags, dtype=np.int8) if growing.flags else np.zeros(0, np.int8)
    return Packets(
        pts=_seconds(growing.pts, growing.seconds_per_tick),
        dts=_seconds(growing.dts, growing.seconds_per_tick),
        size=np.array(growing.size, dtype=np.int32),
        key=(flags & 1).astype(bool),
        hidden=(flags & 2).astype(bool),
        whole=growing.whole,
        coding=growing.coding,
    )


def _seconds(ticks: "array[int]", seconds_per_tick: float) -> NDArray[np.float64]:
    values = np.array(ticks, dtype=np.int64)
    seconds = values.astype(np.float64) * np.float64(seconds_per_tick)
    seconds[values == _UNSET] = np.nan
    return seconds
