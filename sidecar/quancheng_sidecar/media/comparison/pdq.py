"""PDQ of many small pictures at once (facebook/ThreatExchange, "The TMK+PDQF video-hashing algorithm and the PDQ
image-hashing algorithm", 2019): bit for bit those of the library on pictures of 64 × 64.

A cosine transform of a whole stack is two products of matrices (`basis`), and the mirrored picture's hash is the same
transform with every second column negated.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

SIDE = 64
"""Rows and columns of a picture to hash."""

BITS = 256
KEPT = 16
"""Waves kept along each side."""

_ROWS = 16
_GROUPS = (9, 5, 3)
_STEADY = 24
"""Bits between neighbours beyond which looking at some of them first spares nothing."""

Hashes = npt.NDArray[np.uint8]
"""Packed hashes, the last axis 32 bytes."""


def hash_waves(waves: npt.NDArray[np.float32]) -> tuple[Hashes, Hashes]:
    """Give the hashes of pictures and of their mirror images, each (n, 32).

    `waves` (n, 16, 16) are the pictures' transforms: `basis() @ picture @ basis().T` of a grey one of 64 × 64.
    """
    mirrored = waves * np.where(np.arange(1, KEPT + 1) % 2, -1, 1).astype(np.float32)
    return _bits(waves), _bits(mirrored)


def turned(hashes: Hashes, quarters: int) -> Hashes:
    """Give the hashes (n, 32) of the same pictures turned clockwise by 1 to 3 quarters, to a few bits of rounding.

    Turning exchanges rows and columns and negates waves; as their middle is near zero, that negates their bits.
    """
    waves = np.unpackbits(hashes, axis=1)[:, ::-1].reshape(len(hashes), KEPT, KEPT)
    odd = np.arange(KEPT) % 2 == 0  # the first is wave 1
    if quarters % 2:
        waves = waves.transpose(0, 2, 1)
    columns, rows = quarters in {1, 2}, quarters in {2, 3}
    return np.packbits((waves ^ (odd & columns) ^ (odd & rows)[:, None]).reshape(len(hashes), BITS)[:, ::-1], axis=1)


def apart(some: Hashes, others: Hashes) -> npt.NDArray[np.int16]:
    """Give the bits in which each of `some` (n, 32) differs from each of `others` (m, 32): (n, m), 0 to 256."""
    return np.concatenate([np.zeros((0, len(others)), np.int16), *_apart_by_rows(some, others)])


def _apart_by_rows(some: Hashes, others: Hashes) -> Iterator[npt.NDArray[np.int16]]:
    """The same, some rows at a time: as many as the processor's nearer memory holds, which halves the time."""
    words, theirs = _words(some), np.ascontiguousarray(_words(others).T)
    for at in range(0, len(some), _ROWS):
        rows = words[at : at + _ROWS]
        different = np.zeros((len(rows), len(others)), np.int16)
        for word, their in enumerate(theirs):
            different += np.bitwise_count(rows[:, word, None] ^ their)
        yield different


def nearest_within(
    some: Hashes, others: Hashes, *, count: int, most: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the pairs (index in `others`, index in `some`) at most `most` bits apart, the `count` nearest of each.

    Quickest where `others` follow one on another in time, as each is then like its neighbours.
    """
    rows = _may_be_near(some, others, most)
    kept = min(count, len(others))
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for at, distance in enumerate(_apart_by_rows(some[rows], others)):
        # Of strangers almost nothing is within: only rows that hold something are looked at closer.
        held = np.flatnonzero(distance.min(axis=1, initial=BITS) <= most)
        if len(held):
            columns = np.argpartition(distance[held], kept - 1, axis=1)[:, :kept]
            near = np.take_along_axis(distance[held], columns, axis=1) <= most
            found.append((columns[near], np.repeat(rows[at * _ROWS + held], near.sum(axis=1))))
    in_others, in_some = zip(*found, strict=True)
    return np.concatenate(in_others), np.concatenate(in_some)


def _may_be_near(some: Hashes, others: Hashes, most: int) -> npt.NDArray[np.int64]:
    """Give those of `some` that may be within `most` bits of any of `others`, looking at the middle one of each few.

    Nothing within is lost: by the triangle's rule it is farther from the middle one by no more than its neighbour is.
    In a camera that is carried about all neighbours are unlike, and all of `some` may be near.
    """
    for group in _GROUPS if len(others) else ():
        middles, reach = _grouped(others, group)
        if np.median(reach) <= _STEADY:
            least = [(distance - reach).min(axis=1) for distance in _apart_by_rows(some, middles)]
            return np.flatnonzero(np.concatenate(least) <= most) if least else np.arange(0)
    return np.arange(len(some))


def _grouped(others: Hashes, group: int) -> tuple[Hashes, npt.NDArray[np.int16]]:
    """Give the middle one of each few that follow one on another, and how far the others lie from it at most."""
    middles = np.arange(min(group // 2, len(others) - 1), len(others), group)
    of_each = np.minimum(np.arange(len(others)) // group, len(middles) - 1)
    reach = np.zeros(len(middles), np.int16)
    np.maximum.at(reach, of_each, apart_each(others, others[middles[of_each]]).astype(np.int16))
    return others[middles], reach


def apart_each(some: Hashes, others: Hashes) -> npt.NDArray[np.int64]:
    """Give the bits in which hashes differ one from one, both (…, 32)."""
    each = np.bitwise_count(_words(some) ^ _words(others))
    # Four columns added up one on another are many times quicker than sums along so short an axis.
    return sum((each[..., word] for word in range(each.shape[-1])), start=np.zeros(each.shape[:-1], np.int64))


def _words(hashes: Hashes) -> npt.NDArray[np.uint64]:
    return np.ascontiguousarray(hashes).view(np.uint64)


@cache
def basis() -> npt.NDArray[np.float32]:
    """Give the waves that are kept (16, 64); the lowest, which is mere brightness, is left out (§ 4.2)."""
    rows = np.arange(1, KEPT + 1)[:, None]
    columns = 2 * np.arange(SIDE) + 1
    waves: npt.NDArray[np.float32] = np.cos(np.pi / (2 * SIDE) * rows * columns).astype(np.float32)
    scaled: npt.NDArray[np.float32] = np.sqrt(np.float32(2 / SIDE)) * waves
    return scaled


def _bits(waves: npt.NDArray[np.float32]) -> Hashes:
    flat = waves.reshape(len(waves), BITS)
    # The library takes the lower of the two middle values.
    middle = np.partition(flat, BITS // 2 - 1, axis=1)[:, BITS // 2 - 1 : BITS // 2]
    return np.packbits((flat > middle)[:, ::-1], axis=1)  # written from the highest frequency down
