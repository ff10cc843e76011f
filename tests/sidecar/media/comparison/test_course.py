"""Which line each moment of a recording follows."""

import random
from itertools import pairwise, product

import numpy as np

from quancheng_sidecar.media.comparison.course import _cheapest


def _worth(path: tuple[int, ...], scores: list[list[float]], enter: list[float]) -> float:
    """What a path earns: agreement, less the price of every line gone over to."""
    earned = sum(scores[row][at] for at, row in enumerate(path))
    return earned - enter[path[0]] - sum(enter[row] for last, row in pairwise(path) if row != last)


def test_no_path_is_better() -> None:
    """Of all paths through samples that often stay the same, one that earns most is taken."""
    chance = random.Random(7)  # noqa: S311  repeatable, no secret
    for _ in range(20):
        runs = [[chance.choice((-1.0, 0.5, 1.0)) for _ in range(2)] for _ in range(4)]
        columns = [column for column in runs for _ in range(chance.randint(1, 2))]
        scores = [list(row) for row in zip(*columns, strict=True)]
        path = _cheapest(np.array(scores), np.array([1.5, 2.0]))
        held, prices = [*scores, [0.0] * len(columns)], [1.5, 2.0, 0.0]
        best = max(_worth(one, held, prices) for one in product(range(3), repeat=len(columns)))
        assert abs(_worth(tuple(path.tolist()), held, prices) - best) < 1e-9
