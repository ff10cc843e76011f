"""Chunks of RIFF files (AVI, WAV, RF64): extents, times and what a demuxer does not tell; bounded walks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from quancheng_sidecar.media.tag_text import decode

_MOST = 4_096
_OPEN_SIZES = {0, 0xFFFFFFFF}
_HAS_INDEX = 0x10
_PLAIN = {1, 3, 6, 7, 0xFFFE}
"""Codings of WAV whose samples all take the same bytes: PCM, floating point, A-law, µ-law, or by the longer header."""


@dataclass(frozen=True)
class Chunk:
    """One chunk: its identifier (of lists the list's own), where its payload starts and where it claims to end."""

    kind: str
    payload: int
    end: int
    size: int


@dataclass
class Riff:
    """What the chunks say.

    `claimed` is the furthest byte a chunk claims; `open_size` whether a size was never filled in; `indexed` whether
    an index exists; `index_promised` whether the header promises one; `seconds` what the header states: of WAV the
    whole, of AVI stream by stream.
    """

    claimed: int = 0
    open_size: bool = False
    indexed: bool = False
    index_promised: bool = False
    seconds: list[float | None] = field(default_factory=list)
    created: dict[str, str] = field(default_factory=dict)


def chunks(file: BinaryIO, start: int, end: int) -> Iterator[Chunk]:
    """Give the chunks between two offsets; one that claims to reach beyond `end` comes last, as it claims."""
    at = start
    for _ in range(_MOST):
        file.seek(at)
        head = file.read(12)
        if at + 8 > end or len(head) < 8:  # noqa: PLR2004  identifier and size
            return
        size, nested = int.from_bytes(head[4:8], "little"), head[:4] in {b"LIST", b"RIFF", b"RF64", b"BW64"}
        kind = head[8:12] if nested else head[:4]
        yield Chunk(kind.decode("latin-1"), at + (12 if nested else 8), at + 8 + size, size)
        at += 8 + size + size % 2


def read_riff(file: BinaryIO, size: int) -> Riff:
    """Read all chunks of an AVI or WAV file of `size` bytes."""
    riff = Riff()
    for part in chunks(file, 0, size):
        if part.kind in {"AVI ", "AVIX"}:
            _read_avi(file, part, size, riff)
        elif part.kind == "WAVE":
            _claim(riff, _read_wave(file, part, size, riff))
            continue
        _claim(riff, part)
    return riff


def _claim(riff: Riff, chunk: Chunk) -> None:
    if chunk.size in _OPEN_SIZES:
        riff.open_size = True
    else:
        riff.claimed = max(riff.claimed, chunk.end)


def _inside(chunk: Chunk, size: int) -> int:
    """Where a chunk's content ends: its claim, or the file's end when its size was never filled in."""
    return size if chunk.size in _OPEN_SIZES else min(chunk.end, size)


def _read_avi(file: BinaryIO, part: Chunk, size: int, riff: Riff) -> None:
    for chunk in chunks(file, part.payload, _inside(part, size)):
        if chunk.kind == "movi":
            _claim(riff, chunk)
        elif chunk.kind in {"idx1", "indx"}:
            riff.indexed = True
        elif chunk.kind == "hdrl":
            _read_avi_header(file, chunk, size, riff)
        elif chunk.kind == "IDIT":
            riff.created["avi.IDIT"] = _text(file, chunk)
        elif chunk.kind == "INFO":
            for entry in chunks(file, chunk.payload, _inside(chunk, size)):
                if entry.kind == "ICRD":
                    riff.created["avi.ICRD"] = _text(file, entry)


def _read_avi_header(file: BinaryIO, header: Chunk, size: int, riff: Riff) -> None:
    for chunk in chunks(file, header.payload, _inside(header, size)):
        if chunk.kind == "avih":
            file.seek(chunk.payload + 12)
            riff.index_promised = bool(int.from_bytes(file.read(4), "little") & _HAS_INDEX)
        elif chunk.kind == "IDIT":
            riff.created["avi.IDIT"] = _text(file, chunk)
        elif chunk.kind == "strl":
            _read_stream(file, chunk, size, riff)


def _read_stream(file: BinaryIO, header: Chunk, size: int, riff: Riff) -> None:
    stated: float | None = None
    for chunk in chunks(file, header.payload, _inside(header, size)):
        riff.indexed |= chunk.kind == "indx"
        if chunk.kind == "strh":
            file.seek(chunk.payload + 20)
            scale, rate, _, length = (int.from_bytes(file.read(4), "little") for _ in range(4))
            stated = length * scale / rate if rate and scale and length else None
    riff.seconds.append(stated)


@dataclass
class _Wave:
    """What the chunks of a WAV file say; `long` are the sizes of RF64 (EBU Tech 3306), too large for 32 bits."""

    coding: int = 0
    rate: int = 0
    per_second: int = 0
    samples: int = 0
    data: int = 0
    long: dict[str, int] = field(default_factory=dict)

    def size(self, chunk: Chunk) -> int:
        """The size of a chunk, by its own word or where that has no room for it."""
        return self.long.get(chunk.kind, chunk.size) if chunk.size in _OPEN_SIZES else chunk.size

    def seconds(self) -> float | None:
        """The length that the header states: of plain samples by their bytes, else by the `fact` chunk.

        The bytes a second of a compressed coding are an average, and a wrong one as some programs write it.
        """
        if self.data in _OPEN_SIZES:
            return None
        if self.coding in _PLAIN:
            return self.data / self.per_second if self.per_second else None
        return self.samples / self.rate if self.rate and self.samples not in _OPEN_SIZES else None


def _read_wave(file: BinaryIO, part: Chunk, size: int, riff: Riff) -> Chunk:
    """Read a WAV file's chunks; gives the whole with the size that it really claims."""
    wave = _Wave()
    for chunk in chunks(file, part.payload, _inside(part, size)):
        file.seek(chunk.payload)
        if chunk.kind == "ds64":
            names = ("WAVE", "data", "fact")
            wave.long = dict(zip(names, (int.from_bytes(file.read(8), "little") for _ in names), strict=True))
        elif chunk.kind == "fmt ":
            wave.coding = int.from_bytes(file.read(2), "little")
            file.seek(chunk.payload + 4)
            wave.rate, wave.per_second = (int.from_bytes(file.read(4), "little") for _ in range(2))
        elif chunk.kind == "fact":
            told = int.from_bytes(file.read(4), "little")
            wave.samples = wave.long.get("fact", told) if told in _OPEN_SIZES else told
        elif chunk.kind == "bext":  # EBU Tech 3285: origination date and time
            file.seek(chunk.payload + 320)
            riff.created["bext"] = decode(file.read(10)) + " " + decode(file.read(8))
        elif chunk.kind == "data":
            wave.data = wave.size(chunk)
            _claim(riff, Chunk("data", chunk.payload, chunk.payload + wave.data, wave.data))
            riff.seconds.append(wave.seconds())
    whole = wave.size(part)
    return Chunk(part.kind, part.payload, part.payload - 4 + whole, whole)


def _text(file: BinaryIO, chunk: Chunk) -> str:
    file.seek(chunk.payload)
    return decode(file.read(min(chunk.size, 64)))
