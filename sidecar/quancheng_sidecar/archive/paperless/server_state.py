"""What Paperless-ngx tells of its own parts, and of its settings that matter to records."""

from collections.abc import Iterator, Mapping
from typing import Any

from quancheng_plugin.findings import Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.archive.paperless.told import CheckItem, right, unknown, wrong

_GIB = 1024**3
_LITTLE_ROOM = 10 * _GIB
_NO_ROOM = _GIB
_STANDSTILL = Sentence(
    zh="请检查 Paperless 的后台进程和日志；恢复前新文书不会被处理。",
    en="Look at Paperless' processes and log; until then new documents are not processed.",
)
_REINDEX = Sentence(
    zh="新装的 Paperless 收入第一份文书后即正常；否则请在 Paperless 里运行 manage.py document_index reindex。",
    en="A new Paperless has one after its first document; otherwise run its manage.py document_index reindex.",
)
_PARTS = {
    "redis": (Severity.HIGH, "消息队列 Redis", "Redis", _STANDSTILL),
    "celery": (Severity.HIGH, "后台任务 Celery", "Celery worker", _STANDSTILL),
    "index": (Severity.MEDIUM, "全文索引", "search index", _REINDEX),
}


def server_state(status: Mapping[str, Any] | None) -> Iterator[CheckItem]:
    """Judge `/api/status/`; None where the account may not have it."""
    if status is None:
        yield unknown(
            "paperless-server",
            Sentence(
                zh="令牌的账号无权查看 Paperless 的系统状态，后台任务、索引和磁盘余量未检查。",
                en="The account may not see the system status: worker, index and disk were not examined.",
            ),
            Sentence(
                zh="请授予 view_system_monitoring 权限，或由超级用户在“设置 → 系统状态”查看。",
                en="Grant view_system_monitoring, or have a superuser look at the system status page.",
            ),
        )
        return
    faults = [*_broken_parts(status["tasks"]), *_database(status["database"]), *_room(status["storage"])]
    yield from faults
    if not faults:
        yield right("paperless-server", "数据库、后台任务、索引和磁盘正常", "Database, worker, index and disk are fine")


def settings_in_the_way(config: Mapping[str, Any] | None) -> Iterator[CheckItem]:
    """Judge `/api/config/` (what is set on Paperless' page; its environment cannot be seen)."""
    if "invalidate_digital_signatures" in str((config or {}).get("user_args") or ""):
        yield wrong(
            "paperless-signatures",
            Severity.MEDIUM,
            Sentence(
                zh="Paperless 的 OCR 参数里有 invalidate_digital_signatures：由内置解析器处理的已签名文书，"
                "默认下载的会是没有签名的副本。",
                en="Paperless' OCR arguments hold invalidate_digital_signatures: of a signed document that its "
                "built-in parser processes, the default download is an unsigned copy.",
            ),
            Sentence(zh="请在 Paperless“配置 → OCR”里去掉这个参数。", en="Remove it on Paperless' configuration page."),
        )


def _broken_parts(tasks: Mapping[str, Any]) -> Iterator[CheckItem]:
    for key, (severity, zh, en, remedy) in _PARTS.items():
        if tasks[f"{key}_status"] == "ERROR":
            why = tasks[f"{key}_error"] or "—"
            yield wrong(
                f"paperless-{key}",
                severity,
                Sentence(zh=f"Paperless 的{zh}不正常：{why}", en=f"Paperless' {en} is out of order: {why}"),
                remedy,
            )


def _database(database: Mapping[str, Any]) -> Iterator[CheckItem]:
    waiting = database["migration_status"]["unapplied_migrations"]
    if database["status"] == "OK" and not waiting:
        return
    told = database["error"] or "、".join(waiting) or "—"
    yield wrong(
        "paperless-database",
        Severity.HIGH,
        Sentence(zh=f"Paperless 的数据库不正常或没有升级完：{told}", en=f"Paperless' database is not in order: {told}"),
        Sentence(
            zh="请在 Paperless 里运行 manage.py migrate，再重启。", en="Run Paperless' manage.py migrate, then restart."
        ),
    )


def _room(storage: Mapping[str, Any]) -> Iterator[CheckItem]:
    free = storage["available"]
    if free < _LITTLE_ROOM:
        yield wrong(
            "paperless-room",
            Severity.HIGH if free < _NO_ROOM else Severity.MEDIUM,
            Sentence(
                zh=f"Paperless 存文书的磁盘只剩 {free / _GIB:.1f} GiB。",
                en=f"Only {free / _GIB:.1f} GiB are left where Paperless keeps documents.",
            ),
            Sentence(zh="请扩容或清理磁盘。", en="Make room."),
            {"free_bytes": free},
        )
