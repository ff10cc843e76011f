"""A real Paperless-ngx 3, named by QUANCHENG_TEST_PAPERLESS_URL; without it these tests are skipped."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.command import Answer, Run, runner
from tests.live.keeping import keep
from tests.paperless_server import Server, live_server


@pytest.fixture(scope="session")
def paperless() -> Iterator[Server]:
    """The server."""
    server = live_server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def office(paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """`quancheng` for that server, which is set up; what was made there is removed afterwards."""
    home = tmp_path_factory.mktemp("office")
    command = runner(home)

    def run(*words: str | Path, timeout: float = 300, **variables: str) -> Answer:
        where = {"QUANCHENG_PAPERLESS_URL": paperless.url, "QUANCHENG_PAPERLESS_TOKEN": paperless.token}
        where |= {"QUANCHENG_PAPERLESS_SECRET": paperless.secret} if paperless.secret else {}
        return command(*words, timeout=timeout, **(where | variables))

    done = run("paperless", "setup", "--json")
    try:
        assert done.status == 0, done.out + done.err
        yield run
    finally:
        paperless.clear(home)


@pytest.fixture(scope="module")
def page(paperless: Server) -> Iterator[httpx.Client]:
    """What Paperless' page asks of its server; skipped where the plugin's app is not switched on."""
    headers = {"Authorization": f"Token {paperless.token}", "Accept": "application/json; version=10"}
    with httpx.Client(base_url=f"{paperless.url}/api/", headers=headers, timeout=60) as client:
        if keep(client, paperless.secret).status_code != 200:
            pytest.skip(
                "Paperless 未启用全程应用（PAPERLESS_APPS），或 QUANCHENG_TEST_PAPERLESS_SECRET 不符。"
                "The plugin's app is not on, or has another secret."
            )
        yield client
