"""What the plugin's outbox delivers, taken in by the sidecar's own page over a real connection."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from quancheng_plugin.host.delivery import NotAccepted, NotDelivered, Sidecar, deliver
from quancheng_plugin.host.models import Event
from quancheng_plugin.host.sending import told, wait_after
from quancheng_sidecar.archive.paperless.models import Notice
from quancheng_sidecar.settings import settings

SECRET = "an-own-secret-of-at-least-32-characters"  # noqa: S105  of these tests alone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sidecar(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sidecar]:
    """A sidecar that is up and shares the secret. Django's test server asks where static files are; there are none."""
    monkeypatch.setenv("QUANCHENG_PAPERLESS_SECRET", SECRET)
    settings.cache_clear()
    with override_settings(STATIC_URL="/static/"):
        server = LiveServer("127.0.0.1")
        with override_settings(ALLOWED_HOSTS=["127.0.0.1"]):
            yield Sidecar(server.url, SECRET.encode())
        server.stop()
    monkeypatch.undo()
    settings.cache_clear()


def _event(kind: Event.Kind) -> Event:
    detail = {"title": "现场检查（勘验）笔录"}
    return Event(pk=uuid4(), kind=kind, document=7, at=timezone.now(), user_id=3, user_name="林文书", detail=detail)


def test_every_kind_of_event_is_taken_in(sidecar: Sidecar) -> None:
    """As the outbox writes it, with who did it; delivered twice, it is kept once."""
    sent = [told(_event(kind)) for kind in Event.Kind]
    for _ in range(2):
        assert deliver(sent, sidecar) == {event["id"] for event in sent}
    kept = Notice.objects.values_list("type", "who", "detail")
    assert sorted(kind for kind, _, _ in kept) == sorted(Event.Kind)
    assert all((who, detail["title"]) == ("林文书", "现场检查（勘验）笔录") for _, who, detail in kept)


def test_what_nobody_did_is_taken_in(sidecar: Sidecar) -> None:
    """A worker acts for nobody."""
    event = _event(Event.Kind.TRASHED)
    event.user_id, event.user_name = None, ""
    assert deliver([told(event)], sidecar) == {str(event.pk)}


def test_another_secret_delivers_nothing(sidecar: Sidecar) -> None:
    """It is tried again later: an operator may set it right."""
    with pytest.raises(NotDelivered, match="401"):
        deliver([told(_event(Event.Kind.VIEWED))], Sidecar(sidecar.url, b"another secret"))
    assert not Notice.objects.exists()


def test_an_unknown_kind_is_not_accepted(sidecar: Sidecar) -> None:
    """Sending it again would be in vain."""
    with pytest.raises(NotAccepted):
        deliver([told(_event(Event.Kind.VIEWED)) | {"type": "burnt"}], sidecar)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "没有地址", "ftp://127.0.0.1/"])
def test_no_answer_is_not_delivered(url: str) -> None:
    """Whatever the reason, a wrong address included."""
    with pytest.raises(NotDelivered):
        deliver([told(_event(Event.Kind.VIEWED))], Sidecar(url, SECRET.encode()))


def test_waits_grow_to_five_minutes() -> None:
    """So an hour without the sidecar costs a worker about twenty tries."""
    waits = [wait_after(failures).total_seconds() for failures in range(1, 40)]
    assert waits[:7] == [5, 10, 20, 40, 80, 160, 300]
    assert set(waits[7:]) == {300}
