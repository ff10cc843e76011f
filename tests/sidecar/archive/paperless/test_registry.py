"""What answers at the address may be anything."""

import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.archive.paperless.registry import Registry
from quancheng_sidecar.archive.paperless.session import (
    PaperlessUnauthorised,
    PaperlessUnreachable,
    PaperlessUnset,
    PaperlessVersion,
)
from quancheng_sidecar.settings import Settings

Start = Callable[..., str]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a server that answers all requests alike, and gives its address."""
    servers = []

    def started(status: int, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield started
    for server in servers:
        server.shutdown()
        server.server_close()


def failing(url: str) -> QuanchengError:
    """The error by which a session with that address does not come about."""
    with pytest.raises(QuanchengError) as raised, Registry(url, "token", timeout_s=5):
        pass
    return raised.value


def test_nobody_answers(start: Start) -> None:
    """A closed port is unreachable, and the sentence names the address."""
    error = failing("http://127.0.0.1:9")
    assert isinstance(error, PaperlessUnreachable)
    assert "http://127.0.0.1:9" in str(error)


def test_another_site_answers(start: Start) -> None:
    """A page that is no Paperless is not taken for one."""
    assert isinstance(failing(start(200, b"<html>", {"Content-Type": "text/html"})), PaperlessUnreachable)


def test_address_that_moved_is_named(start: Start) -> None:
    """Where the server sends us is said, so that the setting can be put right."""
    error = failing(start(301, headers={"Location": "https://paperless.example/api/"}))
    assert "https://paperless.example/api/" in str(error)


def test_wrong_token(start: Start) -> None:
    """401 is a matter of the token."""
    assert isinstance(failing(start(401, b'{"detail": "Invalid token."}')), PaperlessUnauthorised)


@pytest.mark.parametrize(("status", "version"), [(406, ""), (200, "2.20.3")])
def test_old_server_is_told_as_such(start: Start, status: int, version: str) -> None:
    """One that lacks the interface of version 3 refuses without its version; another may tell it."""
    error = failing(start(status, headers={"X-Version": version} if version else None))
    assert isinstance(error, PaperlessVersion)
    assert version in str(error)


def test_nothing_configured() -> None:
    """Without address and token the settings to make are named."""
    with pytest.raises(PaperlessUnset, match="QUANCHENG_PAPERLESS_URL"):
        Registry.of(Settings())
