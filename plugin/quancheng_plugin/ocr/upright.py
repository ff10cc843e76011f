"""Puts what was seen on a page upright: straightens the skew, gives points, and orders the lines."""

import math
from collections.abc import Sequence

import numpy as np

from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.ocr.seen import SeenPage

# Under this, straightening a page changes nothing that a reader or an eye would notice.
LEAST_SKEW = 0.3
# Scanners feed a sheet a few degrees askew; more than this is a drawing, not a skewed page.
MOST_SKEW = 20.0
# A line this many times longer than high gives its angle well.
_TELLING = 5.0


def skew_of(page: SeenPage) -> float:
    """By how many degrees the lines fall to the right (y downwards); 0 when it cannot be told.

    Median of the long lines weighted by length; between `LEAST_SKEW` and `MOST_SKEW` either way.
    """
    angles, weights = [], []
    for line in page.lines:
        along = (line.corners[1] - line.corners[0] + line.corners[2] - line.corners[3]) / 2
        across = (line.corners[3] - line.corners[0] + line.corners[2] - line.corners[1]) / 2
        length = float(np.hypot(*along))
        if length >= _TELLING * float(np.hypot(*across)):
            angles.append(math.degrees(math.atan2(float(along[1]), float(along[0]))))
            weights.append(length)
    if not angles:
        return 0.0
    order = np.argsort(angles)
    reached = np.cumsum(np.array(weights)[order])
    skew = angles[int(order[int(np.searchsorted(reached, reached[-1] / 2))])]
    return skew if LEAST_SKEW <= abs(skew) <= MOST_SKEW else 0.0


def lines_of(page: SeenPage, *, number: int, width: float, skew: float) -> tuple[TextLine, ...]:
    """The lines in reading order on the upright page, in points.

    `number` counts from 1, `width` is the upright page's width in points, `skew` as `skew_of` gives it.
    """
    scale = width / page.width
    angle = math.radians(-skew)
    turning = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    centre = np.array([page.width / 2, page.height / 2])
    placed = [
        TextLine(
            page=number,
            box=_box_around((line.corners - centre) @ turning.T + centre, scale),
            text=line.text,
            confidence=line.confidence,
            letters=line.letters,
        )
        for line in page.lines
    ]
    return in_reading_order(placed)


def _box_around(corners: np.ndarray, scale: float) -> Box:
    """The upright box of a straightened line: the mean of its sides, since they are now all but parallel."""
    top, bottom = corners[[0, 1], 1].mean(), corners[[2, 3], 1].mean()
    left, right = corners[[0, 3], 0].mean(), corners[[1, 2], 0].mean()
    x0, x1 = sorted((float(left), float(right)))
    y0, y1 = sorted((float(top), float(bottom)))
    return Box(x0=x0 * scale, y0=y0 * scale, x1=x1 * scale, y1=y1 * scale)


def in_reading_order(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Lines of one page, row by row from the top, each row from the left."""
    return tuple(line for row in rows(lines) for line in row)


def rows(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Lines of one page gathered into rows: those whose middle lies within half a height of the row's."""
    gathered: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda each: each.box.y0 + each.box.y1):
        if gathered and _level_with(line, gathered[-1]):
            gathered[-1].append(line)
        else:
            gathered.append([line])
    return [sorted(row, key=lambda each: each.box.x0) for row in gathered]


def _level_with(line: TextLine, row: list[TextLine]) -> bool:
    middle = sum(each.box.y0 + each.box.y1 for each in row) / (2 * len(row))
    least = min(line.box.height, *(each.box.height for each in row))
    return abs((line.box.y0 + line.box.y1) / 2 - middle) <= least / 2


def text_of(lines: Sequence[TextLine]) -> str:
    """The text of a document: a line per row, cells parted by a space, pages by a form feed."""
    pages = sorted({line.page for line in lines})
    return "\f".join(
        "\n".join(" ".join(line.text for line in row) for row in rows([line for line in lines if line.page == page]))
        for page in pages
    )
