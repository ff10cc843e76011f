"""Slices of H.264 and H.265, however the container frames them (ITU-T H.264 and H.265, § 7.3.1 and Annex B).

MP4 and Matroska put a length before each NAL unit, transport streams and AVI a start code. The bytes of a slice are the
same in all of them, so what is hashed of them survives every re-wrapping.
"""

from collections.abc import Iterator

SLICED = frozenset({"h264", "hevc"})
"""Codecs whose packets are made of NAL units."""

_START = b"\0\0\1"
# ISO/IEC 14496-15 § 5.3.3.1 (avcC) and § 8.3.3.1 (hvcC): where the record keeps its lengthSizeMinusOne.
_LENGTH_AT = {"h264": 4, "hevc": 21}


def length_size(codec: str, extradata: bytes | None) -> int:
    """Bytes of the length before each unit, 1 to 4 by the decoder configuration record; 0 for start codes."""
    at = _LENGTH_AT[codec]
    if not extradata or extradata[0] != 1 or len(extradata) <= at:
        return 0
    return (extradata[at] & 3) + 1


def slices(data: bytes, codec: str, prefix: int) -> Iterator[memoryview]:
    """Give the slice units of one packet without trailing zeros; `prefix` is `length_size` of its stream."""
    whole = memoryview(data)
    for begin, end in _by_length(data, prefix) if prefix else _by_start_code(data):
        if begin < end and _is_slice(data[begin], codec):
            yield whole[begin : _without_zeros(data, begin, end)]


def _is_slice(head: int, codec: str) -> bool:
    # H.264 table 7-1: types 1 to 5 are coded slices and their partitions. H.265 table 7-1: 0 to 31 are.
    return 1 <= head & 31 <= 5 if codec == "h264" else head >> 1 & 63 <= 31  # noqa: PLR2004  numbers of the tables


def _by_length(data: bytes, prefix: int) -> Iterator[tuple[int, int]]:
    at = 0
    while at + prefix <= len(data):
        begin = at + prefix
        at = begin + int.from_bytes(data[at:begin])
        yield begin, min(at, len(data))


def _by_start_code(data: bytes) -> Iterator[tuple[int, int]]:
    found = data.find(_START)
    while found >= 0:
        begin = found + len(_START)
        found = data.find(_START, begin)
        yield begin, found if found >= 0 else len(data)


def _without_zeros(data: bytes, begin: int, end: int) -> int:
    # A slice ends with a one bit (§ 7.3.2.10); zeros behind it belong to the framing.
    while end > begin and data[end - 1] == 0:
        end -= 1
    return end
