"""The parts of Paperless-ngx that the adapters use, fetched when they are needed.

Paperless is an application, not a package: its modules are there only in its own processes, and some of
them only once its apps are ready. So they are named here as data, and typed by what is used of them.
"""

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypedDict


class MetadataEntry(TypedDict):
    """One row of the metadata tab, as `paperless.parsers.MetadataEntry` has it."""

    namespace: str
    prefix: str
    key: str
    value: str


Row = tuple[str, str]
"""Key and value of a row."""

NAMESPACE = "urn:quancheng:record"
"""Of the rows that are ours; by it the sidecar knows that the plugin is at work."""


def entries(rows: Iterable[Row]) -> list[MetadataEntry]:
    """Rows of ours for the metadata tab."""
    return [MetadataEntry(namespace=NAMESPACE, prefix="全程", key=key, value=value) for key, value in rows]


class BuiltinParser(Protocol):
    """What is used of the parser that Paperless brings along."""

    def parse(self, document_path: Path, mime_type: str, *, produce_archive: bool = True) -> None:
        """Raises ParseError."""

    def get_text(self) -> str | None: ...  # noqa: D102 - Paperless' own interface

    def get_date(self) -> datetime | None: ...  # noqa: D102 - as above

    def get_archive_path(self) -> Path | None: ...  # noqa: D102 - as above

    def get_thumbnail(self, document_path: Path, mime_type: str) -> Path: ...  # noqa: D102 - as above

    def get_page_count(self, document_path: Path, mime_type: str) -> int | None: ...  # noqa: D102 - as above

    def extract_metadata(self, document_path: Path, mime_type: str) -> list[MetadataEntry]: ...  # noqa: D102 - as above

    def __exit__(self, *_: object) -> None: ...


def part(module: str, name: str) -> Any:  # noqa: ANN401 - each caller says what it takes
    """`name` of a module of Paperless; ImportError outside its processes."""
    return getattr(import_module(module), name)


def builtin_parser() -> BuiltinParser:
    """A new built-in parser for PDF and pictures; it makes a temporary folder that its `__exit__` removes."""
    parser: BuiltinParser = part("paperless.parsers.tesseract", "RasterisedDocumentParser")()
    return parser


def wants_archive(parser: BuiltinParser, mime_type: str, path: Path) -> bool:
    """Whether Paperless' settings want an archive file from `parser` for this document."""
    return bool(part("documents.consumer", "should_produce_archive")(parser, mime_type, path))


def parse_error(sentence: str) -> Exception:
    """The error by which a parser refuses a file; its sentence is shown in the list of tasks."""
    error: Exception = part("documents.parsers", "ParseError")(sentence)
    return error


def is_archived(original_sha256: str) -> bool:
    """Whether a document with this original (SHA-256, hexadecimal) has an archive file already."""
    held = part("documents.models", "Document").objects.filter(checksum=original_sha256)
    return bool(held.exclude(archive_checksum=None).exists())
