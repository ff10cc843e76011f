"""What a check sees of a Paperless-ngx: gathered once, by reading alone, so that judging it is pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import httpx
from pydantic import SecretStr

from quancheng_plugin.host.paperless import NAMESPACE
from quancheng_plugin.host.signed_call import signed_headers
from quancheng_sidecar.archive.paperless.client import KEPT
from quancheng_sidecar.archive.paperless.comparing import Decision, decide
from quancheng_sidecar.archive.paperless.ledger import ledger
from quancheng_sidecar.archive.paperless.office import Kind, Piece
from quancheng_sidecar.archive.paperless.registry import Account, Registry
from quancheng_sidecar.archive.paperless.session import Greeting, PaperlessUnauthorised
from quancheng_sidecar.archive.paperless.there import There
from quancheng_sidecar.settings import Settings

_OUTCOME_KEYS = {"文书种类", "处理结果"}
_LOOKED_AT = 3
"""How many of the newest PDFs are asked for the plugin's mark."""


class PluginMark(StrEnum):
    """What the metadata of the newest PDFs tells of the plugin.

    The rows are written by Paperless' web process when they are asked for, and kept by it for up to 50 minutes;
    those of a reading are there only where its worker has processed the document by the plugin.
    """

    NOTHING_TO_ASK = "nothing-to-ask"
    ABSENT = "absent"
    LOADED = "loaded"
    PROCESSED = "processed"


class AppAnswer(StrEnum):
    """How the plugin's app, which holds outbox and guard, answers a signed question that asks for nothing."""

    ABSENT = "absent"
    OTHER_SECRET = "other-secret"  # noqa: S105  no secret
    AGREED = "agreed"


@dataclass(frozen=True)
class Seen:
    """All that is judged. `held` leaves out kinds that the account may not view; `status` and `config` are Paperless'
    own answers, None where the account may not have them; `has_secret` whether one is set on this side.
    """

    url: str
    greeting: Greeting
    account: Account | None
    held: Mapping[Kind, tuple[tuple[Piece, Decision], ...]]
    plugin: PluginMark
    app: AppAnswer
    status: Mapping[str, Any] | None
    config: Mapping[str, Any] | None
    has_secret: bool
    last_event: datetime | None


def look(registry: Registry, pieces: Sequence[Piece], settings: Settings, *, last_event: datetime | None) -> Seen:
    """Ask for everything, changing nothing. `last_event` is when the last event happened that was accepted here.

    Raises what the registry raises, lacking rights apart.
    """
    configs = _allowed(registry, "/api/config/")
    return Seen(
        url=registry.url,
        greeting=registry.greeting,
        account=_account(registry),
        held=dict(_held(registry, pieces, settings)),
        plugin=_plugin_mark(registry),
        app=_app_answer(registry, settings.paperless_secret),
        status=_allowed(registry, "/api/status/"),
        config=configs[0] if configs else None,
        has_secret=settings.paperless_secret is not None,
        last_event=last_event,
    )


def _account(registry: Registry) -> Account | None:
    try:
        return registry.account()
    except PaperlessUnauthorised:
        return None


def _held(
    registry: Registry, pieces: Sequence[Piece], settings: Settings
) -> Iterator[tuple[Kind, tuple[tuple[Piece, Decision], ...]]]:
    known = There()
    with ledger(settings, registry.url) as made:
        for kind in Kind:
            try:
                there = registry.objects(kind)
            except PaperlessUnauthorised:
                continue
            of_kind = [piece for piece in pieces if piece.kind is kind]
            decided = [(piece, decide(piece, there, made.made(kind, piece.key), known)) for piece in of_kind]
            for piece, decision in decided:
                if decision.found is not None:
                    known.enter(piece, decision.found)
            yield kind, tuple(decided)


def _plugin_mark(registry: Registry) -> PluginMark:
    query = f"/api/documents/?mime_type=application/pdf&ordering=-added&page_size={_LOOKED_AT}&fields=id"
    newest = (_allowed(registry, query) or {"results": []})["results"]
    marks = [_mark(_allowed(registry, f"/api/documents/{each['id']}/metadata/") or {}) for each in newest]
    for mark in (PluginMark.PROCESSED, PluginMark.LOADED):
        if mark in marks:
            return mark
    return PluginMark.ABSENT if marks else PluginMark.NOTHING_TO_ASK


def _mark(metadata: Mapping[str, Any]) -> PluginMark:
    rows = [*(metadata.get("original_metadata") or []), *(metadata.get("archive_metadata") or [])]
    keys = {row["key"] for row in rows if row["namespace"] == NAMESPACE}
    if keys & _OUTCOME_KEYS:
        return PluginMark.PROCESSED
    return PluginMark.LOADED if keys else PluginMark.ABSENT


def _app_answer(registry: Registry, secret: SecretStr | None) -> AppAnswer:
    """The app takes a signed POST there; a GET it turns down, after it has looked at the signature."""
    headers = signed_headers(secret.get_secret_value().encode(), b"") if secret else {}
    status = registry.status_of(KEPT, headers)
    if status == httpx.codes.METHOD_NOT_ALLOWED:
        return AppAnswer.AGREED
    return AppAnswer.OTHER_SECRET if status == httpx.codes.UNAUTHORIZED else AppAnswer.ABSENT


def _allowed(registry: Registry, path: str) -> Any:  # noqa: ANN401  Paperless' own shapes
    """What is at the path, or None where the account may not have it."""
    try:
        return registry.get(path)
    except PaperlessUnauthorised:
        return None
