"""NAL units of H.264 and H.265, however the container frames them (ITU-T H.264 and H.265, § 7.3.1 and Annex B).

MP4 and Matroska put a length before each unit, transport streams and AVI a start code. The bytes of a unit are the same
in all of them, so what is hashed of it survives every re-wrapping.
"""

from collections.abc import Iterator

CODECS = frozenset({"h264", "hevc"})
"""Whose packets are made of NAL units."""

_START = b"\0\0\1"
# ISO/IEC 14496-15 § 5.3.3.1 (avcC) and § 8.3.3.1 (hvcC): where the record keeps its lengthSizeMinusOne.
_LENGTH_AT = {"h264": 4, "hevc": 21}


def length_size(codec: str, extradata: bytes | None) -> int:
    """Bytes of the length before each unit, 1 to 4 by the decoder configuration record; 0 for start codes."""
    at = _LENGTH_AT[codec]
    if not extradata or extradata[0] != 1 or len(extradata) <= at:
        return 0
    return (extradata[at] & 3) + 1


def units(data: memoryview, prefix: int) -> Iterator[memoryview]:
    """Give the units of one packet that hold anything, never beyond its end; `prefix` is `length_size` of its stream.

    A unit ends with a one bit (§ 7.3.2.11); zeros behind it belong to the framing and are left out.
    """
    for begin, end in by_length(data, prefix) if prefix else _by_start_code(bytes(data)):
        last = end
        while last > begin and data[last - 1] == 0:
            last -= 1
        if begin < last:
            yield data[begin:last]


def kind_of(unit: memoryview | bytes, codec: str) -> int:
    """The unit's nal_unit_type (tables 7-1)."""
    return unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63


def is_slice(unit: memoryview | bytes, codec: str) -> bool:
    """Whether a unit is coded picture: of H.264 types 1 to 5, slices and their partitions; of H.265 0 to 31."""
    kind = kind_of(unit, codec)
    return 1 <= kind <= 5 if codec == "h264" else kind <= 31  # noqa: PLR2004  numbers of the tables


def begins_anew(unit: memoryview | bytes, codec: str) -> bool:
    """Whether a unit is of a picture at which a decoder forgets all before: H.264 type 5 (IDR), H.265 16 to 20."""
    kind = kind_of(unit, codec)
    return kind == 5 if codec == "h264" else 16 <= kind <= 20  # noqa: PLR2004  numbers of the tables


def unescaped(unit: bytes) -> bytes:
    """A unit without emulation prevention (H.264 § 7.4.1, H.265 § 7.4.2)."""
    return unit.replace(b"\0\0\3", b"\0\0")


def by_length(data: memoryview, prefix: int) -> Iterator[tuple[int, int]]:
    """Where each unit of a packet begins and ends that has its length before it, zeros behind it included."""
    at, size = 0, len(data)
    while at + prefix <= size:
        begin = at + prefix
        at = begin + int.from_bytes(data[at:begin])
        yield begin, min(at, size)


def _by_start_code(data: bytes) -> Iterator[tuple[int, int]]:
    found = data.find(_START)
    while found >= 0:
        begin = found + len(_START)
        found = data.find(_START, begin)
        yield begin, found if found >= 0 else len(data)
