"""`quancheng up`: worker, beat and the two inboxes in one process group."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.cli.output import JsonOption, coded_errors, notes, print_json
from quancheng_sidecar.settings import Settings, settings
from quancheng_sidecar.web.ready import ready

_PATIENCE_S = 20
"""How long a worker may finish what it has in hand before it is killed; killed work is taken up at the next start."""


class AlreadyRunning(QuanchengError):
    """Another `quancheng up` works on the same home."""

    code = "QC-UP-RUNNING"


class Up(BaseModel):
    """What runs, printed once it does; `inboxes` by kind, `events` is where Paperless tells of its documents."""

    home: Path
    process: int
    inboxes: dict[str, Path]
    events: str | None


def up(*, as_json: JsonOption = False) -> None:
    """启动后台：处理队列、定时任务和两个收件夹；按一次 Ctrl-C 全部停止。"""
    ready()
    from quancheng_sidecar.collect import inbox
    from quancheng_sidecar.preserve.services import reconcile
    from quancheng_sidecar.web import celery
    from quancheng_sidecar.wiring import parts

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # Without it this process would hand its tasks to Celery's own default broker.
    celery.app.set_default()
    with coded_errors(as_json=as_json), _alone(settings().home / "up.lock"):
        reconcile(parts().store, agent="quancheng")
        parts().archive.update_index()
        inboxes = inbox.folders(settings())
        events = f"http://{settings().web_bind}/api/paperless/events" if settings().paperless_url else None
        if as_json:
            print_json(Up(home=settings().home, process=os.getpid(), inboxes=inboxes, events=events))
        for name, folder in inboxes.items():
            notes.print(f"收件夹（{name.label}）：{folder}")
        if events:
            notes.print(f"接收 Paperless 通知：{events}")
        notes.print("已启动。按 Ctrl-C 停止。")
        try:
            _work(stop)
        finally:
            notes.print("已停止。")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the home as its one `up`, with the process's number in the file; the kernel lets go when we die.

    Raises `AlreadyRunning`.
    """
    with path.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "？"
            raise AlreadyRunning(
                zh=f"这里已有一个 quancheng up 在运行（进程 {holder}，{path.parent}）。请先停止它，或直接使用。",
                en=f"A `quancheng up` runs here already (process {holder}, {path.parent}). Stop it first, or use it.",
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _work(stop: threading.Event) -> None:
    """Take from the inboxes, with the children beside, until told to stop or the taking fails."""
    from quancheng_sidecar.collect.taking import take_from_inboxes
    from quancheng_sidecar.collect.tasks import enqueue
    from quancheng_sidecar.wiring import parts

    with ThreadPoolExecutor(1) as beside:
        # The children are started and kept from this thread: to the kernel it is their parent, and it ends last.
        children = Children(settings())
        taking = beside.submit(take_from_inboxes, parts(), stop, enqueue)
        taking.add_done_callback(lambda _: stop.set())
        try:
            children.keep(stop)
        finally:
            stop.set()
            children.end()
    taking.result()


_CELERY = ("celery", "-q", "-A", "quancheng_sidecar.web.celery")


def commands(own: Settings) -> dict[str, tuple[str, ...]]:
    """What runs beside the inboxes, as modules of Python; the web server only where Paperless has something to tell."""
    running: dict[str, tuple[str, ...]] = {
        "worker": (*_CELERY, "worker", "--without-gossip", "--without-mingle", "--hostname", "quancheng@%h"),
        "beat": (*_CELERY, "beat"),
    }
    if own.paperless_url is not None:
        host, _, port = own.web_bind.rpartition(":")
        serve = (
            "granian",
            "--interface",
            "wsgi",
            "--host",
            host,
            "--port",
            port,
            "--backpressure",
            "32",
            "--log-level",
            "warning",
        )
        running["web"] = (*serve, "quancheng_sidecar.web.wsgi:application")
    return running


class Children:
    """The processes of `commands`; one that dies is started again."""

    def __init__(self, own: Settings) -> None:
        self._commands = commands(own)
        self._running = {name: self._start(name) for name in self._commands}

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        bound = [sys.executable, "-m", "quancheng_sidecar.web.beside", str(os.getpid())]
        # Celery says on standard output that it stops; there stands our one JSON document and nothing else.
        return subprocess.Popen(  # noqa: S603 - modules that this file names
            [*bound, *self._commands[name]], env=os.environ | {"PYTHONUNBUFFERED": "1"}, stdout=sys.stderr.fileno()
        )

    def keep(self, stop: threading.Event) -> None:
        """Start again what died, until told to stop."""
        while not stop.wait(1):
            for name, process in self._running.items():
                if process.poll() is not None:
                    notes.print(f"{name} 意外停止（{process.returncode}），重新启动。", style="yellow")
                    self._running[name] = self._start(name)

    def end(self) -> None:
        """Let everyone finish, then kill who does not."""
        for process in self._running.values():
            process.terminate()
        until = time.monotonic() + _PATIENCE_S
        for process in self._running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
