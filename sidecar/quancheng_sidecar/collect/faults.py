"""The one table of what the surroundings may do to the work: disk, files and database, each as a coded error."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError

from quancheng_plugin.errors import QuanchengError, StorageFull
from quancheng_sidecar.settings import settings


class FileUnusable(QuanchengError):
    """A file or folder cannot be read, written or made, for a reason other than room."""

    code = "QC-FILE"


class DatabaseBusy(QuanchengError):
    """Another process held the database for longer than we wait."""

    code = "QC-DATABASE-BUSY"


class DatabaseUnusable(QuanchengError):
    """The database does not answer, or its file is damaged or may not be written."""

    code = "QC-DATABASE"


# Wrong questions to a sound database: faults of ours, not of the surroundings.
_OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
# How SQLite and PostgreSQL put it.
_NO_ROOM = re.compile(r"disk is full|no space left on device|disk quota exceeded", re.IGNORECASE)
# What SQLite says when it cannot make the 32 KiB that it shares among processes, whatever keeps it from that.
_NOT_OPENED = re.compile(r"disk i/o error|unable to open database file", re.IGNORECASE)
_LEAST_ROOM = 1 << 20
_BUSY = re.compile(r"database (table )?is locked|could not obtain lock|deadlock detected", re.IGNORECASE)
_REASON_ZH = {
    errno.ENOENT: "不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "位于只读磁盘",
    errno.EEXIST: "已有同名的文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "是文件夹",
    errno.ENAMETOOLONG: "名称过长",
    errno.EIO: "磁盘读写出错",
}


def coded(fault: BaseException) -> QuanchengError | None:
    """The coded error of a fault; itself when it has a code, None when it is a fault of ours."""
    if isinstance(fault, QuanchengError):
        return fault
    full = next((each for each in _chain(fault) if _means_full(each)), None)
    if full is not None:
        return StorageFull.at(getattr(full, "filename", None) or "数据库或临时文件 database or temporary file")
    if isinstance(fault, OSError) and isinstance(fault.filename, str | bytes):
        return _file(fault)
    if isinstance(fault, DatabaseError | InterfaceError) and not isinstance(fault, _OURS):
        return _database(fault)
    return None


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    seen = set[int]()
    while fault is not None and id(fault) not in seen:  # causes may go round in a circle
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def _means_full(fault: BaseException) -> bool:
    if isinstance(fault, OSError):
        return fault.errno in StorageFull.numbers
    if not isinstance(fault, DatabaseError):
        return False
    return bool(_NO_ROOM.search(str(fault)) or (_NOT_OPENED.search(str(fault)) and _is_home_full()))


def _is_home_full() -> bool:
    try:
        return shutil.disk_usage(settings().home).free < _LEAST_ROOM
    except OSError:
        return False


def _file(fault: OSError) -> QuanchengError:
    place, reason = Path(os.fsdecode(fault.filename)), fault.strerror or type(fault).__name__
    # Where a file was to be made, it is its folder that is not there.
    name = place.parent if fault.errno == errno.ENOENT and not place.parent.exists() else place
    return FileUnusable(
        zh=f"无法使用“{name}”（{_REASON_ZH.get(fault.errno or 0, reason)}）。请检查路径、权限和磁盘后重试。",
        en=f"{str(name)!r} cannot be used ({reason}). Check path, permissions and disk, then retry.",
    )


def _database(fault: Exception) -> QuanchengError:
    if _BUSY.search(str(fault)):
        return DatabaseBusy(
            zh="数据库正被另一程序占用，等待超时，这一步没有完成。请稍后重试。",
            en="Another process holds the database; this step was not finished. Retry in a while.",
        )
    said = str(fault).strip().splitlines()[:1] or [type(fault).__name__]
    return DatabaseUnusable(
        zh=f"数据库无法使用（{said[0]}）。请管理员检查数据库是否运行、地址和权限是否正确，再重试。",
        en=f"The database cannot be used ({said[0]}). Check that it runs, its address and permissions, then retry.",
    )
