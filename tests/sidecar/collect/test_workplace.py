"""One intake is worked on by one process at a time."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

from quancheng_sidecar.collect.workplace import workplace


def _hold(folder: Path) -> None:
    with workplace(folder) as place:
        assert place is not None
        (place / "half").write_text("half")
        (folder.parent / "holding").touch()
        time.sleep(60)


def test_a_second_worker_gets_nothing(tmp_path: Path) -> None:
    """While one holds the folder, the other is told so at once."""
    with workplace(tmp_path / "w") as first, workplace(tmp_path / "w") as second:
        assert first is not None
        assert second is None


def test_what_a_killed_worker_left_is_wiped(tmp_path: Path) -> None:
    """The hold ends with the process, and its half-made files are gone for the next."""
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(tmp_path / "w",))
    process.start()
    while not (tmp_path / "holding").exists():
        time.sleep(0.05)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with workplace(tmp_path / "w") as place:
        assert place is not None
        assert list(place.iterdir()) == []
    assert not (tmp_path / "w").exists()


def _enter_often(folder: Path, taken: Path) -> None:
    for _ in range(300):
        with workplace(folder) as place:
            if place is not None:
                # Exclusive creation fails when another process is in there at the same time.
                os.close(os.open(taken, os.O_CREAT | os.O_EXCL))
                (place / "half").touch()
                taken.unlink()


def test_it_is_never_held_twice(tmp_path: Path) -> None:
    """Processes that enter and leave without pause never meet, nor stumble over a folder that goes away."""
    spawn = multiprocessing.get_context("spawn")
    running = [spawn.Process(target=_enter_often, args=(tmp_path / "w", tmp_path / "taken")) for _ in range(4)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * 4
