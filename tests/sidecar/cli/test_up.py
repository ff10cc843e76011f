"""`quancheng up`: files put into the inboxes come out as records, also after a kill, and one signal stops all."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from quancheng_sidecar.demo import story
from tests.command import runner

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]

CASE_FOLDER = "闽海渔执罚〔2026〕37号"


def until(seen: Callable[[], Any], seconds: float) -> Any:
    """Wait until something is so, and give it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := seen():
            return found
        time.sleep(0.5)
    return None


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "家"


@pytest.fixture
def up(home: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `quancheng up` in a group of its own; whatever is left of it is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        with (home.parent / "said").open("ab") as said, (home.parent / "told.json").open("wb") as told:
            process = subprocess.Popen(
                [sys.executable, "-m", "quancheng_sidecar", "up", "--json"],
                env=os.environ
                | {"QUANCHENG_HOME": str(home), "QUANCHENG_INBOX_REST_S": "1", "QUANCHENG_LOG_LEVEL": "info"},
                start_new_session=True,
                stdout=told,
                stderr=said,
            )
        started.append(process)
        assert until((home / "inbox" / "results").is_dir, 60)
        return started[-1]

    yield start
    for process in started:
        if group_alive(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def put(source: Path, home: Path, folder: str) -> None:
    place = home / "inbox" / folder
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, place)


def test_inboxes_make_records_even_after_a_kill(
    home: Path, tmp_path: Path, up: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """A scan and a recording are taken; everything is killed in mid-work; the next start finishes them, each once."""
    form = story.make_form(story.FORMS[3], tmp_path)
    clip = story.make_clip(story.CLIPS[5], tmp_path)
    first = up()
    put(form, home, f"scans/{CASE_FOLDER}")
    put(clip, home, f"recordings/{CASE_FOLDER}/文书送达")
    assert until(lambda: not [p for p in (home / "inbox").rglob("*") if p.suffix in {".tif", ".mp4"}], 90)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()

    second = up()
    run = runner(home)
    assert until(lambda: len(list((home / "inbox" / "results").glob("*.txt"))) == 2, 240)
    # The worker tells what it does as the commands do.
    assert "[info     ] ran " in (home.parent / "said").read_text(encoding="utf-8")
    states = [row["state"] for row in run("intake", "list", "--json").json["intakes"]]
    assert states == ["done", "done"]
    (verdict,) = run("case", "check", CASE_FOLDER, "--json").json["forms"]
    assert verdict["agreement"]["verdict"] == "agrees"
    assert run("log", "verify").status == 0

    second.send_signal(signal.SIGINT)
    assert second.wait(60) == 0
    assert not group_alive(second.pid)
    # What the worker says when it stops is no part of the answer.
    assert json.loads((home.parent / "told.json").read_bytes())["process"] == second.pid


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[redis.Redis]:
    """A Redis of the test's own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", tmp_path]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    assert until(lambda: _answers(client), 20)
    yield client
    server.terminate()
    server.wait()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_a_broker_may_be_shared_with_paperless(
    home: Path, broker: redis.Redis, up: Callable[[], subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan is worked on by way of Redis, and what waits there for Paperless' worker stays for that."""
    monkeypatch.setenv(
        "QUANCHENG_BROKER_URL", f"redis://127.0.0.1:{broker.connection_pool.connection_kwargs['port']}/0"
    )
    broker.rpush("celery", "a task of Paperless")
    up()
    empty = home.parent / "空.pdf"
    empty.touch()
    put(empty, home, "scans")
    (told,) = until(lambda: list((home / "inbox" / "results").glob("*.txt")), 60)
    assert "QC-INPUT-EMPTY" in told.read_text(encoding="utf-8")
    assert broker.lrange("celery", 0, -1) == [b"a task of Paperless"]


def descendants(pid: int) -> set[int]:
    """Living processes that were started by a process, or by those it started."""
    found = {int(child) for child in subprocess.run(["pgrep", "-P", str(pid)], stdout=-1, check=False).stdout.split()}
    return found | {far for child in found for far in descendants(child)}


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
    except FileNotFoundError:
        return False


def test_only_one_runs_on_a_home(home: Path, up: Callable[[], subprocess.Popen[bytes]]) -> None:
    """A second one is refused with the number of the first; once that was killed, whatever way, the next may run."""
    first = up()
    refused = runner(home)("up", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "QC-UP-RUNNING")
    assert str(first.pid) in refused.json["error"]["sentence"]["zh"]
    first.kill()
    first.wait()
    second = up()
    told = home.parent / "told.json"
    assert until(lambda: told.stat().st_size > 0, 60)
    assert json.loads(told.read_bytes())["inboxes"]["document"] == str(home / "inbox" / "scans")
    assert until(lambda: (home / "up.lock").read_text() == f"{second.pid}\n", 60)
    second.terminate()
    assert second.wait(60) == 0


# Worker, beat and web as they start, and with the worker's pool and the server's own worker.
@pytest.mark.parametrize("running", [3, 4, 3 + (os.process_cpu_count() or 1) + 1])
def test_killed_it_takes_its_children_along(
    home: Path, up: Callable[[], subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, running: int
) -> None:
    """After kill -9 of the one process, worker, beat and web server are gone, with all that they started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("QUANCHENG_WEB_BIND", f"127.0.0.1:{probe.getsockname()[1]}")
    monkeypatch.setenv("QUANCHENG_PAPERLESS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("QUANCHENG_PAPERLESS_TOKEN", "none")
    first = up()
    assert until(lambda: len(descendants(first.pid)) >= running, 60)
    children = descendants(first.pid)
    first.kill()
    first.wait()
    assert until(lambda: not any(map(alive, children)), 10), [pid for pid in children if alive(pid)]


LATE_WORKER = """
import sys, time
import celery.platforms
from billiard import current_process
from celery.__main__ import main
bind = celery.platforms.set_pdeathsig
def late(name):
    if current_process().index == 2:
        time.sleep(3)
    bind(name)
celery.platforms.set_pdeathsig = late
sys.argv[1:] = "-q -A quancheng_sidecar.web.celery worker --without-gossip --without-mingle --concurrency 3".split()
main()
"""
"""A worker whose third process is slow to begin."""


def test_a_process_of_the_pool_that_begins_after_the_kill_ends_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is killed while one of its pool begins; that one does not wait for ever for a lock of the killed."""
    monkeypatch.setenv("QUANCHENG_HOME", str(home))
    worker = subprocess.Popen([sys.executable, "-c", LATE_WORKER], stderr=subprocess.DEVNULL)
    assert until(lambda: len(descendants(worker.pid)) == 3, 60)
    pool = descendants(worker.pid)
    time.sleep(1)  # the two others wait by now, one of them with the lock
    worker.kill()
    worker.wait()
    gone = until(lambda: not any(map(alive, pool)), 20)
    for pid in filter(alive, pool):
        os.kill(pid, signal.SIGKILL)
    assert gone
