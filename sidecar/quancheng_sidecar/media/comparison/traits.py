"""Everything of a recording that a comparison looks at, in layers, taken in one pass over its packets."""

import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tokenize import TokenError
from typing import Any, Protocol, Self
from zipfile import BadZipFile

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from quancheng_sidecar.media.comparison import coded_frames, dense
from quancheng_sidecar.media.comparison.coded_frames import CodedFrames, CodedHashes
from quancheng_sidecar.media.comparison.dense import DenseHashes, DensePictures
from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.report import Probe
from quancheng_sidecar.media.sound import Sound
from quancheng_sidecar.media.sound_frames import one_by_one
from quancheng_sidecar.media.streams import leading, leading_audio, leading_video

_RETRIES = 64
_THREADS = 6
"""Enough that the decoder works on while a picture is hashed and coded (4: a tenth longer on two cores)."""


@dataclass(frozen=True)
class Traits:
    """Layers of one recording. All times are seconds from the leading stream's first frame.

    `sound` is raw chromaprint, one integer every `media.sound.STEP_S` seconds from `sound_start_s`. `pictures` is empty
    until a full decode has been made; `seen` and `heard` say whether the recording has picture and sound at all.
    """

    duration: float
    seen: bool
    heard: bool
    coded_picture: CodedFrames = coded_frames.NONE
    coded_sound: CodedFrames = coded_frames.NONE
    sound: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    sound_start_s: float = 0.0
    pictures: DensePictures = dense.NONE

    def to_bytes(self) -> bytes:
        """Write all layers as one compressed NumPy archive, to be kept."""
        held = io.BytesIO()
        np.savez_compressed(held, allow_pickle=False, **dict(self._arrays()))
        return held.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises ValueError on anything else; runs no code of it."""
        try:
            return cls._read(data)
        except (KeyError, EOFError, RuntimeError, BadZipFile, zlib.error, TokenError) as error:
            raise ValueError("no traits") from error

    @classmethod
    def _read(cls, data: bytes) -> Self:
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            duration, seen, heard, sound_start_s = (float(figure) for figure in held["figures"])
            return cls(
                duration=duration,
                seen=bool(seen),
                heard=bool(heard),
                coded_picture=CodedFrames(held["coded_picture_at"], held["coded_picture"]),
                coded_sound=CodedFrames(held["coded_sound_at"], held["coded_sound"]),
                sound=held["sound"],
                sound_start_s=sound_start_s,
                pictures=DensePictures(held["pictures_at"], held["pictures"], held["mirrored"]),
            )

    def _arrays(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        yield "figures", np.array([self.duration, self.seen, self.heard, self.sound_start_s])
        yield "coded_picture_at", self.coded_picture.at
        yield "coded_picture", self.coded_picture.hashes
        yield "coded_sound_at", self.coded_sound.at
        yield "coded_sound", self.coded_sound.hashes
        yield "sound", self.sound
        yield "pictures_at", self.pictures.at
        yield "pictures", self.pictures.views
        yield "mirrored", self.pictures.mirrored


def traits_of(
    probe: Probe,
    coded: Mapping[int, CodedHashes],
    heard: Sequence[int],
    heard_from_s: float,
    pictures: DensePictures = dense.NONE,
) -> Traits:
    """Put together what was taken: `coded` by stream index, `heard` chromaprint from `heard_from_s` seconds on."""
    video, audio = leading_video(probe.streams), leading_audio(probe.streams)
    in_picture, in_sound = (coded[one.index].finish() if one else coded_frames.NONE for one in (video, audio))
    return Traits(
        duration=probe.duration.measured or probe.duration.declared or 0.0,
        seen=video is not None,
        heard=audio is not None,
        coded_picture=in_picture,
        coded_sound=in_sound,
        sound=np.array(heard, np.uint32),
        sound_start_s=heard_from_s,
        pictures=pictures,
    )


class Beside(Protocol):
    """What looks at the pictures, and listens to the sound, of the same decode."""

    def see(self, frame: VideoFrame) -> None:
        """Take a picture of the leading video stream."""

    def hear(self, frame: AudioFrame) -> None:
        """Take sound of the leading audio stream, which must be left as it came."""


def take_traits(path: Path, probe: Probe, *, decoded: bool = True, beside: Sequence[Beside] = ()) -> Traits:
    """Take all layers of a video or sound recording; with `decoded` false, coded frames alone, at reading speed.

    `beside` get every frame that is decoded. Memory is flat but for the hashes. Damaged packets are left out.
    Raises DamagedFile, LimitExceeded; ToolMissing when there is sound and no libchromaprint; what `beside` raise.
    """
    with open_media(path, probe.container) as container:
        taking = _Taking(container, probe, beside, decoded=decoded)
        taking.feed(container)
    return taking.traits(probe)


class _Taking:
    """The takers of one pass."""

    def __init__(self, container: InputContainer, probe: Probe, beside: Sequence[Beside], *, decoded: bool) -> None:
        lead, self.video, self.audio = (
            leading(probe.streams),
            leading_video(probe.streams),
            leading_audio(probe.streams),
        )
        zero = 0.0 if lead is None or lead.first_pts is None else lead.first_pts
        self.coded = {
            stream.index: CodedHashes(container.streams[stream.index], zero)
            for stream in (self.video, self.audio)
            if stream is not None
        }
        self.beside = beside
        self.dense: DenseHashes | None = None
        self.sound: Sound | None = None
        self.codecs: dict[int, Any] = {}
        seen = None if self.video is None else container.streams[self.video.index]
        heard = None if self.audio is None else container.streams[self.audio.index]
        # A stream without a decoder has no codec context: its coded frames are all there is.
        if decoded and self.video and isinstance(seen, VideoStream) and seen.codec_context is not None:
            seen.codec_context.thread_type = "AUTO"
            seen.codec_context.thread_count = _THREADS
            self.dense = DenseHashes(rotation=self.video.rotation, zero=zero)
            self.codecs[seen.index] = seen.codec_context
        if decoded and isinstance(heard, AudioStream) and heard.codec_context is not None:
            self.sound = Sound(heard, zero=zero)
            self.codecs[heard.index] = heard.codec_context

    def feed(self, container: InputContainer) -> None:
        if not self.coded:  # `demux()` without streams would give all
            return
        streams = [container.streams[index] for index in self.coded]
        for _ in range(_RETRIES):  # damaged stretches raise, and reading may go on behind them
            try:
                for packet in container.demux(*streams):
                    if packet.size:
                        self.coded[packet.stream_index].take(packet)
                        self._decode(packet.stream_index, packet)
            except av.FFmpegError:
                continue
            break
        for index in self.codecs:
            self._decode(index, None)

    def _decode(self, index: int, packet: Any) -> None:  # noqa: ANN401  packets are typed by stream in stubs alone
        """Decode a packet and hand its frames on; a damaged one is left out. None takes what the decoder holds."""
        if index not in self.codecs:
            return
        try:
            frames = [frame for one in self._each(index, packet) for frame in self.codecs[index].decode(one)]
        except MemoryError:  # the bound of the process, which must not pass for damage
            raise
        except (av.FFmpegError, ValueError):
            return
        for frame in frames:
            self._hand_on(frame)

    def _each(self, index: int, packet: Any) -> Iterable[Any]:  # noqa: ANN401  as above
        return (None,) if packet is None else one_by_one(packet, self.codecs[index].codec.canonical_name)

    def _hand_on(self, frame: VideoFrame | AudioFrame) -> None:
        for each in self.beside:
            each.see(frame) if isinstance(frame, VideoFrame) else each.hear(frame)
        if isinstance(frame, VideoFrame) and self.dense is not None:
            self.dense.see(frame)
        elif isinstance(frame, AudioFrame) and self.sound is not None:
            self.sound.hear(frame)  # last: fingerprinting takes a frame's time away

    def traits(self, probe: Probe) -> Traits:
        heard = self.sound.finish() if self.sound is not None and self.sound.start_s is not None else ()
        begins = (self.sound.start_s if self.sound else None) or 0.0
        return traits_of(probe, self.coded, heard, begins, self.dense.finish() if self.dense else dense.NONE)
