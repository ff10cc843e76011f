"""Processes that end with the one which started them, however it ends; run as `… PARENT MODULE WORD…`.

It becomes that module of Python. Run in the child itself, after the fork, so that nothing of ours runs between fork
and exec in a threaded parent.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that the kernel sends when the parent dies; it outlives exec."""


def end_with(parent: int) -> None:
    """Have the kernel kill this process when the parent dies; at once when it is dead already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel knew of us
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Bind this process to its parent and become the module."""
    parent, *module = sys.argv[1:]
    # Ctrl-C reaches the whole group at once; only the parent may decide the order of stopping.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(int(parent))
    os.execv(sys.executable, [sys.executable, "-m", *module])  # noqa: S606  our own interpreter and our own words


if __name__ == "__main__":
    main()
