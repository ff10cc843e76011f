"""The OCRmyPDF plugin: makes RapidOCR (or our own reading by Tesseract) an engine of OCRmyPDF.

Used as ``ocrmypdf.ocr(…, plugins=["quancheng_plugin.ocr.engine"])``, or on the command line with
``--plugin quancheng_plugin.ocr.engine``. Idea and option handling after ocrmypdf-rapidocr (MIT).

A page that was read already, to find out which way it is up, is not read a second time:
``quancheng_readings`` names a folder of `PageReading` files that takes the picture's place.
"""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

import cv2
import numpy as np
import pluggy
from ocrmypdf import hookimpl
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOptions
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence
from PIL import Image

from quancheng_plugin.ocr import rapid, tesseract, upright
from quancheng_plugin.ocr.looking import EngineName, look_with
from quancheng_plugin.ocr.pages import PageReading
from quancheng_plugin.ocr.seen import Picture, SeenPage
from quancheng_plugin.ocr.text_pdf import write_text_page

# An orientation that won its vote; OCRmyPDF's scale, where 15 is very confident.
_SURE = 15.0


def reading_file(folder: Path, number: int) -> Path:
    """Where the reading of page `number` (from 1) is kept."""
    return folder / f"{number:06d}.json"


class QuanchengEngine(OcrEngine):
    """RapidOCR, or Tesseract, as OCRmyPDF sees an engine."""

    @staticmethod
    def version() -> str:
        """Version of RapidOCR."""
        return rapid.version()

    @staticmethod
    def creator_tag(options: Any) -> str:  # noqa: ANN401 - OCRmyPDF's options
        """Name of the engine in the PDF's metadata."""
        if _chosen(options) == "tesseract":
            return f"Tesseract {tesseract.probe()}"
        return f"RapidOCR {rapid.version()}"

    def __str__(self) -> str:
        return f"RapidOCR {rapid.version()}"

    @staticmethod
    def languages(options: Any) -> set[str]:  # noqa: ANN401, ARG004 - OCRmyPDF's interface
        """The one model reads Chinese and English; OCRmyPDF's default is `eng`."""
        return {"chi_sim", "eng"}

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> OrientationConfidence:  # noqa: ANN401 - as above
        """By how much, anticlockwise, the page has to be turned."""
        seen = look_with(_chosen(options))(_load(input_file))
        return OrientationConfidence(angle=(360 - seen.turned) % 360, confidence=_SURE)

    @staticmethod
    def get_deskew(input_file: Path, options: Any) -> float:  # noqa: ANN401 - as above
        """By how much, anticlockwise in degrees, the page has to be straightened."""
        return upright.skew_of(look_with(_chosen(options))(_load(input_file)))

    @staticmethod
    def generate_hocr(*_: object, **__: object) -> NoReturn:
        """Never called: `check_options` chooses the other renderer, but OCRmyPDF's engine must have this method."""
        raise NotImplementedError("Only the sandwich renderer is supported.")

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:  # noqa: ANN401
        """Write the text-only page and its text."""
        known = _known_reading(input_file, options)
        if known is None:
            known = _reading_of(_load(input_file), _dpi(input_file), _chosen(options))
        write_text_page(output_pdf, known.layer, width=known.width, height=known.height)
        output_text.write_text(upright.text_of(known.layer), encoding="utf-8")


@hookimpl
def initialize(plugin_manager: pluggy.PluginManager) -> None:
    """Leave OCRmyPDF's own Tesseract plugin out: it refuses to start where Tesseract is not installed."""
    plugin_manager.set_blocked("ocrmypdf.builtin_plugins.tesseract_ocr")


@hookimpl
def register_options() -> dict[str, type[Any]]:
    """The options of the plugin left out, which OCRmyPDF's core asks for nonetheless."""
    return {"tesseract": TesseractOptions}


@hookimpl
def add_options(parser: ArgumentParser) -> None:
    """Options of this plugin."""
    group = parser.add_argument_group("Quancheng")
    group.add_argument("--quancheng-engine", choices=["rapidocr", "tesseract"], default="rapidocr")
    group.add_argument("--quancheng-readings", type=Path, default=None, help="Folder of pages that were read already.")


@hookimpl
def check_options(options: Any) -> None:  # noqa: ANN401 - OCRmyPDF's options
    """Choose the renderer that takes the engine's own text page."""
    options.pdf_renderer = "sandwich"


@hookimpl
def get_ocr_engine(options: Any) -> OcrEngine:  # noqa: ANN401, ARG001 - the hook's interface
    """The engine for this run."""
    return QuanchengEngine()


@hookimpl
def rasterize_pdf_page(output_file: Path, page_dpi: Any, pageno: int, options: Any) -> Path | None:  # noqa: ANN401
    """An empty sheet for a page that was read already, since nobody will look at it; else OCRmyPDF's own picture."""
    folder = getattr(options, "quancheng_readings", None)
    if folder is None or not reading_file(Path(folder), pageno).is_file():
        return None
    Image.new("1", (8, 8), 1).save(output_file, format="PNG", dpi=(float(page_dpi.x), float(page_dpi.y)))
    return output_file


def _chosen(options: Any) -> EngineName:  # noqa: ANN401 - OCRmyPDF's options
    return getattr(options, "quancheng_engine", None) or "rapidocr"


def _known_reading(input_file: Path, options: Any) -> PageReading | None:  # noqa: ANN401 - OCRmyPDF's options
    """The reading of the page that a picture belongs to; OCRmyPDF names pictures `000012_ocr.png`."""
    folder = getattr(options, "quancheng_readings", None)
    named = re.match(r"(\d{6})_", input_file.name)
    if folder is None or named is None:
        return None
    path = reading_file(Path(folder), int(named.group(1)))
    return PageReading.model_validate_json(path.read_bytes()) if path.is_file() else None


def _reading_of(picture: Picture, dpi: float, engine: EngineName) -> PageReading:
    seen = look_with(engine)(picture)
    if seen.turned:
        # OCRmyPDF was not asked to rotate pages: text that lies on its side has no place in the layer.
        seen = SeenPage(0, picture.shape[1], picture.shape[0], ())
    width, height = seen.width * 72 / dpi, seen.height * 72 / dpi
    lines = upright.lines_of(seen, number=1, width=width, skew=0.0)
    return PageReading(number=1, width=width, height=height, lines=lines, layer=lines)


def _load(path: Path) -> Picture:
    with Image.open(path) as image:
        return np.ascontiguousarray(cv2.cvtColor(np.asarray(image.convert("RGB")), cv2.COLOR_RGB2BGR))


def _dpi(path: Path) -> float:
    with Image.open(path) as image:
        return float(image.info.get("dpi", (200.0, 200.0))[0])
