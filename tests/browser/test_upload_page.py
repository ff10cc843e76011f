"""The upload page in a real browser, on a real server: what an officer hands in is received, what is wrong is said."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.chromium import chromium
from tests.command import runner
from tests.sidecar.web.conftest import Answers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_AS_OFFICER = {"Authorization": "Token officer"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home."""
    return tmp_path_factory.mktemp("上传") / "home"


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The sidecar's web server, beside a Paperless that knows its people."""
    paperless = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=paperless.serve_forever, daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    known = {
        "QUANCHENG_HOME": str(home),
        "QUANCHENG_PAPERLESS_URL": f"http://127.0.0.1:{paperless.server_address[1]}",
        "QUANCHENG_PAPERLESS_TOKEN": "quancheng",
    }
    assert runner(home)("intake", "list", "--json").status == 0  # makes the tables
    words = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port, "--log-level", "warning"]
    serve = [sys.executable, "-m", *words, "quancheng_sidecar.web.wsgi:application"]
    with subprocess.Popen(serve, env=os.environ | known) as server:
        url = f"http://127.0.0.1:{port}/upload"
        try:
            _wait_for(url)
            yield url
        finally:
            server.terminate()
            paperless.shutdown()
            paperless.server_close()


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the page did not come up")


def test_files_are_handed_in_by_the_page(address: str, home: Path, tmp_path: Path) -> None:
    """Two at once, with what the officer says of them; a number that is too long is refused in words."""
    files = [tmp_path / "第一段 录像.mp4", tmp_path / "第二段 录像.mp4"]
    for number, file in enumerate(files):
        file.write_bytes(bytes([number]) * (5 << 20))
    with chromium() as browser:
        page = browser.new_context(extra_http_headers=_AS_OFFICER, timezone_id="Asia/Shanghai").new_page()
        page.goto(address)
        page.set_input_files("#files", files)
        page.fill("[name=case]", "闽海渔执罚〔2026〕37号")
        page.select_option("[name=stage]", "现场检查")
        page.fill("[name=returned_at]", "2026-03-01T18:00")
        page.click("button")
        expect(page.locator("article.done")).to_have_count(2)
        page.evaluate("document.querySelector('[name=case]').removeAttribute('maxlength')")
        page.fill("[name=case]", "长" * 200)
        page.click("button")
        expect(page.locator("article.error").first).to_contain_text("案号")
    listed = runner(home)("intake", "list", "--json").json["intakes"]
    assert {each["file"] for each in listed} == {file.name for file in files}
    assert {each["case"] for each in listed} == {"闽海渔执罚〔2026〕37号"}
