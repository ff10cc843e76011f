"""Recordings for the demo and the tests: moving pictures with sound and a burnt-in clock, all known beforehand."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from PIL import Image

from quancheng_sidecar.demo.encoding import RecordingNotMade, encode
from quancheng_sidecar.demo.overlay import ClockStyle, Piece, Pixels, draw, lay_out, render_time
from quancheng_sidecar.demo.random_recordings import random_recording
from quancheng_sidecar.demo.recording_edits import concat, cut_middle, excerpt, freeze
from quancheng_sidecar.demo.recording_spec import Codec, RecordingSpec, creation_time, shown_at
from quancheng_sidecar.demo.scenery import paint

__all__ = [
    "ClockStyle",
    "RecordingNotMade",
    "RecordingSpec",
    "concat",
    "cut_middle",
    "excerpt",
    "freeze",
    "plan_recording",
    "random_recording",
    "shown_at",
    "write_recording",
]

_ENCODERS: dict[Codec, dict[str, str]] = {
    "h264": {"vcodec": "libx264", "preset": "ultrafast", "sc_threshold": "0"},
    "h265": {"vcodec": "libx265", "preset": "ultrafast", "x265-params": "log-level=error:scenecut=0"},
    "mpeg4": {"vcodec": "mpeg4", "q:v": "4"},
    "mjpeg": {"vcodec": "mjpeg", "q:v": "4"},
}


def write_recording(spec: RecordingSpec, path: Path) -> Path:
    """Make the file and give its path; the same spec makes the same pictures and sound.

    Raises RecordingNotMade when ffmpeg fails.
    """
    with tempfile.TemporaryDirectory(prefix="quancheng-scene-") as folder:
        backdrop = Path(folder) / "backdrop.png"
        Image.fromarray(paint(spec.scene, spec.size, spec.seed)).save(backdrop, compress_level=1)
        pieces = lay_out(spec.clock, spec.size) if spec.clock else ()
        encode(plan_recording(spec, pieces, backdrop, path), _overlay_frames(spec, pieces))
    return path


def plan_recording(spec: RecordingSpec, pieces: tuple[Piece, ...], backdrop: Path, path: Path) -> list[str]:
    """Plan the ffmpeg command: backdrop panned, text pieces laid over it from raw RGBA on standard input, sound."""
    picture = _moving(spec, backdrop)
    if pieces:
        picture = _with_text(spec, pieces, picture)
    outputs = [picture.filter("format", "yuvj420p" if spec.codec == "mjpeg" else "yuv420p")]
    options: dict[str, Any] = {**_ENCODERS[spec.codec], "g": max(1, round(spec.gop_s * spec.fps))}
    options["t"] = spec.duration_s
    if spec.bitrate_kbps:
        options["b:v"] = f"{spec.bitrate_kbps}k"
    if spec.audio:
        outputs.append(_voice(spec))
        options |= {"acodec": "libmp3lame" if spec.container == "avi" else "aac", "b:a": "96k"}
    tags = _tags(spec)
    options |= {f"metadata:g:{index}": tag for index, tag in enumerate(tags)}
    options |= {"format": {"mkv": "matroska", "ts": "mpegts"}.get(spec.container, spec.container)}
    if spec.container in {"mp4", "mov", "3gp"}:
        options["movflags"] = "use_metadata_tags" if spec.container == "mov" else "faststart"
    command = ffmpeg.output(*outputs, str(path), **options).global_args("-loglevel", "error").overwrite_output()
    return list(command.compile())


def _tags(spec: RecordingSpec) -> list[str]:
    created = creation_time(spec)
    named = {"creation_time": created, "make": spec.make, "model": spec.model}
    return [f"{name}={value}" for name, value in named.items() if value]


def _moving(spec: RecordingSpec, backdrop: Path) -> Any:  # noqa: ANN401 — ffmpeg-python has no types
    """Pan over the backdrop like a camera worn on the body, with sensor noise."""
    width, height = spec.size
    # Repeated as a picture: `-loop 1` would decode the file anew for each frame, over a third of the whole time.
    picture = ffmpeg.input(str(backdrop), framerate=spec.fps).filter("loop", loop=-1, size=1)
    still = picture.filter("setpts", f"N/({spec.fps}*TB)")
    sway, bob = 0.35 + spec.seed % 5 * 0.11, 0.9 + spec.seed % 7 * 0.13
    panned = still.filter(
        "crop",
        width,
        height,
        x=f"(iw-ow)/2*(1+sin(t*{sway:.2f}+{spec.seed % 6}))",
        y=f"(ih-oh)/2*(1+sin(t*{bob:.2f}))",
    )
    return panned.filter("noise", alls=7, allf="t", all_seed=spec.seed % 100_000)


def _with_text(spec: RecordingSpec, pieces: tuple[Piece, ...], picture: Any) -> Any:  # noqa: ANN401 — untyped library
    width, height = _sheet(pieces)
    sheet = ffmpeg.input("pipe:0", format="rawvideo", pix_fmt="rgba", s=f"{width}x{height}", framerate=spec.fps)
    copies = sheet.filter_multi_output("split", len(pieces))
    top = 0
    for index, piece in enumerate(pieces):
        text = copies[index].filter("crop", piece.width, piece.height, 0, top)
        picture = ffmpeg.overlay(picture, text, x=piece.x, y=piece.y, eof_action="repeat")
        top += piece.height
    return picture


def _voice(spec: RecordingSpec) -> Any:  # noqa: ANN401 — untyped library
    """Sound with the rhythm of speech: a pitch and loudness that change four times a second, over soft noise.

    The pitches never come in the same order again, as a person's do not.
    """
    step = f"floor(17*mod(abs(sin(floor(t*4)*12.9898+{spec.seed % 997})*43758.5453)\\,1))"
    loud = f"(0.25+0.75*mod(floor(t*4)*{5 + spec.seed % 7}\\,4)/3)"
    tone = f"0.3*{loud}*(sin(2*PI*t*(140+23*{step}))+0.5*sin(2*PI*t*(420+61*{step})))+0.02*(random(0)-0.5)"
    return ffmpeg.input(f"aevalsrc={tone}:s=44100:d={spec.duration_s}", format="lavfi")


def _sheet(pieces: tuple[Piece, ...]) -> tuple[int, int]:
    return max(piece.width for piece in pieces), sum(piece.height for piece in pieces)


def _overlay_frames(spec: RecordingSpec, pieces: tuple[Piece, ...]) -> Iterator[bytes]:
    """Draw all pieces, stacked on one sheet, for every frame; a sheet is drawn anew only when a text changes."""
    if spec.clock is None or not pieces:
        return
    width, _ = _sheet(pieces)
    last: tuple[str, ...] = ()
    sheet = b""
    for number in range(int(spec.duration_s * spec.fps) + 1):
        shown = shown_at(spec, number / spec.fps)
        texts = tuple(render_time(piece.pattern, shown, number % spec.fps) for piece in pieces)
        if texts != last:
            drawn = [draw(spec.clock, piece, text) for piece, text in zip(pieces, texts, strict=True)]
            sheet = np.concatenate([_widened(pixels, width) for pixels in drawn]).tobytes()
            last = texts
        yield sheet


def _widened(pixels: Pixels, width: int) -> Pixels:
    return np.pad(pixels, ((0, 0), (0, width - pixels.shape[1]), (0, 0)))
