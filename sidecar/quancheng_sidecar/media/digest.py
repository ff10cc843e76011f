"""SHA-256 and SM3 of a stream, over the one read that also serves whoever else needs the bytes.

`hashlib` lets go of the interpreter while it works, so each algorithm runs in a thread of its own and hides
behind the reading. SM3 (GB/T 32905, asked for by DA/T 97) is the slower one.
"""

import hashlib
import mmap
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, Self

from quancheng_sidecar.media.report import Digest

BLOCK = 4 << 20
"""Bytes handed on at a time; every block but the last is full."""

_RING = 4
"""Blocks in hand at once, so that a slow moment of one thread does not stop the others."""


class Readable(Protocol):
    """A binary stream that fills a buffer and gives the number of bytes, 0 at the end."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer from its start."""
        ...


class Hasher:
    """Reads blocks and gives each to the hashes and to `sink`, every one of them in a thread of its own.

    ``with Hasher(sm3=True, sink=file.write) as hasher: while hasher.read(source.readinto): ...`` What `sink` raises
    comes out of a later `read` or of `digest`; a block is `sink`'s only until it returns.
    """

    def __init__(self, *, sm3: bool, sink: Callable[[memoryview], None] | None = None) -> None:
        self._hashes = [hashlib.new(name) for name in (("sha256", "sm3") if sm3 else ("sha256",))]
        self._uses: list[Callable[[memoryview], None]] = [each.update for each in self._hashes]
        if sink is not None:
            self._uses.append(sink)
        self._threads = [ThreadPoolExecutor(1, thread_name_prefix="digest") for _ in self._uses]
        # Anonymous maps begin at a page, as writing past the cache wants it, and cost nothing until they are filled.
        self._blocks = [memoryview(mmap.mmap(-1, BLOCK)) for _ in range(_RING)]
        self._pending: list[list[Future[None]]] = [[] for _ in range(_RING)]
        self._turn = 0
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.shutdown(cancel_futures=True)

    def read(self, readinto: Callable[[memoryview], int | None]) -> int:
        """Fill one block and hand it on; gives its bytes, 0 at the end. Raises what `readinto` raises."""
        self._wait(self._turn)
        block = self._blocks[self._turn]
        filled = 0
        while filled < BLOCK and (got := readinto(block[filled:])):
            filled += got
        if filled:
            uses = zip(self._threads, self._uses, strict=True)
            self._pending[self._turn] = [thread.submit(use, block[:filled]) for thread, use in uses]
            self._turn = (self._turn + 1) % _RING
            self._size += filled
        return filled

    def digest(self) -> Digest:
        """Digests of all that was read so far."""
        for turn in range(_RING):
            self._wait(turn)
        named = {each.name: f"{each.name}:{each.hexdigest()}" for each in self._hashes}
        return Digest(sha256=named["sha256"], sm3=named.get("sm3"), size=self._size)

    def _wait(self, turn: int) -> None:
        for future in self._pending[turn]:
            future.result()
        self._pending[turn] = []


def digest_stream(stream: Readable, *, sm3: bool) -> Digest:
    """Digests of what is left of a stream."""
    with Hasher(sm3=sm3) as hasher:
        while hasher.read(stream.readinto):
            pass
        return hasher.digest()


def digest_file(path: Path, *, sm3: bool, past_cache: bool = False) -> Digest:
    """Digests of a file's bytes, with `past_cache` read from the medium where possible. Raises OSError."""
    with path.open("rb", buffering=0) as stream:
        advice = os.POSIX_FADV_DONTNEED if past_cache else os.POSIX_FADV_SEQUENTIAL
        os.posix_fadvise(stream.fileno(), 0, 0, advice)
        return digest_stream(stream, sm3=sm3)
