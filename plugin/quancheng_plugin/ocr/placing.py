"""From a PDF page's own coordinates to points on the page as shown."""

from dataclasses import dataclass
from typing import Self

import pypdfium2 as pdfium

from quancheng_plugin.ocr.lines import Box


@dataclass(frozen=True)
class Placing:
    """PDF user space (origin anywhere, y up, before /Rotate) → points from the shown page's top left.

    `rotation` is clockwise: 0, 90, 180 or 270.
    """

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @classmethod
    def of(cls, page: pdfium.PdfPage, turned: int = 0) -> Self:
        """How the page is shown: its CropBox within its MediaBox, turned by its /Rotate and `turned` more."""
        media, crop = page.get_mediabox(), page.get_cropbox()
        left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
        right, top = min(media[2], crop[2]), min(media[3], crop[3])
        if right <= left or top <= bottom:  # boxes that do not meet: PDFium shows the MediaBox
            left, bottom, right, top = media
        return cls(left, bottom, right, top, (page.get_rotation() + turned) % 360)

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

    def turned_box(self, box: Box, clockwise: int) -> Box:
        """A box of the shown page on the same page turned further by 0, 90, 180 or 270 degrees."""
        width, height = self.right - self.left, self.top - self.bottom
        if self.rotation % 180:
            width, height = height, width
        match clockwise:
            case 90:
                return Box(x0=height - box.y1, y0=box.x0, x1=height - box.y0, y1=box.x1)
            case 180:
                return Box(x0=width - box.x1, y0=height - box.y1, x1=width - box.x0, y1=height - box.y0)
            case 270:
                return Box(x0=box.y0, y0=width - box.x1, x1=box.y1, y1=width - box.x0)
            case _:
                return box
