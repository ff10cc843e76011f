"""What a file really is, whatever it is called, and whether it can be worked on.

Nothing is decoded before its declared size was looked at: a small file can claim, or unfold into,
more than the machine holds.
"""

import zlib
from pathlib import Path
from typing import Literal

import pikepdf

from quancheng_plugin.errors import (
    DamagedFile,
    EmptyFile,
    LimitExceeded,
    PasswordProtected,
    TooManyPages,
    UnsupportedType,
)

# Most pixels of one picture: Pillow's own bound, enough for A3 at 600 dpi.
MOST_PIXELS = 89_478_485
# Readers look for the header within this many bytes, and for the end mark within the last so many.
_HEAD, _TAIL = 1024, 2048
# Fonts and page contents unfold to a few megabytes, pictures to their pixels.
_MOST_UNFOLDED = 4 * MOST_PIXELS

_PICTURE_MARKS: tuple[tuple[int, bytes], ...] = (
    (0, b"\xff\xd8\xff"),  # JPEG
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"II*\x00"),  # TIFF
    (0, b"MM\x00*"),
    (0, b"II+\x00"),  # BigTIFF
    (0, b"MM\x00+"),
    (4, b"ftyphei"),  # HEIC
    (4, b"ftyphev"),
    (4, b"ftypmif1"),
    (4, b"ftypmsf1"),
)


def kind_of_file(path: Path) -> Literal["pdf", "picture"]:
    """PDF or picture, by content; raises EmptyFile or UnsupportedType."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise EmptyFile(
            zh="文件是空的（0 字节）。请重新扫描或重新导出。", en="The file has no bytes. Scan or export it again."
        )
    if b"%PDF-" in head:
        return "pdf"
    if any(head[at : at + len(mark)] == mark for at, mark in _PICTURE_MARKS):
        return "picture"
    raise UnsupportedType(
        zh="文件内容不是 PDF，也不是 JPEG、PNG、TIFF 或 HEIC 图片（与扩展名无关）。请导出为 PDF 后再提交。",
        en="The content is neither PDF nor a JPEG, PNG, TIFF or HEIC picture, whatever the extension says.",
    )


def open_pdf(path: Path, most_pages: int) -> pikepdf.Pdf:
    """Open a PDF that is whole, needs no password and has 1 to `most_pages` pages.

    Raises DamagedFile, PasswordProtected, TooManyPages, UnsupportedType (forms that only Adobe shows).
    """
    try:
        pdf = pikepdf.open(path)
    except pikepdf.PasswordError as locked:
        raise PasswordProtected(
            zh="PDF 有打开密码。请去掉密码后重新提交。", en="The PDF needs a password. Remove it and submit again."
        ) from locked
    except pikepdf.PdfError as broken:
        raise damaged() from broken
    try:
        _check(pdf, path, most_pages)
    except BaseException:
        pdf.close()
        raise
    return pdf


def _check(pdf: pikepdf.Pdf, path: Path, most_pages: int) -> None:
    check_page_count(len(pdf.pages), most_pages)
    if not _has_end(path):
        raise damaged()
    if bool(pdf.Root.get("/NeedsRendering", False)):
        raise UnsupportedType(
            zh="这是动态 XFA 表单，只有 Adobe 软件能显示其内容。请打印或另存为普通 PDF 后再提交。",
            en="This is a dynamic XFA form that only Adobe software can show. Print it to a plain PDF first.",
        )


def damaged() -> DamagedFile:
    """A file of an accepted type that cannot be read to its end."""
    return DamagedFile(
        zh="文件不完整或已损坏，无法读到结尾。请重新扫描、导出或复制。",
        en="The file is incomplete or damaged and cannot be read to its end. Scan, export or copy it again.",
    )


def check_page_count(pages: int, most: int) -> None:
    """Raise DamagedFile for none, TooManyPages for more than `most`."""
    if pages < 1:
        raise DamagedFile(
            zh="文件里没有任何页面。请重新扫描或导出。", en="The file has no pages. Scan or export it again."
        )
    if pages > most:
        raise TooManyPages(
            zh=f"文件有 {pages} 页，超过上限 {most} 页。请拆分后提交，或由管理员调整 QUANCHENG_MAX_PAGES。",
            en=f"The file has {pages} pages, over the limit of {most}. Split it, or raise QUANCHENG_MAX_PAGES.",
        )


def check_pixels(width: int, height: int) -> None:
    """Raise LimitExceeded for a picture of more than `MOST_PIXELS`."""
    if width * height > MOST_PIXELS:
        raise LimitExceeded(
            zh=f"图片有 {width}×{height} 像素，超过上限 {MOST_PIXELS // 1_000_000} 百万像素。请降低分辨率后重新扫描。",
            en=f"A picture has {width}×{height} pixels, over the limit of {MOST_PIXELS}. Scan at a lower resolution.",
        )


def _has_end(path: Path) -> bool:
    """Whether the file ends as a PDF does; a transfer that broke off leaves it without the mark."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TAIL))
        return b"%%EOF" in file.read()


def is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether any object is a filled signature (PDF 32000-1, 12.8.1: it has a /ByteRange and /Contents).

    All objects are looked at, not only the form's fields: a signature that a damaged form no longer
    names must not be broken either.
    """
    return any(
        isinstance(item, pikepdf.Dictionary)
        and not isinstance(item, pikepdf.Stream)
        and "/ByteRange" in item
        and "/Contents" in item
        for item in pdf.objects
    )


def check_streams(pdf: pikepdf.Pdf) -> int:
    """How many streams of a PDF break off when they are unfolded, so that content is missing.

    Raises LimitExceeded for a picture of too many pixels or a stream that unfolds without end.
    """
    broken = 0
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Stream):
            continue
        if item.get("/Subtype") == pikepdf.Name.Image:
            check_pixels(_whole(item.get("/Width")), _whole(item.get("/Height")))
        broken += not _unfolds(item)
    return broken


def _whole(value: object) -> int:
    try:
        return int(value)  # type: ignore[call-overload,no-any-return] # any PDF object may stand there
    except (TypeError, ValueError):
        return 0


def _unfolds(stream: pikepdf.Stream) -> bool:
    """Whether a deflated stream unfolds to its end; others are not looked into."""
    filters = stream.get("/Filter")
    names = [filters] if isinstance(filters, pikepdf.Name) else list(filters or ())
    if not names or names[0] not in (pikepdf.Name.FlateDecode, pikepdf.Name("/Fl")):
        return True
    raw, size = stream.read_raw_bytes(), 0
    if not raw:  # an empty page's content, as our own files have it too
        return True
    unfold = zlib.decompressobj()
    try:
        while raw and not unfold.eof:
            size += len(unfold.decompress(raw, 1 << 20))
            raw = unfold.unconsumed_tail
            if size > _MOST_UNFOLDED:
                raise LimitExceeded(
                    zh="PDF 中有解压后异常巨大的内容，已停止处理。请用打印为 PDF 的方式重新生成文件。",
                    en="The PDF holds content that unfolds to an abnormal size. Print it to PDF anew.",
                )
    except zlib.error:
        return False
    return unfold.eof
