"""Frames of bare sound streams: ADTS (ISO/IEC 13818-7), MP3 (ISO/IEC 11172-3, 13818-3) and AMR (RFC 4867 § 5)."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from av.packet import Packet

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

_MP3_KBPS = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES = (44100, 48000, 32000)
_MPEG_1, _MPEG_2 = 3, 2
_AMR_NB = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
_AMR_WB = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
_WINDOW = 1 << 17
_SURE = 4

FrameLength = Callable[[bytes], int | None]
"""Bytes of the frame that begins with these (at least 6) bytes, or None when no frame begins so."""


def adts_length(head: bytes) -> int | None:
    """Length of an ADTS frame."""
    if len(head) < 6 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or (head[2] >> 2) & 15 > 12:  # noqa: PLR2004  § 6.2.1
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else None  # noqa: PLR2004  a header alone has seven bytes


def mp3_length(head: bytes) -> int | None:
    """Length of an MPEG-1, -2 or -2.5 layer III frame."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] & 6 != 2:  # noqa: PLR2004  sync, layer III
        return None
    version, rate, step = (head[1] >> 3) & 3, (head[2] >> 2) & 3, head[2] >> 4
    if version == 1 or rate == 3 or step in {0, 15}:  # noqa: PLR2004  reserved bits; free format is not followed
        return None
    first = version == _MPEG_1
    hertz = _MP3_RATES[rate] >> (0 if first else 1 if version == _MPEG_2 else 2)
    return (144 if first else 72) * _MP3_KBPS[first][step - 1] * 1000 // hertz + (head[2] >> 1 & 1)


def mp3_declared(file: BinaryIO) -> float | None:
    """Give the seconds that the first frame's Xing or Info header states, or None without one."""
    file.seek(sound_begins(file))
    data = file.read(256)
    at = next((place for mark in (b"Xing", b"Info") if (place := data.find(mark)) > 0), None)
    if at is None or mp3_length(data) is None or len(data) < at + 12 or not data[at + 7] & 1:
        return None
    version, rate = (data[1] >> 3) & 3, (data[2] >> 2) & 3
    hertz = _MP3_RATES[rate] >> (0 if version == _MPEG_1 else 1 if version == _MPEG_2 else 2)
    return int.from_bytes(data[at + 8 : at + 12]) * (1152 if version == _MPEG_1 else 576) / hertz


def amr_length(*, wide: bool) -> FrameLength:
    """Length of a frame of AMR, or of AMR-WB with `wide`."""
    sizes = _AMR_WB if wide else _AMR_NB
    return lambda head: sizes[(head[0] >> 3) & 15] if head and not head[0] & 0x83 else None


_AMR = {"amr_nb": amr_length(wide=False), "amr_wb": amr_length(wide=True)}


def coded_frames(data: memoryview, codec: str) -> Iterator[memoryview]:
    """Frames of what a container holds as one packet: 3GP packs several of AMR into one, others one each."""
    at = 0
    while at < len(data):
        size = _AMR[codec](bytes(data[at : at + 1])) if codec in _AMR else None
        yield data[at : at + (size or len(data) - at)]
        at += size or len(data) - at


def one_by_one(packet: "Packet[AudioStream]", codec: str) -> Iterator["Packet[AudioStream]"]:
    """Packets of one frame each, with their times: FFmpeg decodes the first of several of AMR and drops the others."""
    frames = list(coded_frames(memoryview(packet), codec)) if codec in _AMR else []
    if len(frames) < 2:  # noqa: PLR2004  most have one
        yield packet
        return
    for number, frame in enumerate(frames):
        alone = cast("Packet[AudioStream]", Packet(bytes(frame)))
        alone.time_base = packet.time_base
        if packet.pts is not None:
            alone.pts = packet.pts + (packet.duration or 0) * number // len(frames)
        yield alone


def sound_begins(file: BinaryIO) -> int:
    """Give where sound begins: behind ID3v2 tags and zero padding."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3":  # noqa: PLR2004  an ID3v2 header
            break
        size = 0
        for byte in head[6:]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if head[5] & 0x10 else 0)
    file.seek(at)
    window = file.read(_WINDOW)
    return at + len(window) - len(window.lstrip(b"\0"))


def frames_at(file: BinaryIO, at: int, length: FrameLength) -> bool:
    """Whether four whole frames follow one another here (or two, when the file ends there)."""
    file.seek(at)
    data = file.read(_WINDOW)
    place = seen = 0
    while seen < _SURE:
        size = length(data[place : place + 8])
        if size is None or place + size > len(data):
            return seen >= 2 and place + (size or 0) >= len(data)  # noqa: PLR2004  one sync word alone may be chance
        place, seen = place + size, seen + 1
    return True


def cut_frame(file: BinaryIO, at: int, length: FrameLength, size: int) -> bool:
    """Whether the last frame is longer than what is left of a file of `size` bytes.

    Walks all frames from `at`; anything else between or behind them (a tag) ends the walk and is no cut.
    """
    file.seek(at)
    data, base, place = file.read(_WINDOW), at, 0
    while True:
        if len(data) - place < 8 and base + len(data) < size:  # noqa: PLR2004  a header needs up to 7 bytes
            base, place = base + place, 0
            file.seek(base)
            data = file.read(_WINDOW)
        frame = length(data[place : place + 8])
        if frame is None:
            return False
        place += frame
        if base + place > size:
            return True
        if place > len(data):
            base, place = base + place, 0
            file.seek(base)
            data = file.read(_WINDOW)
