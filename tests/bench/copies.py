# ruff: noqa: E501  one kind of copy a line
"""What is done to a recording to make a copy of it, and where the copy's pieces then come from."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Piece = tuple[float, float, float, float]
"""Seconds: begin and end in the original, begin and end in the copy."""

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "64k")


def _whole(length: float) -> list[Piece]:
    return [(0, length, 0, length)]


@dataclass(frozen=True)
class Copy:
    """One kind of copy: its name, container, FFmpeg's options, and the pieces for an original of so many seconds.

    `picture` and `sound` are filters for `-vf` and `-af`, in which `{third}` and `{sixth}` are parts of the length in
    seconds. `before` are options that stand before the input.
    """

    name: str
    picture: str = ""
    sound: str = ""
    container: str = "mp4"
    codecs: tuple[str, ...] = (*H264, *AAC)
    before: tuple[str, ...] = ()
    pieces: Callable[[float], list[Piece]] = _whole
    relation: str = "same-content"

    def path(self, original: Path, folder: Path) -> Path:
        """Where the copy of a recording is written."""
        return folder / f"{original.stem}.{self.name.replace(' ', '-').replace('%', '')}.{self.container}"

    def make(self, original: Path, folder: Path, *, length: float, heard: bool) -> Path:
        """Write the copy of a recording that lasts `length` seconds and has sound or none."""
        to = self.path(original, folder)
        sizes = {"third": f"{length / 3:.3f}", "sixth": f"{length / 6:.3f}", "two_thirds": f"{length / 1.5:.3f}"}
        picture, sound = (text.format(**sizes) for text in (self.picture, self.sound))
        before = [text.format(**sizes) for text in self.before]
        filters = [*(["-vf", picture] if picture else []), *(["-af", sound] if sound and heard else [])]
        options = ["-map", "0:v:0", "-map", "0:a:0?", *filters, *self.codecs]
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *before, "-i", str(original), *options, str(to)]
        subprocess.run(command, check=True, timeout=300)
        return to


def _paced(speed: float) -> Callable[[float], list[Piece]]:
    return lambda length: [(0, length, 0, length / speed)]


def _without_middle(length: float) -> list[Piece]:
    third = length / 3
    return [(0, third, 0, third), (2 * third, length, third, 2 * third)]


def _swapped(length: float) -> list[Piece]:
    third = length / 3
    return [(2 * third, length, 0, third), (0, 2 * third, third, length)]


def _frozen(length: float) -> list[Piece]:
    third = length / 3
    return [(0, third, 0, third), (third + length / 6, length, third + length / 6, length)]


_KEEP = "'lt(t,{third})+gte(t,{two_thirds})'"
_LOGO = "drawbox=x=iw*0.78:y=ih*0.04:w=iw*0.18:h=ih*0.12:color=yellow:t=fill"
_CAPTION = "drawbox=x=iw*0.1:y=ih*0.85:w=iw*0.8:h=ih*0.1:color=black:t=fill,drawtext=text='Evidence copy 12':x=w*0.15:y=h*0.87:fontsize=h*0.06:fontcolor=white"
_SWAP = (
    "split[p][q];[p]trim=0:{two_thirds},setpts=PTS-STARTPTS[a];[q]trim={two_thirds},setpts=PTS-STARTPTS[b];"
    "[b][a]concat=n=2:v=1:a=0"
)
_SWAP_SOUND = (
    "asplit[p][q];[p]atrim=0:{two_thirds},asetpts=PTS-STARTPTS[a];[q]atrim={two_thirds},asetpts=PTS-STARTPTS[b];"
    "[b][a]concat=n=2:v=0:a=1"
)
_FREEZE = (
    "split=3[p][q][r];[p]trim=0:{third},setpts=PTS-STARTPTS[a];"
    "[q]trim=start={third},trim=end_frame=1,setpts=PTS-STARTPTS,tpad=stop_mode=clone:stop_duration={sixth}[b];"
    "[r]trim=start={third},setpts=PTS-STARTPTS,trim=start={sixth},setpts=PTS-STARTPTS[c];[a][b][c]concat=n=3:v=1:a=0"
)

COPIES: tuple[Copy, ...] = (
    Copy("remux mkv", container="mkv", codecs=("-c", "copy")),
    Copy("remux ts", container="ts", codecs=("-c", "copy")),
    Copy("remux avi", container="avi", codecs=("-c", "copy")),
    Copy(
        "stream-copy cut",
        codecs=("-c", "copy"),
        before=("-ss", "{third}"),
        pieces=lambda length: [(length / 3, length, 0, length * 2 / 3)],
        relation="excerpt",
    ),
    Copy("re-encode"),
    Copy("re-encode coarse", codecs=(*H264[:-4], "-crf", "38", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "24k")),
    Copy("re-encode avi", container="avi", codecs=("-c:v", "mpeg4", "-q:v", "6", "-c:a", "libmp3lame", "-b:a", "64k")),
    Copy("re-encode ts", container="ts"),
    Copy("re-encode h265 mkv", container="mkv", codecs=("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-crf", "30", *AAC)),
    Copy("scale", picture="scale=trunc(iw/4)*2:trunc(ih/4)*2"),
    Copy("scale to 320x240", picture="scale=320:240"),
    Copy("crop to 75%", picture="crop=iw*0.75:ih*0.75,scale=trunc(iw/2)*2:trunc(ih/2)*2"),
    Copy("crop to a quarter", picture="crop=iw/2:ih/2,scale=trunc(iw/2)*2:trunc(ih/2)*2"),
    Copy("crop side", picture="crop=iw*0.75:ih:0:0,scale=trunc(iw/2)*2:trunc(ih/2)*2"),
    Copy("crop corner quarter", picture="crop=iw/2:ih/2:iw/2:0,scale=trunc(iw/2)*2:trunc(ih/2)*2"),
    Copy("letterbox", picture="pad=iw:trunc(ih*1.4/2)*2:0:(oh-ih)/2"),
    Copy("pillarbox grey", picture="pad=trunc(iw*1.5/2)*2:ih:(ow-iw)/2:0:gray"),
    Copy("logo and caption", picture=f"{_LOGO},{_CAPTION}"),
    Copy("rotation 3", picture="rotate=3*PI/180"),
    Copy("rotation -5", picture="rotate=-5*PI/180"),
    Copy("15 frames a second", picture="fps=15"),
    Copy("12.5 frames a second", picture="fps=12.5"),
    Copy("grey", picture="hue=s=0"),
    Copy("brighter", picture="eq=brightness=0.15"),
    Copy("darker", picture="eq=brightness=-0.15:contrast=0.8"),
    Copy("speed 1.1", picture="setpts=PTS/1.1", sound="atempo=1.1", pieces=_paced(1.1)),
    Copy("speed 0.9", picture="setpts=PTS/0.9", sound="atempo=0.9", pieces=_paced(0.9)),
    Copy("speed 1.05 with pitch", picture="setpts=PTS/1.05", sound="aresample=44100,asetrate=46305,aresample=44100", pieces=_paced(1.05)),
    Copy("mirror", picture="hflip"),
    Copy("reverse", picture="reverse", sound="areverse", pieces=lambda length: [(length, 0, 0, length)], relation="partial-overlap"),
    Copy("excerpt", before=("-ss", "{third}", "-t", "{third}"), pieces=lambda length: [(length / 3, length * 2 / 3, 0, length / 3)], relation="excerpt"),
    Copy("middle removed", picture=f"select={_KEEP},setpts=N/FRAME_RATE/TB", sound=f"aselect={_KEEP},asetpts=N/SR/TB", pieces=_without_middle, relation="partial-overlap"),
    Copy("parts swapped", picture=_SWAP, sound=_SWAP_SOUND, pieces=_swapped, relation="partial-overlap"),
    Copy("freeze", picture=_FREEZE, pieces=_frozen, relation="partial-overlap"),
    Copy("other sound", sound="aeval=0.3*sin(400*t*(1+0.3*sin(t*1.7)))*(0.5+0.5*sin(9*t)):c=same", relation="partial-overlap"),
    Copy("no sound", codecs=(*H264, "-an")),
    Copy("crop, logo, coarse", picture=f"crop=iw*0.8:ih*0.8,{_LOGO},scale=480:trunc(ow/a/2)*2", codecs=(*H264[:-4], "-crf", "34", "-pix_fmt", "yuv420p", *AAC)),
)  # fmt: skip
