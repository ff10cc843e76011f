"""Which engine reads pictures."""

from collections.abc import Callable
from typing import Literal

from quancheng_plugin.ocr import rapid, tesseract
from quancheng_plugin.ocr.seen import Picture, SeenPage

type EngineName = Literal["rapidocr", "tesseract"]


def look_with(engine: EngineName) -> Callable[[Picture], SeenPage]:
    """The engine of that name as a function of a picture; raises ToolMissing when it is not installed."""
    match engine:
        case "rapidocr":
            return rapid.look
        case "tesseract":
            tesseract.probe()
            return tesseract.look
