"""Ways to delete that `test_guard` does not try: a workflow's trash action, the end of a password, the whole trash."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pikepdf
import pytest

from tests.command import Run
from tests.live.day import eventually
from tests.live.keeping import is_found, keep, kept_and_free
from tests.paperless_server import Server
from tests.plugin import paper

_DOCUMENT_UPDATED, _MOVE_TO_TRASH = 3, 6
_OPENS_WITH = "worth-nothing-7"


@pytest.fixture(scope="module")
def forms(
    page: httpx.Client,
    paperless: Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[int, int]]:
    """Two forms that Paperless has taken in: one is kept, the other was released."""
    with kept_and_free(page, paperless, tmp_path_factory.mktemp("forms"), (10.7, 12.1)) as made:
        yield made


def _in_trash(page: httpx.Client) -> set[int]:
    return {each["id"] for each in page.get("trash/").json()["results"]}


def test_a_workflow_puts_only_the_free_one_into_the_trash(
    page: httpx.Client,
    paperless: Server,
    forms: tuple[int, int],
) -> None:
    """Both are tagged as a workflow wants that moves such documents to the trash: the kept one stays, and says so."""
    kept, free = forms
    tag = paperless.make("tags", name="可以清理", matching_algorithm=0)["id"]
    trigger = {"type": _DOCUMENT_UPDATED, "sources": [1, 2, 3, 4], "filter_has_tags": [tag]}
    workflow = paperless.make(
        "workflows", name="清理", order=9, enabled=True, triggers=[trigger], actions=[{"type": _MOVE_TO_TRASH}]
    )
    try:
        for document in forms:
            answer = page.patch(f"documents/{document}/", json={"tags": [tag]})
            assert answer.status_code in {200, 404}  # 404 where it went while the answer was made
        assert eventually(lambda: free in _in_trash(page), 60)
        assert eventually(lambda: "已拒绝" in page.get(f"documents/{kept}/history/").text, 60)
        assert page.get(f"documents/{kept}/").status_code == 200
        assert is_found(page, kept)
        assert kept not in _in_trash(page)
    finally:
        paperless.remove("workflows", workflow["id"])
        paperless.remove("tags", tag)


def test_the_whole_trash_is_emptied(page: httpx.Client, forms: tuple[int, int]) -> None:
    """Without any number named it empties what lies there; the kept one, which does not, is there afterwards."""
    kept, free = forms
    assert page.post("trash/", json={"action": "empty"}).status_code == 200
    assert eventually(lambda: free not in _in_trash(page), 30)
    assert page.get(f"documents/{kept}/").status_code == 200
    assert is_found(page, kept)


def test_a_locked_form_is_kept_once_its_password_is_removed(
    page: httpx.Client,
    paperless: Server,
    tmp_path: Path,
) -> None:
    """Locked, it is taken in and tagged for a person; opened, its new version is signed and nobody deletes either.

    Opened into a document of its own with the original to be deleted: a kept original stays.
    """
    plain, locked = tmp_path / "笔录.pdf", tmp_path / "加密笔录.pdf"
    plain.write_bytes(paper.form(points=11.9))
    with pikepdf.open(plain) as opened:
        opened.save(locked, encryption=pikepdf.Encryption(owner=_OPENS_WITH, user=_OPENS_WITH))
    document = paperless.upload(locked)
    made: set[int] = set()
    try:
        (tag,) = (
            each["id"]
            for each in page.get("tags/?page_size=200").json()["results"]
            if each["name"] == "全程未处理，请人工核对"
        )
        assert tag in page.get(f"documents/{document}/").json()["tags"]
        assert keep(page, paperless.secret, {"document": document, "state": "archived"}).status_code == 200
        before = {each["id"] for each in page.get("documents/?page_size=1000").json()["results"]}
        body = {"documents": [document], "password": _OPENS_WITH, "delete_original": True}
        assert page.post("documents/remove_password/", json=body).status_code == 200
        assert eventually(lambda: len(_held(page) - before) == 1, 120)
        made = _held(page) - before
        assert eventually(lambda: "已拒绝" in page.get(f"documents/{document}/history/").text, 60)
        assert page.get(f"documents/{document}/").status_code == 200
        (copy,) = made
        assert "无数字签名" not in _signature(page, copy)
        assert page.delete(f"documents/{copy}/").status_code == 409
        paperless.destroy(copy)  # else the next would be its double
        made = set()

        assert keep(page, paperless.secret, {"document": document, "state": "free"}).status_code == 200
        body = {"documents": [document], "password": _OPENS_WITH, "update_document": True}
        assert page.post("documents/remove_password/", json=body).status_code == 200

        def versions() -> int:
            return len(page.get(f"documents/{document}/").json()["versions"])

        if not eventually(lambda: versions() == 2, 120):
            failed = page.get("tasks/", params={"page_size": 5}).json()["results"]
            pytest.fail(f"no version was made: {[each['result_data'] for each in failed]}")
        assert page.delete(f"documents/{document}/").status_code == 409
    finally:
        for each in made | {document}:
            paperless.destroy(each)


def test_what_was_there_before_is_kept_once_it_is_archived_here(
    office: Run,
    page: httpx.Client,
    paperless: Server,
    tmp_path: Path,
) -> None:
    """A form that the plugin keeps no longer, as if it were from before: taken over and archived, nobody deletes it."""
    form = tmp_path / "旧笔录.pdf"
    form.write_bytes(paper.form(points=15.1))
    document = paperless.upload(form)
    try:
        assert keep(page, paperless.secret, {"document": document, "state": "free"}).status_code == 200
        since = "2020-01-01T00:00+08:00"
        done = office("paperless", "sync", "--since", since, "--patience", "240", "--json", timeout=400)
        assert done.status == 0, done.out + done.err
        assert page.delete(f"documents/{document}/").status_code == 409
    finally:
        paperless.destroy(document)


def _held(page: httpx.Client) -> set[int]:
    return {each["id"] for each in page.get("documents/?page_size=1000").json()["results"]}


def _signature(page: httpx.Client, document: int) -> str:
    """What the metadata tab says of the archive file's signature."""
    told = page.get(f"documents/{document}/metadata/").json()
    rows = [*(told["original_metadata"] or []), *(told["archive_metadata"] or [])]
    return (
        "；".join(row["value"] for row in rows if row["key"] == "签名状态" and "有效" in row["value"]) or "无数字签名"
    )
