"""What tests with a database need beside the database."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection

if TYPE_CHECKING:  # wiring knows models, and Django is set up only where a test asks for it
    from quancheng_sidecar.wiring import Parts


@pytest.fixture(autouse=True)
def _custody_log_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties the tables after a test that commits; the custody log refuses that, so it is emptied before."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    if not commits:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from quancheng_sidecar.preserve import guards  # noqa: PLC0415  Django is set up only where a test asks for it
    from quancheng_sidecar.preserve.checkpoints import copy_file  # noqa: PLC0415

    guards.remove(connection)
    with connection.cursor() as cursor:
        for table in (guards.EVENTS, guards.CHECKPOINTS):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  constants
    guards.install(connection)
    copy_file().unlink(missing_ok=True)


@pytest.fixture
def own_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Parts"]:
    """The parts of a home of the test's own; needs a database."""
    from quancheng_sidecar.settings import settings  # noqa: PLC0415  as above
    from quancheng_sidecar.wiring import parts  # noqa: PLC0415  as above

    home = tmp_path / "家 home"
    home.mkdir()
    monkeypatch.setenv("QUANCHENG_HOME", str(home))
    settings.cache_clear()
    parts.cache_clear()
    yield parts()
    monkeypatch.undo()
    settings.cache_clear()
    parts.cache_clear()


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
