"""pyHanko's coroutines, run to their end for callers that are not asynchronous, or are and call anyway."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def complete[T](coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end and give its result; works inside a running event loop, too, which then waits."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as beside:  # asyncio.run refuses where a loop runs
        return beside.submit(asyncio.run, coroutine).result()
