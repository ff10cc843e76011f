"""The plugin's app in a real Paperless-ngx: what is kept cannot be deleted, and the rest of a batch can."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.live.keeping import is_found, keep, kept_and_free
from tests.paperless_server import Server
from tests.plugin import paper


@pytest.fixture(scope="module")
def forms(page: httpx.Client, paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Two forms that Paperless has taken in: one is kept, the other was released."""
    with kept_and_free(page, paperless, tmp_path_factory.mktemp("forms"), (11.3, 12.7)) as made:
        yield made
    keep(page, paperless.secret, {"document": made[1], "state": "free"})


def test_a_kept_form_is_not_deleted_alone(page: httpx.Client, forms: tuple[int, int]) -> None:
    """The answer says why; the form stays and is found, and its history says who tried."""
    kept, _ = forms
    answer = page.delete(f"documents/{kept}/")
    assert answer.status_code == 409
    assert "已归档，不得删除" in answer.json()["detail"]
    assert page.get(f"documents/{kept}/").status_code == 200
    assert is_found(page, kept)
    assert "已拒绝" in page.get(f"documents/{kept}/history/").text


def test_its_version_is_kept_with_it(page: httpx.Client, forms: tuple[int, int], tmp_path: Path) -> None:
    """A newer version of a kept form cannot be taken away either."""
    kept, _ = forms
    newer = tmp_path / "新版.pdf"
    newer.write_bytes(paper.form(points=13.9))
    with newer.open("rb") as file:
        asked = page.post(f"documents/{kept}/update_version/", files={"document": (newer.name, file)})
    version = _made_by(page, asked.json())
    assert page.delete(f"documents/{kept}/versions/{version}/").status_code == 409
    assert {kept, version} <= {each["id"] for each in page.get(f"documents/{kept}/").json()["versions"]}


def _made_by(page: httpx.Client, task: str) -> int:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        for told in page.get("tasks/", params={"task_id": task}).json()["results"]:
            if told["status"] == "success":
                return int(told["result_data"]["document_id"])
        time.sleep(1)
    raise TimeoutError(task)


def test_in_a_batch_the_free_one_is_deleted(page: httpx.Client, forms: tuple[int, int]) -> None:
    """The answer names the kept one; emptying the trash removes the other for good."""
    kept, free = forms
    answer = page.post("documents/delete/", json={"documents": [kept, free]})
    assert (answer.status_code, answer.json()["kept"]) == (409, [kept])
    assert is_found(page, kept)
    assert [each["id"] for each in page.get("trash/").json()["results"] if each["id"] in forms] == [free]
    assert page.post("trash/", json={"action": "empty", "documents": [free]}).status_code == 200
    assert page.get(f"documents/{free}/").status_code == 404


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("documents/delete/", {"all": True, "filters": {"query": "霞浦县三沙镇"}}),
        ("documents/bulk_edit/", {"method": "delete", "parameters": {}}),
        ("documents/bulk_edit/", {"method": "split", "parameters": {"pages": "1", "delete_originals": True}}),
        ("documents/bulk_edit/", {"method": "delete_pages", "parameters": {"pages": [1]}}),
        ("documents/edit_pdf/", {"operations": [{"page": 1, "rotate": 90}], "delete_original": True}),
        ("documents/merge/", {"delete_originals": True}),
    ],
    ids=["all that a filter finds", "bulk edit", "split", "pages", "edit", "merge"],
)
def test_a_kept_form_outlives_every_other_way(
    page: httpx.Client, forms: tuple[int, int], paperless: Server, path: str, asked: dict[str, object]
) -> None:
    """Whatever Paperless answers, and whatever it makes of the form, the form with its file is there and found."""
    kept, _ = forms
    before = {each["id"] for each in page.get("documents/?page_size=1000").json()["results"]}
    original = page.get(f"documents/{kept}/download/?original=true").content
    page.post(path, json={"documents": [] if asked.get("all") else [kept]} | asked)
    time.sleep(2)
    while paperless.is_at_work():
        time.sleep(2)
    assert page.get(f"documents/{kept}/").status_code == 200
    assert is_found(page, kept)
    root = min(each["id"] for each in page.get(f"documents/{kept}/").json()["versions"])
    assert page.get(f"documents/{root}/download/?original=true").content == original
    assert kept not in {each["id"] for each in page.get("trash/").json()["results"]}
    for made in {each["id"] for each in page.get("documents/?page_size=1000").json()["results"]} - before:
        paperless.destroy(made)
