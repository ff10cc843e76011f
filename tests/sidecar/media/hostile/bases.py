"""Sound recordings of one second of every accepted container, which are then damaged."""

import subprocess
from pathlib import Path

from PIL import Image

from tests.sidecar.media.heic import write_heic

_PICTURE = ("-f", "lavfi", "-i", "testsrc2=d=1:s=160x120:r=10")
_SOUND = ("-f", "lavfi", "-i", "sine=f=440:d=1:r=16000")
_BOTH = (*_PICTURE, *_SOUND)
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "5", "-bf", "1", "-pix_fmt", "yuv420p")
_TAGS = ("-metadata", "creation_time=2026-03-01T01:30:00Z", "-metadata", "title=../../etc/passwd")

_RECIPES: dict[str, tuple[tuple[str, ...], ...]] = {
    "mp4": (
        (*_BOTH, *_H264, "-c:a", "aac", *_TAGS, "-movflags", "+faststart", "a.mp4"),
        (*_BOTH, "-c:v", "libx265", "-x265-params", "log-level=error", "-c:a", "aac", *_TAGS, "b.mp4"),
        (*_BOTH, *_H264, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "c.mp4"),
    ),
    "mov": (
        (*_BOTH, *_H264, "-c:a", "aac", *_TAGS, "-movflags", "use_metadata_tags", "a.mov"),
        (*_BOTH, "-c:v", "mjpeg", "-c:a", "pcm_s16le", "-timecode", "09:30:05:00", "b.mov"),
    ),
    "avi": (
        (*_BOTH, "-c:v", "mjpeg", "-c:a", "pcm_s16le", *_TAGS, "a.avi"),
        (*_BOTH, "-c:v", "mpeg4", "-c:a", "libmp3lame", "b.avi"),
    ),
    "mkv": (
        (*_BOTH, *_H264, "-c:a", "aac", *_TAGS, "a.mkv"),
        (*_BOTH, *_H264, "-c:a", "libopus", "-live", "1", "b.mkv"),
    ),
    "ts": ((*_BOTH, *_H264, "-c:a", "aac", "a.ts"), (*_BOTH, *_H264, "-c:a", "mp2", "b.ts")),
    "3gp": ((*_BOTH, "-c:v", "h263", "-s", "176x144", "-c:a", "aac", "a.3gp"),),
    "wav": ((*_SOUND, *_TAGS, "a.wav"), (*_SOUND, "-c:a", "adpcm_ima_wav", "b.wav")),
    "mp3": ((*_SOUND, "-id3v2_version", "3", *_TAGS, "a.mp3"),),
    "aac": ((*_SOUND, "a.aac"),),
    "m4a": ((*_SOUND, *_TAGS, "a.m4a"),),
    "ogg": ((*_SOUND, "-c:a", "libvorbis", *_TAGS, "a.ogg"), (*_SOUND, "-c:a", "libopus", "b.ogg")),
    "png": ((*_PICTURE, "-frames:v", "1", "a.png"),),
}
CONTAINERS = (*_RECIPES, "amr", "jpeg", "heic")
"""Short names by which the corpus calls the containers."""


def sound_files(container: str, folder: Path) -> list[bytes]:
    """Make the sound files of a container in a folder and give their bytes."""
    if container in _RECIPES:
        paths = [_encoded(recipe, folder) for recipe in _RECIPES[container]]
    else:
        paths = [folder / f"a.{container}"]
        {"amr": _amr, "jpeg": _jpeg, "heic": _heic}[container](paths[0])
    return [path.read_bytes() for path in paths]


def _encoded(recipe: tuple[str, ...], folder: Path) -> Path:
    *options, name = recipe
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *options, str(folder / name)]
    subprocess.run(command, check=True, timeout=60)
    return folder / name


def _amr(path: Path) -> None:
    # No free AMR encoder is at hand: 50 frames of 12.2 kbit/s, whose bits mean some noise.
    path.write_bytes(b"#!AMR\n" + (b"\x3c" + bytes(range(31))) * 50)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "../../etc/passwd", 6
    exif.get_ifd(0x8769)[0x9003] = "2026:03:01 09:30:05"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 12.0, 5.0), 7: (1.0, 30.0, 5.0), 29: "2026:03:01"})
    return exif


def _jpeg(path: Path) -> None:
    Image.effect_noise((160, 120), 60).convert("RGB").save(path, "JPEG", exif=_exif())


def _heic(path: Path) -> None:
    write_heic(path, _exif().tobytes().removeprefix(b"Exif\0\0"), size=(160, 120))
