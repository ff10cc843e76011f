"""Who may ask what: Paperless says who the caller is, groups give roles, and each page asks for its act."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from quancheng_sidecar.archive.paperless.roles import Act, Role, groups_for, may
from quancheng_sidecar.web import paperless, time_codes
from quancheng_sidecar.web.urls import urlpatterns
from tests.sidecar.web.conftest import WITHOUT_RIGHTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

_FOR_NOBODY = {time_codes.page, time_codes.codes, time_codes.picture, paperless.events}
"""Views that ask for no person: the time alone, and what is signed by the plugin."""


def _ask(account: str | None, path: str = "search", **query: str) -> Any:
    headers = {"Authorization": f"Token {account}"} if account else {}
    return Client().get(f"/{path}", query, headers=headers)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OUTSIDE])
def test_people_of_the_office_search(role: Role) -> None:
    """Each by the group of its role."""
    assert _ask(role.value, q="林海生").status_code == 200


@pytest.mark.parametrize("account", ["outside", "nobody", "of another group", WITHOUT_RIGHTS])
def test_whoever_has_no_role_for_it_does_not_search(account: str) -> None:
    """An outside body asks the custodian (Art. 11); without a group of ours nobody has a role. Both learn why."""
    answer = _ask(account, q="林海生")
    assert answer.status_code == 403
    assert "请由 Paperless 管理员把它加入下列用户组之一：全程-文书、" in answer.content.decode()


def test_one_role_that_may_is_enough() -> None:
    """Who is an outside body in one matter and legal staff in another searches."""
    assert _ask("both").status_code == 200


@pytest.mark.parametrize("account", [None, "stranger"])
def test_whoever_is_not_signed_in_is_told_to(account: str | None) -> None:
    """Without an account that Paperless knows nothing is shown."""
    answer = _ask(account)
    assert answer.status_code == 401
    assert "您还没有登录 Paperless" in answer.content.decode()


@pytest.mark.parametrize("pattern", [each for each in urlpatterns if each.callback not in _FOR_NOBODY])
def test_every_page_asks_for_a_role(pattern: URLPattern) -> None:
    """Whatever page is added: who has no role is turned away."""
    assert _ask("nobody", str(pattern.pattern)).status_code == 403


@pytest.mark.parametrize("act", list(Act))
def test_each_act_names_its_groups(act: Act) -> None:
    """As many as the roles that may; nobody may without a role."""
    assert len(groups_for(act)) == sum(may([role], act) for role in Role)
    assert not may([], act)
