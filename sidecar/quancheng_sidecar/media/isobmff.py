"""Boxes of ISO base media files (ISO/IEC 14496-12) and QuickTime movies: what a demuxer does not tell.

Read by seeking, bounded in depth and number, so that claimed sizes and counts of a hostile file cost nothing: a table
is never longer than the box it lies in, nor than the bounds below.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from quancheng_sidecar.media import gpmf
from quancheng_sidecar.media.report import EditListEntry
from quancheng_sidecar.media.tag_text import decode

_MAX_BOXES = 20_000
_MAX_TOP = 4_096
MOST_EDITS = 1_024
"""Entries of an edit list that are read: editing programs write some hundreds at most."""
_MAX_TRACKS = 64
_MAX_TAGS = 128
_MAX_TAG = 512
_UNIX_IN_1904 = 2_082_844_800
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The `uuid` box that holds XMP (Adobe, XMP Specification Part 3, "MPEG-4")."""
_MAX_XMP = 65_536
_XMP_PROGRAM = re.compile(rb"(CreatorTool|softwareAgent)\s*(?:=\s*[\"']|>)([^\"'<]{1,120})")
_UNKNOWN = {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}


@dataclass(frozen=True)
class Box:
    """One box: its type, where it starts, where its payload starts, and where it claims to end, in bytes."""

    kind: str
    start: int
    payload: int
    end: int


@dataclass
class Track:
    """What `trak` says: durations in seconds, `matrix` the display matrix a b c d.

    `last_lasts` is how many ticks of `timescale` its last sample lasts (§ 8.6.1.2, `stts`); `reordered` says that
    samples may be shown in another order than stored (§ 8.6.1.3, `ctts`). `edits` are the first MOST_EDITS of those
    that its list holds, `held_edits` in number.
    """

    number: int
    track_id: int = 0
    handler: str = ""
    timescale: int = 0
    declared: float | None = None
    matrix: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 1.0)
    edits: list[EditListEntry] = field(default_factory=list)
    held_edits: int = 0
    created: dict[str, int] = field(default_factory=dict)
    last_lasts: int = 0
    reordered: bool = False


@dataclass
class Movie:
    """What `moov` says beside the sample tables; instants as raw counts of seconds.

    `fragmented` says that samples may stand in fragments behind it (§ 8.8).
    """

    timescale: int = 0
    declared: float | None = None
    created: dict[str, int] = field(default_factory=dict)
    tracks: list[Track] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    fragmented: bool = False


def boxes(file: BinaryIO, start: int, end: int, *, most: int = _MAX_BOXES) -> Iterator[Box]:
    """Give the boxes between two offsets, at most `most`; one that reaches beyond `end` comes last, as it claims."""
    at = start
    for _ in range(most):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(16)
        size, kind, header = int.from_bytes(head[:4]), head[4:8], 8
        if size == 1 and len(head) == 16:  # noqa: PLR2004  a 64-bit size follows
            size, header = int.from_bytes(head[8:16]), 16
        elif size == 0:
            size = end - at
        if size < header:
            return
        yield Box(kind.decode("latin-1"), at, at + header, at + size)
        at += size


def top_level(file: BinaryIO, size: int) -> list[Box]:
    """Give the boxes of the file itself; of one that is no box any more (zeros, noise) nothing follows."""
    found = []
    for box in boxes(file, 0, size, most=_MAX_TOP):
        if not all(32 <= ord(letter) <= 126 or letter == "©" for letter in box.kind):  # noqa: PLR2004  printable
            break
        found.append(box)
    return found


def movie_of(file: BinaryIO, size: int) -> Movie | None:
    """Read the file's first `moov`; None where there is none."""
    moov = next((box for box in top_level(file, size) if box.kind == "moov"), None)
    return None if moov is None else read_movie(file, moov, size)


def read_movie(file: BinaryIO, moov: Box, size: int) -> Movie:
    """Read `moov`, wherever it breaks off."""
    movie, fragments = Movie(), None
    for box in boxes(file, moov.payload, min(moov.end, size), most=_MAX_TRACKS * 4):
        if box.kind == "mvhd":
            _read_mvhd(_payload(file, box, 40), movie)
        elif box.kind == "mvex":
            fragments = box
        elif box.kind == "trak" and len(movie.tracks) < _MAX_TRACKS:
            movie.tracks.append(_read_track(file, box, movie, size))
        elif box.kind == "udta":
            _read_tags(file, box, size, movie.tags)
    if fragments is not None:
        # The other headers state the length of what stands before the first fragment (§ 8.8.2).
        movie.fragmented = True
        movie.declared = _overall(file, fragments, size, movie.timescale)
        for track in movie.tracks:
            track.declared = None
    return movie


def read_programs(file: BinaryIO, found: Sequence[Box], tags: dict[str, str]) -> None:
    """Add the programs that XMP beside `moov` names, under `xmp.<property>`; `found` are the file's own boxes."""
    for box in found[:_MAX_TRACKS]:
        if box.kind == "uuid" and (data := _payload(file, box, _MAX_XMP))[:16] == _XMP:
            _name_programs(data, tags)


def _name_programs(xmp: bytes, tags: dict[str, str]) -> None:
    for key, value in _XMP_PROGRAM.findall(xmp):
        tags.setdefault(f"xmp.{key.decode()}", decode(value))


def instant(raw: int) -> str:
    """Write a count of seconds since 1904 as ISO 8601 with `Z`.

    Counts before 1970 are counts from 1970: devices err so, and FFmpeg reads them so.
    """
    count = raw if raw >= _UNIX_IN_1904 else raw + _UNIX_IN_1904
    try:
        return (_EPOCH + timedelta(seconds=count)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return str(raw)


def _payload(file: BinaryIO, box: Box, most: int) -> bytes:
    file.seek(box.payload)
    return file.read(max(0, min(most, box.end - box.payload)))


def _times(data: bytes) -> tuple[int, int, int, bytes] | None:
    """Give version, creation, modification and the rest of a full box that begins with both instants."""
    wide = data[:1] == b"\1"
    need = 20 if wide else 12
    if len(data) < need:
        return None
    created, modified = struct.unpack(">QQ" if wide else ">II", data[4:need])
    return int(wide), created, modified, data[need:]


def _remember(where: str, data: bytes, into: dict[str, int]) -> tuple[bool, bytes] | None:
    read = _times(data)
    if read is None:
        return None
    wide, created, modified, rest = read
    # Zero means "not set".
    into.update({key: value for key, value in ((where, created), (f"{where}.modification", modified)) if value})
    return bool(wide), rest


def _scaled(data: bytes, *, wide: bool) -> tuple[int, float | None]:
    """Give time scale and duration in seconds (None when not set) from where both stand."""
    form = ">IQ" if wide else ">II"
    if len(data) < struct.calcsize(form):
        return 0, None
    scale, duration = struct.unpack_from(form, data)
    known = scale and duration and duration not in _UNKNOWN
    return scale, duration / scale if known else None


def _read_mvhd(data: bytes, movie: Movie) -> None:
    read = _remember("mvhd", data, movie.created)
    if read is not None:
        movie.timescale, movie.declared = _scaled(read[1], wide=read[0])


def _overall(file: BinaryIO, mvex: Box, size: int, timescale: int) -> float | None:
    """Seconds of the movie with all its fragments, by `mehd`; None where nothing states them."""
    for box in boxes(file, mvex.payload, min(mvex.end, size), most=_MAX_TRACKS * 2):
        data = _payload(file, box, 12)
        if box.kind == "mehd" and len(data) >= 8 and timescale:  # noqa: PLR2004  version, flags, 32-bit duration
            return int.from_bytes(data[4:12] if data[0] == 1 else data[4:8]) / timescale or None
    return None


def _read_tags(file: BinaryIO, udta: Box, size: int, tags: dict[str, str]) -> None:
    """Read texts that devices leave in `udta` beside the tags FFmpeg knows, under `udta.<box>`."""
    for box in boxes(file, udta.payload, min(udta.end, size), most=_MAX_TAGS):
        if box.kind in {"meta", "hnti"}:
            continue
        if box.kind == "XMP_":
            _name_programs(_payload(file, box, _MAX_XMP), tags)
            continue
        if box.kind == "GPMF":
            tags |= gpmf.camera_tags(_payload(file, box, gpmf.MOST_BYTES))
            continue
        data = _payload(file, box, _MAX_TAG)
        # QuickTime text: a length and a language before it (QTFF, "User data text strings").
        text = data[4 : 4 + int.from_bytes(data[:2])] if box.kind.startswith("©") else data
        # Much of `udta` is binary (thumbnails, calibration): only what is text from end to end is a tag.
        text = text.rstrip(b"\0")
        if text and not any(byte < 32 for byte in text):  # noqa: PLR2004  control characters
            tags.setdefault(f"udta.{box.kind}", decode(text))


def _read_track(file: BinaryIO, trak: Box, movie: Movie, size: int) -> Track:
    track = Track(number=len(movie.tracks))
    for box in boxes(file, trak.payload, min(trak.end, size), most=64):
        if box.kind == "tkhd":
            _read_tkhd(_payload(file, box, 104), track)
        elif box.kind == "edts":
            for inner in boxes(file, box.payload, min(box.end, size), most=4):
                if inner.kind == "elst":
                    _read_edits(_payload(file, inner, 8 + 20 * MOST_EDITS), track, movie.timescale)
                    track.held_edits = min(track.held_edits, (min(inner.end, size) - inner.payload) // 12)
        elif box.kind == "mdia":
            _read_media(file, box, size, track)
        elif box.kind == "udta":
            _read_tags(file, box, size, movie.tags)
    # Media times count in the track's own scale, which stands behind the edit list.
    scale = track.timescale or 1
    track.edits = [
        edit if edit.media_time < 0 else edit.model_copy(update={"media_time": edit.media_time / scale})
        for edit in track.edits
    ]
    return track


def _read_tkhd(data: bytes, track: Track) -> None:
    read = _remember("tkhd", data, track.created)
    if read is None:
        return
    # Behind the instants: track id, reserved, duration (32 or 64 bits), 8 reserved, layer, group, volume, reserved.
    track.track_id = int.from_bytes(read[1][:4])
    at = (16 if read[0] else 12) + 16
    if len(read[1]) >= at + 20:
        a, b, _, c, d = struct.unpack_from(">5i", read[1], at)
        track.matrix = (a / 65536, b / 65536, c / 65536, d / 65536)


def _read_edits(data: bytes, track: Track, timescale: int) -> None:
    if len(data) < 8:  # noqa: PLR2004  version, flags, count
        return
    form = ">Qqhh" if data[:1] == b"\1" else ">Iihh"
    step, claimed = struct.calcsize(form), int.from_bytes(data[4:8])
    track.held_edits = claimed
    for index in range(min(claimed, MOST_EDITS, (len(data) - 8) // step)):
        duration, media_time, whole, part = struct.unpack_from(form, data, 8 + index * step)
        track.edits.append(
            EditListEntry(
                duration=duration / timescale if timescale else 0.0,
                media_time=float(media_time),
                rate=whole + (part & 0xFFFF) / 65536,
            )
        )


def _read_media(file: BinaryIO, mdia: Box, size: int, track: Track) -> None:
    for box in boxes(file, mdia.payload, min(mdia.end, size), most=16):
        if box.kind == "mdhd":
            read = _remember("mdhd", _payload(file, box, 40), track.created)
            if read is not None:
                track.timescale, track.declared = _scaled(read[1], wide=read[0])
        elif box.kind == "hdlr":
            track.handler = _payload(file, box, 12)[8:12].decode("latin-1")
        elif box.kind == "minf":
            for inner in boxes(file, box.payload, min(box.end, size), most=16):
                if inner.kind == "stbl":
                    _read_samples(file, inner, size, track)


def _read_samples(file: BinaryIO, stbl: Box, size: int, track: Track) -> None:
    for box in boxes(file, stbl.payload, min(stbl.end, size), most=64):
        if box.kind == "ctts":
            track.reordered = True
        elif box.kind == "stts" and box.payload + 16 <= box.end <= size:
            file.seek(box.end - 4)
            track.last_lasts = int.from_bytes(file.read(4))
