"""What is done with contents of the store: registering, storing, and setting store and database right after a crash."""

from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.models import StoredObject
from quancheng_sidecar.preserve.store import ContentStore, StoredFile


class Reconciliation(BaseModel):
    """How store and database differed: `swept` half-written files removed, `orphans` contents that no row named,
    `adopted` those of them that got a row, `damaged` those whose bytes are not their digest's, `missing` rows
    without content.
    """

    model_config = ConfigDict(frozen=True)

    swept: int
    orphans: tuple[str, ...]
    adopted: tuple[str, ...]
    damaged: tuple[str, ...]
    missing: tuple[str, ...]


def register(stored: StoredFile, *, media_type: str = "") -> StoredObject:
    """The row of a stored content, made when there is none. Call it inside the transaction of the act."""
    known, created = StoredObject.objects.get_or_create(
        sha256=stored.digest.sha256,
        defaults={
            "sm3": stored.digest.sm3,
            "size": stored.digest.size,
            "media_type": media_type,
            "stored_at": timezone.now(),
        },
    )
    if not created and known.sm3 is None and stored.digest.sm3 is not None:
        known.sm3 = stored.digest.sm3
        known.save(update_fields=["sm3"])
    return known


def store_file(  # noqa: PLR0913  who, what and the file itself are all told by the caller
    store: ContentStore,
    source: Path | BinaryIO,
    *,
    agent: str,
    subject: str | None = None,
    media_type: str = "",
    move: bool = False,
) -> StoredObject:
    """Store, register and log the ingestion; `subject` is the digest unless told otherwise.

    A content that is already held is not stored again, but its ingestion is logged with outcome `duplicate`. With
    `move` the source goes only after all of that is durable.
    """
    stored = store.put(source)
    with transaction.atomic():
        kept = register(stored, media_type=media_type)
        log.append(
            EventType.INGESTION,
            agent=agent,
            subject=subject or kept.digest,
            outcome="success" if stored.created else "duplicate",
            detail={"sha256": kept.sha256, "sm3": kept.sm3, "size": kept.size},
        )
    if move and isinstance(source, Path):
        source.unlink(missing_ok=True)
    return kept


def reconcile(store: ContentStore, *, agent: str) -> Reconciliation:
    """Set store and database right after kills and power cuts; safe to run at any time, also while others work.

    A content without a row (its writer died between storing and committing) is read again; when it still has its
    digest it gets a row and a `recovery` event, so that nothing in the store is without custody. Rows without
    content are only listed: bringing those back is a restore from backup.
    """
    swept = store.sweep()
    # Rows first: a content is in its place before its row is, so a row without content is really missing it.
    rows = set(StoredObject.objects.values_list("sha256", flat=True))
    held = set(store.digests())
    orphans = sorted(held - rows)
    adopted = [digest for digest in orphans if _adopt(store, digest, agent)]
    named = set(StoredObject.objects.filter(sha256__in=orphans).values_list("sha256", flat=True))
    return Reconciliation(
        swept=len(swept),
        orphans=tuple(orphans),
        adopted=tuple(adopted),
        damaged=tuple(digest for digest in orphans if digest not in named),
        missing=tuple(sorted(rows - held)),
    )


def _adopt(store: ContentStore, digest: str, agent: str) -> bool:
    found = store.measure(digest)
    return found.sha256 == digest and adopt(StoredFile(found, store.path(digest), created=True), agent=agent)


def adopt(stored: StoredFile, *, agent: str) -> bool:
    """Give a stored content that no row names a row and a `recovery` event; False where it has one.

    Its writer was killed, or what it was stored for did not take place.
    """
    found = stored.digest
    with transaction.atomic():
        if StoredObject.objects.filter(sha256=found.sha256).exists():  # its writer was only slower than we
            return False
        register(stored)
        log.append(
            EventType.RECOVERY,
            agent=agent,
            subject=found.sha256,
            outcome="adopted",
            detail={"sha256": found.sha256, "sm3": found.sm3, "size": found.size},
        )
    return True
