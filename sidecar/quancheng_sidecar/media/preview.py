"""Pictures to look through a recording without touching it 衍生件.

Each derivative names its master's digest in its own metadata and, where it is a picture, visibly. The master is
only read; a derivative is written apart and renamed into place, and never in the place of the master.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog
from PIL import Image

from quancheng_plugin.errors import DamagedFile, QuanchengError, StorageFull, UnreadableInput
from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.draw import draw_pictures
from quancheng_sidecar.media.plans import Plan, sound_proxy, waveform
from quancheng_sidecar.media.process import in_child, run
from quancheng_sidecar.media.report import Derivative, Kind, Probe, Stream
from quancheng_sidecar.media.sheet import marked, save_png, time_axis
from quancheng_sidecar.media.streams import leading_audio, leading_video
from quancheng_sidecar.settings import Settings

_UNDER_WAY = ".making-"

_log = structlog.get_logger(__name__)


class MasterInTheWay(QuanchengError):
    """A derivative was to be written where the master itself lies."""

    code = "QC-MEDIA-MASTER"


class _Step(Protocol):
    def __call__(self) -> tuple[Derivative, ...]: ...


@dataclass(frozen=True)
class Previews:
    """What was made, and a finding `derivative-left-out` for each step that failed on this file."""

    made: tuple[Derivative, ...]
    left_out: tuple[Finding, ...]


_PICTURES = Sentence(zh="截图和缩略图", en="poster and contact sheet")
_WAVEFORM = Sentence(zh="声音波形图", en="waveform")
_PROXY = Sentence(zh="浏览用小样", en="proxy")


@dataclass(frozen=True)
class _Work:
    """What all steps share: the master, what is known of it, where to write, and the bounds."""

    path: Path
    probe: Probe
    master: str
    folder: Path
    timeout_s: float
    memory_mb: int

    def run(self, plan: Plan) -> None:
        run(plan.args, timeout_s=self.timeout_s, memory_mb=self.memory_mb)
        # Of a sound that is over before there is anything to draw ffmpeg makes nothing, and says that all went well.
        if not plan.output.exists():
            raise DamagedFile(zh="内容太短，没有可以显示的。", en="It is too short: there is nothing to show.")


def make_previews(path: Path, probe: Probe, outdir: Path, settings: Settings, *, master: str) -> Previews:
    """Make poster, contact sheet and waveform in `outdir`, of sound alone also a proxy.

    `master` is the digest of `path` (`sha256:…`). Video: `poster.jpg`, `contact-sheet.jpg`, with sound
    `waveform.png`; sound: `waveform.png`, `proxy.m4a`; photo: `poster.jpg`. A video's proxy asks for all its pictures
    and is made later (`look_through`). Each step runs bounded in a process of its own; one that fails on this file is
    left out, with a finding.

    Raises MasterInTheWay, ToolMissing, StorageFull.
    """
    outdir.mkdir(parents=True, exist_ok=True)
    _sweep(outdir, older_s=8 * settings.media_timeout_s)
    made: list[Derivative] = []
    left_out: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix=_UNDER_WAY, dir=outdir) as folder:
        work = _Work(path, probe, master, Path(folder), settings.media_timeout_s, settings.media_memory_mb)
        for name, step in _steps(work):
            try:
                fresh = step()
            except UnreadableInput as error:
                _log.warning("derivative left out", derivative=name.en, code=error.code, reason=str(error))
                left_out.append(_left_out(name, error))
                continue
            except OSError as fault:
                if fault.errno in StorageFull.numbers:
                    raise StorageFull.at(outdir) from fault
                raise
            made += [_into_place(one, outdir, path) for one in fresh]
    return Previews(tuple(made), tuple(left_out))


def _left_out(name: Sentence, error: UnreadableInput) -> Finding:
    return Finding(
        code="derivative-left-out",
        severity=Severity.INFO,
        sentence=Sentence(
            zh=f"未能生成{name.zh}：{error.sentence.zh}原件未受影响。",
            en=f"Not made: {name.en}. {error.sentence.en} The original is untouched.",
        ),
        figures={"derivative": name.en, "code": error.code},
    )


def _sweep(outdir: Path, *, older_s: float) -> None:
    """Remove what a killed process left half-made; younger folders may belong to one that still works."""
    for folder in outdir.glob(f"{_UNDER_WAY}*"):
        if time.time() - folder.stat().st_mtime > older_s:
            shutil.rmtree(folder, ignore_errors=True)


def _steps(work: _Work) -> Iterator[tuple[Sentence, _Step]]:
    streams = work.probe.streams
    video, audio = leading_video(streams), leading_audio(streams)
    if video is not None or work.probe.kind is Kind.PHOTO:
        yield _PICTURES, partial(_pictures, work)
    if audio is not None:
        yield _WAVEFORM, partial(_waveform, work, audio)
    if video is None and audio is not None:
        yield _PROXY, partial(_sound_proxy, work, audio)


def _pictures(work: _Work) -> tuple[Derivative, ...]:
    return in_child(
        draw_pictures,
        work.path,
        work.probe,
        work.folder,
        work.master,
        timeout_s=work.timeout_s,
        memory_mb=work.memory_mb,
    )


def _waveform(work: _Work, audio: Stream) -> tuple[Derivative, ...]:
    plan = waveform(work.path, work.probe.container, audio, work.folder / "drawn.png")
    work.run(plan)
    with Image.open(plan.output, formats=["PNG"]) as drawn:
        paper = Image.new("RGBA", drawn.size, "#ffffff")
        paper.alpha_composite(drawn.convert("RGBA"))
    picture = marked(time_axis(paper.convert("RGB"), audio.measured or 0.0), master=work.master)
    output = work.folder / "waveform.png"
    save_png(picture, output, master=work.master)
    made = Derivative(
        kind="waveform",
        path=output,
        media_type="image/png",
        master=work.master,
        width=picture.width,
        height=picture.height,
        command=plan.args,
    )
    return (made,)


def _sound_proxy(work: _Work, audio: Stream) -> tuple[Derivative, ...]:
    output = work.folder / "proxy.m4a"
    plan = sound_proxy(work.path, work.probe.container, audio, output, master=work.master)
    work.run(plan)
    return (Derivative(kind="proxy", path=output, media_type="audio/mp4", master=work.master, command=plan.args),)


def _into_place(made: Derivative, outdir: Path, master: Path) -> Derivative:
    target = outdir / made.path.name
    if target.exists() and target.samefile(master):
        raise MasterInTheWay(
            zh=f"原件就存放在衍生件要写入的位置（{target.name}），未作任何改动：请换一个文件夹。",
            en=f"The original lies where its derivative would go ({target.name}); nothing was changed: choose another "
            "folder.",
        )
    made.path.replace(target)
    return made.model_copy(update={"path": target})
