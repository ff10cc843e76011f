"""A date and time burnt into a photo: one picture, so nothing shows that it runs."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.clock.meaning import Meaning, meanings
from quancheng_sidecar.media.clock.text_reader import FoundText, Picture, text_reader
from quancheng_sidecar.media.photo import upright
from quancheng_sidecar.media.report import Probe, Witness, WitnessSource

_SIDE = 1920
_LEAST_SCORE = 0.9
_NOTE = Sentence(
    zh="照片上的时间文字，可能是相机叠印，也可能是被拍到的文字",
    en="text in the photo: printed by the camera, or merely in front of it",
)


def read_still(path: Path, probe: Probe, zone: ZoneInfo) -> tuple[Witness, ...]:
    """Give a witness for each way to read the date and time in a photo; none unless exactly one place shows one.

    Raises DamagedFile and LimitExceeded as `media.photo.upright`.
    """
    picture = np.asarray(
        cv2.cvtColor(np.asarray(upright(path, probe.container, most=_SIDE)), cv2.COLOR_RGB2BGR), np.uint8
    )
    found = _dated(picture)
    times = {meaning.instant.time() for _, meant in found for meaning in meant}
    if len(times) != 1:
        return ()
    text, meant = found[0]
    by_day: dict[datetime, Meaning] = {meaning.instant: meaning for meaning in meant}
    return tuple(
        Witness(
            source=WitnessSource.BURNT_IN,
            start=instant.replace(tzinfo=zone),
            end=instant.replace(tzinfo=zone),
            raw=text.text,
            note=_NOTE,
            figures={
                "frames_accepted": 1,
                "score": round(text.score, 3),
                "date_order": meaning.order,
                "resolution_s": meaning.resolution_s if meaning.resolution_s > 1 else None,
            },
        )
        for instant, meaning in by_day.items()
    )


def _dated(picture: Picture) -> list[tuple[FoundText, tuple[Meaning, ...]]]:
    """Texts with a date and a time, alone or with the next line."""
    texts = [text for text in text_reader().find(picture, max(picture.shape)) if text.score >= _LEAST_SCORE]
    alone = [(text, meanings(text.text)) for text in texts]
    whole = [(text, meant) for text, meant in alone if meant]
    if whole:
        return whole
    pairs = [(time, day) for time in texts for day in texts if time is not day and _stacked(time, day)]
    joined = [(time, meanings(time.text, day.text)) for time, day in pairs]
    return [(text, meant) for text, meant in joined if meant]


def _stacked(a: FoundText, b: FoundText) -> bool:
    down = max(a.box.y0, b.box.y0) - min(a.box.y1, b.box.y1)
    across = max(a.box.x0, b.box.x0) - min(a.box.x1, b.box.x1)
    return down < max(a.box.height, b.box.height) and across < 0
