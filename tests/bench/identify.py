"""`python -m tests.bench.identify FOLDER`: what it costs to identify ten minutes against so many hours, made up."""

import json
import sys
import time
from pathlib import Path

import numpy as np

from quancheng_sidecar.media.comparison import dense
from quancheng_sidecar.media.comparison.coded_frames import CodedFrames
from quancheng_sidecar.media.comparison.dense import DensePictures
from quancheng_sidecar.media.comparison.index import Index
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.comparison.words import words_of

HOURS = (100, 1_000, 10_000)
_ROUNDS = 5


def main() -> None:
    """Print one row for each size of archive: index, look-up (median of five recordings), taking one in."""
    folder = Path(sys.argv[1])
    print("| hours | words | index | look-up | take in 10 minutes |\n|---|---|---|---|---|")  # noqa: T201  a table
    rng = np.random.default_rng(4)
    for hours in HOURS:
        place = folder / str(hours)
        count = write_archive(place, hours, rng)
        index = Index(place)
        asked = [made_up(600, rng) for _ in range(_ROUNDS)]
        begun = time.perf_counter()
        index.add("asked", asked[0])
        added = time.perf_counter() - begun
        times = []
        for one in asked:
            begun = time.perf_counter()
            found = index.candidates(one)
            times.append(time.perf_counter() - begun)
            assert ([each.recording for each in found] == ["asked"]) == (one is asked[0])
        size = sum(file.stat().st_size for file in place.iterdir()) / 1e9
        cells = (
            f"{hours:,}",
            f"{count / 1e6:.0f} M",
            f"{size:.2f} GB",
            *map(_ms, (sorted(times)[_ROUNDS // 2], added)),
        )
        print(f"| {' | '.join(cells)} |")  # noqa: T201


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms"


def write_archive(folder: Path, hours: int, rng: np.random.Generator) -> int:
    """Write one segment as large as so many hours of recordings would make it, of words drawn evenly."""
    folder.mkdir(parents=True)
    hour = made_up(3600, rng)
    each = len(words_of(hour, asked=False).words)
    count = each * hours
    # Sorted draws: sums of gaps, so that nothing has to be sorted.
    gaps = rng.integers(0, 2 * (2**64 // count), count, np.uint64)
    np.save(folder / "1.words.npy", np.cumsum(gaps, dtype=np.uint64, out=gaps))
    places = np.empty(count, np.dtype([("recording", "<u4"), ("at", "<f4")]))
    places["recording"] = rng.integers(0, hours, count, np.uint32)
    places["at"] = 1.0
    np.save(folder / "1.places.npy", places)
    state = {"recordings": [str(number) for number in range(hours)], "segments": ["1"], "made": 1}
    (folder / "segments.json").write_text(json.dumps(state))
    return count


def made_up(seconds: int, rng: np.random.Generator) -> Traits:
    """A recording of 25 pictures and 43 sound frames a second whose every hash is its own."""

    def coded(rate: int) -> CodedFrames:
        at = np.arange(seconds * rate, dtype=np.float32) / rate
        return CodedFrames(at, rng.integers(0, 2**64, len(at), np.uint64))

    at = np.arange(0, seconds, dense.STEP_S, np.float32)
    views = np.zeros((len(at), *dense.NONE.views.shape[1:]), np.uint8)
    views[:, 1] = rng.integers(0, 256, (len(at), 32), np.uint8)
    return Traits(
        duration=seconds, seen=True, heard=True, coded_picture=coded(25), coded_sound=coded(43),
        sound=rng.integers(0, 2**32, int(seconds * 8.08), np.uint32),
        pictures=DensePictures(at, views, np.zeros((len(at), 2, 32), np.uint8)),
    )  # fmt: skip


if __name__ == "__main__":
    main()
