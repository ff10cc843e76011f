"""Both sides kept in step with a real Paperless-ngx: sent, linked, corrected there, taken over, filed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quancheng_sidecar.demo import story
from tests.command import Run
from tests.live.test_paperless_setup import eventually, write
from tests.paperless_server import Server

FORM, OTHER = story.FORMS[0], story.FORMS[1]
_ELSEWHERE = "闽海渔执罚〔2026〕52号"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scans and a recording."""
    folder = tmp_path_factory.mktemp("in step")
    for form in (FORM, OTHER):
        story.make_form(form, folder)
    story.make_clip(story.CLIPS[0], folder)
    return folder


@pytest.fixture(scope="module")
def sent(office: Run, paperless: Server, files: Path) -> Iterator[dict[str, int]]:
    """A form and its recording, taken in here and sent; ids in Paperless by title."""
    assert office("document", "add", files / FORM.file_name, "--case", story.CASE).status == 0
    clip = files / story.CLIPS[0].file_name
    assert office("recording", "add", clip, "--case", story.CASE, "--stage", "inspection").status == 0
    done = office("paperless", "sync", "--patience", "300", "--json", timeout=400)
    assert done.status == 0, done.out + done.err
    held = paperless.ask("GET", "documents/?page_size=200&ordering=id")["results"]
    ours = {each["title"]: each["id"] for each in held if each["title"] in {"现场检查(勘验)笔录", _card()}}
    yield ours
    for document in ours.values():
        paperless.destroy(document)


def _card() -> str:
    return f"声像资料登记卡 {story.CLIPS[0].file_name}"


def _fields(paperless: Server, document: int) -> dict[str, Any]:
    names = {each["id"]: each["name"] for each in paperless.ask("GET", "custom_fields/?page_size=100")["results"]}
    held = paperless.ask("GET", f"documents/{document}/")["custom_fields"]
    return {names[each["field"]]: each["value"] for each in held}


def _form(office: Run) -> dict[str, Any]:
    (entry,) = (d for d in office("document", "list", "--json").json["documents"] if d["file"] == FORM.file_name)
    return dict(entry)


def _synced(office: Run) -> dict[str, Any]:
    # Paperless' worker, not the request itself, sets when a document changed: one round may come too early.
    assert office("paperless", "sync", "--json").status == 0
    return _form(office)


def _stages(office: Run) -> set[str]:
    assert office("paperless", "sync", "--json").status == 0
    return {form["stage"] for form in office("case", "check", story.CASE, "--json").json["forms"]}


def test_form_and_card_carry_their_fields_and_links(sent: dict[str, int], paperless: Server) -> None:
    """What was read, the verdict and the signature stand in Paperless' fields; form and card name each other."""
    form, card = sent["现场检查(勘验)笔录"], sent[_card()]
    fields = _fields(paperless, form)
    assert fields["案号"] == story.CASE
    assert fields["开始时间"] == "2026-03-01T09:30:00+08:00"
    assert fields["当事人"] == story.PARTY
    assert fields["签名状态"].startswith("有效")
    assert fields["文书与声像资料关联"] == [card]
    assert _fields(paperless, card)["文书与声像资料关联"] == [form]
    types = {each["id"]: each["name"] for each in paperless.ask("GET", "document_types/?page_size=100")["results"]}
    assert types[paperless.ask("GET", f"documents/{form}/")["document_type"]] == "现场检查(勘验)笔录"


def test_correction_there_flows_back_with_who(sent: dict[str, int], office: Run, paperless: Server) -> None:
    """A party corrected in Paperless stands here beside what was read; a verdict changed there is set right again."""
    form = sent["现场检查(勘验)笔录"]
    verdict = _fields(paperless, form)["起止时间核对"]
    write(paperless, form, "当事人", "林海生之子")
    write(paperless, form, "起止时间核对", None)
    assert eventually(lambda: _synced(office)["reading"]["party"]["value"] == "林海生之子", 90)
    entry = _form(office)
    correction = entry["corrections"][-1]
    assert (correction["name"], correction["was"], correction["why"]) == ("party", story.PARTY, "在 Paperless 中更正")
    assert correction["by"]
    assert _fields(paperless, form)["起止时间核对"] == verdict


def test_people_on_both_sides_are_told(sent: dict[str, int], office: Run, paperless: Server) -> None:
    """A place that people changed on both sides since they last agreed: each side keeps its own, for review."""
    form = sent["现场检查(勘验)笔录"]
    words = ("document", "correct", _form(office)["archive_id"], "--why", "对照原件", "--json")
    write(paperless, form, "地点", "那边填的地点")
    assert office(*words, "--field", "place=这边填的地点").status == 0
    assert eventually(lambda: "place" in _synced(office)["reading"]["review"], 90)
    entry = _form(office)
    assert entry["reading"]["fields"]["place"]["value"] == "这边填的地点"
    assert "那边填的地点" in entry["corrections"][-1]["why"]
    assert _fields(paperless, form)["地点"] == "那边填的地点"


def test_fields_of_others_stay(sent: dict[str, int], office: Run, paperless: Server) -> None:
    """A field that the office made for itself is not touched by what we send."""
    form = sent["现场检查(勘验)笔录"]
    own = paperless.make("custom_fields", name="本局自用", data_type="string")["id"]
    try:
        write(paperless, form, "本局自用", "留着")
        words = ("document", "correct", _form(office)["archive_id"], "--why", "对照原件", "--party", story.PARTY)
        assert office(*words).status == 0
        assert office("paperless", "sync", "--json").status == 0
        fields = _fields(paperless, form)
        assert (fields["本局自用"], fields["当事人"]) == ("留着", story.PARTY)
    finally:
        paperless.remove("custom_fields", own)


def test_card_of_a_moved_recording_is_a_version(sent: dict[str, int], office: Run, paperless: Server) -> None:
    """Given another case number there, the recording moves; its card drawn anew lies over the former, which stays."""
    card = sent[_card()]
    write(paperless, card, "案号", _ELSEWHERE)

    def versions() -> int:
        assert office("paperless", "sync", "--json").status == 0
        return len({each["checksum"] for each in paperless.ask("GET", f"documents/{card}/")["versions"]})

    assert eventually(lambda: versions() == 2, 180)
    assert office("paperless", "sync", "--patience", "60", "--json").status == 0
    (recording,) = office("recording", "list", "--json").json["recordings"]
    assert recording["case"] == _ELSEWHERE
    held = paperless.ask("GET", f"documents/{card}/")
    assert _ELSEWHERE in held["content"]
    assert story.CASE not in held["content"]
    assert _fields(paperless, card)["案号"] == _ELSEWHERE


def test_document_dropped_there_is_taken_over_and_filed(office: Run, paperless: Server, files: Path) -> None:
    """A scan consumed by Paperless is kept and read here; given a case number there, it is filed and judged here."""
    document = paperless.upload(files / OTHER.file_name)
    try:
        done = office("paperless", "sync", "--patience", "240", "--json", timeout=400)
        assert done.status == 0, done.out + done.err
        (entry,) = (d for d in office("document", "list", "--json").json["documents"] if d["file"] == OTHER.file_name)
        assert (entry["case"], entry["reading"]["form"]["name"]) == (None, "查封(扣押)现场笔录")
        assert _fields(paperless, document)["开始时间"] == entry["reading"]["interval"]["start"]
        write(paperless, document, "案号", story.CASE)
        assert eventually(lambda: _stages(office) == {"inspection", "seizure"}, 90)
    finally:
        paperless.destroy(document)


def test_paperless_down_loses_nothing(office: Run, files: Path) -> None:
    """With nobody answering, documents are still taken in here; what waits is listed with its reason."""
    nobody = {"QUANCHENG_PAPERLESS_URL": "http://127.0.0.1:9"}
    added = office("document", "add", files / FORM.file_name, "--case", "闽海渔执罚〔2026〕99号", **nobody)
    assert added.status == 0, added.err
    down = office("paperless", "sync", "--json", **nobody)
    assert (down.status, down.json["error"]["code"]) == (1, "QC-PAPERLESS-UNREACHABLE")
