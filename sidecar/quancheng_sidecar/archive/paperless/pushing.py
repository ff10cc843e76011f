"""Bringing one document into step: uploaded where Paperless lacks it or its file, then fields and links merged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Self

from django.db.models import F, Q
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.catalogue import catalogue
from quancheng_sidecar.archive.fields import CustomField, FieldType, FieldValue
from quancheng_sidecar.archive.paperless import permitting
from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.merging import Merge, merge, merge_links
from quancheng_sidecar.archive.paperless.models import Incoming, Twin
from quancheng_sidecar.archive.paperless.office import STORAGE_PATH_NAME, Kind, Tag
from quancheng_sidecar.archive.paperless.people import People
from quancheng_sidecar.archive.paperless.remote import Remote, RemoteValue, Upload
from quancheng_sidecar.archive.paperless.session import PaperlessRefused
from quancheng_sidecar.archive.paperless.values import Fields
from quancheng_sidecar.archive.port import Archive, Document, DocumentId, DocumentKind
from quancheng_sidecar.settings import settings

LINKS = tuple(field for field in CustomField if field.type is FieldType.DOCUMENT_LINK)
_LOOK_AGAIN_S = 3
"""How soon an upload under way is asked about again."""
_SURELY_ARRIVED = timedelta(minutes=10)
"""An upload that was begun and is neither there nor a task by then is made again."""
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Office:
    """What a push works with: the session, what is kept there (ids by name), and our side."""

    session: Paperless
    fields: Fields
    types: Mapping[str, int]
    tags: Mapping[str, int]
    paths: Mapping[str, int]
    people: People
    archive: Archive

    @classmethod
    def of(cls, session: Paperless, archive: Archive) -> Self:
        """As it is now; raises `PaperlessUnset` where setup has not made the fields."""
        types, tags, paths = (session.named(kind) for kind in (Kind.DOCUMENT_TYPE, Kind.TAG, Kind.STORAGE_PATH))
        people = People(session, session.caller().id)
        return cls(session, Fields(session.fields()), types, tags, paths, people, archive)


def due(limit: int = 50) -> list[Twin]:
    """Twins that something is to be done for now, the longest waiting first.

    One put off for longer than any wait was put off while the machine's clock was ahead: it is due.
    """
    now = timezone.now()
    at_hand = Q(due_at__lte=now) | Q(due_at__gt=now + _LONGEST_WAIT)
    waiting = Twin.objects.filter(at_hand, wanted__gt=F("done"))
    return list(waiting.order_by("due_at").select_related("document")[:limit])


def push(office: Office, twin: Twin, path: Path, *, by_person: Collection[CustomField] = ()) -> Merge | None:
    """Do the next thing for this twin: begin the upload of its file, ask how far it has come, or merge its fields.

    `path` is its archive file, `by_person` names the fields that people here entered. Gives the merge once it is
    there, which the caller enters where it `asks`, or None while it is under way. Whatever is raised,
    the error is noted on the twin and its next try put off.
    """
    try:
        twin.refresh_from_db(fields=["wanted", "document"])  # before all that is read of it: later changes stay wanted
        remote = _there(office, twin, path)
        if remote is None:
            _later(twin, timedelta(seconds=_LOOK_AGAIN_S))
            return None
        return _merge(office, twin, remote, by_person)
    except Exception as error:
        twin.attempts += 1
        twin.error_code, twin.error_zh = QuanchengError.code, f"{type(error).__name__}：{error}"
        if isinstance(error, QuanchengError):
            twin.error_code, twin.error_zh = error.code, error.sentence.zh
        _later(twin, min(_LONGEST_WAIT, timedelta(seconds=2**twin.attempts)))
        raise


def arrived(twin: Twin, remote_id: int) -> None:
    """Note which document there is this one's like."""
    twin.remote_id, twin.task_id, twin.sent_at = remote_id, "", None
    twin.save(update_fields=["remote_id", "task_id", "sent_at"])


def is_in_step(office: Office, twin: Twin, remote: Remote) -> bool:
    """Whether a document as it is there asks for nothing: none waits here, and both sides have what they agreed on."""
    held = office.archive.get(DocumentId(str(twin.document_id)))
    if twin.done < twin.wanted or not _base(twin) == _ours(held) == office.fields.values(remote.fields):
        return False
    if not permitting.agree(office.people, twin, remote, office.archive.permissions(held.id)):
        return False
    linked = {field: _linked(office, held, field) for field in LINKS}
    there = {field: sorted(office.fields.links(remote.fields, field)) for field in LINKS}
    return linked == there == {field: sorted(twin.base_links.get(field.value, [])) for field in LINKS}


def agree(
    office: Office,
    twin: Twin,
    pulled: Mapping[CustomField, FieldValue | None],
    *,
    overruled: Collection[CustomField] = (),
) -> None:
    """Note which of the values that people changed there are now ours too: both sides agree on these.

    Without it, what is changed there a second time before the next push would look like ours alone having changed.
    What is `overruled` was looked at here and does not hold: known from now on, it is set right by the next push.
    """
    ours = _ours(office.archive.get(DocumentId(str(twin.document_id))))
    entered = {field: value for field, value in pulled.items() if field in overruled or ours.get(field) == value}
    kept = {code: value for code, value in twin.base.items() if CustomField(code) not in entered}
    twin.base = kept | {field.value: _plain(value) for field, value in entered.items() if value is not None}
    twin.save(update_fields=["base"])
    if not entered.keys().isdisjoint(overruled):
        Twin.want(twin.document_id)


def _there(office: Office, twin: Twin, path: Path) -> Remote | None:
    """The document there with the file it has here; None while that is under way, begun here where it was not."""
    if twin.task_id and not _consumed(office, twin):
        return None
    if twin.remote_id is None:
        held = office.session.by_checksum(_checksum(twin))
        free = [each for each in held if not Twin.objects.filter(remote_id=each).exists()]
        if free:
            arrived(twin, free[0])
    if twin.remote_id is not None:
        remote = _remote(office, twin, twin.remote_id)
        if _is_current(twin, remote):
            return remote
    if twin.sent_at and timezone.now() - twin.sent_at < _SURELY_ARRIVED:
        return None  # killed between sending and noting the task: it may still be in their queue
    twin.sent_at = timezone.now()
    twin.save(update_fields=["sent_at"])
    if twin.remote_id is None:
        twin.task_id = office.session.upload(_upload(office, twin, path))
    else:
        twin.task_id = office.session.upload_version(twin.remote_id, path, _file_name(twin))
    twin.save(update_fields=["task_id"])
    return None


def _consumed(office: Office, twin: Twin) -> bool:
    """Whether the upload under way is done; raises `PaperlessRefused` where it failed, and forgets it."""
    task = office.session.task(twin.task_id)
    if task.running:
        return False
    if task.document is None:
        twin.task_id, twin.sent_at = "", None
        raise PaperlessRefused(
            zh=f"Paperless 未能收入“{twin.document.title}”：{task.error}。请查看 Paperless 的任务列表。",
            en=f"Paperless could not consume “{twin.document.title}”: {task.error}. See its list of tasks.",
        )
    # Of a new version, the task names the version, which is no document of its own.
    arrived(twin, twin.remote_id or task.document)
    return True


def _remote(office: Office, twin: Twin, remote_id: int) -> Remote:
    remote = office.session.document(remote_id)
    if remote is None:
        raise PaperlessRefused(
            zh=f"“{twin.document.title}”（Paperless 编号 {remote_id}）在 Paperless 中已不存在或在回收站中。"
            "本系统的原件和记录仍在；请在 Paperless 中恢复它。",
            en=f"“{twin.document.title}” (id {remote_id}) is gone from Paperless or in its trash. "
            "Our original and record stay; restore it there.",
        )
    return remote


def _is_current(twin: Twin, remote: Remote) -> bool:
    """Whether Paperless has the archive file that the document has here.

    Only a card is ever drawn anew: when its recording moves to another case. What it was before stays there as an
    earlier version, as it stays here in the store.
    """
    return twin.document.kind != DocumentKind.RECORD_CARD or _checksum(twin) in remote.versions


def _checksum(twin: Twin) -> str:
    return twin.document.archive_file.removeprefix("sha256:")


def _file_name(twin: Twin) -> str:
    return f"{twin.document.title}.pdf"


def _upload(office: Office, twin: Twin, path: Path) -> Upload:
    document, held = twin.document, office.archive.get(DocumentId(str(twin.document_id)))
    mark = office.tags.get(Tag.RECORDING.zh) if held.kind is DocumentKind.RECORD_CARD else None
    return Upload(
        path=path,
        file_name=_file_name(twin),
        title=document.title,
        created=document.created,
        document_type=office.types.get(_type_name(held)),
        storage_path=office.paths.get(STORAGE_PATH_NAME),
        tags=[] if mark is None else [mark],
        fields=_to_remote(office, _ours(held)),
    )


def _ours(held: Document) -> dict[CustomField, FieldValue]:
    """The values as Paperless has them, where an empty one is none."""
    return {field: value for field, value in held.fields.items() if value != ""}


def _base(twin: Twin) -> dict[CustomField, FieldValue]:
    """The values that both sides last agreed on."""
    return {CustomField(code): _typed(CustomField(code), value) for code, value in twin.base.items()}


def _to_remote(office: Office, values: Mapping[CustomField, FieldValue | None]) -> dict[int, RemoteValue]:
    found = {f: office.fields.to_remote(f, value) for f, value in values.items() if value is not None}
    return {office.fields.id(field): value for field, value in found.items()}


def _merge(office: Office, twin: Twin, remote: Remote, by_person: Collection[CustomField]) -> Merge:
    held = office.archive.get(DocumentId(str(twin.document_id)))
    ours = _ours(held)
    base = _base(twin)
    theirs = office.fields.values(remote.fields)
    merged = merge(base, ours, theirs, by_person=by_person)
    values = _to_remote(office, merged.push)
    gone = [office.fields.id(field) for field, value in merged.push.items() if value is None]
    for field in LINKS:
        linked, there = _linked(office, held, field), office.fields.links(remote.fields, field)
        agreed = merge_links(twin.base_links.get(field.value, []), linked, there)
        if agreed != sorted(there):
            values[office.fields.id(field)] = agreed
        twin.base_links[field.value] = linked
    # Before the fields: Paperless' task that follows these saves the owner anew as it was when the task began.
    permissions = permitting.settle(office.session, office.people, twin, remote, office.archive.permissions(held.id))
    if twin.done == 0:
        _arrange(office, remote, held)
    if values or gone:
        office.session.merge_fields(remote.id, values, gone)
    open_ = merged.pull.keys() | merged.disputed.keys()
    agreed_on = {field: value for field, value in ours.items() if field not in open_}
    _settle(twin, agreed_on | {field: value for field, value in base.items() if field in open_})
    return replace(merged, permissions=permissions)


def _settle(twin: Twin, base: Mapping[CustomField, FieldValue]) -> None:
    """Note what both sides now agree on; what was changed here since the push began stays wanted."""
    twin.base = {field.value: _plain(value) for field, value in base.items()}
    twin.done, twin.attempts, twin.error_code, twin.error_zh = twin.wanted, 0, "", ""
    twin.save(update_fields=["base", "base_links", "base_permissions", "done", "attempts", "error_code", "error_zh"])


def _arrange(office: Office, remote: Remote, held: Document) -> None:
    """Once, and only what nobody has chosen yet: people may arrange it otherwise."""
    office.session.arrange(
        remote.id,
        document_type=office.types.get(_type_name(held)) if remote.document_type is None else None,
        path=office.paths.get(STORAGE_PATH_NAME) if remote.storage_path is None else None,
    )


def _type_name(held: Document) -> str:
    """Name of the document type there: the form's, as the catalogue has it, or what else it is."""
    code = held.fields.get(CustomField.FORM_CODE)
    known = {form.code: form.name for form in catalogue(settings()).forms}
    return known.get(str(code), "") if held.kind is DocumentKind.FORM else held.kind.zh


def _linked(office: Office, held: Document, field: CustomField) -> list[int]:
    """Remote ids of what ours is linked to; one that is not there yet comes when it is, for its twin is pushed too.

    A record card is linked with its recording as well, where that was dropped into Paperless.
    """
    others = office.archive.links(held.id).get(field, ())
    known = Twin.objects.filter(document__in=[int(other) for other in others], remote_id__isnull=False)
    linked = {each for each in known.values_list("remote_id", flat=True) if each is not None}
    if field is CustomField.RECORDINGS and held.kind is DocumentKind.RECORD_CARD:
        recording = str(held.fields.get(CustomField.RECORDING_DIGEST, ""))
        linked |= set(Incoming.objects.filter(original=recording).values_list("remote_id", flat=True))
    return sorted(linked)


def _later(twin: Twin, wait: timedelta) -> None:
    twin.due_at = timezone.now() + wait
    twin.save(update_fields=["attempts", "error_code", "error_zh", "due_at", "task_id", "sent_at"])


def _plain(value: FieldValue) -> bool | float | str:
    return value.isoformat() if isinstance(value, date) else value


def _typed(field: CustomField, value: bool | float | str) -> FieldValue:  # noqa: FBT001  one of a field's values
    return date.fromisoformat(str(value)) if field.type is FieldType.DATE else value
