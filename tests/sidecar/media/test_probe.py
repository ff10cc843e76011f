"""What a container tells: types by content, durations, times, device, rotation."""

import os
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from quancheng_plugin.errors import DamagedFile, EmptyFile, UnsupportedType
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Kind
from tests.sidecar.media.turned import turned

Clip = Callable[[str], Path]

TYPES = [
    ("clip.mp4", "mp4", Kind.VIDEO, 3.0),
    ("clip.mov", "mov", Kind.VIDEO, 3.0),
    ("clip.3gp", "3gp", Kind.VIDEO, 3.0),
    ("clip.avi", "avi", Kind.VIDEO, 3.0),
    ("clip.mkv", "matroska", Kind.VIDEO, 3.0),
    ("clip.ts", "mpegts", Kind.VIDEO, None),
    ("clip.m2ts", "mpegts", Kind.VIDEO, None),
    ("clip.wav", "wav", Kind.AUDIO, 3.0),
    ("clip.mp3", "mp3", Kind.AUDIO, 3.0),
    ("clip.aac", "aac", Kind.AUDIO, None),
    ("clip.m4a", "m4a", Kind.AUDIO, 3.0),
    ("clip.ogg", "ogg", Kind.AUDIO, None),
    ("clip.amr", "amr", Kind.AUDIO, None),
]


@pytest.mark.parametrize(("name", "container", "kind", "declared"), TYPES)
def test_type_and_durations(clip: Clip, name: str, container: str, kind: Kind, declared: float | None) -> None:
    """Each accepted type is named, its length measured, and its declared length given where the header states one."""
    found = probe(clip(name))
    assert (found.container, found.kind, found.truncated) == (container, kind, False)
    assert found.duration.measured == pytest.approx(3.0, abs=0.06)
    assert found.duration.declared == (None if declared is None else pytest.approx(declared, abs=0.06))
    assert found.findings == ()


@pytest.mark.parametrize("coding", ["pcm_s24le -rf64 always", "adpcm_ima_wav", "adpcm_ms", "pcm_alaw", "mp3"])
def test_wave_of_every_coding(tmp_path: Path, coding: str) -> None:
    """Dictation machines write ADPCM, long recordings the sizes of RF64: whole, and as long as their header says."""
    path = tmp_path / "笔录.wav"
    source = ["-f", "lavfi", "-i", "sine=d=4:r=8000", "-c:a", *coding.split()]
    subprocess.run(["ffmpeg", "-v", "error", *source, path], check=True, timeout=30)
    found = probe(path)
    assert (found.container, found.truncated, found.findings) == ("wav", False, ())
    assert found.duration.declared == pytest.approx(found.duration.measured, abs=0.1)
    assert found.duration.measured == pytest.approx(4, abs=0.2)
    os.truncate(path, path.stat().st_size - 3000)
    assert probe(path).truncated


def test_extension_does_not_matter(clip: Clip, tmp_path: Path) -> None:
    """A Matroska file named .mp4 is a Matroska file."""
    other = tmp_path / "现场 录像.mp4"
    shutil.copy(clip("clip.mkv"), other)
    assert probe(other).container == "matroska"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" * 40,
        b"MZ" + bytes(400),
        "只是文字".encode() * 40,
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        b"1\n00:00:00,000 --> 00:00:01,000\nG\n",
        b"\0" * 4096,
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(200),
        b"G",
    ],
)
def test_other_types_are_refused(tmp_path: Path, content: bytes) -> None:
    """What is no recording is refused by content, before FFmpeg could follow a playlist to another file or host."""
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(UnsupportedType) as raised:
        probe(path)
    assert raised.value.code == "QC-INPUT-TYPE"


def test_empty_file(tmp_path: Path) -> None:
    """A file of no bytes has its own code."""
    path = tmp_path / "x.mp4"
    path.touch()
    with pytest.raises(EmptyFile):
        probe(path)


def test_creation_times_of_all_boxes(clip: Clip) -> None:
    """Instants of movie, track and media headers stand beside FFmpeg's own, each with creation and modification."""
    times = probe(clip("clip.mp4")).creation_times
    assert times["format"] == "2026-03-01T01:30:00.000000Z"
    assert {times[key] for key in ("mvhd", "mvhd.modification", "tkhd 0", "mdhd 1", "mdhd 1.modification")} == {
        "2026-03-01T01:30:00Z"
    }


def test_device_of_quicktime_keys(clip: Clip) -> None:
    """Make and model are read from QuickTime metadata keys."""
    device = probe(clip("clip.mov")).device
    assert (device.make, device.model) == ("Apple", "iPhone 15")


def test_a_gopro_tells_its_model_among_its_settings(clip: Clip, tmp_path: Path) -> None:
    """In its own metadata in `udta`: key, kind, size of one, number of letters."""
    whole = clip("clip.mp4").read_bytes()
    at = whole.index(b"moov") - 4
    size = int.from_bytes(whole[at : at + 4])
    assert at + size == len(whole)
    settings = b"DEVC\0\x01\0\x24" + b"VERSB\x01\0\x03\x07\x06\x02\0" + b"MINFc\x01\0\x0bHERO8 Black\0"
    gpmf = struct.pack(">I", 8 + len(settings)) + b"GPMF" + settings
    firmware = struct.pack(">I", 23) + b"FIRM" + b"HD8.01.02.51.00"
    udta = struct.pack(">I", 8 + len(gpmf) + len(firmware)) + b"udta" + firmware + gpmf
    path = tmp_path / "GX010001.MP4"
    path.write_bytes(whole[:at] + struct.pack(">I", size + len(udta)) + whole[at + 4 :] + udta)
    device = probe(path).device
    assert (device.make, device.model, device.software) == ("GoPro", "HERO8 Black", "HD8.01.02.51.00")


def test_tags_in_the_device_code_page(clip: Clip, tmp_path: Path) -> None:
    """A tag written in GBK by a device's firmware is read as Chinese."""
    path = tmp_path / "x.avi"
    command: list[str | bytes] = ["ffmpeg", "-v", "error", "-i", str(clip("clip.avi")), "-c", "copy", "-metadata"]
    subprocess.run([*command, "title=海上检查".encode("gbk"), str(path)], check=True, timeout=30)
    assert probe(path).tags["title"] == "海上检查"


def test_fragments_after_a_beginning_are_not_held_against_its_length(clip: Clip, tmp_path: Path) -> None:
    """A recorder that starts with a whole index and goes on in fragments states the length of its start alone."""
    path = tmp_path / "x.mp4"
    command = ["ffmpeg", "-v", "error", "-i", clip("clip.mp4"), "-c", "copy", "-movflags", "frag_keyframe", path]
    subprocess.run(command, check=True, timeout=30)
    found = probe(path)
    assert b"moof" in path.read_bytes()
    assert found.duration.measured == pytest.approx(3, abs=0.1)
    assert [found.duration.declared, *(stream.declared for stream in found.streams)] == [None] * 3


def test_edit_list(clip: Clip) -> None:
    """The priming that an AAC encoder hides stands in the edit list of the sound."""
    sound = next(stream for stream in probe(clip("clip.m4a")).streams)
    assert [round(edit.media_time * 44100) for edit in sound.edit_list] == [1024]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_clockwise(clip: Clip, tmp_path: Path, degrees: int) -> None:
    """The display matrix gives the clockwise turn that makes the picture stand upright."""
    path = tmp_path / "turned.mp4"
    turned(clip("clip.mp4"), path, -degrees)
    assert probe(path).streams[0].rotation == degrees


def test_variable_frame_rate(clip: Clip, tmp_path: Path) -> None:
    """Unequal steps between pictures are noticed, equal ones are not called variable."""
    path = tmp_path / "vfr.mp4"
    filters = "select='not(eq(mod(n,5),2))+not(mod(n,3))'"
    command = ["ffmpeg", "-v", "error", "-i", str(clip("clip.mp4")), "-vf", filters, "-fps_mode", "vfr", str(path)]
    subprocess.run(command, check=True, timeout=30)
    assert probe(path).streams[0].variable_frame_rate
    assert not probe(clip("clip.mp4")).streams[0].variable_frame_rate


def test_packets_are_counted(clip: Clip) -> None:
    """Packets, key frames, bytes and the encoder's own words are those of the stream."""
    video = probe(clip("clip.mp4")).streams[0]
    assert (video.packets, video.key_frames, video.frame_rate) == (75, 3, 25.0)
    assert video.bytes > 10_000
    assert (video.encoder or "").startswith("x264")


def test_joined_transport_streams_are_measured_whole(clip: Clip, tmp_path: Path) -> None:
    """Two transport streams put end to end are six seconds long, and the step back is a finding of low severity."""
    path = tmp_path / "joined.ts"
    path.write_bytes(clip("clip.ts").read_bytes() * 2)
    found = probe(path)
    assert found.duration.measured == pytest.approx(6.0, abs=0.1)
    assert [(one.code, one.severity) for one in found.findings] == [("timestamps-step-back", "low")]
    assert found.findings[0].at == pytest.approx(3.0, abs=0.1)


def test_cover_picture_is_no_video(clip: Clip, tmp_path: Path) -> None:
    """Sound with a cover picture stays a sound recording."""
    path = tmp_path / "cover.m4a"
    command = ["ffmpeg", "-v", "error", "-i", str(clip("clip.m4a")), "-i", str(clip("photo.png")), "-map", "0", "-map"]
    command += ["1", "-c", "copy", "-disposition:v", "attached_pic", str(path)]
    subprocess.run(command, check=True, timeout=30)
    found = probe(path)
    assert found.kind is Kind.AUDIO
    assert [stream.kind for stream in found.streams] == ["audio", "image"]


def test_real_footage(shared_media: Path) -> None:
    """Real clips of phones and surveillance cameras are read without any sign of a cut."""
    for path in sorted(shared_media.glob("*.mp4")):
        found = probe(path)
        assert (found.container, found.kind, found.truncated) == ("mp4", Kind.VIDEO, False), path.name
        assert found.findings == (), path.name
        assert found.boxes[0] == "ftyp"


def test_video_without_sound_or_picture_is_damaged(tmp_path: Path, clip: Clip) -> None:
    """A file whose index is there but of which no packet can be read is damaged, not empty."""
    data = clip("faststart.mp4").read_bytes()
    path = tmp_path / "x.mp4"
    path.write_bytes(data[: data.index(b"mdat") + 4])
    with pytest.raises(DamagedFile):
        probe(path)


@pytest.mark.parametrize(
    ("matrix", "degrees"),
    [((-1, 0, 0, 1), 0), ((0, 1, 1, 0), 270), ((0, 0, 0, 0), 0), ((0, 1, -1, 0), 90)],
    ids=["mirrored", "mirrored and turned", "nonsense", "turned"],
)
def test_mirrored_picture(clip: Clip, tmp_path: Path, matrix: tuple[int, int, int, int], degrees: int) -> None:
    """A front camera's mirroring is not taken for half a turn."""
    data = bytearray(clip("clip.mp4").read_bytes())
    at = data.index(b"tkhd") - 4 + 48
    a, b, c, d = (value << 16 for value in matrix)
    struct.pack_into(">5i", data, at, a, b, 0, c, d)
    path = tmp_path / "x.mp4"
    path.write_bytes(data)
    assert probe(path).streams[0].rotation == degrees


def test_pixels_that_are_not_square(clip: Clip, tmp_path: Path) -> None:
    """The shape of the pixels of a D1 recorder is read."""
    path = tmp_path / "d1.mp4"
    command = ["ffmpeg", "-v", "error", "-i", str(clip("clip.mp4")), "-vf", "scale=704:576,setsar=12/11", str(path)]
    subprocess.run(command, check=True, timeout=30)
    assert probe(path).streams[0].pixel_aspect == pytest.approx(12 / 11)


def test_one_picture_alone_has_no_rate(clip: Clip, tmp_path: Path) -> None:
    """A transport stream says of a single picture no more than that it lasts one tick."""
    path = tmp_path / "one.ts"
    command = ["ffmpeg", "-v", "error", "-i", clip("clip.mp4"), "-frames:v", "1", "-an", "-c", "copy", path]
    subprocess.run(command, check=True, timeout=30)
    assert [(stream.packets, stream.frame_rate) for stream in probe(path).streams] == [(1, None)]
