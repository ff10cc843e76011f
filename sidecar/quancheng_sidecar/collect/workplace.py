"""A folder in which one process works on one intake, and nobody else at the same time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def workplace(folder: Path) -> Iterator[Path | None]:
    """An empty folder held by this process alone, removed at the end; None when another process holds it.

    The hold is a lock on the folder itself, so the kernel lets go of it when its holder is killed, and what
    the dead one left there is wiped by the next.
    """
    handle = _hold(folder)
    if handle is None:
        yield None
        return
    try:
        for left_over in folder.iterdir():
            if left_over.is_dir():
                shutil.rmtree(left_over)
            else:
                left_over.unlink()
        yield folder
        shutil.rmtree(folder)
    finally:
        os.close(handle)


def _hold(folder: Path) -> int | None:
    """A locked handle of the folder, made when it is not there; None when another process holds it."""
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except (FileExistsError, FileNotFoundError):
            if folder.is_file():
                raise
            continue  # its last holder removed it just now
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        if _stands(folder, handle):
            return handle
        os.close(handle)


def _stands(folder: Path, handle: int) -> bool:
    """Whether the folder that was locked is the one that stands there: its last holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(handle), folder.stat())
    except FileNotFoundError:
        return False
