"""Where the building blocks of a container lie, so that damage can be aimed at their lengths and counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_MOST = 4_000
_ISO_NESTED = frozenset(b"moov trak mdia minf stbl edts dinf udta moof traf mvex meta iprp ipco ilst".split())
_EBML_NESTED = frozenset(
    bytes.fromhex(one) for one in ("18538067", "1549A966", "1654AE6B", "AE", "E0", "E1", "1F43B675", "A0", "1C53BB6B")
)


@dataclass(frozen=True)
class Block:
    """Bytes `start` to `end` of one block; `length` where its length field lies, `width` bytes of it, and its order."""

    start: int
    end: int
    length: int
    width: int
    order: Literal["big", "little"] = "big"


def blocks(data: bytes, container: str) -> list[Block]:
    """Give the blocks of a sound file, nested ones too, at most some thousands; none where a format has none."""
    walk = {
        **dict.fromkeys(("mp4", "mov", "3gp", "m4a", "heic"), _iso),
        **dict.fromkeys(("avi", "wav"), _riff),
        "mkv": _ebml,
        "ogg": _ogg,
        "png": _png,
        "jpeg": _jpeg,
    }.get(container)
    found = walk(data, 0, len(data)) if walk else _steps(data, container)
    return [block for block, _ in zip(found, range(_MOST), strict=False) if block.end <= len(data)]


def _iso(data: bytes, at: int, end: int) -> Iterator[Block]:
    while at + 8 <= end:
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if size < 8:
            return
        yield Block(at, at + size, at, 4)
        if kind in _ISO_NESTED:
            full = kind == b"meta" and data[at + 8 : at + 12] == bytes(4)
            yield from _iso(data, at + (12 if full else 8), min(at + size, end))
        at += size


def _riff(data: bytes, at: int, end: int) -> Iterator[Block]:
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield Block(at, at + 8 + size, at + 4, 4, "little")
        if data[at : at + 4] in {b"RIFF", b"LIST"}:
            yield from _riff(data, at + 12, min(at + 8 + size, end))
        at += 8 + size + size % 2


def _ebml(data: bytes, at: int, end: int) -> Iterator[Block]:
    while at + 2 < end and data[at]:
        wide = 9 - data[at].bit_length()
        first = data[at + wide]
        if not first:
            return
        length = 9 - first.bit_length()
        size = int.from_bytes(data[at + wide : at + wide + length]) & ((1 << 7 * length) - 1)
        payload = at + wide + length
        yield Block(at, payload + size, at + wide, length)
        if data[at : at + wide] in _EBML_NESTED:
            yield from _ebml(data, payload, min(payload + size, end))
        at = payload + size


def _ogg(data: bytes, at: int, end: int) -> Iterator[Block]:
    while at + 27 <= end:
        count = data[at + 26]
        size = 27 + count + sum(data[at + 27 : at + 27 + count])
        yield Block(at, at + size, at + 26, 1)
        at += size


def _png(data: bytes, _: int, end: int) -> Iterator[Block]:
    at = 8
    while at + 12 <= end:
        size = int.from_bytes(data[at : at + 4])
        yield Block(at, at + 12 + size, at, 4)
        at += 12 + size


def _jpeg(data: bytes, _: int, end: int) -> Iterator[Block]:
    at = 2
    while at + 4 <= end and data[at] == 0xFF:
        size = int.from_bytes(data[at + 2 : at + 4])
        yield Block(at, at + 2 + size, at + 2, 2)
        if data[at + 1] == 0xDA:
            return
        at += 2 + size


def _steps(data: bytes, container: str) -> Iterator[Block]:
    """Packets and frames: of one size (TS, AMR), or from one sync word to the next (MP3, ADTS)."""
    step = {"ts": 188, "amr": 32}.get(container)
    if step:
        first = 0 if container == "ts" else 6
        yield from (Block(at, at + step, at + 4, 1) for at in range(first, len(data) - step + 1, step))
        return
    sync = {"mp3": b"\xff\xfb", "aac": b"\xff\xf1"}[container]
    at = data.find(sync)
    while at >= 0:
        after = data.find(sync, at + 2)
        yield Block(at, after if after > 0 else len(data), at + 3, 3)
        at = after
