"""The app in an installed Paperless-ngx: its own views, its own tasks, its own database, and a sidecar that answers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from quancheng_plugin.host.signed_call import is_signed, signed_headers
from tests.plugin import paper
from tests.plugin.host.clips import make_clip
from tests.plugin.host.installed import Inside, inside_of, needs_paperless

pytestmark = needs_paperless

SECRET = "a secret of this test, forty characters.."  # noqa: S105 - worth nothing
Steps = Callable[..., list[Any]]


class Listener:
    """A sidecar's ear: keeps what was signed as agreed and acknowledges it, or answers with another status."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.status = 200
        self.refuses: set[str] = set()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.answer(self, body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one delivery."""
        signed = {
            "timestamp": asked.headers["X-Quancheng-Timestamp"],
            "signature": asked.headers["X-Quancheng-Signature"],
        }
        events = json.loads(body)["events"]
        status = self.status if is_signed(SECRET.encode(), body, **signed) else 401
        if self.refuses & {event["type"] for event in events}:
            status = 400
        if status == 200:
            self.heard += events
        asked.send_response(status)
        asked.end_headers()
        asked.wfile.write(json.dumps({"acknowledged": [event["id"] for event in events]}).encode())


@pytest.fixture
def sidecar() -> Iterator[Listener]:
    """One that is up."""
    listener = Listener()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Inside:
    """Runs a function of `inside_app.py` there."""
    return inside_of(
        tmp_path_factory.mktemp("app"),
        Path(__file__).with_name("inside_app.py"),
        PAPERLESS_APPS="quancheng_plugin.host.apps.QuanchengConfig",
        QUANCHENG_PAPERLESS_SECRET=SECRET,
        QUANCHENG_PAPERLESS_MEDIA_MB="1",
    )


@pytest.fixture(scope="module")
def taken_in(inside: Inside, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A form that is kept, three free documents, and what was told of them."""
    form = tmp_path_factory.mktemp("form") / "现场检查.pdf"
    form.write_bytes(paper.form())
    prepared: dict[str, Any] = inside("prepare", form)
    (told,) = _steps(inside, ["waiting"])
    return prepared | {"told": told}


@pytest.fixture
def do(inside: Inside, taken_in: dict[str, Any]) -> Steps:
    """Does several things one after the other in one child, the outbox being empty before, and gives the answers."""

    def run(*asked: list[Any], **variables: str) -> list[Any]:
        return _steps(inside, ["waiting"], *asked, **variables)[1:]

    return run


def _steps(inside: Inside, *asked: list[Any], **variables: str) -> list[Any]:
    answers: list[Any] = inside("steps", json.dumps(asked), **variables)
    return answers


def _kinds(told: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(each["kind"], each["document"], each["user"]) for each in told]


def test_a_form_is_told_with_its_reading_and_kept(taken_in: dict[str, Any]) -> None:
    """What was read goes along as it was read; the document may not be deleted from then on."""
    (event,) = taken_in["told"]
    assert (event["kind"], event["document"], event["user"]) == ("consumed", taken_in["kept"], "林文书")
    detail = event["detail"]
    assert detail["reading"]["number"]["normalised"] == "闽海渔检〔2026〕218号"
    assert (detail["page_count"], detail["fallback"], detail["mime_type"]) == (1, False, "application/pdf")
    assert (detail["file_name"], detail["findings"], len(detail["checksum"])) == ("现场检查.pdf", [], 64)
    assert taken_in["rows"] == [[taken_in["kept"], "archived"]]


def test_every_way_of_looking_is_told_once(taken_in: dict[str, Any], do: Steps) -> None:
    """View and preview once a minute, each download each time; no thumbnail, nobody who was not let in."""
    kept = taken_in["kept"]
    statuses, told = do(["look", kept], ["waiting"])
    assert statuses == [200] * 11 + [401, 200, 200, 200, 302]
    acts = [(each["kind"], each["user"], tuple(each["detail"].items())) for each in told]
    assert acts == [
        ("viewed", "林文书", ()),
        ("previewed", "林文书", ()),
        ("downloaded", "林文书", ()),
        ("downloaded", "林文书", ()),
        ("downloaded", "林文书", (("original", True),)),
        ("downloaded", "林文书", (("original", True),)),
        ("downloaded", "林文书", (("token", True),)),
        ("downloaded", "林文书", (("by", "bulk"),)),
        ("downloaded", "林文书", (("by", "bulk"),)),
        ("downloaded", "", (("share_link", 1),)),
    ]
    assert {each["document"] for each in told} == {kept}


def test_a_kept_document_is_not_deleted_alone(taken_in: dict[str, Any], do: Steps) -> None:
    """The person reads why; the document stays, is found, and its history says who tried."""
    kept = taken_in["kept"]
    answer, state, history, told = do(["delete", kept], ["state", [kept]], ["history", kept], ["waiting"])
    assert answer["status"] == 409
    assert answer["said"]["detail"].startswith(f"《现场检查》（第 {kept} 号）已归档，不得删除。")
    assert state == {str(kept): ["there", True]}
    assert history[0] == [{"全程": ["删除", f"已拒绝：《现场检查》（第 {kept} 号）已归档"]}, "林文书"]
    assert _kinds(told) == [("deletion-refused", kept, "林文书")]


def test_in_a_batch_the_others_are_deleted(taken_in: dict[str, Any], do: Steps) -> None:
    """By a person and by the worker; the kept one stays and is found."""
    kept, (first, second, _) = taken_in["kept"], taken_in["free"]
    answer, said, state, told = do(
        ["delete_many", [kept, first]],
        ["delete_in_worker", [second, kept]],
        ["state", [kept, first, second]],
        ["waiting"],
    )
    assert (answer["status"], answer["said"]["kept"]) == (409, [kept])
    assert "不得删除" in said
    assert {number: place for number, (place, _) in state.items()} == {
        str(kept): "there",
        str(first): "trash",
        str(second): "trash",
    }
    assert state[str(kept)][1]
    assert sorted(_kinds(told)) == [
        ("deletion-refused", kept, ""),
        ("deletion-refused", kept, "林文书"),
        ("trashed", first, "林文书"),
        ("trashed", second, ""),
    ]


def test_workflow_admin_pages_and_rows_are_guarded(taken_in: dict[str, Any], do: Steps) -> None:
    """A workflow goes on without it, the administrator is told, and a row cannot be taken away."""
    kept = taken_in["kept"]
    _, admin, row, state, told = do(
        ["delete_by_workflow", kept], ["delete_as_admin", kept], ["hard_delete", kept], ["state", [kept]], ["waiting"]
    )
    assert admin["status"] == 409
    assert row == "DeletionRefused"
    assert state == {str(kept): ["there", True]}
    assert _kinds(told) == [("deletion-refused", kept, ""), ("deletion-refused", kept, "林文书")]


def test_the_trash_is_emptied_around_a_kept_document(taken_in: dict[str, Any], do: Steps) -> None:
    """By a person, who is told, and by the nightly round; it can be taken out of the trash again."""
    kept, free = taken_in["kept"], taken_in["free"][2]
    answer, _, state, told = do(
        ["delete", free], ["put_into_trash", kept], ["empty_trash", [kept, free]], ["empty_trash", None],
        ["state", [kept, free]], ["waiting"],
    )[2:]  # fmt: skip
    assert answer["status"] == 409
    assert {number: place for number, (place, _) in state.items()} == {str(kept): "trash", str(free): "gone"}
    assert _kinds(told) == [
        ("trashed", free, "林文书"),
        ("deleted", free, "林文书"),
        ("deletion-refused", kept, "林文书"),
    ]
    restored, state, told = do(["restore", kept], ["state", [kept]], ["waiting"])
    assert (restored["status"], state[str(kept)][0], _kinds(told)) == (200, "there", [("restored", kept, "林文书")])


def test_a_signed_call_says_what_is_kept(taken_in: dict[str, Any], do: Steps) -> None:
    """Held with its reason; a call with another signature, of another time or of another shape changes nothing.

    That it is archived, said without a reason, ends no hold.
    """
    kept = taken_in["kept"]
    held = json.dumps({"documents": [{"document": kept, "state": "held", "reason": "复议"}]})
    free = json.dumps({"documents": [{"document": kept, "state": "free"}]})
    unknown = json.dumps({"documents": [{"document": kept, "state": "burnt"}]})
    old = {"now": time.time() - 400}
    calls = [_call(held), _call(free, secret=b"another"), _call(free, **old), _call(unknown)]
    answers = do(*calls, _call(json.dumps({"documents": [{"document": kept, "state": "archived"}]})))
    assert [each["status"] for each in answers] == [200, 401, 401, 400, 200]
    assert all(each["rows"] == [[kept, "held", "复议"]] for each in answers)
    (ended,) = do(_call(json.dumps({"documents": [{"document": kept, "state": "archived", "reason": "复议已结"}]})))
    assert ended["rows"] == [[kept, "archived", "复议已结"]]


def _call(body: str, *, secret: bytes = SECRET.encode(), now: float | None = None) -> list[str]:
    return ["call_keeping", body, *signed_headers(secret, body.encode(), now=now).values()]


def test_nothing_is_lost_while_the_sidecar_is_down(
    taken_in: dict[str, Any], inside: Inside, do: Steps, sidecar: Listener
) -> None:
    """Waits grow and the events stay; once it answers, all are delivered in their order and leave the outbox."""
    kept, url = taken_in["kept"], {"QUANCHENG_SIDECAR_URL": sidecar.url}
    sidecar.status = 503
    *_, down = do(["change", kept], ["delete", kept], ["send"], ["send"], **url)
    assert down["left"] == 2
    assert down["failures"] >= 2  # a page tries by itself as well, sooner or later than these two
    assert sidecar.heard == []
    sidecar.status = 200
    assert _steps(inside, ["send"], **url) == [{"left": 0, "failures": 0}]
    assert [(event["type"], event["document"], event["user"]["name"]) for event in sidecar.heard] == [
        ("changed", kept, "林文书"),
        ("deletion-refused", kept, "林文书"),
    ]


def test_an_event_that_is_not_accepted_holds_up_no_other(
    taken_in: dict[str, Any], do: Steps, sidecar: Listener
) -> None:
    """It is set aside, with what the sidecar said, and not sent again."""
    kept = taken_in["kept"]
    do(["change", kept], ["delete", kept], ["change", kept])
    sidecar.refuses = {"deletion-refused"}
    *_, sent = do(["change", kept], ["delete", kept], ["change", kept], ["send"], QUANCHENG_SIDECAR_URL=sidecar.url)
    assert (sent["left"], sent["failures"]) == (1, 0)
    assert [event["type"] for event in sidecar.heard] == ["changed", "changed"]


def test_a_recording_is_taken_in_and_told(taken_in: dict[str, Any], do: Steps, tmp_path: Path) -> None:
    """The original plays, without an archive file; its thumbnail is a picture, its text names what is known."""
    clip = tmp_path / "登临检查.mp4"
    make_clip(clip)
    held, told = do(["consume", str(clip)], ["waiting"])
    assert (held["archive"], held["thumbnail"], held["played_as"]) == (False, "WEBP", "video/mp4")
    assert held["created"] == "2026-03-01"
    assert "文件名：登临检查.mp4\n时长：0:00:02" in held["text"]
    (detail,) = (each["detail"] for each in told if each["kind"] == "consumed")
    assert detail["media"] is True
    assert "reading" not in detail
    (refused,) = do(["delete", held["id"]])
    assert refused["status"] == 409


def test_a_large_recording_is_sent_elsewhere(taken_in: dict[str, Any], do: Steps, tmp_path: Path) -> None:
    """It is not taken in, and the sentence says where to upload it."""
    clip = tmp_path / "整段.mp4"
    make_clip(clip)
    with clip.open("ab") as file:
        file.write(bytes(2 * 1024 * 1024))
    (said,) = do(["refuse", str(clip)], QUANCHENG_SIDECAR_URL="http://sidecar.example:8020")
    assert "超过 Paperless 可收入的 1 MB，未收入。请在全程收集端上传：http://sidecar.example:8020" in said


def test_regular_round_is_in_the_schedule(do: Steps) -> None:
    """Beat knows the task, so that what could not be sent at once is sent within a minute."""
    assert "quancheng_plugin.host.tasks.send" in do(["schedule"])[0]


def test_a_page_waits_for_nobody_who_writes(do: Steps) -> None:
    """Looking at what has no event takes no place among the writers, and never fails for want of one."""
    ((status, took),) = do(["while_somebody_writes"])
    assert (status, took < 4) == (200, True)


def test_worker_alone_loads_what_reading_needs(inside: Inside) -> None:
    """Once, before it makes its processes; pages, beat and commands stay light."""
    before, after = inside("warm")
    assert not any(before.values())
    assert all(after.values())
