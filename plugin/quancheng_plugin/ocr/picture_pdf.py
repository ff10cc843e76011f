"""Pictures to a PDF, each on a page of the size it was scanned at.

A JPEG goes in as it is. Other pictures are decoded and stored without loss, on white where they
were transparent, in grey or sRGB.
"""

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import pi_heif
import pikepdf
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from quancheng_plugin.breaking_off import breaking_off
from quancheng_plugin.errors import LimitExceeded, UnsupportedType
from quancheng_plugin.ocr.intake import check_page_count, check_pixels, damaged

# Pillow loads its readers one by one as it meets files; asked for a format by name it must know them all.
Image.init()
pi_heif.register_heif_opener()

_FORMATS = ("JPEG", "PNG", "TIFF", "HEIF")
_ORIENTATION = 0x0112  # Exif
_SUBFILE = 254  # TIFF NewSubfileType; bit 0 marks a reduced copy of another page
# Screens and cameras write 72 or 96 where nothing was measured; no scanner works at such values.
_CREDIBLE_DPI = (97.0, 1200.0)
# Without a credible resolution the longer side is taken for that of an A4 sheet.
_A4_INCHES = 11.69
_LEAST_SIDE = 16
_JPEG_QUALITY = 92
_EFFORT = 3  # of 9: scans are noise, on which more effort gains nothing
# Exif orientations that a page's /Rotate can express, in degrees clockwise; the others mirror.
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
_LYING = {5, 6, 7, 8}


def pdf_from_picture(source: Path, out: Path, most_pages: int) -> int:
    """Write the pages of a picture file as a PDF and give their number.

    Raises DamagedFile, UnsupportedType, TooManyPages or LimitExceeded.
    """
    try:
        with _whole_only(), Image.open(source, formats=_FORMATS) as image, pikepdf.new() as pdf:
            check_page_count(getattr(image, "n_frames", 1), most_pages)
            _add_pages(pdf, image, source)
            check_page_count(len(pdf.pages), most_pages)
            pdf.save(out)
            return len(pdf.pages)
    except Image.DecompressionBombError as bomb:
        raise LimitExceeded(
            zh="图片像素过多，超过处理上限。请降低扫描分辨率后重新提交。",
            en="The picture has more pixels than can be processed. Scan at a lower resolution.",
        ) from bomb
    except (UnidentifiedImageError, SyntaxError, ValueError, EOFError) as broken:
        raise damaged() from broken
    except OSError as broken:
        if broken.errno is not None:  # the disk's fault, not the picture's
            raise
        raise damaged() from broken


@contextmanager
def _whole_only() -> Iterator[None]:
    """Refuse pictures that break off.

    Pillow's warnings of odd tags are nothing a clerk could act on, those of size are errors of ours.
    """
    with breaking_off(allowed=False), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def _add_pages(pdf: pikepdf.Pdf, image: Image.Image, source: Path) -> None:
    check_pixels(*image.size)
    if image.format == "TIFF":
        for frame in ImageSequence.Iterator(image):
            if not int(frame.tag_v2.get(_SUBFILE, 0)) & 1:  # type: ignore[attr-defined] # a TIFF has them
                check_pixels(*frame.size)
                _add_decoded(pdf, frame, lossy=frame.info.get("compression") in {"jpeg", "tiff_jpeg"})
        return
    turned = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    if image.format != "JPEG" or image.mode not in {"L", "RGB"} or turned is None:
        _add_decoded(pdf, image, lossy=image.format in {"JPEG", "MPO", "HEIF"})
        return
    image.load()  # finds out whether it is whole
    page = _add_page(pdf, _stored(pdf, image, source.read_bytes(), pikepdf.Name.DCTDecode), _dpi(image))
    page.rotate(turned, relative=False)


def _add_decoded(pdf: pikepdf.Pdf, image: Image.Image, *, lossy: bool) -> None:
    dpi = _dpi(image)
    if image.getexif().get(_ORIENTATION, 1) in _LYING:
        dpi = dpi[1], dpi[0]
    flat = _flat(ImageOps.exif_transpose(image))
    if lossy and flat.mode != "1":
        held = BytesIO()
        flat.save(held, format="JPEG", quality=_JPEG_QUALITY, subsampling=0)
        stored = _stored(pdf, flat, held.getvalue(), pikepdf.Name.DCTDecode)
    else:
        stored = _stored(pdf, flat, zlib.compress(flat.tobytes(), _EFFORT), pikepdf.Name.FlateDecode)
    _add_page(pdf, stored, dpi)


def _stored(pdf: pikepdf.Pdf, image: Image.Image, data: bytes, encoding: pikepdf.Name) -> pikepdf.Stream:
    return pikepdf.Stream(
        pdf,
        data,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=pikepdf.Name.DeviceRGB if image.mode == "RGB" else pikepdf.Name.DeviceGray,
        BitsPerComponent=1 if image.mode == "1" else 8,
        Filter=encoding,
    )


def _add_page(pdf: pikepdf.Pdf, stored: pikepdf.Stream, dpi: tuple[float, float]) -> pikepdf.Page:
    width, height = int(stored.Width) * 72 / dpi[0], int(stored.Height) * 72 / dpi[1]
    page = pdf.add_blank_page(page_size=(width, height))
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(stored)))
    page.obj.Contents = pdf.make_stream(f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Im0 Do Q".encode("ascii"))
    return page


def _dpi(image: Image.Image) -> tuple[float, float]:
    """Resolution across and down: as written where credible, else that of an A4 sheet."""
    if min(image.size) < _LEAST_SIDE:
        raise UnsupportedType(
            zh=f"图片只有 {image.width}×{image.height} 像素，不是扫描件。",
            en=f"The picture has only {image.width}×{image.height} pixels: it is no scan.",
        )
    written = image.info.get("dpi")
    try:
        across, down = float(written[0]), float(written[1])  # type: ignore[index] # checked by the except
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        across = down = 0.0
    low, high = _CREDIBLE_DPI
    # Fax is 204 × 98: one side may be low, not both.
    if low <= max(across, down) <= high and min(across, down) * 3 >= max(across, down):
        return across, down
    guess = max(image.size) / _A4_INCHES
    return guess, guess


def _flat(image: Image.Image) -> Image.Image:
    """Black and white, grey or RGB of 8 bits, on white."""
    if image.mode == "1":
        return image
    if image.mode in {"I", "F", "I;16", "I;16B", "I;16L"}:
        return _eight_bits(image)
    if image.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in image.info:
        coloured = image.convert("RGBA")
        white = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(white, coloured).convert("L" if image.mode in {"LA", "La", "L"} else "RGB")
    return image if image.mode in {"L", "RGB"} else image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image).astype(np.float64)
    full = 65535.0 if values.max(initial=0) > 255 else 255.0  # noqa: PLR2004 - the range of 8 and 16 bits
    return Image.fromarray(np.clip(values / full * 255, 0, 255).astype(np.uint8))
