"""What stands on a seal, line by line, and at what size: pure reckoning, apart from drawing."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from quancheng_plugin.signing import development
from quancheng_plugin.signing.seal import Seal

SHAPE = (0.36, 0.13)
"""Width and height of a seal as parts of the page's shorter side: 76 × 27 mm on A4."""

_PADDING = 0.085  # of the seal's height, inside its frame
_LEADING = 1.3
_UNIT, _PLAIN, _WARNING = 0.2, 0.13, 0.16  # sizes of type, as parts of the seal's height
_SMALLEST = 0.6  # how far a line is set smaller before it is broken in two


@dataclass(frozen=True)
class Line:
    """A line with its size of type and the place of its baseline's start, in units of the seal; `inverse` is white
    on a red bar.
    """

    text: str
    size: float
    x: float
    y: float
    inverse: bool


@dataclass(frozen=True)
class Layout:
    """A laid-out seal: `code` is the square of the QR code (left, bottom, side), or None; `room` the lines' width."""

    lines: tuple[Line, ...]
    room: float
    code: tuple[float, float, float] | None


def texts(seal: Seal, *, for_development: bool) -> list[tuple[str, float]]:
    """Lines with their wanted size (part of the seal's height): unit, number, time, and the warning."""
    offset = f"{seal.at:%z}"
    when = f"{seal.at:%Y}年{seal.at:%m}月{seal.at:%d}日 {seal.at:%H:%M:%S}（UTC{offset[:3]}:{offset[3:5]}）"
    lines = [(_clean(seal.unit), _UNIT)]
    if seal.number:
        lines.append((f"编号：{_clean(seal.number)}", _PLAIN))
    lines.append((f"时间：{when}", _PLAIN))
    if for_development:
        lines.insert(0, (development.MARK, _WARNING))
    return lines


def lay_out(
    lines: list[tuple[str, float]], width: float, height: float, advance: Callable[[str], float], *, code: bool
) -> Layout:
    """Set lines into a seal of this size, smaller or broken where they are long; `advance` is a text's length in em."""
    padding = _PADDING * height
    side = height - 2 * padding
    left = padding + (side + padding if code else 0)
    room = width - left - padding
    fitted = [each for text, size in lines for each in _fit(text, size * height, room, advance)]
    squeeze = min(1.0, side / sum(size * _LEADING for _, size in fitted))
    y = (height + sum(size * _LEADING for _, size in fitted) * squeeze) / 2
    placed = []
    for text, size in fitted:
        y -= size * squeeze * _LEADING
        warns = text in development.MARK
        placed.append(Line(text, size * squeeze, left, y + size * squeeze * (_LEADING - 0.9), warns))
    return Layout(tuple(placed), room, (padding, padding, side) if code else None)


def _fit(text: str, size: float, room: float, advance: Callable[[str], float]) -> list[tuple[str, float]]:
    length = advance(text) * size
    if length <= room:
        return [(text, size)]
    if length * _SMALLEST <= room or len(text) < 2:  # noqa: PLR2004  one character cannot be broken
        return [(text, size * room / length)]
    middle = _break(text)
    halves = (text[:middle].rstrip(), text[middle:].lstrip())
    return [line for half in halves if half for line in _fit(half, size * _SMALLEST, room, advance)]


def _break(text: str) -> int:
    """Where a line is broken: at the space nearest its middle, else in the middle."""
    middle = (len(text) + 1) // 2
    spaces = [at for at, each in enumerate(text) if each == " " and len(text) // 4 <= at <= len(text) * 3 // 4]
    return min(spaces, key=lambda at: abs(at - middle), default=middle)


def _clean(text: str) -> str:
    """One line without control characters. What no font has stays in, so that it is noticed, not left out."""
    return "".join(each for each in " ".join(text.split()) if unicodedata.category(each) not in {"Cc", "Cf", "Cs"})
