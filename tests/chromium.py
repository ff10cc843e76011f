"""The browser of the machine, for tests of pages."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser")
_QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; the test is skipped, and says so, where there is none."""
    with sync_playwright() as playwright:
        browser = _launched(playwright)
        yield browser
        browser.close()


def _launched(playwright: Playwright) -> Browser:
    """The system's Chromium, else the one that Playwright fetched."""
    found = next((path for name in _NAMES if (path := shutil.which(name)) and _starts(path)), None)
    try:
        return playwright.chromium.launch(executable_path=found, args=_QUIET)
    except Error as error:
        if found:
            raise
        pytest.skip(f"没有 Chromium，无法检查页面。No Chromium on this machine: {error.message.splitlines()[0]}")


def _starts(program: str) -> bool:
    """Whether it is more than a pointer to a snap that is not there."""
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
