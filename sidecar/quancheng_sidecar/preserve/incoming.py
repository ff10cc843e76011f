"""One file on its way into the store: written beside its place, made durable, then linked there."""

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from quancheng_plugin.errors import QuanchengError, StorageFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_PAST_CACHE_FROM = 64 << 20
"""Files from this size on are written past the system's cache: the medium is busy from the first block on instead of
all at the end, and a long recording does not push out what others are working with."""
_ALIGNED = 4096


class StoreUnwritable(QuanchengError):
    """The store's folder does not take writes, for a reason other than room."""

    code = "QC-STORE-UNWRITABLE"


class Incoming:
    """A new file in `folder`, locked by its writer as long as it lives, gone at the end of the `with` block."""

    def __init__(self, folder: Path, expected: int = 0) -> None:
        """`expected` is the number of bytes to come, as far as it is known."""
        with written_to(folder):
            make_folder(folder)
            self.path, self._handle = _create(folder)
            if expected >= _PAST_CACHE_FROM:
                self._bypass_cache(on=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        os.close(self._handle)

    def write(self, block: memoryview) -> None:
        """Append a block; all but the last are of whole pages. Raises `StorageFull`, `StoreUnwritable`."""
        with written_to(self.path):
            if len(block) % _ALIGNED:
                self._bypass_cache(on=False)
            rest = block
            while rest:
                try:
                    rest = rest[os.write(self._handle, rest) :]
                except OSError as error:
                    # Some filesystems agree to be written past the cache and then refuse.
                    if error.errno != errno.EINVAL or not self._bypass_cache(on=False):
                        raise

    def _bypass_cache(self, *, on: bool) -> bool:
        """Switch writing past the cache; gives whether that changed anything."""
        flags = fcntl.fcntl(self._handle, fcntl.F_GETFL)
        wanted = flags | os.O_DIRECT if on else flags & ~os.O_DIRECT
        if wanted == flags:
            return False
        with suppress(OSError):  # EINVAL: this filesystem only knows the cache
            fcntl.fcntl(self._handle, fcntl.F_SETFL, wanted)
        return True

    def publish(self, place: Path) -> bool:
        """Make the file durable, read-only and known as `place`; False when a file of that size already stood there.

        Raises `StorageFull`, `StoreUnwritable`.
        """
        with written_to(place):
            os.fchmod(self._handle, 0o444)
            os.fsync(self._handle)
            make_folder(place.parent)
            created = self._link(place)
            # Also for one that stood there: its writer may not have come to this line yet.
            sync_folder(place.parent)
        return created

    def _link(self, place: Path) -> bool:
        try:
            os.link(self.path, place)
        except FileExistsError:
            if place.stat().st_size == os.fstat(self._handle).st_size:
                return False
            # Cut short by a failing medium: what stands there is not the content of that digest.
            self.path.replace(place)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if place.exists():
                return False
            self.path.replace(place)
        return True


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, each durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> list[Path]:
    """Remove files in `folder` whose writer is dead; gives what was removed."""
    removed = []
    for path in folder.glob("*.part"):
        with suppress(OSError), path.open("rb") as stream:  # gone meanwhile, or held by a living writer
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            removed.append(path)
    return removed


def _create(folder: Path) -> tuple[Path, int]:
    while True:
        path = folder / f"{secrets.token_hex(16)}.part"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # a sweep came between: it takes this one for left over
            os.close(handle)
            continue
        if os.fstat(handle).st_nlink:
            return path, handle
        os.close(handle)


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write at `path` into a coded error."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise storage_full(path) from error
        raise StoreUnwritable(
            zh=f"无法写入存储库（{path}：{error.strerror}）。文件未动。请管理员检查目录权限和磁盘，再重试。",
            en=f"The store cannot be written ({path}: {error.strerror}). Check permissions and disk, then retry.",
        ) from error


def storage_full(path: Path) -> StorageFull:
    """The error that says there is no room at `path`."""
    return StorageFull(
        zh=f"存储库空间不足（{path}）。文件未动，未留下半份。请腾出空间后重试。",
        en=f"No room left in the store ({path}). The file is untouched, no half copy remains. Make room, then retry.",
    )
