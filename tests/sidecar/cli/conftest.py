"""The command with an empty home, and with a case taken in."""

from pathlib import Path

import pytest

from quancheng_sidecar.demo import story
from tests.command import Run, runner


@pytest.fixture
def quancheng(tmp_path: Path) -> Run:
    """The command with an empty home."""
    return runner(tmp_path / "家 home")


@pytest.fixture(scope="session")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two forms and four recordings of the demo's case, and a `home` that took them in.

    It is dear to make: tests that use it are of one xdist group, and each module works on a copy of the home.
    """
    place = tmp_path_factory.mktemp("案件")
    run = runner(place / "home")
    forms = [story.make_form(form, place) for form in story.FORMS[:2]]
    added = run("document", "add", *forms, "--case", story.CASE, "--json")
    assert added.status == 0, added.out + added.err
    for stage, clips in (("inspection", story.CLIPS[:2]), ("查封扣押", story.CLIPS[2:4])):
        files = [story.make_clip(clip, place) for clip in clips]
        words = ("--case", story.CASE, "--stage", stage, "--officer", "陈志明", "--device", "DSJ-A7-012345")
        added = run("recording", "add", *files, *words, "--returned-at", "2026-03-01T18:00+08:00", "--json")
        assert added.status == 0, added.out + added.err
        # Handed over months after the return to the unit (Art. 7).
        assert all(item["findings"][0]["code"] == "handover-late" for item in added.json["results"])
    return place
