"""What `quancheng paperless setup` makes works in a real Paperless-ngx, and check tells of it."""

import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import pytest

from tests.command import Run
from tests.paperless_server import Server
from tests.plugin import paper

_PASSWORD = "only-for-this-test-7"  # noqa: S105  of accounts that live as long as a test


@pytest.fixture(scope="module")
def document(office: Run, paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A form that came in without a case number."""
    form = tmp_path_factory.mktemp("forms") / "form.pdf"
    form.write_bytes(paper.form() + f"\n% {uuid4()}\n".encode())  # Paperless refuses what it has already
    made = paperless.upload(form)
    yield made
    paperless.destroy(made)


def named(paperless: Server, kind: str, name: str) -> int:
    """Id of the one object of that name."""
    (found,) = [each for each in paperless.ask("GET", f"{kind}/?page_size=1000")["results"] if each["name"] == name]
    return int(found["id"])


def write(paperless: Server, document: int, field: str, value: str | None) -> None:
    """Set a custom field, or take it away, as the product does."""
    held = named(paperless, "custom_fields", field)
    change = {"add_custom_fields": {held: value} if value else {}, "remove_custom_fields": [] if value else [held]}
    body = {"documents": [document], "method": "modify_custom_fields", "parameters": change}
    paperless.ask("POST", "documents/bulk_edit/", json=body)


def eventually(holds: Callable[[], bool], patience_s: float = 30) -> bool:
    """Whether it holds within the time."""
    until = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.5)
    return True


def is_tagged(paperless: Server, document: int, tag: str) -> bool:
    """Whether the document bears the tag."""
    return named(paperless, "tags", tag) in paperless.ask("GET", f"documents/{document}/")["tags"]


def test_second_run_makes_nothing(office: Run) -> None:
    """All is there, and check finds nothing missing."""
    again = office("paperless", "setup", "--json")
    assert again.status == 0
    assert {item["action"] for item in again.json["items"]} == {"keep"}
    states = {item["code"]: item["state"] for item in office("paperless", "check", "--json").json["items"]}
    kinds = ("customfield", "documenttype", "tag", "group", "storagepath", "workflow", "savedview")
    assert [states[f"paperless-{kind}"] for kind in kinds] == ["right"] * len(kinds)
    assert states["paperless-clock"] == "right"


def test_document_without_case_number_is_marked_until_it_has_one(paperless: Server, document: int) -> None:
    """待归案 is put on at intake and taken off with the number."""
    assert is_tagged(paperless, document, "待归案")
    write(paperless, document, "案号", "闽海渔检〔2026〕218号")
    assert eventually(lambda: not is_tagged(paperless, document, "待归案"))


def test_review_tag_follows_the_review_field(paperless: Server, document: int) -> None:
    """待核对 comes with what is to be looked at and goes with it."""
    write(paperless, document, "待核对", "起止时间")
    assert eventually(lambda: is_tagged(paperless, document, "待核对"))
    write(paperless, document, "待核对", None)
    assert eventually(lambda: not is_tagged(paperless, document, "待核对"))


def test_view_finds_its_documents(paperless: Server, document: int) -> None:
    """The rule of the view 待核对 is one that Paperless understands."""
    write(paperless, document, "待核对", "当事人")
    (rule,) = paperless.ask("GET", f"saved_views/{named(paperless, 'saved_views', '待核对')}/")["filter_rules"]
    found = paperless.ask("GET", "documents/", params={"custom_field_query": rule["value"], "fields": "id"})
    assert document in [each["id"] for each in found["results"]]
    write(paperless, document, "待核对", None)


@pytest.mark.parametrize(
    ("role", "reads", "changes"), [("全程-文书", 200, 200), ("全程-法制人员", 200, 403), ("全程-外单位", 403, 403)]
)
def test_groups_give_their_rights_and_none_to_delete(
    paperless: Server, document: int, role: str, reads: int, changes: int
) -> None:
    """A clerk changes, legal staff read, an outside body sees nothing; nobody deletes."""
    group = named(paperless, "groups", role)
    user = paperless.make("users", username="quancheng-test", password=_PASSWORD, groups=[group])
    paperless.ask("PATCH", f"documents/{document}/", json={"owner": None})
    try:
        with httpx.Client(base_url=f"{paperless.url}/api/", auth=("quancheng-test", _PASSWORD), timeout=60) as person:
            address = f"documents/{document}/"
            assert person.get("ui_settings/").status_code == 200
            assert person.get(address).status_code == reads
            assert person.patch(address, json={"title": "改名"}).status_code == changes
            assert person.delete(address).status_code == 403
    finally:
        paperless.remove("users", user["id"])


def test_storage_path_leads_to_the_case(paperless: Server, document: int) -> None:
    """A document of that path lies under its year and case."""
    write(paperless, document, "案号", "闽海渔检〔2026〕218号")
    path = named(paperless, "storage_paths", "全程：按年度和案号")
    paperless.ask("PATCH", f"documents/{document}/", json={"storage_path": path})

    def lies_there() -> bool:
        return "/闽海渔检〔2026〕218号/" in paperless.ask("GET", f"documents/{document}/metadata/")["media_filename"]

    assert eventually(lies_there)
