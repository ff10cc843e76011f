"""SHA-256 and SM3 of a stream, over the one read that also serves whoever else needs the bytes.

`hashlib` lets go of the interpreter while it works, so each algorithm runs in a thread of its own and
hides behind the reading and writing of the caller. SM3 (GB/T 32905, asked for by DA/T 97) is the slower one.
"""

import hashlib
import mmap
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Self

from quancheng_sidecar.media.report import Digest

BLOCK = 1 << 20
"""Bytes read at a time: small enough that the next reader finds them in the processor's cache."""

_RING = 8
"""Blocks in hand at once, so that a slow moment of one thread does not stop the others."""


class Hasher:
    """Reads blocks and hashes them on the way: ``with Hasher(sm3=True) as hasher: while block := hasher.read(...)``.

    A block that `read` gave stays valid until `_RING` - 1 further reads.
    """

    def __init__(self, *, sm3: bool) -> None:
        self._hashes = [hashlib.new(name) for name in (("sha256", "sm3") if sm3 else ("sha256",))]
        self._threads = [ThreadPoolExecutor(1, thread_name_prefix=each.name) for each in self._hashes]
        # Anonymous maps are page-aligned, as direct writing wants it, and are given back whole.
        self._blocks = [memoryview(mmap.mmap(-1, BLOCK)) for _ in range(_RING)]
        self._pending: list[list[Future[None]]] = [[] for _ in range(_RING)]
        self._turn = 0
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.shutdown()

    def read(self, readinto: Callable[[memoryview], int | None]) -> memoryview:
        """Fill one block from `readinto` and hand it to the hashes; empty at the end. Raises what `readinto` raises."""
        self._wait(self._turn)
        block = self._blocks[self._turn]
        filled = 0
        while filled < BLOCK and (got := readinto(block[filled:])):
            filled += got
        view = block[:filled]
        if filled:
            self._pending[self._turn] = [
                thread.submit(each.update, view) for thread, each in zip(self._threads, self._hashes, strict=True)
            ]
            self._turn = (self._turn + 1) % _RING
            self._size += filled
        return view

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


def digest_stream(stream: BinaryIO, *, sm3: bool) -> Digest:
    """Digests of what is left of a stream that has `readinto`."""
    with Hasher(sm3=sm3) as hasher:
        while hasher.read(stream.readinto):  # type: ignore[attr-defined]  # typeshed leaves it out of BinaryIO
            pass
        return hasher.digest()


def digest_file(path: Path, *, sm3: bool, past_cache: bool = False) -> Digest:
    """Digests of a file's bytes; with `past_cache` read from the medium where possible. Raises OSError."""
    with path.open("rb", buffering=0) as stream:
        if past_cache:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        else:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        return digest_stream(stream, sm3=sm3)  # type: ignore[arg-type]  # FileIO is a binary stream in all but name
