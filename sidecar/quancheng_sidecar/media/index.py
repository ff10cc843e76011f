"""The table of all packets that an MP4 or MOV keeps beside them: read with its header, so that no packet need be.

FFmpeg holds it as it would give the packets, edit lists applied. It is used only where it says as much as they do.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.stream import Stream
from numpy.typing import NDArray

from quancheng_sidecar.media.isobmff import Track, movie_of

ISO = frozenset({"mp4", "mov", "m4a", "3gp"})
"""`Probe.container` of the family that has such a table (ISO/IEC 14496-12 § 8.6 and 8.7)."""

_MOST = 1_000_000
"""Packets of a stream in a table (nine hours at 30 a second, 26 MB); longer ones are read, in flat memory."""
_ROW = np.dtype([("at", np.int64), ("place", np.int64), ("size", np.int64), ("key", np.bool_), ("hidden", np.bool_)])


@dataclass(frozen=True)
class Indexed:
    """All packets of one stream in the order of the file, one row each.

    `at` ticks of the stream's time base, presentation and decoding alike; `lasts` ticks, `place` and `size` bytes;
    `key` and `hidden` (by an edit list) flags.
    """

    at: NDArray[np.int64]
    lasts: NDArray[np.int64]
    place: NDArray[np.int64]
    size: NDArray[np.int64]
    key: NDArray[np.bool_]
    hidden: NDArray[np.bool_]


def whole_index(opened: InputContainer, path: Path, container: str) -> dict[int, Indexed] | None:
    """Give the table of every stream by its index; None where reading the packets may tell more, or otherwise.

    That is so in other containers, in files of fragments, where pictures are stored in another order than shown, and
    where a packet is said to lie beyond the end of the file, or lasts no time.
    """
    if container not in ISO:
        return None
    with path.open("rb") as file:
        size = file.seek(0, 2)
        movie = movie_of(file, size)
    if movie is None or movie.fragmented or any(track.reordered for track in movie.tracks):
        return None
    tracks = {track.track_id: track for track in movie.tracks}
    found = {one.index: _indexed(one, tracks[one.id], size) for one in opened.streams if one.id in tracks}
    whole = {index: one for index, one in found.items() if one is not None}
    return whole if len(whole) == len(opened.streams) else None


def _indexed(stream: Stream, track: Track, file_size: int) -> Indexed | None:
    count = len(stream.index_entries)
    # Of sound without frames of its own FFmpeg joins samples to packets.
    if not 0 < count <= _MOST or count != stream.frames:
        return None
    rows = ((one.timestamp, one.pos, one.size, one.is_keyframe, one.is_discard) for one in stream.index_entries)
    table = np.fromiter(rows, dtype=_ROW, count=count)
    at, place, size = table["at"], table["place"], table["size"]
    lasts = np.diff(at, append=at[-1] + track.last_lasts)
    if size.min() <= 0 or lasts.min() <= 0 or (place + size).max() > file_size:
        return None
    return Indexed(at, lasts, place, size, table["key"], table["hidden"])
