"""Thumbnails of recordings in Paperless' format: from a picture that ffmpeg made, or a plain sign."""

from pathlib import Path

from PIL import Image, ImageDraw

_SIZE = (500, 281)
_GROUND, _SIGN = (32, 84, 147), (255, 255, 255)


def to_thumbnail(picture: Path, out: Path) -> Path:
    """The picture as WebP, without transparency. Raises OSError."""
    with Image.open(picture) as opened:
        seen = opened.convert("RGBA")
        flat = Image.new("RGB", seen.size, _SIGN)
        flat.paste(seen, mask=seen.getchannel("A"))
        flat.save(out, format="WEBP", quality=80)
    return out


def draw_icon(out: Path, *, is_video: bool) -> Path:
    """A triangle for a video, bars for a sound. Raises OSError."""
    icon = Image.new("RGB", _SIZE, _GROUND)
    pen = ImageDraw.Draw(icon)
    if is_video:
        pen.polygon([(215, 90), (215, 190), (300, 140)], fill=_SIGN)
    else:
        for place, height in enumerate((30, 70, 100, 60, 90, 40)):
            left = 195 + place * 20
            pen.rectangle([left, 140 - height // 2, left + 10, 140 + height // 2], fill=_SIGN)
    icon.save(out, format="WEBP", lossless=True)
    return out
