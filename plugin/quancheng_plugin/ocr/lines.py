"""Lines of text as they stand on a page."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

BY_INK = 0.5
"""How sure a letter is that the ink on the page puts in doubt, whatever the engine says of it."""


class Box(BaseModel):
    """A rectangle on a page, in PDF points (1/72 inch), origin at the top left, y downwards."""

    model_config = ConfigDict(frozen=True)

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        """Height in points."""
        return self.y1 - self.y0

    @property
    def width(self) -> float:
        """Width in points."""
        return self.x1 - self.x0


class TextLine(BaseModel):
    """A run of text that an engine read, or that the page itself carried, in one piece.

    `page` counts from 1. `confidence` is 0..1: the engine's own figure for OCR, 1.0 for text that came with the file,
    0.0 for text that was read once and no longer says how surely. `letters` are 0..1 too, one for each character of
    `text`, or none where the engine judges lines only. Table cells are lines of their own.
    """

    model_config = ConfigDict(frozen=True)

    page: Annotated[int, Field(ge=1)]
    box: Box
    text: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    letters: Annotated[tuple[float, ...], Field(exclude=True, repr=False)] = ()
