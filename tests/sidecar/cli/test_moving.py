"""A record that came in under a wrong case is moved by a command; the rules are tested beside `filing`."""

import shutil
from pathlib import Path

import pypdfium2
import pytest

from quancheng_sidecar.demo import story
from tests.command import Run, runner

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("main-job")]

RIGHT = "闽海渔执罚〔2026〕38号"


@pytest.fixture(scope="module")
def quancheng(taken_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command, with two forms and four recordings of one case taken in."""
    return runner(Path(shutil.copytree(taken_in / "home", tmp_path_factory.mktemp("改归") / "home")))


def test_a_recording_moves_with_its_card_and_both_verdicts(quancheng: Run, tmp_path: Path) -> None:
    """The case it left is judged without it, search finds it under the new, its signed card tells of both."""
    first = quancheng("recording", "list", "--json").json["recordings"][0]
    words = ("recording", "correct", first["archive_id"], "--case", RIGHT, "--why", "收存时案号写错", "--by", "李文书")
    unconfirmed = quancheng(*words)
    assert (unconfirmed.status, "加 --yes" in unconfirmed.err) == (2, True)
    moved = quancheng(*words, "--yes", "--json").json
    assert [(c["name"], c["was"], c["value"], c["by"]) for c in moved["corrections"]] == [
        ("case", story.CASE, RIGHT, "李文书")
    ]
    forms = quancheng("case", "check", story.CASE, "--json").json["forms"]
    assert [form["agreement"]["verdict"] for form in forms] == ["deviates", "incomplete"]
    assert {hit["id"] for hit in quancheng("search", RIGHT, "--json").json["hits"]} == {first["archive_id"]}
    assert quancheng("case", "report", RIGHT, tmp_path / "报告").status == 0
    (card,) = (tmp_path / "报告" / "files").glob("card-*.pdf")
    with pypdfium2.PdfDocument(card) as pdf:
        text = "".join("".join(page.get_textpage().get_text_range() for page in pdf).split())
    for wanted in (f"案号{RIGHT}", "更正（原值与更正值并存）", story.CASE, "李文书", "收存时案号写错"):
        assert wanted in text
    assert quancheng("store", "verify", "--json").status == 0
