"""Who sees what, asked by an account of each of the seven groups: in Paperless itself, and by the sidecar's search."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from quancheng_sidecar.archive.paperless.roles import ROLES, Role
from quancheng_sidecar.demo import story
from tests.live.day import Office, eventually, place
from tests.live.test_paperless_setup import named
from tests.paperless_server import Server
from tests.plugin import paper

_PASSWORD = "only-for-this-test-7"  # noqa: S105  of accounts that live as long as a test
_CARD = f"声像资料登记卡 {story.CLIPS[0].file_name}"
_FORM = "现场检查(勘验)笔录"
_STRANGER = "quancheng-stranger"
_INSIDE = frozenset(Role) - {Role.OUTSIDE}


@dataclass(frozen=True)
class People:
    """One account of each role and one without any, with what they see. A form and its card by their ids there."""

    office: Office
    accounts: dict[str, int]
    form: int = 0
    card: int = 0

    def asking(self, role: Role | str) -> httpx.Client:
        """As that person."""
        return httpx.Client(auth=(_name(role), _PASSWORD), timeout=60)

    def upload(self, role: Role | str, file: Path, case: str = "") -> int:
        """Hand a file in as the page does; gives its id there once it has been read."""
        paperless = self.office.paperless
        fields = json.dumps({named(paperless, "custom_fields", "案号"): case} if case else {})
        return paperless.upload(file, user=_name(role), password=_PASSWORD, fields=fields)

    def sees(self, document: int) -> set[Role]:
        """Who of the roles may open a document in Paperless."""
        address = f"{self.office.paperless.url}/api/documents/{document}/"
        answers = {}
        for role in Role:
            with self.asking(role) as person:
                answers[role] = person.get(address).status_code
        assert set(answers.values()) <= {200, 403, 404}
        return {role for role, status in answers.items() if status == httpx.codes.OK}

    def finds(self, query: str, document: int) -> set[Role]:
        """Who of the roles finds a document by the sidecar's search."""
        address = f"http://{self.office.place.sidecar}/search"
        found = set()
        for role in Role:
            with self.asking(role) as person:
                answer = person.get(address, params={"q": query})
            allowed = answer.status_code == httpx.codes.OK
            assert allowed or (role is Role.OUTSIDE and answer.status_code == httpx.codes.FORBIDDEN)
            found |= {role} if allowed and f"/documents/{document}" in answer.text else set()
        return found

    def set(self, document: int, owner: Role | None, *groups: Role) -> None:
        """As the clerk's page does: say whose a document is, and what groups may see it as well."""
        body = {"owner": self.accounts[owner] if owner else None, "set_permissions": self._circles(groups)}
        with self.asking(Role.CLERK) as clerk:
            clerk.patch(f"{self.office.paperless.url}/api/documents/{document}/", json=body).raise_for_status()

    def _circles(self, groups: tuple[Role, ...]) -> dict[str, Any]:
        view = [named(self.office.paperless, "groups", _group(role)) for role in groups]
        return {"view": {"users": [], "groups": view}, "change": {"users": [], "groups": []}}

    def permissions(self, document: int) -> tuple[Any, Any]:
        """Owner and circles of a document there."""
        held = self.office.paperless.ask("GET", f"documents/{document}/?full_perms=true")
        return held["owner"], held["permissions"]


def _name(role: Role | str) -> str:
    return f"quancheng-{role}" if isinstance(role, Role) else role


def _group(role: Role) -> str:
    return next(each.group for each in ROLES if each.role is role)


@pytest.fixture(scope="module")
def people(paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """The sidecar runs; a clerk has uploaded a form and an officer its recording, both as Paperless' page does."""
    folder = tmp_path_factory.mktemp("handed in")
    form, clip = story.make_form(story.FORMS[0], folder), story.make_clip(story.CLIPS[0], folder)
    office = Office.open(paperless, place(), tmp_path_factory.mktemp("office"))
    accounts: dict[str, int] = {}
    try:
        for role in Role:
            groups = [named(paperless, "groups", _group(role))]
            made = paperless.make("users", username=_name(role), password=_PASSWORD, groups=groups)
            accounts[role] = made["id"]
        rights = ["add_document", "view_document", "view_uisettings", "change_document"]
        made = paperless.make("users", username=_STRANGER, password=_PASSWORD, user_permissions=rights)
        accounts[_STRANGER] = made["id"]
        office.up()
        people = People(office, accounts)
        handed_in = people.upload(Role.CLERK, form, story.CASE)
        people.upload(Role.OFFICER, clip, story.CASE)
        assert eventually(lambda: _linked(office, handed_in) is not None, 240, pause_s=2)
        yield People(office, accounts, handed_in, _linked(office, handed_in) or 0)
    finally:
        office.close()
        for account in accounts.values():
            paperless.remove("users", account)


def _linked(office: Office, form: int) -> int | None:
    """The card that a form is linked with."""
    held = {each["id"]: each for each in office.documents()}
    links = held[form]["values"].get("文书与声像资料关联") or []
    return next((each for each in links if held[each]["title"] == _CARD), None)


def test_what_was_handed_in_is_seen_by_the_office(people: People) -> None:
    """A clerk's form, its card that the sidecar made, and the officer's recording: all roles but an outside body."""
    recording = next(each["id"] for each in people.office.documents() if each["mime_type"] == "video/mp4")
    assert eventually(lambda: people.permissions(people.card)[0] is None, 60)
    for document in (people.form, people.card, recording):
        assert people.sees(document) == _INSIDE
    for document in (people.form, people.card):
        assert people.finds(story.CASE, document) == _INSIDE


def test_a_clerk_corrects_a_form_that_is_linked(people: People) -> None:
    """Paperless lets nobody save a form's fields who may not change all that it is linked with: its card is one."""
    party = named(people.office.paperless, "custom_fields", "当事人")
    address = f"{people.office.paperless.url}/api/documents/{people.form}/"
    with people.asking(Role.CLERK) as clerk:
        held = {each["field"]: each["value"] for each in clerk.get(address).json()["custom_fields"]}
        assert [people.card] in held.values()
        fields = [{"field": field, "value": value} for field, value in (held | {party: "林海生之子"}).items()]
        assert clerk.patch(address, json={"custom_fields": fields}).status_code == httpx.codes.OK
    entered = "SELECT \"by\" FROM collect_correction WHERE name = 'party' AND NOT disputed"
    assert eventually(lambda: people.office.query(entered) == [(_name(Role.CLERK),)], 90)


def test_what_someone_without_a_role_uploads_stays_theirs(people: People, tmp_path: Path) -> None:
    """Who hands in no records for the office keeps their own papers to themselves, though they are archived."""
    file = tmp_path / "私人.pdf"
    file.write_bytes(paper.form(points=14.3))
    document = people.upload(_STRANGER, file)
    known = "SELECT count(*) FROM paperless_twin WHERE remote_id = ? AND done >= wanted"
    assert eventually(lambda: people.office.query(known, document) == [(1,)], 120)
    assert people.permissions(document)[0] == people.accounts[_STRANGER]
    assert people.sees(document) == set()
    assert people.finds("霞浦县三沙镇", document) == set()


def test_a_form_closed_by_a_person_closes_its_card(people: People) -> None:
    """The form stays as the clerk set it; its card is seen and found by the very same people, and opened with it."""
    people.set(people.form, Role.CLERK, Role.LEGAL, Role.LEADER)
    set_there, alike = people.permissions(people.form), {Role.CLERK, Role.LEGAL, Role.LEADER}
    assert people.sees(people.form) == alike
    assert eventually(lambda: people.sees(people.card) == alike, 90)
    for document in (people.form, people.card):
        assert people.finds(story.CASE, document) == alike
    assert people.permissions(people.form) == set_there
    people.set(people.form, None)
    assert eventually(lambda: people.sees(people.card) == _INSIDE, 90)
    events = people.office.query("SELECT canonical FROM preserve_custodyevent WHERE canonical LIKE '%\"permissions\"%'")
    agents = [json.loads(canonical)["agent"] for (canonical,) in events]
    assert agents.count(_name(Role.CLERK)) == 2


def test_a_card_set_by_a_person_stands(people: People) -> None:
    """Closed to all but the clerk, it stays so while its form is closed to others and opened again."""
    people.set(people.card, Role.CLERK)
    set_there = people.permissions(people.card)
    entered = "SELECT count(*) FROM archive_archiveddocument WHERE kind = 'record-card' AND permissions IS NOT NULL"
    assert eventually(lambda: people.office.query(entered) == [(1,)], 90)
    for groups in ((Role.CLERK, Role.LEGAL), (None,)):
        people.set(people.form, *groups)
        of_form = "SELECT permissions FROM archive_archiveddocument WHERE kind = 'form' AND title LIKE ?"
        closed = groups[0] is not None
        assert eventually(lambda: (people.office.query(of_form, f"{_FORM}%")[0][0] is not None) == closed, 90)  # noqa: B023  asked at once
        assert people.permissions(people.card) == set_there
    assert people.sees(people.card) == {Role.CLERK}
    assert people.finds(story.CASE, people.card) == {Role.CLERK}
