"""New versions that people add to a document in Paperless: what it shows from then on is another file than ours.

Nothing may be deleted there, but a newer file may be laid over a kept one. The custody log says who did so and when.
"""

from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone

from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.models import Notice
from quancheng_sidecar.archive.paperless.remote import Remote
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.models import StoredObject

ADDED = "version-added"


def note_versions(session: Paperless, remote: Remote, subject: str) -> None:
    """Log each version there of which no bytes are here, once; `subject` is what the document is known by here.

    The sidecar's own versions, cards drawn anew, and the original are in the store.
    """
    if len(remote.versions) <= 1:
        return
    known = set(
        StoredObject.objects.filter(sha256__in=[f"sha256:{each}" for each in remote.versions]).values_list(
            "sha256", flat=True
        )
    )
    for version in sorted(remote.versions):
        if f"sha256:{version}" not in known:
            _note(session, remote.id, version, subject)


def _note(session: Paperless, remote_id: int, version: str, subject: str) -> None:
    identifier = uuid5(NAMESPACE_URL, f"paperless:{remote_id}:{version}")
    if Notice.objects.filter(id=identifier).exists():
        return
    editor, now = session.version_adder(remote_id), timezone.now()
    who, at = (editor.name, editor.at) if editor else ("", now)
    with transaction.atomic():
        Notice.objects.create(id=identifier, type=ADDED, remote_id=remote_id, at=at, who=who, looked_at=now)
        log.append(
            EventType.ACCESSION,
            agent=who or "unknown",
            subject=subject,
            outcome="success",
            detail={"act": ADDED, "paperless": remote_id, "version": f"sha256:{version}", "acted_at": at.isoformat()},
        )
