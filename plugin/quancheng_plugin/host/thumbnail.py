"""The small picture of a document's first page, without ImageMagick or Ghostscript."""

from pathlib import Path

import pypdfium2 as pdfium

# Paperless' own measure for thumbnails, in pixels.
_WIDTH, _MOST_HEIGHT = 500, 5000


def of_first_page(pdf: Path, folder: Path) -> Path:
    """A WebP picture of the page as it is shown, 500 pixels wide, in `folder`. Raises PdfiumError and OSError."""
    out = folder / "thumbnail.webp"
    opened = pdfium.PdfDocument(pdf)
    try:
        page = opened[0]
        width, height = page.get_size()
        bitmap = page.render(scale=min(_WIDTH / width, _MOST_HEIGHT / height), may_draw_forms=True)
        picture = bitmap.to_pil().convert("RGB")
        picture.thumbnail((_WIDTH, _MOST_HEIGHT))  # PDFium rounds a broken pixel up
        picture.save(out, format="WEBP", quality=80)
    finally:
        opened.close()
    return out
