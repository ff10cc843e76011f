"""Tesseract as the other engine: probe, plan and run (style of OCRmyPDF's `_exec`).

Tesseract wants its page upright and straight. Its own orientation script (OSD) and the baselines
of a first reading tell how to turn and straighten the picture; what is read is then placed back.
"""

import math
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from quancheng_plugin.errors import LimitExceeded, ToolMissing
from quancheng_plugin.ocr.seen import Picture, SeenLine, SeenPage, turn

_LANGUAGE = "chi_sim"
_TIMEOUT_S = 180
# Orientation found with less confidence than this is not acted on (OCRmyPDF warns of values under 15
# for Latin script; on Chinese pages right answers start near 2, wrong ones stay under 1).
_OSD_CONFIDENCE = 2.0
# Tesseract reads lines this much askew without loss, and loses lines beyond.
_TOLERATED_SKEW = 0.7
# A gap between words wider than this many heights parts two cells.
_CELL_GAP = 1.5


class _Word(NamedTuple):
    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    confidence: float


@cache
def probe() -> str:
    """Version of the installed Tesseract; raises ToolMissing, saying which package to install."""
    program = shutil.which("tesseract")
    if program is None:
        raise ToolMissing(
            zh="没有安装 Tesseract，而设置 QUANCHENG_OCR_ENGINE 选用了它。"
            "请安装：apt install tesseract-ocr tesseract-ocr-chi-sim",
            en="Tesseract is not installed, and QUANCHENG_OCR_ENGINE asks for it. "
            "Install it: apt install tesseract-ocr tesseract-ocr-chi-sim",
        )
    if _LANGUAGE not in _run(["--list-langs"]).split():
        raise ToolMissing(
            zh="Tesseract 缺少简体中文数据（chi_sim）。请安装：apt install tesseract-ocr-chi-sim",
            en="Tesseract lacks its Simplified Chinese data (chi_sim). Install it: apt install tesseract-ocr-chi-sim",
        )
    found = re.search(r"tesseract\s+v?(\S+)", _run(["--version"]))
    return found.group(1) if found else "unknown"


def look(picture: Picture) -> SeenPage:
    """Read a picture of a page that may lie any way round; raises ToolMissing or LimitExceeded."""
    probe()
    with tempfile.TemporaryDirectory(prefix="quancheng-") as folder:
        sheet = Path(folder) / "page.png"
        turned = _turn_needed(picture, sheet)
        picture = turn(picture, turned)
        height, width = picture.shape[:2]
        lines, skew = _read(picture, sheet)
        if abs(skew) > _TOLERATED_SKEW:
            lines, _ = _read(_rotated(picture, skew), sheet)
            lines = [_rotated_back(line, skew, width, height) for line in lines]
    return SeenPage(turned=turned, width=width, height=height, lines=tuple(lines))


def hocr_plan(sheet: Path) -> list[str]:
    """Arguments that read a sheet to hOCR on standard output."""
    return [str(sheet), "stdout", "-l", _LANGUAGE, "--psm", "3", "hocr"]


def osd_plan(sheet: Path) -> list[str]:
    """Arguments that ask which way a sheet is up."""
    return [str(sheet), "stdout", "--psm", "0", "-l", "osd"]


def _run(arguments: list[str], *, tolerate: bool = False) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, arguments made here
            [shutil.which("tesseract") or "tesseract", *arguments],
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=not tolerate,
        )
    except subprocess.TimeoutExpired as late:
        raise LimitExceeded(
            zh=f"识别一页超过 {_TIMEOUT_S} 秒，已停止。请把文件拆分或降低扫描分辨率后重试。",
            en=f"Reading one page took over {_TIMEOUT_S} s and was stopped. Scan at a lower resolution.",
        ) from late
    return done.stdout.decode("utf-8", "replace")


def _turn_needed(picture: Picture, sheet: Path) -> int:
    cv2.imwrite(str(sheet), picture)
    # OSD fails on pages with few characters, and without its data: then the page stays as it is.
    said = _run(osd_plan(sheet), tolerate=True)
    told = dict(re.findall(r"^(Rotate|Orientation confidence): ([\d.]+)$", said, re.MULTILINE))
    if float(told.get("Orientation confidence", 0)) < _OSD_CONFIDENCE:
        return 0
    return int(told.get("Rotate", 0)) % 360


def _read(picture: Picture, sheet: Path) -> tuple[list[SeenLine], float]:
    """Lines, and the skew of their baselines in degrees (falling to the right is positive)."""
    cv2.imwrite(str(sheet), picture)
    lines, slopes, weights = [], [], []
    for element in ET.fromstring(_run(hocr_plan(sheet))).iter():  # noqa: S314 - made by Tesseract, no entities
        if "ocr_line" in (element.get("class") or "") or element.get("class") in {"ocr_header", "ocr_caption"}:
            for words in _pieces(element):
                lines.append(_line(words))
                slopes.append(_slope(element))
                weights.append(words[-1].x1 - words[0].x0)
    if not lines:
        return [], 0.0
    order = np.argsort(slopes)
    reached = np.cumsum(np.array(weights)[order])
    middle = slopes[int(order[int(np.searchsorted(reached, reached[-1] / 2))])]
    return lines, math.degrees(math.atan(middle))


def _pieces(element: ET.Element) -> list[list[_Word]]:
    """The words of a line, cut where the gap is so wide that another cell begins."""
    pieces: list[list[_Word]] = []
    for node in element.iter():
        text = "".join(node.itertext()).strip()
        box = re.search(r"bbox (\d+) (\d+) (\d+) (\d+)", node.get("title") or "")
        if node.get("class") != "ocrx_word" or not text or not box:
            continue
        sure = re.search(r"x_wconf (\d+)", node.get("title") or "")
        x0, y0, x1, y1 = (int(edge) for edge in box.groups())
        word = _Word(text, x0, y0, x1, y1, int(sure.group(1)) / 100 if sure else 0.0)
        if pieces and word.x0 - pieces[-1][-1].x1 <= _CELL_GAP * (y1 - y0):
            pieces[-1].append(word)
        else:
            pieces.append([word])
    return pieces


def _line(words: list[_Word]) -> SeenLine:
    """One piece of a line, as sure as its least sure word."""
    x0, y0 = min(word.x0 for word in words), min(word.y0 for word in words)
    x1, y1 = max(word.x1 for word in words), max(word.y1 for word in words)
    return SeenLine(
        corners=np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float32),
        text=_joined([word.text for word in words]),
        confidence=min(1.0, *(word.confidence for word in words)),
    )


def _joined(words: list[str]) -> str:
    """Words as written: a space only between two that are not Chinese."""
    text = words[0]
    for word in words[1:]:
        text += f" {word}" if text[-1].isascii() and word[0].isascii() else word
    return text


def _slope(element: ET.Element) -> float:
    found = re.search(r"baseline (-?[\d.]+)", element.get("title") or "")
    return float(found.group(1)) if found else 0.0


def _rotation(skew: float, width: int, height: int) -> np.ndarray:
    return cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)


def _rotated(picture: Picture, skew: float) -> Picture:
    height, width = picture.shape[:2]
    matrix = _rotation(skew, width, height)
    rotated = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return rotated.astype(np.uint8, copy=False)


def _rotated_back(line: SeenLine, skew: float, width: int, height: int) -> SeenLine:
    matrix = cv2.invertAffineTransform(_rotation(skew, width, height))
    corners = line.corners @ matrix[:, :2].T + matrix[:, 2]
    return SeenLine(corners=corners, text=line.text, confidence=line.confidence)
