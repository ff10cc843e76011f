"""Pictures that an MP4 or MOV holds and none of its tables points at: left where a table was written anew.

Of each track the tables of samples and chunks (ISO/IEC 14496-12 § 8.7.3 to 8.7.5) say which bytes of `mdat` are in use.
What lies between is looked through for NAL units, so that padding, positions and what else devices leave there tells
nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.isobmff import Box, boxes, read_movie, top_level
from quancheng_sidecar.media.nal_units import CODECS, is_slice, kind_of, length_size
from quancheng_sidecar.media.report import Stream

LEAST_PICTURES = 2
"""A single one may be what a device gave up when it was stopped."""

_MOST_ENTRIES = 4_000_000
_MOST_GAPS = 64
_MOST_BYTES = 4 << 20
_MOST_TRIES = 2_000
"""Places that look like a unit and begin nothing, after which a stretch is held to be made to look so."""
_IN_A_ROW = 3
"""Units that follow one on another, each within bounds and of a kind that is used, where they do not fill their place
from end to end: noise does neither."""
_LENGTH = 4
"""Bytes of the length before each unit, as all cameras write it; where it is another nothing is looked for."""
_HEAD = 3
"""Bytes that tell a unit's kind and whether a picture begins with it; a unit of fewer holds nothing."""
_RECORDS = {"h264": b"avcC", "hevc": b"hvcC"}
_KINDS = {"h264": frozenset({1, 5, 6, 7, 8, 9}), "hevc": frozenset({*range(10), *range(16, 22), *range(32, 41)})}
_LIKELY = {
    "h264": re.compile(rb"(?s)(?=\0[\0-\x7f]..[\x01\x06\x09\x21\x25\x27\x28\x41\x45\x61\x65\x67\x68])"),
    "hevc": re.compile(rb"(?s)(?=\0[\0-\x7f]..[\0-\x12\x20-\x2a\x40-\x50][\x01-\x07])"),
}

_Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Chunks:
    """Where a track's chunks begin and end in the file, in bytes, and how many samples stand before each."""

    begin: _Numbers
    end: _Numbers
    before: _Numbers


@dataclass(frozen=True)
class _Layout:
    """What is in use of a file: the chunks of all tracks, `picture` those of the video track, and `mdat` in bytes.

    `steps` are the video track's runs (pictures, ticks that each lasts), `scale` its ticks in a second.
    """

    chunks: list[_Chunks]
    picture: _Chunks
    mdat: list[tuple[int, int]]
    steps: _Numbers
    scale: int


def unlisted_findings(path: Path, video: Stream) -> tuple[Finding, ...] | None:
    """A finding for each place of the file that holds pictures of `video` which no table points at.

    None where that cannot be looked for: other codecs, fragments, tables that are not whole. At most 64 places, and of
    each the first four million bytes. `path` is only read.
    """
    codec = video.codec or ""
    if codec not in CODECS:
        return None
    counted = Counter[int]()
    with path.open("rb") as file:
        layout = _layout(file, codec)
        if layout is None:
            return None
        for begin, end in _between(layout.chunks, layout.mdat):
            # What sound parts lies before one and the same picture that is shown.
            counted[_tick(layout, begin)] += _pictures(_read(file, begin, end), codec)
    whole = int(layout.steps.prod(axis=1).sum())
    return tuple(
        _finding(count, tick / layout.scale, inside=0 < tick < whole)
        for tick, count in sorted(counted.items())
        if count >= LEAST_PICTURES
    )


def _layout(file: BinaryIO, codec: str) -> _Layout | None:
    size = file.seek(0, 2)
    found = top_level(file, size)
    moov = next((box for box in found if box.kind == "moov"), None)
    movie = None if moov is None else read_movie(file, moov, size)
    if moov is None or movie is None or movie.fragmented:
        return None
    traks = [box for box in boxes(file, moov.payload, min(moov.end, size)) if box.kind == "trak"]
    tracks = [_stbl(file, trak, size) for trak in traks[: len(movie.tracks)]]
    chunks = [one for stbl in tracks if (one := _chunks(file, stbl)) is not None]
    lengths = [length_size(codec, _record(file, stbl, codec)) for stbl in tracks]
    if len(chunks) < len(tracks) or _LENGTH not in lengths:
        return None
    shown = lengths.index(_LENGTH)
    return _Layout(
        chunks=chunks,
        picture=chunks[shown],
        mdat=[(box.payload, min(box.end, size)) for box in found if box.kind == "mdat"],
        steps=_steps(file, tracks[shown]),
        scale=movie.tracks[shown].timescale or 1,
    )


def _stbl(file: BinaryIO, trak: Box, size: int) -> dict[str, Box]:
    """The boxes of a track's sample table by their kind."""
    inner = [trak]
    for kind in ("mdia", "minf", "stbl"):
        inner = [
            box for one in inner for box in boxes(file, one.payload, min(one.end, size), most=64) if box.kind == kind
        ]
    return {box.kind: box for one in inner for box in boxes(file, one.payload, min(one.end, size), most=64)}


def _read(file: BinaryIO, begin: int, end: int) -> bytes:
    file.seek(begin)
    return file.read(max(0, min(end - begin, _MOST_BYTES)))


def _table(file: BinaryIO, box: Box | None, columns: int, *, head: int = 8, wide: bool = False) -> _Numbers | None:
    """Give a table behind `head` bytes that end in its count: (entries, columns); None if it is not whole."""
    if box is None:
        return None
    file.seek(box.payload)
    count = int.from_bytes(file.read(head)[-4:])
    length = count * columns * (8 if wide else 4)
    if count > _MOST_ENTRIES or length > box.end - box.payload - head:
        return None
    data = file.read(length)
    whole = len(data) == length
    return np.frombuffer(data, ">u8" if wide else ">u4").astype(np.int64).reshape(count, columns) if whole else None


def _sizes(file: BinaryIO, box: Box | None) -> _Numbers | None:
    """Bytes of each sample; tables that state one size for all are of sound that is stored plainly."""
    if box is None:
        return None
    file.seek(box.payload + 4)
    each, count = int.from_bytes(file.read(4)), int.from_bytes(file.read(4))
    if each:
        return np.full(count, each, np.int64) if count <= _MOST_ENTRIES else None
    table = _table(file, box, 1, head=12)
    return None if table is None else table[:, 0]


def _chunks(file: BinaryIO, stbl: dict[str, Box]) -> _Chunks | None:
    wide = "co64" in stbl
    offsets = _table(file, stbl.get("co64" if wide else "stco"), 1, wide=wide)
    runs, sizes = _table(file, stbl.get("stsc"), 3), _sizes(file, stbl.get("stsz"))
    if offsets is None or runs is None or sizes is None:
        return None
    begin = offsets[:, 0]
    if not len(begin) or not len(runs):
        return _Chunks(*(np.zeros(0, np.int64) for _ in range(3)))
    # Each run says from which chunk on so many samples stand in one.
    run = np.searchsorted(runs[:, 0], np.arange(1, len(begin) + 1), side="right") - 1
    after = np.minimum(np.cumsum(runs[np.maximum(run, 0), 1]), len(sizes))
    before = np.concatenate([[0], after[:-1]])
    total = np.concatenate([[0], np.cumsum(sizes)])
    return _Chunks(begin, begin + total[after] - total[before], before)


def _record(file: BinaryIO, stbl: dict[str, Box], codec: str) -> bytes | None:
    """The decoder configuration record of a track of this codec; None for other tracks."""
    box = stbl.get("stsd")
    data = b"" if box is None else _read(file, box.payload, box.end)
    at = data.find(_RECORDS[codec])
    return data[at + 4 :] if at >= 0 else None


def _steps(file: BinaryIO, stbl: dict[str, Box]) -> _Numbers:
    table = _table(file, stbl.get("stts"), 2)
    return np.zeros((0, 2), np.int64) if table is None else table


def _between(tracks: Sequence[_Chunks], held: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Give the stretches of `held` (first byte, behind the last) that are in no chunk, at most `_MOST_GAPS`."""
    begin = np.concatenate([one.begin for one in tracks])
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], np.concatenate([one.end for one in tracks])[order]
    reached = np.maximum.accumulate(end)
    given = 0
    for first, last in held:
        inside = (reached > first) & (begin < last)
        left = np.concatenate([[first], np.maximum(reached[inside], first)])
        right = np.concatenate([np.minimum(begin[inside], last), [last]])
        for at in np.flatnonzero(right > left)[: _MOST_GAPS - given]:
            given += 1
            yield int(left[at]), int(right[at])


def _pictures(data: bytes, codec: str) -> int:
    """Count the pictures that begin in bytes of unknown meaning, which sound may part."""
    count, reached, tries = 0, 0, 0
    for likely in _LIKELY[codec].finditer(data):
        if likely.start() < reached:
            continue
        tries += 1
        if tries > _MOST_TRIES:
            break
        units, end = _run(data, likely.start(), codec)
        if len(units) >= _IN_A_ROW or (likely.start() == 0 and end == len(data)):
            begun = sum(is_slice(unit, codec) and _begins_picture(unit, codec) for unit in units)
            count, reached, tries = count + begun, end, 0 if begun else tries
    return count


def _run(data: bytes, at: int, codec: str) -> tuple[list[bytes], int]:
    """Give the first bytes of the units that follow one on another from here, and where they end."""
    heads = []
    while at + _LENGTH + _HEAD <= len(data):
        begin = at + _LENGTH
        end, head = begin + int.from_bytes(data[at:begin]), data[begin : begin + _HEAD]
        if end < begin + _HEAD or end > len(data) or not _is_used(head, codec):
            break
        heads.append(head)
        at = end
    return heads, at


def _is_used(head: bytes, codec: str) -> bool:
    if head[0] & 0x80 or kind_of(head, codec) not in _KINDS[codec]:
        return False
    if codec == "h264":  # § 7.4.1: key slices are referred to, messages never are
        referred, kind = head[0] >> 5, kind_of(head, codec)
        return referred == 0 if kind in {6, 9} else referred > 0 or kind == 1
    return not head[0] & 1 and head[1] >> 3 == 0 and head[1] & 7 > 0  # H.265 § 7.4.2.2: the base layer


def _begins_picture(head: bytes, codec: str) -> bool:
    """Whether a slice is its picture's first: H.264 § 7.3.3 (first_mb_in_slice is 0), H.265 § 7.3.6.1."""
    return bool((head[1] if codec == "h264" else head[2]) & 0x80)


def _tick(layout: _Layout, place: int) -> int:
    """When the first picture behind a place of the file is decoded, in ticks; behind the last one, the end."""
    pictures, behind = layout.steps[:, 0], np.flatnonzero(layout.picture.begin >= place)
    number = int(layout.picture.before[behind[0]]) if len(behind) else int(pictures.sum())
    before = np.cumsum(pictures) - pictures
    return int((np.clip(number - before, 0, pictures) * layout.steps[:, 1]).sum())


def _finding(count: int, at: float, *, inside: bool) -> Finding:
    """Medium between pictures that are shown; low at both ends, where devices that use room again leave old ones."""
    zh = (
        "像是只改写索引、删去画面而留下的；设备写入后放弃的画面、损坏后修复的文件也可能如此"
        if inside
        else "循环使用存储空间的设备会在文件首尾留下旧画面；只改写索引而截去首尾也会如此"
    )
    en = (
        "as is left where pictures were taken out by writing the index anew; what a device gave up, or a repaired"
        " file, may look so too"
        if inside
        else "devices that use their room again leave old pictures at either end of a file; so does cutting an end off"
        " by writing the index anew"
    )
    return Finding(
        code="pictures-unlisted",
        severity=Severity.MEDIUM if inside else Severity.LOW,
        sentence=Sentence(
            zh=f"文件在第{at:.1f}秒附近另存有至少{count}幅画面，没有任何索引指向，播放不出来：{zh}，"
            "请与设备中的原始文件核对。",
            en=f"Near {at:.1f} s the file holds at least {count} further pictures to which no index points, so that"
            f" they are not played: {en}; compare the device's own file.",
        ),
        at=round(at, 3),
        figures={"pictures": count, "least_pictures": LEAST_PICTURES},
    )
