"""What is told of a document that Paperless has taken in: what was read of it, or that it was not read."""

from typing import Any

from quancheng_plugin.host import outcome
from quancheng_plugin.settings import PluginSettings

_MEDIA = ("video/", "audio/")


def detail_of(document: Any, settings: PluginSettings) -> dict[str, Any]:  # noqa: ANN401 - Paperless' model
    """The detail of `consumed`: checksum, file name and type, then the reading where our parser made one.

    The reading is the one kept beside Paperless, by the digest of the archive file, or of the original where
    that came signed or was read by the built-in parser.
    """
    detail: dict[str, Any] = {
        "checksum": document.checksum,
        "file_name": document.original_filename,
        "mime_type": document.mime_type,
        "fallback": False,
    }
    if document.mime_type.startswith(_MEDIA):
        return detail | {"media": True}
    found = outcome.find(document.archive_checksum or document.checksum, settings)
    if found is None:
        return detail
    if found.reading is None:
        return detail | {"fallback": True}
    return detail | {
        "reading": found.reading.model_dump(mode="json"),
        "findings": [finding.model_dump(mode="json") for finding in found.findings],
        "page_count": document.page_count,
    }


def is_ours(detail: dict[str, Any]) -> bool:
    """Whether the document went through Quancheng: its archive file is signed, or it is a recording."""
    return "reading" in detail or "media" in detail
