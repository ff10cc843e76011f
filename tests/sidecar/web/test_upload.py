"""Handing files in by the browser: who may, what is kept of it, and what is not."""

import io
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client

from quancheng_sidecar.archive.paperless.roles import Role
from quancheng_sidecar.collect.models import Intake
from quancheng_sidecar.preserve.models import CustodyEvent
from quancheng_sidecar.web import uploading
from quancheng_sidecar.wiring import parts

pytestmark = pytest.mark.django_db(transaction=True)

_CONTENT = bytes(range(256)) * 9000  # more than two blocks
_HANDS_IN = {Role.CLERK, Role.OFFICER, Role.CUSTODIAN}


@pytest.fixture(autouse=True)
def handed_over(office: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Intake]]:
    """What a worker was given."""
    given: list[Intake] = []
    monkeypatch.setattr(uploading, "enqueue", given.append)
    return given


def _put(account: str, content: bytes = _CONTENT, **said: str) -> Any:
    return Client().put(
        f"/upload?{urlencode(said)}",
        content,
        content_type="video/mp4",
        headers={"Authorization": f"Token {account}"},
    )


def test_an_officer_hands_a_recording_in(handed_over: list[Intake]) -> None:
    """Its bytes are in the store, with all that was said of it, logged under the officer's name; a worker has it."""
    said = {"case": "闽海渔执罚〔2026〕37号", "stage": "现场检查", "officer": "陈志明", "device": "DSJ-01"}
    answer = _put("officer", name="整段 录像.mp4", returned_at="2026-03-01T18:00:00+08:00", **said)
    assert answer.status_code == 201, answer.content.decode()
    (intake,) = Intake.objects.all()
    assert handed_over == [intake]
    assert (intake.kind, intake.file_name, intake.stage, intake.device) == (
        "recording", "整段 录像.mp4", "inspection", "DSJ-01"
    )  # fmt: skip
    assert (str(intake.case), intake.agent, intake.via) == (said["case"], "officer", "page")
    assert intake.returned_at is not None
    assert answer.json()["digest"] == intake.original.digest == f"sha256:{sha256(_CONTENT).hexdigest()}"
    assert parts().store.path(intake.original.digest).read_bytes() == _CONTENT
    assert json.loads(CustodyEvent.objects.latest("seq").canonical)["agent"] == "officer"


@pytest.mark.parametrize("role", list(Role))
def test_only_whoever_hands_records_in_may(role: Role, handed_over: list[Intake]) -> None:
    """Clerks, officers and custodians; the page says to the others why not, and takes nothing."""
    allowed = role in _HANDS_IN
    shown = Client().get("/upload", headers={"Authorization": f"Token {role.value}"})
    assert shown.status_code == (200 if allowed else 403)
    assert _put(role.value, name="a.mp4").status_code == (201 if allowed else 403)
    assert len(handed_over) == allowed


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"name": "/"},
        {"name": "长" * 256},
        {"name": "a.mp4", "stage": "喝茶"},
        {"name": "a.mp4", "returned_at": "2026-03-01T18:00:00"},
        {"name": "a.mp4", "officer": "长" * 65},
        {"name": "a.mp4", "kind": "painting"},
        {"name": "a.mp4", "case": "长" * 200},
        {"name": "a.mp4", "colour": "red"},
    ],
)
def test_what_cannot_be_used_is_refused(said: dict[str, str], handed_over: list[Intake], office: Path) -> None:
    """Without a name, or with something said that has no sense: nothing is listed."""
    answer = _put("officer", **said)
    assert (answer.status_code, "没有" in answer.json()["error"]["zh"]) == (400, True)
    assert not handed_over
    assert not Intake.objects.exists()


def test_a_name_is_no_path(handed_over: list[Intake]) -> None:
    """Of a path the last part counts, whichever way its slashes lean."""
    assert _put("clerk", name="..\\..\\etc/录像.mp4").status_code == 201
    assert handed_over[0].file_name == "录像.mp4"


def test_half_a_file_is_no_file(office: Path) -> None:
    """The line is cut before all that was announced has come: nothing is kept, not even a piece."""
    environment = {
        "REQUEST_METHOD": "PUT",
        "CONTENT_LENGTH": str(len(_CONTENT)),
        "wsgi.input": io.BytesIO(_CONTENT[:-1]),
    }
    body = io.BufferedReader(uploading._Body(WSGIRequest(environment)), 1 << 20)
    with pytest.raises(uploading.UploadBroken):
        parts().store.put(body)
    assert not [path for path in (office / "store").rglob("*") if path.is_file()]


def test_a_form_of_another_site_is_not_taken() -> None:
    """What a browser sends without asking us first, a POST, is no way to hand anything in."""
    answer = Client().post(
        "/upload?name=a.mp4", b"x", content_type="text/plain", headers={"Authorization": "Token clerk"}
    )
    assert answer.status_code == 405
