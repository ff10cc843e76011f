"""Small real recordings of every accepted type, made once by FFmpeg."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PICTURE = ("-f", "lavfi", "-i", "testsrc2=d=3:s=320x240:r=25")
SOUND = ("-f", "lavfi", "-i", "sine=f=440:d=3:r=44100")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p")

RECIPES: dict[str, tuple[str, ...]] = {
    "clip.mp4": (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-metadata", "creation_time=2026-03-01T01:30:00Z"),
    "faststart.mp4": (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-movflags", "+faststart"),
    "fragmented.mp4": (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"),
    "clip.mov": (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-movflags", "use_metadata_tags", "-metadata",
                 "com.apple.quicktime.make=Apple", "-metadata", "com.apple.quicktime.model=iPhone 15"),
    "clip.3gp": (*PICTURE, *SOUND, "-c:v", "h263", "-s", "352x288", "-c:a", "aac"),
    "clip.avi": (*PICTURE, *SOUND, "-c:v", "mjpeg", "-c:a", "pcm_s16le"),
    "clip.mkv": (*PICTURE, *SOUND, *H264, "-c:a", "aac"),
    "live.mkv": (*PICTURE, *H264, "-live", "1"),
    "clip.ts": (*PICTURE, *SOUND, *H264, "-c:a", "aac"),
    "clip.m2ts": (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-f", "mpegts", "-mpegts_m2ts_mode", "1"),
    "clip.wav": SOUND,
    "clip.mp3": (*SOUND, "-id3v2_version", "3", "-metadata", "title=record"),
    "clip.aac": SOUND,
    "clip.m4a": SOUND,
    "clip.ogg": SOUND,
    "photo.jpg": (*PICTURE, "-frames:v", "1"),
    "photo.png": (*PICTURE, "-frames:v", "1"),
}  # fmt: skip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give a recording by its name in RECIPES, made at its first use."""
    folder = tmp_path_factory.mktemp("clips")

    def made(name: str) -> Path:
        path = folder / name
        if name == "clip.amr":
            # No free AMR encoder is at hand: 150 frames of 12.2 kbit/s, whose bits mean some noise.
            path.write_bytes(b"#!AMR\n" + (b"\x3c" + bytes(range(31))) * 150)
        elif not path.exists():
            command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *RECIPES[name], str(path)]
            subprocess.run(command, check=True, timeout=60)
        return path

    return made
