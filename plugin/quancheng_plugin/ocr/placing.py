"""From a PDF page's own coordinates to points on the page as shown."""

from dataclasses import dataclass
from typing import Self

import pypdfium2 as pdfium


@dataclass(frozen=True)
class Placing:
    """PDF user space (origin anywhere, y up, before /Rotate) → points from the shown page's top left."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> Self:
        """How the page is shown: its CropBox within its MediaBox, turned by its /Rotate."""
        media, crop = page.get_mediabox(), page.get_cropbox()
        left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
        right, top = min(media[2], crop[2]), min(media[3], crop[3])
        if right <= left or top <= bottom:  # boxes that do not meet: PDFium shows the MediaBox
            left, bottom, right, top = media
        return cls(left, bottom, right, top, page.get_rotation())

    def point(self, x: float, y: float) -> tuple[float, float]:
        """One point, from user space to the shown page."""
        across, down = x - self.left, self.top - y
        width, height = self.right - self.left, self.top - self.bottom
        match self.rotation:
            case 90:
                return height - down, across
            case 180:
                return width - across, height - down
            case 270:
                return down, width - across
            case _:
                return across, down

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle, from user space to x0, y0, x1, y1 on the shown page."""
        (ax, ay), (bx, by) = self.point(left, bottom), self.point(right, top)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
