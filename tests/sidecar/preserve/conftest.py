"""Homes, stores and databases for the tests of store and log."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quancheng_sidecar.preserve.store import ContentStore
from quancheng_sidecar.settings import settings

type Python = Callable[[str], str]
"""Runs lines of Python in a process of its own, after `_PRELUDE`, and gives what they print."""


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    """An empty store with both digests."""
    return ContentStore(tmp_path / "store", sm3=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own: keys and copies of checkpoints."""
    folder = tmp_path / "家 home"
    folder.mkdir()
    monkeypatch.setenv("QUANCHENG_HOME", str(folder))
    settings.cache_clear()
    yield folder
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(params=["sqlite", "postgresql"])
def python(request: pytest.FixtureRequest, tmp_path: Path) -> Python:
    """Python with a home and an empty database of the test's own, of each kind."""
    environment = os.environ | {"QUANCHENG_HOME": str(tmp_path / "home")}
    if request.param == "postgresql":
        environment["QUANCHENG_DATABASE_URL"] = _new_database(request.getfixturevalue("postgresql"))
    return _runner(environment)


def _new_database(cluster: str) -> str:
    import psycopg  # noqa: PLC0415  only where PostgreSQL is there

    name = f"t{secrets.token_hex(8)}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{cluster.rpartition('/')[0]}/{name}"


def _runner(environment: dict[str, str]) -> Python:
    def run(lines: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", _PRELUDE + lines],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
        )
        return done.stdout

    return run


_PRELUDE = """
import os
from collections.abc import Callable
from quancheng_sidecar.web.ready import ready
ready()
from django.db import DatabaseError, connection, transaction
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import guards, log

def append(count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            log.append(EventType.INGESTION, agent="张三", subject=str(number), detail={"n": number, "name": "a\\0b"})

def at_once(*acts: Callable[[], None]) -> None:
    connection.close()  # a connection must not be shared
    children = []
    for act in acts:
        children.append(os.fork())
        if not children[-1]:
            act()
            os._exit(0)
    print(*[os.waitpid(child, 0)[1] for child in children])
"""
