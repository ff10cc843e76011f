"""Which type of recording the bytes are, whatever the extension says."""

from pathlib import Path
from typing import BinaryIO

from quancheng_plugin.errors import EmptyFile, UnsupportedType
from quancheng_sidecar.media.sound_frames import adts_length, frames_at, mp3_length, sound_begins

_HEAD = 1 << 16
_ISO_FIRST = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"moof", b"styp"})
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
_STILLS = frozenset({b"mif1", b"msf1"})
_BRANDS = {b"qt  ": "mov", b"M4A ": "m4a", b"M4B ": "m4a"}
_OTHER_ISO = frozenset({b"avif", b"avis", b"crx ", b"jp2 ", b"jpx ", b"jxl "})
_RIFF = {b"AVI ": "avi", b"WAVE": "wav"}
_MAGIC = (
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"OggS", "ogg"),
    (b"#!AMR", "amr"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
)
_TS_PACKETS = (188, 192, 204)
_TS_SEEN = 8
_SYNC = b"\x47"
_ACCEPTED = "MP4 MOV AVI MKV TS 3GP · WAV MP3 AAC M4A AMR OGG · JPEG PNG HEIC"


def sniff(path: Path) -> str:
    """Give the container's short name (`Probe.container`) by the file's content.

    Raises EmptyFile, and UnsupportedType for everything that is not a recording of an accepted type. Playlists,
    concat scripts and session descriptions are text and therefore refused here, before FFmpeg sees them.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head:
            raise EmptyFile(
                zh="文件是空的（0 字节）：请从设备重新导出。",
                en="The file is empty (0 bytes): export it from the device again.",
            )
        found = _by_magic(head) or _iso(head) or _sound(file) or ("mpegts" if transport_packet(head) else None)
    if found is None:
        raise UnsupportedType(
            zh=f"文件内容不是可受理的录音录像或照片（可受理：{_ACCEPTED}）：扩展名不作数，请核对文件。",
            en=f"The content is no recording of an accepted type ({_ACCEPTED}), whatever the extension says.",
        )
    return found


def transport_packet(head: bytes) -> tuple[int, int] | None:
    """Give packet size and offset of the first run of sync bytes of an MPEG transport stream, or None.

    Sizes: 188, 192 (M2TS, four bytes of time code before each) or 204 (with parity).
    """
    offset = head.find(_SYNC)
    while offset >= 0:
        for size in _TS_PACKETS:
            marks = head[offset : offset + size * _TS_SEEN : size]
            # One mark alone is just the letter G; a short file must show them from its beginning to its end.
            enough = len(marks) == _TS_SEEN or (offset < size and len(head) - offset >= 2 * size)
            if enough and marks == _SYNC * len(marks):
                return size, offset
        offset = head.find(_SYNC, offset + 1)
    return None


def _by_magic(head: bytes) -> str | None:
    if head[:4] in {b"RIFF", b"RF64", b"BW64"}:
        return _RIFF.get(head[8:12])
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def _iso(head: bytes) -> str | None:
    if head[4:8] not in _ISO_FIRST:
        return None
    if head[4:8] != b"ftyp":  # QuickTime before brands, and recorders that write `mdat` first
        return "mov"
    size = int.from_bytes(head[:4])
    major, brands = head[8:12], {head[at : at + 4] for at in range(16, min(size, 4096), 4)}
    if major in _STILLS:  # any coding: only the HEVC brands beside say HEIC
        return "heic" if brands & _HEIC else None
    if major in _OTHER_ISO or major in _HEIC:
        return "heic" if major in _HEIC else None
    return "3gp" if major[:2] == b"3g" else _BRANDS.get(major, "mp4")


def _sound(file: BinaryIO) -> str | None:
    begin = sound_begins(file)
    for name, length in (("aac", adts_length), ("mp3", mp3_length)):
        if frames_at(file, begin, length):
            return name
    return None
