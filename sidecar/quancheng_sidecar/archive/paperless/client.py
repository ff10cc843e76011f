"""Documents of Paperless-ngx 3, over its API: looked at, uploaded, downloaded, their fields merged."""

import json
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pypaperless.exceptions import NotFoundError, TaskNotFoundError
from pypaperless.models.documents.document import Document as PaperlessDocument
from pypaperless.models.documents.history import DocumentHistory
from pypaperless.models.tasks import TaskStatus

from quancheng_plugin.host.signed_call import signed_headers
from quancheng_sidecar.archive.paperless.history import Editor, editors_of, version_adder
from quancheng_sidecar.archive.paperless.office import Kind
from quancheng_sidecar.archive.paperless.remote import Caller, Remote, RemoteField, RemoteTask, RemoteValue, Upload
from quancheng_sidecar.archive.paperless.remote_permissions import (
    RemoteAccount,
    RemotePermissions,
    permissions_of,
)
from quancheng_sidecar.archive.paperless.session import PaperlessRefused, PaperlessUnauthorised, Session

KEPT = "/api/quancheng/kept/"
"""Where the plugin's app is told which documents are kept (`quancheng_plugin.host.keeping`)."""

_PAGE = 100
_MOST = 1000
"""More types, tags and paths than an office has."""
_LONG_AGO = datetime.fromtimestamp(0, UTC)
_SURELY_ENDED = timedelta(minutes=35)
"""Paperless ends a task by force after 30 minutes (PAPERLESS_WORKER_TIMEOUT); one that seems to run longer was killed
with its worker, and Paperless never learns of it."""
_ACTIVE = {TaskStatus.PENDING, TaskStatus.STARTED}


class Paperless(Session):
    """A session about documents."""

    def document(self, remote_id: int) -> Remote | None:
        """The document as it is now; None where it is gone, or in the trash."""

        async def found() -> PaperlessDocument | None:
            async with self._client.documents.with_permissions() as documents:
                return await _or_none(documents(remote_id))

        held = self._run(found())
        return _remote(held) if held else None

    def by_checksum(self, sha256: str) -> list[int]:
        """Ids of the documents whose original has that SHA-256, oldest first."""
        return sorted(document.id for document in self._filtered(checksum__iexact=sha256))

    def changed_since(self, since: datetime) -> Iterator[Remote]:
        """Documents changed at or after `since`, the longest unchanged first."""
        yield from self._filtered(ordering="modified", modified__gte=since.isoformat())

    def upload(self, file: Upload) -> str:
        """Hand a file over to be consumed; gives the task's id."""
        form = {
            "document": (file.path.read_bytes(), file.file_name),
            "title": file.title,
            "created": file.created and f"{file.created}T00:00:00",
            "document_type": file.document_type,
            "storage_path": file.storage_path,
            "tags": list(file.tags),
            "custom_fields": json.dumps(dict(file.fields)),
        }
        return str(self._run(self._transport.post("/api/documents/post_document/", form=form)))

    def upload_version(self, remote_id: int, path: Path, file_name: str) -> str:
        """Hand over a file that takes the place of a document's present one, which stays there; gives the task's id."""
        form = {"document": (path.read_bytes(), file_name)}
        return str(self._run(self._transport.post(f"/api/documents/{remote_id}/update_version/", form=form)))

    def task(self, task_id: str) -> RemoteTask:
        """How far an upload has come; one that is not listed yet counts as running."""
        try:
            task = self._run(self._client.tasks(task_id))
        except PaperlessRefused as error:
            if isinstance(error.__cause__, TaskNotFoundError):
                return RemoteTask(running=True, document=None, error="")
            raise
        if task.status in _ACTIVE and task.date_started and datetime.now(UTC) - task.date_started > _SURELY_ENDED:
            return RemoteTask(running=False, document=None, error="工作进程中断")
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

    def named(self, kind: Kind) -> dict[str, int]:
        """Ids of all objects of a kind there, by their name."""
        return {str(each["name"]): int(each["id"]) for each in self.get(f"/api/{kind}/", page_size=_MOST)["results"]}

    def arrange(self, remote_id: int, *, document_type: int | None, path: int | None) -> None:
        """Say what a document is and where its files lie; each unless None.

        By one change of the document itself: each bulk edit costs Paperless' worker a task, and a worker of one
        process stands still for up to five seconds after each (measured).
        """
        change = {"document_type": document_type, "storage_path": path}
        wanted = {name: identifier for name, identifier in change.items() if identifier is not None}
        if wanted:
            self._run(self._transport.patch(f"/api/documents/{remote_id}/", json=wanted))

    def merge_fields(self, remote_id: int, values: Mapping[int, RemoteValue], gone: Sequence[int]) -> None:
        """Set these custom fields, take those away, and leave all others as they are."""
        self._run(
            self._client.documents.bulk_edit.modify_custom_fields(
                [remote_id],
                add_custom_fields={field: _plain(value) for field, value in values.items()},
                remove_custom_fields=list(gone),
            )
        )

    def permit(self, remote_id: int, permissions: RemotePermissions) -> None:
        """Set who may see and change a document, in the place of what was set."""
        self._run(self._transport.patch(f"/api/documents/{remote_id}/", json=dict(permissions.body())))

    def keep(self, remote_ids: Sequence[int], secret: bytes) -> None:
        """Have the guard there keep these documents as archived; a hold stays one. Raises `PaperlessRefused` where the
        plugin's app is not on.
        """
        body = json.dumps({"documents": [{"document": each, "state": "archived"} for each in remote_ids]}).encode()
        headers = {"Content-Type": "application/json", **signed_headers(secret, body)}
        answer = self._run(self._transport.request_raw("post", KEPT, content=body, headers=headers))
        if answer.status_code != httpx.codes.OK:
            raise PaperlessRefused(
                zh=f"防删除没有收到已归档的文书（状态 {answer.status_code}）。请运行 quancheng paperless check。",
                en=f"The guard took nothing (status {answer.status_code}); run `quancheng paperless check`.",
            )

    def accounts(self) -> dict[int, RemoteAccount]:
        """All accounts there, by their id."""
        told = self.get("/api/users/", page_size=_MOST)["results"]
        return {int(each["id"]): RemoteAccount(str(each["username"]), frozenset(each["groups"])) for each in told}

    def is_uploaded_by(self, document: Remote, account: int) -> bool:
        """Whether that account handed it in, whatever its workflows made of it: Paperless' tasks say so, as long as
        they are kept there. The very task may not have ended yet, and then does not name the document.
        """
        asked = {"task_type": "consume_file", "owner": account, "name": document.file_name, "page_size": _MOST}
        tasks = [each for each in self.get("/api/tasks/", **asked)["results"] if each["status"] != TaskStatus.FAILURE]
        made = [
            (each["result_data"] or {}).get("document_id")
            for each in tasks
            if each["input_data"].get("filename") == document.file_name
        ]
        return document.id in made or None in made

    def caller(self) -> Caller:
        """Whom this session belongs to."""
        told = self.get("/api/ui_settings/")["user"]
        return Caller(id=int(told["id"]), name=str(told["username"]), groups=tuple(told["groups"]))

    def visible(self, remote_ids: Sequence[int]) -> set[int]:
        """Which of these documents the session's account may see."""
        wanted = ",".join(map(str, remote_ids))
        told = self.get("/api/documents/", id__in=wanted, fields="id", page_size=len(remote_ids))
        return {int(each["id"]) for each in told["results"]}

    def editors(self, remote_id: int) -> dict[str, Editor]:
        """Who gave each custom field of a document its present value, as far as its history names somebody.

        Nobody where Paperless keeps none (`PAPERLESS_AUDIT_LOG_ENABLED`) or does not show it to the account.
        """
        return editors_of(self._history(remote_id))

    def version_adder(self, remote_id: int) -> Editor | None:
        """Who added the newest version of a document there, under the same terms."""
        return version_adder(self._history(remote_id))

    def _history(self, remote_id: int) -> list[DocumentHistory]:
        try:
            return list(self._run(self._client.documents.history(remote_id)))
        except (PaperlessRefused, PaperlessUnauthorised):
            return []

    def _filtered(self, **filters: str) -> list[Remote]:
        async def listed() -> list[Remote]:
            documents = self._client.documents
            async with documents.with_permissions(), documents.filter(page_size=_PAGE, **filters) as found:
                return [_remote(document) async for document in found]

        return self._run(listed())


async def _or_none[T](call: Coroutine[Any, Any, T]) -> T | None:
    try:
        return await call
    except NotFoundError:
        return None


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
        versions=frozenset(each.checksum for each in document.versions_ or () if each.checksum),
        page_count=document.page_count,
        document_type=document.document_type,
        storage_path=document.storage_path,
        content=document.content or "",
        fields={held.field: held.value for held in document.custom_fields or () if held.field},
        permissions=permissions_of(document),
    )
