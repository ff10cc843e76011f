"""Becomes a module of Python that ends with the process which started it: `… PARENT SIGNAL MODULE WORD…`.

Run in the child itself, after the fork, so that nothing of ours runs between fork and exec in a threaded parent.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that the kernel sends when the parent dies, however it dies; it outlives exec."""


def main() -> None:
    """Bind this process to its parent and become the module."""
    parent, ending, *module = sys.argv[1:]
    # Ctrl-C reaches the whole group at once; only the parent may decide the order of stopping.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.Signals[ending])
        if os.getppid() != int(parent):  # it died before the kernel knew of us
            return
    os.execv(sys.executable, [sys.executable, "-m", *module])  # noqa: S606  our own interpreter and our own words


if __name__ == "__main__":
    main()
