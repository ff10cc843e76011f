"""The sidecar's search on a real Paperless: what its own cannot find, and only for who may see it there."""

import json
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.live.day import Office, eventually, place
from tests.live.test_paperless_setup import named
from tests.paperless_server import Server
from tests.plugin import paper

_PASSWORD = "only-for-this-test-7"  # noqa: S105  of accounts that live as long as a test
_LEGAL, _CLERKS = "全程-法制人员", "全程-文书"
_FINDS = (
    "林",  # one character
    "渔",
    "闽海渔检[2026]218号",  # half-width brackets
    "闽海渔检(2026)218号",
    "闽海渔检【2026】218号",
    "闽海渔检〔2026〕218号",
    "〔2026〕218",
    "218号",
    "13805938888",  # a number by itself
    "*059388*",  # a piece of it
    "闽霞渔01234",  # a number in a Chinese run
    "2026年3月1日",
    "２０２６年３月１日",  # full width
    "林建国 218",  # both words
)
_FINDS_NOT = ("闽海渔检〔2026〕21号", "闽海渔检〔2026〕1218号", "〔2025〕218", "林建国 99999", "13805938889", "059388")


class Asking:
    """Both searches in the name of one account."""

    def __init__(self, office: Office, user: str) -> None:
        self._office = office
        self._as = (user, _PASSWORD)

    def here(self, query: str) -> httpx.Response:
        """The sidecar's page."""
        address = f"http://{self._office.place.sidecar}/search"
        return httpx.get(address, params={"q": query}, auth=self._as, timeout=60)

    def finds(self, query: str, document: int) -> bool:
        """Whether the sidecar's page links to that document of Paperless."""
        answer = self.here(query)
        assert answer.status_code == httpx.codes.OK, answer.text
        return f"/documents/{document}/details" in answer.text

    def there(self, query: str, document: int) -> str:
        """What Paperless' own search makes of it: found, not found, or its refusal."""
        address = f"{self._office.paperless.url}/api/documents/"
        answer = httpx.get(address, params={"query": query, "page_size": 100}, auth=self._as, timeout=60)
        if answer.status_code != httpx.codes.OK:
            return str(answer.status_code)
        return "found" if document in {each["id"] for each in answer.json()["results"]} else "not found"


@pytest.fixture(scope="module")
def office(paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Both sides, running."""
    opened = Office.open(paperless, place(), tmp_path_factory.mktemp("office"))
    try:
        opened.up()
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def legal(office: Office) -> Iterator[Asking]:
    """One of the legal staff."""
    group = named(office.paperless, "groups", _LEGAL)
    user = office.paperless.make("users", username="quancheng-legal", password=_PASSWORD, groups=[group])
    yield Asking(office, "quancheng-legal")
    office.paperless.remove("users", user["id"])


@pytest.fixture(scope="module")
def form(office: Office, legal: Asking, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A form in Paperless that the sidecar has taken over, open to the office."""
    file = tmp_path_factory.mktemp("form") / "检查.pdf"
    file.write_bytes(paper.form(points=13.3))
    document = office.paperless.upload(file)
    known = "SELECT count(*) FROM paperless_twin WHERE remote_id = ? AND done >= wanted"
    assert eventually(lambda: office.query(known, document) == [(1,)], 240, pause_s=2)
    office.paperless.ask("PATCH", f"documents/{document}/", json={"owner": None})
    assert eventually(lambda: legal.finds("林建国", document), 60)
    return document


@pytest.mark.parametrize("query", _FINDS)
def test_it_is_found(legal: Asking, form: int, query: str) -> None:
    """By one character, by numbers and pieces of them, with whatever brackets. What Paperless answers is printed."""
    sys.stderr.write(f"\n{query}: Paperless: {legal.there(query, form)}\n")
    assert legal.finds(query, form)


@pytest.mark.parametrize("query", _FINDS_NOT)
def test_what_only_looks_alike_is_not_found(legal: Asking, form: int, query: str) -> None:
    """Another number, though its characters are all there."""
    assert not legal.finds(query, form)


@pytest.mark.parametrize("query", ["[", "]", "(2026", '"', "NOT 林", "title:笔录", "*", "\\", "%", "林 OR 王"])
def test_signs_are_no_commands(legal: Asking, form: int, query: str) -> None:
    """Whatever is typed is looked for as it stands, and the page never fails."""
    assert legal.here(query).status_code == httpx.codes.OK


def test_a_closed_form_is_found_by_its_circle_alone(office: Office, legal: Asking, form: int) -> None:
    """Closed in Paperless, it vanishes from the search of the others at once; its owner finds it still."""
    group = named(office.paperless, "groups", _CLERKS)
    clerk = office.paperless.make("users", username="quancheng-clerk", password=_PASSWORD, groups=[group])
    nobody = {"users": [], "groups": []}
    closed = {"owner": clerk["id"], "set_permissions": {"view": nobody, "change": nobody}}
    try:
        office.paperless.ask("PATCH", f"documents/{form}/", content=json.dumps(closed), headers=_JSON)
        for query in ("林", "闽海渔检[2026]218号"):
            assert not legal.finds(query, form)
            assert "共 0 条" in legal.here(query).text or "没有找到" in legal.here(query).text
            assert Asking(office, "quancheng-clerk").finds(query, form)
    finally:
        opened = {"owner": None, "set_permissions": {"view": nobody, "change": nobody}}
        office.paperless.ask("PATCH", f"documents/{form}/", content=json.dumps(opened), headers=_JSON)
        office.paperless.remove("users", clerk["id"])


_JSON = {"Content-Type": "application/json"}


def test_a_stranger_and_nobody_are_told_why(office: Office, form: int) -> None:
    """Without an account 401, without a role 403; neither sees whether anything exists."""
    address = f"http://{office.place.sidecar}/search"
    unknown = httpx.get(address, params={"q": "林"}, timeout=60)
    assert (unknown.status_code, f"/documents/{form}/" in unknown.text) == (401, False)
    wrong = httpx.get(address, params={"q": "林"}, auth=("admin", "wrong"), timeout=60)
    assert wrong.status_code == 401
    office.paperless.make("users", username="quancheng-norole", password=_PASSWORD)
    try:
        answer = Asking(office, "quancheng-norole").here("林")
        assert answer.status_code == 403
        assert f"/documents/{form}/" not in answer.text
    finally:
        (found,) = office.paperless.ask("GET", "users/?username__iexact=quancheng-norole")["results"]
        office.paperless.remove("users", found["id"])
