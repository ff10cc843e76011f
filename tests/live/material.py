"""A case as it is handed in: twelve scans and four recordings, of the demo's own making."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from quancheng_sidecar.demo import story
from quancheng_sidecar.demo.forms import FormSpec, page_images, render_pdf, scan
from quancheng_sidecar.demo.random_forms import random_form

CASE = story.CASE
OTHER_CASE = "闽海渔执罚〔2026〕137号"
"""Another one, whose number ends alike."""
CLIPS = (story.CLIPS[0], story.CLIPS[1], story.CLIPS[2], story.CLIPS[5])
_SUFFIXES = (".jpg", ".png", ".pdf", ".tif")
_SEED = 20261124


def scans(folder: Path) -> list[Path]:
    """The five forms of the demo's case, then seven of any kind, each in another format and worn otherwise."""
    return [*(story.make_form(form, folder) for form in story.FORMS), *more_scans(folder, 7)]


def more_scans(folder: Path, count: int, *, first: int = 6) -> Iterator[Path]:
    """Forms of any kind, short ones; no two are alike, and their numbers start at `first`."""
    for number in range(first, first + count):
        drawn, wear, _ = random_form(_SEED + number)
        spec = replace(drawn, page_break_before_body=False, body=drawn.body[:1])
        yield scan(spec, folder / f"{number:02d} 文书{_suffix(spec, number)}", seed=number, wear=wear)


def _suffix(spec: FormSpec, number: int) -> str:
    # A few run over to a second sheet, which a picture cannot hold.
    sheets = len(page_images(render_pdf(spec), dpi=20))
    return _SUFFIXES[number % len(_SUFFIXES)] if sheets == 1 else ".pdf"


def recordings(folder: Path) -> list[Path]:
    """Two of the inspection, one of the seizure, one of the service."""
    return [story.make_clip(clip, folder) for clip in CLIPS]
