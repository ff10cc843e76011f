"""The outline of a Matroska file (RFC 9559): extent, stated duration, index; read up to the first cluster."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

_SEGMENT, _INFO, _CLUSTER, _CUES = 0x18538067, 0x1549A966, 0x1F43B675, 0x1C53BB6B
_DURATION, _TIMESTAMP_SCALE, _SEEK_HEAD = 0x4489, 0x2AD7B1, 0x114D9B74
_MOST = 512
_FLOATS = {4: ">f", 8: ">d"}


@dataclass(frozen=True)
class Element:
    """One element: its identifier, where its payload starts, and where it claims to end (None: unknown size)."""

    kind: int
    payload: int
    end: int | None


@dataclass
class Outline:
    """What the head says: `segment_end` is the byte the segment claims (None: never filled in), `declared` seconds."""

    segment_end: int | None = None
    declared: float | None = None


def read_element(file: BinaryIO, at: int) -> Element | None:
    """Read the head of the element at an offset, or None when there is none."""
    file.seek(at)
    head = file.read(12)
    if len(head) < 2 or not head[0]:  # noqa: PLR2004  identifier and size
        return None
    width = 9 - head[0].bit_length()
    if width > 4 or len(head) <= width or not head[width]:  # noqa: PLR2004  RFC 8794 § 5
        return None
    length = 9 - head[width].bit_length()
    raw = head[width : width + length]
    if len(raw) < length:
        return None
    size = int.from_bytes(raw) & ((1 << 7 * length) - 1)
    payload = at + width + length
    unknown = size == (1 << 7 * length) - 1
    return Element(int.from_bytes(head[:width]), payload, None if unknown else payload + size)


def read_outline(file: BinaryIO, size: int) -> Outline:
    """Read what stands before the first cluster of a file of `size` bytes."""
    outline = Outline()
    at = 0
    for _ in range(_MOST):
        element = read_element(file, at)
        if element is None or element.kind == _CLUSTER:
            break
        if element.kind == _SEGMENT:
            outline.segment_end = element.end
            at = element.payload
            continue
        if element.kind == _INFO and element.end is not None:
            outline.declared = _duration(file, element.payload, min(element.end, size))
        if element.end is None or element.end >= size:
            break
        at = element.end
    return outline


def _duration(file: BinaryIO, at: int, end: int) -> float | None:
    scale, ticks = 1_000_000, None
    for _ in range(_MOST):
        element = read_element(file, at) if at < end else None
        if element is None or element.end is None:
            break
        file.seek(element.payload)
        data = file.read(min(element.end - element.payload, 8))
        if element.kind == _TIMESTAMP_SCALE:
            scale = int.from_bytes(data)
        elif element.kind == _DURATION and len(data) in _FLOATS:
            ticks = struct.unpack(_FLOATS[len(data)], data)[0]
        at = element.end
    seconds = None if ticks is None else ticks * scale / 1e9
    return seconds if seconds is not None and 0 < seconds < 1e9 else None  # noqa: PLR2004  NaN, or past any recording
