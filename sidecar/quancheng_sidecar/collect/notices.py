"""Notices from Paperless: each is kept once by its id; acts of people enter the custody log with it (Art. 10-12)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from quancheng_sidecar.archive.paperless.models import Cursor, Notice, Twin
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log

_ACTS = {
    "viewed": EventType.DISSEMINATION,
    "previewed": EventType.DISSEMINATION,
    "downloaded": EventType.DISSEMINATION,
    "trashed": EventType.DELETION,
    "deleted": EventType.DELETION,
    "restored": EventType.RECOVERY,
    "deletion-refused": EventType.DELETION,
}
_LOOKS = {"viewed", "previewed", "downloaded"}
ASKING = ("consumed", "changed", "restored")
"""Kinds that ask for a look at the document."""


def take(  # noqa: PLR0913  the parts of one event
    identifier: UUID, kind: str, remote_id: int, *, at: datetime, who: str, detail: Mapping[str, Any]
) -> bool:
    """Keep an event, and log what a person did; one that is known already changes nothing, however late it comes.

    Gives whether it asks for a look at once. The echo of what the product itself changed there can wait for its turn.

    What the product itself looks at there, by its token, is no person's act and is not kept.
    """
    is_own = Cursor.objects.filter(account=who).exclude(account="").exists()
    if kind in _LOOKS and detail.get("token") and is_own:
        return False
    with transaction.atomic():
        _, is_new = Notice.objects.get_or_create(
            id=identifier,
            defaults={"type": kind, "remote_id": remote_id, "at": at, "who": who, "detail": dict(detail)},
        )
        if not is_new or kind not in _ACTS:
            return is_new and kind in ASKING and not is_own
        twin = Twin.objects.filter(remote_id=remote_id).select_related("document").first()
        log.append(
            _ACTS[kind],
            agent=who or "unknown",
            subject=twin.document.original if twin else f"paperless:{remote_id}",
            outcome="refused" if kind == "deletion-refused" else "success",
            detail={"act": kind, "paperless": remote_id, "event": str(identifier), "acted_at": at.isoformat()},
        )
    return kind in ASKING
