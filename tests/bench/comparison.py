"""`python -m tests.bench.comparison FOLDER ORIGINAL…`: how true `recording compare` is, as the table of the docs.

Copies are made in FOLDER, where they are left; those that lie there are used again.
"""

import subprocess
import sys
from collections import Counter
from itertools import permutations
from math import inf
from pathlib import Path

from quancheng_sidecar.media.comparison.compare import compare
from quancheng_sidecar.media.comparison.report import SEEN, Comparison, Range, Relation
from quancheng_sidecar.media.comparison.traits import Traits, take_traits
from quancheng_sidecar.media.probe import probe
from tests.bench.copies import COPIES, Copy, Piece

OUTCOMES = ("right", "in part", "wrong relation", "unsure", "missed")
_NEAR_S = 1.0
_MOSTLY = 0.9


def main() -> None:
    """Judge all copies of all originals, and each original against each other."""
    folder, *originals = map(Path, sys.argv[1:])
    folder.mkdir(exist_ok=True)
    held = {path: _traits(path, folder) for path in originals}
    print("| copy | " + " | ".join(OUTCOMES) + " |\n" + "|---" * (1 + len(OUTCOMES)) + "|")  # noqa: T201  a table to copy
    total: Counter[str] = Counter()
    for copy in COPIES:
        counts = Counter(_judged(copy, path, traits, folder) for path, traits in held.items())
        total += counts
        print(_row(copy.name, counts))  # noqa: T201
    print(_row("**all**", total))  # noqa: T201
    strangers = [compare(held[one], held[other]) for one, other in permutations(originals, 2)]
    false = sum(found.relation is not Relation.UNRELATED for found in strangers)
    alike = sum(found.relation is Relation.UNRELATED and found.evidence is not None for found in strangers)
    print(f"\n{len(strangers)} pairs of strangers: {false} false, {alike} look alike")  # noqa: T201


def _traits(path: Path, folder: Path) -> Traits:
    kept = folder / f"{path.name}.npz"
    if not kept.exists():
        kept.write_bytes(take_traits(path, probe(path)).to_bytes())
    return Traits.from_bytes(kept.read_bytes())


def _judged(copy: Copy, original: Path, traits: Traits, folder: Path) -> str:
    made = copy.path(original, folder)
    if not made.exists():
        try:
            copy.make(original, folder, length=traits.duration, heard=traits.heard)
        except subprocess.CalledProcessError:  # a container that does not take this stream
            made.unlink(missing_ok=True)
            return "not made"
    found = compare(traits, _traits(made, folder))
    relation = "same-content" if copy.name == "other sound" and not traits.heard else copy.relation
    return _outcome(found, copy.pieces(traits.duration), relation)


def _outcome(found: Comparison, pieces: list[Piece], relation: str) -> str:
    if found.relation is Relation.UNRELATED:
        return "missed" if found.evidence is None else "unsure"
    if any(not _true(one, pieces) for one in found.ranges):
        return "wrong relation"
    held = sum(one.b[1] - one.b[0] for one in found.ranges)
    whole = sum(piece[3] - piece[2] for piece in pieces)
    if found.relation == relation and held >= _MOSTLY * whole:
        return "right"
    return "in part" if found.relation in {relation, Relation.PARTIAL_OVERLAP} else "wrong relation"


def _true(one: Range, pieces: list[Piece]) -> bool:
    """Whether the middle of a range lies on one of the pieces the copy is made of, within a second.

    What is only heard goes on along a piece's line, over a held picture.
    """
    at, expected = sum(one.b) / 2, sum(one.a) / 2
    near = _NEAR_S if SEEN & set(one.by) else inf
    lines = ((x + (at - u) * (y - x) / (v - u)) for x, y, u, v in pieces if u - near <= at <= v + near)
    return any(abs(line - expected) <= _NEAR_S for line in lines)


def _row(name: str, counts: Counter[str]) -> str:
    return f"| {name} | " + " | ".join(str(counts[outcome] or "") for outcome in OUTCOMES) + " |"


if __name__ == "__main__":
    main()
