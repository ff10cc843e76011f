"""Fixity 固定性核查: whether every content of the store still is what was registered and logged (Art. 9).

The custody log vouches for itself (`verification`); this round holds the rest against it: the bytes in the store and
the rows that name them.
"""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

from django.db import transaction
from django.db.models import Sum
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.models import CustodyEvent, StoredObject
from quancheng_sidecar.preserve.store import ContentStore, ObjectMissing

_NAMED = re.compile(r"sha256:[0-9a-f]{64}")


class FaultOfContent(StrEnum):
    """What can be wrong with one content."""

    ALTERED = "altered"
    """Its bytes are not those of its digest."""
    MISSING = "missing"
    """A row names it, the store does not hold it."""
    UNREADABLE = "unreadable"
    """The medium does not give its bytes."""
    UNLOGGED = "unlogged"
    """No event of the custody log names it: its row was not written by this program."""
    UNREGISTERED = "unregistered"
    """It stands in the store and no row names it: a writer is at work or was killed, or someone put it there."""


_WORDS = {
    FaultOfContent.ALTERED: ("字节与摘要不符，已被改动或损坏，请从备份恢复", "its bytes no longer have its digest"),
    FaultOfContent.MISSING: ("登记在册而存储库中没有，请从备份恢复", "it is registered but not in the store"),
    FaultOfContent.UNREADABLE: ("存储介质读不出，请检查磁盘并从备份恢复", "the medium does not give its bytes"),
    FaultOfContent.UNLOGGED: ("登记在册而保管日志中没有任何记录提到它", "no event of the custody log names it"),
    FaultOfContent.UNREGISTERED: (
        "在存储库中而没有登记；运行 quancheng up 会重新登记完好的",
        "it is in the store without a row; `quancheng up` registers it when it is sound",
    ),
}


class ContentFault(BaseModel):
    """One content that is not as it should be."""

    model_config = ConfigDict(frozen=True)

    digest: str
    code: FaultOfContent
    sentence: Sentence


class FixityReport(BaseModel):
    """`contents` were read again, `bytes` in all. `ok` when nothing is wrong; faults in the order of their digests."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    contents: int
    bytes: int
    faults: tuple[ContentFault, ...]
    sentence: Sentence


def size_of_round() -> int:
    """How many bytes a round reads."""
    return StoredObject.objects.aggregate(total=Sum("size"))["total"] or 0


def fixity_round(store: ContentStore, *, agent: str, progress: Callable[[int], None] = lambda _: None) -> FixityReport:
    """Read every content of the store again, past the cache, and enter the outcome in the custody log.

    `progress` is told the bytes read so far. Nothing is changed: what is wrong is for a person to restore.
    """
    rows = list(StoredObject.objects.order_by("sha256").values_list("sha256", "size"))
    logged = _logged()
    faults, read = [], 0
    for digest, size in rows:
        faults += [_fault(digest, code) for code in _wrong_with(store, digest, logged=digest in logged)]
        read += size
        progress(read)
    held = set(store.digests())
    # Asked after the store, since a content is in its place before its row is.
    named = set(StoredObject.objects.values_list("sha256", flat=True))
    faults += [_fault(digest, FaultOfContent.UNREGISTERED) for digest in sorted(held - named)]
    report = _report(len(rows), read, faults)
    _enter(report, agent)
    return report


def _logged() -> set[str]:
    """Every digest that an event names, as its subject or in its detail."""
    events: Iterable[str] = CustodyEvent.objects.values_list("canonical", flat=True).iterator(chunk_size=5000)
    return {digest for canonical in events for digest in _NAMED.findall(canonical)}


def _wrong_with(store: ContentStore, digest: str, *, logged: bool) -> list[FaultOfContent]:
    found = [] if logged else [FaultOfContent.UNLOGGED]
    try:
        sound = store.verify(digest)
    except ObjectMissing:
        return [*found, FaultOfContent.MISSING]
    except OSError:
        return [*found, FaultOfContent.UNREADABLE]
    return found if sound else [*found, FaultOfContent.ALTERED]


def _fault(digest: str, code: FaultOfContent) -> ContentFault:
    zh, en = _WORDS[code]
    return ContentFault(digest=digest, code=code, sentence=Sentence(zh=f"{digest}：{zh}。", en=f"{digest}: {en}."))


def _report(contents: int, read: int, faults: list[ContentFault]) -> FixityReport:
    wrong_zh = f"{len(faults)} 处不符" if faults else "全部与摘要、登记和保管日志相符"
    wrong_en = f"{len(faults)} faults" if faults else "all have their digest, their row and their event"
    return FixityReport(
        ok=not faults,
        contents=contents,
        bytes=read,
        faults=tuple(faults),
        sentence=Sentence(
            zh=f"重新读取 {contents} 个原件和衍生件，共 {read / 1e6:.1f} MB：{wrong_zh}。",
            en=f"{contents} contents were read again, {read / 1e6:.1f} MB: {wrong_en}.",
        ),
    )


def _enter(report: FixityReport, agent: str) -> None:
    """One event for the round, and one for each content that is not as it should be."""
    with transaction.atomic():
        told = {"contents": report.contents, "bytes": report.bytes, "faults": len(report.faults)}
        outcome = "success" if report.ok else "failure"
        log.append(EventType.FIXITY_CHECK, agent=agent, subject="store", outcome=outcome, detail=told)
        for fault in report.faults:
            if fault.code is not FaultOfContent.UNLOGGED:  # naming it in the log would make it look logged
                log.append(EventType.FIXITY_CHECK, agent=agent, subject=fault.digest, outcome=fault.code)
