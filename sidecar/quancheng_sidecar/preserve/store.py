"""The store of originals: every content once, under its digest, read-only (design rule 1; 电子签名法 Art. 5).

A file is written beside its place while it is hashed, made durable, and only then linked to its place, so whatever
the moment of a kill or power cut, what stands at a digest's place is whole.
"""

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from quancheng_plugin.errors import QuanchengError, UnreadableInput
from quancheng_sidecar.media.digest import Hasher, digest_file
from quancheng_sidecar.media.report import Digest
from quancheng_sidecar.preserve.incoming import Incoming, storage_full, sweep

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class SourceUnreadable(UnreadableInput):
    """The source cannot be read to its end: no permission, a failing card or disk, or no ordinary file."""

    code = "QC-STORE-SOURCE"


class SourceChanged(UnreadableInput):
    """The source was written to while it was read."""

    code = "QC-STORE-SOURCE-CHANGED"


class ObjectMissing(QuanchengError):
    """No content of that digest is in the store."""

    code = "QC-STORE-MISSING"


class DigestMalformed(QuanchengError):
    """Not `sha256:` and 64 hex digits."""

    code = "QC-STORE-DIGEST"


@dataclass(frozen=True)
class StoredFile:
    """A content in its place; `created` is False when the store already held it."""

    digest: Digest
    path: Path
    created: bool


class ContentStore:
    """Files by digest under `root`: ``sha256/ab/cd/<64 hex digits>``. Several processes may use it at once."""

    def __init__(self, root: Path, *, sm3: bool) -> None:
        self.root = root
        self._sm3 = sm3

    @property
    def incoming(self) -> Path:
        """Where files stand while they are written."""
        return self.root / "incoming"

    def put(self, source: Path | BinaryIO, *, move: bool = False) -> StoredFile:
        """Store the source's bytes, read once; with `move` a path's file is removed once the content is durable.

        Raises `StorageFull` or `StoreUnwritable` (source untouched, nothing left behind), `SourceUnreadable`,
        `SourceChanged` when it was written to meanwhile, and FileNotFoundError when it is not there.
        """
        if not isinstance(source, Path):
            return self._take(_readinto(source))
        with _opened(source) as handle:
            before = os.fstat(handle)
            self._refuse_without_room(before.st_size)
            stored = self._take(
                lambda block: os.readv(handle, [block]),
                expected=before.st_size,
                unchanged=lambda size: _check(source, handle, before, size),
            )
        if move:
            with suppress(FileNotFoundError):
                # Another file may have been put at the path since: that one is not ours to remove.
                if os.path.samestat(source.stat(), before):
                    source.unlink()
        return stored

    def open(self, digest: str) -> BinaryIO:
        """The bytes of a content. Raises `ObjectMissing`."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise _missing(digest) from error

    def path(self, digest: str) -> Path:
        """Where a content stands, or would stand. Raises `DigestMalformed`."""
        found = _DIGEST.fullmatch(digest)
        if found is None:
            raise DigestMalformed(
                zh=f"“{digest}”不是有效的摘要，应为 sha256: 加 64 位十六进制数。",
                en=f"{digest!r} is no digest; it is `sha256:` and 64 hex digits.",
            )
        name = found[1]
        return self.root / "sha256" / name[:2] / name[2:4] / name

    def has(self, digest: str) -> bool:
        """Whether the store holds that content (by its place; `verify` reads it)."""
        return self.path(digest).is_file()

    def verify(self, digest: str) -> bool:
        """Fixity 固定性: read the content again, past the cache, and tell whether it still has its digest.

        Raises `ObjectMissing` when it is gone, OSError when the medium does not give it.
        """
        return self._read(digest, sm3=False).sha256 == digest

    def measure(self, digest: str) -> Digest:
        """Digests of the bytes that now stand at a content's place. Raises as `verify` does."""
        return self._read(digest, sm3=self._sm3)

    def digests(self) -> Iterator[str]:
        """Every content in the store, in no particular order."""
        for path in (self.root / "sha256").glob("??/??/*"):
            if _DIGEST.fullmatch(f"sha256:{path.name}"):
                yield f"sha256:{path.name}"

    def sweep(self) -> list[Path]:
        """Remove what killed writers left behind; gives what was removed. Living writers are left alone."""
        return sweep(self.incoming)

    def _take(
        self,
        readinto: Callable[[memoryview], int],
        expected: int = 0,
        unchanged: Callable[[int], None] = lambda _: None,
    ) -> StoredFile:
        with Incoming(self.incoming, expected) as incoming, Hasher(sm3=self._sm3, sink=incoming.write) as hasher:
            while hasher.read(readinto):
                pass
            digest = hasher.digest()
            unchanged(digest.size)
            place = self.path(digest.sha256)
            return StoredFile(digest, place, created=incoming.publish(place))

    def _read(self, digest: str, *, sm3: bool) -> Digest:
        try:
            return digest_file(self.path(digest), sm3=sm3, past_cache=True)
        except FileNotFoundError as error:
            raise _missing(digest) from error

    def _refuse_without_room(self, size: int) -> None:
        # Told before the work where it can be known; a disk that fills up meanwhile is told by the write itself.
        with suppress(OSError):
            if size > shutil.disk_usage(self.root).free:
                raise storage_full(self.root)


@contextmanager
def _opened(source: Path) -> Iterator[int]:
    with _read_from(source):
        # Without O_NONBLOCK a named pipe put into an inbox would hold its reader for ever.
        handle = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise SourceUnreadable(
                zh=f"“{source.name}”不是普通文件（可能是文件夹、管道或设备），无法收存。",
                en=f"{source.name!r} is not an ordinary file and cannot be stored.",
            )
        with _read_from(source):
            yield handle
    finally:
        os.close(handle)


@contextmanager
def _read_from(source: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SourceUnreadable(
            zh=f"读取“{source.name}”失败（{error.strerror}）。请检查文件权限，或存储卡、磁盘是否损坏，再重试。",
            en=f"Reading {source.name!r} failed ({error.strerror}). Check permissions and the card or disk.",
        ) from error


def _readinto(stream: BinaryIO) -> Callable[[memoryview], int]:
    def readinto(block: memoryview) -> int:
        data = stream.read(len(block))
        block[: len(data)] = data
        return len(data)

    return getattr(stream, "readinto", readinto)


def _check(source: Path, handle: int, before: os.stat_result, size: int) -> None:
    after = os.fstat(handle)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        raise SourceChanged(
            zh=f"“{source.name}”在读取时仍在变化，可能尚未复制完。未收存，请等它写完后重试。",
            en=f"{source.name!r} changed while it was read, perhaps still being copied. Not stored; retry later.",
        )


def _missing(digest: str) -> ObjectMissing:
    return ObjectMissing(
        zh=f"存储库中没有 {digest}。请运行固定性核查，并从备份恢复。",
        en=f"The store does not hold {digest}. Run a fixity round and restore it from a backup.",
    )
