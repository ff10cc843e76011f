"""Paperless' own page in Chromium, as a clerk uses it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.chromium import chromium
from tests.paperless_server import Server


@contextmanager
def signed_in(paperless: Server, user: str, password: str) -> Iterator[Page]:
    """The page after signing in."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="zh-CN")
        page.goto(f"{paperless.url}/accounts/login/")
        page.fill("[name=login]", user)
        page.fill("[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_url("**/dashboard")
        yield page


def upload(page: Page, paperless: Server, files: Sequence[Path]) -> None:
    """Hand files in by the button of the dashboard, and wait until the server has them all."""
    page.goto(f"{paperless.url}/dashboard")
    page.wait_for_selector("pngx-upload-file-widget input[type=file]", state="attached")
    for file in files:
        with page.expect_response("**/api/documents/post_document/") as answer:
            page.set_input_files("pngx-upload-file-widget input[type=file]", file)
        assert answer.value.ok


def picture(page: Page, path: Path) -> None:
    """Keep a picture of what the page shows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
