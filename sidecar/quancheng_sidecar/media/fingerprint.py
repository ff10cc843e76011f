"""What a recording looks and sounds like: PDQ of its key frames and chromaprint of its sound, with their times.

Every hash is taken of the upright picture, so that a copy with another rotation tag still compares. Pictures and sound
are taken in the one pass of `integrity/survey.py`; in photos there is nothing to pass over.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from quancheng_plugin.errors import DamagedFile
from quancheng_sidecar.media.photo import upright
from quancheng_sidecar.media.pictures import SIDE, KeyFrames, hash_picture
from quancheng_sidecar.media.report import Fingerprint, PictureHash, Probe
from quancheng_sidecar.media.sound import STEP_S, Sound

_PHOTO_SIDE = 1024


def fingerprint_of(pictures: KeyFrames | None, sound: Sound | None) -> Fingerprint:
    """What was taken of a recording's pictures and sound (None: it has none that can be decoded).

    Times count from the first packet of the leading stream.
    """
    start = None if sound is None else sound.start_s
    heard = () if sound is None or start is None else sound.finish()
    return Fingerprint(
        pictures=() if pictures is None else tuple(pictures.hashes),
        sound=heard,
        sound_start_s=start or 0.0,
        sound_step_s=STEP_S if heard else None,
    )


def fingerprint_of_photo(path: Path, probe: Probe) -> Fingerprint:
    """Hash a photo; what cannot be decoded leaves it empty. `path` is only read."""
    try:
        image = upright(path, probe.container, most=_PHOTO_SIDE).resize((SIDE, SIDE), Image.Resampling.BOX)
    except DamagedFile:  # the probe could read its head; its picture cannot be decoded
        return Fingerprint()
    pdq, quality = hash_picture(np.asarray(image))
    return Fingerprint(pictures=(PictureHash(at=0.0, pdq=pdq, quality=quality),))
