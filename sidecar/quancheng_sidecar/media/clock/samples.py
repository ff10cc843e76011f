"""Reading the clock's box in many frames, each reading with everything it may mean."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from quancheng_sidecar.media.clock.frames import FrameSource, cut
from quancheng_sidecar.media.clock.meaning import Meaning, meanings
from quancheng_sidecar.media.clock.nature import APART
from quancheng_sidecar.media.clock.running import Region
from quancheng_sidecar.media.clock.text_reader import Picture, TextReader
from quancheng_sidecar.media.clock.ways import SECOND, Way, as_is, blurred

_DENSE_S = 20.0
_DENSE_STEP_S = 0.5
_MOST_SAMPLES = 60
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
    """An open recording, the reader, and where in its frames the clock stands.

    `cuts` keeps what was cut out of each frame decoded, by its media time: decoding costs more than all else.
    """

    source: FrameSource
    reader: TextReader
    region: Region
    cuts: dict[float, list[Picture]] = field(default_factory=dict)


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
    samples = _read(reader, taken, as_is)
    for way in (way for way in SECOND if way is not blurred):
        failed = [place for place, sample in enumerate(samples) if not sample.meanings]
        if not failed:
            break
        again = _read(reader, [taken[place] for place in failed], way)
        for place, sample in zip(failed, again, strict=True):
            if sample.meanings:
                samples[place] = sample
    return samples


def read_in_every_way(view: View, times: Sequence[float]) -> list[Sample]:
    """Read the region at each time once for each way of preparing the crop."""
    taken = take(view, times)
    return [sample for way in SECOND for sample in _read(view.reader, taken, way)]


def take(view: View, times: Sequence[float]) -> list[Crops]:
    """Cut the region out of the frames at the given media times, prepared as it is read best, in order of time."""
    boxes = [view.region.box] + ([view.region.date_box] if view.region.date_box else [])
    asked = {view.source.shown(at) for at in times}
    for shot in view.source.shots(sorted(asked - view.cuts.keys())):
        view.cuts[shot.at] = [view.region.way(cut(shot, box)) for box in boxes]
    return [(at, view.cuts[at]) for at in sorted(asked & view.cuts.keys())]


def _read(reader: TextReader, taken: Sequence[Crops], way: Way) -> list[Sample]:
    read = reader.read([way(crop) for _, crops in taken for crop in crops])
    samples, place = [], 0
    for at, crops in taken:
        texts = read[place : place + len(crops)]
        place += len(crops)
        words = [text for text, _ in texts]
        meant = meanings(words[0], words[1] if len(words) > 1 else None)
        samples.append(Sample(at, APART.join(words), min(score for _, score in texts), meant))
    return samples


def by_order(samples: Sequence[Sample]) -> dict[str, list[tuple[Sample, Meaning]]]:
    """Give, for each order in which the date may be read, every sample's one meaning in the recording's usual style.

    Orders that hold for less than half as many samples as the best are dropped (a misread separator, say).
    """
    shown: dict[tuple[str, bool], list[datetime]] = {}
    for meaning in (meaning for sample in samples for meaning in sample.meanings):
        shown.setdefault(meaning.style, []).append(meaning.instant)
    if not shown:
        return {}
    # A number on the same line may be taken for a time in more frames than the clock is read in, but it stands.
    style = max(shown, key=lambda style: (len(set(shown[style])), len(shown[style])))
    found: dict[str, list[tuple[Sample, Meaning]]] = {}
    for sample in samples:
        for order in dict.fromkeys(meaning.order for meaning in sample.meanings):
            first = next((m for m in sample.meanings if m.order == order and m.style == style), None)
            if first is not None:
                found.setdefault(order, []).append((sample, first))
    most = max((len(read) for read in found.values()), default=0)
    return {order: read for order, read in found.items() if 2 * len(read) > most}
