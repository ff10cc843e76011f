"""What a forger, or a careless copy, does to a recording; for tests and for the demo."""

import tempfile
from pathlib import Path
from typing import Any

import ffmpeg

from quancheng_sidecar.demo.encoding import encode

_RECODED: dict[str, Any] = {"vcodec": "libx264", "preset": "ultrafast", "g": 25, "acodec": "aac"}
_TO_THE_END = 10**7
"""Seconds beyond any recording."""


def excerpt(source: Path, target: Path, begin_s: float, end_s: float, *, reencode: bool = False) -> Path:
    """Keep [begin, end); without re-encoding the edges move to key frames."""
    options = _RECODED if reencode else {"c": "copy", "avoid_negative_ts": "make_zero"}
    piece = ffmpeg.input(str(source), ss=begin_s, to=end_s)
    return _write(piece.output(str(target), map_metadata=0, **options), target)


def cut_middle(source: Path, target: Path, begin_s: float, end_s: float, *, reencode: bool = False) -> Path:
    """Take [begin, end) out and join the rest; without re-encoding the edges move to key frames."""
    with tempfile.TemporaryDirectory(prefix="quancheng-cut-") as folder:
        head, tail = (Path(folder) / f"{name}{source.suffix}" for name in ("head", "tail"))
        excerpt(source, head, 0, begin_s, reencode=reencode)
        excerpt(source, tail, end_s, _TO_THE_END, reencode=reencode)
        return concat((head, tail), target)


def concat(parts: tuple[Path, ...], target: Path, *, reencode: bool = False) -> Path:
    """Join recordings of the same shape one after another, with the tags of the first."""
    options = dict(_RECODED) if reencode else {"c": "copy"}
    tags: dict[str, str] = ffmpeg.probe(str(parts[0]))["format"].get("tags", {})
    kept = (f"{name}={value}" for name, value in tags.items() if not name.endswith(("_brand", "_brands", "_version")))
    options |= {f"metadata:g:{index}": tag for index, tag in enumerate(kept)}
    with tempfile.TemporaryDirectory(prefix="quancheng-join-") as folder:
        listing = Path(folder) / "parts.ffconcat"
        quoted = [str(part.resolve()).replace("'", r"'\\''") for part in parts]
        listing.write_text("ffconcat version 1.0\n" + "".join(f"file '{part}'\n" for part in quoted), encoding="utf-8")
        return _write(ffmpeg.input(str(listing), format="concat", safe=0).output(str(target), **options), target)


def freeze(source: Path, target: Path, at_s: float, duration_s: float, *, keep_length: bool = False) -> Path:
    """Hold the picture still at `at_s` for `duration_s` while the sound goes on (re-encodes).

    The held frames are put in, so that the picture grows longer than the sound;
    with `keep_length` they replace what was there.
    """
    probed = ffmpeg.probe(str(source))["streams"]
    above, below = next(s["avg_frame_rate"] for s in probed if s["codec_type"] == "video").split("/")
    rate = int(above) / int(below)
    first, count = round(at_s * rate), round(duration_s * rate)
    whole = ffmpeg.input(str(source))
    if keep_length:
        streams = [whole.video, whole.video]
        held = ffmpeg.filter(streams, "freezeframes", first=first, last=first + count, replace=first)
    else:
        held = whole.video.filter("loop", loop=count, size=1, start=first).filter("setpts", f"N/({rate}*TB)")
    streams = [held] + ([whole.audio] if any(s["codec_type"] == "audio" for s in probed) else [])
    return _write(ffmpeg.output(*streams, str(target), map_metadata=0, **_RECODED), target)


def _write(output: Any, target: Path) -> Path:  # noqa: ANN401 — ffmpeg-python has no types
    encode(list(output.global_args("-loglevel", "error").overwrite_output().compile()))
    return target
