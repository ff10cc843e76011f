"""What a video's bitstream says of its coding: parameter sets and user data of H.264 and H.265, undecoded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from av.packet import Packet
from av.stream import Stream

X264 = UUID("dc45e9bd-e6d9-48b7-962c-d820d923eeef")
X265 = UUID("2ca2de09-b517-47db-bb55-a4fe7fc2fc4e")
ONVIF_SIGNATURE = UUID("005bc93f-2d71-5e95-ada4-796f90877a6f")
"""User data (SEI payload type 5) of the x264 and x265 encoders, and of ONVIF media signing."""

_PARAMETER_SETS = {"h264": {7, 8}, "hevc": {32, 33, 34}}
_USER_DATA = {"h264": {6}, "hevc": {39, 40}}
_UNREGISTERED = 5
MOST_KEPT = 1000
"""Packets kept of each kind."""
_MOST_UUIDS = 64


@dataclass
class Coding:
    """What was seen of one video stream.

    `changes` are numbers of packets that carry another picture parameter set or sequence parameter set than the one
    of the same kind and id before; `uuids` the kinds of user data seen; `sets` counts distinct parameter sets.
    """

    codec: str
    length_size: int
    """Bytes of the length before each NAL unit; 0 when units are marked by start codes (Annex B)."""
    changes: list[int] = field(default_factory=list)
    carrying: list[int] = field(default_factory=list)
    """Packets that carry a sequence parameter set at all (at most MOST_KEPT are kept)."""
    starts: list[int] = field(default_factory=list)
    """Packets in which an encoder introduces itself, as it does when it starts (at most MOST_KEPT are kept)."""
    uuids: set[UUID] = field(default_factory=set)
    sets: set[bytes] = field(default_factory=set)
    extradata: bytes | None = None
    _last: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def look(self, number: int, packet: "Packet[Stream]") -> None:
        """Look at one packet's NAL units; `number` is its place in the stream."""
        # Pictures that nothing refers to carry neither parameter sets nor user data that matter, but
        # ordinary predicted ones may: only the heads of units are read, whatever the packet.
        data = memoryview(packet)
        kinds, seis = _PARAMETER_SETS[self.codec], _USER_DATA[self.codec]
        for unit in units(data, self.length_size):
            kind = unit[0] & 31 if self.codec == "h264" else unit[0] >> 1 & 63
            if kind in kinds:
                self._set(number, kind, bytes(unit))
            elif kind in seis and len(self.uuids) < _MOST_UUIDS:
                self._user_data(number, set(user_data(bytes(unit), 1 if self.codec == "h264" else 2)))

    def _user_data(self, number: int, uuids: set[UUID]) -> None:
        self.uuids |= uuids
        if uuids & {X264, X265} and len(self.starts) < MOST_KEPT:
            self.starts.append(number)

    def _set(self, number: int, kind: int, unit: bytes) -> None:
        digest = blake2b(unit.rstrip(b"\0"), digest_size=8).digest()
        # The id stands at the front, in a variable-length code; the first bytes tell ids apart well enough.
        key = (kind, unit[1] if len(unit) > 1 else 0)
        self.sets.add(digest)
        if len(self.carrying) < MOST_KEPT and self.carrying[-1:] != [number]:
            self.carrying.append(number)
        if self._last.setdefault(key, digest) != digest:
            self._last[key] = digest
            if len(self.changes) < MOST_KEPT:
                self.changes.append(number)


def coding_of(stream: Stream) -> Coding | None:
    """Make ready to read the coding of a stream; None when it is not H.264 or H.265 video."""
    codec = stream.codec_context.name if stream.codec_context else ""
    if stream.type != "video" or codec not in _PARAMETER_SETS:
        return None
    return Coding(codec, _length_size(codec, bytes(stream.codec_context.extradata or b"")))


def _length_size(codec: str, extradata: bytes) -> int:
    """Bytes of NAL unit lengths by avcC (ISO/IEC 14496-15 § 5.3.3) or hvcC (§ 8.3.3); 0 for Annex B."""
    at = 4 if codec == "h264" else 21
    return (extradata[at] & 3) + 1 if len(extradata) > at and extradata[0] == 1 else 0


def units(data: memoryview, length_size: int) -> Iterator[memoryview]:
    """Give the NAL units of a packet, never beyond its end."""
    if length_size == 0:
        yield from _annex_b(data)
        return
    at = 0
    while at + length_size < len(data):
        end = at + length_size + int.from_bytes(data[at : at + length_size])
        if end <= at + length_size:
            return
        yield data[at + length_size : min(end, len(data))]
        at = end


def _annex_b(data: memoryview) -> Iterator[memoryview]:
    whole = bytes(data)
    at = whole.find(b"\0\0\1")
    while at >= 0:
        after = whole.find(b"\0\0\1", at + 3)
        unit = data[at + 3 : after if after >= 0 else len(data)]
        if len(unit):
            yield unit
        at = after


def user_data(unit: bytes, header: int) -> Iterator[UUID]:
    """Give the UUIDs of unregistered user data in one SEI unit (H.264 Annex D, H.265 Annex D)."""
    payload = unit.replace(b"\0\0\3", b"\0\0")
    at = header
    while at + 2 <= len(payload):
        kind, at = ff_coded(payload, at)
        size, at = ff_coded(payload, at)
        if kind == _UNREGISTERED and size >= 16 and at + 16 <= len(payload):  # noqa: PLR2004  a UUID's length
            yield UUID(bytes=payload[at : at + 16])
        at += size


def ff_coded(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of SEI messages, in which a byte of 255 says "and more"; gives it and the place behind it."""
    value = 0
    while at < len(data) and data[at] == 0xFF:  # noqa: PLR2004  the byte that says "and more"
        value += 255
        at += 1
    return (value + data[at], at + 1) if at < len(data) else (value, at)
