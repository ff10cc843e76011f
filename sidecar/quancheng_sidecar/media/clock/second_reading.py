"""Reading the clock once more in other ways, because a recogniser can be sure and wrong.

Running seconds prove themselves by advancing; hours and dates do not, and a font in which 3 looks like 8 is misread
alike in every frame, with a high score. What is read rightly is read the same however the crop is prepared; what is
read wrongly falls apart.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime

import numpy as np

from quancheng_sidecar.media.clock.date_text import dates_in
from quancheng_sidecar.media.clock.meaning import Meaning
from quancheng_sidecar.media.clock.samples import View, read_in_every_way, take
from quancheng_sidecar.media.clock.text_reader import Picture
from quancheng_sidecar.media.clock.time_text import normalise
from quancheng_sidecar.media.clock.ways import enlarged, inverted, thresholded

_STACK = 9
_RETOLD = 3
_LEAST_ALIKE = 3
_ALIKE_FOR_ONE_AGAINST = 3
_SLACK_S = 1.0


def holds(alike: int, otherwise: int) -> bool:
    """Whether second readings bear out the first: at least three, and more than three for each against."""
    return alike >= max(_LEAST_ALIKE, _ALIKE_FOR_ONE_AGAINST * otherwise + 1)


def date_votes(view: View, times: Sequence[float], order: str) -> Counter[date]:
    """Count the dates read from the still part of the box at `times`, figures taken in `order`.

    Over time, background averages out: the median, and the darkest or brightest value of each pixel, show the date's
    strokes alone. Each way of preparing them is a vote.
    """
    chosen = [times[round(place)] for place in np.linspace(0, len(times) - 1, min(_STACK, len(times)))]
    # The date's box is the last one cut out, alone or behind the time's.
    stack = np.stack([crops[-1] for _, crops in take(view, chosen)])
    still: list[Picture] = [
        np.asarray(np.median(stack, axis=0), np.uint8),
        np.asarray(stack.min(axis=0), np.uint8),
        np.asarray(stack.max(axis=0), np.uint8),
    ]
    median, darkest, brightest = still
    tried = [median, enlarged(median), darkest, brightest, thresholded(darkest), inverted(brightest)]
    votes: Counter[date] = Counter()
    for text, _ in view.reader.read(tried):
        for read in dates_in(normalise(text))[:1]:
            votes.update(day for how, day in read.readings if how == order)
    return votes


def retold(view: View, times: Sequence[float], clock: Callable[[float], datetime], order: str) -> tuple[int, int]:
    """Read frames at `times`, each prepared in several ways: how often that says the fitted `clock`, how often not."""
    chosen = [times[round(place)] for place in np.linspace(0, len(times) - 1, min(_RETOLD, len(times)))]
    agreeing = differing = 0
    for sample in read_in_every_way(view, chosen):
        due = clock(sample.at)
        said = [_says(meaning, due) for meaning in sample.meanings if meaning.order == order]
        agreeing += any(said)
        differing += bool(said) and not any(said)
    return agreeing, differing


def _says(meaning: Meaning, due: datetime) -> bool:
    """Whether a clock that stands at `due` shows this, a second of lag allowed."""
    return -_SLACK_S <= (due - meaning.instant).total_seconds() < meaning.resolution_s + _SLACK_S
