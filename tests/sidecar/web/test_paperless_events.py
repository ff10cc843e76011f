"""The outbox's deliveries over HTTP: signed, idempotent, in any order; acts of people enter the custody log once."""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from quancheng_sidecar.archive.paperless.models import Notice
from quancheng_sidecar.preserve.models import CustodyEvent
from quancheng_sidecar.settings import settings

SECRET = "an-own-secret-of-at-least-32-characters"  # noqa: S105  of these tests alone

Send = Callable[..., tuple[int, dict[str, Any]]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    """Deliver events, signed now with the right secret unless told otherwise."""
    monkeypatch.setenv("QUANCHENG_PAPERLESS_SECRET", SECRET)
    settings.cache_clear()

    def deliver(body: object, *, secret: str = SECRET, at: float | None = None) -> tuple[int, dict[str, Any]]:
        raw = json.dumps(body).encode()
        stamp = str(int(time.time() if at is None else at))
        signed = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        headers = {"X-Quancheng-Timestamp": stamp, "X-Quancheng-Signature": f"sha256={signed}"}
        answer = Client().post("/api/paperless/events", raw, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    yield deliver
    monkeypatch.undo()
    settings.cache_clear()


def _event(kind: str, document: int = 7) -> dict[str, Any]:
    user = {"id": 3, "name": "lin"}
    at = "2026-11-24T16:00:00+08:00"
    return {"id": str(uuid4()), "type": kind, "at": at, "document": document, "user": user, "detail": {}}


def _acts() -> list[tuple[str, str]]:
    return [(event.agent, json.loads(event.canonical)["detail"]["act"]) for event in CustodyEvent.objects.all()]


def test_act_is_logged_once(send: Send) -> None:
    """A view enters the custody log with who viewed; delivered again, it is acknowledged and changes nothing."""
    event = _event("viewed")
    for _ in range(2):
        assert send({"events": [event]}) == (200, {"acknowledged": [event["id"]]})
    assert _acts() == [("lin", "viewed")]


@pytest.mark.parametrize("order", ["01234", "4321043210", "2340123401", "0000012341234"])
def test_any_order_ends_in_the_same_state(send: Send, order: str) -> None:
    """Late, doubled and shuffled deliveries leave the same notices and the same acts in the log."""
    events = [_event(kind) for kind in ("consumed", "viewed", "downloaded", "changed", "deletion-refused")]
    for few in itertools.batched([events[int(number)] for number in order], 4):
        assert send({"events": few})[0] == 200
    assert {str(notice.id) for notice in Notice.objects.all()} == {event["id"] for event in events}
    assert sorted(_acts()) == [("lin", "deletion-refused"), ("lin", "downloaded"), ("lin", "viewed")]


@pytest.mark.parametrize("how", [{"secret": "another"}, {"at": 0}, {"at": 1e12}])
def test_wrong_signature_and_replay_are_refused(send: Send, how: dict[str, Any]) -> None:
    """Another secret, or a delivery signed long ago or far ahead, is refused and leaves nothing."""
    status, answer = send({"events": [_event("viewed")]}, **how)
    assert (status, answer["error"]["code"]) == (401, "QC-PAPERLESS-SIGNATURE")
    assert not Notice.objects.exists()


@pytest.mark.parametrize("body", [{}, [], {"events": [{}]}, {"events": [_event("unheard-of")]}])
def test_what_breaks_the_contract_is_refused_whole(send: Send, body: object) -> None:
    """A body of another shape is refused as a whole, by its code."""
    status, answer = send(body)
    assert (status, answer["error"]["code"]) == (400, "QC-PAPERLESS-EVENTS")
    assert not Notice.objects.exists()
