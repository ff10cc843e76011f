"""A person corrects or confirms what was read, by the commands: the original stays, the verdict follows."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from quancheng_sidecar.demo import story
from tests.command import Run, runner

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("main-job")]

FORM = story.FORMS[0]


@pytest.fixture(scope="module")
def quancheng(taken_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command, with the form, its recordings and others of the case taken in."""
    return runner(Path(shutil.copytree(taken_in / "home", tmp_path_factory.mktemp("更正") / "home")))


def _document(run: Run) -> dict[str, Any]:
    documents = run("document", "list", "--json").json["documents"]
    return next(entry for entry in documents if entry["file"] == FORM.file_name)


def _verdict(run: Run) -> dict[str, Any]:
    forms = run("case", "check", story.CASE, "--json").json["forms"]
    return dict(next(form["agreement"] for form in forms if form["file_name"] == FORM.file_name))


def test_corrected_end_moves_the_verdict_and_back(quancheng: Run) -> None:
    """A later end leaves the recordings short of it; corrected again, they agree again."""
    archive_id = _document(quancheng)["archive_id"]
    assert _verdict(quancheng)["verdict"] == "agrees"
    words = ("document", "correct", archive_id, "--why", "对照原件", "--by", "李文书", "--json")
    moved = quancheng(*words, "--end", "2026-03-01T09:52+08:00")
    assert moved.status == 0, moved.err
    assert moved.json["reading"]["interval"]["end"] == "2026-03-01T09:52:00+08:00"
    assert _verdict(quancheng)["verdict"] == "deviates"
    assert quancheng(*words, "--end", "2026-03-01T09:32+08:00").status == 0
    assert _verdict(quancheng)["verdict"] == "agrees"
    kept = _document(quancheng)["corrections"]
    assert [(c["was"], c["value"], c["by"], c["why"]) for c in kept] == [
        ("2026-03-01T09:32:00+08:00", "2026-03-01T09:52:00+08:00", "李文书", "对照原件"),
        ("2026-03-01T09:52:00+08:00", "2026-03-01T09:32:00+08:00", "李文书", "对照原件"),
    ]
    assert all(c["at"].endswith("+08:00") for c in kept)


@pytest.mark.parametrize("command", [("document", "correct"), ("device", "check")])
def test_nobody_has_a_name_longer_than_what_keeps_it(quancheng: Run, command: tuple[str, ...]) -> None:
    """It is refused before anything is kept, whatever is to be done."""
    rest = {"document": ("--why", "对照原件", "--party", "甲"), "device": ("--device", "D-07")}[command[0]]
    named = _document(quancheng)["archive_id"] if command[0] == "document" else __file__
    refused = quancheng(*command, named, *rest, "--by", "李" * 65, "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "QC-AGENT-LONG")


def test_corrected_value_is_found(quancheng: Run) -> None:
    """Search finds a corrected party and place, and no longer by the field what they replaced."""
    archive_id = _document(quancheng)["archive_id"]
    words = ("document", "correct", archive_id, "--why", "对照原件", "--json")
    assert quancheng(*words, "--party", "欧阳渔生", "--field", "ship=闽霞渔00001").status == 0
    for wanted in ("欧阳渔生", "闽霞渔00001"):
        assert [hit["id"] for hit in quancheng("search", wanted, "--json").json["hits"]] == [archive_id]


def test_form_that_carries_no_time_has_no_verdict(quancheng: Run) -> None:
    """Named as another kind of form, the document's verdict and links are withdrawn; named right, they come back."""
    archive_id = _document(quancheng)["archive_id"]
    words = ("document", "correct", archive_id, "--why", "文书种类有误", "--json")
    assert quancheng(*words, "--form", "结案报告").status == 0
    check = quancheng("case", "check", story.CASE, "--json").json
    assert FORM.file_name not in [form["file_name"] for form in check["forms"]]
    assert check["without_time"] == [FORM.file_name]
    (hit,) = (h for h in quancheng("search", "黄岐", "--json").json["hits"] if h["id"] == archive_id)
    assert "verdict" not in hit["fields"]
    assert quancheng(*words, "--form", "现场检查（勘验）笔录").status == 0
    assert _verdict(quancheng)["verdict"] == "agrees"


def test_confirmed_value_leaves_the_review_list(quancheng: Run) -> None:
    """A confirmed value is noted with who said so, unchanged, and no longer listed for review."""
    archive_id = _document(quancheng)["archive_id"]
    before = _document(quancheng)["reading"]
    words = ("document", "correct", archive_id, "--why", "核对无误", "--confirm", "interval", "--json")
    after = quancheng(*words).json
    assert after["reading"]["interval"]["start"] == before["interval"]["start"]
    assert "interval" not in after["reading"]["review"]
    assert [c["was"] == c["value"] for c in after["corrections"][-2:]] == [True, True]


def test_one_end_entered_and_the_interval_confirmed_are_one_answer(quancheng: Run) -> None:
    """What is entered counts over what is confirmed in the same command."""
    before = _document(quancheng)
    words = ("document", "correct", before["archive_id"], "--why", "对照原件", "--confirm", "interval", "--json")
    after = quancheng(*words, "--end", "2026-03-01T09:33+08:00").json["reading"]["interval"]
    assert (after["start"], after["end"]) == (before["reading"]["interval"]["start"], "2026-03-01T09:33:00+08:00")
    assert quancheng(*words, "--end", before["reading"]["interval"]["end"]).status == 0


def test_corrected_recording_moves_whole(quancheng: Run) -> None:
    """A recording whose camera ran an hour late is moved, end and all, and the verdict follows; witnesses stay."""
    first, *_ = quancheng("recording", "list", "--json").json["recordings"]
    words = ("recording", "correct", first["archive_id"], "--why", "设备时钟慢1小时", "--json")
    moved = quancheng(*words, "--start", "2026-03-01T10:29:50+08:00").json
    assert (moved["start"], moved["end"]) == (first["start"].replace("T09", "T10"), first["end"].replace("T09", "T10"))
    assert _verdict(quancheng)["verdict"] != "agrees"
    assert quancheng(*words, "--start", first["start"]).status == 0
    assert _verdict(quancheng)["verdict"] == "agrees"


REFUSED = (
    ("QC-CORRECTION-REFUSED", "--start", "2026-03-01T09:30"),
    ("QC-CORRECTION-REFUSED", "--end", "2026-02-01T09:30+08:00"),
    ("QC-CORRECTION-REFUSED", "--confirm", "nothing"),
    ("QC-CORRECTION-REFUSED", "--field", "plase=码头"),
    ("QC-CORRECTION-REFUSED",),
    ("QC-FORMS-UNKNOWN", "--form", "没有这种文书"),
)


def test_what_cannot_stand_is_refused(quancheng: Run) -> None:
    """A time without zone, an end before the start, an unknown name: refused in words, and nothing is written."""
    before = _document(quancheng)
    for code, *words in REFUSED:
        answer = quancheng("document", "correct", before["archive_id"], "--why", "试", *words, "--json")
        assert (answer.status, answer.json["error"]["code"]) == (1, code), words
    assert _document(quancheng) == before


def test_corrections_are_in_the_log(quancheng: Run) -> None:
    """The custody log holds every correction and stays whole; an unknown id is refused by its code."""
    assert quancheng("log", "verify", "--json").status == 0
    unknown = quancheng("document", "correct", "9999", "--why", "试", "--confirm", "form", "--json")
    assert (unknown.status, unknown.json["error"]["code"]) == (1, "QC-RECORD-UNKNOWN")
