"""The page of `quancheng clock` in a real browser: filmed, and the film measured by `quancheng device check`."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import cv2
import httpx
import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import Page

from quancheng_sidecar.media.clock.time_code import TimeCode, find_true_time, read_code
from quancheng_sidecar.media.probe import probe
from tests.chromium import chromium
from tests.command import Run, runner

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

CHINA = ZoneInfo("Asia/Shanghai")
NUMBERS = ("DSJ-A8", "DSJ-A9")
"""Of a device that is checked, and of another."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home."""
    return tmp_path_factory.mktemp("校时") / "home"


@pytest.fixture(scope="module")
def quancheng(office: Path) -> Run:
    """The command."""
    return runner(office)


@pytest.fixture(scope="module")
def address(office: Path) -> Iterator[str]:
    """`quancheng clock`, running."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = [sys.executable, "-m", "quancheng_sidecar", "clock", "--port", port]
    with subprocess.Popen(words, env=os.environ | {"QUANCHENG_HOME": str(office)}) as server:
        url = f"http://127.0.0.1:{port}/clock"
        try:
            _wait_for(url)
            yield url
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the page did not come up")


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """The page with a code on it."""
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 960, "height": 720})
        opened.goto(address)
        opened.wait_for_selector("#code svg")
        yield opened


def code_on(picture: bytes) -> TimeCode | None:
    """The time code of a screenshot."""
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    read = [read_code(code.text) for code in zxingcpp.read_barcodes(pixels)]
    return read[0] if read else None


def test_the_code_shows_the_server_s_second(page: Page) -> None:
    """What is on the screen is the second that runs while the picture is taken, large enough to be filmed."""
    for _ in range(5):  # a picture may be taken while one code gives way to the next
        began = time.time()
        code = code_on(page.screenshot())
        ended = time.time()
        if code is not None:
            break
    assert code is not None
    assert began - 1.2 <= code.instant.timestamp() <= ended
    # In one step within the page: the element changes each second, and what was found may be gone when it is measured.
    drawn = page.evaluate("document.querySelector('#code svg g').getBoundingClientRect().toJSON()")
    assert min(drawn["width"], drawn["height"]) > 400
    assert ("未经 NTP 同步" in page.inner_text("#said")) is not code.synchronised


def test_every_other_address_leads_to_the_page(address: str) -> None:
    """Who leaves the path out sees the codes, and neither search nor upload, which ask for an account."""
    for path in ("/", "/search", "/upload"):
        answer = httpx.get(address.removesuffix("/clock") + path)
        assert (answer.status_code, answer.headers["location"]) == (302, "/clock")


def test_without_the_server_no_old_code_is_shown(page: Page) -> None:
    """When the codes at hand are used up and none can be had, the page says so and shows none."""
    page.wait_for_load_state("networkidle")  # an answer that is under way would bring codes again
    page.route("**/clock/codes", lambda route: route.abort())
    page.evaluate("codes = {}")
    page.wait_for_selector("#code svg", state="detached")
    assert "失去联系" in page.inner_text("#said")


def test_a_film_of_the_page_measures_the_device(page: Page, quancheng: Run, tmp_path: Path) -> None:
    """A device whose names are 40 s fast films the page; the check finds it, and is listed.

    The page shows no time in digits, or it would be taken for the device's own clock.
    """
    shots = seen_on(page, seconds=9)
    named = datetime.fromtimestamp(shots[0][0], CHINA) + timedelta(seconds=40)
    film = filmed(shots, tmp_path / f"VID_{named:%Y%m%d_%H%M%S}.mp4")
    answer = quancheng("device", "check", film, "--device", "DSJ-A7", "--by", "张三", "--json")
    assert answer.status == 0, answer.out
    check = answer.json
    assert check["source"] == "file-name"
    assert check["offset_s"] == pytest.approx(40, abs=1 + check["within_s"])
    listed = quancheng("device", "list", "--json").json["checks"]
    assert [(each["device"], each["offset_s"], each["by"]) for each in listed] == [
        ("DSJ-A7", check["offset_s"], "张三")
    ]
    assert quancheng("log", "verify", "--json").json["ok"] is True


def test_a_film_of_a_fetched_picture_measures_the_device(address: str, quancheng: Run, tmp_path: Path) -> None:
    """A viewer fetches the picture when it likes and shows it 0.3 s late; the device's 40 s lie within what is told.

    From then on a recording of that device that is only looked at is corrected, and one of another is not.
    """
    shots = [(at + 0.3, picture) for at, picture in fetched(f"{address}/now.png", seconds=9, every_s=0.85)]
    film = filmed(shots, tmp_path / "camera.mp4")
    named = datetime.fromtimestamp(shots[0][0], CHINA) + timedelta(seconds=40)
    true = find_true_time(film, probe(film))
    assert true is not None
    assert abs(true.zero.timestamp() - shots[0][0]) <= true.within_s < 0.35
    film = film.rename(tmp_path / f"VID_{named:%Y%m%d_%H%M%S}.mp4")
    check = quancheng("device", "check", film, "--device", NUMBERS[0], "--json").json
    assert check["offset_s"] == pytest.approx(40, abs=check["within_s"])
    clocks = [quancheng("recording", "inspect", film, "--device", number, "--json").json["clock"] for number in NUMBERS]
    starts = [datetime.fromisoformat(clock["start"]).timestamp() - shots[0][0] for clock in clocks]
    assert [clock["source"] for clock in clocks] == ["device-offset", "file-name"]
    assert starts == [pytest.approx(off, abs=check["within_s"]) for off in (0, 40)]


def fetched(url: str, seconds: float, every_s: float) -> list[tuple[float, bytes]]:
    """What a viewer gets that asks again and again, and when it came."""
    shots = []
    ends = time.time() + seconds
    while time.time() < ends:
        answer = httpx.get(url)
        assert "no-store" in answer.headers["cache-control"]
        shots.append((time.time(), answer.content))
        time.sleep(every_s)
    return shots


def seen_on(page: Page, seconds: float) -> list[tuple[float, bytes]]:
    """What the browser draws and when, by its own clock: a busy machine draws late, and the film shows it so."""
    shots: list[tuple[float, bytes]] = []
    session = page.context.new_cdp_session(page)

    def keep(frame: dict[str, Any]) -> None:
        shots.append((frame["metadata"]["timestamp"], base64.b64decode(frame["data"])))
        session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "jpeg", "quality": 80})
    page.wait_for_timeout(seconds * 1000)
    session.send("Page.stopScreencast")
    return shots


def filmed(shots: list[tuple[float, bytes]], out: Path) -> Path:
    """A film of 25 frames a second, in which each picture stays until the next was drawn."""
    lines = []
    for number, ((at, picture), (until, _)) in enumerate(pairwise(shots)):
        shot = out.with_name(f"{number:04}.jpg")
        shot.write_bytes(picture)
        lines.append(f"file {shot.name}\nduration {until - at:.6f}")
    listing = out.with_suffix(".txt")
    listing.write_text("\n".join(lines))
    words = ["ffmpeg", "-v", "error", "-f", "concat", "-i", listing, "-vf", "fps=25", "-pix_fmt", "yuv420p", out]
    subprocess.run(words, check=True)
    return out


def test_a_film_without_codes_is_refused(quancheng: Run, tmp_path: Path) -> None:
    """The person is told what to do, and nothing is kept."""
    plain = tmp_path / "plain.mp4"
    made = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=duration=3", "-pix_fmt", "yuv420p", plain]
    subprocess.run(made, check=True)
    answer = quancheng("device", "check", plain, "--device", "DSJ-A7", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "QC-CLOCK-NO-CODE")
