"""What Paperless-ngx has and is given, as values: documents, custom fields, tasks, uploads, accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from quancheng_sidecar.archive.paperless.remote_permissions import OPEN, RemotePermissions

RemoteValue = bool | int | float | str | list[int] | None
"""A custom field's value as Paperless gives it: select options by their id, links as document ids, dates as text."""


@dataclass(frozen=True)
class Remote:
    """A document as Paperless has it now. `checksum` is the SHA-256 of its first original, 64 hex digits.

    `versions` are those of all files that were its original one after another, that first one among them.
    """

    id: int
    title: str
    mime_type: str
    file_name: str
    created: date | None
    modified: datetime
    checksum: str
    versions: frozenset[str]
    page_count: int | None
    document_type: int | None
    storage_path: int | None
    content: str
    fields: Mapping[int, RemoteValue]
    permissions: RemotePermissions = OPEN


@dataclass(frozen=True)
class RemoteField:
    """A custom field there: its id and type, and the ids of a select field's options by their label."""

    id: int
    type: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class RemoteTask:
    """How far the consumption of an upload has come; `document` once it is there, `error` when it failed."""

    running: bool
    document: int | None
    error: str


@dataclass(frozen=True)
class Upload:
    """A file to be consumed, and all that is known of it; `fields` by the id of the custom field."""

    path: Path
    file_name: str
    title: str
    created: date | None
    document_type: int | None
    storage_path: int | None
    tags: Sequence[int]
    fields: Mapping[int, RemoteValue]


@dataclass(frozen=True)
class Caller:
    """An account there: its id, name, and the ids of its groups."""

    id: int
    name: str
    groups: tuple[int, ...]
