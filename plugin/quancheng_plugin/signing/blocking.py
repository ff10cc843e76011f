"""pyHanko's coroutines, run to their end for callers that are not asynchronous, or are and call anyway."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def complete[T](coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end and give its result; works inside a running event loop, too, which then waits."""
    if not _in_loop():
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as beside:  # asyncio.run refuses where a loop runs
        return beside.submit(asyncio.run, coroutine).result()


def _in_loop() -> bool:
    # Asked apart, so that no error of the coroutine carries this one as its context.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
