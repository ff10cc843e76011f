"""A seal as the appearance of a signature field, fit for PDF/A-2 (ISO 19005-2): its font is embedded, its colours
are device-independent, and nothing is transparent.
"""

import io
from dataclasses import dataclass, field
from typing import Any

import qrcode
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStamp, BaseStampStyle

from quancheng_plugin.signing import fonts, seal_layout
from quancheng_plugin.signing.placement import Spot
from quancheng_plugin.signing.seal import Seal
from quancheng_plugin.signing.seal_layout import Line

_RED, _BLACK, _WHITE = "0.72 0 0.05", "0 0 0", "1 1 1"
_FRAME = 0.018  # of the seal's height
_QUIET = 2  # modules of white around the code, inside the seal's own white
# sRGB as CalRGB, so that the colours need no output intent (ISO 19005-2, 6.2.4.2).
_CAL_RGB = {
    "/WhitePoint": (0.9505, 1, 1.089),
    "/Gamma": (2.2, 2.2, 2.2),
    "/Matrix": (0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505),
}


@dataclass(frozen=True)
class SealStyle(BaseStampStyle):
    """How pyHanko is told to draw a seal."""

    spot: Spot = field(kw_only=True)
    lines: tuple[tuple[str, float], ...] = field(kw_only=True)
    url: str | None = field(kw_only=True)
    font: bytes = field(kw_only=True)

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]) -> "_SealStamp":
        """Called by pyHanko when it fills the signature field."""
        del text_params  # the lines are complete
        return _SealStamp(writer, self, box)


def style(seal: Seal, spot: Spot, *, for_development: bool) -> SealStyle:
    """The style of a seal at its spot. Raises `fonts.NoFont`."""
    lines = tuple(seal_layout.texts(seal, for_development=for_development))
    font = fonts.cut_font(frozenset("".join(text for text, _ in lines)))
    return SealStyle(border_width=0, spot=spot, lines=lines, url=seal.url, font=font)


class _SealStamp(BaseStamp):
    style: SealStyle

    def _render_inner_content(self) -> list[bytes]:
        style, spot = self.style, self.style.spot
        font = _EmbeddedFont(self._ensure_writer, io.BytesIO(style.font), 1, bcp47_lang_code="zh-CN")
        self.set_resource(ResourceType.FONT, pdf_name("/Seal"), font.as_resource())
        self.set_resource(ResourceType.COLOR_SPACE, pdf_name("/Seal"), _colour_space())

        def advance(text: str) -> float:
            return float(font.shape(text).x_advance)

        layout = seal_layout.lay_out(list(style.lines), spot.width, spot.height, advance, code=style.url is not None)
        said = [f"{' '.join(map(_number, spot.matrix))} cm /Seal cs /Seal CS", _frame(spot)]
        if layout.code and style.url:
            said.append(_code(style.url, *layout.code))
        commands = [" ".join(said).encode()]
        for line in layout.lines:
            shown = font.shape(line.text, with_actual_text=False).graphics_ops
            commands += [_place(line, layout.room).encode(), shown, b"ET"]
        font.prepare_write()
        return commands


class _EmbeddedFont(GlyphAccumulator):
    def prepare_write(self) -> None:
        """Embed the font; add the length that ISO 32000-1, table 127 asks for with TrueType programs."""
        super().prepare_write()  # type: ignore[no-untyped-call]  # untyped there
        descriptor = self.cidfont_obj["/FontDescriptor"]
        if "/FontFile2" in descriptor:
            program = descriptor["/FontFile2"]
            program["/Length1"] = generic.NumberObject(len(program.data))  # type: ignore[no-untyped-call]  # untyped there


def _place(line: Line, room: float) -> str:
    text = f"BT /Seal {_number(line.size)} Tf {_number(line.x)} {_number(line.y)} Td"
    if not line.inverse:
        return f"{_RED} sc {text}"
    bar = (line.x - 0.2 * line.size, line.y - 0.27 * line.size, room + 0.4 * line.size, 1.27 * line.size)
    return f"{_RED} sc {' '.join(map(_number, bar))} re f {_WHITE} sc {text}"


def _frame(spot: Spot) -> str:
    pen = _FRAME * spot.height
    whole = f"0 0 {_number(spot.width)} {_number(spot.height)} re"
    rim = f"{_number(pen)} {_number(pen)} {_number(spot.width - 2 * pen)} {_number(spot.height - 2 * pen)} re"
    return f"{_WHITE} sc {whole} f {_RED} SC {_number(pen)} w {rim} S"


def _code(url: str, left: float, bottom: float, side: float) -> str:
    """The QR code as black bars, one for each run of dark modules in a row."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=_QUIET)
    code.add_data(url)
    code.make(fit=True)
    matrix = code.get_matrix()
    module = side / len(matrix)
    bars = [f"{_BLACK} sc"]
    for row, dark in enumerate(matrix):
        start = None
        for column, is_dark in enumerate([*dark, False]):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                x, y = left + start * module, bottom + side - (row + 1) * module
                bars.append(f"{_number(x)} {_number(y)} {_number((column - start) * module)} {_number(module)} re")
                start = None
    return " ".join([*bars, "f"])


def _colour_space() -> generic.ArrayObject:
    values = generic.DictionaryObject()  # type: ignore[no-untyped-call]  # untyped there
    for name, value in _CAL_RGB.items():
        values[pdf_name(name)] = generic.ArrayObject(map(generic.FloatObject, value))
    return generic.ArrayObject([pdf_name("/CalRGB"), values])


def _number(value: float) -> str:
    """A number as PDF writes it: no exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
