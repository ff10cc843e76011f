"""Reading the date once more, from what stands still in the clock's box while the picture moves behind it.

The seconds prove themselves by advancing; a date does not, and a font in which 3 looks like 8 is misread alike in every
frame. Over time, background averages out: the median, and the darkest or brightest value of each pixel, show the
date's strokes alone. Each is read as it is and thresholded, and every reading is a vote.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np

from quancheng_sidecar.media.clock.date_text import dates_in
from quancheng_sidecar.media.clock.frames import cut
from quancheng_sidecar.media.clock.samples import View, enlarged, inverted, thresholded
from quancheng_sidecar.media.clock.text_reader import Picture
from quancheng_sidecar.media.clock.time_text import normalise

_STACK = 9


def date_votes(view: View, times: Sequence[float], order: str) -> Counter[date]:
    """Count the dates read from the still part of the box at `times`, figures taken in `order`."""
    chosen = [times[round(place)] for place in np.linspace(0, len(times) - 1, min(_STACK, len(times)))]
    stack = np.stack([cut(shot, view.region.date_box or view.region.box) for shot in view.source.shots(chosen)])
    still: list[Picture] = [
        np.asarray(np.median(stack, axis=0), np.uint8),
        np.asarray(stack.min(axis=0), np.uint8),
        np.asarray(stack.max(axis=0), np.uint8),
    ]
    tried = [crop for picture in still for crop in (picture, enlarged(picture))]
    tried += [thresholded(still[0]), inverted(still[0]), thresholded(still[1]), inverted(still[2])]
    votes: Counter[date] = Counter()
    for text, _ in view.reader.read(tried):
        for read in dates_in(normalise(text))[:1]:
            votes.update(day for how, day in read.readings if how == order)
    return votes
