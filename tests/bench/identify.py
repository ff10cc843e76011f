"""`python -m tests.bench.identify FOLDER [HOURS…]`: what it costs to identify ten minutes in an archive, made up.

An archive of more than 10,000 hours is asked shard by shard of 10,000, written one after another in FOLDER, which
must hold one (11 GB): the look-ups of all shards are added up. Those are seconds of processor with the shard in
the page cache; cold is by the clock on the wall, with the shard in no cache.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison import dense
from quancheng_sidecar.media.comparison.coded_frames import CodedFrames
from quancheng_sidecar.media.comparison.dense import DensePictures
from quancheng_sidecar.media.comparison.index import Candidate, Index
from quancheng_sidecar.media.comparison.segments import PAGE
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.comparison.words import words_of

HOURS = (100, 1_000, 10_000)
_SHARD = 10_000
_ROUNDS = 5
_AT_ONCE = 1 << 22


def main() -> None:
    """Print one row for each size of archive: index, look-up (median of five recordings), taking one in."""
    folder, sizes = Path(sys.argv[1]), tuple(map(int, sys.argv[2:])) or HOURS
    print("| hours | words | index | look-up | cold | take in 10 minutes |\n|---|---|---|---|---|---|")  # noqa: T201
    rng = np.random.default_rng(4)
    for hours in sizes:
        shards = [_measured(folder / str(hours), min(hours, _SHARD), rng) for _ in range(max(1, hours // _SHARD))]
        words, size, warm, cold, added = (sum(figures) for figures in zip(*shards, strict=True))
        cells = (f"{hours:,}", f"{words / 1e6:.0f} M", f"{size / 1e9:.2f} GB", *map(_ms, (warm, cold)))
        print(f"| {' | '.join(cells)} | {_ms(added / len(shards))} |", flush=True)  # noqa: T201  a table


def _measured(place: Path, hours: int, rng: np.random.Generator) -> tuple[float, ...]:
    """Words, bytes, seconds of a look-up and of one from a cold shard, and of taking one in; the shard is removed."""
    count = write_archive(place, hours, rng)
    asked = [made_up(600, rng) for _ in range(_ROUNDS)]
    added = _seconds(lambda: Index(place).add("asked", asked[0]))
    cold = []
    for one in asked:
        _forget(place)
        cold.append(_seconds(lambda one=one: Index(place).candidates(one)))
    index = Index(place)
    warm = []
    for one in asked:
        index.candidates(one)
        found: list[Candidate] = []
        warm.append(_seconds(lambda one=one, found=found: found.extend(index.candidates(one)), time.process_time))
        assert ("asked" in {each.recording for each in found}) == (one is asked[0])
    size = sum(file.stat().st_size for file in place.iterdir())
    shutil.rmtree(place)
    middle = sorted(warm)[_ROUNDS // 2], sorted(cold)[_ROUNDS // 2]
    print(f"shard of {hours:,} h: {', '.join(map(_ms, (*middle, added)))}", file=sys.stderr, flush=True)  # noqa: T201  an hour's work
    return count, size, *middle, added


def _seconds(act: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    begun = clock()
    act()
    return clock() - begun


def _forget(folder: Path) -> None:
    """Have the kernel drop what it holds of the files; what is mapped stays, so nobody may hold it open."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms"


def write_archive(folder: Path, hours: int, rng: np.random.Generator) -> int:
    """Write one segment as large as so many hours of recordings would make it; gives how many words it has.

    Words of sound and pictures are drawn evenly from the few that there are, so that they meet by chance as often as
    words of that many different recordings would.
    """
    folder.mkdir(parents=True)
    spoken = words_of(made_up(3600, rng), asked=False).words
    bounds = (1 << 32, 2 << 32, 10 << 32, 2**64)
    counts = [hours * int(((spoken >= low) & (spoken < high)).sum()) for low, high in pairwise(bounds)]
    words = np.lib.format.open_memmap(folder / "1.words.npy", mode="w+", dtype=np.uint64, shape=(sum(counts),))
    place = np.dtype([("recording", "<u4"), ("at", "<f4")])
    places = np.lib.format.open_memmap(folder / "1.places.npy", mode="w+", dtype=place, shape=(sum(counts),))
    at = 0
    for count, (low, high) in zip(counts, pairwise(bounds), strict=True):
        for rising in _rising(count, low, high, rng):
            words[at : at + len(rising)] = rising
            places["recording"][at : at + len(rising)] = rng.integers(0, hours, len(rising), np.uint32)
            places["at"][at : at + len(rising)] = rng.uniform(0, 3600, len(rising))
            at += len(rising)
    words.flush()
    places.flush()
    np.save(folder / "1.pages.npy", np.ascontiguousarray(words[::PAGE]))
    state = {"recordings": [str(number) for number in range(hours)], "segments": ["1"], "made": 1}
    (folder / "segments.json").write_text(json.dumps(state))
    return at


def _rising(count: int, low: int, high: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.uint64]]:
    """Draws from a range, rising: sums of gaps, so that nothing has to be sorted."""
    last, mean = low, (high - low) / (count + 1)
    for begin in range(0, count, _AT_ONCE):
        gaps = rng.exponential(mean, min(_AT_ONCE, count - begin)).astype(np.uint64)
        rising = last + np.cumsum(gaps, dtype=np.uint64)
        last = int(rising[-1])
        yield rising


def made_up(seconds: int, rng: np.random.Generator) -> Traits:
    """A recording of 25 pictures and 43 sound frames a second whose every hash is its own."""

    def coded(rate: int) -> CodedFrames:
        at = np.arange(seconds * rate, dtype=np.float32) / rate
        return CodedFrames(at, rng.integers(0, 2**64, len(at), np.uint64))

    at = np.arange(0, seconds, dense.STEP_S, np.float32)
    views, mirrored = (
        rng.integers(0, 256, (len(at), *some.shape[1:]), np.uint8) for some in (dense.NONE.views, dense.NONE.mirrored)
    )
    return Traits(
        duration=seconds, seen=True, heard=True, coded_picture=coded(25), coded_sound=coded(43),
        sound=rng.integers(0, 2**32, int(seconds * 8.08), np.uint32),
        pictures=DensePictures(at, views, mirrored),
    )  # fmt: skip


if __name__ == "__main__":
    main()
