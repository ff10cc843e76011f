"""A session with Paperless-ngx 3 for code that is not asynchronous: pypaperless on an event loop of its own.

Nothing is retried here. What is to be sent waits in a table (`models.Twin`), and the queue that works on it
tries again, later each time; a call that fails says so by one of the errors below.
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
from quancheng_sidecar.settings import Settings

LEAST_VERSION = 3
"""First major version of Paperless-ngx that has what the product needs (external parsers, document versions)."""

_OPEN_TO_ALL = "/api/statistics/"
"""Small, and every account may have it; the root of the API leads to its schema, which is large."""


class PaperlessUnreachable(QuanchengError):
    """Paperless does not answer; what was to be sent stays queued."""

    code = "QC-PAPERLESS-UNREACHABLE"


class PaperlessUnauthorised(QuanchengError):
    """The token is wrong, or its account may not do what is needed."""

    code = "QC-PAPERLESS-UNAUTHORISED"


class PaperlessRefused(QuanchengError):
    """Paperless answered that it will not do this."""

    code = "QC-PAPERLESS-REFUSED"


class PaperlessUnset(QuanchengError):
    """No Paperless is configured."""

    code = "QC-PAPERLESS-UNSET"


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


class Session:
    """One session; use it in a `with` block, which raises what is wrong with address, token or version.

    Every call raises `PaperlessUnreachable`, `PaperlessUnauthorised` or `PaperlessRefused`.
    """

    def __init__(
        self, url: str, token: str | None, *, timeout_s: float, headers: Mapping[str, str] | None = None
    ) -> None:
        self.url = url
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(timeout=timeout_s, headers=dict(headers or {}))
        self._client = PaperlessClient(url, token, client=self._http)
        self._transport = self._client.runtime.transport

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The office's own; raises `PaperlessUnset`."""
        if settings.paperless_url is None or settings.paperless_token is None:
            raise _unset()
        token = settings.paperless_token.get_secret_value()
        return cls(settings.paperless_url, token, timeout_s=settings.paperless_timeout_s)

    @classmethod
    def for_caller(cls, settings: Settings, headers: Mapping[str, str]) -> Self:
        """The office's own in the name of whoever these headers (`Authorization` or `Cookie`) belong to."""
        if settings.paperless_url is None:
            raise _unset()
        return cls(settings.paperless_url, None, timeout_s=settings.paperless_timeout_s, headers=headers)

    def __enter__(self) -> Self:
        try:
            self.greeting = self._greet()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401  each caller knows the shape of what it asks for
        """The JSON at a path of the API."""
        return self._run(self._transport.get(path, **({"params": query} if query else {})))

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


def _unset() -> PaperlessUnset:
    return PaperlessUnset(
        zh="没有配置 Paperless-ngx。请设置 QUANCHENG_PAPERLESS_URL 和 QUANCHENG_PAPERLESS_TOKEN。",
        en="No Paperless-ngx is configured. Set QUANCHENG_PAPERLESS_URL and QUANCHENG_PAPERLESS_TOKEN.",
    )
