"""The main job by its commands: scans and recordings in, verdict, link, search and log out."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quancheng_sidecar.core.signed_note import VerifierKey
from quancheng_sidecar.core.tlog_proof import verify_proof
from quancheng_sidecar.demo import story
from tests.command import Run, runner

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("main-job")]

INSPECTION, SEIZURE = story.FORMS[0], story.FORMS[1]


@pytest.fixture(scope="module")
def place(taken_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two forms, four recordings, and a `home` that took them in."""
    return Path(shutil.copytree(taken_in, tmp_path_factory.mktemp("主线") / "案件"))


@pytest.fixture(scope="module")
def quancheng(place: Path) -> Run:
    """The command, with everything taken in."""
    return runner(place / "home")


@pytest.fixture(scope="module")
def check(quancheng: Run) -> dict[str, Any]:
    """The case's verdicts by stage."""
    answer = quancheng("case", "check", story.CASE, "--json")
    assert answer.status == 0, answer.err
    return {form["stage"]: form for form in answer.json["forms"]}


def test_covered_form_agrees(check: dict[str, Any]) -> None:
    """Two neighbouring segments that cover the form's time agree with it, edges and tolerance shown."""
    agreement = check["inspection"]["agreement"]
    assert (agreement["verdict"], agreement["coverage_percent"]) == ("agrees", 100.0)
    assert agreement["start_delta_s"] == pytest.approx(-10, abs=1)
    assert agreement["rule"]["tolerance_s"] == 60
    assert len(agreement["considered"]) == 2


def test_gap_makes_it_incomplete(check: dict[str, Any]) -> None:
    """A gap of 25 seconds between two segments is found with its length."""
    agreement = check["seizure"]["agreement"]
    assert agreement["verdict"] == "incomplete"
    assert [gap["seconds"] for gap in agreement["gaps"]] == [pytest.approx(25, abs=1.5)]


def test_a_whole_chain_misses_nothing(quancheng: Run) -> None:
    """The case's four segments count from one to four: a pause without a skipped number is no missing segment."""
    told = quancheng("case", "check", story.CASE, "--json").json
    assert (told["chained"], told["findings"]) == (4, [])


def test_document_read_keeps_its_contract(quancheng: Run, place: Path) -> None:
    """`document read --json` gives form, number, interval, party, fields, review and text."""
    answer = quancheng("document", "read", place / INSPECTION.file_name, "--json")
    assert answer.status == 0
    read = answer.json
    assert {"form", "number", "interval", "party", "fields", "review", "text"} <= set(read)
    assert read["form"]["name"] == "现场检查(勘验)笔录"
    assert read["interval"]["start"] == "2026-03-01T09:30:00+08:00"
    assert read["interval"]["end"] == "2026-03-01T09:32:00+08:00"
    assert read["party"]["value"] == "林海生"


def test_recording_inspect_keeps_its_contract(quancheng: Run, place: Path) -> None:
    """`recording inspect --json` gives digests, streams, durations, clock and integrity."""
    path = place / story.CLIPS[0].file_name
    answer = quancheng("recording", "inspect", path, "--json")
    assert answer.status == 0
    report = answer.json
    expected = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout.split()[0]
    assert report["digest"]["sha256"] == f"sha256:{expected}"
    assert report["digest"]["sm3"].startswith("sm3:")
    assert report["duration"]["measured"] == pytest.approx(80, abs=0.2)
    assert report["clock"]["source"] == "burnt-in-clock"
    assert report["clock"]["start"].startswith("2026-03-01T09:29:5")
    assert report["integrity"]["signs"] is False


def test_one_search_finds_form_and_recording(quancheng: Run) -> None:
    """The case number finds forms and record cards alike; one character is enough to search by."""
    hits = quancheng("search", story.CASE, "--json").json
    assert {hit["kind"] for hit in hits["hits"]} == {"form", "record-card"}
    assert quancheng("search", "舱", "--json").json["total"] == 1
    assert quancheng("search", "092950", "--json").json["total"] == 1


def test_form_and_card_are_linked_both_ways(quancheng: Run, check: dict[str, Any]) -> None:
    """The form names its recordings' cards with their verdict, and each card names the form."""
    form = quancheng("document", "show", check["inspection"]["document"], "--json").json
    assert form["agreement"]["verdict"] == "agrees"
    assert [link["archive_id"] for link in form["links"]] == sorted(
        used["recording_id"] for used in form["agreement"]["considered"]
    )
    for link in form["links"]:
        card = quancheng("recording", "show", link["archive_id"], "--json").json
        assert [back["archive_id"] for back in card["links"]] == [form["archive_id"]]
        assert card["report"]["clock"]["source"] == "burnt-in-clock"
        assert {"poster", "contact-sheet"} <= set(card["derivatives"])


def test_archived_form_is_signed_and_searchable(quancheng: Run, place: Path) -> None:
    """The archive file is a PDF whose signature verifies and whose text layer holds the form's words."""
    import pypdfium2  # noqa: PLC0415  only here

    for path in (place / "home" / "store").rglob("*"):
        if path.is_file() and path.read_bytes()[:5] == b"%PDF-":
            with pypdfium2.PdfDocument(path) as pdf:
                text = pdf[0].get_textpage().get_text_bounded()
            if "黄岐渔港" in text.replace(" ", "").replace("\r\n", "") and "检查时间" in text.replace(" ", ""):
                verified = quancheng("document", "verify", path, "--json")
                assert verified.json["valid"] is True
                assert verified.json["signatures"][0]["trust"] == "development"
                return
    pytest.fail("no archived PDF holds the form's text")


def test_log_verifies_and_proves(quancheng: Run) -> None:
    """The whole log verifies, and what `prove` prints is the proof of an event, to the byte."""
    assert quancheng("log", "verify", "--json").json["ok"] is True
    printed = quancheng("log", "prove", "0").out
    head, event = verify_proof(printed, [VerifierKey.parse(quancheng("log", "prove", "0", "--json").json["vkey"])])
    assert head.size > 0
    assert event


def test_a_proof_is_checked_without_the_log(quancheng: Run, place: Path, tmp_path: Path) -> None:
    """With the key alone, in an empty home: it holds, names its event, and with another number it does not."""
    proof, key = tmp_path / "证明.txt", (place / "home" / "keys" / "custody-log.vkey").read_text()
    proof.write_text(quancheng("log", "prove", "1").out)
    stranger = runner(tmp_path / "elsewhere")
    checked = stranger("log", "check", proof, "--key", key, "--json")
    assert (checked.status, checked.json["event"]["seq"]) == (0, 1)
    assert not (tmp_path / "elsewhere").exists()
    proof.write_text(proof.read_text().replace("index 1", "index 0"))
    refused = stranger("log", "check", proof, "--key", key, "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "QC-LOG-PROOF")


def test_what_was_done_with_a_record_is_listed(quancheng: Run, place: Path, tmp_path: Path) -> None:
    """By case, by archive id, and by the file itself on whatever disk; a file that is not held has no history."""
    of_case = quancheng("log", "list", story.CASE, "--json").json["events"]
    assert {"ingestion", "metadata extraction", "agreement"} <= {event["type"] for event in of_case}
    assert of_case == sorted(of_case, key=lambda event: event["seq"])
    recording = quancheng("recording", "list", "--json").json["recordings"][0]
    of_recording = quancheng("log", "list", recording["archive_id"], "--json").json["events"]
    assert of_recording[0]["detail"]["file_name"] == recording["file"]
    digest = recording["digest"].removeprefix("sha256:")
    (stored,) = (place / "home" / "store").rglob(digest)
    assert quancheng("log", "list", stored, "--json").json["events"] == of_recording
    shown = quancheng("log", "list", digest).out
    assert ("收存" in shown, "检验并制作登记卡" in shown, story.CASE in shown) == (True, True, True)
    touched = tmp_path / "touched.mp4"
    touched.write_bytes(stored.read_bytes() + b"\0")
    assert quancheng("log", "list", touched, "--json").json["events"] == []
    assert quancheng("log", "list", "没有的", "--json").json["error"]["code"] == "QC-LOG-SUBJECT"


def test_words_in_square_brackets_are_words(quancheng: Run) -> None:
    """A query or a value with square brackets is searched and shown as it stands."""
    answer = quancheng("search", "[/红]")
    assert (answer.status, "[/红]" in answer.out) == (0, True), answer.err


def test_what_is_held_is_listed_and_read_again(quancheng: Run, place: Path) -> None:
    """The case is listed with its counts, the store passes a fixity round, and one changed byte does not."""
    rows = {row["case"]: row for row in quancheng("case", "list", "--json").json["cases"]}
    case = rows[story.CASE]
    assert (case["documents"], case["recordings"], case["quarantined"]) == (2, 4, 0)
    sound = quancheng("store", "verify", "--json")
    assert (sound.status, sound.json["ok"]) == (0, True), sound.json["faults"]
    digest = quancheng("recording", "list", "--json").json["recordings"][0]["digest"].removeprefix("sha256:")
    (stored,) = (place / "home" / "store").rglob(digest)
    before = stored.read_bytes()
    stored.chmod(0o644)
    stored.write_bytes(b"\xff" + before[1:])
    altered = quancheng("store", "verify", "--json")
    stored.write_bytes(before)
    assert altered.status == 3
    assert [(f["digest"], f["code"]) for f in altered.json["faults"]] == [(f"sha256:{digest}", "altered")]


def test_nothing_is_missing_while_a_file_awaits_examination(quancheng: Run, place: Path) -> None:
    """Without a recording the form leaves with status 3; a file of the case in quarantine opens the question again."""
    number = "闽海渔执罚〔2026〕38号"
    unfiled = quancheng("document", "add", place / SEIZURE.file_name, "--json").json["results"][0]
    words = ("case", "file", number, unfiled["archive_id"], "--json")
    assert quancheng(*words).json == {"archive_id": unfiled["archive_id"], "case": number}
    assert quancheng(*words).json["error"]["code"] == "QC-FILING-REFUSED"
    alone = quancheng("case", "check", number, "--json")
    assert (alone.status, alone.json["forms"][0]["agreement"]["verdict"]) == (3, "missing")
    broken = place / "损坏的录像.mp4"
    broken.write_bytes((place / story.CLIPS[0].file_name).read_bytes()[:4000])
    assert quancheng("recording", "add", broken, "--case", number, "--stage", "查封扣押").status == 1
    waiting = quancheng("case", "check", number, "--json")
    agreement = waiting.json["forms"][0]["agreement"]
    assert (waiting.status, agreement["verdict"]) == (0, "undetermined")
    assert [(left["name"], left["code"]) for left in agreement["left_out"]] == [("损坏的录像.mp4", "not-examined")]
    (held,) = quancheng("intake", "list", "--quarantined", "--json").json["intakes"]
    words = ("intake", "dismiss", held["id"], "--by", "李四", "--why", "送修确认无法恢复", "--json")
    assert quancheng(*words).json["results"][0]["state"] == "dismissed"
    assert quancheng("case", "check", number, "--json").json["forms"][0]["agreement"]["verdict"] == "missing"
    again = quancheng(*words)
    assert (again.status, again.json["error"]["code"]) == (1, "QC-INTAKE-DISMISS")


def test_a_signed_pdf_is_never_written_over(quancheng: Run, place: Path) -> None:
    """Signing into a file that is there already is wrong usage and leaves it as it was."""
    there = place / "已有.pdf"
    there.write_bytes(b"keep me")
    assert quancheng("document", "sign", place / INSPECTION.file_name, there).status == 2
    assert there.read_bytes() == b"keep me"


def test_report_is_written(quancheng: Run, place: Path) -> None:
    """One page: a timeline of each form, a clock chart and pictures of each recording, and what was done with all."""
    answer = quancheng("case", "report", story.CASE, place / "报告", "--json")
    page = Path(answer.json["path"]).read_text(encoding="utf-8")
    assert page.count("<svg") == 2 + 4
    assert page.count("<img") >= 4
    assert "检验并制作登记卡" in page


def test_a_removed_middle_is_found_at_its_time(quancheng: Run, place: Path) -> None:
    """Where 35 seconds were removed the clock jumps; what could leave that in ordinary use is named beside the cut."""
    long = story.CLIPS[4]
    clip = replace(long, spec=long.spec.model_copy(update={"duration_s": 75.0}), cut=(20, 55))
    answer = quancheng("recording", "inspect", story.make_clip(clip, place), "--json")
    assert answer.status == 0
    (jump,) = [f for f in answer.json["integrity"]["findings"] if f["code"] == "clock-jump"]
    assert (jump["severity"], jump["at"]) == ("medium", pytest.approx(20, abs=1.5))
    assert jump["figures"]["jump_s"] == pytest.approx(35, abs=1.5)
    assert answer.json["clock"]["start"] == "2026-03-01T10:59:55+08:00"
