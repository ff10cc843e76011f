"""`quancheng demo`."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from quancheng_sidecar.cli.output import JsonOption, coded_errors, notes, print_json, progress
from quancheng_sidecar.settings import settings
from quancheng_sidecar.web.ready import ready

if TYPE_CHECKING:
    from quancheng_sidecar.collect.intake import Submission

MEDIA_CASE = "真实样片"


def demo(
    *,
    home: Annotated[Path | None, typer.Option("--home", file_okay=False, help="演示数据放在哪里。")] = None,
    media: Annotated[
        Path | None,
        typer.Option("--media", file_okay=False, help="另有真实影像的文件夹；默认用 ../shared/media（如有）。"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """演示：造一个案件的扫描件和录像，走完识别、签名、检验、核对、检索的全过程，写出报告。"""
    # The demo has a home of its own, so that trying it out never mixes with real records.
    place = (home or settings().home / "demo").resolve()
    os.environ["QUANCHENG_HOME"] = str(place)
    settings.cache_clear()
    ready()
    from quancheng_sidecar.cli.demonstration import gather, show
    from quancheng_sidecar.demo import story

    inputs = place / "演示材料"
    inputs.mkdir(exist_ok=True)
    clips = _real_clips(media)
    with coded_errors(as_json=as_json):
        with progress("演示", total=2 * (len(story.FORMS) + len(story.CLIPS)) + len(clips) + 2) as bar:
            forms, recordings = _make(bar, inputs)
            _take_in(bar, forms, recordings, clips)
            report = _report(bar)
        told = gather(place, inputs, report, _media_report() if clips else None)
    if as_json:
        print_json(told)
    else:
        show(told)


def _real_clips(folder: Path | None) -> list[Path]:
    place = folder or Path.cwd().parent / "shared" / "media"
    found = sorted(place.glob("*.mp4")) if place.is_dir() else []
    if not found:
        notes.print("没有找到真实影像（--media 可指定文件夹），只用自造的材料演示。")
    return found


def _media_report() -> Path:
    return settings().home / "reports" / MEDIA_CASE / "index.html"


def _step(bar: Progress, text: str) -> None:
    bar.update(bar.task_ids[0], description=text, advance=1)
    if bar.disable:  # nobody watches a bar, so say it in lines
        notes.print(text)


def _make(bar: Progress, inputs: Path) -> tuple[list[Path], list[Path]]:
    from quancheng_sidecar.demo import story

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        clips = [pool.submit(story.make_clip, clip, inputs) for clip in story.CLIPS]
        forms = []
        for form in story.FORMS:
            forms.append(story.make_form(form, inputs))
            _step(bar, f"打印并扫描 {form.file_name}")
        recordings = []
        for clip, made in zip(story.CLIPS, clips, strict=True):
            recordings.append(made.result())
            _step(bar, f"录制 {clip.file_name}")
    return forms, recordings


def _take_in(bar: Progress, forms: list[Path], recordings: list[Path], clips: list[Path]) -> None:
    from quancheng_sidecar.collect.intake import Submission
    from quancheng_sidecar.collect.models import IntakeKind
    from quancheng_sidecar.demo import story

    filmed = Submission(kind=IntakeKind.RECORDING, case=story.CASE, officer="陈志明", device="DSJ-A7-012345")
    work = [(path, Submission(kind=IntakeKind.DOCUMENT, case=story.CASE)) for path in forms]
    work += [(path, replace(filmed, stage=clip.stage)) for path, clip in zip(recordings, story.CLIPS, strict=True)]
    work += [(path, Submission(kind=IntakeKind.RECORDING, case=MEDIA_CASE)) for path in clips]
    # As the workers of `quancheng up` would: several files at once.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        running = {pool.submit(_take_in_one, path, said): path for path, said in work}
        for done in as_completed(running):
            done.result()
            _step(bar, f"收存、检验、归档 {running[done].name}")


def _take_in_one(path: Path, said: "Submission") -> None:
    from django.db import connection

    from quancheng_sidecar.collect import services
    from quancheng_sidecar.wiring import parts

    try:
        services.take_in(parts(), path, said)
    finally:
        connection.close()


def _report(bar: Progress) -> Path:
    from quancheng_sidecar.collect.models import Case
    from quancheng_sidecar.demo import story
    from quancheng_sidecar.preserve import log
    from quancheng_sidecar.use.report import write_report
    from quancheng_sidecar.use.services import judge_case
    from quancheng_sidecar.wiring import parts

    _step(bar, "核对起止时间")
    if Case.objects.filter(number=MEDIA_CASE).exists():
        write_report(parts(), MEDIA_CASE, _media_report().parent)
    _step(bar, "写报告")
    judge_case(parts(), story.CASE)
    log.checkpoint()
    return write_report(parts(), story.CASE, settings().home / "reports" / "演示案件").path
