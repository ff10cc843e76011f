"""When a file that somebody puts into a folder is complete: at rest for a while, and not open to write."""

import fcntl
import os
import signal
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_HELD_OPEN_S = 600
"""A file that somebody still has open to write is not complete, unless nothing came for so long."""
_UNTOLD_S = 20
"""Pauses of card readers and of file shares are shorter, where it cannot be told whether somebody is writing."""


@dataclass
class AtRest:
    """Remembers sizes and times of one folder's files, and tells those that have not changed for a while."""

    rest_s: float
    _seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def settled(self, files: list[Path], now: float) -> Iterator[Path]:
        """Files unchanged for `rest_s` seconds, by a monotonic `now`; the others are remembered."""
        for path in files:
            try:
                status = path.stat(follow_symlinks=False)
            except FileNotFoundError:  # taken away between listing and looking
                continue
            state = (status.st_size, status.st_mtime_ns)
            before = self._seen.get(path)
            if before is None or before[0] != state:
                self._seen[path] = (state, now)
            elif now - before[1] >= self.rest_s and now - before[1] >= _rest_needed_s(path):
                yield path
        self._seen = {path: seen for path, seen in self._seen.items() if path in set(files)}

    def later(self, path: Path, now: float, after_s: float) -> None:
        """Tell a file again only `after_s` seconds from `now`, or once it has changed."""
        state, _ = self._seen.get(path, ((-1, -1), now))
        self._seen[path] = (state, now + after_s - self.rest_s)


def _rest_needed_s(path: Path) -> float:
    return {True: _HELD_OPEN_S, False: 0.0, None: _UNTOLD_S}[held_open(path)]


def held_open(path: Path) -> bool | None:
    """Whether somebody has the file open to write; None where the system does not tell, as of another's file.

    By a read lease, which the kernel refuses while the file is open for writing, see fcntl(2); given back at once.
    On a network's file system it is refused always, so that such a file is taken after its long rest.
    """
    try:
        if not stat.S_ISREG(path.stat(follow_symlinks=False).st_mode):  # a pipe or device may act on being opened
            return None
        looking = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.fcntl(looking, fcntl.F_SETSIG, signal.SIGURG)  # what a writer in just this moment sends; no harm in it
        fcntl.fcntl(looking, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(looking, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(looking)
    return False


def now() -> float:
    """The monotonic clock that `AtRest` is asked with."""
    return time.monotonic()
