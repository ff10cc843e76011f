"""A copy of a file to work on, which takes its name only when whole."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from quancheng_plugin.errors import StorageFull
from quancheng_plugin.signing.errors import SameFile


@contextmanager
def copy_to_become(source: Path, out: Path) -> Iterator[BinaryIO]:
    """A writable copy of `source`, renamed to `out` after fsync when the block ends without error.

    On any error the copy is removed and `out` stays as it was. Raises `SameFile` when both are
    one file and `StorageFull` when there is no room.
    """
    if out.exists() and out.samefile(source):
        raise SameFile(
            zh="签名结果不能写回原文件：原件不得改动。请另给一个文件名。",
            en="The signed file cannot replace its source: originals are never changed. Give another name.",
        )
    unfinished = out.with_name(f".{secrets.token_hex(8)}.part")
    try:
        # Not tempfile: its mode 0600 would lock out a group that the umask admits.
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666), "r+b") as copy:
            with source.open("rb") as original:
                shutil.copyfileobj(original, copy, 1 << 20)
            copy.seek(0)
            yield copy
            copy.flush()
            os.fsync(copy.fileno())
        unfinished.replace(out)
        _sync_folder(out.parent)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull(
                zh=f"磁盘空间不足，签名结果没有写出：{out.parent}。请清理后重试。",
                en=f"No space left for the signed file in {out.parent}. Make room and try again.",
            ) from error
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
