"""Homes, stores and databases for the tests of store and log."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Address of a PostgreSQL cluster that lives as long as the tests."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "/nowhere")]
    if not tools[-1].exists():
        pytest.skip("未安装 PostgreSQL（找不到 initdb），跳过其测试。PostgreSQL's initdb is not installed.")
    # Not under pytest's own folder, which no other account may enter.
    with tempfile.TemporaryDirectory(prefix="quancheng-postgresql-") as folder:
        cluster = _Cluster(tools[-1].parent, Path(folder))
        cluster.start()
        try:
            yield cluster.address
        finally:
            cluster.stop()


class _Cluster:
    """A cluster under `folder`. PostgreSQL refuses to run as root, so as root it runs as an ordinary account."""

    def __init__(self, tools: Path, folder: Path) -> None:
        self._tools = tools
        self._data = folder / "data"
        self._password = secrets.token_hex(16)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"postgresql://quancheng:{self._password}@127.0.0.1:{self._port}/postgres"
        self._account = self._ordinary_account() if os.getuid() == 0 else None
        if self._account:
            shutil.chown(folder, self._account)

    @staticmethod
    def _ordinary_account() -> str:
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def _run(self, program: str, *arguments: str, **options: str) -> None:
        command = [str(self._tools / program), *arguments]
        if self._account:
            who = pwd.getpwnam(self._account)
            command = ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, text=True, cwd="/", **options)

    def start(self) -> None:
        """Make the cluster and wait until it answers."""
        secret = self._data.with_name("password")
        secret.write_text(self._password)
        if self._account:
            shutil.chown(secret, self._account)
        self._run("initdb", "-D", str(self._data), "-U", "quancheng", "-A", "scram-sha-256", f"--pwfile={secret}", "-N")
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once; nothing in it is needed any more."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")


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
