"""A Paperless that knows some accounts, and a sidecar beside it."""

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from quancheng_sidecar.archive.paperless.roles import ROLES, Role
from quancheng_sidecar.settings import settings
from quancheng_sidecar.wiring import parts

_GROUPS = {group.role: number for number, group in enumerate(ROLES, 11)}
_ACCOUNTS: Mapping[str, list[int]] = {role.value: [number] for role, number in _GROUPS.items()} | {
    "nobody": [],
    "of another group": [3],
    "both": [_GROUPS[Role.OUTSIDE], _GROUPS[Role.LEGAL]],
    "quancheng": [],
}
WITHOUT_RIGHTS = "without rights"
"""An account in no group at all: Paperless shows it nothing, not even its own settings (403)."""


class Answers(BaseHTTPRequestHandler):
    """What Paperless answers to whoever's name is the token."""

    def do_GET(self) -> None:
        """Say who asks, or which groups there are."""
        name = self.headers.get("Authorization", "").removeprefix("Token ")
        path = urlsplit(self.path).path
        body: Any = {"count": 0, "results": []}
        if path == "/api/ui_settings/":
            body = {"user": {"id": 5, "username": name, "groups": _ACCOUNTS.get(name, [])}}
        elif path == "/api/groups/":
            body = {"results": [{"id": _GROUPS[group.role], "name": group.group} for group in ROLES]}
        content = json.dumps(body).encode()
        refused = name == WITHOUT_RIGHTS and path == "/api/ui_settings/"
        self.send_response(403 if refused else 200 if name in {*_ACCOUNTS, WITHOUT_RIGHTS} else 401)
        for header, value in (
            ("Content-Type", "application/json"),
            ("X-Version", "3.0.5"),
            ("Content-Length", str(len(content))),
        ):
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """A Paperless that knows these accounts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def office(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A sidecar beside it; gives its home."""
    monkeypatch.setenv("QUANCHENG_HOME", str(tmp_path))
    monkeypatch.setenv("QUANCHENG_PAPERLESS_URL", address)
    monkeypatch.setenv("QUANCHENG_PAPERLESS_TOKEN", "quancheng")
    settings.cache_clear()
    parts.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()
    parts.cache_clear()
