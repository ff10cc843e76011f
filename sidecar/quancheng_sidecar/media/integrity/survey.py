"""One pass over a recording that tells all at once: packets are tabled, pictures and sound decoded once for all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from quancheng_sidecar.media.comparison.coded_frames import CodedHashes
from quancheng_sidecar.media.comparison.traits import Traits, traits_of
from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.fingerprint import fingerprint_of, fingerprint_of_photo
from quancheng_sidecar.media.integrity.packets import Packets, PacketTable
from quancheng_sidecar.media.integrity.pictures import Seen, Watcher
from quancheng_sidecar.media.integrity.silence import Listener, Silence
from quancheng_sidecar.media.nal_units import CODECS, begins_anew, length_size, units
from quancheng_sidecar.media.pictures import KeyFrames, stands_alone
from quancheng_sidecar.media.report import Fingerprint, Kind, Probe, Stream
from quancheng_sidecar.media.sound import Sound
from quancheng_sidecar.media.sound_frames import one_by_one
from quancheng_sidecar.media.streams import leading, leading_audio, leading_video
from quancheng_sidecar.media.tag_text import clean_tags

_RETRIES = 64
_THREADS = 4


@dataclass(frozen=True)
class Survey:
    """Packets and tags by stream index; what was seen of the leading picture and heard of the sound (None: none).

    `fingerprint` is taken of the same pictures and sound, `traits` (None: not asked for) of the same packets and sound;
    its pictures come with the deferred look.
    """

    packets: dict[int, Packets] = field(default_factory=dict)
    seen: Seen | None = None
    heard: Silence | None = None
    tags: dict[int, dict[str, str]] = field(default_factory=dict)
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    traits: Traits | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was left out for its length."""
        watched = self.seen is None or self.seen.whole
        listened = self.heard is None or self.heard.whole
        return watched and listened and all(one.whole for one in self.packets.values())


def survey(path: Path, probe: Probe, *, limit_s: float, traits: bool = False) -> Survey:
    """Read a recording once, to its end or to where nothing more can be read; a photo is fingerprinted alone.

    Watching pictures and listening to sound may each take `limit_s` seconds, key frames to be hashed as much again;
    packets are read to the end in any case. `traits` asks for these as well, which costs a fifth more. Memory is flat
    but for what a packet and a hash leave. A file that cannot be opened gives an empty survey, what cannot be decoded
    leaves its part empty.
    Raises ToolMissing when there is sound and no libchromaprint.
    """
    if probe.kind is Kind.PHOTO:
        return Survey(fingerprint=fingerprint_of_photo(path, probe))
    try:
        with open_media(path, probe.container) as opened:
            return _Surveyor(opened, probe, limit_s, traits=traits).run()
    except (av.FFmpegError, KeyError):
        return Survey()


class _Eyes:
    """The leading picture stream, decoded once: key frames to be hashed, and what the watcher wants."""

    def __init__(self, video: VideoStream, stream: Stream, *, zero: float, limit_s: float) -> None:
        video.codec_context.thread_type = "AUTO"
        video.codec_context.thread_count = _THREADS
        self._codec = video.codec_context
        self._name = self._codec.codec.canonical_name
        self._prefix = length_size(self._name, self._codec.extradata) if self._name in CODECS else 0
        self.watcher = Watcher(stream, limit_s=limit_s)
        self.key_frames = KeyFrames(video, rotation=stream.rotation, zero=zero, apart_s=self.watcher.apart_s)

    def take(self, packet: "Packet[VideoStream]") -> None:
        """Decode a packet where it is wanted; only what is fed costs. Size 0 flushes."""
        watched = bool(packet.size) and self.watcher.wants(packet)
        hashed = bool(packet.size) and self.key_frames.wants(packet) and not self.watcher.is_spent()
        if packet.size and not (watched or hashed):
            return
        begun = monotonic()
        try:
            if not self.watcher.every and not self._begins_anew(packet):
                # Behind another key frame, without what lies between, it would come out of its order, or never.
                self._look(self._codec.decode(None))
                self._codec.flush_buffers()
            self._look(self._codec.decode(packet if packet.size else None))
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError):
            if watched:
                self.watcher.fail(packet)
        self.watcher.spend(monotonic() - begun)

    def flush(self) -> None:
        """Take the frames that the decoder's threads still hold."""
        try:
            self._look(self._codec.decode(None))
        except (av.FFmpegError, ValueError):  # flushed before
            return

    def _begins_anew(self, packet: "Packet[VideoStream]") -> bool:
        if self._name not in CODECS:
            return True
        return any(begins_anew(unit, self._name) for unit in units(memoryview(packet), self._prefix))

    def _look(self, frames: Sequence[VideoFrame]) -> None:
        for frame in frames:
            if self.watcher.every or stands_alone(frame):  # else what it leans on was not decoded
                self.watcher.look(frame)
                self.key_frames.look(frame)


class _Ears:
    """One sound stream, decoded once: listened to for silence and fingerprinted."""

    def __init__(self, audio: AudioStream, *, zero: float, limit_s: float) -> None:
        self._codec = audio.codec_context
        self._name = self._codec.codec.canonical_name
        self.listener = Listener(zero=zero, limit_s=limit_s)
        self.sound = Sound(audio, zero=zero)

    def take(self, packet: "Packet[AudioStream]") -> None:
        """Decode a packet; a damaged one is left out. Size 0 flushes."""
        begun = monotonic()
        frames: Sequence[AudioFrame] = ()
        try:
            each = one_by_one(packet, self._name) if packet.size else (None,)
            frames = [frame for one in each for frame in self._codec.decode(one)]
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError):
            pass
        for frame in frames:
            self.listener.listen(frame)
        self.listener.spend(monotonic() - begun)
        for frame in frames:  # last: fingerprinting takes a frame's time away
            self.sound.hear(frame)


class _Surveyor:
    def __init__(self, opened: InputContainer, probe: Probe, limit_s: float, *, traits: bool) -> None:
        self._opened, self._probe = opened, probe
        streams = {stream.index: stream for stream in opened.streams if stream.type in {"video", "audio"}}
        self._tables = {index: PacketTable(stream) for index, stream in streams.items()}
        lead, self._video, self._audio = (
            leading(probe.streams),
            leading_video(probe.streams),
            leading_audio(probe.streams),
        )
        zero = lead.first_pts or 0.0 if lead else 0.0
        told = [one for one in (self._video, self._audio) if traits and one is not None]
        self._coded = {one.index: CodedHashes(streams[one.index], zero) for one in told}
        shown = streams.get(self._video.index) if self._video else None
        heard = streams.get(self._audio.index) if self._audio else None
        self._eyes: _Eyes | None = None
        self._ears: _Ears | None = None
        # A stream without a decoder has no codec context: nothing is seen or heard of it.
        if self._video and isinstance(shown, VideoStream) and shown.codec_context is not None:
            self._eyes = _Eyes(shown, self._video, zero=zero, limit_s=limit_s)
        if isinstance(heard, AudioStream) and heard.codec_context is not None:
            self._ears = _Ears(heard, zero=zero, limit_s=limit_s)

    def run(self) -> Survey:
        for _ in range(_RETRIES):  # damaged stretches raise, and reading may go on behind them
            try:
                for packet in self._opened.demux():
                    self._take(packet)
            except av.FFmpegError:
                continue
            break
        if self._eyes is not None:
            self._eyes.flush()
        fingerprint = fingerprint_of(
            self._eyes.key_frames if self._eyes else None, self._ears.sound if self._ears else None
        )
        return Survey(
            packets={index: table.finish() for index, table in self._tables.items()},
            seen=self._seen(),
            heard=self._silence(),
            tags={stream.index: clean_tags(dict(stream.metadata)) for stream in self._opened.streams},
            fingerprint=fingerprint,
            traits=traits_of(self._probe, self._coded, fingerprint.sound, fingerprint.sound_start_s)
            if self._coded
            else None,
        )

    def _seen(self) -> Seen | None:
        if self._eyes is not None:
            return self._eyes.watcher.finish()
        return Seen(every=True) if self._video else None

    def _silence(self) -> Silence | None:
        if self._ears is not None:
            return self._ears.listener.finish()
        return Silence() if self._audio else None

    def _take(self, packet: Any) -> None:  # noqa: ANN401  the library's packets are typed by stream in stubs alone
        index = packet.stream.index  # of a packet that flushes, `stream_index` is always 0
        if packet.size and index in self._tables:
            self._tables[index].take(packet)
        if packet.size and index in self._coded:
            self._coded[index].take(packet)
        if self._eyes is not None and self._video and index == self._video.index:
            self._eyes.take(packet)
        if self._ears is not None and self._audio and index == self._audio.index:
            self._ears.take(packet)
