"""What administrators keep in Paperless-ngx 3, over its API: listed, made and changed as plain JSON.

pypaperless can only read groups, workflows and saved views, so its transport is used for all alike.
"""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pypaperless.exceptions import ForbiddenError

from quancheng_sidecar.archive.paperless.office import Body, Kind
from quancheng_sidecar.archive.paperless.session import PaperlessUnauthorised, Session

_PAGE = 1000
Object = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    """Whom the token belongs to; `rights` by Paperless' names, such as `add_document`."""

    name: str
    superuser: bool
    rights: frozenset[str]
    audited: bool

    def lacks(self, *needed: str) -> tuple[str, ...]:
        """Which of these rights the account has not."""
        return () if self.superuser else tuple(right for right in needed if right not in self.rights)


class Registry(Session):
    """A session about the office itself: fields, types, tags, groups, workflows, views."""

    def account(self) -> Account:
        """Whom the token belongs to, and what that account may do."""
        told = self.get("/api/ui_settings/")
        return Account(
            name=told["user"]["username"],
            superuser=told["user"]["is_superuser"],
            rights=frozenset(told["permissions"]),
            audited=bool(told["settings"].get("auditlog_enabled", True)),
        )

    def objects(self, kind: Kind) -> list[Object]:
        """All objects of the kind that the account may see."""
        found: list[Object] = []
        page: str | None = f"/api/{kind}/?page_size={_PAGE}"
        while page:
            answer = self.get(page)
            found += answer["results"]
            # The rest of the address may be a proxy's inner one; our own is what the answer was asked from.
            page = answer["next"] and "/api/" + str(answer["next"]).split("/api/", 1)[1]
        return found

    def make(self, kind: Kind, name: str, body: Body) -> Object:
        """Make an object, and give it as Paperless keeps it."""
        return self._object(self._transport.post(f"/api/{kind}/", json={"name": name, **body}))

    def change(self, kind: Kind, identifier: int, body: Body) -> Object:
        """Change an object in what `body` names."""
        return self._object(self._transport.patch(f"/api/{kind}/{identifier}/", json=dict(body)))

    def status_of(self, path: str, headers: Mapping[str, str]) -> int:
        """HTTP status that answers a GET with these headers beside the session's own."""
        try:
            answer: httpx.Response = self._run(self._transport.request_raw("get", path, headers=dict(headers)))
        except PaperlessUnauthorised as error:
            forbidden = isinstance(error.__cause__, ForbiddenError)
            return httpx.codes.FORBIDDEN if forbidden else httpx.codes.UNAUTHORIZED
        return answer.status_code

    def _object(self, call: Coroutine[Any, Any, Any]) -> Object:
        made: Object = self._run(call)
        return made
