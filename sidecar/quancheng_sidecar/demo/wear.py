"""How a sheet suffers between the printer and the file: skew, grain, blur, light, seals, JPEG."""

import io
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

_SEAL_FONT = ("NotoSerifCJK-Bold.ttc", "wqy-zenhei.ttc", "uming.ttc")
_INK = (200, 30, 35)


@dataclass(frozen=True)
class Wear:
    """The wear of one scan.

    `skew_deg` turns the sheet clockwise; `noise` is the grain's standard deviation and `shade` the
    fall of light across the sheet, both of 255; `blur` is a radius in pixels; `contrast` 1.0 leaves
    as is; `speckles` are dust spots per page; `stamp` prints the red seal of `stamp_unit` at `stamp_at`
    (shares of width and height); `rotate` turns the whole picture clockwise.
    """

    skew_deg: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    contrast: float = 1.0
    shade: float = 0.0
    speckles: int = 0
    jpeg_quality: int = 90
    stamp: bool = False
    stamp_unit: str = "福建省海洋与渔业执法总队"
    stamp_at: tuple[float, float] = (0.72, 0.8)
    dpi: int = 200
    rotate: Literal[0, 90, 180, 270] = 0


def degrade(image: Image.Image, seed: int, wear: Wear) -> Image.Image:
    """Make a clean page look like a scan; the same seed gives the same picture."""
    rng = np.random.default_rng(seed)
    page = image.convert("RGB")
    if wear.stamp:
        page = _stamped(page, wear.stamp_unit, wear.stamp_at, wear.dpi)
    if wear.skew_deg:
        page = page.rotate(-wear.skew_deg, Image.Resampling.BICUBIC, fillcolor=(250, 250, 248))
    if wear.blur:
        page = page.filter(ImageFilter.GaussianBlur(wear.blur))
    if wear.contrast != 1.0:
        page = ImageEnhance.Contrast(page).enhance(wear.contrast)
    page = _grained(page, rng, wear)
    if wear.rotate:
        page = page.rotate(-wear.rotate, expand=True)
    return _compressed(page, wear.jpeg_quality)


def _grained(page: Image.Image, rng: np.random.Generator, wear: Wear) -> Image.Image:
    pixels: NDArray[np.float32] = np.asarray(page, dtype=np.float32).copy()
    height, width = pixels.shape[:2]
    if wear.shade:
        pixels -= (wear.shade * np.linspace(0, 1, width, dtype=np.float32) ** 2)[None, :, None]
    if wear.noise:
        pixels += rng.normal(0, wear.noise, (height, width, 1)).astype(np.float32)
    for _ in range(wear.speckles):
        y, x, size = rng.integers(height), rng.integers(width), int(rng.integers(1, 4))
        pixels[y : y + size, x : x + size] = rng.integers(20, 120)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _compressed(page: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def _stamped(page: Image.Image, unit: str, at: tuple[float, float], dpi: int) -> Image.Image:
    """A round official seal of 42 mm with a star, its ink let through to the text below."""
    size = round(42 / 25.4 * dpi)
    seal = Image.new("RGBA", (size, size), (255, 255, 255, 0))
    draw = ImageDraw.Draw(seal)
    ink = (*_INK, 190)
    draw.ellipse((4, 4, size - 4, size - 4), outline=ink, width=max(3, size // 50))
    draw.polygon(_star(size / 2, size / 2, size * 0.16), fill=ink)
    _around(seal, unit, size, ink)
    place = (round(page.width * at[0] - size / 2), round(page.height * at[1] - size / 2))
    layer = Image.new("RGBA", page.size, (255, 255, 255, 0))
    layer.paste(seal, place)
    # Ink darkens paper and leaves black text black.
    solid = Image.new("RGB", page.size, (255, 255, 255))
    solid.paste(layer, mask=layer.getchannel("A"))
    return Image.fromarray(np.minimum(np.asarray(page), np.asarray(solid)))


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    def point(step: int) -> tuple[float, float]:
        reach = radius if step % 2 == 0 else radius * 0.382
        angle = math.pi / 5 * step
        return x + reach * math.sin(angle), y - reach * math.cos(angle)

    return [point(step) for step in range(10)]


def _around(seal: Image.Image, unit: str, size: int, ink: tuple[int, int, int, int]) -> None:
    """Letter the unit's name along the upper arc, upright towards the centre."""
    font = _font(size // 9)
    sweep = math.radians(min(250, 22 * len(unit)))
    for index, char in enumerate(unit):
        angle = -sweep / 2 + sweep * (index + 0.5) / len(unit)
        glyph = Image.new("RGBA", (size // 6, size // 6), (255, 255, 255, 0))
        ImageDraw.Draw(glyph).text((size // 12, size // 12), char, font=font, fill=ink, anchor="mm")
        turned = glyph.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        reach = size * 0.385
        x, y = size / 2 + reach * math.sin(angle), size / 2 - reach * math.cos(angle)
        seal.alpha_composite(turned, (round(x - size / 12), round(y - size / 12)))


def _font(size: int) -> ImageFont.FreeTypeFont:
    for name in _SEAL_FONT:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    raise FileNotFoundError("No Chinese font for the seal: install fonts-noto-cjk.")
