"""`quancheng up`: worker, beat and the two inboxes in one process group."""

import os
import signal
import subprocess
import sys
import threading
import time

from quancheng_sidecar.cli.output import coded_errors, notes
from quancheng_sidecar.settings import Settings, settings
from quancheng_sidecar.web.ready import ready

_PATIENCE_S = 20
"""How long a worker may finish what it has in hand before it is killed; killed work is taken up at the next start."""


def up() -> None:
    """启动后台：处理队列、定时任务和两个收件夹；按一次 Ctrl-C 全部停止。"""
    ready()
    from quancheng_sidecar.collect import inbox
    from quancheng_sidecar.collect.taking import take_from_inboxes
    from quancheng_sidecar.collect.tasks import enqueue
    from quancheng_sidecar.preserve.services import reconcile
    from quancheng_sidecar.web import celery
    from quancheng_sidecar.wiring import parts

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # Without it this process would hand its tasks to Celery's own default broker.
    celery.app.set_default()
    with coded_errors(as_json=False):
        reconcile(parts().store, agent="quancheng")
        parts().archive.update_index()
        children = Children(settings())
        for name, folder in inbox.folders(settings()).items():
            notes.print(f"收件夹（{name.label}）：{folder}")
        if settings().paperless_url is not None:
            notes.print(f"接收 Paperless 通知：http://{settings().web_bind}/api/paperless/events")
        notes.print("已启动。按 Ctrl-C 停止。")
        keeper = threading.Thread(target=children.keep, args=(stop,), daemon=True)
        keeper.start()
        try:
            take_from_inboxes(parts(), stop, enqueue)
        finally:
            stop.set()
            keeper.join()
            children.end()
            notes.print("已停止。")


_CELERY = ("celery", "-q", "-A", "quancheng_sidecar.web.celery")


def commands(own: Settings) -> dict[str, tuple[str, ...]]:
    """What runs beside the inboxes, as modules of Python; the web server only where Paperless has something to tell."""
    running: dict[str, tuple[str, ...]] = {
        "worker": (*_CELERY, "worker", "--loglevel", "warning", "--without-gossip", "--without-mingle"),
        "beat": (*_CELERY, "beat", "--loglevel", "warning"),
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
        command = [sys.executable, "-m", *self._commands[name]]
        # Ctrl-C reaches the whole group at once; only the parent may decide the order of stopping.
        return subprocess.Popen(command, env=os.environ | {"PYTHONUNBUFFERED": "1"}, preexec_fn=_ignore_interrupt)  # noqa: S603, PLW1509

    def keep(self, stop: threading.Event) -> None:
        """Start again what died, until told to stop."""
        while not stop.wait(1):
            for name, process in self._running.items():
                if process.poll() is not None:
                    notes.print(f"[yellow]{name} 意外停止（{process.returncode}），重新启动。[/]")
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


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
