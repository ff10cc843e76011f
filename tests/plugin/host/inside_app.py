"""What `test_app` runs in the interpreter of an installed Paperless-ngx with the app switched on; prints JSON."""

import json
import os
import shutil
import sqlite3
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from celery import current_app  # noqa: E402 - Django must be set up first
from celery.signals import worker_init  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from documents import bulk_edit, tasks  # noqa: E402
from documents.data_models import ConsumableDocument, DocumentMetadataOverrides, DocumentSource  # noqa: E402
from documents.models import Document, ShareLink, WorkflowAction  # noqa: E402
from documents.search import get_backend  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from quancheng_plugin.host.models import Event, Kept, Pause  # noqa: E402

current_app.conf.task_always_eager = True

_PASSWORD = "for this test alone"  # noqa: S105 - worth nothing


def prepare(form: str) -> object:
    """Tables, two people, a kept document (the form, taken in by our parser) and three free ones."""
    call_command("migrate", verbosity=0)
    clerk = User.objects.create_superuser("林文书", password=_PASSWORD)
    kept = _consumed(form, owner=clerk)
    free = [_free(number) for number in range(3)]
    return {"kept": kept.pk, "free": free, "rows": list(Kept.objects.values_list("document", "state"))}


def steps(asked: str) -> object:
    """Several functions one after the other, as a list of name and arguments each; their answers."""
    return [globals()[name](*arguments) for name, *arguments in json.loads(asked)]


def waiting() -> object:
    """The outbox, oldest first; it is emptied."""
    told = [
        {"kind": each.kind, "document": each.document, "user": each.user_name, "detail": each.detail}
        for each in Event.objects.all()
    ]
    Event.objects.all().delete()
    return told


def look(document: int) -> object:
    """Look at a document in every way, twice in a row, and by session, token and password."""
    client, number = _clerk(), document
    token = {
        "headers": {
            "authorization": f"Token {Token.objects.get_or_create(user=User.objects.get(username='林文书'))[0].key}"
        }
    }
    statuses = []
    for way in ("", "preview/", "download/", "thumb/", "download/?original=true"):
        for _ in range(2):
            statuses.append(_read(client.get(f"/api/documents/{number}/{way}")))  # noqa: PERF401 - nested
    statuses.append(_read(Client().get(f"/api/documents/{number}/download/", **token)))
    statuses.append(_read(Client().get(f"/api/documents/{number}/download/")))
    for asked in ({"documents": [number]}, {"all": True, "filters": {"id__in": [number]}}):
        statuses.append(_read(client.post("/api/documents/bulk_download/", asked, content_type="application/json")))  # noqa: PERF401
    link = ShareLink.objects.create(slug="abc", document_id=number, file_version="archive")
    statuses.append(_read(Client().get("/share/abc")))
    link.expiration = timezone.now() - timedelta(days=1)
    link.save()
    statuses.append(_read(Client().get("/share/abc")))
    return statuses


def delete(document: int) -> object:
    """Delete one document as the page does."""
    return _answer(_clerk().delete(f"/api/documents/{document}/"))


def delete_many(documents: list[int]) -> object:
    """Delete some at once as the page does."""
    return _answer(_posted("/api/documents/delete/", {"documents": documents}))


def delete_in_worker(documents: list[int]) -> object:
    """What the worker does after a merge that deletes the originals."""
    return bulk_edit.delete.apply(args=[documents]).get()


def delete_by_workflow(document: int) -> object:
    """What a workflow with the action "move to trash" does."""
    from documents.signals import handlers  # noqa: PLC0415

    handlers.execute_move_to_trash_action(WorkflowAction(), Document.objects.get(pk=document), None)
    return None


def delete_as_admin(document: int) -> object:
    """Delete it in Django's own pages."""
    asked = _clerk().post(f"/admin/documents/document/{document}/delete/", {"post": "yes"})
    return {"status": asked.status_code, "said": asked.content.decode()[:300]}


def hard_delete(document: int) -> object:
    """Delete the row itself."""
    try:
        Document.global_objects.get(pk=document).hard_delete()
    except Exception as error:  # noqa: BLE001 - told by name
        return type(error).__name__
    return "deleted"


def put_into_trash(document: int) -> object:
    """Put a kept document into the trash behind the guard's back, as when the app was switched off for a day."""
    long_ago = timezone.now() - timedelta(days=400)
    Document.objects.filter(pk=document).update(deleted_at=long_ago)
    return None


def empty_trash(documents: list[int] | None) -> object:
    """Empty the trash as the page does, or as the nightly round does."""
    if documents is None:
        tasks.empty_trash.apply()
        return None
    return _answer(_posted("/api/trash/", {"documents": documents, "action": "empty"}))


def restore(document: int) -> object:
    """Take a document out of the trash as the page does."""
    return _answer(_posted("/api/trash/", {"documents": [document], "action": "restore"}))


def change(document: int) -> object:
    """Change a title as the page does."""
    told = {"title": "改名"}
    return _clerk().patch(f"/api/documents/{document}/", told, content_type="application/json").status_code


def state(documents: list[int]) -> object:
    """Where documents are, and whether the search finds them."""
    found = {}
    for number in documents:
        held = Document.global_objects.filter(pk=number).first()
        place = "gone" if held is None else "trash" if held.is_deleted else "there"
        hits = get_backend().search_ids(held.title, user=None) if held else []
        found[str(number)] = [place, number in hits]
    return found


def history(document: int) -> object:
    """What the page shows in the tab of history."""
    told = _clerk().get(f"/api/documents/{document}/history/").json()
    return [[entry["changes"], (entry["actor"] or {}).get("username")] for entry in told]


def call_keeping(body: str, timestamp: str, signature: str) -> object:
    """The sidecar's signed call."""
    headers = {"X-Quancheng-Timestamp": timestamp, "X-Quancheng-Signature": signature}
    asked = Client().post("/api/quancheng/kept/", body, content_type="application/json", headers=headers)
    return {"status": asked.status_code, "rows": list(Kept.objects.values_list("document", "state", "reason"))}


def send() -> object:
    """One round of sending; what is left afterwards, and how often it failed in a row.

    A page's own thread may be at it, and the round then leaves it to that one: it is waited for.
    """
    from quancheng_plugin.host.tasks import send as task  # noqa: PLC0415

    _nobody_sends()
    Pause.objects.update(until=timezone.now())
    task.apply()
    _nobody_sends()
    pause = Pause.objects.first()
    return {"left": Event.objects.count(), "failures": pause.failures if pause else 0}


def _nobody_sends() -> None:
    while cache.get("quancheng:sending"):
        time.sleep(0.05)


def consume(path: str) -> object:
    """Take one more file in; text, page count, archive file and what the thumbnail is."""
    held = _consumed(path)
    with Path(held.thumbnail_path).open("rb") as picture:
        kind = picture.read(12)[8:].decode(errors="replace")
    played = _clerk().get(f"/api/documents/{held.pk}/preview/")
    return {
        "id": held.pk,
        "text": held.content,
        "created": str(held.created)[:10],
        "archive": held.has_archive_version,
        "thumbnail": kind,
        "played_as": played.headers["Content-Type"],
    }


def refuse(path: str) -> object:
    """Why a file is not taken in."""
    try:
        _consumed(path)
    except Exception as error:  # noqa: BLE001 - its sentence is what is asked for
        return str(error)
    return None


def schedule() -> object:
    """Tasks that beat starts regularly."""
    return sorted(entry["task"] for entry in current_app.conf.beat_schedule.values())


def _clerk() -> Client:
    client = Client()
    assert client.login(username="林文书", password=_PASSWORD)
    return client


def _posted(path: str, told: dict[str, Any]) -> Any:
    return _clerk().post(path, told, content_type="application/json")


def _answer(response: Any) -> object:
    said = response.content.decode()
    return {"status": response.status_code, "said": json.loads(said) if said.startswith("{") else said}


def _read(response: Any) -> int:
    if response.streaming:
        b"".join(response.streaming_content)
    response.close()
    return int(response.status_code)


def while_somebody_writes() -> object:
    """How a page answers that tells nothing, while another process holds SQLite's one place to write; and how fast."""
    client = _clerk()
    writer = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    status = _read(client.get("/api/tags/"))
    writer.close()
    return status, time.monotonic() - began


def warm() -> object:
    """Which heavy modules are loaded before and after a worker starts."""
    heavy = ("quancheng_plugin.document", "ocrmypdf", "onnxruntime", "rapidocr", "pyhanko")
    before = {name: name in sys.modules for name in heavy}
    worker_init.send(sender=None)
    return before, {name: name in sys.modules for name in heavy}


def _free(number: int) -> int:
    """A document that did not go through Quancheng."""
    title = f"便条{'甲乙丙'[number]}"
    held = Document.objects.create(title=title, content=title, mime_type="text/plain", checksum=f"{number:064}")
    get_backend().add_or_update(held)
    return int(held.pk)


def _consumed(path: str | Path, owner: User | None = None) -> Any:
    copy = Path(os.environ["PAPERLESS_CONSUMPTION_DIR"]) / Path(path).name
    shutil.copy(path, copy)  # Paperless removes what it took in
    asked = ConsumableDocument(source=DocumentSource.ConsumeFolder, original_file=copy)
    told = DocumentMetadataOverrides(owner_id=owner.pk) if owner else None
    result = tasks.consume_file(asked, told)
    number = result["document_id"] if isinstance(result, dict) else result.document_id
    return Document.objects.get(pk=number)


if __name__ == "__main__":
    answer = globals()[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(answer, ensure_ascii=False))  # noqa: T201 - its parent reads it
