"""Which recordings of an archive a new one may come from: an inverted index of words in sorted files.

Each recording taken in adds one small segment; segments of like size are merged, so there are few of them, and each
word is written again only as often as the archive doubles. A reader sees the segments that the list named when it was
opened, so intake never waits. An index is one shard: an archive keeps one for each year and asks them in turn.
"""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tokenize import TokenError
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.media.comparison.clocks import Clocks
from quancheng_sidecar.media.comparison.compare import compare
from quancheng_sidecar.media.comparison.report import Comparison, Evidence, Relation
from quancheng_sidecar.media.comparison.segments import Segment, fits, matches, merged, segment_of
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.comparison.words import Spoken, words_of

_LEAST_VOTES = 3
"""Moments that must agree; words drawn at random reach two in 10,000 hours about once in fifty look-ups."""
_COMPARED = 10
"""Candidates that are compared in full, of all shards together."""

_OFFSET_S = 1.0
_LIST = "segments.json"
_MARK = "damaged"
"""A file that a look-up leaves where what it read cannot be: the shard is not opened any more, and so is built anew."""

_TRIES = 20
"""How often a reader looks at the list again whose segments were merged away just then."""


class IndexDamaged(QuanchengError):
    """A shard does not read as it was written: a disk that failed, or somebody was at it."""

    code = "QC-ORIGIN-INDEX-DAMAGED"


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
    pictured: list[int] = field(default_factory=list)
    """Recordings whose pictures are in."""


def _listed(text: str) -> _State:
    """Read a list; those that were written before lists had a seal have none. Raises ValueError, TypeError."""
    state, _, seal = text.partition("\n")
    if seal and seal != _seal(state):
        raise ValueError("seal")
    return _State(**json.loads(state))


def _seal(text: str) -> str:
    return blake3(text.encode()).hexdigest()


class Index:
    """The index in a folder. One process writes at a time; any number read."""

    _state: _State
    _opened: dict[str, Segment]

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, which is empty until something is added. Raises IndexDamaged."""
        self.folder = folder
        if (folder / _MARK).exists():
            raise self._damaged()
        try:
            self._read()
        except (OSError, EOFError, ValueError, TypeError, TokenError) as error:  # the last of a header of NumPy's
            raise self._damaged() from error

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged(
            zh=f"溯源索引（{self.folder}）已损坏；请运行 quancheng recording trace，它会由保存的特征重建。",
            en=f"The index of origins ({self.folder}) is damaged; `quancheng recording trace` builds it anew.",
        )

    @property
    def recordings(self) -> Sequence[str]:
        """Names of all that was taken in."""
        return self._state.recordings

    def __contains__(self, recording: str) -> bool:
        return recording in self._state.recordings

    def add(self, recording: str, traits: Traits) -> None:
        """Take a recording in under its name (a digest); of one that is known already only pictures it came without."""
        names, pictured = self._state.recordings, self._state.pictured
        known, seen = recording in self, len(traits.pictures) > 0
        number = names.index(recording) if known else len(names)
        if known and (number in pictured or not seen):
            return
        told = Traits(traits.duration, traits.seen, traits.heard, pictures=traits.pictures) if known else traits
        parts = [segment_of(words_of(told, asked=False), number)]
        kept = list(self._state.segments)
        while kept and len(self._opened[kept[-1]].words) < 2 * sum(len(part.words) for part in parts):
            parts.append(self._opened[kept.pop()])
        listed = names if known else [*names, recording]
        self._write(merged(parts), kept, listed, [*pictured, number] if seen else pictured)

    def candidates(self, traits: Traits, most: int = _COMPARED) -> list[Candidate]:
        """Give the recordings that share most words with this one at one offset, the likeliest first.

        Raises IndexDamaged where a page that is read does not begin with its word, or names no recording.
        """
        spoken = _sorted(words_of(traits, asked=True))
        try:
            return self._found(spoken)[:most]
        except (ValueError, IndexError) as error:
            with suppress(FileNotFoundError):  # it was cleared away meanwhile, to be built anew
                (self.folder / _MARK).touch()
            raise self._damaged() from error

    def _found(self, spoken: Spoken) -> list[Candidate]:
        found = [part for name in self._state.segments for part in matches(self._opened[name], spoken)]
        if not found:
            return []
        recording, offset, moment = (np.concatenate(column) for column in zip(*found, strict=True))
        if recording.max() >= len(self._state.recordings) or not np.isfinite(offset).all():
            raise ValueError("place")
        # Many words of one moment are one vote.
        votes = np.unique(np.stack([recording, np.floor(offset / _OFFSET_S), np.floor(moment)]), axis=1)[:2]
        places, counts = np.unique(votes, axis=1, return_counts=True)
        # What lies on the border of two bins is in both.
        beside = (np.diff(places, append=np.inf) == [[0], [1]]).all(axis=0)
        return self._best(places, counts + np.where(beside, np.append(counts[1:], 0), 0))

    def _best(self, places: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> list[Candidate]:
        best: dict[str, Candidate] = {}
        for place in np.argsort(-counts, kind="stable"):
            votes = int(counts[place])
            if votes < _LEAST_VOTES:
                break
            name = self._state.recordings[int(places[0, place])]
            best.setdefault(name, Candidate(name, float(places[1, place]) * _OFFSET_S, votes))
        return list(best.values())

    def _write(self, segment: Segment, kept: list[str], recordings: list[str], pictured: list[int]) -> None:
        """Write a segment, then the list that names it in one step; files that it does not name are removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made = self._state.made + 1
        name = str(made)
        for path, column in zip(self._files(name), segment, strict=True):
            with path.open("wb") as file:
                np.save(file, column)
                os.fsync(file.fileno())  # the list must never name what a power cut left unwritten
        state = _State(recordings, [*kept, name], made, pictured)
        part = self.folder / f"{_LIST}.part"
        with part.open("w") as listed:
            text = json.dumps(state.__dict__)
            listed.write(f"{text}\n{_seal(text)}")
            listed.flush()
            os.fsync(listed.fileno())
        os.replace(part, self.folder / _LIST)  # noqa: PTH105  one step, over the old one
        self._state = state
        self._open()
        # Those that were merged, and what one that was killed left.
        for old in {*self.folder.glob("*.npy")}.difference(*map(self._files, state.segments)):
            old.unlink()

    def _read(self) -> None:
        """Open the segments that the list names; a writer may merge them away in between, then the list is new."""
        for tries in range(_TRIES):
            held = self.folder / _LIST
            self._state = _listed(held.read_text()) if held.exists() else _State([], [], 0)
            try:
                self._open()
            except FileNotFoundError:
                if tries == _TRIES - 1:
                    raise
            else:
                return

    def _open(self) -> None:
        self._opened = {
            name: Segment(*(np.load(path, mmap_mode="r", allow_pickle=False) for path in self._files(name)))
            for name in self._state.segments
        }
        if not all(fits(segment) for segment in self._opened.values()):
            raise ValueError("segment")

    def _files(self, name: str) -> list[Path]:
        return [self.folder / f"{name}.{column}.npy" for column in Segment._fields]


class Origin(NamedTuple):
    """An archived recording by the name it was added under, and what the asked one is to it."""

    recording: str
    said: Comparison


def identify(
    shards: Sequence[Index],
    traits: Traits,
    load: Callable[[str], Traits | None],
    clocks_of: Callable[[str], Clocks | None] = lambda _: None,
) -> list[Origin]:
    """Say of which archived recordings this one is a copy, a piece or a whole; the firmest evidence first.

    `load` gives the kept traits of a recording by its name, None before they are kept, `clocks_of` its burnt-in clock
    and the asked one's, None where one is not known. Each candidate is compared in full, so nothing is told that
    `compare` would not tell; what only looks alike is told as that, last.
    """
    candidates = sorted((one for shard in shards for one in shard.candidates(traits)), key=lambda one: -one.votes)
    names = dict.fromkeys(one.recording for one in candidates[:_COMPARED])
    kept = ((name, held) for name in names if (held := load(name)) is not None)
    found = [Origin(name, compare(held, traits, clocks=clocks_of(name))) for name, held in kept]
    return sorted((one for one in found if one.said.evidence), key=_firmness)


def _firmness(one: Origin) -> tuple[bool, int, float]:
    unsure = one.said.relation is Relation.UNRELATED
    return unsure, list(Evidence).index(one.said.evidence or Evidence.LOOKS_ALIKE), -one.said.score


def _sorted(spoken: Spoken) -> Spoken:
    """Neighbours are looked for one after the other, so that what was read of a segment is near."""
    order = np.argsort(spoken.words)
    return Spoken(spoken.words[order], spoken.at[order])
