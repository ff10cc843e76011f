"""`quancheng paperless …` on a Paperless-ngx, as recorded (see conftest)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from quancheng_sidecar.archive.paperless.check import judge
from quancheng_sidecar.archive.paperless.looking import PluginMark, look
from quancheng_sidecar.archive.paperless.office import office
from quancheng_sidecar.archive.paperless.registry import Registry
from quancheng_sidecar.archive.paperless.told import State
from quancheng_sidecar.cli.main import app
from quancheng_sidecar.settings import Settings, settings
from tests.paperless_server import Server
from tests.plugin import paper

pytestmark = [pytest.mark.vcr, pytest.mark.django_db]

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs `quancheng paperless …` in this process, where its exchanges are recorded; gives status and output."""
    monkeypatch.setenv("QUANCHENG_HOME", str(tmp_path))
    monkeypatch.setenv("QUANCHENG_PAPERLESS_URL", server.url)
    monkeypatch.setenv("QUANCHENG_PAPERLESS_TOKEN", server.token)
    monkeypatch.setenv("QUANCHENG_PAPERLESS_SECRET", server.secret)

    def run(*words: str) -> tuple[int, str]:
        settings.cache_clear()
        answer = CliRunner().invoke(app, ["paperless", *words])
        return answer.exit_code, answer.stdout

    yield run
    monkeypatch.undo()
    settings.cache_clear()


def test_an_office_is_set_up(command: Command) -> None:
    """Check finds all missing, a dry run makes nothing, setup makes all, again nothing, and check is content."""
    status, out = command("check", "--json")
    states = {item["code"]: item["state"] for item in json.loads(out)["items"]}
    assert status == 3
    assert states["paperless-customfield"] == states["paperless-workflow"] == "wrong"

    def setup(*options: str) -> tuple[int, set[str], list[Any]]:
        status, out = command("setup", "--json", *options)
        items = json.loads(out)["items"]
        return status, {item["action"] for item in items}, [item["id"] for item in items]

    assert setup("--dry-run")[:2] == (0, {"make"})
    made = setup()
    again = setup()
    assert made[:2] == (0, {"make"})
    assert again[:2] == (0, {"keep"})
    assert made[2] == again[2]
    status, out = command("check")
    assert status == 0
    assert "自定义字段齐全（19）" in out


def test_plugin_is_known_by_a_document_that_it_processed(
    registry: Registry, own_settings: Settings, server: Server, record_mode: str, tmp_path: Path
) -> None:
    """Its rows in the metadata of a form that was consumed are the evidence."""
    document = None
    if record_mode != "none":
        form = tmp_path / "form.pdf"
        form.write_bytes(paper.form())
        document = server.upload(form)
    seen = look(registry, [], own_settings, last_event=None)
    assert seen.plugin is PluginMark.PROCESSED
    if document:
        server.destroy(document)


def test_account_without_rights_learns_what_it_lacks(server: Server, own_settings: Settings) -> None:
    """Check goes on where it is refused, and says of the rest that it is not known."""
    user = server.make("users", username="quancheng-test", password="recorded")  # noqa: S106  lives as long as the test
    token = server.ask("POST", "token/", json={"username": "quancheng-test", "password": "recorded"})["token"]
    try:
        limited = own_settings.model_copy(update={"paperless_token": SecretStr(token)})
        with Registry.of(limited) as session:
            report = judge(look(session, office(limited), limited, last_event=None))
    finally:
        server.remove("users", user["id"])
    states = {item.code: item.state for item in report.items}
    assert not report.sound
    assert report.account is None
    assert states["paperless-rights"] is State.WRONG
    assert states["paperless-customfield"] is states["paperless-server"] is State.UNKNOWN


def test_unreachable_server_is_status_1(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the code that a program can rely on."""
    monkeypatch.delenv("QUANCHENG_PAPERLESS_URL")
    status, out = command("check", "--json")
    assert status == 1
    assert json.loads(out)["error"]["code"] == "QC-PAPERLESS-UNSET"
