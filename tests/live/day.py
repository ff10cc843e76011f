"""A day at an office: Paperless and the sidecar running beside each other, and material that is handed in."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.command import Run, runner
from tests.paperless_server import Server

ACCOUNT, PASSWORD = "quancheng-day", "only-for-this-day-7"


@dataclass(frozen=True)
class Place:
    """Folder of the server as in docs/developers/live-paperless.md, and where it tells a sidecar of what happens."""

    folder: Path
    sidecar: str

    @property
    def consume(self) -> Path:
        """What lies there is taken in by Paperless."""
        return self.folder / "consume"

    @property
    def root(self) -> Path:
        """Root of the development CA by which the plugin signs."""
        return self.folder / "quancheng" / "dev-ca" / "root.pem"

    def kill(self, name: str) -> None:
        """End one process of the server without warning, with all its children."""
        pid = self.folder / "run" / f"{name}.pid"
        os.killpg(int(pid.read_text()), signal.SIGKILL)
        pid.unlink()

    def start(self) -> None:
        """Start what does not run, with nothing of this process' own settings, which are the sidecar's."""
        own = ("DJANGO_", "QUANCHENG_", "PYTHONPATH")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        subprocess.run([self.folder / "start.sh"], check=True, timeout=120, stdout=subprocess.DEVNULL, env=clean)


def place() -> Place:
    """As the environment names it; skips the test where it names none."""
    folder, sidecar = (os.environ.get(f"QUANCHENG_TEST_{name}") for name in ("PAPERLESS_FOLDER", "SIDECAR"))
    if not (folder and sidecar):
        pytest.skip(
            "请设置 QUANCHENG_TEST_PAPERLESS_FOLDER 和 QUANCHENG_TEST_SIDECAR（地址:端口）。"
            "The server's folder and the address where it expects the sidecar are not named."
        )
    return Place(Path(folder), sidecar)


def drop(folder: Path, *files: Path) -> None:
    """Lay copies of files into a watched folder, each there at once and whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        beside = folder / f".{file.name}.part"
        shutil.copy(file, beside)
        beside.rename(folder / file.name)


@contextmanager
def office_of(paperless: Server, folder: Path) -> Iterator["Office"]:
    """Both sides, running, the sidecar's home under `folder`; Paperless runs again afterwards, whatever came of it."""
    home = folder / "office"
    home.mkdir()
    opened = Office.open(paperless, place(), home)
    try:
        opened.up()
        yield opened
    finally:
        opened.place.start()
        opened.close()


@dataclass
class Office:
    """Both sides: `run` is `quancheng` with the sidecar's home, `account` the id of its own account there."""

    paperless: Server
    place: Place
    home: Path
    account: int
    variables: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, paperless: Server, where: Place, home: Path) -> "Office":
        """Set up Paperless for an account of the sidecar's own; both sides sign with the same key."""
        shutil.copytree(where.root.parent, home / where.root.parent.name)
        for left in paperless.ask("GET", f"users/?username__iexact={ACCOUNT}")["results"]:  # by a run that was killed
            paperless.remove("users", left["id"])
        account = paperless.make("users", username=ACCOUNT, password=PASSWORD, is_superuser=True, is_staff=True)
        signed_in = {"username": ACCOUNT, "password": PASSWORD}
        token = httpx.post(f"{paperless.url}/api/token/", json=signed_in, timeout=60).raise_for_status().json()["token"]
        variables = {
            "QUANCHENG_HOME": str(home),
            "QUANCHENG_PAPERLESS_URL": paperless.url,
            "QUANCHENG_PAPERLESS_TOKEN": token,
            "QUANCHENG_PAPERLESS_SECRET": paperless.secret,
            "QUANCHENG_WEB_BIND": where.sidecar,
        }
        office = cls(paperless, where, home, int(account["id"]), variables)
        done = office.run("paperless", "setup", "--json")
        assert done.status == 0, done.out + done.err
        return office

    @property
    def run(self) -> Run:
        """`quancheng` with the sidecar's home."""
        command = runner(self.home)
        return lambda *words, **options: command(*words, **(self.variables | options))

    def up(self) -> None:
        """Start `quancheng up`, and wait until it answers."""
        log = (self.home / "up.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "quancheng_sidecar", "up"],
            env=os.environ | self.variables,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        assert eventually(self.answers, 180)  # a machine that others use as well took more than 60 s

    def answers(self) -> bool:
        """Whether the sidecar's pages are served."""
        try:
            return httpx.get(f"http://{self.place.sidecar}/search", timeout=5).status_code < httpx.codes.BAD_GATEWAY
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """End the sidecar without warning, with all its children."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def close(self) -> None:
        """Stop the sidecar, and remove from Paperless all that came and was made."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
        self.paperless.destroy_all()
        self.paperless.clear(self.home)
        self.paperless.remove("users", self.account)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the sidecar's database."""
        with closing(sqlite3.connect(f"file:{self.home}/quancheng.sqlite3?mode=ro", uri=True)) as database:
            return database.execute(sql, values).fetchall()

    def documents(self) -> list[dict[str, Any]]:
        """All documents there, with their fields by name as `values`."""
        names = {
            each["id"]: each["name"] for each in self.paperless.ask("GET", "custom_fields/?page_size=100")["results"]
        }
        held = self.paperless.ask("GET", "documents/?page_size=1000&ordering=id")["results"]
        return [
            each | {"values": {names[value["field"]]: value["value"] for value in each["custom_fields"]}}
            for each in held
        ]


def eventually(holds: Callable[[], bool], patience_s: float, pause_s: float = 0.5) -> bool:
    """Whether it holds within the time."""
    until = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(pause_s)
    return True
