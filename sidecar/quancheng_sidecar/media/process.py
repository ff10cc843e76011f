"""Outside programs and untrusted reading, each in a process of its own with bounds of time and memory."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

import structlog
from pydantic import TypeAdapter

from quancheng_plugin.errors import LimitExceeded, QuanchengError, StorageFull, ToolMissing, UnreadableInput
from quancheng_sidecar.media.crossing import encode_call, error_of, result_type

_log = structlog.get_logger(__name__)

_STDERR_TAIL = 8192
_STDOUT_LIMIT = 256 * 1024 * 1024
# A shell sets the bounds and becomes the program, so no code runs between fork and exec in a threaded parent.
# A caller that is killed takes its program along (setpriv, of util-linux); where that is missing, the bound on
# processor time ends a program whose caller can no longer do it.
_LAUNCH = 'ulimit -c 0; ulimit -v "$1"; ulimit -t "$2"; shift 2; exec "$@"'
_WITH_CALLER = ("setpriv", "--pdeathsig", "KILL")
# The shell and what it calls, which set the bounds.
_BOUNDERS = ("sh", "nice")
# At the end of a line, where programs put the system's own words; a file's own text may stand anywhere.
_NO_ROOM = re.compile(
    r": (no space left on device|disk quota exceeded|file too large)\s*$", re.IGNORECASE | re.MULTILINE
)
_OUT_OF_MEMORY = ("cannot allocate memory", "memoryerror", "std::bad_alloc", "out of memory")


class ProgramFailed(UnreadableInput):
    """An outside program ended with an error on this file."""

    code = "QC-MEDIA-PROGRAM"


class ProgramCrashed(UnreadableInput):
    """The process that read this file was ended by a fault of its own (segmentation fault, abort)."""

    code = "QC-MEDIA-CRASH"


@dataclass(frozen=True)
class Completed:
    """A program that ran to its end: `stdout` whole, `stderr` its last 8 KiB, `seconds` of wall time."""

    args: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: str
    seconds: float


@dataclass(frozen=True)
class _Call:
    args: tuple[str, ...]
    timeout_s: float
    memory_mb: int

    def bounded(self) -> list[str]:
        """The arguments behind the shell that sets the bounds (KiB of address space, seconds of processor time)."""
        processor = int(self.timeout_s * max(4, os.cpu_count() or 1)) + 60
        ending = _WITH_CALLER if shutil.which(_WITH_CALLER[0]) else ()
        bounds = (str(self.memory_mb * 1024), str(processor))
        return ["sh", "-c", _LAUNCH, "sh", *bounds, *ending, "nice", "-n", "10", *self.args]


def run(  # noqa: PLR0913  the bounds of a call are its contract, each named where it is called
    args: Sequence[str],
    *,
    timeout_s: float,
    memory_mb: int,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    check: bool = True,
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run `args` as a process group of its own and kill all of it on breach of a bound.

    `memory_mb` bounds the address space (RLIMIT_AS), `timeout_s` the wall time. `env` is added to the environment.
    `on_line` is called with each line of standard error, from another thread.

    Raises ToolMissing; LimitExceeded; with `check` also StorageFull, ProgramFailed and ProgramCrashed.
    """
    for program in (*_BOUNDERS, args[0]):
        ask_for(program)
    name = os.path.basename(args[0])  # noqa: PTH119  a program's name, not a path of ours
    completed = _communicate(_Call(tuple(args), timeout_s, memory_mb), stdin, _environment(env), on_line)
    _log.info("ran", program=name, code=completed.returncode, seconds=round(completed.seconds, 3))
    if check:
        raise_for(completed, name)
    return completed


def in_child[T](
    function: Callable[..., T],
    *args: object,
    timeout_s: float,
    memory_mb: int,
    on_line: Callable[[str], None] | None = None,
) -> T:
    """Call a module-level function in a fresh interpreter with bounds, and give back its result.

    Arguments and result cross as JSON by the function's own annotations (pydantic values, paths, numbers), so a
    hostile file can crash or hang its reader without harm to the caller. `on_line` gets each line of standard error.

    Raises what the function raises of QuanchengError; StorageFull; LimitExceeded; ProgramCrashed.
    """
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    completed = run(
        [sys.executable, "-P", "-m", "quancheng_sidecar.media.child"],
        timeout_s=timeout_s,
        memory_mb=memory_mb,
        stdin=encode_call(function, args),
        env={"PYTHONPATH": paths},
        check=False,
        on_line=on_line,
    )
    answer = _answer(completed)
    if "error" in answer:
        raise error_of(answer["error"])
    adapter: TypeAdapter[T] = result_type(function)
    return adapter.validate_python(answer["result"], strict=False)


def _answer(completed: Completed) -> dict[str, Any]:
    try:
        answer = json.loads(completed.stdout)
    except ValueError:
        answer = None
    # An answer that stands is one, though a library's destructor may have crashed on the hostile file after it.
    if not isinstance(answer, dict):
        raise_for(completed, "python")
        _log.error("child gave no answer", stderr=completed.stderr)
        raise ProgramCrashed(
            zh="读取该文件的进程没有给出结果：文件可能已损坏，已保留待查。",
            en="The process that read this file gave no answer: the file may be damaged and is kept.",
        )
    return answer


def raise_for(completed: Completed, name: str) -> None:
    """Raise the coded error of a program that did not end well; nothing when it did."""
    code = completed.returncode
    if code == 0:
        return
    words = completed.stderr.lower()
    if -code == signal.SIGXFSZ or _NO_ROOM.search(words):
        raise StorageFull.at(name)
    if -code in {signal.SIGXCPU, signal.SIGKILL} or any(word in words for word in _OUT_OF_MEMORY):
        raise _limit(f"{name}：内存或处理器时间", f"{name}: memory or processor time")
    last = completed.stderr.strip().splitlines()[-1:] or [""]
    if code < 0:
        _log.error("crashed", program=name, signal=-code, stderr=completed.stderr)
        raise ProgramCrashed(
            zh=f"处理该文件时 {name} 异常退出（信号 {-code}）：文件可能已损坏，已保留待查。",
            en=f"{name} crashed on this file (signal {-code}): it may be damaged and is kept.",
        )
    _log.warning("failed", program=name, code=code, stderr=completed.stderr)
    raise ProgramFailed(
        zh=f"{name} 无法处理该文件（{last[0][:200]}）：文件可能已损坏，已保留待查。",
        en=f"{name} could not process this file ({last[0][:200]}): it may be damaged and is kept.",
    )


def ask_for(program: str) -> None:
    """Raise ToolMissing when the program is not installed."""
    if shutil.which(program) is None:
        name = os.path.basename(program)  # noqa: PTH119  as above
        raise ToolMissing(
            zh=f"缺少程序 {name}：请管理员安装后重试。", en=f"The program {name} is missing: install it and retry."
        )


def _limit(zh: str, en: str) -> QuanchengError:
    return LimitExceeded(
        zh=f"处理已停止，超出限度（{zh}）：文件已保留，可由管理员放宽限度后重试。",
        en=f"Processing was stopped at its bound ({en}): the file is kept; raise the bound and retry.",
    )


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    # Our settings hold secrets, which stay out of a process that reads untrusted bytes; the arenas and thread pools
    # that libraries reserve per processor would otherwise eat the bound on address space of a large machine.
    own = {key: value for key, value in os.environ.items() if not key.startswith("QUANCHENG_")}
    threads = str(min(os.cpu_count() or 1, 4))
    # Without a fixed threshold, what the recogniser lets go of stays with the process: a sixth of its peak.
    memory = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(8 << 20)}
    # Products of matrices run beside a decoder: waiting for each other's threads they would take it the processor.
    bounds = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": "1"}
    return own | memory | bounds | {"PYTHONIOENCODING": "utf-8", "LC_MESSAGES": "C"} | dict(extra or {})


def _communicate(call: _Call, stdin: bytes, env: dict[str, str], on_line: Callable[[str], None] | None) -> Completed:
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: S603  programs and arguments are built by plans, never by a shell
        call.bounded(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        start_new_session=True,
    )
    pipes = cast("tuple[IO[bytes], IO[bytes], IO[bytes]]", (process.stdin, process.stdout, process.stderr))
    out, tail = _Reader(pipes[1], lambda: _kill_group(process.pid)), _Tail(pipes[2], on_line)
    threads = (out, tail, threading.Thread(target=_feed, args=(pipes[0], stdin), daemon=True))
    for thread in threads:
        thread.start()
    in_time = True
    try:
        process.wait(call.timeout_s)
    except subprocess.TimeoutExpired:
        in_time = False
    finally:  # also when the caller is interrupted
        _kill_group(process.pid)
        process.wait()
        for thread in threads:
            thread.join(5)
    if not in_time or out.over:
        _log.warning("stopped", program=call.args[0], seconds=round(time.monotonic() - begun, 3))
        raise _limit(f"{call.timeout_s:g} 秒", f"{call.timeout_s:g} s")
    return Completed(call.args, process.returncode, bytes(out.data), tail.text(), time.monotonic() - begun)


def _kill_group(pid: int) -> None:
    # Also after a good end: a program may have left children that hold the pipes.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _feed(pipe: IO[bytes], data: bytes) -> None:
    # A program may end without reading all of it.
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(data)


class _Reader(threading.Thread):
    """Collects a program's output up to a bound; a program that writes more is stopped."""

    def __init__(self, pipe: IO[bytes], stop: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.data = bytearray()
        self.over = False
        self._pipe, self._stop = pipe, stop

    def run(self) -> None:
        with self._pipe:
            while chunk := self._pipe.read1(1 << 16):  # type: ignore[attr-defined]  # a pipe is a BufferedReader
                self.data += chunk
                if len(self.data) > _STDOUT_LIMIT:
                    self.over = True
                    self._stop()
                    return


class _Tail(threading.Thread):
    """Keeps the end of a program's messages, however many there are, and hands on each line."""

    def __init__(self, pipe: IO[bytes], on_line: Callable[[str], None] | None) -> None:
        super().__init__(daemon=True)
        self._kept = bytearray()
        self._pipe, self._on_line = pipe, on_line

    def run(self) -> None:
        with self._pipe:
            # Bounded lines: a program may write megabytes without a line break.
            while line := self._pipe.readline(4096):
                self._kept += line
                del self._kept[:-_STDERR_TAIL]
                if self._on_line is not None:
                    self._on_line(line.decode("utf-8", "replace").rstrip("\n"))

    def text(self) -> str:
        """The kept end as text."""
        return self._kept.decode("utf-8", "replace")
