"""Deliveries to the sidecar: one signed request with up to a hundred events (decision 0005)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from quancheng_plugin.host.signed_call import signed_headers

_PATH = "/api/paperless/events"
_TIMEOUT = httpx.Timeout(10, connect=5)
_HTTP_OK, _HTTP_BAD = 200, 400


@dataclass(frozen=True)
class Sidecar:
    """Where it is, and the secret shared with it."""

    url: str
    secret: bytes


class NotDelivered(Exception):
    """The sidecar did not answer, or not as agreed: try again later."""


class NotAccepted(Exception):
    """The sidecar found the delivery to be of no shape that it knows; sending it again is in vain."""


def deliver(events: Sequence[dict[str, Any]], sidecar: Sidecar) -> frozenset[str]:
    """Send events; gives the ids that were acknowledged. Raises NotDelivered and NotAccepted."""
    body = json.dumps({"events": list(events)}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", **signed_headers(sidecar.secret, body)}
    try:
        answer = httpx.post(sidecar.url.rstrip("/") + _PATH, content=body, headers=headers, timeout=_TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotDelivered(f"{type(error).__name__}: {error}") from error
    if answer.status_code == _HTTP_BAD:
        raise NotAccepted(answer.text[:300])
    if answer.status_code != _HTTP_OK:
        raise NotDelivered(f"{answer.status_code} {answer.text[:300]}")
    return _acknowledged(answer)


def _acknowledged(answer: httpx.Response) -> frozenset[str]:
    try:
        return frozenset(map(str, answer.json()["acknowledged"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NotDelivered(f"不合约定的答复：{answer.text[:300]}") from error
