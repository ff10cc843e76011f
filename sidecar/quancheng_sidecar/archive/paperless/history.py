"""Who changed what in a document there, as Paperless' history tells it (its tab 历史)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from pypaperless.models.documents.history import DocumentHistory


@dataclass(frozen=True)
class Editor:
    """Who changed something there, and when."""

    name: str
    at: datetime


def version_adder(entries: Iterable[DocumentHistory]) -> Editor | None:
    """Who added the newest version of the document; None where nobody is named."""
    added = [
        (entry.timestamp, entry.actor) for entry in entries if "Version Added" in entry.changes and entry.timestamp
    ]
    at, actor = max(added, key=itemgetter(0), default=(None, None))
    return Editor(name=actor.username, at=at) if at and actor and actor.username else None


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
