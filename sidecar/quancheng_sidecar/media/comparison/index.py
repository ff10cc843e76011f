"""Which recordings of an archive a new one may come from: an inverted index of words in sorted files.

Each recording taken in adds one small segment; segments of like size are merged, so there are few of them, and each
word is written again only as often as the archive doubles. A reader sees the segments that the list named when it was
opened, so intake never waits. A folder is one shard: an archive keeps one for each unit and year and asks them in turn.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.compare import compare
from quancheng_sidecar.media.comparison.report import Comparison, Evidence, Relation
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.comparison.words import Spoken, Words, words_of

_COMMON = 256
"""A word that stands more often says nothing (an empty room, silence)."""

_LEAST_VOTES = 4
_OFFSET_S = 1.0
_LIST = "segments.json"
_PLACE = np.dtype([("recording", "<u4"), ("at", "<f4")])


class _Segment(NamedTuple):
    """Words (n, uint64), rising, and the place of each; apart, since only words are searched."""

    words: Words
    places: npt.NDArray[np.void]


class Candidate(NamedTuple):
    """A recording that may be related: so many moments of the asked one stand `offset_s` later in it."""

    recording: str
    offset_s: float
    votes: int


@dataclass(frozen=True)
class _State:
    recordings: list[str]
    segments: list[str]
    made: int


class Index:
    """The index in a folder. One process writes at a time; any number read."""

    def __init__(self, folder: Path) -> None:
        """Open, or begin, the index in `folder`."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        held = folder / _LIST
        self._state = _State(**json.loads(held.read_text())) if held.exists() else _State([], [], 0)
        self._open()

    def __contains__(self, recording: str) -> bool:
        return recording in self._state.recordings

    def add(self, recording: str, traits: Traits) -> None:
        """Take a recording in under its name (a digest); one that is known already stays as it is."""
        if recording in self:
            return
        number = len(self._state.recordings)
        spoken = words_of(traits, asked=False)
        parts = [_segment(spoken, number)]
        kept = list(self._state.segments)
        while kept and len(self._opened[kept[-1]].words) < 2 * sum(len(part.words) for part in parts):
            parts.append(self._opened[kept.pop()])
        self._write(_merged(parts), kept, [*self._state.recordings, recording])

    def candidates(self, traits: Traits, most: int = 10) -> list[Candidate]:
        """Give the recordings that share most words with this one at one offset, the likeliest first."""
        spoken = words_of(traits, asked=True)
        found = [part for name in self._state.segments for part in _matches(self._opened[name], spoken)]
        if not found:
            return []
        recording, offset, moment = (np.concatenate(column) for column in zip(*found, strict=True))
        # Many words of one moment are one vote; two neighbouring bins hold what lies on their border.
        votes = np.unique(np.stack([recording, np.floor(offset / _OFFSET_S), np.floor(moment)]), axis=1)[:2]
        places, counts = np.unique(votes, axis=1, return_counts=True)
        return self._best(places, counts)[:most]

    def _best(self, places: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> list[Candidate]:
        best: dict[str, Candidate] = {}
        for place in np.argsort(-counts, kind="stable"):
            votes = int(counts[place])
            if votes < _LEAST_VOTES:
                break
            name = self._state.recordings[int(places[0, place])]
            best.setdefault(name, Candidate(name, float(places[1, place]) * _OFFSET_S, votes))
        return list(best.values())

    def _write(self, segment: _Segment, kept: list[str], recordings: list[str]) -> None:
        """Write a segment, then the list that names it in one step; segments no longer named are removed."""
        made = self._state.made + 1
        name = str(made)
        for path, column in zip(self._files(name), segment, strict=True):
            np.save(path, column)
        state = _State(recordings, [*kept, name], made)
        part = self._folder / f"{_LIST}.part"
        part.write_text(json.dumps(state.__dict__))
        os.replace(part, self._folder / _LIST)  # noqa: PTH105  one step, over the old one
        gone = set(self._state.segments) - set(state.segments)
        self._state = state
        self._open()
        for old in gone:
            for path in self._files(old):
                path.unlink(missing_ok=True)

    def _open(self) -> None:
        self._opened = {
            name: _Segment(*(np.load(path, mmap_mode="r", allow_pickle=False) for path in self._files(name)))
            for name in self._state.segments
        }

    def _files(self, name: str) -> tuple[Path, Path]:
        return self._folder / f"{name}.words.npy", self._folder / f"{name}.places.npy"


def identify(index: Index, traits: Traits, load: Callable[[str], Traits]) -> list[tuple[str, Comparison]]:
    """Say of which archived recordings this one is a copy, a piece or a whole; the likeliest first.

    `load` gives the kept traits of a recording by the name it was added under. Each candidate is compared in full, so
    nothing is told that `compare` would not tell; what only looks alike is told as that.
    """
    found = [(one.recording, compare(load(one.recording), traits)) for one in index.candidates(traits)]
    related = [(name, said) for name, said in found if said.relation is not Relation.UNRELATED]
    alike = [(name, said) for name, said in found if (said.relation, said.evidence) == _ALIKE]
    return [*sorted(related, key=lambda one: -one[1].score), *alike]


_ALIKE = (Relation.UNRELATED, Evidence.LOOKS_ALIKE)


def _segment(spoken: Spoken, number: int) -> _Segment:
    places = np.empty(len(spoken.words), _PLACE)
    places["recording"], places["at"] = number, spoken.at
    return _merged([_Segment(spoken.words, places)])


def _merged(parts: list[_Segment]) -> _Segment:
    words, places = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(words, kind="stable")
    return _Segment(words[order], places[order])


def _matches(segment: _Segment, spoken: Spoken) -> Iterator[tuple[npt.NDArray[np.float64], ...]]:
    """Give recording, offset and moment asked of all equal words in one segment."""
    first, last = (np.searchsorted(segment.words, spoken.words, side) for side in ("left", "right"))
    times = np.where(last - first <= _COMMON, last - first, 0)
    if not times.any():
        return
    starts = np.repeat(np.cumsum(times) - times, times)
    rows = segment.places[np.repeat(first, times) + np.arange(int(times.sum())) - starts]
    asked = np.repeat(spoken.at, times).astype(np.float64)
    yield rows["recording"].astype(np.float64), rows["at"] - asked, asked
