"""Recordings dropped into Paperless: they play there, reach a sidecar that was down, and are refused where too large.

QUANCHENG_TEST_MEDIA_MB is the server's own QUANCHENG_PAPERLESS_MEDIA_MB (200 unless set there).
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Page

from quancheng_sidecar.demo import story
from tests.live import page
from tests.live.day import Office, eventually, place
from tests.paperless_server import Server

_CLIP = story.CLIPS[2]
_MEDIA_MB = int(os.environ.get("QUANCHENG_TEST_MEDIA_MB", "200"))
_OUTBOX_S = 420
"""The plugin leaves a sidecar that does not answer alone for up to five minutes; then the round comes every minute."""
_USER, _PASSWORD = (os.environ.get(f"QUANCHENG_TEST_PAPERLESS_{name}", "") for name in ("USER", "PASSWORD"))


@pytest.fixture(scope="module")
def office(paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Paperless is set up for a sidecar that is not started yet."""
    opened = Office.open(paperless, place(), tmp_path_factory.mktemp("office"))
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def clip(office: Office, paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A recording that was uploaded while nobody listened, and its id there."""
    file = story.make_clip(_CLIP, tmp_path_factory.mktemp("clip"))
    return file, paperless.upload(file)


def test_it_is_shown_and_kept_there(clip: tuple[Path, int], office: Office, paperless: Server) -> None:
    """Thumbnail, text of the record, the very bytes as preview; and nobody deletes it, though no sidecar knows it."""
    file, document = clip
    held = paperless.ask("GET", f"documents/{document}/")
    assert held["mime_type"] == "video/mp4"
    assert held["content"].startswith("文件名：")
    assert "时长：" in held["content"]
    headers = {"Authorization": f"Token {paperless.token}"}
    with httpx.Client(base_url=f"{paperless.url}/api/documents/{document}/", headers=headers, timeout=60) as asking:
        preview, thumbnail = asking.get("preview/"), asking.get("thumb/")
        assert (preview.headers["content-type"], preview.content) == ("video/mp4", file.read_bytes())
        assert thumbnail.content[8:12] == b"WEBP"
        assert asking.delete("").status_code == httpx.codes.CONFLICT
    rows = paperless.ask("GET", f"documents/{document}/metadata/")["original_metadata"]
    assert {"时长", "图像"} <= {row["key"] for row in rows if row["prefix"] == "全程"}


def test_it_plays_in_the_page(clip: tuple[Path, int], paperless: Server) -> None:
    """Chromium plays it where a clerk opens it."""
    if not (_USER and _PASSWORD):
        pytest.skip("未给出登录网页的账号。No account for the page is named.")
    with page.signed_in(paperless, _USER, _PASSWORD) as browser:
        browser.goto(f"{paperless.url}/documents/{clip[1]}/details")
        assert eventually(lambda: _plays(browser), 60)


def _plays(browser: Page) -> bool:
    shown = next((frame for frame in browser.frames if "/preview/" in frame.url), None)
    if shown is None or shown.locator("video").count() == 0:
        browser.wait_for_timeout(500)
        return False
    return bool(
        shown.locator("video").first.evaluate("v => { v.muted = true; v.play(); return v.currentTime > 0 && !v.error }")
    )


def test_it_reaches_a_sidecar_that_was_down(clip: tuple[Path, int], office: Office) -> None:
    """Told by the outbox, not only found by looking: received, examined, its card linked with it."""
    file, document = clip
    office.up()
    told = "SELECT count(*) FROM paperless_notice WHERE remote_id = ? AND type = 'consumed'"
    assert eventually(lambda: office.query(told, document) == [(1,)], _OUTBOX_S, pause_s=2)
    made = "SELECT count(*) FROM collect_recording WHERE file_name = ?"
    assert eventually(lambda: office.query(made, file.name) == [(1,)], 180, pause_s=2)

    def linked() -> bool:
        held = {each["id"]: each for each in office.documents()}
        links = held[document]["values"].get("文书与声像资料关联") or []
        return [held[each]["title"] for each in links] == [f"声像资料登记卡 {file.name}"]

    assert eventually(linked, 180, pause_s=2)
    tried = "SELECT count(*) FROM preserve_custodyevent WHERE canonical LIKE '%deletion-refused%'"
    assert eventually(lambda: office.query(tried)[0][0] >= 1, 60, pause_s=2)
    assert office.run("log", "verify", "--json").status == 0


def test_a_photo_is_examined_as_one(office: Office, paperless: Server, tmp_path: Path) -> None:
    """What a camera took and is no sheet gets a card and the examination of a photo; it is kept there as well."""
    if office.process is None:
        office.up()
    photo = tmp_path / "IMG_20260301_100512.jpg"
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "DSJ"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExposureTime] = 0.01
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:01 10:05:12"
    Image.effect_mandelbrot((1280, 960), (-2, -1.2, 1, 1.2), 90).convert("RGB").save(photo, "JPEG", exif=exif)
    document = paperless.upload(photo)
    made = "SELECT count(*) FROM collect_recording WHERE file_name = ?"
    assert eventually(lambda: office.query(made, photo.name) == [(1,)], 180, pause_s=2)
    assert not office.query("SELECT 1 FROM collect_writtendocument WHERE file_name = ?", photo.name)
    headers = {"Authorization": f"Token {paperless.token}"}
    address = f"{paperless.url}/api/documents/{document}/"
    assert httpx.delete(address, headers=headers, timeout=60).status_code == httpx.codes.CONFLICT


def test_a_large_one_is_refused_with_the_place_to_upload(office: Office, paperless: Server, tmp_path: Path) -> None:
    """The task fails with the sentence, nothing is taken in, and something answers at the address that it names."""
    if office.process is None:
        office.up()
    large = tmp_path / "整段录像.mp4"
    large.write_bytes(story.make_clip(story.CLIPS[3], tmp_path).read_bytes())
    with large.open("r+b") as file:
        file.truncate((_MEDIA_MB + 1) * 1024 * 1024)
    failed = _failed(paperless, large)
    assert failed["status"] == "failure", failed
    said = failed["result_data"]["error_message"]
    assert f"超过 Paperless 可收入的 {_MEDIA_MB} MB，未收入。请在全程收集端上传：" in said
    address = said.rpartition("上传：")[2]
    assert large.stem not in {each["title"] for each in office.documents()}
    assert httpx.get(address, timeout=30).status_code in {httpx.codes.OK, httpx.codes.UNAUTHORIZED}
    headers = {"Authorization": f"Token {paperless.token}"}
    assert httpx.get(address, headers=headers, timeout=30).status_code in {httpx.codes.OK, httpx.codes.FORBIDDEN}


def _failed(paperless: Server, file: Path) -> Any:
    """Upload a file; the task that ended."""
    headers = {"Authorization": f"Token {paperless.token}", "Accept": "application/json; version=10"}
    with file.open("rb") as opened:
        asked = httpx.post(
            f"{paperless.url}/api/documents/post_document/",
            headers=headers,
            files={"document": (file.name, opened)},
            timeout=600,
        )
    task = asked.raise_for_status().json()
    until = time.monotonic() + 300
    while time.monotonic() < until:
        for told in paperless.ask("GET", "tasks/", params={"task_id": task})["results"]:
            if told["status"] in {"success", "failure"}:
                return told
        time.sleep(1)
    raise TimeoutError(task)
