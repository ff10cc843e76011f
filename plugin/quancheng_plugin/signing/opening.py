"""Opening a PDF with pyHanko, and what its failures mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from quancheng_plugin.errors import DamagedFile, EmptyFile, PasswordProtected, QuanchengError, UnsupportedType

_HEAD = 1024  # how far into a file readers look for its first line (ISO 32000-1, Annex H)


@contextmanager
def reading_errors() -> Iterator[None]:
    """Turn what pyHanko raises on files that are no sound PDF into `DamagedFile`."""
    try:
        yield
    except (QuanchengError, OSError):
        raise
    except Exception as error:
        # Streams that do not inflate, numbers where names should be, parts that are missing: damage shows as any error.
        raise DamagedFile(
            zh="PDF 文件已损坏，无法读取其结构。请重新扫描或重新导出后再试。",
            en="The PDF is damaged: its structure cannot be read. Scan or export it again.",
        ) from error


def open_reader(file: BinaryIO) -> PdfFileReader:
    """A reader that takes what other readers take. Raises `UnreadableInput`."""
    _require_pdf(file)
    with reading_errors():
        reader = PdfFileReader(file, strict=False)
        handler = reader.security_handler
    if handler is not None:
        _unlock(handler)
    with reading_errors():
        reader.root["/Pages"]
    return reader


def open_writer(file: BinaryIO) -> IncrementalPdfFileWriter:
    """A writer that appends to this file. Raises `UnreadableInput`."""
    reader = open_reader(file)
    with reading_errors():
        return IncrementalPdfFileWriter.from_reader(reader)


def _require_pdf(file: BinaryIO) -> None:
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head:
        raise EmptyFile(zh="文件是空的。", en="The file is empty.")
    if b"%PDF-" not in head:
        raise UnsupportedType(zh="这不是 PDF 文件，不能签名或验签。", en="Not a PDF: it cannot be signed or verified.")


def _unlock(handler: object) -> None:
    """Open a file that anyone may read; one that asks for a password stays shut."""
    with reading_errors():
        if isinstance(handler, StandardSecurityHandler) and handler.authenticate("").status != AuthStatus.FAILED:
            return
    raise PasswordProtected(
        zh="PDF 设有打开密码。请去掉密码后再提交。",
        en="The PDF needs a password to open. Remove it and try again.",
    )
