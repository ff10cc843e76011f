"""Outside calls: bounded, killed with their children, and failing alone with a coded error."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from quancheng_plugin.errors import DamagedFile, LimitExceeded, StorageFull, ToolMissing
from quancheng_sidecar.media.process import ProgramCrashed, ProgramFailed, in_child, run

BOUNDS = {"timeout_s": 20, "memory_mb": 1024}

BODIES = """
    import os, sys, time, ctypes
    from pathlib import Path
    from pydantic import BaseModel
    from quancheng_plugin.errors import DamagedFile

    class Answer(BaseModel):
        text: str
        path: Path

    def echo(text: str, path: Path) -> Answer:
        print("noise on standard output")
        return Answer(text=text, path=path)

    def hang() -> int:
        time.sleep(600)
        return 1

    def crash() -> int:
        ctypes.string_at(0)
        return 1

    def swell() -> int:
        return len(bytearray(3 << 30))

    def lack() -> int:
        import a_part_that_is_not_installed


    def refuse() -> int:
        raise DamagedFile(zh="坏了", en="broken")

    def leave() -> int:
        os._exit(0)

    def bug() -> int:
        raise RuntimeError("a bug")

    def say(words: list[str]) -> int:
        for word in words:
            print(word, file=sys.stderr, flush=True)
        return len(words)

    def fill() -> int:
        return Path("/dev/full").write_text("x")

    def secret() -> str:
        return os.environ.get("QUANCHENG_SIGN_PASSPHRASE", "")
"""


@pytest.fixture
def bodies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A module with functions that behave badly, importable here and in the child."""
    name = f"bodies_{os.getpid()}_{time.monotonic_ns()}"
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(BODIES))
    monkeypatch.syspath_prepend(str(tmp_path))
    return __import__(name)


def alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
    except FileNotFoundError:
        return False


def test_a_program_and_its_children_are_killed_at_the_bound(tmp_path: Path) -> None:
    """A program that hangs is ended with all it started, soon after its time."""
    pids = tmp_path / "pids"
    begun = time.monotonic()
    with pytest.raises(LimitExceeded) as raised:
        run(["sh", "-c", f"sleep 100 & echo $! > {pids}; sleep 100"], timeout_s=1, memory_mb=512)
    assert time.monotonic() - begun < 8
    assert raised.value.code == "QC-INPUT-LIMIT"
    deadline = time.monotonic() + 5
    while alive(int(pids.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(int(pids.read_text()))


def test_children_left_behind_do_not_hold_the_call() -> None:
    """A program that ends well but leaves a child holding its pipes does not make the caller wait."""
    begun = time.monotonic()
    completed = run(["sh", "-c", "sleep 100 & echo done"], **BOUNDS)
    assert completed.stdout == b"done\n"
    assert time.monotonic() - begun < 10


def test_memory_is_bounded() -> None:
    """A program that asks for more memory than its bound is stopped, not the machine."""
    with pytest.raises(LimitExceeded):
        run([sys.executable, "-c", "bytearray(3 << 30)"], timeout_s=20, memory_mb=1024)


def test_endless_output_is_bounded() -> None:
    """A program that writes without end is stopped long before its time."""
    begun = time.monotonic()
    with pytest.raises(LimitExceeded):
        run(["yes"], timeout_s=60, memory_mb=1024)
    assert time.monotonic() - begun < 30


def test_end_of_messages_is_kept() -> None:
    """Of many messages the last are kept, and stand in the error."""
    script = "for i in range(100000): print('line', i)"
    with pytest.raises(ProgramFailed, match="line 99999"):
        run([sys.executable, "-c", f"import sys; sys.stdout = sys.stderr\n{script}\nsys.exit(3)"], **BOUNDS)


def test_missing_program() -> None:
    """A program that is not installed is an error of its own that names it."""
    with pytest.raises(ToolMissing, match="quancheng-no-such-program"):
        run(["quancheng-no-such-program"], **BOUNDS)


def test_crash_of_a_program() -> None:
    """A program ended by a signal of its own is a crash on this file."""
    with pytest.raises(ProgramCrashed):
        run(["sh", "-c", "kill -SEGV $$"], **BOUNDS)


def test_values_cross_whole(bodies: object, tmp_path: Path) -> None:
    """Arguments and results cross by their types, whatever the function prints."""
    path = tmp_path / "现场 录像.mp4"
    answer = in_child(bodies.echo, "汉字 🎥", path, **BOUNDS)  # type: ignore[attr-defined]  # written just above
    assert isinstance(answer, BaseModel)
    assert answer.model_dump() == {"text": "汉字 🎥", "path": path}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("hang", LimitExceeded),
        ("swell", LimitExceeded),
        ("crash", ProgramCrashed),
        ("leave", ProgramCrashed),
        ("bug", ProgramFailed),
        ("refuse", DamagedFile),
        ("lack", ToolMissing),
    ],
)
def test_a_function_fails_alone(bodies: object, name: str, error: type[Exception]) -> None:
    """Whatever happens in the child becomes a coded error here."""
    function: Callable[[], int] = getattr(bodies, name)
    with pytest.raises(error):
        in_child(function, timeout_s=5 if name == "hang" else 20, memory_mb=1024)


def test_lines_are_handed_on(bodies: object) -> None:
    """Lines on standard error reach the listener in their order."""
    heard: list[str] = []
    in_child(bodies.say, ["一", "二", "三"], on_line=heard.append, **BOUNDS)  # type: ignore[attr-defined]  # as above
    assert heard == ["一", "二", "三"]


def test_signing_secrets_stay_outside(bodies: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The passphrase of the signing key is not in the environment of a process that reads untrusted bytes."""
    monkeypatch.setenv("QUANCHENG_SIGN_PASSPHRASE", "open sesame")
    assert in_child(bodies.secret, **BOUNDS) == ""  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_end_of_the_caller_ends_the_program(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C in the caller ends the program too, and so does kill -9."""
    pids = tmp_path / "pid"
    script = (
        "import signal\n"
        # Whoever started the tests in the background may have told us all to pass over Ctrl-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from quancheng_sidecar.media.process import run\n"
        f"run(['sh', '-c', 'echo $$ > {pids}; exec sleep 100'], timeout_s=90, memory_mb=512)"
    )
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    if number == signal.SIGKILL and shutil.which("setpriv") is None:
        pytest.skip("没有 setpriv（util-linux）。Without setpriv nothing ties a program to its caller.")
    caller = subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": paths}, stderr=-3)
    deadline = time.monotonic() + 20
    while not (pids.exists() and pids.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.05)
    caller.send_signal(number)
    caller.wait(10)
    deadline = time.monotonic() + 5
    while alive(int(pids.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(int(pids.read_text()))


def test_full_disk_is_told_apart_from_a_bad_file() -> None:
    """A program that cannot write because the disk is full did not fail on the file."""
    picture = ("-f", "lavfi", "-i", "testsrc2=d=1:s=64x64")
    with pytest.raises(StorageFull):
        run(["ffmpeg", "-v", "error", "-y", *picture, "-f", "mp4", "/dev/full"], **BOUNDS)
    with pytest.raises(ProgramFailed):
        run(["sh", "-c", "echo 'no space left on device, says its title' >&2; exit 1"], **BOUNDS)


def test_full_disk_in_a_child_is_told(bodies: Any) -> None:
    """A reader that meets a full disk in its own process says so."""
    with pytest.raises(StorageFull):
        in_child(bodies.fill, **BOUNDS)


def test_missing_shell_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With nothing on the PATH the first missing program is named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing):
        run([sys.executable, "-c", ""], **BOUNDS)
