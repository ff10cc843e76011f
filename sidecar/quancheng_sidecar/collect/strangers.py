"""What lies in the inbox and is never taken: told of beside it once it has lain for a while, never passed over."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import structlog

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.collect import inbox
from quancheng_sidecar.collect.at_rest import AtRest
from quancheng_sidecar.collect.models import IntakeKind
from quancheng_sidecar.settings import Settings

logger = structlog.get_logger(__name__)

LAIN_S = 300
"""What has not changed for so long is told of: a copy under way changes all the time, and a person still waits."""
_LOOK_EVERY_S = 10
_KINDS_ZH = {stat.S_IFIFO: "管道", stat.S_IFSOCK: "套接字", stat.S_IFCHR: "设备", stat.S_IFBLK: "设备"}


class Strangers:
    """Remembers what lies in the inboxes without being taken, and writes a note beside what stays."""

    def __init__(self) -> None:
        self._at_rest = AtRest(LAIN_S)
        self._next = 0.0

    def look(self, settings: Settings, now: float) -> None:
        """Tell of what has lain too long, by a monotonic `now`; take away notes whose file is gone."""
        if now < self._next:
            return
        self._next = now + _LOOK_EVERY_S
        try:
            found = {path: why for path, why in _found(settings) if not _is_told(path)}
            for path in self._at_rest.settled(list(found), now):
                inbox.refuse(path, inbox.NotTaken(zh=found[path].zh, en=found[path].en))
            _clear_notes(settings)
        except OSError:  # taken away between listing and looking: at the next look
            logger.info("inbox not looked through", exc_info=True)


def _found(settings: Settings) -> Iterator[tuple[Path, Sentence]]:
    """Everything that is not taken, each with the reason; of a folder that is not entered the folder alone."""
    folders = inbox.folders(settings)
    own = {*folders.values(), settings.home / "inbox" / "results", settings.home / "inbox" / ".taken"}
    for path in sorted((settings.home / "inbox").iterdir()):
        if path not in own and not inbox.is_nobodys(path.name):
            yield path, _outside(path.name)
    for kind, folder in folders.items():
        yield from _within(folder, kind)


def _within(folder: Path, kind: IntakeKind) -> Iterator[tuple[Path, Sentence]]:
    for path in sorted(folder.iterdir()):
        if inbox.is_nobodys(path.name):
            continue
        why = _why(path, kind)
        if why:
            yield path, why
        elif path.is_dir():
            yield from _within(path, kind)


def _why(path: Path, kind: IntakeKind) -> Sentence | None:
    """Why something is not taken; None where it is, or is a folder to look into."""
    mode = path.stat(follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        return _link(path.name)
    if path.name.startswith("."):
        return _hidden(path.name)
    if stat.S_ISDIR(mode):
        return None if os.access(path, os.R_OK | os.X_OK) else _closed(path.name)
    if not stat.S_ISREG(mode):
        return _no_file(path.name, _KINDS_ZH.get(stat.S_IFMT(mode), "特殊文件"))
    if path.name.endswith(inbox.PARTIAL):
        return _partial(path.name)
    return _lone_note(path.name, kind) if path.suffix == ".json" and not inbox.is_read(path, kind) else None


def _is_told(path: Path) -> bool:
    note = inbox.refusal_of(path)
    return note.exists() and note.stat().st_mtime >= path.stat(follow_symlinks=False).st_mtime


def _clear_notes(settings: Settings) -> None:
    """Remove notes of ours whose file its owner took away or renamed."""
    root = settings.home / "inbox"
    for note in [*root.glob(f"*{inbox.NOTE}"), *(n for f in inbox.folders(settings).values() for n in _notes(f))]:
        if note not in {inbox.refusal_of(path) for path in note.parent.iterdir()} and _is_ours(note):
            note.unlink(missing_ok=True)


def _notes(folder: Path) -> Iterator[Path]:
    return folder.rglob(f"*{inbox.NOTE}")


def _is_ours(note: Path) -> bool:
    with note.open("rb") as stream:
        return stream.read(3) == b"QC-"


def _outside(name: str) -> Sentence:
    return Sentence(
        zh=f"“{name}”放在了 scans 和 recordings 之外，不会收取。文书请放进 scans/案号/，"
        "声像资料请放进 recordings/案号/环节/。",
        en=f"{name!r} lies outside scans and recordings and is not taken. Move it to scans/CASE/ or "
        "recordings/CASE/STAGE/.",
    )


def _link(name: str) -> Sentence:
    return Sentence(
        zh=f"“{name}”是链接，系统只收文件本身，不跟随链接。请把它所指的文件复制到这里，再删除链接。",
        en=f"{name!r} is a link; only files themselves are taken. Copy the file that it points to, remove the link.",
    )


def _hidden(name: str) -> Sentence:
    return Sentence(
        zh=f"“{name}”以“.”开头，是隐藏的文件或文件夹，不收取。要收的，请去掉开头的“.”；不要的请删除。",
        en=f"{name!r} begins with a dot, is hidden, and is not taken. Rename it without the dot, or remove it.",
    )


def _closed(name: str) -> Sentence:
    return Sentence(
        zh=f"系统没有权限进入文件夹“{name}”，其中的文件收不到。请放开读取权限，或把文件移出来。",
        en=f"The folder {name!r} may not be entered, so nothing in it is taken. Allow reading, or move the files.",
    )


def _no_file(name: str, kind_zh: str) -> Sentence:
    return Sentence(
        zh=f"“{name}”不是普通文件（{kind_zh}），不收取。请删除，或放入文件本身。",
        en=f"{name!r} is no ordinary file and is not taken. Remove it, or put the file itself here.",
    )


def _partial(name: str) -> Sentence:
    ending = Path(name).suffix
    return Sentence(
        zh=f"“{name}”看来没有复制或下载完（以“{ending}”结尾），已有 {LAIN_S // 60} 分钟没有变化，没有收取。"
        f"请重新复制；确已完整的，去掉结尾的“{ending}”。",
        en=f"{name!r} looks like an unfinished copy (it ends in {ending}), has not changed for {LAIN_S // 60} minutes "
        f"and was not taken. Copy it again, or remove {ending} from its name if it is complete.",
    )


def _lone_note(name: str, kind: IntakeKind) -> Sentence:
    if kind is IntakeKind.DOCUMENT:
        return Sentence(
            zh=f"文书不用 json 说明，“{name}”没有人读。案号请用子文件夹的名字写明；声像资料请放进 recordings。",
            en=f"Forms take no JSON: nobody reads {name!r}. Name the case by a sub-folder.",
        )
    return Sentence(
        zh=f"“{name}”旁边没有与它同名的声像资料，它说明的内容还没有用上。请把声像资料放到它旁边；已经交过的，"
        "带着这份 json 再交一次即可。",
        en=f"There is no recording of the same name beside {name!r}, so what it says was not used. Put the recording "
        "beside it; one that was taken already may be handed in again with it.",
    )
