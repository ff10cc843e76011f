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
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        for left_over in folder.iterdir():
            if left_over.is_dir():
                shutil.rmtree(left_over)
            else:
                left_over.unlink()
        yield folder
        shutil.rmtree(folder)
    finally:
        os.close(handle)
