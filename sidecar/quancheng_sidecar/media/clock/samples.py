"""Reading the clock's box in many frames, each reading with everything it may mean."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from quancheng_sidecar.media.clock.frames import FrameSource, cut
from quancheng_sidecar.media.clock.meaning import Meaning, meanings
from quancheng_sidecar.media.clock.region import Region
from quancheng_sidecar.media.clock.text_reader import Picture, TextReader

_READ_HEIGHT = 64
_LEAST_BLUR = 0.6
_DENSE_S = 20.0
_DENSE_STEP_S = 0.5
_MOST_SAMPLES = 90
_SPARSE_KEYS = 8
_FILL_STEP_S = 2.0
_FILL_LIMIT_S = 90.0


@dataclass(frozen=True)
class Sample:
    """The clock's box at `at` media seconds: the text as read, its score 0..1, and what it may mean."""

    at: float
    text: str
    score: float
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True)
class View:
    """An open recording, the reader, and where in its frames the clock stands."""

    source: FrameSource
    reader: TextReader
    region: Region


type Crops = tuple[float, list[Picture]]
"""Media seconds, and the clock's box cut out of that frame (two boxes where the date is a line of its own)."""


def plan_times(source: FrameSource) -> list[float]:
    """Choose the media times to read: every half second of a short clip, else key frames, spread evenly.

    A recording with few key frames is decoded in between where that stays cheap.
    """
    span = source.duration
    if span <= _DENSE_S:
        return [float(at) for at in np.arange(0.0, span + _DENSE_STEP_S / 2, _DENSE_STEP_S)]
    keys = source.key_times
    if len(keys) > _MOST_SAMPLES:
        keys = [keys[round(place)] for place in np.linspace(0, len(keys) - 1, _MOST_SAMPLES)]
    elif len(keys) < _SPARSE_KEYS or span / len(keys) > _DENSE_S:
        reach = span if span <= _FILL_LIMIT_S else _FILL_LIMIT_S / (len(keys) or 1)
        keys += [float(key + more) for key in keys or [0.0] for more in np.arange(0.0, reach, _FILL_STEP_S)]
    return sorted({at for at in keys if at <= span} | {0.0, span})


def read_samples(view: View, times: Sequence[float]) -> list[Sample]:
    """Read the region at the given media times; crops that give no date and time are tried again enhanced."""
    return read_crops(view.reader, take(view, times))


def read_crops(reader: TextReader, taken: Sequence[Crops]) -> list[Sample]:
    """The same, of crops taken before."""
    samples = _read(reader, taken, lambda crop: crop)
    for enhance in (enlarged, thresholded, inverted):
        failed = [place for place, sample in enumerate(samples) if not sample.meanings]
        if not failed:
            break
        again = _read(reader, [taken[place] for place in failed], enhance)
        for place, sample in zip(failed, again, strict=True):
            if sample.meanings:
                samples[place] = sample
    return samples


def read_in_every_way(view: View, times: Sequence[float]) -> list[Sample]:
    """Read the region at each time once for each way of preparing the crop."""
    taken = take(view, times)
    return [
        sample
        for enhance in (enlarged, thresholded, inverted, blurred)
        for sample in _read(view.reader, taken, enhance)
    ]


def take(view: View, times: Sequence[float]) -> list[Crops]:
    """Cut the region out of the frames at the given media times, in order of time."""
    boxes = [view.region.box] + ([view.region.date_box] if view.region.date_box else [])
    taken = [(shot.at, [cut(shot, box) for box in boxes]) for shot in view.source.shots(times)]
    return sorted(taken, key=lambda crops: crops[0])


def _read(reader: TextReader, taken: Sequence[Crops], enhance: Callable[[Picture], Picture]) -> list[Sample]:
    read = reader.read([enhance(crop) for _, crops in taken for crop in crops])
    samples, place = [], 0
    for at, crops in taken:
        texts = read[place : place + len(crops)]
        place += len(crops)
        words = [text for text, _ in texts]
        meant = meanings(words[0], words[1] if len(words) > 1 else None)
        samples.append(Sample(at, " | ".join(words), min(score for _, score in texts), meant))
    return samples


def enlarged(crop: Picture) -> Picture:
    """Grey, at the recogniser's best height."""
    scale = _READ_HEIGHT / crop.shape[0]
    grey = cv2.cvtColor(cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def blurred(crop: Picture) -> Picture:
    """Softened by a fiftieth of its height: outlines lose weight against strokes."""
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), max(_LEAST_BLUR, crop.shape[0] / 50)), np.uint8)


def thresholded(crop: Picture) -> Picture:
    """Black and white by Otsu's threshold on the brightest channel: for bright text."""
    return _binary(np.asarray(crop.max(axis=2), np.uint8))


def inverted(crop: Picture) -> Picture:
    """The same on the darkest channel, inverted: for dark text."""
    return _binary(np.asarray(255 - crop.min(axis=2), np.uint8))


def _binary(grey: Picture) -> Picture:
    scale = max(1.0, _READ_HEIGHT / grey.shape[0])
    larger = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    _, binary = cv2.threshold(larger, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(cv2.cvtColor(binary, cv2.COLOR_GRAY2BGR), np.uint8)


def by_order(samples: Sequence[Sample]) -> dict[str, list[tuple[Sample, Meaning]]]:
    """Give, for each order in which the date may be read, every sample's one meaning in the recording's usual style.

    Orders that hold for less than half as many samples as the best are dropped (a misread separator, say).
    """
    styles = Counter(meaning.style for sample in samples for meaning in sample.meanings[:1])
    if not styles:
        return {}
    style = styles.most_common(1)[0][0]
    found: dict[str, list[tuple[Sample, Meaning]]] = {}
    for sample in samples:
        for order in dict.fromkeys(meaning.order for meaning in sample.meanings):
            first = next((m for m in sample.meanings if m.order == order and m.style == style), None)
            if first is not None:
                found.setdefault(order, []).append((sample, first))
    most = max((len(read) for read in found.values()), default=0)
    return {order: read for order, read in found.items() if 2 * len(read) > most}
