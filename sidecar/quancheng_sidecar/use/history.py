"""What was done with a record, by whom and when, as the custody log has it (Art. 9, 10, 12)."""

import re
from collections.abc import Collection
from pathlib import Path

from django.db.models import Q

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.archive.errors import DocumentNotFound
from quancheng_sidecar.archive.port import DocumentId
from quancheng_sidecar.collect.filing import FilingRefused, Record, find_record
from quancheng_sidecar.collect.models import Case, Intake, Recording, WrittenDocument
from quancheng_sidecar.core.event import Event, read_event
from quancheng_sidecar.media.digest import digest_file
from quancheng_sidecar.preserve.models import CustodyEvent
from quancheng_sidecar.use.services import CaseUnknown, find_case
from quancheng_sidecar.wiring import Parts

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


class SubjectUnknown(QuanchengError):
    """Nothing in the log is named so."""

    code = "QC-LOG-SUBJECT"


def history(subjects: Collection[str] | None = None, *, newest: int | None = None) -> list[Event]:
    """Acts on any of `subjects` (digests; on anything when None), oldest first; only the `newest` when given.

    Read from the events' own bytes; that these are what was written, `preserve.log.verify` tells. Raises `NotAnEvent`.
    """
    rows = CustodyEvent.objects.order_by("-seq")
    if subjects is not None:
        rows = rows.filter(subject__in=subjects)
    return [read_event(row.canonical) for row in reversed(rows[:newest])]


def subjects_of(parts: Parts, named: str) -> set[str]:
    """Digests under which the log has what a person names: a file on this machine, a digest, an archive id, a case.

    A recording goes with its card, a document with its signed copy. Raises `SubjectUnknown`.
    """
    if digest := _digest_of(named):
        return _with_record({digest}, parts)
    try:
        return _of_record(parts, find_record(named))
    except FilingRefused:
        pass
    try:
        case = find_case(named)
    except CaseUnknown as error:
        raise SubjectUnknown(
            zh=f"保管日志中没有“{named}”。请给出档案编号、案号、SHA-256 摘要，或本机上的一个文件。",
            en=f"The custody log has nothing named {named!r}. Give an archive id, a case, a SHA-256 digest or a file.",
        ) from error
    return subjects_of_case(parts, case)


def subjects_of_case(parts: Parts, case: Case) -> set[str]:
    """Digests under which the log has what a case holds, what awaits a person included."""
    of_case = set(Intake.objects.filter(case=case).values_list("original", flat=True))
    records: list[Record] = [*WrittenDocument.objects.filter(case=case), *Recording.objects.filter(case=case)]
    return of_case.union(*(_of_record(parts, record) for record in records))


def _digest_of(named: str) -> str | None:
    if told := _DIGEST.fullmatch(named.strip()):
        return f"sha256:{told[1].lower()}"
    path = Path(named)
    return digest_file(path, sm3=False).sha256 if path.is_file() else None


def _with_record(digests: set[str], parts: Parts) -> set[str]:
    """The digests, with all that belongs to a record of one of them."""
    documents = WrittenDocument.objects.filter(Q(original__in=digests) | Q(archive_file__in=digests))
    recordings = Recording.objects.filter(Q(original__in=digests) | Q(card_file__in=digests))
    records: list[Record] = [*documents, *recordings]
    return digests.union(*(_of_record(parts, record) for record in records))


def _of_record(parts: Parts, record: Record) -> set[str]:
    own = {record.original.digest, (record.card_file if isinstance(record, Recording) else record.archive_file).digest}
    try:
        # The archive names a card by the first that was drawn, under which Paperless' notices are entered too.
        return own | {parts.archive.get(DocumentId(record.archive_id)).original}
    except DocumentNotFound:
        return own
