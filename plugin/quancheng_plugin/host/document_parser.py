"""The parser by which Paperless-ngx takes in written documents: entry point of `paperless_ngx.parsers`.

It follows Paperless' structural protocol `paperless.parsers.ParserProtocol` (3.0), without importing it.
"""

import logging
import os
import tempfile
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from quancheng_plugin.errors import QuanchengError, UnreadableInput
from quancheng_plugin.host import metadata, outcome, paperless
from quancheng_plugin.host.created import date_of
from quancheng_plugin.host.failing import Watch, failure_of
from quancheng_plugin.host.outcome import Outcome
from quancheng_plugin.host.paperless import BuiltinParser, MetadataEntry
from quancheng_plugin.host.thumbnail import of_first_page
from quancheng_plugin.settings import PluginSettings

if TYPE_CHECKING:
    from quancheng_plugin.document import ReadDocument

_PDF = "application/pdf"
_TYPES = {
    _PDF: ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/heic": ".heic",
}
# Paperless' own parsers answer 10, its remote one 20.
_SCORE = 100

logger = logging.getLogger("quancheng.paperless")


class DocumentParser:
    """Reads, signs and archives a document; what it cannot process goes to Paperless' built-in parser.

    The archive file is a signed PDF/A. A PDF that came signed gets none: it is its own archive file,
    untouched, and what Paperless shows and hands out.

    Whatever may be wrong with the plugin's own set-up (settings, engines, keys) shows first in `parse`,
    which has that way out; and the page, which asks for metadata alone, loads no engine.
    """

    name = "Quancheng 全程"
    version = version("quancheng")
    author = "The Quancheng authors"
    url = "https://pypi.org/project/quancheng/"

    def __init__(self) -> None:
        self._done: ReadDocument | None = None
        self._made: Path | None = None  # the archive file, unless the document came signed
        self._watch: Watch | None = None

    @classmethod
    def supported_mime_types(cls) -> dict[str, str]:
        """MIME types with their usual suffix."""
        return _TYPES

    @classmethod
    def score(cls, mime_type: str, filename: str, path: Path | None = None) -> int | None:  # noqa: ARG003 - the protocol's
        """Ahead of the built-in parsers for the types that are supported."""
        return _SCORE if mime_type in _TYPES else None

    @property
    def can_produce_archive(self) -> bool:
        """It does."""
        return True

    @property
    def requires_pdf_rendition(self) -> bool:
        """Always wanted, whatever `PAPERLESS_ARCHIVE_FILE_GENERATION` says: the signature is in the archive file."""
        return True

    def configure(self, context: object) -> None:
        """Nothing of the context matters here."""

    def parse(self, document_path: Path, mime_type: str, *, produce_archive: bool = True) -> None:
        """Process the file, or have the built-in parser do it. Raises Paperless' ParseError when neither can.

        What is not the file's own fault is tried a second time: a time-stamp authority that did not answer is there
        again, and an unsigned document would need a person.
        """
        path = Path(document_path)
        try:
            self._done = self._processed(path, sign=produce_archive)
        except UnreadableInput as failed:
            self._fall_back(path, mime_type, failed)
        except Exception:
            logger.exception("全程未能处理 %s，再试一次", path.name)
            self._try_again(path, mime_type, sign=produce_archive)

    def get_text(self) -> str:
        """What was read; pages are parted by an empty line. PostgreSQL takes no NUL."""
        text = self._done.text if self._done else self._builtin.get_text() or ""
        return text.replace("\f", "\n\n").replace("\0", " ")

    def get_date(self) -> datetime | None:
        """The date of the form's act where it is sure; else Paperless asks its date parser."""
        return date_of(self._done.reading) if self._done else self._builtin.get_date()

    def get_archive_path(self) -> Path | None:
        """The signed PDF/A; None for a file that came signed."""
        return self._made if self._done else self._builtin.get_archive_path()

    def get_thumbnail(self, document_path: Path, mime_type: str) -> Path:
        """Picture of the first page, upright as in the archive file; a WebP file."""
        pdf = self._made or (Path(document_path) if mime_type == _PDF else None)
        if self._done and pdf:
            try:
                return of_first_page(pdf, Path(self._folder.name))
            except Exception:
                logger.exception("%s 的缩略图未能生成，改由 Paperless 生成", pdf.name)
        return self._builtin.get_thumbnail(Path(document_path), mime_type)

    def get_page_count(self, document_path: Path, mime_type: str) -> int | None:
        """Number of pages, of a picture file as well."""
        return self._done.page_count if self._done else self._builtin.get_page_count(Path(document_path), mime_type)

    def extract_metadata(self, document_path: Path, mime_type: str) -> list[MetadataEntry]:
        """What was read, the state of the signatures as of now, what the built-in parser tells. Never raises."""
        path = Path(document_path)
        entries: list[MetadataEntry] = []
        for tell in (self._tell_outcome, self._tell_signatures, self._builtin_metadata):
            try:
                entries += tell(path, mime_type)
            except Exception:
                logger.exception("%s 的部分元数据无法读取", path.name)
        return entries

    def __enter__(self) -> Self:
        """The parser itself."""
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        """Mark a document that was not processed, and remove all temporary files."""
        if self._watch:
            self._watch.close(stored=exc_type is None)
        if "_builtin" in self.__dict__:
            self._builtin.__exit__(exc_type, exc_val, exc_tb)
        if "_folder" in self.__dict__:
            self._folder.cleanup()

    @cached_property
    def _settings(self) -> PluginSettings:
        return PluginSettings()

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        # Paperless' own place for temporary files, where its operator chose one.
        scratch = os.environ.get("PAPERLESS_SCRATCH_DIR")
        return tempfile.TemporaryDirectory(prefix="quancheng-", dir=scratch, ignore_cleanup_errors=True)

    @cached_property
    def _builtin(self) -> BuiltinParser:
        return paperless.builtin_parser()

    def _processed(self, path: Path, *, sign: bool) -> "ReadDocument":
        from quancheng_plugin import document  # noqa: PLC0415 - see the class

        work = Path(self._folder.name)
        if not sign:
            return document.process(path, work, self._settings, sign=False)
        done = document.process(path, work, self._settings)
        self._made = None if done.was_signed else done.archive_path
        told = Outcome.of(done.reading, done.findings, done.verification)
        held = outcome.find(outcome.sha256_of(path), self._settings) if told.is_from_layer else None
        if held and held.reading:  # made here once: that reading had its confidences
            return done.model_copy(update={"reading": held.reading})
        self._keep(told, done.archive_path)
        return done

    def _try_again(self, path: Path, mime_type: str, *, sign: bool) -> None:
        try:
            self._done = self._processed(path, sign=sign)
        except Exception as failed:  # noqa: BLE001 - nothing is lost for our sake, whatever went wrong
            self._fall_back(path, mime_type, failed)

    def _fall_back(self, path: Path, mime_type: str, failed: Exception) -> None:
        failure = failure_of(failed)
        told = None if isinstance(failed, QuanchengError) else failed
        logger.warning("全程未能处理 %s：%s（%s）", path.name, failure.sentence.zh, failure.code, exc_info=told)
        if paperless.is_archived(outcome.sha256_of(path)):
            # Read again, or a doublet: an unsigned copy must not take the place of a signed archive file.
            raise paperless.parse_error(f"{failure.sentence.zh}同一文件已有归档件，保持不变。") from failed
        self._builtin.parse(path, mime_type, produce_archive=paperless.wants_archive(self._builtin, mime_type, path))
        self._keep(Outcome(failure=failure), path)
        self._watch = Watch(path, failure)

    def _keep(self, told: Outcome, file: Path) -> None:
        """An outcome that cannot be kept is missing on the page; the document itself is whole."""
        try:
            outcome.keep(told, outcome.sha256_of(file), self._settings)
        except Exception:
            logger.exception("%s 的识别结果未能保存，元数据页将不显示识别内容", file.name)

    def _tell_outcome(self, path: Path, _: str) -> list[MetadataEntry]:
        found = outcome.find(outcome.sha256_of(path), self._settings)
        return metadata.of_outcome(found) if found else []

    def _tell_signatures(self, path: Path, mime_type: str) -> list[MetadataEntry]:
        from quancheng_plugin.signing.verify import verify_pdf  # noqa: PLC0415 - pyHanko takes a second to load

        if mime_type != _PDF:
            return []
        with suppress(QuanchengError):
            return metadata.of_signatures(verify_pdf(path, self._settings))
        return metadata.unverified()

    def _builtin_metadata(self, path: Path, mime_type: str) -> list[MetadataEntry]:
        return self._builtin.extract_metadata(path, mime_type)
