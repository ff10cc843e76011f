"""Where a recording breaks off: what its container claims against the bytes that are there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.ebml import read_outline
from quancheng_sidecar.media.isobmff import top_level
from quancheng_sidecar.media.riff import read_riff
from quancheng_sidecar.media.sniff import transport_packet
from quancheng_sidecar.media.sound_frames import adts_length, amr_length, cut_frame, mp3_length, sound_begins

_TAIL = 1 << 17
_ISO_TOP = frozenset({"ftyp", "styp", "moov", "moof", "mdat", "mfra", "meta", "free", "skip", "wide", "uuid", "sidx"})
_MARKER, _START_OF_SCAN = 0xFF, 0xDA


@dataclass(frozen=True)
class Cut:
    """That a file breaks off: `claimed` bytes where the container states them.

    `closed` is False when the recorder never finished the file (power loss), though no claimed byte is missing.
    """

    size: int
    claimed: int | None = None
    closed: bool = True


def find_cut(path: Path, container: str) -> Cut | None:
    """Tell whether a file breaks off; None when nothing shows it. Photos and all containers of `sniff`."""
    size = path.stat().st_size
    with path.open("rb") as file:
        return _CHECKS[container](file, size)


def truncation(cut: Cut, readable_s: float | None) -> Finding:
    """State a cut as a finding; medium where claimed bytes are missing, else low: neither tells the cause."""
    missing = None if cut.claimed is None else cut.claimed - cut.size
    what_zh = f"文件至少应有 {cut.claimed} 字节，实有 {cut.size} 字节" if missing else "文件末尾不完整"
    what_en = (
        f"the file should hold at least {cut.claimed} bytes and holds {cut.size}"
        if missing
        else "its end is incomplete"
    )
    if not cut.closed:
        what_zh = "录制设备没有正常收尾（缺少索引或结束标记）"
        what_en = "the recorder never closed it (no index or end mark)"
    read_zh = "" if readable_s is None else f"；仍可读取 {readable_s:.2f} 秒"
    read_en = "" if readable_s is None else f"; {readable_s:.2f} s can still be read"
    return Finding(
        code="truncated",
        severity=Severity.MEDIUM if missing else Severity.LOW,
        sentence=Sentence(
            zh=f"文件不完整：{what_zh}{read_zh}。断电、复制中断或被截去都会如此，仅凭此不能判断原因。",
            en=f"The file is cut off: {what_en}{read_en}. Power loss, a broken copy or cutting all leave this sign.",
        ),
        figures={
            "file_bytes": cut.size,
            "claimed_bytes": cut.claimed,
            "missing_bytes": missing,
            "readable_s": readable_s,
        },
    )


def _iso(file: BinaryIO, size: int) -> Cut | None:
    found = top_level(file, size)
    # Some devices append data of their own that is no box; only a box that belongs here can be cut.
    if found and found[-1].kind in _ISO_TOP and found[-1].end > size:
        return Cut(size, found[-1].end)
    return None


def _riff(file: BinaryIO, size: int) -> Cut | None:
    riff = read_riff(file, size)
    # The padding byte behind an odd last chunk is often left out.
    if riff.claimed > size + 1:
        return Cut(size, riff.claimed)
    return Cut(size, closed=False) if riff.open_size or (riff.index_promised and not riff.indexed) else None


def _matroska(file: BinaryIO, size: int) -> Cut | None:
    outline = read_outline(file, size)
    if outline.segment_end is None:
        return Cut(size, closed=False)
    return Cut(size, outline.segment_end) if outline.segment_end > size else None


def _transport_stream(file: BinaryIO, size: int) -> Cut | None:
    layout = transport_packet(file.read(1 << 16))
    if layout is None:
        return None
    packet, _ = layout
    # Packets are counted from a run of them near the end: a damaged stretch before it is no cut.
    base = max(0, size - packet * 64)
    file.seek(base)
    tail = file.read()
    found = transport_packet(tail)
    if found is None or found[0] != packet:
        return None
    # M2TS: a sync byte stands behind four bytes of time code that belong to its packet.
    left = (len(tail) - found[1] + (4 if packet == 192 else 0)) % packet  # noqa: PLR2004  the size that says M2TS
    return Cut(size) if left else None


def _ogg(file: BinaryIO, size: int) -> Cut | None:
    base = max(0, size - _TAIL)
    file.seek(base)
    tail = file.read(_TAIL)
    at = tail.rfind(b"OggS")
    page = tail[at : at + 27]
    if at < 0 or len(page) < 27:  # noqa: PLR2004  RFC 3533 § 6, a page's header
        return Cut(size)
    end = base + at + 27 + page[26] + sum(tail[at + 27 : at + 27 + page[26]])
    if end > size:
        return Cut(size, end)
    return None if page[5] & 4 else Cut(size, closed=False)


def _mp3(file: BinaryIO, size: int) -> Cut | None:
    return Cut(size) if cut_frame(file, sound_begins(file), mp3_length, size) else None


def _aac(file: BinaryIO, size: int) -> Cut | None:
    return Cut(size) if cut_frame(file, sound_begins(file), adts_length, size) else None


def _amr(file: BinaryIO, size: int) -> Cut | None:
    head = file.read(9)
    wide = head == b"#!AMR-WB\n"
    return Cut(size) if cut_frame(file, 9 if wide else 6, amr_length(wide=wide), size) else None


def _png(file: BinaryIO, size: int) -> Cut | None:
    at = 8
    while at + 12 <= size:
        file.seek(at)
        head = file.read(8)
        end = at + 12 + int.from_bytes(head[:4])
        if end > size:
            return Cut(size, end)
        if head[4:] == b"IEND":
            return None
        at = end
    return Cut(size)


def _jpeg(file: BinaryIO, size: int) -> Cut | None:
    at = 2
    while at + 4 <= size:
        file.seek(at)
        head = file.read(4)
        if head[0] != _MARKER:  # no marker where one must stand: damaged, but whether cut cannot be told
            return None
        if head[1] == _START_OF_SCAN:
            return None if _end_of_image(file, at) else Cut(size)
        at += 1 if head[1] == _MARKER else 2 + int.from_bytes(head[2:])
    return Cut(size)


def _end_of_image(file: BinaryIO, at: int) -> bool:
    """Whether EOI stands anywhere behind the first scan: inside coded data FF is always followed by 00 or RST."""
    file.seek(at)
    last = b""
    while block := file.read(1 << 20):
        if b"\xff\xd9" in last + block:
            return True
        last = block[-1:]
    return False


_CHECKS: dict[str, Callable[[BinaryIO, int], Cut | None]] = {
    **dict.fromkeys(("mp4", "mov", "m4a", "3gp", "heic"), _iso),
    **dict.fromkeys(("avi", "wav"), _riff),
    "matroska": _matroska,
    "mpegts": _transport_stream,
    "ogg": _ogg,
    "mp3": _mp3,
    "aac": _aac,
    "amr": _amr,
    "png": _png,
    "jpeg": _jpeg,
}
