"""Filing a record under its case after it came in, and moving one that came in under a wrong case.

Paperless asks for no case number when a file is dropped into it, and a number is soon mistyped. What was told at
intake stays in the log; the record, its handings-in, its place in the archive and a recording's card say what holds.
Holds and the closing of a case (Art. 9) are not built yet; once they are, `_refuse` is where they say no.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.numbers import normalise
from quancheng_sidecar.archive.port import DocumentId
from quancheng_sidecar.collect.card import Card
from quancheng_sidecar.collect.corrections import done_at
from quancheng_sidecar.collect.intake import check_number, open_case
from quancheng_sidecar.collect.models import (
    Case,
    Correction,
    Intake,
    IntakeKind,
    IntakeState,
    Recording,
    WrittenDocument,
)
from quancheng_sidecar.collect.recordings import remake_card, renew_card
from quancheng_sidecar.collect.standing import CASE
from quancheng_sidecar.collect.workplace import workplace
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.store import StoredFile
from quancheng_sidecar.wiring import Parts

Record = WrittenDocument | Recording

_FILED = "收存时未写案号"


class FilingRefused(QuanchengError):
    """There is no such record, or it cannot be filed as asked; the sentence says why."""

    code = "QC-FILING-REFUSED"


def find_record(archive_id: str) -> Record:
    """The document, or the recording of the record card, of that archive id; raises `FilingRefused`."""
    for kind in (WrittenDocument, Recording):
        found = kind.objects.filter(archive_id=archive_id).select_related("original", "case").first()
        if found is not None:
            return found
    raise FilingRefused(
        zh=f"没有档案编号为“{archive_id}”的记录。请用 quancheng document list 或 quancheng recording list 查看编号。",
        en=f"No record has the archive id {archive_id!r}. See `quancheng document list` or `quancheng recording list`.",
    )


def file_under(  # noqa: PLR0913  what, where, who and why of one act
    parts: Parts, record: Record, number: str, *, by: str, why: str = "", at: datetime | None = None
) -> set[str]:
    """File a record under a case, move it to another, or with an empty number take it out of its case.

    Gives the numbers of the cases to judge again. Case, handings-in, archive, a recording's card made anew, the
    correction and the log event are written together. A record that is in a case moves only for a reason (`why`). `at`
    is when a person did so, where that was not just now.
    Raises `FilingRefused`, `CaseNumberTooLong`.
    """
    was, shall_be = record.case, _case_of(number)
    _refuse(record, shall_be, why)
    correction = Correction(
        name=CASE, was=str(was or ""), value=str(shall_be or ""), by=by, why=why or _FILED, at=at or timezone.now()
    )
    with _card_for(parts, record, shall_be, correction) as card, transaction.atomic():
        _refuse_if_moved(record, was)
        case = open_case(number)
        _refuse_twin(record, case)
        cards = renew_card(parts, record, *card) if isinstance(record, Recording) and card else {}
        record.case = case
        record.save(update_fields=["case"])
        _handed_in(record, was).update(case=case)
        parts.archive.file_under(DocumentId(record.archive_id), case.number if case else None)
        record.corrections.add(correction, bulk=False)
        change = {"was": was.number if was else "", "value": case.number if case else ""}
        log.append(
            EventType.METADATA_MODIFICATION,
            agent=by,
            subject=record.original.digest,
            detail={
                "archive_id": record.archive_id,
                "changes": {CASE: change},
                "why": correction.why,
                **cards,
                **done_at(at),
            },
        )
    return {each.number for each in (was, case) if each is not None}


def _case_of(number: str) -> Case | None:
    """The case of that number, not saved where it is new; None for an empty one."""
    check_number(number)
    if not number.strip():
        return None
    known = Case.objects.filter(number=normalise(number)).first()
    return known or Case(number=normalise(number), number_as_given=number.strip())


def _refuse(record: Record, shall_be: Case | None, why: str) -> None:
    was = record.case
    if was is None and shall_be is None:
        raise FilingRefused(zh="请写明案号。", en="Give the number of the case.")
    if was is not None and shall_be is not None and was.number == shall_be.number:
        raise FilingRefused(
            zh=f"“{record.file_name}”已在案件 {was} 中，无需更正。",
            en=f"{record.file_name!r} is in case {was} already: there is nothing to correct.",
        )
    if was is not None and not why.strip():
        noun = "recording" if isinstance(record, Recording) else "document"
        raise FilingRefused(
            zh=f"“{record.file_name}”已在案件 {was} 中。确系归错案的，请写明理由："
            f"quancheng {noun} correct {record.archive_id} --case 案号 --why 理由。",
            en=f"{record.file_name!r} is in case {was}. If that is the wrong one, give the reason: "
            f"`quancheng {noun} correct {record.archive_id} --case NUMBER --why REASON`.",
        )
    if shall_be is None or shall_be.pk:
        _refuse_twin(record, shall_be)


def _refuse_twin(record: Record, case: Case | None) -> None:
    """One original is in a case only once: the other may have been taken in there meanwhile."""
    twin = type(record).objects.filter(original=record.original, case=case).exclude(pk=record.pk).first()
    if twin is None:
        return
    if case is None:
        raise FilingRefused(
            zh=f"未归案的记录中已有同一文件（档案编号 {twin.archive_id}），不能再移出一份。",
            en=f"The same file is among the records without a case already (archive id {twin.archive_id}).",
        )
    raise FilingRefused(
        zh=f"案件 {case} 中已有同一文件（档案编号 {twin.archive_id}），不能再归入一份。"
        f'如档案编号 {record.archive_id} 是归错的，可用 --case "" 把它移出原案件。',
        en=f"Case {case} holds the same file already (archive id {twin.archive_id}). If {record.archive_id} was filed "
        'wrongly, take it out of its case with --case "".',
    )


def _refuse_if_moved(record: Record, was: Case | None) -> None:
    """Asked under the write lock: another person may have been faster while the card was drawn."""
    now = type(record).objects.select_for_update().get(pk=record.pk).case_id
    if now != (was.pk if was else None):
        raise FilingRefused(
            zh=f"“{record.file_name}”刚刚被别人改归他案，这次没有改动。请重新查看后再定。",
            en=f"{record.file_name!r} was moved by somebody else just now; nothing was changed. Look again.",
        )


def _handed_in(record: Record, was: Case | None) -> QuerySet[Intake]:
    """The handings-in that became this record; what still waits for a person stays where it was told to belong."""
    kind = IntakeKind.RECORDING if isinstance(record, Recording) else IntakeKind.DOCUMENT
    done = (IntakeState.DONE, IntakeState.DUPLICATE)
    return Intake.objects.filter(original=record.original, case=was, kind=kind, state__in=done)


@contextmanager
def _card_for(
    parts: Parts, record: Record, shall_be: Case | None, correction: Correction
) -> Iterator[tuple[Card, StoredFile] | None]:
    """A recording's card as it shall be, drawn before anything is written: signing may wait for a time stamp."""
    if not isinstance(record, Recording):
        yield None
        return
    with workplace(parts.workdir / f"card-{record.archive_id}") as work:
        if work is None:
            raise FilingRefused(
                zh=f"“{record.file_name}”正在归案或更新登记卡，请稍候再试。",
                en=f"{record.file_name!r} is being filed, or its card made anew; retry soon.",
            )
        filed = Recording.objects.select_related("original").get(pk=record.pk)
        filed.case = shall_be
        card = remake_card(parts, filed, [*record.corrections.all(), correction], work)
        yield card, parts.store.put(card.path)
