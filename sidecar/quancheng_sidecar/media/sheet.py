"""Drawing posters, contact sheets and the marks that say: this is not the original."""

import io
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from quancheng_sidecar.media.fonts import chinese_face, font
from quancheng_sidecar.media.plans import MARK
from quancheng_sidecar.media.stills import Still

_WIDTH = 1320
_MARGIN = 12
_TEXT = 26
_INK, _PAPER, _WARNING = "#1a1a1a", "#ffffff", "#b00020"


def contact_sheet(stills: list[Still], *, master: str, duration_s: float | None) -> Image.Image:
    """Lay stills out in rows, each with its media time, under a header that names the master."""
    first = stills[0].image
    columns = min(len(stills), 4 if first.width >= first.height else 6)
    cell = (_WIDTH - _MARGIN * (columns + 1)) // columns
    row = max(round(cell * still.image.height / still.image.width) for still in stills)
    row = min(row, 3 * cell)
    header, step = _MARGIN * 2 + 3 * (_TEXT + 8), row + _TEXT + 10 + _MARGIN
    rows = -(-len(stills) // columns)
    sheet = Image.new("RGB", (_WIDTH, header + rows * step + _MARGIN), _PAPER)
    draw = ImageDraw.Draw(sheet)
    lasts = "" if duration_s is None else f"　全长 {timecode(duration_s)}"
    note = f"{len(stills)} 帧，所标为距首帧的时长{lasts}" if chinese_face() else "times from the first frame"
    for place, (text, ink) in enumerate(((_words(), _WARNING), (_origin(master), _INK), (note, _INK))):
        draw.text((_MARGIN, _MARGIN + place * (_TEXT + 8)), text, ink, font(_TEXT))
    for place, still in enumerate(stills):
        left = _MARGIN + place % columns * (cell + _MARGIN)
        top = header + place // columns * step
        small = still.image.copy()
        small.thumbnail((cell, row))
        sheet.paste(small, (left + (cell - small.width) // 2, top))
        draw.text((left, top + row + 2), timecode(still.at), _INK, font(_TEXT))
    return sheet


def time_axis(image: Image.Image, seconds: float) -> Image.Image:
    """Put a ruler of media time under a picture whose width is the whole recording."""
    whole = Image.new("RGB", (image.width, image.height + _TEXT + 8), _PAPER)
    whole.paste(image, (0, 0))
    draw = ImageDraw.Draw(whole)
    for part in range(5):
        left = part * (image.width - 1) // 4
        draw.line((left, image.height, left, image.height + 5), _INK)
        anchor = ("la", "ma", "ma", "ma", "ra")[part] if chinese_face() else None
        draw.text((left, image.height + 5), timecode(seconds * part / 4), _INK, font(_TEXT - 4), anchor=anchor)
    return whole


def poster(stills: list[Still]) -> Image.Image:
    """Choose the still with the widest range of light, so that a black or white beginning is passed over."""
    return max(stills, key=lambda still: float(np.asarray(still.image.convert("L")).std())).image


def marked(image: Image.Image, *, master: str) -> Image.Image:
    """Put a band with the mark and the master's digest under a picture; the picture itself stays free."""
    width = max(image.width, 320)
    size = max(10, min(_TEXT, width // 50))
    band = 2 * (size + 8) + 4
    whole = Image.new("RGB", (width, image.height + band), _PAPER)
    whole.paste(image, ((width - image.width) // 2, 0))
    draw = ImageDraw.Draw(whole)
    draw.text((8, image.height + 4), _words(), _WARNING, font(size))
    # The digest must fit into the width whole: a letter is about 0.6 of the size wide.
    letters = len(_origin(master)) + 4
    fitting = max(6, min(size, (width - 16) * 10 // (letters * 6)))
    draw.text((8, image.height + 4 + size + 8), _origin(master), _INK, font(fitting))
    return whole


def save_jpeg(image: Image.Image, path: Path, *, master: str) -> None:
    """Write a JPEG whose comment and EXIF description name the master."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = f"{MARK} {master}"
    _save(image, path, "JPEG", quality=85, optimize=True, exif=exif, comment=f"{MARK} {master}".encode())


def save_png(image: Image.Image, path: Path, *, master: str) -> None:
    """Write a PNG whose text chunk `Description` names the master."""
    info = PngInfo()
    info.add_text("Description", f"{MARK} {master}")
    _save(image, path, "PNG", pnginfo=info)


def _save(image: Image.Image, path: Path, kind: str, **how: object) -> None:
    # By way of memory: Pillow's own writing does not notice when a full disk takes only the first part.
    whole = io.BytesIO()
    image.save(whole, kind, **how)
    path.write_bytes(whole.getvalue())


def timecode(seconds: float) -> str:
    """Write seconds as `hh:mm:ss.cc`."""
    hundredths = round(max(0.0, seconds) * 100)
    minutes, rest = divmod(hundredths, 6_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 100:02d}.{rest % 100:02d}"


def _origin(master: str) -> str:
    return f"原件 {master}" if chinese_face() else f"master {master}"


def _words() -> str:
    return "衍生件　非原始录音录像" if chinese_face() else "DERIVATIVE - NOT THE ORIGINAL RECORDING"
