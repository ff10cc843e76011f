"""One file after another through `inspect`, each in a process of its own under the product's bounds.

The process is forked from one that has loaded the program, so that thousands of files are feasible; from there on it
does what `process.in_child` does: the same call, the same answer, the same reading of exit status and messages.
"""

import os
import resource
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import chromaprint  # noqa: F401  loaded before the fork
import cv2
import numpy as np
import pi_heif  # noqa: F401  as above

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.media import child, process
from quancheng_sidecar.media.clock import text_reader
from quancheng_sidecar.media.crossing import encode_call, error_of
from quancheng_sidecar.media.inspect import inspect
from quancheng_sidecar.settings import Settings

HUNG = "hung"
"""Outcome of a file that did not end within the bound of time."""
FAULTS = frozenset({HUNG, "QC-MEDIA-PROGRAM", "QC-INTERNAL"})
"""Outcomes that a hostile file must never have: a hang, or an exception that nobody foresaw."""

CRASHED = "QC-MEDIA-CRASH"
"""Outcome of a file on which a library crashed: a coded error for the caller, and told."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: `result` or a code, wall seconds, peak resident MiB, and the last words of a fault."""

    name: str
    seconds: float
    memory_mb: float
    words: str = ""


def warm() -> None:
    """Load what `inspect` loads at first use; the models with one thread, since threads do not outlive a fork."""
    cv2.setNumThreads(1)
    text_reader._THREADS = 1
    text_reader.text_reader().find(np.zeros((64, 64, 3), np.uint8), 64)


def examine(path: Path, settings: Settings) -> Outcome:
    """Put one file through `inspect`; the process that does it ends before this returns."""
    call = encode_call(inspect, (path, settings.zone, None, path.name, (), True, settings.media_timeout_s))
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(call)
        given.seek(0)
        begun = time.monotonic()
        pid = os.fork()
        if not pid:
            _become_child((given.fileno(), out.fileno(), err.fileno()), settings)
        status, usage = _waited(pid, begun + settings.media_timeout_s)
        seconds = time.monotonic() - begun
        out.seek(0)
        err.seek(0)
        words = err.read()[-8192:].decode("utf-8", "replace")
        done = process.Completed(("python",), status or 0, out.read(), words, seconds)
    name = HUNG if status is None else _name(done)
    return Outcome(name, seconds, usage / 1024, (words or name) if name in FAULTS | {CRASHED} else "")


def _name(done: process.Completed) -> str:
    try:
        answer = process._answer(done)
        if "error" in answer:
            raise error_of(answer["error"])
    except QuanchengError as error:
        return error.code
    return "result"


def _become_child(files: tuple[int, int, int], settings: Settings) -> None:
    code = 70
    try:
        os.setsid()
        for number, file in enumerate(files):
            os.dup2(file, number)
        sys.stdin = os.fdopen(0)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="replace")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (settings.media_memory_mb << 20,) * 2)
        code = child.main()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _waited(pid: int, deadline: float) -> tuple[int | None, int]:
    """Give the exit status (None: killed at the deadline) and the peak of resident KiB."""
    pause = 0.002
    while time.monotonic() < deadline:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), usage.ru_maxrss
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    os.killpg(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    return None, usage.ru_maxrss
