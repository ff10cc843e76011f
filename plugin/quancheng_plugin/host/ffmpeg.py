"""ffmpeg and ffprobe, run on one file with bounds of time and memory."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from quancheng_plugin.errors import DamagedFile, LimitExceeded, ToolMissing

_TIMEOUT_S = 60
_MEMORY_KIB = 4 * 1024 * 1024
# A shell sets the bound and becomes the program, so that no code runs between fork and exec.
_BOUNDED = ("sh", "-c", 'ulimit -c 0; ulimit -v "$1"; shift; exec "$@"', "sh", str(_MEMORY_KIB))
# This file is read, nothing else: a playlist that names other files or hosts is of none of these kinds.
_KINDS = "mov,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,mp3,wav,w64,ogg,flac,aac,amr"
_LOCAL = ("-protocol_whitelist", "file", "-format_whitelist", _KINDS)
_QUIET = ("-v", "error", "-nostdin")
# As wide as Paperless' own thumbnails.
_WIDTH, _HEIGHT = 500, 281


def probe_plan(file: Path) -> list[str]:
    """Arguments of ffprobe that tell format, streams and tags as JSON."""
    return ["ffprobe", "-v", "error", *_LOCAL, "-of", "json", "-show_format", "-show_streams", _named(file)]


def poster_plan(file: Path, out: Path, *, at_s: float) -> list[str]:
    """Arguments of ffmpeg that write the picture shown at a time, upright, at most 500 pixels wide."""
    scale = f"scale='min({_WIDTH},iw)':-2"
    seek = ["-ss", f"{at_s:.3f}"]
    source = [*_LOCAL, "-threads", "1", *seek, "-i", _named(file)]
    return ["ffmpeg", *_QUIET, *source, "-map", "0:v:0", "-frames:v", "1", "-vf", scale, "-y", str(out)]


def waveform_plan(file: Path, out: Path) -> list[str]:
    """Arguments of ffmpeg that draw the loudness of the whole recording."""
    drawn = f"[0:a:0]aformat=channel_layouts=mono,showwavespic=s={_WIDTH}x{_HEIGHT}:colors=0x205493[drawn]"
    source = [*_LOCAL, "-threads", "1", "-i", _named(file)]
    return ["ffmpeg", *_QUIET, *source, "-filter_complex", drawn, "-map", "[drawn]", "-frames:v", "1", "-y", str(out)]


def run(args: Sequence[str]) -> bytes:
    """What the program printed. Raises ToolMissing, LimitExceeded after a minute, DamagedFile when it fails."""
    if shutil.which(args[0]) is None:
        raise ToolMissing(
            zh=f"缺少程序 {args[0]}：请管理员安装后重试。",
            en=f"The program {args[0]} is missing: install it and retry.",
        )
    try:
        done = subprocess.run([*_BOUNDED, *args], capture_output=True, timeout=_TIMEOUT_S, check=False)  # noqa: S603 - arguments, no shell text
    except subprocess.TimeoutExpired as error:
        raise LimitExceeded(zh="读取该录音录像超时。", en="Reading this recording took too long.") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        # The program puts the file's address before its reason: a temporary one, of no use to anybody.
        why = said[-1].rpartition(": ")[2][:200] if said else f"{done.returncode}"
        raise DamagedFile(zh=f"无法读取该录音录像：{why}", en=f"This recording cannot be read: {why}")
    return done.stdout


def _named(file: Path) -> str:
    """The file's address as of the one protocol that is allowed, so that no name is taken for an option."""
    return f"file:{file.resolve()}"
