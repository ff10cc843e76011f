"""Burnt-in text of made recordings: which piece stands where, and how it looks at a given frame."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from pydantic import BaseModel, ConfigDict, Field

Position = Literal["top-left", "top", "top-right", "bottom-left", "bottom", "bottom-right"]
Pixels = npt.NDArray[np.uint8]

_WEEKDAYS = "一二三四五六日"
_SIMPLIFIED_FACE = 2
"""Index of the simplified Chinese face in the Noto CJK collections."""


class ClockStyle(BaseModel):
    """How the clock looks; `lines` are strftime patterns, one piece of text each (see `render_time`)."""

    model_config = ConfigDict(frozen=True)

    lines: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S",)
    positions: tuple[Position, ...] = ("top-right",)
    """Where each line stands; the last serves all further lines, and lines of one place are stacked."""
    font: str = "DejaVuSansMono.ttf"
    """File name of an installed font."""
    size: int = 22
    """Height of the letters in pixels."""
    blocks: Annotated[int, Field(ge=1)] = 1
    """Side in pixels of the squares that the letters are made of, as the character chips of cameras draw; 1: smooth."""
    colour: tuple[int, int, int] = (255, 255, 255)
    outline: int = 2
    box: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Opacity of the black box behind the text."""
    labels: tuple[str, ...] = ("DSJ-A7 012345 警号350912",)
    """Other text in the picture, which has digits but is no clock."""
    label_position: Position = "top-left"
    label_font: str = "NotoSansCJK-Regular.ttc"


class Piece(BaseModel):
    """One line of text with its place: x, y of its upper left corner, width and height in pixels."""

    model_config = ConfigDict(frozen=True)

    pattern: str
    font: str
    x: int
    y: int
    width: int
    height: int


def render_time(pattern: str, shown: datetime, frame: int) -> str:
    """Write an instant by strftime; `{weekday}` 日, `{half}` 上午, `{ms}` 123, `{frame}` 07, `{M}` `{D}` `{H}` bare."""
    bare = {
        "{weekday}": _WEEKDAYS[shown.weekday()],
        "{half}": "上午" if shown.hour < 12 else "下午",  # noqa: PLR2004 — noon
        "{ms}": f"{shown.microsecond // 1000:03d}",
        "{frame}": f"{frame:02d}",
        "{M}": str(shown.month),
        "{D}": str(shown.day),
        "{H}": str(shown.hour),
    }
    for token, text in bare.items():
        pattern = pattern.replace(token, text)
    return shown.strftime(pattern)


@lru_cache(maxsize=32)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    face = _SIMPLIFIED_FACE if name.startswith("Noto") and name.endswith(".ttc") else 0
    return ImageFont.truetype(name, size, index=face)


def lay_out(style: ClockStyle, size: tuple[int, int]) -> tuple[Piece, ...]:
    """Place every line of a style in a picture of `size` (width, height); lines of one place are stacked."""
    places = [style.positions[min(i, len(style.positions) - 1)] for i in range(len(style.lines))]
    wanted = [(place, line, style.font) for place, line in zip(places, style.lines, strict=True)]
    wanted += [(style.label_position, label, style.label_font) for label in style.labels]
    pieces: list[Piece] = []
    used: dict[str, int] = {}
    for place, pattern, font in wanted:
        width, height = _extent(style, pattern, font)
        row = used.get(place, 0)
        used[place] = row + height
        x, y = _corner(place, size, (width, height), row)
        pieces.append(Piece(pattern=pattern, font=font, x=x, y=y, width=width, height=height))
    return tuple(pieces)


def _extent(style: ClockStyle, pattern: str, font: str) -> tuple[int, int]:
    """Even width and height with room for the widest digits (chroma is subsampled by two)."""
    widest = render_time(pattern, datetime(2028, 12, 28, 20, 58, 58, 888000), 88)  # noqa: DTZ001 — only its looks
    box = _font(font, style.size).getbbox(widest, stroke_width=style.outline)
    width = int(box[2]) + style.size
    return width + width % 2, (int(style.size * 1.45) + 2 * style.outline) // 2 * 2


def _corner(place: str, size: tuple[int, int], extent: tuple[int, int], row: int) -> tuple[int, int]:
    margin = max(4, size[1] // 50) // 2 * 2
    rows_down = row if place.startswith("top") else size[1] - 2 * margin - extent[1] - row
    if place.endswith("left"):
        column = 0
    elif place.endswith("right"):
        column = size[0] - extent[0] - 2 * margin
    else:
        column = (size[0] - extent[0]) // 2 - margin
    return max(0, margin + column) // 2 * 2, max(0, margin + rows_down) // 2 * 2


def draw(style: ClockStyle, piece: Piece, text: str) -> Pixels:
    """Draw a piece's text as RGBA pixels of shape (height, width, 4)."""
    blocks = style.blocks
    image = Image.new("RGBA", (piece.width // blocks, piece.height // blocks), (0, 0, 0, round(255 * style.box)))
    pen, outline = ImageDraw.Draw(image), -(-style.outline // blocks)
    pen.fontmode = "L" if blocks == 1 else "1"
    pen.text(
        (style.size // blocks // 4 + outline, outline),
        text,
        font=_font(piece.font, style.size // blocks),
        fill=(*style.colour, 255),
        stroke_width=outline,
        stroke_fill=_contrast(style.colour),
    )
    # Whole squares: a rest of the piece at its right and lower edge shows no box.
    squares = np.asarray(image).repeat(blocks, axis=0).repeat(blocks, axis=1)
    rest = ((0, piece.height - squares.shape[0]), (0, piece.width - squares.shape[1]), (0, 0))
    return np.pad(squares, rest)


def _contrast(colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Black around bright text, white around dark."""
    return (0, 0, 0, 255) if sum(colour) > 3 * 110 else (255, 255, 255, 255)
