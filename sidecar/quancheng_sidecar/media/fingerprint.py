"""What a recording looks and sounds like: PDQ of its key frames and chromaprint of its sound, with their times.

Only key-frame packets reach the picture decoder: that, not a smaller picture, is what makes it fast. Every hash is
taken of the upright picture, so that a copy with another rotation tag still compares.
"""

from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from quancheng_plugin.errors import DamagedFile
from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.photo import upright
from quancheng_sidecar.media.pictures import SIDE, KeyFrames, hash_picture
from quancheng_sidecar.media.report import Fingerprint, Kind, PictureHash, Probe
from quancheng_sidecar.media.sound import STEP_S, Sound
from quancheng_sidecar.media.streams import leading, leading_audio, leading_video

_RETRIES = 64
_PHOTO_SIDE = 1024


def fingerprint(path: Path, probe: Probe) -> Fingerprint:
    """Hash pictures and sound in one pass over the packets, in flat memory; `path` is only read.

    Times count from the first packet of the leading stream. Damaged packets are left out; what cannot be decoded at
    all leaves its part empty. Raises ToolMissing when there is sound and no libchromaprint.
    """
    if probe.kind is Kind.PHOTO:
        return _of_photo(path, probe)
    with open_media(path, probe.container) as container:
        pictures, sound = _takers(container, probe)
        _feed(container, pictures, sound)
    start = None if sound is None else sound.start_s
    heard = () if sound is None or start is None else sound.finish()
    return Fingerprint(
        pictures=() if pictures is None else tuple(pictures.hashes),
        sound=heard,
        sound_start_s=start or 0.0,
        sound_step_s=STEP_S if heard else None,
    )


def _takers(container: InputContainer, probe: Probe) -> tuple[KeyFrames | None, Sound | None]:
    lead, video, audio = leading(probe.streams), leading_video(probe.streams), leading_audio(probe.streams)
    zero = 0.0 if lead is None or lead.first_pts is None else lead.first_pts
    seen = None if video is None else container.streams[video.index]
    heard = None if audio is None else container.streams[audio.index]
    pictures = sound = None
    # A stream without a decoder has no codec context: there is nothing to take from it.
    if video is not None and isinstance(seen, VideoStream) and seen.codec_context is not None:
        pictures = KeyFrames(seen, rotation=video.rotation, zero=zero)
    if audio is not None and isinstance(heard, AudioStream) and heard.codec_context is not None:
        sound = Sound(heard, zero=zero)
    return pictures, sound


def _feed(container: InputContainer, pictures: KeyFrames | None, sound: Sound | None) -> None:
    takers: dict[int, Any] = {taker.index: taker for taker in (pictures, sound) if taker is not None}
    if not takers:  # `demux()` without streams would give all
        return
    for _ in range(_RETRIES):  # damaged stretches raise, and reading may go on behind them
        try:
            for packet in container.demux(*(container.streams[index] for index in takers)):
                if packet.size:
                    takers[packet.stream_index].take(packet)
        except av.FFmpegError:
            continue
        break
    if pictures is not None:
        pictures.finish()


def _of_photo(path: Path, probe: Probe) -> Fingerprint:
    try:
        image = upright(path, probe.container, most=_PHOTO_SIDE).resize((SIDE, SIDE), Image.Resampling.BOX)
    except DamagedFile:  # the probe could read its head; its picture cannot be decoded
        return Fingerprint()
    pdq, quality = hash_picture(np.asarray(image))
    return Fingerprint(pictures=(PictureHash(at=0.0, pdq=pdq, quality=quality),))
