"""FFmpeg commands as data: built here, read by tests and people, run elsewhere (`media.process.run`)."""

from pathlib import Path

import ffmpeg
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.demux import ffmpeg_input
from quancheng_sidecar.media.report import Stream
from quancheng_sidecar.media.streams import upright_size

PROXY_SIDE = 540
"""Shorter side of a proxy, in pixels; a smaller original is never enlarged."""

WAVEFORM_SIZE = (1200, 240)
"""Width and height of a waveform, in pixels."""

MARK = "derivative-of"
"""What stands before the master's digest in every derivative's metadata."""

TITLE = "衍生件（非原始录音录像）"
"""What every playable derivative is called in its metadata."""
_SOUND_RATE = 8_000


class Plan(BaseModel):
    """One command: its arguments, the program first; the file it writes; what it does, in words."""

    model_config = ConfigDict(frozen=True)

    args: tuple[str, ...]
    output: Path
    description: Sentence


def proxy_size(video: Stream) -> tuple[int, int]:
    """Give the proxy's width and height: upright as a player shows it, the shorter side at most 540, both even."""
    width, height = upright_size(video)
    # Pixels need not be square (D1 recorders).
    if video.rotation % 180:
        height = round(height * video.pixel_aspect)
    else:
        width = round(width * video.pixel_aspect)
    factor = min(1.0, PROXY_SIDE / max(1, min(width, height)))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def sound_proxy(source: Path, container: str, audio: Stream, output: Path, *, master: str) -> Plan:
    """Plan a small M4A for the browser."""
    given = ffmpeg.input(**ffmpeg_input(source, container))[str(audio.index)]
    options = {"movflags": "+faststart", **_aac(audio)}
    return _plan(
        ffmpeg.output(given, f"file:{output.absolute()}", **_common("mp4", master), **options),
        output,
        zh="试听用小样：AAC，索引前置",
        en="proxy for listening: AAC, index at the front",
    )


def waveform(source: Path, container: str, audio: Stream, output: Path) -> Plan:
    """Plan a picture of the sound's peaks over the whole recording.

    The filter keeps all samples in memory until the end, so it is given few: 8,000 a second of one channel.
    """
    given = ffmpeg.input(**ffmpeg_input(source, container))[str(audio.index)]
    few = given.filter("aformat", sample_fmts="s16", sample_rates=_SOUND_RATE, channel_layouts="mono")
    drawn = few.filter(
        "showwavespic", s="{}x{}".format(*WAVEFORM_SIZE), colors="0x1f5fa8", scale="sqrt", draw="full", filter="peak"
    )
    return _plan(
        ffmpeg.output(drawn, f"file:{output.absolute()}", f="image2", update=1, **{"frames:v": 1, "c:v": "png"}),
        output,
        zh="声音波形：全程峰值，单声道",
        en="waveform: peaks of the whole recording, one channel",
    )


def _aac(audio: Stream) -> dict[str, str | int]:
    return {"c:a": "aac", "b:a": "96k", "ac": 1 if audio.channels == 1 else 2}


def _common(muxer: str, master: str) -> dict[str, str]:
    # Two spellings of the same option, for ffmpeg-python takes each key once.
    return {"f": muxer, "metadata": f"comment={MARK} {master}", "metadata:g": f"title={TITLE}"}


def _plan(built: object, output: Path, *, zh: str, en: str) -> Plan:
    flags = ["-nostdin", "-hide_banner", "-v", "error", "-y"]
    args = ffmpeg.compile(built, cmd=["ffmpeg", *flags])
    return Plan(args=tuple(args), output=output, description=Sentence(zh=zh, en=en))
