"""Words of recordings in sorted files, searched by one page of the disk for each word that is asked."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.words import Spoken, Words

_COMMON = 256
"""A word that stands more often says nothing (an empty room, silence)."""
PAGE = 512
"""Words in a page of the disk."""

_PLACE = np.dtype([("recording", "<u4"), ("at", "<f4")])


class Segment(NamedTuple):
    """Words (n, uint64), rising, and the place of each; apart, since only words are searched.

    `pages` are the first words of each page of them: a look-up reads one page of words and none on the way there.
    """

    words: Words
    places: npt.NDArray[np.void]
    pages: Words


def segment_of(spoken: Spoken, number: int) -> Segment:
    """Give the segment of one recording, which is `number` in its index."""
    places = np.empty(len(spoken.words), _PLACE)
    places["recording"], places["at"] = number, spoken.at
    return _paged(spoken.words, places)


def merged(parts: list[Segment]) -> Segment:
    """Give one segment of all words of some."""
    return _paged(np.concatenate([part.words for part in parts]), np.concatenate([part.places for part in parts]))


def _paged(words: Words, places: npt.NDArray[np.void]) -> Segment:
    order = np.argsort(words, kind="stable")
    rising = words[order]
    return Segment(rising, places[order], rising[::PAGE])


def fits(segment: Segment) -> bool:
    """Whether the columns of a segment are of their kinds and of one length."""
    words, places, pages = segment
    kinds = words.dtype == pages.dtype == np.dtype(np.uint64) and places.dtype == _PLACE
    return kinds and places.shape == words.shape == (len(words),) and pages.shape == (-(-len(words) // PAGE),)


def matches(segment: Segment, spoken: Spoken) -> Iterator[tuple[npt.NDArray[np.float64], ...]]:
    """Give recording, offset and moment asked of all equal words in one segment, of words that are not common.

    Raises ValueError where a page does not begin with its word, IndexError where it ends too soon.
    """
    first, times = runs(segment, spoken.words)
    times[times > _COMMON] = 0
    if not times.any():
        return
    starts = np.repeat(np.cumsum(times) - times, times)
    rows = segment.places[np.repeat(first, times) + np.arange(int(times.sum())) - starts]
    asked = np.repeat(spoken.at, times).astype(np.float64)
    yield rows["recording"].astype(np.float64), rows["at"] - asked, asked


def runs(segment: Segment, asked: Words) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give for each word where it stands first and how often, counted to one beyond what is common."""
    first, last = _first(segment, asked), len(segment.words)
    times = np.zeros(len(asked), np.int64)
    met = np.flatnonzero(first < last)
    while len(met):
        met = met[segment.words[first[met] + times[met]] == asked[met]]
        times[met] += 1
        met = met[(times[met] <= _COMMON) & (first[met] + times[met] < last)]
    return first, times


def _first(segment: Segment, asked: Words) -> npt.NDArray[np.int64]:
    """Give the place of the first word that is not below each of `asked`, by halving the page in which it must be."""
    page = np.maximum(np.searchsorted(segment.pages, asked) - 1, 0)
    _ask_for(segment.words, page)
    low = page * PAGE
    if len(segment.words) and (segment.words[low] != segment.pages[page]).any():
        raise ValueError("page")
    high = np.minimum(low + PAGE, len(segment.words))
    while len(left := np.flatnonzero(low < high)):
        middle = (low[left] + high[left]) // 2
        below = segment.words[middle] < asked[left]
        low[left[below]] = middle[below] + 1
        high[left[~below]] = middle[~below]
    return low


def _ask_for(words: Words, pages: npt.NDArray[np.int64]) -> None:
    """Have the disk read all pages that will be wanted at once: one after another, each read takes its whole time."""
    if not isinstance(words, np.memmap) or words.filename is None:
        return
    size = PAGE * words.itemsize
    # A segment that was merged away meanwhile is still mapped, and read as it was.
    with suppress(FileNotFoundError), Path(words.filename).open("rb") as file:
        for page in np.unique(pages).tolist():
            os.posix_fadvise(file.fileno(), words.offset + page * size, size, os.POSIX_FADV_WILLNEED)
