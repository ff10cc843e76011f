"""The whole job on a real Paperless-ngx: a case handed in by three ways is signed, judged, found, kept and watched.

With QUANCHENG_TEST_PICTURES set to a folder, pictures of Paperless' page are left there.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.command import runner
from tests.live import material, page
from tests.live.day import Office, drop, eventually, place
from tests.paperless_server import Server

_USER = os.environ.get("QUANCHENG_TEST_PAPERLESS_USER", "")
_PASSWORD = os.environ.get("QUANCHENG_TEST_PAPERLESS_PASSWORD", "")
_IN_TIME_S = 60
_PACE_S = float(os.environ.get("QUANCHENG_TEST_PACE_S", "10"))
"""One file every so many seconds; 0 hands all in at once, which two processor cores take minutes for."""
_CONSUME_FOLDER, _WEB_UI = 1, 4
_INCOMING, _ASSIGN = 1, 1
_LEGAL = "全程-法制人员"
_CARD, _LINKS = "声像资料登记卡", "文书与声像资料关联"


@dataclass(frozen=True)
class Day:
    """The case after all was handed in; `took_s` is how long after the last file all was done."""

    office: Office
    scans: tuple[Path, ...]
    recordings: tuple[Path, ...]
    took_s: float

    def archived(self) -> list[dict[str, Any]]:
        """Forms and record cards of the case, as Paperless has them."""
        held = self.office.documents()
        return [
            each for each in held if each["values"].get("案号") == material.CASE and each["mime_type"] not in _MEDIA
        ]

    def forms(self) -> list[dict[str, Any]]:
        """The forms alone."""
        return [each for each in self.archived() if not each["title"].startswith(_CARD)]

    def form(self, file: Path) -> dict[str, Any]:
        """The form that was made of a scan dropped into Paperless."""
        (found,) = (each for each in self.forms() if each["original_file_name"] == file.name)
        return found

    def cards(self) -> list[dict[str, Any]]:
        """The record cards alone."""
        return [each for each in self.archived() if each["title"].startswith(_CARD)]


_MEDIA = ("video/mp4",)


@pytest.fixture(scope="module")
def day(paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Hand in the case: a third of the scans each through the page, the consume folder and the sidecar's inbox."""
    if not (_USER and _PASSWORD):
        pytest.skip(
            "请设置 QUANCHENG_TEST_PAPERLESS_USER 和 _PASSWORD，用来登录网页。No account for the page is named."
        )
    folder = tmp_path_factory.mktemp("case")
    scans, recordings = tuple(material.scans(folder)), tuple(material.recordings(folder))
    office = Office.open(paperless, place(), tmp_path_factory.mktemp("office"))
    workflow = None
    try:
        workflow = _fill_in_case(office)
        office.up()
        _decoy(office, folder)
        handed_in = _hand_in(office, scans, recordings)
        taken = Day(office, scans, recordings, 0)
        done = eventually(lambda: _stays_done(taken), 600, pause_s=1)
        took = time.monotonic() - handed_in
        _say(f"all done {took:.1f} s after the last file")
        assert done
        yield Day(office, scans, recordings, took)
    finally:
        if workflow is not None:
            paperless.remove("workflows", workflow)
        office.close()


def _fill_in_case(office: Office) -> int:
    """What an office does that scans one case after the other: a workflow enters the number on what comes in."""
    (field,) = (
        each["id"]
        for each in office.paperless.ask("GET", "custom_fields/?page_size=100")["results"]
        if each["name"] == "案号"
    )
    trigger = {"type": _INCOMING, "sources": [_CONSUME_FOLDER, _WEB_UI], "filter_filename": "*"}
    action = {
        "type": _ASSIGN,
        "assign_custom_fields": [field],
        "assign_custom_fields_values": {field: material.CASE},
    }
    made = office.paperless.make(
        "workflows", name="今天的案件", order=1, enabled=True, triggers=[trigger], actions=[action]
    )
    return int(made["id"])


def _decoy(office: Office, folder: Path) -> None:
    """A form of another case whose number ends alike, already archived when the day begins."""
    (form,) = material.more_scans(folder, 1, first=90)
    inbox = office.home / "inbox" / "scans" / material.OTHER_CASE
    inbox.mkdir(parents=True)
    shutil.copy(form, inbox)
    assert eventually(
        lambda: any(each["values"].get("案号") == material.OTHER_CASE for each in office.documents()), 120
    )


def _hand_in(office: Office, scans: tuple[Path, ...], recordings: tuple[Path, ...]) -> float:
    """Hand everything in, one file every few seconds, by each way in turn; the monotonic instant of the last."""
    inbox, consume = office.home / "inbox", office.place.consume
    with page.signed_in(office.paperless, _USER, _PASSWORD) as browser:

        def upload(file: Path) -> None:
            page.upload(browser, office.paperless, [file])

        stages = [inbox / "recordings" / material.CASE / clip.stage.zh for clip in material.CLIPS]
        steps = [
            (partial(upload, recordings[0])),
            (partial(drop, consume, recordings[1])),
            (partial(drop, stages[2], recordings[2])),
            (partial(drop, stages[3], recordings[3])),
            *(partial(drop, inbox / "scans" / material.CASE, file) for file in scans[8:]),
            *(partial(drop, consume, file) for file in scans[4:8]),
            *(partial(upload, file) for file in scans[:4]),
        ]
        for number in range(len(steps)):
            steps[number * 5 % len(steps)]()  # each way in turn: 5 and 16 have no divisor in common
            handed_in = time.monotonic()
            if number < len(steps) - 1:
                time.sleep(_PACE_S)
    return handed_in


def _is_done(day: Day) -> bool:
    """All is archived, both sides agree about each document: nothing is left to be sent.

    Paperless is asked last: to be asked for all its documents every second costs it a part of a processor.
    """
    waits = "SELECT count(*) FROM paperless_twin WHERE wanted > done OR remote_id IS NULL"
    ((waiting,),) = day.office.query(waits)
    ((received,),) = day.office.query("SELECT count(*) FROM collect_intake WHERE state = 'received'")
    ((done,),) = day.office.query("SELECT count(*) FROM collect_intake WHERE state = 'done'")
    handed_in = len(day.scans), len(day.recordings)
    if waiting or received or done < sum(handed_in):
        return False
    return (len(day.forms()), len(day.cards())) == handed_in


def _stays_done(day: Day) -> bool:
    """Between a record and the judgment of its case lies a moment in which nothing waits."""
    if not _is_done(day):
        return False
    time.sleep(2)
    return _is_done(day)


def _say(text: str) -> None:
    sys.stderr.write(f"\n{text}\n")


def test_all_is_done_within_a_minute(day: Day) -> None:
    """Twelve forms and four cards are there in time; what came in is there once."""
    assert day.took_s <= _IN_TIME_S
    originals = {each["original_file_name"] for each in day.office.documents() if each["mime_type"] in _MEDIA}
    assert originals == {file.name for file in day.recordings[:2]}


def test_archive_files_verify(day: Day, tmp_path: Path) -> None:
    """`pyhanko sign validate` finds every archive file of Paperless signed by a trusted signer and unchanged."""
    for document in day.archived():
        file = tmp_path / f"{document['id']}.pdf"
        _download(day.office.paperless, document["id"], file)
        command = [str(Path(sys.executable).with_name("pyhanko")), "sign", "validate", "--pretty-print"]
        trust = ["--trust", str(day.office.place.root)]
        done = subprocess.run([*command, *trust, file], capture_output=True, text=True, timeout=60, check=False)
        assert "The signature is judged VALID." in done.stdout, f"{document['title']}\n{done.stdout}{done.stderr}"
        assert done.returncode == 0


def _download(paperless: Server, document: int, target: Path) -> None:
    headers = {"Authorization": f"Token {paperless.token}"}
    answer = httpx.get(f"{paperless.url}/api/documents/{document}/download/", headers=headers, timeout=60)
    target.write_bytes(answer.raise_for_status().content)


def test_fields_and_links_are_carried(day: Day) -> None:
    """Every form says which form it is and how it is signed; form and recordings name each other."""
    forms, cards = day.forms(), day.cards()
    assert all(each["values"]["签名状态"].startswith("有效") for each in forms)
    inspection = day.form(day.scans[0])
    values = inspection["values"]
    assert (values["开始时间"], values["结束时间"]) == ("2026-03-01T09:30:00+08:00", "2026-03-01T09:32:00+08:00")
    of_inspection = [
        each["id"] for each in cards if each["title"][len(_CARD) + 1 :] in {f.name for f in day.recordings[:2]}
    ]
    assert values[_LINKS] == sorted(of_inspection)
    for card in cards:
        assert inspection["id"] in card["values"][_LINKS] or card["id"] not in of_inspection
        assert card["values"]["声像资料摘要"].startswith("sha256:")
    dropped = {each["id"]: each for each in day.office.documents() if each["mime_type"] in _MEDIA}
    linked = {other for each in dropped.values() for other in each["values"].get(_LINKS, ())}
    assert linked == set(of_inspection)


def test_verdicts_are_those_of_the_built_in_archive(day: Day, tmp_path: Path) -> None:
    """The same files, taken in without Paperless, are judged alike, figure by figure."""
    alone = runner(tmp_path)
    assert alone("document", "add", *day.scans, "--case", material.CASE, timeout=900).status == 0
    for clip, file in zip(material.CLIPS[2:], day.recordings[2:], strict=True):
        assert alone("recording", "add", file, "--case", material.CASE, "--stage", clip.stage).status == 0
    assert alone("recording", "add", *day.recordings[:2], "--case", material.CASE, timeout=900).status == 0
    expected = _judged(alone("case", "check", material.CASE, "--json").json)
    assert _judged(day.office.run("case", "check", material.CASE, "--json").json) == expected
    verdicts = {name: agreement["verdict"] for name, agreement in expected.items()}
    _say(json.dumps(verdicts, ensure_ascii=False, indent=1))
    assert sum("起止时间核对" in each["values"] for each in day.forms()) == len(verdicts)


def _judged(check: Any) -> dict[str, Any]:
    return {form["file_name"]: _without_ids(form["agreement"]) for form in check["forms"]}


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_ids(v) for k, v in value.items() if k not in {"recording_id", "considered"}}
    return [_without_ids(each) for each in value] if isinstance(value, list) else value


def test_case_number_finds_its_own_documents(day: Day) -> None:
    """Asked by one of the legal staff, nobody else: the twelve forms and four cards, and nothing of the other case."""
    paperless = day.office.paperless
    headers = {"Authorization": f"Token {paperless.token}"}
    address = f"http://{day.office.place.sidecar}/search"

    def ask() -> httpx.Response:
        return httpx.get(address, params={"q": material.CASE}, headers=headers, timeout=60)

    assert ask().status_code == httpx.codes.FORBIDDEN
    (legal,) = (each for each in paperless.ask("GET", "groups/?page_size=100")["results"] if each["name"] == _LEGAL)
    with paperless.member(_USER, legal["id"]):
        answer = ask()
    assert answer.status_code == httpx.codes.OK
    found = day.office.run("search", material.CASE, "--limit", "100", "--json").json
    assert found["total"] == len(day.scans) + len(day.recordings)
    assert {hit["case"] for hit in found["hits"]} == {material.CASE}
    assert f"共 {found['total']} 条" in answer.text


@pytest.fixture(scope="module")
def browser(day: Day) -> Iterator[Page]:
    """The clerk's browser."""
    with page.signed_in(day.office.paperless, _USER, _PASSWORD) as opened:
        yield opened


def _open(browser: Page, office: Office, document: dict[str, Any]) -> None:
    """Open a document's page, and wait until it shows all that it has: before that its buttons do nothing."""
    browser.goto(f"{office.paperless.url}/documents/{document['id']}/details")
    expect(browser.locator("pngx-custom-field-display, pngx-input-text").first).to_be_visible()
    browser.wait_for_timeout(5000)


def _picture(browser: Page, name: str) -> None:
    folder = os.environ.get("QUANCHENG_TEST_PICTURES")
    if folder:
        page.picture(browser, Path(folder) / name)


def _acts(office: Office, document: int) -> list[tuple[str, str]]:
    """Who did what with a document, by the custody log."""
    rows = [json.loads(row) for (row,) in office.query("SELECT canonical FROM preserve_custodyevent ORDER BY seq")]
    details = [(row["agent"], row["detail"]) for row in rows if row["detail"].get("paperless") == document]
    return [(agent, detail["act"]) for agent, detail in details]


def _is_told(office: Office, document: int, acts: set[tuple[str, str]]) -> bool:
    return acts <= set(_acts(office, document))


def test_each_view_is_in_the_log(day: Day, browser: Page) -> None:
    """What the clerk opens, sees and downloads in Paperless' page stands in the custody log under the clerk's name."""
    office = day.office
    form = day.form(day.scans[0])
    card = next(each for each in day.cards() if day.recordings[0].name in each["title"])
    for document, name in ((form, "live-form.png"), (card, "live-card.png")):
        _open(browser, office, document)
        _picture(browser, name)
    with browser.expect_download():
        browser.get_by_role("button", name="下载").first.click()
    for document, acts in ((form, {"viewed", "previewed"}), (card, {"viewed", "previewed", "downloaded"})):
        wanted = {(_USER, act) for act in acts}
        assert eventually(partial(_is_told, office, document["id"], wanted), 90)
    everybody = {agent for each in day.archived() for agent, _ in _acts(office, each["id"])}
    assert everybody == {_USER}  # the sidecar's own looks are no person's


def test_nothing_archived_can_be_deleted(day: Day, browser: Page) -> None:
    """Alone, with all others of a list, by merging and by taking pages out: the page says no, and all stays."""
    office, before = day.office, {each["id"] for each in day.archived()}
    form = day.form(day.scans[0])
    _open(browser, office, form)
    browser.locator("button.btn-outline-danger:has(i-bs[name=trash])").locator("visible=true").first.click()
    browser.locator(".modal-footer .btn-danger").click()
    notice = browser.locator("ngb-toast").filter(has_text="已归档，不得删除").first
    expect(notice).to_be_visible()
    notice.locator("details").evaluate("details => { details.open = true }")
    browser.wait_for_timeout(1000)  # until it is faded in
    _picture(browser, "live-refused.png")
    browser.goto(f"{office.paperless.url}/documents")
    browser.locator("pngx-document-card-small, pngx-document-card-large, tbody tr").first.wait_for()
    browser.locator("button:has(i-bs[name=check-all])").locator("visible=true").first.click()
    browser.locator("pngx-bulk-editor .btn-outline-danger").locator("visible=true").first.click()
    with browser.expect_response("**/api/documents/delete/") as answer:
        browser.locator(".modal-footer .btn-danger").click()
    assert answer.value.status == httpx.codes.CONFLICT
    browser.wait_for_timeout(1000)
    _picture(browser, "live-list.png")
    pdfs = sorted(each["id"] for each in day.forms() if each["mime_type"] == "application/pdf")[:2]
    held = _held(office)
    office.paperless.ask("POST", "documents/merge/", json={"documents": pdfs, "delete_originals": True})
    pages = {"documents": pdfs[:1], "operations": [{"page": 1, "rotate": 90}], "delete_original": True}
    office.paperless.ask("POST", "documents/edit_pdf/", json=pages)
    assert eventually(
        lambda: all(any(act == "deletion-refused" for _, act in _acts(office, each)) for each in pdfs), 180
    )
    assert before <= {each["id"] for each in day.archived()}
    assert office.paperless.ask("GET", "trash/")["results"] == []
    assert eventually(lambda: (_USER, "deletion-refused") in _acts(office, form["id"]), 90)
    # What was merged and what was turned become documents later, and must not come after all is cleared away.
    assert eventually(lambda: _held(office) == held + 2, 300, pause_s=3)


def _held(office: Office) -> int:
    """How many documents Paperless holds."""
    return int(office.paperless.ask("GET", "documents/?page_size=1")["count"])
