"""The NAL units of a video that ONVIF Media Signing hashes, and the statements that stand between them."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av

from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.integrity.coding import coding_of
from quancheng_sidecar.media.integrity.onvif_sei import Statement, UnreadableStatement, stated_end, statement_of
from quancheng_sidecar.media.nal_units import by_length, kind_of
from quancheng_sidecar.media.report import Stream

MOST_UNITS = 2_000_000
"""About 18 hours at 30 pictures a second; what lies beyond is not verified."""
OUT_OF_ORDER = 16
"""Units from its place that one may stand which a network sent late: receivers wait for half a second at most."""
_DEFAULT = "sha256"
_START = b"\0\0\1"
_RETRIES = 64
_MOST_ZEROS = 8
"""The signature's format has numbers of eight bytes: so many zeros may stand before a one."""


@dataclass(frozen=True)
class Placed:
    """A statement (None: it cannot be read), the number of units before it, and its own unit where it is not signed."""

    statement: Statement | None
    before: int
    at: float
    unit: int | None = None


@dataclass
class SignedStream:
    """Hashes of all units in order, with the media second of each; `firsts` are units that begin a group.

    `late` are hashes that the first units of a group would have in the group before, whose pictures may come so late.
    `uncovered` counts pictures of kinds that the rules leave unhashed, so that nothing vouches for them.
    `whole` is False when there was more than is verified.
    """

    algorithm: str
    hashes: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    late: dict[int, bytes] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    uncovered: int = 0
    whole: bool = True


def read_signed(path: Path, container: str, video: Stream) -> SignedStream:
    """Read the leading video of a file, with the hash that its first statement names. Raises DamagedFile, KeyError."""
    found = _read(path, container, video, _DEFAULT)
    named = next((p.statement.algorithm for p in found.placed if p.statement and p.statement.algorithm), _DEFAULT)
    return found if named == found.algorithm else _read(path, container, video, named)


def _read(path: Path, container: str, video: Stream, algorithm: str) -> SignedStream:
    with open_media(path, container) as opened:
        stream = opened.streams[video.index]
        coding = coding_of(stream)
        reader = _Reader(algorithm, coding.codec if coding else "")
        if coding is None:
            return reader.found
        tick = float(stream.time_base) if stream.time_base else 0.0
        zero = video.first_pts or 0.0
        for _ in range(_RETRIES):  # damaged stretches raise, and reading may go on behind them
            try:
                for packet in opened.demux(stream):
                    at = packet.pts if packet.pts is not None else packet.dts
                    reader.take(memoryview(packet), coding.length_size, (at or 0) * tick - zero)
            except av.FFmpegError:
                continue
            break
    return reader.found


class _Reader:
    def __init__(self, algorithm: str, codec: str) -> None:
        self.found = SignedStream(algorithm)
        self._codec, self._h264 = codec, codec == "h264"
        self._header = 1 if self._h264 else 2
        self._before = self._anchor = bytes(hashlib.new(algorithm).digest_size)

    def take(self, data: memoryview, length_size: int, at: float) -> None:
        """Take the units of one packet."""
        for unit in self._units(data, length_size):
            if len(self.found.hashes) >= MOST_UNITS:
                self.found.whole = False
                return
            # Muxers leave zeros behind a unit, which are no part of it.
            self._unit(unit.rstrip(b"\0"), at)

    def _units(self, data: memoryview, length_size: int) -> Iterator[bytes]:
        if not length_size:
            return _by_start_codes(bytes(data), self._header)
        return _rejoined((bytes(data[begin:end]) for begin, end in by_length(data, length_size)), self._header)

    def _unit(self, unit: bytes, at: float) -> None:
        if len(unit) <= self._header:
            return
        kind = kind_of(unit, self._codec)
        if kind in ({6} if self._h264 else {39, 40}):
            self._statement(unit, at)
        elif kind in ({1, 5} if self._h264 else {0, 1, *range(16, 22)}):
            key = kind == 5 if self._h264 else kind >= 16  # noqa: PLR2004  IDR; IRAP (H.265 table 7-1)
            self._picture(unit, at, first=key and bool(unit[self._header] & 0x80))
        elif kind < (5 if self._h264 else 32):  # other pictures
            self.found.uncovered += 1

    def _picture(self, unit: bytes, at: float, *, first: bool) -> None:
        """Hash a slice: the first of a group by itself, each other together with that one's hash, the anchor."""
        own, place = self._hash(unit), len(self.found.hashes)
        if first:
            self._before, self._anchor = self._anchor, own
            self.found.firsts.append(place)
        elif self.found.firsts and place - self.found.firsts[-1] <= OUT_OF_ORDER:
            self.found.late[place] = self._hash(self._before + own)
        self._add(own if first else self._hash(self._anchor + own), at)

    def _statement(self, unit: bytes, at: float) -> None:
        before = len(self.found.hashes)
        try:
            said = statement_of(unit, self._header)
        except UnreadableStatement:
            self.found.placed.append(Placed(None, before, at))
            return
        if said is None:
            return
        signed = said.signature is not None
        self.found.placed.append(Placed(said, before, at, None if signed else before))
        if not signed:
            self._add(self._hash(said.document), at)

    def _hash(self, data: bytes) -> bytes:
        return hashlib.new(self.found.algorithm, data).digest()

    def _add(self, value: bytes, at: float) -> None:
        self.found.hashes.append(value)
        self.found.times.append(at)


def _rejoined(found: Iterable[bytes], header: int) -> Iterator[bytes]:
    """The units of a packet, a signature whole that was written unescaped and parted at the start codes inside it.

    Conversion from a transport stream parts it so, and takes a zero from before each of them, or all that are there;
    what is whole has the size that it states, and one byte behind it.
    """
    held: list[bytes] = []
    for unit in found:
        held.append(unit)
        parted = len(held) - 1
        lost = stated_end(held[0], 0, header) + 1 - len(_START.join(held))
        if parted and 0 <= lost <= parted + _MOST_ZEROS:
            zeros = [bytes(n < lost) for n in range(parted)]
            zeros[0] += bytes(max(0, lost - parted))
            yield b"".join(one + zero + _START for one, zero in zip(held, zeros, strict=False)) + unit
        elif lost <= 1:  # it is whole, or what follows is no part of it
            yield from held
        else:
            continue
        held = []
    yield from held


def _by_start_codes(data: bytes, header: int) -> Iterator[bytes]:
    """NAL units of an Annex B packet; a start code inside a signature that was written unescaped ends nothing."""
    at = data.find(_START)
    while at >= 0:
        begin = at + len(_START)
        at = data.find(_START, begin)
        until = stated_end(data, begin, header)
        while 0 <= at < until:
            at = data.find(_START, at + 1)
        yield data[begin : at if at >= 0 else len(data)]
