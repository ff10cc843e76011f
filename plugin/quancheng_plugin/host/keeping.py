"""Which documents are kept: the sidecar says so by a signed call, since it knows terms, holds and disposals.

`POST /api/quancheng/kept/` with ``{"documents": [{"document": 12, "state": "held", "reason": "…"}]}``; `state` is
`archived`, `held` or `free`. It says how things are, not what to change, so doubled calls are harmless.
"""

from typing import Literal

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quancheng_plugin.host.models import Kept
from quancheng_plugin.host.signed_call import SIGNATURE, TIMESTAMP, is_signed
from quancheng_plugin.settings import PluginSettings

_PATH = "/api/quancheng/kept/"


class Keeping(BaseModel):
    """How one document is to be kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: int = Field(ge=1)
    state: Literal["archived", "held", "free"]
    reason: str = Field(default="", max_length=300)


class _Call(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    documents: tuple[Keeping, ...] = Field(max_length=500)


def keep(keeping: Keeping) -> None:
    """Make it so. The time since when a document is kept stays, whatever the reason becomes.

    Archived without a reason says only that it is kept: a hold and its reason stay.
    """
    if keeping.state == "free":
        Kept.objects.filter(document=keeping.document).delete()
        return
    if keeping.state == "archived" and not keeping.reason:
        Kept.objects.get_or_create(document=keeping.document, defaults={"state": keeping.state})
        return
    values = {"state": keeping.state, "reason": keeping.reason}
    Kept.objects.update_or_create(document=keeping.document, defaults=values)


def is_meant(request: HttpRequest) -> bool:
    """Whether the request is this call, which Paperless does not know."""
    return request.path_info == _PATH


def answer(request: HttpRequest) -> JsonResponse:
    """Carry out a signed call, all of it or nothing."""
    secret = PluginSettings().paperless_secret
    headers = {"timestamp": request.headers.get(TIMESTAMP, ""), "signature": request.headers.get(SIGNATURE, "")}
    if secret is None or not is_signed(secret.get_secret_value().encode(), request.body, **headers):
        return JsonResponse({"detail": "签名不符或已过期"}, status=401)
    if request.method != "POST":
        return JsonResponse({"detail": "只接受 POST"}, status=405)
    try:
        call = _Call.model_validate_json(request.body)
    except ValidationError as error:
        return JsonResponse({"detail": f"内容不合约定：{error}"}, status=400)
    with transaction.atomic():
        for each in call.documents:
            keep(each)
    return JsonResponse({"documents": [each.document for each in call.documents]})
