"""What came in at Paperless-ngx is taken over: the original, and what the plugin made of it there (0005)."""

from pathlib import Path
from typing import Any

import structlog
from django.db import transaction

from quancheng_plugin.signing.verify import verify_pdf
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.paperless import permitting
from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.models import Incoming, Notice, Twin
from quancheng_sidecar.archive.paperless.pushing import Office
from quancheng_sidecar.archive.paperless.remote import Remote
from quancheng_sidecar.archive.paperless.session import PaperlessRefused, PaperlessUnauthorised
from quancheng_sidecar.archive.permissions import EVERYONE, Permissions
from quancheng_sidecar.collect.intake import Submission, receive
from quancheng_sidecar.collect.models import Intake, IntakeKind, IntakeState, Prepared, Recording
from quancheng_sidecar.media.photo import is_exposed
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.preserve.store import StoredFile
from quancheng_sidecar.wiring import Parts

logger = structlog.get_logger(__name__)

VIA = "paperless"
"""How what is taken over is said to have come in."""
_PICTURES = {"image/jpeg": "jpeg", "image/png": "png", "image/heic": "heic"}
"""Types of picture that a camera makes, by the container that the media engine calls them."""
_MOST_SIGNS = 80
"""More than a camera prints into a picture (date, place, number) and less than stands on any sheet."""
_MOST_KEPT = 500
"""As many documents as one call to the guard may name."""


def take_over(parts: Parts, office: Office, remote: Remote, folder: Path) -> Intake:
    """Keep the original and what the plugin made of it; the record is made of them by the intake's own task.

    `folder` is empty and the caller's to clear away. Raises what the session raises, and `StorageFull`: then nothing
    is kept, and the next round begins anew.
    """
    # In a folder of its own: its name is a person's, and what was made of it is downloaded beside.
    original = folder / "original" / (Path(remote.file_name).name or f"{remote.id}.pdf")
    original.parent.mkdir()
    # Before anything is kept here: only of what was never taken over is it known that nobody has set it since.
    permissions = permitting.open_to_colleagues(office.session, office.people, remote)
    office.session.download(remote.id, original, original=True)
    notice = Notice.objects.filter(remote_id=remote.id, type="consumed").order_by("at").last()
    kind = _kind(remote, notice, original)
    made = _made_there(parts, office, remote, notice, folder) if kind is IntakeKind.DOCUMENT else None
    case = office.fields.values(remote.fields).get(CustomField.CASE_NUMBER)
    submission = Submission(
        kind=kind,
        case=str(case) if case else None,
        agent=(notice.who if notice else "") or VIA,
        via=VIA,
    )
    with transaction.atomic():
        intake = receive(parts, original, submission)
        kept = notice is not None and bool(notice.detail.get("reading") or notice.detail.get("media"))
        incoming = Incoming.objects.create(remote_id=remote.id, original=intake.original.digest, kept=kept)
        note_permissions(incoming, permissions)
        if made:
            archive_file, values = made
            Prepared.objects.create(intake=intake, archive_file=register(archive_file), **values)
    return intake


def note_permissions(incoming: Incoming, permissions: Permissions) -> None:
    """Note who may see it there; the card of a recording follows."""
    noted = None if permissions == EVERYONE else permissions.model_dump(mode="json")
    if incoming.permissions != noted:
        incoming.permissions = noted
        incoming.save(update_fields=["permissions"])
        cards = Recording.objects.filter(original=incoming.original).values_list("archive_id", flat=True)
        Twin.want(*map(int, cards))


def tell_archived(parts: Parts, session: Paperless) -> None:
    """Tell the guard there what is archived here and it does not keep by itself.

    That is what its own parser did not make: what the built-in one read and we read all the same, and what was there
    before the plugin or came while its app was off.
    """
    secret = parts.settings.paperless_secret
    done = Intake.objects.filter(via=VIA, state__in=(IntakeState.DONE, IntakeState.DUPLICATE)).values("original")
    untold = list(
        Incoming.objects.filter(kept=False, original__in=done).values_list("remote_id", flat=True)[:_MOST_KEPT]
    )
    if secret is None or not untold:
        return
    try:
        session.keep(untold, secret.get_secret_value().encode())
    except (PaperlessRefused, PaperlessUnauthorised) as error:  # at the next round
        logger.warning("guard not told", code=error.code, said=str(error), documents=len(untold))
    else:
        Incoming.objects.filter(remote_id__in=untold).update(kept=True)


def _made_there(
    parts: Parts, office: Office, remote: Remote, notice: Notice | None, folder: Path
) -> tuple[StoredFile, dict[str, Any]] | None:
    """The signed archive file and the reading that the plugin made; None where it made none."""
    if notice is None or not notice.detail.get("reading"):
        return None
    archive_file = folder / "archive.pdf"
    office.session.download(remote.id, archive_file)
    return parts.store.put(archive_file), {
        "page_count": notice.detail.get("page_count") or remote.page_count or 1,
        "text": remote.content,
        "reading": notice.detail["reading"] | {"text": remote.content},
        # By our own eyes: what the other side says of its signature proves nothing.
        "verification": verify_pdf(archive_file, parts.settings).model_dump(mode="json"),
        "findings": notice.detail.get("findings", []),
    }


def _kind(remote: Remote, notice: Notice | None, original: Path) -> IntakeKind:
    media = remote.mime_type.startswith(("video/", "audio/")) or (notice is not None and notice.detail.get("media"))
    return IntakeKind.RECORDING if media or _is_photo(remote, notice, original) else IntakeKind.DOCUMENT


def _is_photo(remote: Remote, notice: Notice | None, original: Path) -> bool:
    """Whether a picture shows what happened and no sheet: a camera exposed it, no form was found on it and hardly text.

    Where the plugin did not read it, nobody knows that yet, and it is read as a document.
    """
    container = _PICTURES.get(remote.mime_type)
    reading = notice.detail.get("reading") if notice else None
    if container is None or not reading or reading.get("form"):
        return False
    return len("".join(remote.content.split())) <= _MOST_SIGNS and is_exposed(original, container)
