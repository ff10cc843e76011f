"""The outbox: what happened in Paperless is written here, in the transaction in which it happens, and sent later."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from quancheng_plugin.host.acting import Actor, actor
from quancheng_plugin.host.models import Event

Kind = Event.Kind


def write(kind: Event.Kind, document: int, *, by: Actor | None = None, detail: Mapping[str, Any] | None = None) -> None:
    """Write one event of the document, by whoever acts now unless told, and have it sent after the commit.

    Raises what the database raises: callers inside an act of Paperless wrap it in `harmless`.
    """
    who = by or actor()
    Event.objects.create(
        kind=kind,
        document=document,
        user_id=who.id if who else None,
        user_name=who.name if who else "",
        detail=dict(detail or {}),
    )
    transaction.on_commit(_send_soon, robust=True)


def _send_soon() -> None:
    from quancheng_plugin.host.tasks import send  # noqa: PLC0415 - tasks need the outbox

    # A broker that is down must not make a page wait: without a policy, Celery tries for 6 s even where told not to
    # try again (measured). The regular round sends what is left.
    send.apply_async(countdown=1, retry=True, retry_policy={"max_retries": 1, "interval_start": 0})
