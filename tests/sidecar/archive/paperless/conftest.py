"""A Paperless-ngx as recorded: exchanges of a live run lie in `cassettes/`, and nothing else is answered.

`make record` writes them anew, on a server that has nothing of the product yet. No secret, no address and no date
of that server is kept.
"""

import json
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import HTTP
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from vcr.cassette import Cassette
from vcr.request import Request

from quancheng_sidecar.archive.paperless.registry import Registry
from quancheng_sidecar.settings import Settings
from tests.paperless_server import UNRECORDED, Server, live_server

_HOST = "paperless.test"
_KEPT_HEADERS = {"content-type", "x-version", "x-api-version", "location"}
_SECRETS = {"token", "password"}
_MACHINE = {"server_os", "url", "redis_url", "celery_url", "available", "total"}


@pytest.fixture
def vcr_config() -> dict[str, Any]:
    """What is kept of an exchange, and by what a request is known again."""
    return {
        "match_on": ("method", "path", "query", "body"),
        "before_record_request": _without_whereabouts,
        "before_record_response": _without_particulars,
        "decode_compressed_response": True,
    }


@pytest.fixture(scope="session")
def recorded(record_mode: str) -> Iterator[Server]:
    """The server that is recorded, or what stands for it."""
    server = Server(f"http://{_HOST}", "recorded", "recorded") if record_mode == "none" else live_server()
    yield server
    server.close()


@pytest.fixture
def own_settings(tmp_path: Path, recorded: Server) -> Settings:
    """Settings for that server, with an empty home."""
    return Settings(
        home=tmp_path,
        paperless_url=recorded.url,
        paperless_token=recorded.token,
        paperless_secret=recorded.secret,
    )


@pytest.fixture
def server(recorded: Server, own_settings: Settings, vcr: Cassette, record_mode: str) -> Iterator[Server]:
    """The server; what setup made with these settings is removed afterwards."""
    yield recorded
    if record_mode != "none":
        recorded.clear(own_settings.home)


@pytest.fixture
def registry(server: Server, own_settings: Settings) -> Iterator[Registry]:
    """A session with it."""
    with Registry.of(own_settings) as session:
        yield session


def _without_whereabouts(request: Request) -> Request | None:
    if UNRECORDED in request.headers:
        return None
    parts = urlsplit(request.uri)
    request.uri = urlunsplit(("http", _HOST, parts.path, parts.query, ""))
    kind = request.headers.get("content-type", "")
    request.headers = {}
    if request.body:
        body = _fields_of(kind, request.body) if kind.startswith("multipart/") else json.loads(request.body)
        request.body = json.dumps(_scrubbed(body), ensure_ascii=False).encode()
    return request


def _fields_of(kind: str, body: bytes) -> dict[str, str]:
    """What a form sends, without its boundary, which differs each time; of a file its name and digest."""
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body, policy=HTTP)
    return {
        str(part.get_param("name", header="content-disposition")): _part(
            part.get_filename(), part.get_payload(decode=True)
        )
        for part in message.iter_parts()
    }


def _part(file_name: str | None, content: bytes) -> str:
    return f"{file_name} sha256:{sha256(content).hexdigest()}" if file_name else content.decode()


def _without_particulars(response: dict[str, Any]) -> dict[str, Any]:
    headers = {name: value for name, value in response["headers"].items() if name.lower() in _KEPT_HEADERS}
    body = response["body"]["string"]
    if any("json" in value for values in headers.values() for value in values) and body:
        body = json.dumps(_scrubbed(json.loads(body)), ensure_ascii=False).encode()
    return response | {"headers": headers, "body": {"string": body}}


def _scrubbed(value: Any) -> Any:
    if isinstance(value, list):
        return [_scrubbed(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _stand_in(key, each) for key, each in value.items()}


def _stand_in(key: str, value: Any) -> Any:
    if key in _SECRETS:
        return "recorded"
    if key in _MACHINE and isinstance(value, (int, str)):
        return 10**12 if isinstance(value, int) else "-"
    return _scrubbed(value)
