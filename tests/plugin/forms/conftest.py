"""Pages made of text lines, as an engine would give them, without a picture."""

from collections.abc import Callable, Sequence

import pytest

from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.settings import PluginSettings

Cell = str | tuple[float, str]
Lay = Callable[..., list[TextLine]]


def _width(text: str, size: float) -> float:
    return sum(size if ord(char) > 0x2000 else size * 0.5 for char in text)


@pytest.fixture
def lay() -> Lay:
    """Lay rows out on a page: a row is a text, or cells `(x in points, text)`; `None` leaves a row blank.

    The first row is set in title type and centred unless `title` is False.
    """

    def lay(  # noqa: PLR0913 - each says one thing about the page
        *rows: str | Sequence[Cell] | None, size: float = 12, step: float = 24, page: int = 1, confidence: float = 0.99,
        title: bool = True, lean: float = 0.0,
    ) -> list[TextLine]:  # fmt: skip
        lines = []
        for index, row in enumerate(rows):
            if row is None:
                continue
            big = title and index == 0
            for cell in [row] if isinstance(row, str) else row:
                letters = size * 1.8 if big else size
                text = cell if isinstance(cell, str) else cell[1]
                width = _width(text, letters)
                x = cell[0] if not isinstance(cell, str) else (297 - width / 2 if big else 70)
                y = 80 + index * step + lean * (x + width / 2)
                box = Box(x0=x, y0=y - letters * 0.6, x1=x + width, y1=y + letters * 0.6)
                lines.append(TextLine(page=page, box=box, text=text, confidence=confidence))
        return lines

    return lay


@pytest.fixture
def settings() -> PluginSettings:
    """The plugin's settings as they come."""
    return PluginSettings(forms_extra=None)
