"""The built-in archive: the port over Django's tables."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.db.models import Q, QuerySet

from quancheng_sidecar.archive.embedded import changes, permitting
from quancheng_sidecar.archive.embedded.following import IndexFollower, head_texts
from quancheng_sidecar.archive.embedded.models import ArchivedDocument, DocumentField, DocumentLink
from quancheng_sidecar.archive.embedded.search import find
from quancheng_sidecar.archive.errors import DocumentNotFound
from quancheng_sidecar.archive.fields import CustomField, FieldType, FieldValue, checked_fields
from quancheng_sidecar.archive.folding import fold
from quancheng_sidecar.archive.permissions import Permissions, common
from quancheng_sidecar.archive.port import (
    BlobReader,
    Digest,
    Document,
    DocumentId,
    DocumentKind,
    Hit,
    NewDocument,
    SearchPage,
)
from quancheng_sidecar.archive.query import Term, parse
from quancheng_sidecar.archive.snippets import snippet
from quancheng_sidecar.archive.spellings import respell
from quancheng_sidecar.archive.units import folded_units
from quancheng_sidecar.settings import settings

LIMIT_MAX = 200
"""Most hits on one page."""

_CASE_KEY_MAX = 200


class EmbeddedArchive:
    """`Archive` in the product's own database, with bytes from `blobs` and the search index under `index`."""

    def __init__(self, blobs: BlobReader, *, index: Path | None = None) -> None:
        self._blobs = blobs
        self._follower = IndexFollower(index or settings().home / "index")

    def add(self, new: NewDocument) -> DocumentId:
        """See `Archive.add`."""
        with transaction.atomic():
            row, is_new = ArchivedDocument.objects.get_or_create(
                original=new.original,
                kind=new.kind.value,
                case_key=_case_key(new.case or ""),
                defaults={
                    "title": _storable(new.title),
                    "archive_file": new.archive_file,
                    "mime_type": new.mime_type,
                    "text": _storable(new.text),
                    "created": new.created,
                    "case": _storable(new.case or ""),
                    "page_count": new.page_count,
                    "change": changes.next_change(),
                },
            )
            if is_new:
                case = {CustomField.CASE_NUMBER: new.case} if new.case else {}
                _set_fields(row, {**new.fields, **case})
                self._index_after_commit()
                self._changed(row.pk)
        return DocumentId(str(row.pk))

    def get(self, document: DocumentId) -> Document:
        """See `Archive.get`."""
        return _document(_row(document))

    def open(self, document: DocumentId, *, original: bool = False) -> BinaryIO:
        """See `Archive.open`."""
        row = _row(document)
        return self._blobs.open(row.original if original else row.archive_file)

    def find_by_original(self, digest: str) -> list[Document]:
        """See `Archive.find_by_original`."""
        return _documents(ArchivedDocument.objects.filter(original=digest))

    def find_by_field(self, field: CustomField, value: FieldValue) -> list[Document]:
        """See `Archive.find_by_field`."""
        holds = DocumentField.objects.filter(field=field.value, value_key=_value_key(_to_json(value)))
        return _documents(ArchivedDocument.objects.filter(pk__in=holds.values("document")))

    def of_case(self, case: str) -> list[Document]:
        """See `Archive.of_case`."""
        key = _case_key(case)
        return _documents(ArchivedDocument.objects.filter(case_key=key)) if key else []

    def file_under(self, document: DocumentId, case: str | None) -> None:
        """See `Archive.file_under`."""
        with transaction.atomic():
            row = _row(document)
            key = _case_key(case or "")
            alike = ArchivedDocument.objects.filter(original=row.original, kind=row.kind, case_key=key)
            if alike.exclude(pk=row.pk).exists():
                raise ValueError("该案件中已有同一原件的文件。")
            beside = permitting.followers(row)
            row.case, row.case_key = _storable(case or ""), key
            if case:
                _set_fields(row, {CustomField.CASE_NUMBER: case})
            else:
                row.field_values.filter(field=CustomField.CASE_NUMBER.value).delete()
            self._save(row, "case", "case_key")
            if row.permissions is not None:
                self._changed(*beside | permitting.followers(row))

    def renew(self, document: DocumentId, *, archive_file: Digest, text: str, page_count: int) -> None:
        """See `Archive.renew`."""
        with transaction.atomic():
            row = _row(document)
            row.archive_file, row.text, row.page_count = archive_file, _storable(text), page_count
            self._save(row, "archive_file", "text", "page_count")

    def merge_fields(self, document: DocumentId, fields: Mapping[CustomField, FieldValue | None]) -> None:
        """See `Archive.merge_fields`."""
        kept = {field: value for field, value in fields.items() if value is not None}
        checked_fields(kept)
        if CustomField.CASE_NUMBER in fields:
            raise ValueError("案号不能作为字段修改，应使用归案操作。")
        with transaction.atomic():
            row = _row(document)
            gone, _ = row.field_values.filter(field__in=[field.value for field in fields.keys() - kept.keys()]).delete()
            if _set_fields(row, kept) or gone:
                ArchivedDocument.objects.filter(pk=row.pk).update(change=changes.next_change())
                self._index_after_commit()
                self._changed(row.pk)

    def link(self, field: CustomField, a: DocumentId, b: DocumentId) -> None:
        """See `Archive.link`."""
        if field.type is not FieldType.DOCUMENT_LINK:
            raise ValueError(f"字段“{field.zh}”不是关联字段。")
        with transaction.atomic():
            older, newer = sorted((_row(a).pk, _row(b).pk))
            if older == newer:
                raise ValueError("文件不能与自身关联。")
            _, is_new = DocumentLink.objects.get_or_create(field=field.value, older_id=older, newer_id=newer)
            if is_new:
                self._changed(older, newer)

    def unlink(self, field: CustomField, a: DocumentId, b: DocumentId) -> None:
        """See `Archive.unlink`."""
        with transaction.atomic():
            older, newer = sorted((_row(a).pk, _row(b).pk))
            gone, _ = DocumentLink.objects.filter(field=field.value, older_id=older, newer_id=newer).delete()
            if gone:
                self._changed(older, newer)

    def links(self, document: DocumentId) -> Mapping[CustomField, tuple[DocumentId, ...]]:
        """See `Archive.links`."""
        own = _row(document).pk
        found: dict[CustomField, list[int]] = {}
        for link in DocumentLink.objects.filter(Q(older=own) | Q(newer=own)):
            other = link.newer_id if link.older_id == own else link.older_id
            found.setdefault(CustomField(link.field), []).append(other)
        return {field: tuple(DocumentId(str(each)) for each in sorted(others)) for field, others in found.items()}

    def permissions(self, document: DocumentId) -> Permissions:
        """See `Archive.permissions`."""
        row = _row(document)
        return permitting.said_of(row) or common(self._governing(row))

    def permit(self, document: DocumentId, permissions: Permissions | None) -> None:
        """See `Archive.permit`."""
        with transaction.atomic():
            row = _row(document)
            row.permissions = permissions.model_dump(mode="json") if permissions else None
            row.save(update_fields=["permissions"])
            self._changed(row.pk, *permitting.followers(row))

    def search(self, query: str, *, limit: int = 20, offset: int = 0) -> SearchPage:
        """See `Archive.search`."""
        terms = parse(query)
        if not terms:
            return SearchPage(total=0, hits=())
        found = find(self._follower, terms, limit=min(max(limit, 1), LIMIT_MAX), offset=max(offset, 0))
        rows = ArchivedDocument.objects.prefetch_related("field_values").in_bulk(found.ids)
        hits = [_hit(rows[each], terms) for each in found.ids if each in rows]
        return SearchPage(total=found.total, hits=tuple(hits))

    def update_index(self) -> None:
        """See `Archive.update_index`."""
        self._follower.catch_up()

    def rebuild_index(self) -> None:
        """Make the search index anew from the database; searches go on meanwhile."""
        self._follower.rebuild()

    def _governing(self, row: ArchivedDocument) -> list[Permissions]:
        """What narrows a document of which nothing was said itself."""
        return permitting.of_its_forms(row)

    def _save(self, row: ArchivedDocument, *columns: str) -> None:
        """Write columns of a document as a change that the index follows; inside the caller's transaction."""
        row.change = changes.next_change()
        row.save(update_fields=[*columns, "change"])
        self._index_after_commit()
        self._changed(row.pk)

    def _changed(self, *documents: int) -> None:
        """Called in the transaction of every write that changed something; another archive may have to be told."""

    def _index_after_commit(self) -> None:
        # Robust: the act is committed by then, and an index left behind catches up with the next search.
        transaction.on_commit(self._follower.catch_up, robust=True)


def _row(document: DocumentId) -> ArchivedDocument:
    # Ids are opaque text: one that is no number of ours is a document that does not exist.
    row = None
    if document.isascii() and document.isdecimal() and len(document) < len(str(2**63)):
        row = ArchivedDocument.objects.prefetch_related("field_values").filter(pk=int(document)).first()
    if row is None:
        raise DocumentNotFound(
            zh=f"档案中没有编号为 {document} 的文件。",
            en=f"The archive has no document with the id {document}.",
        )
    return row


def _documents(rows: QuerySet[ArchivedDocument]) -> list[Document]:
    return [_document(row) for row in rows.order_by("pk").prefetch_related("field_values")]


def _document(row: ArchivedDocument) -> Document:
    return Document(
        id=DocumentId(str(row.pk)),
        title=row.title,
        kind=DocumentKind(row.kind),
        original=row.original,
        archive_file=row.archive_file,
        mime_type=row.mime_type,
        text=row.text,
        created=row.created,
        fields=_fields(row.field_values.all()),
        case=row.case or None,
        page_count=row.page_count,
        added_at=row.added_at,
    )


def _hit(row: ArchivedDocument, terms: Sequence[Term]) -> Hit:
    return Hit(
        id=DocumentId(str(row.pk)),
        title=row.title,
        kind=DocumentKind(row.kind),
        case=row.case or None,
        created=row.created,
        snippet=snippet(terms, [("text", row.text), *head_texts(row)]),
        fields=_fields(row.field_values.all()),
    )


def _fields(rows: Iterable[DocumentField]) -> dict[CustomField, FieldValue]:
    typed = {CustomField(row.field): row.value for row in rows}
    return {
        field: date.fromisoformat(value) if field.type is FieldType.DATE else value for field, value in typed.items()
    }


def _set_fields(row: ArchivedDocument, fields: Mapping[CustomField, FieldValue]) -> bool:
    """Set the fields; whether that changed anything."""
    held = {each.field: each.value_key for each in row.field_values.all()}
    changed = False
    for field, value in fields.items():
        stored = _to_json(value)
        key = _value_key(stored)
        if held.get(field.value) != key:
            DocumentField.objects.update_or_create(
                document=row, field=field.value, defaults={"value": stored, "value_key": key}
            )
            changed = True
    return changed


def _to_json(value: FieldValue) -> bool | float | str:
    if isinstance(value, str):
        return _storable(value)
    return value.isoformat() if isinstance(value, date) else value


def _value_key(stored: bool | float | str) -> str:  # noqa: FBT001  one of the values that a field can hold
    return blake2b(json.dumps(stored, ensure_ascii=False).encode(), digest_size=32).hexdigest()


def _case_key(case: str) -> str:
    folded = fold(case)
    respelled = respell(folded)
    key = "".join(folded_units(respelled.text if respelled else folded))
    return key if len(key) <= _CASE_KEY_MAX else blake2b(key.encode(), digest_size=32).hexdigest()


def _storable(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and with a sign in place of halves of characters, which are no text."""
    return text.replace("\0", "").encode(errors="replace").decode()
