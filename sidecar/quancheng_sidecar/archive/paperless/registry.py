"""What administrators keep in Paperless-ngx 3, over its API: listed, made and changed as plain JSON.

pypaperless makes the session; it can only read groups, workflows and saved views, so its transport is used for
all alike.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx
from pypaperless import PaperlessClient
from pypaperless.exceptions import AuthError, ForbiddenError, PaperlessConnectionError, PaperlessError

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.archive.paperless.client import PaperlessRefused, PaperlessUnreachable, PaperlessUnset
from quancheng_sidecar.archive.paperless.office import Body, Kind
from quancheng_sidecar.settings import Settings

LEAST_VERSION = 3
"""First major version of Paperless-ngx that has what the product needs (external parsers, document versions)."""

_PAGE = 1000
_OPEN_TO_ALL = "/api/statistics/"
"""Small, and every account may have it; the root of the API leads to its schema, which is large."""
Object = Mapping[str, Any]


class PaperlessUnauthorised(QuanchengError):
    """The token is wrong, or its account may not do what is needed."""

    code = "QC-PAPERLESS-UNAUTHORISED"


class PaperlessVersion(QuanchengError):
    """The Paperless-ngx is too old for the product."""

    code = "QC-PAPERLESS-VERSION"


@dataclass(frozen=True)
class Greeting:
    """How the server answered first: its version, and its clock (whole seconds) beside ours, None where it shows none.

    `asked` and `answered` are instants by our clock around the answer.
    """

    version: str
    server_time: datetime | None
    asked: datetime
    answered: datetime


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


class Registry:
    """One session; use it in a `with` block, which raises what is wrong with address, token or version.

    Every call raises `PaperlessUnreachable`, `PaperlessUnauthorised` or `PaperlessRefused`.
    """

    def __init__(self, url: str, token: str, *, timeout_s: float) -> None:
        self.url = url
        self._runner = asyncio.Runner()
        self._client = PaperlessClient(url, token, timeout=timeout_s)
        self._transport = self._client.runtime.transport

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The office's own; raises `PaperlessUnset`."""
        if settings.paperless_url is None or settings.paperless_token is None:
            raise PaperlessUnset(
                zh="没有配置 Paperless-ngx。请设置 QUANCHENG_PAPERLESS_URL 和 QUANCHENG_PAPERLESS_TOKEN。",
                en="No Paperless-ngx is configured. Set QUANCHENG_PAPERLESS_URL and QUANCHENG_PAPERLESS_TOKEN.",
            )
        token = settings.paperless_token.get_secret_value()
        return cls(settings.paperless_url, token, timeout_s=settings.paperless_timeout_s)

    def __enter__(self) -> Self:
        try:
            self.greeting = self._greet()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.close())
        self._runner.close()

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

    def get(self, path: str) -> Any:  # noqa: ANN401  each caller knows the shape of what it asks for
        """The JSON at a path of the API."""
        return self._run(self._transport.get(path))

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

    def _greet(self) -> Greeting:
        asked = datetime.now(UTC)
        answer: httpx.Response = self._run(self._transport.request_raw("get", _OPEN_TO_ALL))
        version = answer.headers.get("x-version", "")
        if answer.status_code == httpx.codes.NOT_ACCEPTABLE or (version and major(version) < LEAST_VERSION):
            raise _too_old(version)
        if not version or not answer.is_success:
            raise _stranger(self.url, answer)
        date = answer.headers.get("date")
        return Greeting(version, parsedate_to_datetime(date) if date else None, asked, datetime.now(UTC))

    def _run[T](self, call: Coroutine[Any, Any, T]) -> T:
        try:
            return self._runner.run(call)
        except AuthError as error:
            raise PaperlessUnauthorised(
                zh="Paperless 不认令牌：它有误，或账号已停用。请在 Paperless 的“个人资料”里重新取得令牌，"
                "写入 QUANCHENG_PAPERLESS_TOKEN。",
                en="Paperless does not know the token: it is wrong or its account disabled. Take a new one from the "
                "profile page there and set QUANCHENG_PAPERLESS_TOKEN.",
            ) from error
        except ForbiddenError as error:
            raise PaperlessUnauthorised(
                zh="Paperless 不许令牌的账号这样做。请运行 quancheng paperless check 查看缺少的权限。",
                en="Paperless does not let the token's account do this. `quancheng paperless check` lists what "
                "it lacks.",
            ) from error
        except (PaperlessConnectionError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise PaperlessUnreachable(
                zh=f"Paperless（{self.url}）没有应答。请检查 QUANCHENG_PAPERLESS_URL，以及 Paperless 是否在运行。",
                en=f"Paperless ({self.url}) does not answer. Check QUANCHENG_PAPERLESS_URL and whether it runs.",
            ) from error
        except (PaperlessError, ValueError) as error:
            raise PaperlessRefused(
                zh=f"Paperless 拒绝了请求：{error}", en=f"Paperless refused the request: {error}"
            ) from error


def major(version: str) -> int:
    """The first number of a version; 0 where it begins with none."""
    first = version.split(".", 1)[0]
    return int(first) if first.isdecimal() else 0


def _too_old(version: str) -> PaperlessVersion:
    """An old server that does not speak the interface of version 3 refuses to answer, without telling its version."""
    return PaperlessVersion(
        zh=f"Paperless-ngx 的版本{f'是 {version}' if version else '过旧'}，需要 {LEAST_VERSION}.0 以上。"
        "请升级 Paperless-ngx。",
        en=f"This Paperless-ngx is {version or 'too old'}; {LEAST_VERSION}.0 or later is needed. Upgrade it.",
    )


def _stranger(url: str, answer: httpx.Response) -> PaperlessUnreachable:
    """What answers at the address is not Paperless' API."""
    towards = answer.headers.get("location")
    if answer.is_redirect and towards:
        return PaperlessUnreachable(
            zh=f"{url} 转向 {towards}。请把 QUANCHENG_PAPERLESS_URL 改成最终的地址。",
            en=f"{url} redirects to {towards}. Set QUANCHENG_PAPERLESS_URL to the final address.",
        )
    return PaperlessUnreachable(
        zh=f"{url} 有应答（状态 {answer.status_code}），但不是 Paperless-ngx 的接口。请检查 QUANCHENG_PAPERLESS_URL。",
        en=f"{url} answers (status {answer.status_code}), yet not as Paperless-ngx. Check QUANCHENG_PAPERLESS_URL.",
    )
