"""The parser protocol of Paperless-ngx 3.0, copied as far as its shape goes.

`test_installed` holds it against the protocol of an installed Paperless, so that it cannot go stale unseen.
"""

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable


@runtime_checkable
class ParserProtocol(Protocol):
    """Names, parameters and kinds of `paperless.parsers.ParserProtocol`."""

    name: str
    version: str
    author: str
    url: str

    @classmethod
    def supported_mime_types(cls) -> dict[str, str]: ...  # noqa: D102 - Paperless documents its own protocol

    @classmethod
    def score(cls, mime_type: str, filename: str, path: Path | None = None) -> int | None: ...  # noqa: D102

    @property
    def can_produce_archive(self) -> bool: ...  # noqa: D102

    @property
    def requires_pdf_rendition(self) -> bool: ...  # noqa: D102

    def configure(self, context: Any) -> None: ...  # noqa: D102

    def parse(self, document_path: Path, mime_type: str, *, produce_archive: bool = True) -> None: ...  # noqa: D102

    def get_text(self) -> str: ...  # noqa: D102

    def get_date(self) -> datetime | None: ...  # noqa: D102

    def get_archive_path(self) -> Path | None: ...  # noqa: D102

    def get_thumbnail(self, document_path: Path, mime_type: str) -> Path: ...  # noqa: D102

    def get_page_count(self, document_path: Path, mime_type: str) -> int | None: ...  # noqa: D102

    def extract_metadata(self, document_path: Path, mime_type: str) -> list[Any]: ...  # noqa: D102

    def __enter__(self) -> Self: ...

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None: ...
