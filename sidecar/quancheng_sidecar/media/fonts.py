"""A font for Chinese marks on derivatives, found through fontconfig."""

import shutil
from functools import cache

from PIL import ImageFont

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.media.process import run

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_PREFERRED = ("Noto Sans CJK SC", "Source Han Sans", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei")
_FORMAT = "%{file}\t%{index}\t%{family}\t%{style}\n"


@cache
def chinese_face() -> tuple[str, int] | None:
    """Give file and index of a font that covers Simplified Chinese, the plainest first; None when there is none."""
    if shutil.which("fc-list") is None:
        return None
    try:
        listed = run(["fc-list", "-f", _FORMAT, ":lang=zh-cn"], timeout_s=20, memory_mb=1024).stdout
    except QuanchengError:  # a mark in English is better than no derivative
        return None
    faces = [line.split("\t") for line in listed.decode("utf-8", "replace").splitlines() if line.count("\t") == 3]  # noqa: PLR2004  the four of _FORMAT
    if not faces:
        return None
    file, index, *_ = min(faces, key=lambda face: (_rank(face[2]), "Bold" in face[3], face[0], face[1]))
    return file, int(index)


def font(size: int) -> Font:
    """Give the font of `chinese_face` at a size in pixels, else Pillow's own (Latin only)."""
    face = chinese_face()
    if face is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(face[0], size, index=face[1])


def _rank(family: str) -> int:
    return next((place for place, name in enumerate(_PREFERRED) if name in family), len(_PREFERRED))
