"""Damaged files by the thousand through `inspect`: `python -m tests.sidecar.media.hostile --count 1000 --seed 1`."""

import argparse
import logging
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

import structlog

from quancheng_sidecar.settings import Settings
from tests.sidecar.media.hostile.bases import CONTAINERS, sound_files
from tests.sidecar.media.hostile.handmade import handmade
from tests.sidecar.media.hostile.inspection import FAULTS, Outcome, examine, warm
from tests.sidecar.media.hostile.mutate import Mutator

BY_HAND = "by-hand"
_BOUND_S = 60.0


def damaged(container: str, numbers: Iterable[int], seed: int, folder: Path) -> Iterator[Path]:
    """Write one damaged file after another; number and seed say which damage it bears."""
    sound = sound_files(container, folder)
    mutators = [Mutator(data, container, sound) for data in sound]
    for number in numbers:
        chance = random.Random(f"{container} {seed} {number}")  # noqa: S311  repeatable damage, no secret
        path = folder / f"{seed}-{number}.{container}"
        path.write_bytes(chance.choice(mutators).copy(chance))
        yield path


def by_hand(folder: Path) -> Iterator[Path]:
    """Write the hostile files made by hand."""
    mp4, mkv, mp3 = (sound_files(container, folder)[0] for container in ("mp4", "mkv", "mp3"))
    yield from handmade(mp4, mkv, mp3, folder)


def run(container: str, count: int, seed: int, keep: Path | None) -> list[Outcome]:
    """Examine all hostile files of a container; those with a fault are kept in a folder when one is given."""
    settings = Settings(media_timeout_s=_BOUND_S)
    outcomes = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in by_hand(folder) if container == BY_HAND else damaged(container, range(count), seed, folder):
            found = examine(path, settings)
            outcomes.append(found)
            if found.words:
                _tell(path, found, keep)
            path.unlink()
    return outcomes


def _tell(path: Path, found: Outcome, keep: Path | None) -> None:
    last = (found.words.strip().splitlines() or [""])[-1]
    _say(f"{path.name!r}: {found.name}: {last}", sys.stderr)
    if keep is not None:
        shutil.copy(path, keep)


def row(container: str, outcomes: list[Outcome]) -> str:
    """Give one line of the table."""
    counts = Counter(one.name for one in outcomes)
    errors = ", ".join(f"{name} {many}" for name, many in sorted(counts.items()) if name != "result") or "–"
    slowest, largest = max(one.seconds for one in outcomes), max(one.memory_mb for one in outcomes)
    return f"| {container} | {len(outcomes)} | {counts['result']} | {errors} | {slowest:.1f} s | {largest:.0f} MB |"


def _say(line: str, where: TextIO = sys.stdout) -> None:
    print(line, file=where, flush=True)


def main() -> int:
    """Print the table; status 1 when a file hung or raised what nobody foresaw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--container", choices=(*CONTAINERS, BY_HAND), action="append")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an existing folder for files with a fault")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    _say("| container | files | result | coded errors | slowest | most memory |\n|---|---|---|---|---|---|")
    warm()
    bad = 0
    for container in given.container or (*CONTAINERS, BY_HAND):
        outcomes = run(container, given.count, given.seed, given.keep)
        bad += sum(one.name in FAULTS for one in outcomes)
        _say(row(container, outcomes))
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
