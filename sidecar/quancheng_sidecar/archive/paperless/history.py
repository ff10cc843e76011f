"""Who changed what in a document there, as Paperless' history tells it (its tab 历史)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pypaperless.models.documents.history import DocumentHistory


@dataclass(frozen=True)
class Editor:
    """Who changed something there, and when."""

    name: str
    at: datetime


def editors_of(entries: Iterable[DocumentHistory]) -> dict[str, Editor]:
    """Who gave each custom field its present value, by the field's name; entries in any order.

    A field is left out where nobody is named: set by the upload, by a token in bulk, or taken away, since Paperless
    forgets with a value who took it. What else was changed in the document is nobody's word on a field, least of all
    what the sidecar arranges there itself.
    """
    latest: dict[str, DocumentHistory] = {}
    for entry in entries:
        told = entry.changes.get("custom_fields")
        if not (isinstance(told, Mapping) and entry.timestamp):
            continue
        field = str(told.get("field", ""))
        known = latest.get(field)
        if known is None or known.timestamp is None or known.timestamp < entry.timestamp:
            latest[field] = entry
    return {
        field: Editor(name=entry.actor.username, at=entry.timestamp)
        for field, entry in latest.items()
        if entry.actor and entry.actor.username and entry.timestamp
    }
