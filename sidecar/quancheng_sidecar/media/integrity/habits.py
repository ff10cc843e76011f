"""What a recording's packets show of its device's habits: groups of pictures, their order, parameter sets, encoder."""

from collections.abc import Iterator, Mapping

import numpy as np

from quancheng_sidecar.media.habits import Habit
from quancheng_sidecar.media.integrity import coding
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.report import Probe, Stream

_LEAST_GROUPS = 3
"""Groups without which no habit is stated: the last is cut short by the stop of recording."""
_ALIKE = 0.9
_NAMES = {coding.X264: "x264", coding.X265: "x265", coding.ONVIF_SIGNATURE: "onvif-media-signing"}
_NOTHING = "none"


def packet_habits(
    stream: Stream | None, packets: Packets | None, tags: Mapping[str, str], sound: Packets | None
) -> dict[Habit, str]:
    """Habits by the leading video stream's packets and its sound's; `tags` are the stream's own. None for sound alone.

    A habit that the recording is too short to show is left out.
    """
    if stream is None or packets is None or not len(packets):
        return {}
    found = {
        Habit.GROUP: _group(packets),
        Habit.REORDERED: _reordered(packets),
        Habit.PARAMETERS: _parameters(packets),
        Habit.ENCODER: " ".join(sorted(set(_encoders(stream, packets, tags, sound)))) or _NOTHING,
    }
    return {habit: value for habit, value in found.items() if value is not None}


def track_names(probe: Probe, tags: Mapping[int, Mapping[str, str]]) -> dict[Habit, str]:
    """The names that the container gives its tracks of picture and sound (handler names of ISO files)."""
    named = (
        f"{stream.kind}={tags.get(stream.index, {}).get('handler_name', '').strip() or _NOTHING}"
        for stream in probe.streams
        if stream.kind in {"video", "audio"}
    )
    return {Habit.TRACKS: " ".join(named)}


def _group(packets: Packets) -> str | None:
    """Frames from one key frame to the next; `varying` where an encoder sets them by the scene."""
    lengths = np.diff(np.nonzero(packets.key)[0])
    if len(lengths) < _LEAST_GROUPS:
        return None
    usual = int(np.median(lengths))
    return str(usual) if np.mean(np.abs(lengths - usual) <= 1) >= _ALIKE else "varying"


def _reordered(packets: Packets) -> str | None:
    """Most pictures in a row that play before one decoded earlier; None where the container gives no such order."""
    shown, decoded = packets.pts[~packets.hidden], packets.dts[~packets.hidden]
    if len(shown) < 2 or np.isnan(shown).any() or np.isnan(decoded).any():  # noqa: PLR2004  nothing to order
        return None
    late = np.append(False, shown[1:] < np.maximum.accumulate(shown)[:-1])
    edges = np.diff(np.concatenate(([0], late.astype(np.int8), [0])))
    return str(int(np.max(np.nonzero(edges < 0)[0] - np.nonzero(edges > 0)[0], initial=0)))


def _parameters(packets: Packets) -> str | None:
    """Where parameter sets stand: in the header alone, once at the start, or in the stream with every key frame."""
    if packets.coding is None:
        return None
    carrying, keys = len(packets.coding.carrying), min(int(packets.key.sum()), coding.MOST_KEPT)
    if not carrying:
        return "header"
    if keys >= _LEAST_GROUPS and carrying >= _ALIKE * keys:
        return "every-group"
    return "start" if packets.coding.carrying == [0] else "some"


def _encoders(stream: Stream, packets: Packets, tags: Mapping[str, str], sound: Packets | None) -> Iterator[str]:
    """Names that encoders leave, without their version: a firmware tells that, and every build has another."""
    if packets.coding is not None:
        yield from (_NAMES.get(uuid, str(uuid)) for uuid in packets.coding.uuids)
    for text in (stream.encoder, tags.get("encoder")):
        if text and text.strip():
            yield text.split()[0]
    if sound is not None and sound.sound_encoder:
        yield "sound:Lavc"
