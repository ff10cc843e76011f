"""What a video's bitstream says of its coding: parameter sets and user data of H.264 and H.265, undecoded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from av.packet import Packet
from av.stream import Stream

from quancheng_sidecar.media import avchd
from quancheng_sidecar.media.integrity.picture_numbers import PictureNumbers
from quancheng_sidecar.media.nal_units import CODECS, kind_of, length_size, unescaped, units

X264 = UUID("dc45e9bd-e6d9-48b7-962c-d820d923eeef")
X265 = UUID("2ca2de09-b517-47db-bb55-a4fe7fc2fc4e")
ONVIF_SIGNATURE = UUID("005bc93f-2d71-5e95-ada4-796f90877a6f")
"""User data (SEI payload type 5) of the x264 and x265 encoders, and of ONVIF media signing."""

_PARAMETER_SETS = {"h264": {7, 8}, "hevc": {32, 33, 34}}
_USER_DATA = {"h264": {6}, "hevc": {39, 40}}
_UNREGISTERED = 5
_FIRST_SET = 6
MOST_KEPT = 1000
"""Packets kept of each kind."""
MOST_TIMES = 100_000
"""A day's seconds."""
_MOST_UUIDS = 64


@dataclass
class Coding:
    """What was seen of one video stream.

    `changes` are numbers of packets that carry another picture parameter set or sequence parameter set than the one
    of the same kind and id before, or from which on the container's header has others; `uuids` the kinds of user data
    seen; `sets` counts distinct parameter sets.
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
    recorded: list[tuple[int, str]] = field(default_factory=list)
    """Packets from which on the camera writes another time beside its pictures, and that time (at most MOST_TIMES)."""
    sets: set[bytes] = field(default_factory=set)
    header: bytes | None = None
    """The decoder's configuration in force, of the several that a container may keep (ISO/IEC 14496-12 § 8.5.2)."""
    numbers: PictureNumbers | None = field(default=None, init=False)
    """Of H.264 alone: H.265 numbers neither its pictures nor its IDR pictures."""
    _last: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.codec == "h264":
            self.numbers = PictureNumbers()
        self._read_header()

    def look(self, number: int, packet: "Packet[Stream]") -> None:
        """Look at one packet's NAL units; `number` is its place in the stream."""
        kinds, seis = _PARAMETER_SETS[self.codec], _USER_DATA[self.codec]
        if packet.has_sidedata("new_extradata"):
            self._configure(number, bytes(packet.get_sidedata("new_extradata")))
        # Whatever the picture, also one that nothing refers to: only the heads of its units are read.
        for unit in units(memoryview(packet), self.length_size):
            kind = kind_of(unit, self.codec)
            if self.numbers is not None:
                self.numbers.look(number, unit)
            if kind in kinds:
                self._set(number, kind, bytes(unit))
            elif kind in seis and len(self.uuids) < _MOST_UUIDS:
                self._user_data(number, bytes(unit))

    def _user_data(self, number: int, unit: bytes) -> None:
        uuids = set(user_data(unit, 1 if self.codec == "h264" else 2))
        self.uuids |= uuids
        if uuids & {X264, X265} and len(self.starts) < MOST_KEPT:
            self.starts.append(number)
        if avchd.PACKS in uuids:
            self._camera(number, unit)

    def _camera(self, number: int, unit: bytes) -> None:
        raw = avchd.camera_tags(unit).get(avchd.RECORDED)
        if raw and len(self.recorded) < MOST_TIMES and (not self.recorded or self.recorded[-1][1] != raw):
            self.recorded.append((number, raw))

    def _set(self, number: int, kind: int, unit: bytes) -> None:
        digest = blake2b(unit, digest_size=8).digest()
        # The id stands at the front, in a variable-length code; the first bytes tell ids apart well enough.
        key = (kind, unit[1] if len(unit) > 1 else 0)
        self.sets.add(digest)
        if len(self.carrying) < MOST_KEPT and self.carrying[-1:] != [number]:
            self.carrying.append(number)
        if self._last.setdefault(key, digest) != digest:
            self._last[key] = digest
            self._change(number)

    def _configure(self, number: int, header: bytes) -> None:
        if header != self.header:
            self.header = header
            self._read_header()
            self._change(number)

    def _read_header(self) -> None:
        """Read the first sequence parameter set of an avcC record (ISO/IEC 14496-15 § 5.3.3.1), for its numbers."""
        if self.numbers is None or not self.header or not self.length_size:
            return
        begin = _FIRST_SET + 2
        unit = self.header[begin : begin + int.from_bytes(self.header[_FIRST_SET:begin])]
        if unit:
            self.numbers.look(-1, unit)

    def _change(self, number: int) -> None:
        if len(self.changes) < MOST_KEPT:
            self.changes.append(number)


def coding_of(stream: Stream) -> Coding | None:
    """Make ready to read the coding of a stream; None when it is not H.264 or H.265 video."""
    codec = stream.codec_context.name if stream.codec_context else ""
    if stream.type != "video" or codec not in CODECS:
        return None
    header = stream.codec_context.extradata
    return Coding(codec, length_size(codec, header), header=header)


def user_data(unit: bytes, header: int) -> Iterator[UUID]:
    """Give the UUIDs of unregistered user data in one SEI unit (H.264 Annex D, H.265 Annex D)."""
    payload = unescaped(unit)
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
