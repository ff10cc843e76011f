"""Where the plugin inside Paperless-ngx tells what happened there (decision 0005)."""

import hashlib
import hmac
import time
from contextlib import suppress
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from quancheng_sidecar.collect import notices
from quancheng_sidecar.collect.tasks import keep_in_step
from quancheng_sidecar.settings import settings

_SKEW_S = 300
"""A delivery signed longer ago, or further ahead, than this is refused: it may be a replay."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Who(_Value):
    """The account that acted; None of the event's `user` where nobody did."""

    id: int
    name: str


class Event(_Value):
    """One thing that happened to one document there."""

    id: UUID
    type: Literal[
        "consumed",
        "changed",
        "viewed",
        "previewed",
        "downloaded",
        "trashed",
        "restored",
        "deleted",
        "deletion-refused",
    ]
    at: AwareDatetime
    document: int = Field(ge=1)
    user: Who | None = None
    detail: dict[str, Any] = {}


class Delivery(_Value):
    """What one request carries."""

    events: tuple[Event, ...] = Field(max_length=500)


@csrf_exempt
@require_POST
def events(request: HttpRequest) -> JsonResponse:
    """Take in a delivery of the outbox; what is acknowledged is on disk and may leave it."""
    if not _is_signed(request):
        return JsonResponse(
            {
                "error": {
                    "code": "QC-PAPERLESS-SIGNATURE",
                    "zh": "签名不符或已过期。请核对两边的 QUANCHENG_PAPERLESS_SECRET 和时钟。",
                }
            },
            status=401,
        )
    try:
        delivery = Delivery.model_validate_json(request.body)
    except ValidationError as error:
        return JsonResponse({"error": {"code": "QC-PAPERLESS-EVENTS", "zh": f"内容不合约定：{error}"}}, status=400)
    asking = False
    for event in delivery.events:
        who = event.user.name if event.user else ""
        asking |= notices.take(event.id, event.type, event.document, at=event.at, who=who, detail=event.detail)
    if asking:
        with suppress(OperationalError):  # with the broker down, the next regular round finds the notices
            keep_in_step.delay()
    return JsonResponse({"acknowledged": [str(event.id) for event in delivery.events]})


def _is_signed(request: HttpRequest) -> bool:
    secret, sent = settings().paperless_secret, request.headers.get("X-Quancheng-Timestamp", "")
    if secret is None or not (sent.isascii() and sent.isdecimal()) or abs(time.time() - int(sent)) > _SKEW_S:
        return False
    signed = sent.encode() + b"." + request.body
    expected = "sha256=" + hmac.new(secret.get_secret_value().encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), request.headers.get("X-Quancheng-Signature", "").encode())
