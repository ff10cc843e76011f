"""PDF pages to pictures, never larger than reading needs, whatever the page claims to be."""

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from quancheng_plugin.ocr.seen import Picture

# Scans are read at their own resolution within these bounds: below, small print is lost to the
# enlarging anyway; above, strokes are already many pixels wide.
_LEAST_DPI, _MOST_DPI = 150.0, 300.0
# Pages that carry no picture to take the resolution from.
_DRAWN_DPI = 200.0
# Longest side of a picture: A4 at 300 dpi and A3 at 200 dpi stay whole; posters are reduced.
_MOST_PIXELS = 4000


def picture_of(page: pdfium.PdfPage) -> Picture:
    """The page as it is shown (its own /Rotate and CropBox applied), blue-green-red."""
    width, height = page.get_size()
    scale = min(_resolution(page) / 72, _MOST_PIXELS / max(width, height))
    bitmap = page.render(scale=scale, may_draw_forms=True, draw_annots=True, rev_byteorder=False, prefer_bgrx=False)
    try:
        pixels: Picture = bitmap.to_numpy()
        return pixels[:, :, :3].copy()
    finally:
        bitmap.close()


def _resolution(page: pdfium.PdfPage) -> float:
    """Dots per inch of the page's largest picture, within bounds."""
    largest, dpi = 0.0, _DRAWN_DPI
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        area = (right - left) * (top - bottom)
        if area > largest:
            largest = area
            dpi = 72 * max(item.get_px_size()) / max(right - left, top - bottom)
    return min(_MOST_DPI, max(_LEAST_DPI, dpi))
