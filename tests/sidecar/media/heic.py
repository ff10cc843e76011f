"""A HEIC photo made from one coded H.265 picture: no encoder of HEIC is at hand, and its boxes are few."""

import struct
import subprocess
from pathlib import Path


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box of ISO/IEC 14496-12."""
    payload = b"".join(parts)
    return struct.pack(">I", 8 + len(payload)) + kind + payload


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """One box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def write_heic(path: Path, exif: bytes, *, size: tuple[int, int] = (320, 240)) -> None:
    """Write a photo (ISO/IEC 23008-12) of one HEVC picture and the given EXIF (TIFF structure)."""
    movie = path.with_suffix(".mp4")
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s={size[0]}x{size[1]}:d=1", "-frames:v"]
    command += ["1", "-c:v", "libx265", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p", "-tag:v", "hvc1"]
    subprocess.run([*command, str(movie)], check=True, timeout=60)
    data = movie.read_bytes()
    at = data.index(b"hvcC") - 4
    hvcc = data[at : at + int.from_bytes(data[at : at + 4])]
    at = data.index(b"mdat")
    picture = data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at])]
    items = [picture, struct.pack(">I", 0) + exif]
    ftyp = box(b"ftyp", b"heic", struct.pack(">I", 0), b"mif1heic")
    start = len(ftyp) + len(_meta(hvcc, size, items, 0)) + 8
    path.write_bytes(ftyp + _meta(hvcc, size, items, start) + box(b"mdat", *items))


def _meta(hvcc: bytes, size: tuple[int, int], items: list[bytes], start: int) -> bytes:
    entries = b""
    for number, item in enumerate(items, 1):
        entries += struct.pack(">HHHII", number, 0, 1, start, len(item))
        start += len(item)
    infos = full(b"infe", 2, 0, struct.pack(">HH", 1, 0), b"hvc1\0") + full(
        b"infe", 2, 0, struct.pack(">HH", 2, 0), b"Exif\0"
    )
    ispe = full(b"ispe", 0, 0, struct.pack(">II", *size))
    ipma = full(b"ipma", 0, 0, struct.pack(">IHBBB", 1, 1, 2, 0x81, 2))
    return full(
        b"meta",
        0,
        0,
        full(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13)),
        full(b"pitm", 0, 0, struct.pack(">H", 1)),
        full(b"iinf", 0, 0, struct.pack(">H", 2), infos),
        full(b"iref", 0, 0, box(b"cdsc", struct.pack(">HHH", 2, 1, 1))),
        box(b"iprp", box(b"ipco", hvcc, ispe), ipma),
        full(b"iloc", 0, 0, struct.pack(">HH", 0x4400, len(items)), entries),
    )
