"""Who asks: people are known by their Paperless account and by nothing else.

The caller's own Paperless session or token is forwarded to Paperless, which says who that is. Nothing of it is kept:
no password, no token, no session of ours. Groups give roles.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.http import HttpRequest

from quancheng_plugin.errors import QuanchengError, StorageFull
from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.office import Kind
from quancheng_sidecar.archive.paperless.remote import Caller
from quancheng_sidecar.archive.paperless.roles import ROLES, Act, Role, groups_for, may
from quancheng_sidecar.archive.paperless.session import PaperlessUnauthorised, PaperlessUnreachable
from quancheng_sidecar.collect.intake import CaseNumberTooLong
from quancheng_sidecar.settings import settings

SESSION_COOKIE = "sessionid"
"""Paperless' own; a browser sends it to us too where both are served under one host name."""


class NotSignedIn(QuanchengError):
    """The caller has no Paperless account that answers for them."""

    code = "QC-WEB-NOT-SIGNED-IN"


class NotInRole(QuanchengError):
    """The caller's account is in no group whose members may do this."""

    code = "QC-WEB-ROLE"


@dataclass(frozen=True)
class Person:
    """Who asks: the account in Paperless, the roles of its groups, and the session in which it may see things."""

    account: Caller
    roles: frozenset[Role]
    session: Paperless


@contextmanager
def asking(request: HttpRequest, act: Act) -> Iterator[Person]:
    """The person behind a request, who may do this.

    Raises `NotSignedIn`, `NotInRole`, or `PaperlessUnreachable` when nobody can say.
    """
    headers = _credentials(request)
    if not headers:
        raise _not_signed_in()
    session = Paperless.for_caller(settings(), headers)
    try:
        entered = session.__enter__()
    except PaperlessUnauthorised as error:
        raise _not_signed_in() from error
    with entered:
        try:
            account = entered.caller()
        except PaperlessUnauthorised as error:  # known there, but may not even look at its own settings: in no group
            raise _not_in_role("", act) from error
        person = Person(account, _roles(account), entered)
        if not may(person.roles, act):
            raise _not_in_role(account.name, act)
        yield person


def status_of(error: QuanchengError) -> int:
    """HTTP status of what kept a page from being shown; 502 for what Paperless will not do."""
    return _STATUS.get(type(error), 502)


def _roles(account: Caller) -> frozenset[Role]:
    if not account.groups:
        return frozenset()
    with Paperless.of(settings()) as own:  # few people may look at groups themselves
        ids = own.named(Kind.GROUP)
    return frozenset(group.role for group in ROLES if ids.get(group.group) in account.groups)


def _credentials(request: HttpRequest) -> dict[str, str]:
    """What the caller showed, as headers to forward."""
    shown = request.headers.get("Authorization", "")
    if shown.startswith(("Token ", "Basic ")):
        return {"Authorization": shown}
    cookie = request.COOKIES.get(SESSION_COOKIE)
    return {"Cookie": f"{SESSION_COOKIE}={cookie}"} if cookie else {}


def _not_in_role(name: str, act: Act) -> NotInRole:
    groups, named = groups_for(act), f"“{name}”" if name else ""
    return NotInRole(
        zh=f"您的账号{named}不能{act.zh}。请由 Paperless 管理员把它加入下列用户组之一：{'、'.join(groups)}。",
        en=f"Your account {name} may not {act.value}. Have the administrator of Paperless add it to one of "
        f"these groups: {', '.join(groups)}.",
    )


def _not_signed_in() -> NotSignedIn:
    return NotSignedIn(
        zh="您还没有登录 Paperless，或登录已过期。请先在 Paperless 中登录，再打开本页。",
        en="You are not signed in to Paperless. Sign in there, then open this page.",
    )


_STATUS = {
    NotSignedIn: 401,
    NotInRole: 403,
    PaperlessUnreachable: 503,
    CaseNumberTooLong: 400,
    StorageFull: 507,
}
