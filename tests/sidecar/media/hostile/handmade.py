"""Hostile files made by hand: what an attacker would try, each small on disk and absurd in what it claims."""

import io
import re
import struct
import subprocess
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from PIL import Image

_MANY = 10**9


def handmade(mp4: bytes, mkv: bytes, mp3: bytes, folder: Path) -> Iterator[Path]:
    """Write each hostile file into a folder; the given recordings are sound ones (MP4 with its `moov` first)."""
    parts = (
        _tables(mp4),
        edits(mp4),
        _pictures(),
        _nested(mp4),
        _elements(mkv),
        laced(mkv),
        _sounds(mp3),
        _names(mp4),
    )
    files = dict(chain(*parts, _tags(mp4), _programs(), sizes()))
    for name, data in files.items():
        path = folder / name
        path.write_bytes(data)
        yield path


def _box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", 8 + len(payload)) + kind + payload


def _grown(data: bytes, kind: bytes, payload: bytes) -> bytes:
    """Replace the first box of a kind by a longer or shorter one; the boxes around keep their claims."""
    at = data.index(kind) - 4
    return data[:at] + _box(kind, payload) + data[at + int.from_bytes(data[at : at + 4]) :]


def _counted(data: bytes, kind: bytes, *numbers: int) -> bytes:
    """Write numbers over the fields behind version and flags of every box of a kind."""
    out, at = bytearray(data), data.find(kind)
    while at >= 0:
        out[at + 8 : at + 8 + 4 * len(numbers)] = b"".join(struct.pack(">I", one) for one in numbers)
        at = data.find(kind, at + 4)
    return bytes(out)


def _tables(mp4: bytes) -> Iterator[tuple[str, bytes]]:
    """Sample tables and edit lists of 10⁹ entries, and samples that never end."""
    for kind in (b"stts", b"ctts", b"stsc", b"stco", b"stss", b"elst"):
        yield f"{kind.decode()}-entries.mp4", _counted(mp4, kind, _MANY)
    yield "stts-one-run.mp4", _counted(mp4, b"stts", 1, _MANY, 1)
    yield "stts-no-time.mp4", _counted(mp4, b"stts", 1, _MANY, 0)
    yield "ctts-one-run.mp4", _counted(mp4, b"ctts", 1, _MANY, 1)
    yield "stsz-of-one-size.mp4", _counted(mp4, b"stsz", 1, _MANY)
    yield "stsz-of-nothing.mp4", _counted(mp4, b"stsz", 0, _MANY)
    yield "stsc-per-chunk.mp4", _counted(mp4, b"stsc", 1, 1, _MANY)
    endless = struct.pack(">II", 0, 100_000) + struct.pack(">IIHH", 1, 0, 1, 0) * 100_000
    yield "edits-endless.mp4", _grown(mp4, b"elst", endless)
    trun = struct.pack(">III", 0x01000001, _MANY, 0)
    moof = _box(
        b"moof", _box(b"traf", _box(b"tfhd", struct.pack(">II", 0x02000018, 1) + bytes(8)) + _box(b"trun", trun))
    )
    yield "trun-entries.mp4", mp4 + moof
    sidx = struct.pack(">IIIIIHH", 0, 1, 1000, 0, 0, 0, 0xFFFF) + bytes(12 * 100)
    yield "sidx-entries.mp4", mp4 + _box(b"sidx", sidx)
    for name, size, held in (("bomb", 200_000_000, bytes(200_000_000)), ("claims", 0xFFFFFFF0, b"")):
        packed = _box(b"cmvd", struct.pack(">I", size) + zlib.compress(held, 9))
        moov = _box(b"moov", _box(b"cmov", _box(b"dcom", b"zlib") + packed))
        yield f"packed-index-{name}.mov", _box(b"ftyp", b"qt  \0\0\0\0qt  ") + moov + _box(b"mdat", bytes(1000))
    # A track whose samples are said to lie in another file.
    for name, where in (
        ("absolute", b"file:///etc/passwd"),
        ("relative", b"../../../../etc/passwd"),
        ("net", b"http://127.0.0.1:9/x"),
    ):
        yield f"elsewhere-{name}.mp4", _elsewhere(mp4, bytes(4) + where + b"\0")
    yield "timescale-zero.mp4", _counted(mp4, b"mdhd", 0, 0, 0, 0xFFFFFFFF)
    yield "timescale-huge.mp4", _counted(mp4, b"mdhd", 0, 0, 0xFFFFFFFF, 1)
    yield "times-beyond.mp4", _counted(mp4, b"mvhd", 0xFFFFFFFF, 0xFFFFFFFF, 1, 0xFFFFFFFE)


def _within(mp4: bytes, kind: bytes, payload: bytes, around: tuple[bytes, ...]) -> bytes:
    """Replace the first box of a kind, and let the boxes around it grow with it."""
    at = mp4.index(kind) - 4
    grown = bytearray(_grown(mp4, kind, payload))
    for outer in around:
        place = mp4.rindex(outer, 0, at) - 4
        size = int.from_bytes(mp4[place : place + 4]) + len(grown) - len(mp4)
        grown[place : place + 4] = struct.pack(">I", size)
    return bytes(grown)


def edits(mp4: bytes) -> Iterator[tuple[str, bytes]]:
    """A million edits to and fro, whose boxes around have the size for them; the index behind 2⁶³ bytes."""
    rows = b"".join(struct.pack(">IiHH", 1, place * 37 % 5000, 1, 0) for place in range(1_000_000))
    yield (
        "edits-to-and-fro.mp4",
        _within(mp4, b"elst", struct.pack(">II", 0, 1_000_000) + rows, (b"moov", b"trak", b"edts")),
    )
    last = struct.pack(">IIiHH", 0, 1, 0x7FFFFFFF, 0x7FFF, 0xFFFF)
    yield "edit-at-the-end.mp4", _within(mp4, b"elst", bytes(4) + last[4:] + last[4:], (b"moov", b"trak", b"edts"))
    yield "index-beyond.mp4", mp4[:32] + struct.pack(">I4sQ", 1, b"mdat", (1 << 63) + 16) + mp4[32:]


def _elsewhere(mp4: bytes, payload: bytes) -> bytes:
    """Replace the first track's data reference."""
    return _within(mp4, b"url ", payload, (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"))


def _png(width: int, height: int, data: bytes, extra: bytes = b"") -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pictures() -> Iterator[tuple[str, bytes]]:
    """Absurd dimensions, and small data that grows a thousandfold."""
    zeros = zlib.compress(bytes(200_000_000), 9)
    yield "png-bomb.png", _png(14_000, 14_000, zeros)
    yield "png-larger-than-data.png", _png(15_000, 15_000, zlib.compress(bytes(100)))
    yield "png-absurd.png", _png(0x7FFFFFFF, 0x7FFFFFFF, zlib.compress(b"0"))
    yield "png-text-bomb.png", _png(4, 4, zlib.compress(bytes(52)), _chunk(b"zTXt", b"a\0\0" + zeros))
    yield "png-profile-bomb.png", _png(4, 4, zlib.compress(bytes(52)), _chunk(b"iCCP", b"a\0\0" + zeros))
    scan = bytes.fromhex("ffd8ffc00011 08ffffffff03 012200 021101 031101 ffda000c03 0100 0211 0311 003f00")
    yield "jpeg-absurd.jpeg", scan + b"\xff\xd9"
    ifd = b"II*\0\x08\0\0\0" + struct.pack("<H", 0xFFFF) + struct.pack("<HHII", 0x8769, 4, 1, 8) * 4000
    app1 = b"Exif\0\0" + ifd
    yield "jpeg-scans.jpeg", _many_scans(100_000)
    yield "exif-loop.jpeg", b"\xff\xd8\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1 + scan[2:] + b"\xff\xd9"


def _many_scans(count: int) -> bytes:
    """A progressive JPEG of 36 million pixels whose last scan stands there again and again: 59 bytes, a pass each."""
    held = io.BytesIO()
    Image.new("L", (6000, 6000), 128).save(held, "JPEG", progressive=True)
    data = held.getvalue()
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * count + b"\xff\xd9"


def _nested(mp4: bytes) -> Iterator[tuple[str, bytes]]:
    """Boxes in boxes, a hundred thousand deep, and as many side by side."""
    for kind in (b"moov", b"meta", b"udta", b"trak"):
        count = 50_000
        deep = b"".join(struct.pack(">I", 8 * (count - level)) + kind for level in range(count))
        yield f"nested-{kind.decode()}.mp4", mp4[:32] + deep
        yield f"many-{kind.decode()}.mp4", mp4[:32] + _box(b"moov", _box(kind, b"") * 100_000)
    yield "wide-size.mp4", mp4[:32] + struct.pack(">I4sQ", 1, b"moov", (1 << 64) - 1) + mp4[32:]


def _width(first: int) -> int:
    return 9 - first.bit_length()


def _elements(mkv: bytes) -> Iterator[tuple[str, bytes]]:
    """EBML of unknown, gigantic and nested sizes."""
    segment, info, cluster = (
        mkv.index(kind) + 4 for kind in (b"\x18\x53\x80\x67", b"\x15\x49\xa9\x66", b"\x1f\x43\xb6\x75")
    )
    for name, size in (("unknown", b"\x01" + b"\xff" * 7), ("gigantic", b"\x01" + b"\xff" * 6 + b"\xfe")):
        for place, at in (("segment", segment), ("info", info), ("cluster", cluster)):
            yield f"{place}-{name}.mkv", mkv[:at] + size + mkv[at + _width(mkv[at]) :]
        inside = info + _width(mkv[info])
        yield f"within-info-{name}.mkv", mkv[:inside] + b"\xec" + size + mkv[inside + 9 :]
    yield "nested-clusters.mkv", mkv[: cluster - 4] + b"\x1f\x43\xb6\x75\xff" * 200_000
    yield "void-many.mkv", mkv[: cluster - 4] + b"\xec\x80" * 1_000_000


def _element(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack(">Q", len(payload) | 1 << 56) + payload


def laced(mkv: bytes) -> Iterator[tuple[str, bytes]]:
    """Blocks of 256 frames of nothing, instants near 2⁶³, five thousand tracks, twenty thousand tags."""
    cluster, tracks = mkv.index(b"\x1f\x43\xb6\x75"), mkv.index(b"\x16\x54\xae\x6b")
    laced = b"\x82" + struct.pack(">hB", 0, 0x82) + b"\xff" * 201 + bytes(56)
    blocks = _element(b"\xe7", b"\0") + _element(b"\xa3", laced) * 20_000
    yield "lacing.mkv", mkv[:cluster] + _element(b"\x1f\x43\xb6\x75", blocks)
    late = _element(b"\xe7", b"\x7f" + b"\xff" * 7) + _element(b"\xa3", b"\x81\x7f\xff\x80" + bytes(100))
    yield "instants-beyond.mkv", mkv[:cluster] + _element(b"\x1f\x43\xb6\x75", late) + mkv[cluster:]
    track = _element(b"\x83", b"\2") + _element(b"\x86", b"A_AAC")
    many = b"".join(_element(b"\xae", _element(b"\xd7", struct.pack(">H", n + 1)) + track) for n in range(5000))
    yield "tracks-many.mkv", mkv[:tracks] + _element(b"\x16\x54\xae\x6b", many) + mkv[cluster:]
    tags = (_element(b"\x45\xa3", b"T%d" % n) + _element(b"\x44\x87", b"../" * 300) for n in range(5000))
    held = _element(b"\x73\x73", b"".join(_element(b"\x67\xc8", tag) for tag in tags))
    yield "tags-many.mkv", mkv[:cluster] + _element(b"\x12\x54\xc3\x67", held) + mkv[cluster:]


def _programs() -> Iterator[tuple[str, bytes]]:
    """A transport stream of 8,159 streams without a table."""
    packets = []
    for pid in range(32, 8191):
        pes = b"\0\0\1\xe0\0\0\x80\x80\5\x21\0\1\0\1\0\0\0\1\x67\x42\0\x1e\xab"
        packets.append((b"\x47" + struct.pack(">HB", 0x4000 | pid, 0x10) + pes).ljust(188, b"\xff"))
    yield "pids-8159.ts", b"".join(packets) * 5


def sizes() -> Iterator[tuple[str, bytes]]:
    """H.264 whose pictures are of other dimensions each, up to 16384 × 8640, in a transport stream."""
    for name, sizes in (
        ("absurd", [(16384 - 16 * n, 8640) for n in range(2)]),
        ("growing", [(16 * (1 + n * 37 % 1000), 16 * (1 + n * 91 % 1000)) for n in range(400)]),
    ):
        stream = b"".join(b"\0\0\0\1" + unit for n, size in enumerate(sizes) for unit in _picture(n, *size))
        yield f"sizes-{name}.ts", _transport(stream)


def _picture(number: int, width: int, height: int) -> list[bytes]:
    """Parameter sets (ITU-T H.264 § 7.3.2.1, 7.3.2.2) and a key picture of one macroblock that breaks off."""
    shape = (width // 16 - 1, height // 16 - 1)
    sequence = _bits("010000100000000000110011", 0, 0, 2, 1, "0", *shape, "1", "1", "0", "0")
    shown = _bits(0, 0, "0", "0", 0, 0, 0, "0", "00", 0, 0, 0, "0", "0", "0")
    return [b"\x09\x10", b"\x67" + sequence, b"\x68" + shown, b"\x65" + _bits(0, 7, 0, "0000", number % 2, "00", 0, 25)]


def _bits(*fields: str | int) -> bytes:
    """Bits as they are, numbers in Exp-Golomb code, a stop bit behind and emulation prevented."""
    codes = (
        one if isinstance(one, str) else f"{one + 1:b}".rjust(2 * (one + 1).bit_length() - 1, "0") for one in fields
    )
    text = "".join(codes) + "1"
    data = int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8))
    return re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", data)


def _transport(stream: bytes) -> bytes:
    made = subprocess.run(
        ["ffmpeg", "-v", "quiet", "-r", "25", "-f", "h264", "-i", "-", "-c", "copy", "-f", "mpegts", "-"],
        input=stream,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return made.stdout


def _tags(mp4: bytes) -> Iterator[tuple[str, bytes]]:
    """Texts of ten megabytes, and XMP that names a hundred thousand programs in control characters."""
    text = struct.pack(">HH", 0xFFFF, 0) + "\u202e长".encode() * 1_700_000
    at = mp4.index(b"moov") - 4
    end = at + int.from_bytes(mp4[at : at + 4])
    index = _box(b"moov", mp4[at + 8 : end] + _box(b"udta", _box(b"\xa9swr", text)))
    yield "text-of-megabytes.mp4", mp4[:at] + index + mp4[end:]
    xmp = b'<x CreatorTool="\x1b]0;' + b"A" * 90 + b'" softwareAgent="\xe2\x80\xae../.."/>'
    box = _box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + xmp * 100_000)
    yield "xmp-of-megabytes.mp4", mp4 + box + box[:24] * 1000


def _sounds(mp3: bytes) -> Iterator[tuple[str, bytes]]:
    """RIFF sizes that wrap around, and tags that claim or hold megabytes."""
    form = struct.pack("<HHIIHH", 1, 1, 16000, 32000, 2, 16)
    for name, size in (("wraps", 0xFFFFFFFE), ("all", 0xFFFFFFFF), ("nothing", 0), ("negative", 0x80000000)):
        data = b"data" + struct.pack("<I", size) + bytes(32_000)
        yield f"riff-{name}.wav", b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", 16) + form + data
        yield (
            f"avi-{name}.avi",
            b"RIFF" + struct.pack("<I", size) + b"AVI LIST" + struct.pack("<I", size) + b"hdrl" * 500,
        )
    absurd = struct.pack("<HHIIHH", 1, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFF, 0xFFFF)
    yield "wav-absurd.wav", b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + absurd + b"data\x00\x7d\0\0" + bytes(32_000)
    yield "wav-lists.wav", b"RIFF\xff\xff\xff\xffWAVE" + b"LIST\x04\0\0\0INFO" * 500_000
    sound = mp3[mp3.index(b"\xff\xfb") :]
    yield "id3-claims.mp3", b"ID3\3\0\0\x7f\x7f\x7f\x7f" + sound
    held = b"APIC" + struct.pack(">I", 30_000_000) + b"\0\0" + bytes(30_000_000)
    size = bytes(len(held) >> shift & 0x7F for shift in (21, 14, 7, 0))
    yield "id3-holds.mp3", b"ID3\3\0\0" + size + held + sound
    frames = (b"TIT2" + struct.pack(">I", 8) + b"\0\0\0../../\0") * 100_000
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    yield "id3-many.mp3", b"ID3\3\0\0" + size + frames + sound


def _names(mp4: bytes) -> Iterator[tuple[str, bytes]]:
    """Paths and control characters in metadata and in the file's own name."""
    title = b"../../etc/passwd"
    for number, words in enumerate(
        (b"\x1b[2J\x1b]0;x\x07\0\r\n", "\u202efdp.exe\u202c".encode(), b"<script>$(x)`", b"\xff\xfe\xed\xa0\x80")
    ):
        yield f"tags-{number}.mp4", mp4.replace(title, words.ljust(len(title), b" ")[: len(title)])
    yield "\x1b[31m..\n\u202e4pm.mp4", mp4
    yield "%n%s{0}$(touch x);'\".mp4", mp4
    yield "20269999_999999_99999999999999999999.mp4", mp4
    yield "😀" * 60 + ".mp4", mp4
