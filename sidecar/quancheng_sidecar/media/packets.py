"""What the packets of each stream add up to; nothing is decoded, and nothing read where the container has a table."""

# `Packet` takes a type parameter in its stubs alone.
from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from quancheng_sidecar.media.avchd import camera_tags
from quancheng_sidecar.media.index import Indexed, whole_index

_ENCODER = re.compile(rb"(?:x26[45] - core \d+|x265 \(build \d+\)|Lavc\d[\d.]*)[ -~]{0,40}")
_FIRST_BYTES = 65_536
_STEPS = 4_096
_RETRIES = 64
_BACK_S = 1.0
_MOST_S = 10 * 366 * 86_400
"""Ten years: a longer recording is no measure but absurd instants."""
_VARIES = 0.02


@dataclass
class Tally:
    """One stream's packets; instants in ticks of its time base. `timed` counts those that are shown."""

    seconds_per_tick: float
    packets: int = 0
    key_frames: int = 0
    bytes: int = 0
    timed: int = 0
    first: int | None = None
    steps_back: list[float] = field(default_factory=list)
    encoder: str | None = None
    camera: dict[str, str] = field(default_factory=dict)
    _low: int | None = None
    _high: int = 0
    _earlier: int = 0
    _last: int | None = None
    _steps: Counter[int] = field(default_factory=Counter)

    def add(self, packet: Packet[Stream]) -> None:
        """Count one packet. Packets hidden by an edit list count, but give no time."""
        if not self.packets and packet.stream.type == "video":
            self.encoder, self.camera = _said(bytes(packet)[:_FIRST_BYTES])
        self.packets += 1
        self.key_frames += packet.is_keyframe
        self.bytes += packet.size
        at = packet.pts if packet.pts is not None else packet.dts
        if at is not None and not packet.is_discard:
            self._show(at, packet.dts if packet.dts is not None else at, packet.duration)

    def add_all(self, table: Indexed) -> None:
        """Count all packets of a stream by its table, which says nothing of encoder and camera."""
        self.packets, self.key_frames = len(table.at), int(table.key.sum())
        self.bytes = int(table.size.sum())
        shown = ~table.hidden
        for at, lasts in zip(table.at[shown].tolist(), table.lasts[shown].tolist(), strict=True):
            self._show(at, at, lasts)

    def _show(self, at: int, dts: int, lasts: int | None) -> None:
        self.timed += 1
        self._step(dts, at)
        self._low = at if self._low is None else min(self._low, at)
        self.first = at if self.first is None else min(self.first, at)
        self._high = max(self._high, at + (lasts or self.usual_step or 0))

    def _step(self, dts: int, at: int) -> None:
        last, self._last = self._last, dts
        if last is None:
            return
        step = dts - last
        if step * self.seconds_per_tick < -_BACK_S:
            # Joined pieces count on from their own beginning: each run is measured by itself.
            self._earlier += self._high - (self._low or 0)
            self.steps_back.append(self._earlier * self.seconds_per_tick)
            self._low, self._high = at, at
        elif step > 0 and (step in self._steps or len(self._steps) < _STEPS):
            self._steps[step] += 1

    @property
    def usual_step(self) -> int | None:
        """The commonest distance between packets, in ticks."""
        return max(self._steps, key=self._steps.__getitem__) if self._steps else None

    @property
    def measured(self) -> float | None:
        """Seconds from the first packet's instant to the last one's end; None where the instants are absurd."""
        if self._low is None:
            return None
        seconds = round((self._earlier + self._high - self._low) * self.seconds_per_tick, 6)
        return seconds if seconds <= _MOST_S else None

    @property
    def varies(self) -> bool:
        """Whether more than 2 % of the steps differ from the middle one by over a quarter (and two ticks)."""
        count = self._steps.total()
        if count < 3:  # noqa: PLR2004  two steps show no habit
            return False
        middle, seen = 0, 0
        for step in sorted(self._steps):
            seen += self._steps[step]
            if 2 * seen >= count:
                middle = step
                break
        off = sum(n for step, n in self._steps.items() if abs(step - middle) > max(middle / 4, 2))
        return off > _VARIES * count


def tally(opened: InputContainer, path: Path, container: str) -> dict[int, Tally]:
    """Give what a recording's packets add up to, by stream index; `container` as in `Probe`.

    They are read to the end, or to where nothing more can be read, unless the container's own table tells the same.
    """
    found = {stream.index: Tally(float(stream.time_base) if stream.time_base else 0.0) for stream in opened.streams}
    tables = whole_index(opened, path, container)
    if tables is None:
        _read(opened, found)
        return found
    with path.open("rb") as file:
        for index, table in tables.items():
            found[index].add_all(table)
            if opened.streams[index].type == "video":
                file.seek(int(table.place[0]))
                said = _said(file.read(min(int(table.size[0]), _FIRST_BYTES)))
                found[index].encoder, found[index].camera = said
    return found


def _read(opened: InputContainer, found: dict[int, Tally]) -> None:
    for _ in range(_RETRIES):  # damaged stretches raise, and reading may go on behind them
        try:
            for packet in opened.demux():
                if packet.size and packet.stream_index in found:
                    found[packet.stream_index].add(packet)
        except av.FFmpegError:
            continue
        break


def _said(data: bytes) -> tuple[str | None, dict[str, str]]:
    """What the first picture says of its encoder, and of its camera."""
    return _encoder_named(data), camera_tags(data)


def _encoder_named(data: bytes) -> str | None:
    """The encoder's own words in the first picture (H.264 and H.265: user data SEI)."""
    match = _ENCODER.search(data)
    return match[0].decode("ascii").strip() if match else None
