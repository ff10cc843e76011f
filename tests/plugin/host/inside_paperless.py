"""What `test_installed` runs in the interpreter of an installed Paperless-ngx; prints one line of JSON."""

import inspect
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first

from quancheng_plugin.host.document_parser import DocumentParser  # noqa: E402
from quancheng_plugin.host.media_parser import MediaParser  # noqa: E402


def protocol() -> object:
    """How Paperless' protocol differs from our copy, and whether it accepts our parser."""
    sys.path.insert(0, str(Path(__file__).parent))
    from paperless.parsers import ParserProtocol as Theirs  # noqa: PLC0415
    from parser_protocol import ParserProtocol as Ours  # noqa: PLC0415

    with DocumentParser() as parser, MediaParser() as media:
        accepted = [isinstance(each, Theirs) for each in (parser, media)]
    return {"differences": sorted(_shape(Theirs) ^ _shape(Ours)), "accepted": accepted}


def _shape(asked: type) -> set[str]:
    members = {name for name in vars(asked) if not name.startswith("_") or name in {"__enter__", "__exit__"}}
    members |= set(asked.__annotations__)
    return {f"{name}{_parameters(inspect.getattr_static(asked, name, None))}" for name in members}


def _parameters(member: object) -> str:
    called = getattr(member, "__func__", member)
    if not inspect.isfunction(called):
        return type(member).__name__
    return str([(p.name, str(p.kind)) for p in inspect.signature(called).parameters.values()])


def chosen() -> object:
    """Which parser the registry takes for which type."""
    from documents.plugins.date_parsing import get_date_parser  # noqa: PLC0415
    from paperless.parsers.registry import get_parser_registry  # noqa: PLC0415

    call_command("migrate", verbosity=0)  # settings of the OCR lie in the database
    types = ("application/pdf", "image/jpeg", "image/tiff", "text/plain", "video/mp4")
    found = {kind: get_parser_registry().get_parser_for_file(kind, "file").__name__ for kind in types}
    return found | {"dates": type(get_date_parser()).__name__}


def dates(text: str) -> object:
    """Dates that Paperless finds in a text."""
    from documents.plugins.date_parsing import get_date_parser  # noqa: PLC0415

    with get_date_parser() as parser:
        return [found.isoformat() for found in parser.parse("file.pdf", text)]


def migrate() -> object:
    """Make the tables."""
    call_command("migrate", verbosity=0)
    return None


def consume(path: str, *settings: str) -> object:
    """Take a file in as the worker does, with further settings (`NAME=value`), and tell what became of it."""
    os.environ.update(dict(setting.split("=", 1) for setting in settings))
    return _told(_consumed(path))


def read_again_in_vain(path: str) -> object:
    """Digest of the archive file before and after a second reading that fails."""
    from documents.tasks import update_document_content_maybe_archive_file  # noqa: PLC0415

    held = _consumed(path)
    before = held.archive_checksum
    os.environ["QUANCHENG_SIGN_PKCS12"] = "/nowhere/signer.p12"
    update_document_content_maybe_archive_file(held.pk)
    held.refresh_from_db()
    return [before, held.archive_checksum]


def _consumed(path: str) -> Any:
    from documents.data_models import ConsumableDocument, DocumentSource  # noqa: PLC0415
    from documents.models import Document  # noqa: PLC0415
    from documents.tasks import consume_file  # noqa: PLC0415

    copy = Path(os.environ["PAPERLESS_CONSUMPTION_DIR"]) / Path(path).name
    shutil.copy(path, copy)  # Paperless removes what it took in
    result = consume_file(ConsumableDocument(source=DocumentSource.ConsumeFolder, original_file=copy))
    number = result["document_id"] if isinstance(result, dict) else result.document_id
    return Document.objects.get(pk=number)


def _told(held: Any) -> object:
    return {
        "text": held.content,
        "created": str(held.created)[:10],
        "pages": held.page_count,
        "tags": [tag.name for tag in held.tags.all()],
        "notes": [note.note for note in held.notes.all()],
        "archive": str(held.archive_path) if held.has_archive_version else None,
    }


if __name__ == "__main__":
    answer = globals()[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(answer, ensure_ascii=False))  # noqa: T201 - its parent reads it
