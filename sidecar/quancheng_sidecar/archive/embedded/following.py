"""Keeping the search index after the database: what is committed is taken in, what is not stays out.

The index is behind for as long as nobody brought it up to date, and never ahead. What it lacks is searched
in the database itself (`search`), so a crash between commit and index, or an index that cannot be written,
makes a search slower and never wrong.
"""

import shutil
import unicodedata
from collections.abc import Iterator
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import structlog
from django.db import connection
from django.db.models import QuerySet

from quancheng_sidecar.archive.embedded import changes
from quancheng_sidecar.archive.embedded.index import FORMAT, Entry, FullTextIndex, IndexBusy, Marker, View
from quancheng_sidecar.archive.embedded.models import ArchivedDocument
from quancheng_sidecar.archive.fields import CustomField, field_text
from quancheng_sidecar.archive.units import searchable

_log = structlog.get_logger(__name__)

_CHUNK = 500  # documents held in memory at a time


class IndexFollower:
    """The index of this machine for the archive in the database, under the folder `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._opened: tuple[Path, FullTextIndex] | None = None
        self._known_as_ours = False

    def view(self) -> View | None:
        """The index as it is; None when it cannot be used at the moment."""
        try:
            view = self._index().view()
        except (ValueError, OSError) as error:
            self._discard(error)
            return None
        if view.marker and not self._known_as_ours:
            self._known_as_ours = _is_of_this_archive(view.marker)
        return view if self._known_as_ours else None

    def catch_up(self) -> None:
        """Take in what was committed since; does nothing inside a transaction or while another process does it."""
        if connection.in_atomic_block:
            return
        try:
            changes.renew_after_restore()
            self._catch_up(self._index())
        except IndexBusy:
            return
        except (ValueError, OSError) as error:
            self._discard(error)

    def rebuild(self) -> None:
        """Make the index anew from the database."""
        self._remove()
        self.catch_up()

    def _catch_up(self, index: FullTextIndex) -> None:
        marker = index.view().marker
        ours = marker is not None and _is_of_this_archive(marker)
        after = marker.change if marker and ours else -1
        pending = ArchivedDocument.objects.filter(change__gt=after, change__lt=changes.settled_below())
        if ours and not pending.exists():
            return
        with index.writing() as writing:
            if not ours:
                writing.clear()
            last = None
            for last in _in_order(pending):
                writing.put(_entry(last))
            if last:
                writing.mark(Marker(last.change, last.pk, _stamp(last)))
        if not ours:
            self._remove_former()

    def _index(self) -> FullTextIndex:
        folder = self._folder()
        if self._opened is None or self._opened[0] != folder:
            self._opened = (folder, FullTextIndex(folder))
            self._known_as_ours = False
        return self._opened[1]

    def _folder(self) -> Path:
        # An index is only of use to the code, Unicode tables and library version that it was made by.
        made_by = f"{FORMAT}-{unicodedata.unidata_version}-{version('tantivy')}"
        return self._root / f"{changes.identity()}-{made_by}"

    def _discard(self, error: Exception) -> None:
        """An index that cannot be read or written is thrown away: it is a copy, and will be made anew."""
        _log.warning("search-index-discarded", error=str(error), remedy="rebuilt from the database by itself")
        self._remove()

    def _remove_former(self) -> None:
        """Remove indexes of this archive that were made by other versions; they hold hundreds of megabytes."""
        own = self._folder()
        for former in self._root.glob(f"{changes.identity()}-*"):
            if former != own:
                shutil.rmtree(former, ignore_errors=True)

    def _remove(self) -> None:
        self._opened = None
        folder = self._folder()
        if folder.is_file():
            folder.unlink()
        else:
            shutil.rmtree(folder, ignore_errors=True)


def head_texts(document: ArchivedDocument) -> list[tuple[str, str]]:
    """Title and fields as (source, text)."""
    fields = sorted(document.field_values.all(), key=lambda row: row.field)
    return [
        ("title", document.title),
        *((row.field, field_text(CustomField(row.field), row.value)) for row in fields),
    ]


def _in_order(pending: QuerySet[ArchivedDocument]) -> Iterator[ArchivedDocument]:
    ordered = pending.order_by("change", "id").prefetch_related("field_values")
    return ordered.iterator(chunk_size=_CHUNK)


def units_of(document: ArchivedDocument) -> tuple[list[str], list[str]]:
    """Units of title and fields, and of the text."""
    return searchable(*(text for _, text in head_texts(document))), searchable(document.text)


def _entry(document: ArchivedDocument) -> Entry:
    head, text = units_of(document)
    return Entry(document.pk, head, [*head, *text])


def _is_of_this_archive(marker: Marker) -> bool:
    """Whether the document that the index saw last is there: not so when an older backup was put back."""
    last = ArchivedDocument.objects.filter(pk=marker.document).first()
    return last is not None and _stamp(last) == marker.stamp and changes.newest_change() >= marker.change


def _stamp(document: ArchivedDocument) -> int:
    told = f"{document.pk}|{document.original}|{document.kind}|{document.added_at.timestamp()}"
    return int.from_bytes(blake2b(told.encode(), digest_size=7).digest())
