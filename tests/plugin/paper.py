"""Makes enforcement forms for the tests: printed with WeasyPrint, then worn as scanners and years wear paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import weasyprint
from PIL import Image

Picture = Any  # height × width × 3, blue-green-red

TITLE = "现场检查（勘验）笔录"
NUMBER = "闽海渔检〔2026〕218号"
TIME = "检查时间：2026年3月1日9时30分至10时15分"
CELLS = ("当事人", "林建国", "船名号", "闽霞渔01234", "联系电话", "13805938888")
PLACE = "检查地点：宁德市霞浦县三沙镇渔港码头东侧"
BODY = (
    "检查情况：执法人员登临该船，出示执法证件，告知其权利义务后开始检查。该船正在进行拖网作业，"
    "船上渔获物约三百五十公斤，其中带鱼二百公斤、鲳鱼一百公斤、其他杂鱼五十公斤。"
    "当事人对检查情况无异议，并表示愿意接受处理。"
)

_STYLE = """
@page { size: %s; margin: 25mm 22mm }
body { font-family: "%s"; font-size: %spt; line-height: 1.9 }
h1 { text-align: center; font-size: 20pt } .number { text-align: right }
table { border-collapse: collapse; width: 100%% } td { border: 1px solid black; padding: 4pt }
"""


@cache
def form(size: str = "A4", font: str = "Noto Serif CJK SC", points: float = 14, pages: int = 1) -> bytes:
    """A filled inspection form as PDF with text."""
    cells = "".join(f"<td>{cell}</td>" for cell in CELLS)
    page = (
        f"<h1>{TITLE}</h1><p class=number>{NUMBER}</p><p>{TIME}</p><p>{PLACE}</p>"
        f"<table><tr>{cells}</tr></table><p>{BODY}</p><p>执法人员签名：陈志强　　　　　　2026年3月1日</p>"
    )
    parting = "<div style='break-after: page'></div>"
    html = f"<html><style>{_STYLE % (size, font, points)}</style><body>{parting.join([page] * pages)}</body></html>"
    return bytes(weasyprint.HTML(string=html).write_pdf())


def picture(pdf: bytes, dpi: int = 200, page: int = 0) -> Picture:
    """One page as a clean picture."""
    opened = pdfium.PdfDocument(pdf)
    try:
        return opened[page].render(scale=dpi / 72).to_numpy()[:, :, :3].copy()
    finally:
        opened.close()


@dataclass(frozen=True)
class Wear:
    """How a sheet suffered; `turned` clockwise, `skew` falling to the right, both in degrees."""

    skew: float = 0.0
    turned: int = 0
    noise: float = 6.0
    blur: float = 0.7
    contrast: float = 0.85
    seed: int = 1


def worn(clean: Picture, wear: Wear) -> Picture:
    """The sheet as a scanner sees it; the same wear gives the same picture."""
    shade = np.random.default_rng(wear.seed)
    sheet = cv2.GaussianBlur(clean, (0, 0), wear.blur).astype(np.float32) if wear.blur else clean.astype(np.float32)
    sheet = sheet * wear.contrast + (1 - wear.contrast) * 170
    sheet = np.clip(sheet + shade.normal(0, wear.noise, sheet.shape), 0, 255).astype(np.uint8)
    if wear.skew:
        height, width = sheet.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -wear.skew, 1.0)
        paper = tuple(int(shade) for shade in np.median(sheet, axis=(0, 1)))
        sheet = cv2.warpAffine(sheet, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper)
    return np.ascontiguousarray(np.rot90(sheet, -(wear.turned // 90)))


def save(sheet: Picture, path: Path, *, dpi: float | None = 200, mode: str = "RGB", **options: Any) -> Path:
    """Write a sheet as a picture file; the suffix chooses the type, `mode` is Pillow's."""
    image = Image.fromarray(cv2.cvtColor(sheet, cv2.COLOR_BGR2RGB)).convert(mode)
    if dpi is not None:
        options["dpi"] = (dpi, dpi)
    image.save(path, **options)
    return path


def scan(path: Path, wear: Wear | None = None, *, pdf: bytes | None = None, dpi: int = 200, quality: int = 80) -> Path:
    """A worn form as JPEG."""
    sheet = worn(picture(pdf or form(), dpi), wear or Wear())
    return save(sheet, path, dpi=dpi, format="JPEG", quality=quality)


def scan_pdf(path: Path, sheets: Sequence[Picture], *, dpi: int = 200) -> Path:
    """Sheets as the pages of a PDF without text."""
    images = [Image.fromarray(cv2.cvtColor(sheet, cv2.COLOR_BGR2RGB)) for sheet in sheets]
    images[0].save(path, format="PDF", resolution=dpi, save_all=True, append_images=images[1:])
    return path
