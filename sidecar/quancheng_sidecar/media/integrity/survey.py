"""One pass over a recording that tells all at once: packets are tabled, watched and listened to as they come."""

from dataclasses import dataclass, field
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream as AvStream
from av.video.stream import VideoStream

from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.integrity.packets import Packets, PacketTable
from quancheng_sidecar.media.integrity.pictures import Seen, Watcher
from quancheng_sidecar.media.integrity.silence import Listener, Silence
from quancheng_sidecar.media.report import Probe
from quancheng_sidecar.media.streams import leading, leading_audio, leading_video
from quancheng_sidecar.media.tag_text import clean_tags

_RETRIES = 64


@dataclass(frozen=True)
class Survey:
    """Packets and tags by stream index; what was seen of the leading picture and heard of the sound (None: none)."""

    packets: dict[int, Packets] = field(default_factory=dict)
    seen: Seen | None = None
    heard: Silence | None = None
    tags: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether nothing was left out for its length."""
        watched = self.seen is None or self.seen.whole
        listened = self.heard is None or self.heard.whole
        return watched and listened and all(one.whole for one in self.packets.values())


def survey(path: Path, probe: Probe, *, limit_s: float) -> Survey:
    """Read a recording once, to its end or to where nothing more can be read.

    Decoding pictures and decoding sound may each take `limit_s` seconds; packets are read to the end in any case.
    A file that cannot be opened gives an empty survey.
    """
    try:
        with open_media(path, probe.container) as opened:
            return _Surveyor(opened, probe, limit_s).run()
    except (av.FFmpegError, KeyError):
        return Survey()


class _Surveyor:
    def __init__(self, opened: InputContainer, probe: Probe, limit_s: float) -> None:
        self._opened = opened
        streams = {stream.index: stream for stream in opened.streams if stream.type in {"video", "audio"}}
        self._tables = {index: PacketTable(stream) for index, stream in streams.items()}
        lead, video, audio = leading(probe.streams), leading_video(probe.streams), leading_audio(probe.streams)
        zero = lead.first_pts or 0.0 if lead else 0.0
        shown = streams.get(video.index) if video else None
        heard = streams.get(audio.index) if audio else None
        self._watched = video.index if video else -1
        self._heard = audio.index if audio else -1
        self._watcher: Watcher | None = None
        self._listener: Listener | None = None
        # A stream without a decoder has no codec context: nothing is seen or heard of it.
        if video and isinstance(shown, VideoStream) and shown.codec_context is not None:
            self._watcher = Watcher(shown, video, limit_s=limit_s)
        if isinstance(heard, AudioStream) and heard.codec_context is not None:
            self._listener = Listener(zero=zero, limit_s=limit_s)

    def run(self) -> Survey:
        for _ in range(_RETRIES):  # damaged stretches raise, and reading may go on behind them
            try:
                for packet in self._opened.demux():
                    self._take(packet)
            except av.FFmpegError:
                continue
            break
        return Survey(
            packets={index: table.finish() for index, table in self._tables.items()},
            seen=self._seen(),
            heard=self._silence(),
            tags={stream.index: clean_tags(dict(stream.metadata)) for stream in self._opened.streams},
        )

    def _seen(self) -> Seen | None:
        if self._watcher is not None:
            return self._watcher.finish()
        return Seen(every=True) if self._watched >= 0 else None

    def _silence(self) -> Silence | None:
        if self._listener is not None:
            return self._listener.finish()
        return Silence([]) if self._heard >= 0 else None

    def _take(self, packet: "Packet[AvStream]") -> None:
        index = packet.stream.index  # of a packet that flushes, `stream_index` is always 0
        if packet.size and index in self._tables:
            self._tables[index].take(packet)
        if self._watcher is not None and index == self._watched:
            self._watcher.take(packet)  # type: ignore[arg-type]  # the index is the video stream's
        if self._listener is not None and index == self._heard:
            self._listener.take(packet)
