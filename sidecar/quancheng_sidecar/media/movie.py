"""Probing sound and video: the packets of all streams, and what the container's own structures say beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import atan2, degrees
from pathlib import Path
from typing import Any, Literal

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.stream import Stream as AvStream
from av.video.stream import VideoStream

from quancheng_plugin.errors import DamagedFile, LimitExceeded
from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.demux import MOST_PIXELS, open_media
from quancheng_sidecar.media.device import device_of, muxer_of
from quancheng_sidecar.media.ebml import read_outline
from quancheng_sidecar.media.extent import find_cut, truncation
from quancheng_sidecar.media.index import ISO
from quancheng_sidecar.media.isobmff import MOST_EDITS, Box, Movie, Track, instant, read_movie, read_programs, top_level
from quancheng_sidecar.media.packets import Tally, tally
from quancheng_sidecar.media.report import Duration, Kind, Probe, Stream
from quancheng_sidecar.media.riff import read_riff
from quancheng_sidecar.media.sound_frames import mp3_declared
from quancheng_sidecar.media.streams import leading
from quancheng_sidecar.media.tag_text import clean, clean_tags

# Containers whose header states no duration: what FFmpeg gives there is its own estimate.
_SILENT_ON_DURATION = frozenset({"mpegts", "aac", "amr", "ogg", "mp3"})
_MOST_STREAMS = 64
_KINDS: dict[str, Literal["video", "audio", "data", "subtitle", "attachment"]] = {
    "video": "video",
    "audio": "audio",
    "subtitle": "subtitle",
    "attachment": "attachment",
}


@dataclass
class Structure:
    """What a container's own structures say: top-level boxes, movie, stated durations (whole, by stream) and times."""

    boxes: tuple[str, ...] = ()
    movie: Movie | None = None
    declared: float | None = None
    streams: tuple[float | None, ...] = ()
    created: dict[str, str] = field(default_factory=dict)


def probe_movie(path: Path, container: str) -> Probe:
    """Probe a recording that FFmpeg demuxes. Raises DamagedFile when nothing of it can be read, LimitExceeded."""
    structure = read_structure(path, container)
    with open_media(path, container) as opened:
        tallies = tally(opened, path, container)
        streams = tuple(
            _stream(stream, tallies[stream.index], container, structure)
            for stream in list(opened.streams)[:_MOST_STREAMS]
        )
        tags = clean_tags(dict(opened.metadata))
        created = _creation_times(opened, tags, structure)
    lead = leading(streams)
    if lead is None:
        raise nothing_readable()
    if any(one.kind == "video" and (one.width or 0) * (one.height or 0) > MOST_PIXELS for one in streams):
        raise _too_large()
    if structure.movie is not None:
        tags = structure.movie.tags | tags
    tags |= tallies[lead.index].camera
    cut = find_cut(path, container)
    readable = None if cut is None else lead.measured or 0.0
    return Probe(
        kind=Kind.VIDEO if lead.kind == "video" else Kind.AUDIO,
        container=container,
        major_brand=tags.get("major_brand"),
        muxer=muxer_of(tags),
        streams=streams,
        duration=Duration(declared=structure.declared, measured=lead.measured),
        device=device_of(tags),
        tags=tags,
        creation_times=created,
        boxes=structure.boxes,
        truncated=cut is not None,
        readable_s=readable,
        findings=_findings(tallies[lead.index]) + (() if cut is None else (truncation(cut, readable),)),
    )


def read_structure(path: Path, container: str) -> Structure:
    """Read what the container's own structures say.

    Raises DamagedFile for an ISO file without index, LimitExceeded for one with an endless edit list.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if container == "matroska":
            return Structure(declared=read_outline(file, size).declared)
        if container in {"avi", "wav"}:
            riff = read_riff(file, size)
            stated = [one for one in riff.seconds if one is not None]
            return Structure(declared=max(stated, default=None), streams=tuple(riff.seconds), created=riff.created)
        if container == "mp3":
            return Structure(declared=mp3_declared(file))
        if container not in ISO:
            return Structure()
        found = top_level(file, size)
        moov = next((box for box in found if box.kind == "moov"), None)
        if moov is None:
            raise _without_index(found, size)
        movie = read_movie(file, moov, size)
        if any(track.held_edits > MOST_EDITS for track in movie.tracks):
            raise _endless_edits()  # FFmpeg holds each entry against all pictures: hours of work
        read_programs(file, found, movie.tags)
    return Structure(tuple(box.kind for box in found), movie, movie.declared)


_MOST_TOLD = 6


def _without_index(found: Sequence[Box], size: int) -> DamagedFile:
    """What is there, box by box, so that whoever repairs the file knows how much of it came."""
    held = [f"{box.kind} {min(box.end, size) - box.start:,}/{box.end - box.start:,}" for box in found[:_MOST_TOLD]]
    zh, en = "、".join(held) or "无", ", ".join(held) or "none"
    return DamagedFile(
        zh="文件缺少索引（moov），常见于录制中断电或复制中断，无法读取。"
        f"现有 {size:,} 字节，其中（现有/声明字节）：{zh}。请保留此文件，从设备重新导出或送修复。",
        en="The file has no index (moov), as after power loss or a broken copy, and cannot be read."
        f" It has {size:,} bytes, of them (there/declared): {en}. Keep it; export it again or have it repaired.",
    )


def _too_large() -> LimitExceeded:
    return LimitExceeded(
        zh=f"画面超过{MOST_PIXELS / 1e6:.0f}百万像素，是8K的两倍以上，未读取：文件已保留，请核对来源。",
        en=f"The picture has over {MOST_PIXELS / 1e6:.0f} million pixels, more than twice 8K; it was not read: it is"
        " kept; check where it comes from.",
    )


def _endless_edits() -> LimitExceeded:
    return LimitExceeded(
        zh=f"文件的编辑列表超过{MOST_EDITS}项，不像任何设备或软件所写，未读取：文件已保留，请核对来源。",
        en=f"An edit list of the file has over {MOST_EDITS} entries, which no device or program writes; it was not"
        " read: it is kept; check where it comes from.",
    )


def nothing_readable() -> DamagedFile:
    """The error of a file in which no picture and no sound can be read."""
    return DamagedFile(
        zh="文件中读不出任何画面或声音，可能已损坏：文件已保留，请从设备重新导出。",
        en="No picture and no sound can be read from the file; it may be damaged: it is kept; export it again.",
    )


def _creation_times(opened: InputContainer, tags: dict[str, str], structure: Structure) -> dict[str, str]:
    # FFmpeg joins with `;` what stands twice, as tag and as box.
    named = next((value for key, value in tags.items() if key.lower() == "creation_time"), "")
    found = {"format": named.partition(";")[0]}
    for stream in list(opened.streams)[:_MOST_STREAMS]:
        found[f"stream {stream.index}"] = clean(stream.metadata.get("creation_time", ""))
    for key in ("com.apple.quicktime.creationdate", "date", "DATE"):
        found[key] = tags.get(key, "")
    found |= structure.created
    if structure.movie is not None:
        found |= {key: instant(raw) for key, raw in structure.movie.created.items()}
        for track in structure.movie.tracks:
            for key, raw in track.created.items():
                box, _, rest = key.partition(".")
                found[f"{box} {track.number}" + (f".{rest}" if rest else "")] = instant(raw)
    return {key: value for key, value in found.items() if value}


def _stream(stream: AvStream, counted: Tally, container: str, structure: Structure) -> Stream:
    track = _track(stream, structure)
    codec = stream.codec_context
    picture = stream.type == "video"
    still = picture and bool(stream.disposition & Disposition.attached_pic)
    measured = counted.measured
    rated = picture and not still and counted.timed > 1  # one picture alone has no rate
    return Stream(
        index=stream.index,
        kind="image" if still else _KINDS.get(stream.type, "data"),
        codec=codec.codec.canonical_name if codec is not None else "unknown",
        **_shape(stream),
        rotation=0 if track is None else _rotation(track),
        frame_rate=round(counted.timed / measured, 3) if rated and measured else None,
        variable_frame_rate=picture and not still and counted.varies,
        packets=counted.packets,
        key_frames=counted.key_frames,
        bytes=counted.bytes,
        declared=_stream_declared(stream, track, container, structure),
        measured=measured,
        first_pts=None if counted.first is None else round(counted.first * counted.seconds_per_tick, 6),
        edit_list=() if track is None else tuple(track.edits),
        encoder=counted.encoder or clean(stream.metadata.get("encoder", stream.metadata.get("ENCODER", ""))) or None,
    )


def _track(stream: AvStream, structure: Structure) -> Track | None:
    tracks = [] if structure.movie is None else structure.movie.tracks
    by_id = next((track for track in tracks if track.track_id and track.track_id == stream.id), None)
    return by_id or (tracks[stream.index] if stream.index < len(tracks) else None)


def _shape(stream: AvStream) -> dict[str, Any]:
    """What is particular to pictures and to sound; nothing without a decoder (FFmpeg knows no codec context then)."""
    if isinstance(stream, VideoStream) and stream.codec_context is not None:
        ratio = stream.sample_aspect_ratio
        aspect = float(ratio) if ratio else 1.0
        sane = 0.25 <= aspect <= 4  # noqa: PLR2004  no camera's otherwise; it would only distort pictures
        codec = stream.codec_context
        return {"width": codec.width or None, "height": codec.height or None, "pixel_aspect": aspect if sane else 1.0}
    if isinstance(stream, AudioStream) and stream.codec_context is not None:
        sound = stream.codec_context
        return {"sample_rate": sound.sample_rate or None, "channels": sound.layout.nb_channels or None}
    return {}


def _rotation(track: Track) -> int:
    """Degrees clockwise by the display matrix (ISO/IEC 14496-12 § 8.3.2), to the next quarter turn."""
    a, b, c, d = track.matrix
    # Of a mirrored picture (front cameras) the second row tells the turn that is left beside the mirroring.
    turn = atan2(b, a) if a * d - b * c >= 0 else atan2(-c, d)
    return round(degrees(turn) / 90) * 90 % 360


def _stream_declared(stream: AvStream, track: Track | None, container: str, structure: Structure) -> float | None:
    if container in {"avi", "wav"}:  # FFmpeg shortens what it gives when the file is cut
        return structure.streams[stream.index] if stream.index < len(structure.streams) else None
    if container in _SILENT_ON_DURATION or (structure.movie is not None and (track is None or track.declared is None)):
        return None
    if stream.duration is None or stream.duration <= 0 or stream.time_base is None:
        return None
    return round(float(stream.duration * stream.time_base), 6)


def _findings(lead: Tally) -> tuple[Finding, ...]:
    if not lead.steps_back:
        return ()
    count, first = len(lead.steps_back), lead.steps_back[0]
    return (
        Finding(
            code="timestamps-step-back",
            severity=Severity.LOW,
            at=round(first, 3),
            sentence=Sentence(
                zh=f"时间戳有 {count} 处倒退，首处在第 {first:.2f} 秒：像是由多段首尾相接而成，"
                "设备自动拼接、重启或信号中断后接着录、后期合并都会如此。",
                en=f"Time stamps step back {count} time(s), first at {first:.2f} s, as if the file were joined from "
                "pieces: by the device itself, by one that started anew or lost its signal, or afterwards.",
            ),
            figures={"count": count, "first_s": round(first, 3), "threshold_s": 1.0},
        ),
    )
