"""The port to the document management system: what an archive of documents and record cards can do.

Two adapters carry it: `archive.embedded` for one machine, `archive.paperless` beside Paperless-ngx. Every promise
made here is held by one contract test suite that runs over both.

A newer version of a document is its archive file made anew (`Archive.renew`): the original stays, and beside
Paperless-ngx the former file stays there as an earlier version. Tasks are no part of the port: an archive that takes
its time answers at once all the same, and what is under way there is the adapter's own (`archive.paperless.models.Twin`
holds the task of an upload by its UUID and is asked about by `collect.paperless.waiting`).
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, BinaryIO, NewType, Protocol, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from quancheng_sidecar.archive.fields import CustomField, FieldValue, checked_fields
from quancheng_sidecar.archive.permissions import Permissions

DocumentId = NewType("DocumentId", str)
"""Opaque; the adapter alone knows what is inside. At most 64 characters."""

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
"""`sha256:` and 64 hex digits: names one content of the store of originals."""

TITLE_MAX = 128
"""Longest title that Paperless-ngx takes, in characters."""

CASE_MAX = 128
"""Longest case number (a Paperless custom field of type string)."""


class DocumentKind(StrEnum):
    """What a document of the archive is."""

    FORM = "form"  # 文书: a written document that was scanned or received (Art. 3)
    RECORD_CARD = "record-card"  # 声像资料登记卡: stands for one recording
    REPORT = "report"  # 报告: what the product itself found and signed, such as a verdict

    @property
    def zh(self) -> str:
        """The kind as clerks say it."""
        return {"form": "文书", "record-card": "声像资料登记卡", "report": "报告"}[self.value]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class NewDocument(_Value):
    """A document to be archived.

    `original` names the bytes as they came in, `archive_file` the signed PDF/A (the same digest where the
    original is itself the archive file). `case` is the case number as given; it is also readable as the
    custom field `CustomField.CASE_NUMBER`. `created` is the date of the document, not of its intake.
    `fields` hold typed values (see `archive.fields`); links between documents are made with `Archive.link`.
    """

    title: Annotated[str, Field(min_length=1, max_length=TITLE_MAX)]
    kind: DocumentKind
    original: Digest
    archive_file: Digest
    mime_type: Annotated[str, Field(pattern=r"^[\w.+-]+/[\w.+-]+$", max_length=128)]
    text: str = ""
    created: date | None = None
    fields: Mapping[CustomField, FieldValue] = {}
    case: Annotated[str, Field(min_length=1, max_length=CASE_MAX)] | None = None
    page_count: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _fields_fit_their_types(self) -> Self:
        checked_fields(self.fields)
        if self.fields.get(CustomField.CASE_NUMBER, self.case) != self.case:
            msg = "案号以 case 给出，与字段中的案号不一致。"
            raise ValueError(msg)
        return self


class Document(NewDocument):
    """A document as the archive holds it; `fields` name the case number too, but no links."""

    id: DocumentId
    added_at: AwareDatetime


class Snippet(_Value):
    """A piece of what matched. `marks` are (start, end) in characters of `text`, ascending, end exclusive.

    `source` is `title`, `text` or the code of the custom field that matched.
    """

    source: str
    text: str
    marks: tuple[tuple[int, int], ...]


class Hit(_Value):
    """One document that a search found."""

    id: DocumentId
    title: str
    kind: DocumentKind
    case: str | None
    created: date | None
    snippet: Snippet
    fields: Mapping[CustomField, FieldValue]


class SearchPage(_Value):
    """One page of hits; `total` counts all documents found, not only those on this page."""

    total: int
    hits: tuple[Hit, ...]


class BlobReader(Protocol):
    """Where an adapter gets bytes from: the store of originals, without knowing it."""

    def open(self, digest: str) -> BinaryIO:
        """Give the bytes of `digest` (`sha256:…`) for reading, from their start."""
        ...


class Archive(Protocol):
    """What every archive does. All writes take part in the caller's transaction where the adapter has one."""

    def add(self, new: NewDocument) -> DocumentId:
        """Archive a document and give its id.

        Safe to run twice: a document of the same original, kind and case (variants of a number's writing are one
        case) is there only once. Adding it again gives the id of the first and changes nothing, so after `add`
        the archive file that counts is that of `get`.
        """
        ...

    def get(self, document: DocumentId) -> Document:
        """Give the document; raises `DocumentNotFound`."""
        ...

    def open(self, document: DocumentId, *, original: bool = False) -> BinaryIO:
        """Give the bytes of the archive file, or of the original; raises `DocumentNotFound`."""
        ...

    def find_by_original(self, digest: str) -> list[Document]:
        """All documents made from these bytes, oldest first."""
        ...

    def find_by_field(self, field: CustomField, value: FieldValue) -> list[Document]:
        """All documents whose field holds exactly this value, oldest first."""
        ...

    def of_case(self, case: str) -> list[Document]:
        """All documents of a case, oldest first, however its number is written (brackets, width, 第, zeros)."""
        ...

    def file_under(self, document: DocumentId, case: str | None) -> None:
        """Give a document its case, another one, or with None no case any more.

        Raises `DocumentNotFound`, or ValueError when a document of the same original and kind is in that case.
        """
        ...

    def renew(self, document: DocumentId, *, archive_file: Digest, text: str, page_count: int) -> None:
        """Put a newly made archive file and its text in the place of the former; the original stays what it was.

        Raises `DocumentNotFound`.
        """
        ...

    def merge_fields(self, document: DocumentId, fields: Mapping[CustomField, FieldValue | None]) -> None:
        """Set these fields, take away those given as None, and leave all others as they are.

        Raises `DocumentNotFound`, or ValueError for a value that does not fit its field's type, for a link field
        (see `link`) and for the case number (see `file_under`).
        """
        ...

    def link(self, field: CustomField, a: DocumentId, b: DocumentId) -> None:
        """Link two documents by a link field: each then names the other. Linking twice changes nothing.

        Raises `DocumentNotFound`, or ValueError when the field is no link field or a document is linked to itself.
        """
        ...

    def unlink(self, field: CustomField, a: DocumentId, b: DocumentId) -> None:
        """Take a link away, from both documents; where there is none, nothing changes."""
        ...

    def links(self, document: DocumentId) -> Mapping[CustomField, tuple[DocumentId, ...]]:
        """What the document is linked to, by field, oldest document first; raises `DocumentNotFound`."""
        ...

    def permissions(self, document: DocumentId) -> Permissions:
        """Who may see the document and who may change it; raises `DocumentNotFound`.

        A record card of which nothing else was said (`permit`) follows what it records: it is for those alone who may
        see each form that it is linked with by `CustomField.RECORDINGS`, or each form of its case where it is
        linked with none. All others are for everyone. The built-in archive keeps and tells it, and has nobody to hold
        to it: whoever has an account on the machine sees all. Beside Paperless-ngx, that holds people to it.
        """
        ...

    def permit(self, document: DocumentId, permissions: Permissions | None) -> None:
        """Say who may see the document and who may change it; None takes back what was said.

        Raises `DocumentNotFound`.
        """
        ...

    def update_index(self) -> None:
        """Bring the search index up to date, where the archive keeps one here, so that no search has to wait for it."""
        ...

    def search(self, query: str, *, limit: int = 20, offset: int = 0) -> SearchPage:
        """Find documents by any piece of title, text or fields; rules in docs/reference/search.md.

        Never fails for what stands in `query`: what finds nothing gives an empty page. `limit` is 1..200,
        `offset` ≥ 0; values beyond are brought back to these bounds.
        """
        ...


def fit_title(text: str) -> str:
    """Shorten a title to `TITLE_MAX` characters, showing with `…` that something was left out."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= TITLE_MAX else one_line[: TITLE_MAX - 1] + "…"
