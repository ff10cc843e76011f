"""Opening untrusted recordings: one allowed demuxer by content, local file only, nothing else followed."""

from pathlib import Path

import av
from av.container import InputContainer

from quancheng_plugin.errors import DamagedFile, LimitExceeded

DEMUXER: dict[str, str] = {
    "mp4": "mov",
    "mov": "mov",
    "m4a": "mov",
    "3gp": "mov",
    "avi": "avi",
    "matroska": "matroska",
    "mpegts": "mpegts",
    "wav": "wav",
    "mp3": "mp3",
    "aac": "aac",
    "amr": "amr",
    "ogg": "ogg",
}
"""FFmpeg's demuxer by `Probe.container`; what is not listed here is never given to FFmpeg."""

MOST_PIXELS = 1 << 26
"""Of one picture of a video, twice those of 8K: decoders refuse larger ones, whatever comes on the way."""


def open_media(path: Path, container: str) -> InputContainer:
    """Open a file with the demuxer of its container (`Probe.container`), for `with`.

    A demuxer is forced and only the `file` protocol allowed, so that no content can make FFmpeg read another file or
    the network (playlists, concat scripts, external references). Raises KeyError for photos, DamagedFile when the
    demuxer cannot open it, LimitExceeded when it claims absurd sizes.
    """
    try:
        opened: InputContainer = av.open(
            f"file:{path.absolute()}", format=DEMUXER[container], options={"protocol_whitelist": "file"}
        )
    except MemoryError as error:  # FFmpeg refuses sizes beyond reason so, too
        raise LimitExceeded(
            zh="文件声明的数据大小超出内存限度，未读取：文件已保留，请核对来源。",
            en="The file claims sizes beyond the memory bound and was not read: it is kept; check where it comes from.",
        ) from error
    except (av.FFmpegError, ValueError) as error:
        raise DamagedFile(
            zh="文件已损坏，无法读取：文件已保留，请从设备重新导出。",
            en="The file is damaged and cannot be read: it is kept; export it from the device again.",
        ) from error
    for stream in opened.streams.video:
        if stream.codec_context is not None:
            stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    return opened


def ffmpeg_input(path: Path, container: str) -> dict[str, str]:
    """Give the arguments of `ffmpeg.input` for the same guarded opening: filename, f, protocol_whitelist."""
    return {"filename": f"file:{path.absolute()}", "f": DEMUXER[container], "protocol_whitelist": "file"}
