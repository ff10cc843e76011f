"""The one path of a written document: file in, signed and searchable PDF/A with what it says out.

Used by the built-in archive, by the command line and by the parser inside Paperless-ngx.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, overload

import pypdfium2 as pdfium
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.errors import LimitExceeded, QuanchengError, StorageFull
from quancheng_plugin.findings import Finding
from quancheng_plugin.forms import reader
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.ocr.carried import UNKNOWN, carried_pages
from quancheng_plugin.ocr.intake import damaged
from quancheng_plugin.ocr.lines import TextLine
from quancheng_plugin.ocr.looking import look_with
from quancheng_plugin.ocr.pages import PageReading, read_pages
from quancheng_plugin.ocr.preparing import Prepared, prepare
from quancheng_plugin.ocr.upright import text_of
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.report import VerifyReport
from quancheng_plugin.signing.seal import Seal


class ReadDocument(BaseModel):
    """What a file says. `findings` are those about the file; those about the form are in `reading`.

    Lines stand on the pages turned upright, in points from the top left; `text` has a line per row and
    a form feed between pages. `was_signed`: the file came with a signature, intact or not.
    """

    model_config = ConfigDict(frozen=True)

    page_count: int
    text: str
    lines: tuple[TextLine, ...]
    reading: FormReading
    findings: tuple[Finding, ...]
    was_signed: bool


class ProcessedDocument(ReadDocument):
    """A file read and made fit for the archive.

    `archive_path`: PDF/A-2b with text layer and our signature, or the very bytes of a file that came
    signed. `verification` is of this file.
    """

    archive_path: Path
    verification: VerifyReport


@overload
def process(
    source: Path, workdir: Path, settings: PluginSettings, *, sign: Literal[True] = True
) -> ProcessedDocument: ...
@overload
def process(source: Path, workdir: Path, settings: PluginSettings, *, sign: Literal[False]) -> ReadDocument: ...
def process(
    source: Path, workdir: Path, settings: PluginSettings, *, sign: bool = True
) -> ReadDocument | ProcessedDocument:
    """Read a PDF or picture and, unless `sign` is False, make its archive file in `workdir`.

    The source is never written to. The archive file appears in `workdir` under its name when it is
    whole, or not at all. Raises UnreadableInput (the file's fault), ToolMissing, StorageFull, and
    SigningFailed.
    """
    with _told_plainly(), tempfile.TemporaryDirectory(dir=workdir, prefix=".quancheng-") as folder:
        work = Path(folder)
        prepared = prepare(source, work, settings.max_pages)
        out = workdir / f"{source.stem}.archive.pdf"
        if prepared.signed:
            return _kept(source, prepared, out, work, settings, sign=sign)
        pages = tuple(read_pages(prepared.pdf, look_with(settings.ocr_engine)))
        read = _read(prepared, pages, settings)
        return _made(prepared, pages, out, read, work, settings) if sign else read


def _read(prepared: Prepared, pages: tuple[PageReading, ...], settings: PluginSettings) -> ReadDocument:
    lines = tuple(line for page in pages for line in page.lines)
    return ReadDocument(
        page_count=prepared.page_count,
        text=text_of(lines),
        lines=lines,
        reading=reader.read(lines, settings),
        findings=prepared.findings + tuple(finding for page in pages for finding in page.findings),
        was_signed=prepared.signed,
    )


def _made(  # noqa: PLR0913, PLR0917 - the steps of one path hand on what they found
    prepared: Prepared,
    pages: tuple[PageReading, ...],
    out: Path,
    read: ReadDocument,
    work: Path,
    settings: PluginSettings,
) -> ProcessedDocument:
    """PDF/A with text layer, signed and verified, then moved to its place."""
    from quancheng_plugin.ocr.text_layer import add_text_layer  # noqa: PLC0415 - OCRmyPDF takes a second to load
    from quancheng_plugin.signing.sign import sign_pdf  # noqa: PLC0415 - as does pyHanko
    from quancheng_plugin.signing.verify import verify_pdf  # noqa: PLC0415 - as above

    layered, signed = work / "layered.pdf", work / "signed.pdf"
    noticed = add_text_layer(prepared.pdf, pages, layered, work, settings)
    seal = Seal.of(settings, number=_sure_number(read.reading))
    result = sign_pdf(layered, signed, settings, seal=seal, text_as_read=all(page.whole for page in pages))
    verification = verify_pdf(signed, settings)
    _put_in_place(signed, out)
    return ProcessedDocument(**_parts(read, (*noticed, *result.findings)), archive_path=out, verification=verification)


def _kept(  # noqa: PLR0913 - as above
    source: Path, prepared: Prepared, out: Path, work: Path, settings: PluginSettings, *, sign: bool
) -> ReadDocument | ProcessedDocument:
    """A file that came signed stays as it is, byte for byte; its pages are read unless we vouched for its text."""
    from quancheng_plugin.signing import remarks  # noqa: PLC0415 - pyHanko takes a second to load
    from quancheng_plugin.signing.verify import verify_pdf  # noqa: PLC0415 - as above
    from quancheng_plugin.signing.vouching import is_vouched  # noqa: PLC0415 - as above

    copy = work / "kept.pdf"
    shutil.copyfile(source, copy)
    verification = verify_pdf(copy, settings)
    carried = carried_pages(copy) if is_vouched(copy, verification, settings) else None
    pages = tuple(read_pages(prepared.pdf, look_with(settings.ocr_engine))) if carried is None else carried
    read = _read(prepared, pages, settings)
    if carried and any(line.confidence == UNKNOWN for line in read.lines):
        read = read.model_copy(update={"findings": (*read.findings, remarks.text_from_layer())})
    if not sign:
        return read
    _put_in_place(copy, out)
    return ProcessedDocument(**_parts(read, verification.findings), archive_path=out, verification=verification)


def _parts(read: ReadDocument, more: tuple[Finding, ...]) -> dict[str, object]:
    parts = {name: getattr(read, name) for name in ReadDocument.model_fields}
    return parts | {"findings": read.findings + more}


def _sure_number(reading: FormReading) -> str | None:
    """The number for the seal; one that a person has yet to check is not stamped on the page."""
    return reading.number.normalised if reading.number and "number" not in reading.review else None


def _put_in_place(made: Path, out: Path) -> None:
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(out)


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Give the faults of disk, memory and PDFium a code and a sentence."""
    try:
        yield
    except QuanchengError as coded:
        if _disk_full(coded):
            raise _storage_full() from coded
        raise
    except MemoryError as too_much:
        raise LimitExceeded(
            zh="处理该文件所需内存超过可用内存，已停止。请拆分或降低分辨率后重新提交。",
            en="Processing the file takes more memory than there is. Split it or scan at a lower resolution.",
        ) from too_much
    except pdfium.PdfiumError as broken:
        raise damaged() from broken
    except Exception as failed:
        if _disk_full(failed):
            raise _storage_full() from failed
        raise


def _disk_full(error: BaseException) -> bool:
    """Whether a full disk lies behind an error, which libraries may have wrapped or put into words."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:  # causes may go round in a circle
        chain.append(link)
        link = link.__cause__ or link.__context__
    return any(
        (isinstance(each, OSError) and each.errno in _FULL) or "No space left on device" in str(each) for each in chain
    )


def _storage_full() -> StorageFull:
    return StorageFull(
        zh="存储空间已满，文件没有处理完。请清理磁盘或扩容后重试；原文件没有改动。",
        en="No storage is left; the file was not finished. Free some space and try again; the original is unchanged.",
    )


__all__ = ["ProcessedDocument", "ReadDocument", "process"]
