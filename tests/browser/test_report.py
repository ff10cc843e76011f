"""The case report in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from quancheng_sidecar.demo import story
from tests.chromium import chromium
from tests.command import runner

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a small case: one form, one recording."""
    folder = tmp_path_factory.mktemp("报告")
    run = runner(folder / "home")
    form = story.make_form(story.FORMS[3], folder)
    clip = story.make_clip(story.CLIPS[5], folder)
    assert run("document", "add", form, "--case", story.CASE).status == 0
    assert run("recording", "add", clip, "--case", story.CASE, "--stage", "service").status == 0
    answer = run("case", "report", story.CASE, folder / "页面", "--json")
    return Path(answer.json["path"])


@pytest.fixture
def page(report: Path) -> Iterator[Page]:
    """The report, opened from disk without any network."""
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 1100, "height": 900})
        opened.goto(report.as_uri())
        yield opened


def test_every_picture_is_shown(page: Page) -> None:
    """Contact sheet and waveform are loaded, none is a broken picture."""
    page.evaluate("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
    page.wait_for_function("[...document.images].every(i => i.complete)")
    assert page.evaluate("[...document.images].map(i => i.naturalWidth > 0)") == [True] * page.locator("img").count()
    assert page.locator("img").count() >= 2


def test_the_timeline_lies_within_its_frame(page: Page) -> None:
    """Form and recording are drawn side by side, inside the drawing."""
    form = page.locator("svg .bar-form").first.bounding_box()
    recording = page.locator("svg .bar-recording").first.bounding_box()
    frame = page.locator("svg").first.bounding_box()
    assert form is not None
    assert recording is not None
    assert frame is not None
    assert frame["x"] <= recording["x"] <= form["x"]
    assert form["x"] + form["width"] <= frame["x"] + frame["width"]


def test_links_lead_to_signed_files(page: Page, report: Path) -> None:
    """The record card and the archived form lie beside the page."""
    links = page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(links) == 2
    assert all((report.parent / link).read_bytes()[:5] == b"%PDF-" for link in links)


def test_a_phone_shows_it_without_sideways_scrolling(page: Page) -> None:
    """On a narrow screen only tables and timelines scroll sideways, never the page."""
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
