"""Sending what the outbox holds: oldest first, until it is empty or the sidecar does not answer."""

import logging
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from quancheng_plugin.host.delivery import NotAccepted, NotDelivered, Sidecar, deliver
from quancheng_plugin.host.models import Event, Pause
from quancheng_plugin.settings import PluginSettings

_BATCH = 100
# One round leaves the worker to Paperless' own work after this many deliveries; the next round follows at once.
_DELIVERIES = 20
_LOCK, _LOCK_S = "quancheng:sending", 300
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5, 300

logger = logging.getLogger("quancheng.paperless")


def sidecar_of(settings: PluginSettings) -> Sidecar | None:
    """The sidecar of the settings; None, with the events left waiting, where it or the secret is not set."""
    if not settings.sidecar_url:
        return None
    if settings.paperless_secret is None:
        logger.warning("全程：未设置 QUANCHENG_PAPERLESS_SECRET，事件留在发件箱中，不会发送")
        return None
    return Sidecar(settings.sidecar_url, settings.paperless_secret.get_secret_value().encode())


def send_all(sidecar: Sidecar) -> None:
    """Send until nothing waits, the sidecar does not answer, or another process is at it, which sees it all."""
    while send_waiting(sidecar):
        pass


def send_waiting(sidecar: Sidecar) -> bool:
    """Send what waits; whether more is left that may be sent at once. One process does it at a time."""
    if _is_paused() or not cache.add(_LOCK, 1, _LOCK_S):
        return False
    try:
        all(_send_batch(sidecar) for _ in range(_DELIVERIES))
    except NotDelivered as error:
        _pause(str(error))
        return False
    finally:
        cache.delete(_LOCK)
    # Asked once the lock is free: who wrote before that, and found it taken, relies on us.
    return _waiting().exists()


def wait_after(failures: int) -> timedelta:
    """How long the sidecar is left alone after so many failures in a row: 5 s, doubled each time, 5 min at most."""
    return timedelta(seconds=min(_FIRST_WAIT_S * 2 ** min(failures - 1, 10), _LONGEST_WAIT_S))


def told(event: Event) -> dict[str, Any]:
    """The event as it goes over the wire."""
    user = {"id": event.user_id, "name": event.user_name} if event.user_id is not None else None
    return {
        "id": str(event.pk),
        "type": event.kind,
        "at": event.at.isoformat(),
        "document": event.document,
        "user": user,
        "detail": event.detail,
    }


def _waiting() -> QuerySet[Event]:
    return Event.objects.filter(refused="")


def _send_batch(sidecar: Sidecar) -> bool:
    """Send one batch; False when nothing waited. Raises NotDelivered."""
    waiting = list(_waiting()[:_BATCH])
    if not waiting:
        return False
    try:
        _let_go(waiting, deliver([told(event) for event in waiting], sidecar))
    except NotAccepted:
        for event in waiting:  # one at a time, so that one bad event does not hold up the others
            _send_alone(event, sidecar)
    Pause.objects.all().delete()
    return True


def _send_alone(event: Event, sidecar: Sidecar) -> None:
    try:
        _let_go([event], deliver([told(event)], sidecar))
    except NotAccepted as error:
        logger.warning("全程：收集端不接受事件 %s（%s），已搁置：%s", event.pk, event.kind, error)
        event.refused = str(error)[:300] or "400"
        event.save(update_fields=["refused"])


def _let_go(sent: list[Event], acknowledged: frozenset[str]) -> None:
    gone = [event.pk for event in sent if str(event.pk) in acknowledged]
    if not gone:
        raise NotDelivered("没有一个事件得到确认")
    Event.objects.filter(pk__in=gone).delete()


def _is_paused() -> bool:
    return Pause.objects.filter(until__gt=timezone.now()).exists()


def _pause(why: str) -> None:
    last = Pause.objects.filter(pk=1).first()
    failures = (last.failures if last else 0) + 1
    until = timezone.now() + wait_after(failures)
    Pause.objects.update_or_create(pk=1, defaults={"failures": failures, "until": until})
    logger.warning("全程：第 %s 次未能送达收集端，%s 后再试：%s", failures, wait_after(failures), why)
