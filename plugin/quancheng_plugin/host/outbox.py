"""The outbox: what happened in Paperless is written here, in the transaction in which it happens, and sent later."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from django.db import connections, transaction

from quancheng_plugin.host.acting import Actor, actor, current
from quancheng_plugin.host.delivery import Sidecar
from quancheng_plugin.host.harmless import harmless
from quancheng_plugin.host.models import Event
from quancheng_plugin.host.sending import send_all, sidecar_of
from quancheng_plugin.settings import PluginSettings

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


# Held from the moment a thread is about to look until it looks: whatever is written meanwhile, it will see.
_about_to_look = threading.Lock()
_GATHER_S = 0.3


def _send_soon() -> None:
    """Send without a task of Paperless' worker: each costs it up to five seconds of standing still (measured).

    A page must not wait for the sidecar, so there a thread sends; a worker's process ends with its task and sends
    before it does. What is not delivered is sent by the regular round.
    """
    sidecar = sidecar_of(PluginSettings())
    if sidecar is None:
        return
    if current() is None:
        send_all(sidecar)
    elif _about_to_look.acquire(blocking=False):
        threading.Thread(target=_send_apart, args=(sidecar,), name="quancheng-outbox", daemon=True).start()


def _send_apart(sidecar: Sidecar) -> None:
    try:
        time.sleep(_GATHER_S)
    finally:
        _about_to_look.release()
    try:
        with harmless("发送事件"):
            send_all(sidecar)
    finally:
        connections.close_all()
