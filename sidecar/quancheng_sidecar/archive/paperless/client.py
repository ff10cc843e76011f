"""A session with Paperless-ngx 3 for code that is not asynchronous: pypaperless on an event loop of its own.

Nothing is retried here. What is to be sent waits in a table (`models.Twin`), and the queue that works on it
tries again, later each time; a call that fails says so by one of the errors below.
"""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

import httpx
from pypaperless import PaperlessClient
from pypaperless.exceptions import (
    AuthError,
    ForbiddenError,
    InitializationError,
    NotFoundError,
    PaperlessConnectionError,
    PaperlessError,
    TaskNotFoundError,
)
from pypaperless.models.documents.document import Document as PaperlessDocument
from pypaperless.models.tasks import TaskStatus

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.settings import Settings

RemoteValue = bool | int | float | str | list[int] | None
"""A custom field's value as Paperless gives it: select options by their id, links as document ids, dates as text."""

_PAGE = 100
_LONG_AGO = datetime.fromtimestamp(0, UTC)
_ACTIVE = {TaskStatus.PENDING, TaskStatus.STARTED}


class PaperlessUnreachable(QuanchengError):
    """Paperless does not answer; what was to be sent stays queued."""

    code = "QC-PAPERLESS-UNREACHABLE"


class PaperlessRefused(QuanchengError):
    """Paperless answered that it will not do this."""

    code = "QC-PAPERLESS-REFUSED"


class PaperlessUnset(QuanchengError):
    """No Paperless is configured."""

    code = "QC-PAPERLESS-UNSET"


@dataclass(frozen=True)
class Remote:
    """A document as Paperless has it now. `checksum` is the SHA-256 of its original, 64 hex digits."""

    id: int
    title: str
    mime_type: str
    file_name: str
    created: date | None
    modified: datetime
    checksum: str
    page_count: int | None
    document_type: int | None
    content: str
    fields: Mapping[int, RemoteValue]


@dataclass(frozen=True)
class RemoteField:
    """A custom field there: its id and type, and the ids of a select field's options by their label."""

    id: int
    type: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class RemoteTask:
    """How far the consumption of an upload has come; `document` once it is there, `error` when it failed."""

    running: bool
    document: int | None
    error: str


@dataclass(frozen=True)
class Upload:
    """A file to be consumed; `fields` by the id of the custom field."""

    path: Path
    file_name: str
    title: str
    created: date | None


@dataclass(frozen=True)
class Editor:
    """Who last changed a document there, and when."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Caller:
    """An account there: its id, name, and the ids of its groups."""

    id: int
    name: str
    groups: tuple[int, ...]


class Paperless:
    """One session; use it in a `with` block. Every call raises `PaperlessUnreachable` or `PaperlessRefused`."""

    def __init__(
        self, url: str, token: str | None, *, timeout_s: float, headers: Mapping[str, str] | None = None
    ) -> None:
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(timeout=timeout_s, headers=dict(headers or {}), follow_redirects=False)
        self._client = PaperlessClient(url, token, client=self._http)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The office's own; raises `PaperlessUnset`."""
        if settings.paperless_url is None or settings.paperless_token is None:
            raise _unset()
        token = settings.paperless_token.get_secret_value()
        return cls(settings.paperless_url, token, timeout_s=settings.paperless_timeout_s)

    @classmethod
    def for_caller(cls, settings: Settings, headers: Mapping[str, str]) -> Self:
        """The office's own in the name of whoever these headers (`Authorization` or `Cookie`) belong to."""
        if settings.paperless_url is None:
            raise _unset()
        return cls(settings.paperless_url, None, timeout_s=settings.paperless_timeout_s, headers=headers)

    def __enter__(self) -> Self:
        try:
            self._run(self._client.initialize())
        except QuanchengError:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()

    @property
    def version(self) -> str:
        """Version of the server, such as `3.0.5`; empty where it does not say."""
        return self._client.host_version or ""

    def document(self, remote_id: int) -> Remote | None:
        """The document as it is now; None where it is gone, or in the trash."""
        found = self._run(_or_none(self._client.documents(remote_id)))
        return _remote(found) if found else None

    def by_checksum(self, sha256: str) -> list[int]:
        """Ids of the documents whose original has that SHA-256, oldest first."""
        return sorted(document.id for document in self._filtered(checksum__iexact=sha256))

    def changed_since(self, since: datetime) -> Iterator[Remote]:
        """Documents changed at or after `since`, the longest unchanged first."""
        yield from self._filtered(ordering="modified", modified__gte=since.isoformat())

    def upload(self, file: Upload) -> str:
        """Hand a file over to be consumed; gives the task's id."""
        draft = self._client.documents.create(
            document=file.path.read_bytes(),
            filename=file.file_name,
            title=file.title,
            created=file.created and datetime(file.created.year, file.created.month, file.created.day),  # noqa: DTZ001  a day
        )
        return str(self._run(self._client.documents.save(draft)))

    def task(self, task_id: str) -> RemoteTask:
        """How far an upload has come; one that is not listed yet counts as running."""
        try:
            task = self._run(self._client.tasks(task_id))
        except PaperlessRefused as error:
            if isinstance(error.__cause__, TaskNotFoundError):
                return RemoteTask(running=True, document=None, error="")
            raise
        result = task.result_data if isinstance(task.result_data, dict) else {}
        document = result.get("document_id") or result.get("duplicate_of")
        failed = "" if task.status == TaskStatus.SUCCESS else str(task.result_data)
        return RemoteTask(
            running=task.status in _ACTIVE,
            document=int(document) if document else None,
            error="" if document else failed,
        )

    def download(self, remote_id: int, target: Path, *, original: bool = False) -> None:
        """Write the archive file, or the original, to `target`."""
        target.write_bytes(self._run(self._client.documents.download(remote_id, original=original)).content or b"")

    def fields(self) -> dict[str, RemoteField]:
        """All custom fields there, by their name."""

        async def listed() -> dict[str, RemoteField]:
            return {
                field.name or "": RemoteField(
                    id=field.id or 0, type=str(field.data_type), options=_options(field.extra_data)
                )
                async for field in self._client.custom_fields
            }

        return self._run(listed())

    def document_types(self) -> dict[str, int]:
        """Ids of all document types there, by their name."""

        async def listed() -> dict[str, int]:
            return {each.name: each.id async for each in self._client.document_types if each.name and each.id}

        return self._run(listed())

    def set_document_type(self, remote_id: int, document_type: int) -> None:
        """Say what a document is."""
        self._run(self._client.documents.bulk_edit.set_document_type([remote_id], document_type))

    def merge_fields(self, remote_id: int, values: Mapping[int, RemoteValue], gone: Sequence[int]) -> None:
        """Set these custom fields, take those away, and leave all others as they are."""
        self._run(
            self._client.documents.bulk_edit.modify_custom_fields(
                [remote_id],
                add_custom_fields={field: _plain(value) for field, value in values.items()},
                remove_custom_fields=list(gone),
            )
        )

    def caller(self) -> Caller:
        """Whom this session belongs to."""
        told = self._run(self._client.runtime.transport.get("/api/ui_settings/"))["user"]
        return Caller(id=int(told["id"]), name=str(told["username"]), groups=tuple(told["groups"]))

    def groups(self) -> dict[str, int]:
        """Ids of all groups there, by their name; only an account with the right to view groups may ask."""

        async def listed() -> dict[str, int]:
            return {group.name: group.id async for group in self._client.groups if group.name and group.id}

        return self._run(listed())

    def visible(self, remote_ids: Sequence[int]) -> set[int]:
        """Which of these documents the session's account may see."""
        wanted = {"id__in": ",".join(map(str, remote_ids)), "fields": "id", "page_size": len(remote_ids)}
        told = self._run(self._client.runtime.transport.get("/api/documents/", params=wanted))
        return {int(each["id"]) for each in told["results"]}

    def last_editor(self, remote_id: int) -> Editor | None:
        """Who of the people there changed the document last; None where its history names nobody."""
        entries = self._run(self._client.documents.history(remote_id))
        named = [(entry.timestamp, entry.actor.username) for entry in entries if entry.actor and entry.actor.username]
        timed = [(at, name) for at, name in named if at is not None]
        return Editor(name=max(timed)[1], at=max(timed)[0]) if timed else None

    def _filtered(self, **filters: str) -> list[Remote]:
        async def listed() -> list[Remote]:
            async with self._client.documents.filter(page_size=_PAGE, **filters) as found:
                return [_remote(document) async for document in found]

        return self._run(listed())

    def _run[T](self, call: Coroutine[Any, Any, T]) -> T:
        try:
            return self._runner.run(call)
        except (AuthError, ForbiddenError) as error:
            raise PaperlessRefused(
                zh=f"Paperless 不接受本系统的账号（{_said(error)}）。请检查令牌和该账号的权限。",
                en=f"Paperless does not accept the product's account ({_said(error)}). Check its token and rights.",
            ) from error
        except (PaperlessConnectionError, InitializationError, httpx.HTTPError, OSError) as error:
            raise PaperlessUnreachable(
                zh=f"Paperless 没有应答（{_said(error)}）。待发内容已排队，恢复后会自动继续。",
                en=f"Paperless does not answer ({_said(error)}). What waits is queued and goes on by itself.",
            ) from error
        except PaperlessError as error:
            raise PaperlessRefused(
                zh=f"Paperless 拒绝了请求：{_said(error)}。请查看 Paperless 的日志。",
                en=f"Paperless refused the request: {_said(error)}. See its log.",
            ) from error


def _unset() -> PaperlessUnset:
    return PaperlessUnset(
        zh="没有配置 Paperless-ngx。请设置 QUANCHENG_PAPERLESS_URL 和 QUANCHENG_PAPERLESS_TOKEN。",
        en="No Paperless-ngx is configured. Set QUANCHENG_PAPERLESS_URL and QUANCHENG_PAPERLESS_TOKEN.",
    )


async def _or_none[T](call: Coroutine[Any, Any, T]) -> T | None:
    try:
        return await call
    except NotFoundError:
        return None


def _said(error: BaseException) -> str:
    return str(error) or str(error.__cause__ or "") or type(error).__name__


def _plain(value: RemoteValue) -> RemoteValue:
    return list(value) if isinstance(value, list) else value


def _options(extra: object) -> dict[str, str]:
    options = extra.get("select_options", []) if isinstance(extra, dict) else getattr(extra, "select_options", None)
    pairs = [(o["label"], o["id"]) if isinstance(o, dict) else (o.label, o.id) for o in options or [] if o]
    return {str(label): str(identifier) for label, identifier in pairs}


def _remote(document: PaperlessDocument) -> Remote:
    root = next((version for version in document.versions_ or () if version.is_root), None)
    return Remote(
        id=document.id or 0,
        title=document.title or "",
        mime_type=document.mime_type or "",
        file_name=document.original_file_name or "",
        created=document.created,
        modified=document.modified or _LONG_AGO,
        checksum=(root.checksum if root else None) or "",
        page_count=document.page_count,
        document_type=document.document_type,
        content=document.content or "",
        fields={held.field: held.value for held in document.custom_fields or () if held.field},
    )
