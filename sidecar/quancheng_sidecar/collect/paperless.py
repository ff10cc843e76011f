"""Keeping in step with Paperless-ngx: what came in there is taken over, what people changed there flows back (0005)."""

import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.paperless import pushing
from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.history import Editor
from quancheng_sidecar.archive.paperless.models import Cursor, Incoming, Notice, Twin
from quancheng_sidecar.archive.paperless.pushing import Office
from quancheng_sidecar.archive.paperless.remote import Remote
from quancheng_sidecar.archive.paperless.session import PaperlessUnreachable
from quancheng_sidecar.archive.port import DocumentKind
from quancheng_sidecar.collect import entering, notices, standing
from quancheng_sidecar.collect.arriving import VIA, note_permissions, take_over, tell_archived
from quancheng_sidecar.collect.models import Intake, IntakeState, Recording
from quancheng_sidecar.collect.versions import note_versions
from quancheng_sidecar.wiring import Parts

logger = structlog.get_logger(__name__)

_PATIENCE = timedelta(seconds=60)


@dataclass
class Round:
    """What a round came to: the cases to judge again, and how many documents there it will look at later."""

    cases: set[str] = field(default_factory=set)
    later: int = 0


def step(parts: Parts, hand_over: Callable[[Intake], None]) -> Round:
    """One round: send what waits, then look at what changed there. Safe to run twice.

    `hand_over` gets each document taken over. Raises `PaperlessUnreachable` when it does not answer; all else is
    noted on what it concerns and does not hold up the rest.
    """
    with closing(rounds(parts, hand_over)) as going:
        return next(going)


def rounds(parts: Parts, hand_over: Callable[[Intake], None]) -> Generator[Round]:
    """Rounds as `step` makes them, in one session, for as long as one asks for more."""
    with Paperless.of(parts.settings) as session:
        _note_as_whom(session)
        office = Office.of(session, parts.archive)
        _send_to_fields_made_anew(office)
        while True:
            done = Round()
            for twin in pushing.due():
                with _alone(twin.document_id):
                    done.cases |= _bring_into_step(parts, office, twin)
            for remote in _changed(session, done):
                with _alone(remote.id, done):
                    done.cases |= _look_at(parts, office, remote, hand_over)
            tell_archived(parts, session)
            yield done


@contextmanager
def _alone(document: int, done: Round | None = None) -> Iterator[None]:
    """One document that fails holds up no other; a push notes its next try itself, a look is owed to `done`."""
    try:
        yield
    except PaperlessUnreachable:
        raise
    except Exception:
        if done is not None:
            done.later += 1  # the cursor does not pass it
        logger.exception("not brought into step", document=document)


def waiting() -> list[Twin]:
    """Documents that are not in step yet, the next to be tried first."""
    behind = Twin.objects.filter(Q(wanted__gt=F("done")) | Q(remote_id__isnull=True))
    return list(behind.order_by("due_at").select_related("document"))


def has_more() -> bool:
    """Whether something can be done at once that came up since a round began."""
    return bool(pushing.due(limit=1)) or _told().exists()


def look_back(since: datetime) -> None:
    """Have the next round look at all that changed in Paperless at or after `since`."""
    Cursor.objects.update_or_create(pk=1, defaults={"modified": since})


def _note_as_whom(session: Paperless) -> None:
    """What we look at ourselves is told to us too, and must be known as ours (`notices`)."""
    # What an office kept in Paperless before is not taken over by itself: `look_back` asks for it.
    since = {"modified": timezone.now() - _PATIENCE}
    account = session.caller().name
    Cursor.objects.update_or_create(pk=1, defaults={"account": account}, create_defaults=since | {"account": account})


def _send_to_fields_made_anew(office: Office) -> None:
    """Have all documents pushed again where a custom field was deleted there and set up anew.

    Nobody took its values away: without this, each would be entered here as if a person had.
    """
    cursor = Cursor.objects.get(pk=1)
    now = {field.value: office.fields.id(field) for field in CustomField}
    anew = {code for code, identifier in now.items() if cursor.fields.get(code, identifier) != identifier}
    with transaction.atomic():
        for twin in Twin.objects.iterator() if anew else ():
            twin.base = {code: value for code, value in twin.base.items() if code not in anew}
            twin.base_links = {code: links for code, links in twin.base_links.items() if code not in anew}
            twin.save(update_fields=["base", "base_links"])
            Twin.want(twin.document_id)
        if cursor.fields != now:
            Cursor.objects.filter(pk=1).update(fields=now)


def _changed(session: Paperless, done: Round) -> Iterator[Remote]:
    """What changed since the last look.

    The cursor moves only past what was looked at, so a kill loses nothing; and not past what waits for its notice,
    which holds up no other.
    """
    cursor = Cursor.objects.get(pk=1)
    told = _told()
    seen = set[int]()
    for remote in session.changed_since(cursor.modified):
        if _may_still_be_told(remote) or _is_being_made(remote):
            done.later += 1
            continue
        yield remote
        seen.add(remote.id)
        if not done.later:
            Cursor.objects.filter(pk=1).update(modified=remote.modified)
    # A notice may be of a document whose last change lies before the cursor: looked at for its own sake.
    for remote_id in set(told.values_list("remote_id", flat=True)) - seen:
        named = session.document(remote_id)
        seen.add(remote_id)
        if named is not None:
            yield named
    told.filter(remote_id__in=seen).update(looked_at=timezone.now())


def _told() -> QuerySet[Notice]:
    """Notices that ask for a look and have not had it."""
    return Notice.objects.filter(looked_at__isnull=True, type__in=notices.ASKING)


def _may_still_be_told(remote: Remote) -> bool:
    """Whether a new document's own notice, which brings the reading made there, is likely still on its way."""
    if timezone.now() - remote.modified > _PATIENCE or Notice.objects.filter(remote_id=remote.id).exists():
        return False
    return not any(known.objects.filter(remote_id=remote.id).exists() for known in (Twin, Incoming))


def _is_being_made(remote: Remote) -> bool:
    """Whether its record is still on its way, so that what a person wrote there meanwhile is not passed over."""
    originals = Incoming.objects.filter(remote_id=remote.id).values("original")
    return Intake.objects.filter(original__in=originals, via=VIA, state=IntakeState.RECEIVED).exists()


def _look_at(parts: Parts, office: Office, remote: Remote, hand_over: Callable[[Intake], None]) -> set[str]:
    twin = Twin.objects.filter(remote_id=remote.id).select_related("document").first()
    if twin is not None:
        note_versions(office.session, remote, twin.document.original)
        if pushing.is_in_step(office, twin, remote):
            return set()  # mostly the echo of what we wrote there ourselves
        Twin.want(twin.document_id)
        return _bring_into_step(parts, office, twin)
    uploaded = Twin.objects.filter(document__archive_file=f"sha256:{remote.checksum}", remote_id__isnull=True)
    ours = uploaded.select_related("document").first()
    if ours is not None:
        pushing.arrived(ours, remote.id)
        return _bring_into_step(parts, office, ours)
    incoming = Incoming.objects.filter(remote_id=remote.id).first()
    if incoming is not None:
        note_versions(office.session, remote, incoming.original)
        note_permissions(incoming, office.people.named(remote.permissions))
        return _file_recording(parts, office, remote, incoming)
    with tempfile.TemporaryDirectory(dir=parts.workdir) as folder:
        hand_over(take_over(parts, office, remote, Path(folder)))
    return set()


def _file_recording(parts: Parts, office: Office, remote: Remote, incoming: Incoming) -> set[str]:
    """File a recording, whose twin is its card, under the case that a person wrote on the recording itself there."""
    case = office.fields.values(remote.fields).get(CustomField.CASE_NUMBER)
    without = Recording.objects.filter(original=incoming.original, case=None)
    # One that a person took out of its case stays out, whatever the recording itself still says there.
    recording = without.exclude(corrections__name=standing.CASE).select_related("original", "case").first()
    if not case or recording is None:
        return set()
    return entering.enter_case(parts, recording, str(case), _editors(office, remote.id)(CustomField.CASE_NUMBER))


def _bring_into_step(parts: Parts, office: Office, twin: Twin) -> set[str]:
    """Push one twin and enter what people changed there; the cases to judge again."""
    archive_id = str(twin.document_id)
    path = parts.store.path(twin.document.archive_file)
    merged = pushing.push(office, twin, path, by_person=entering.by_person(archive_id))
    if merged is None or not merged.asks:
        return set()
    assert twin.remote_id is not None  # noqa: S101  there is no merge without it
    if merged.permissions is not None:
        entering.enter_permissions(parts, archive_id, merged.permissions, _told_of(twin.remote_id).name)
    cases = entering.enter(parts, archive_id, merged, _editors(office, twin.remote_id))
    of_form = twin.document.kind == DocumentKind.FORM
    pushing.agree(office, twin, merged.pull, overruled=entering.OF_THE_KIND if of_form else ())
    return cases


def _editors(office: Office, remote_id: int) -> entering.EditorOf:
    """Who changed each field there and when: by its history, else, where it says nothing, by the notices."""
    known, told = office.session.editors(remote_id), _told_of(remote_id)
    return lambda field: known.get(field.zh, told)


def _told_of(remote_id: int) -> Editor:
    """The one person of the notices not yet looked at; where several changed something, nobody is named."""
    own = Cursor.objects.values_list("account", flat=True)
    told = _told().filter(remote_id=remote_id, type="changed").exclude(who__in=own).order_by("at")
    names = set(told.values_list("who", flat=True))
    last = told.last()
    return Editor((names.pop() if len(names) == 1 else "") or VIA, last.at if last else timezone.now())
