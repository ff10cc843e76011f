"""Small recordings, made by ffmpeg."""

import subprocess
from pathlib import Path

_PICTURE = ("-f", "lavfi", "-i", "testsrc=s=320x180:d=2")
_SOUND = ("-f", "lavfi", "-i", "sine=d=2")


def make_clip(out: Path, *, created: str = "2026-03-01T01:30:00Z") -> None:
    """A video of two seconds with sound, with a time of making in its container."""
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
    _make(*_PICTURE, *_SOUND, *coded, "-metadata", f"creation_time={created}", "-metadata", "title=登临检查", out=out)


def make_sound(out: Path) -> None:
    """A sound of two seconds, coded as the file's name says."""
    _make(*_SOUND, out=out)


def _make(*words: str, out: Path) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *words, "-y", str(out)], check=True, timeout=60)
