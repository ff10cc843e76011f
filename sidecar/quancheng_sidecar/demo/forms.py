"""Makes enforcement forms that look like scans: laid out, filled in, printed, and degraded.

`random_form` is seeded and gives the truth with the form, so that the reader can be measured.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from PIL import Image


@dataclass(frozen=True)
class FormSpec:
    """One form to print: what it says and how it is laid out.

    `values` are label → value in the order they stand; `body` are paragraphs after them.
    """

    title: str
    office: str
    values: tuple[tuple[str, str], ...]
    number: str | None = None
    body: tuple[str, ...] = ()
    code: str | None = None
    layout: Literal["lines", "table"] = "lines"
    font: str = "Noto Serif CJK SC"
    filled_font: str = "AR PL UKai CN"
    size_pt: float = 14.0
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Truth:
    """What a reader must find on a form."""

    code: str | None
    number: str | None
    start: datetime | None
    end: datetime | None
    party: str | None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wear:
    """How a sheet suffered between the printer and the file (see `degrade`)."""

    skew_deg: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    contrast: float = 1.0
    jpeg_quality: int = 90
    stamp: bool = False
    dpi: int = 200
    rotate: Literal[0, 90, 180, 270] = 0


def render_pdf(spec: FormSpec) -> bytes:
    """Print the form as a PDF (A4) with WeasyPrint."""
    raise NotImplementedError


def page_images(pdf: bytes, dpi: int = 200) -> list[Image.Image]:
    """Every page as an RGB picture."""
    raise NotImplementedError


def degrade(image: Image.Image, seed: int, wear: Wear) -> Image.Image:
    """Make a clean page look like a scan; the same seed gives the same picture."""
    raise NotImplementedError


def scan(spec: FormSpec, path: Path, *, seed: int = 0, wear: Wear | None = None) -> Path:
    """Print, degrade and write the form; the suffix chooses PDF (of pictures), PNG, JPEG or TIFF."""
    raise NotImplementedError


def random_form(seed: int) -> tuple[FormSpec, Wear, Truth]:
    """A form of any kind, layout, font and wording, with how worn it is and what it says."""
    raise NotImplementedError
