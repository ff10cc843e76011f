"""Rounds with a Paperless that keeps to what the live one was seen to do: taken over, adopted, put off, filed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import ExifTags, Image

from quancheng_plugin.forms.reading import FormRead, FormReading, IntervalRead
from quancheng_plugin.ocr.lines import Box
from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.paperless.adapter import PaperlessArchive
from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.history import Editor
from quancheng_sidecar.archive.paperless.models import Cursor, Incoming, Notice, Twin
from quancheng_sidecar.archive.paperless.remote import Caller, Remote, RemoteField
from quancheng_sidecar.archive.paperless.remote_permissions import OPEN, RemoteCircle, RemotePermissions
from quancheng_sidecar.archive.paperless.session import PaperlessRefused
from quancheng_sidecar.archive.permissions import EVERYONE, Circle, Permissions
from quancheng_sidecar.archive.port import DocumentId, DocumentKind, NewDocument
from quancheng_sidecar.collect import paperless
from quancheng_sidecar.collect.corrections import correct_recording
from quancheng_sidecar.collect.document_fields import fields_of
from quancheng_sidecar.collect.intake import open_case
from quancheng_sidecar.collect.models import Intake, IntakeState, Recording, WrittenDocument
from quancheng_sidecar.collect.standing import reading_of
from quancheng_sidecar.preserve.models import CustodyEvent, StoredObject
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.settings import settings
from quancheng_sidecar.wiring import Parts, parts
from tests.plugin import paper
from tests.sidecar.archive.paperless.test_pushing import CLERK, FIELDS, LAWYER, OWN, There
from tests.sidecar.media.test_device_profile import report

pytestmark = pytest.mark.django_db(transaction=True)

_LONG_AGO = timezone.now() - timedelta(hours=1)


class Open(There):
    """A Paperless in which a session can be opened; what it holds may be downloaded and is changed by 林文书."""

    made: bytes = b""
    bytes: bytes = b""
    uploader: int | None = CLERK

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[int, dict[str, Editor]] = {}
        self.kept: list[int] = []
        self.anew: dict[str, RemoteField] = {}
        self.guards = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is kept."""

    def caller(self) -> Caller:
        """As `Paperless.caller`."""
        self._answer()
        return Caller(OWN, "quancheng", ())

    def fields(self) -> Mapping[str, RemoteField]:
        """As `Paperless.fields`."""
        return {**FIELDS, **self.anew}

    def is_uploaded_by(self, _: Remote, account: int) -> bool:
        """As `Paperless.is_uploaded_by`."""
        return account == self.uploader

    def changed_since(self, since: datetime) -> Iterator[Remote]:
        """As `Paperless.changed_since`."""
        self._answer()
        changed = [each for each in self.documents.values() if each.modified >= since]
        yield from sorted(changed, key=lambda each: each.modified)

    def version_adder(self, remote_id: int) -> Editor | None:
        """As `Paperless.version_adder`."""
        return Editor("林文书", self.documents[remote_id].modified)

    def keep(self, remote_ids: Sequence[int], _: object) -> None:
        """As `Paperless.keep`."""
        if not self.guards:
            raise PaperlessRefused(zh="没有启用。", en="Not on.")
        self.kept += remote_ids

    def editors(self, remote_id: int) -> dict[str, Editor]:
        """As `Paperless.editors`: of a value that was taken away nothing is known."""
        return self.history.get(remote_id, {})

    def download(self, _: int, target: Path, *, original: bool = False) -> None:
        """As `Paperless.download`."""
        target.write_bytes(self.bytes if original else self.made)

    def put(self, remote_id: int, checksum: str, fields: Mapping[CustomField, Any] | None = None, **more: Any) -> None:
        """A document that people put there, an hour ago unless told otherwise."""
        numbers = {FIELDS[field.zh].id: value for field, value in (fields or {}).items()}
        standard = {"title": "扫描", "mime_type": "application/pdf", "file_name": "扫描.pdf", "created": None}
        standard |= {"versions": frozenset({checksum}), "content": ""}
        more = {"modified": _LONG_AGO, "page_count": 1, "document_type": None, "storage_path": None} | more
        self.documents[remote_id] = Remote(remote_id, checksum=checksum, fields=numbers, **standard | more)

    def change(self, remote_id: int, fields: Mapping[CustomField, Any], *, by: str = "林文书") -> None:
        """A person changes fields there just now."""
        told = {field.zh: Editor(by, timezone.now()) for field, value in fields.items() if value is not None}
        before = {name: each for name, each in self.editors(remote_id).items() if name not in {f.zh for f in fields}}
        self.history[remote_id] = before | told
        held = self.documents[remote_id]
        changed = {FIELDS[field.zh].id: value for field, value in fields.items()}
        kept = {number: value for number, value in (held.fields | changed).items() if value is not None}
        self.documents[remote_id] = replace(held, fields=kept, modified=timezone.now())


@dataclass
class Day:
    """Both sides, and what was handed over to be read."""

    there: Open
    parts: Parts
    handed_over: list[Intake]

    def round(self, times: int = 1) -> paperless.Round:
        """Rounds in one session; gives the last."""
        Twin.objects.update(due_at=_LONG_AGO)
        with closing(paperless.rounds(self.parts, self.handed_over.append)) as going:
            for _ in range(times - 1):
                next(going)
                Twin.objects.update(due_at=_LONG_AGO)
            return next(going)

    def store(self, content: bytes) -> str:
        """Keep bytes here; gives their digest."""
        path = self.parts.workdir / "content"
        path.write_bytes(content)
        return str(register(self.parts.store.put(path)).digest)

    def add(self, content: bytes = b"%PDF-1.7", **given: Any) -> DocumentId:
        """Archive a document whose archive file is these bytes."""
        digest = self.store(content)
        standard = {"title": "文书", "kind": DocumentKind.FORM, "original": digest, "archive_file": digest}
        return self.parts.archive.add(NewDocument(**standard | {"mime_type": "application/pdf"} | given))


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """An office with Paperless as its archive; the cursor stands two hours ago."""
    monkeypatch.setenv("QUANCHENG_HOME", str(tmp_path))
    monkeypatch.setenv("QUANCHENG_PAPERLESS_URL", "http://paperless.test")
    monkeypatch.setenv("QUANCHENG_PAPERLESS_SECRET", "only-for-this-test-of-thirty-two-signs")
    settings.cache_clear()
    parts.cache_clear()
    there = Open()
    monkeypatch.setattr(Paperless, "of", lambda _: there)
    Cursor.objects.create(pk=1, modified=_LONG_AGO - timedelta(hours=1))
    own = parts()
    assert isinstance(own.archive, PaperlessArchive)
    own.workdir.mkdir(parents=True, exist_ok=True)
    yield Day(there, own, [])
    monkeypatch.undo()
    settings.cache_clear()
    parts.cache_clear()


def _hex(content: bytes) -> str:
    return sha256(content).hexdigest()


def test_a_document_put_there_is_taken_over_once(day: Day) -> None:
    """Its bytes are kept and handed over to be read; further rounds, its change included, take nothing more."""
    day.there.bytes = paper.form()
    day.there.put(7, _hex(day.there.bytes), {CustomField.CASE_NUMBER: "闽海渔执罚〔2026〕37号"})
    day.round(3)
    day.there.change(7, {CustomField.PARTY: "林海生"})
    day.round()
    (intake,) = day.handed_over
    assert (intake.original.digest.removeprefix("sha256:"), intake.via) == (_hex(day.there.bytes), "paperless")
    assert intake.case is not None
    assert intake.case.number == "闽海渔执罚〔2026〕37号"
    assert Incoming.objects.get().remote_id == 7
    assert Cursor.objects.get().account == "quancheng"


def _handed_in(day: Day, permissions: RemotePermissions, kind: str = "application/pdf") -> Remote:
    """A document as it is there after it was taken over."""
    day.there.bytes = paper.form()
    day.there.put(7, _hex(day.there.bytes), permissions=permissions, mime_type=kind)
    day.round()
    assert len(day.handed_over) == 1
    return day.there.documents[7]


def test_what_a_clerk_uploads_is_seen_by_colleagues(day: Day) -> None:
    """Paperless makes it the clerk's own; taken over, it is nobody's. Taken back by a person later, it stays theirs."""
    assert _handed_in(day, RemotePermissions(CLERK)).permissions == OPEN
    day.there.permit(7, RemotePermissions(CLERK))
    day.there.change(7, {CustomField.PARTY: "林海生"})
    day.round(2)
    assert day.there.documents[7].permissions == RemotePermissions(CLERK)


@pytest.mark.parametrize(
    ("permissions", "uploader"),
    [
        pytest.param(RemotePermissions(CLERK, view=RemoteCircle(groups=frozenset({8}))), CLERK, id="a circle"),
        pytest.param(RemotePermissions(CLERK), None, id="owner by a workflow"),
        pytest.param(RemotePermissions(LAWYER), LAWYER, id="in a role that hands nothing in"),
        pytest.param(RemotePermissions(9), 9, id="an account that is gone"),
    ],
)
def test_what_somebody_chose_there_is_not_opened(day: Day, permissions: RemotePermissions, uploader: int) -> None:
    """Only what Paperless alone closed, for who uploaded it in a role of ours, is opened to colleagues."""
    day.there.uploader = uploader
    assert _handed_in(day, permissions).permissions == permissions


def test_a_card_is_for_those_who_may_see_its_recording_there(day: Day) -> None:
    """A recording dropped there and closed: its card, made here, is closed alike; opened again, so is the card."""
    closed = RemotePermissions(CLERK, view=RemoteCircle(groups=frozenset({8})))
    _handed_in(day, closed, kind="video/mp4")
    digest = Incoming.objects.get().original
    card = day.add(title="声像资料登记卡", kind=DocumentKind.RECORD_CARD, fields={CustomField.RECORDING_DIGEST: digest})
    own = StoredObject.objects.get(pk=digest)
    Intake.objects.update(state=IntakeState.DONE)
    Recording.objects.create(
        original=own, card_file=own, file_name="DSJ.mp4", received_at=_LONG_AGO, archive_id=card, report={}
    )
    day.round(3)
    remote_id = Twin.objects.get(document=int(card)).remote_id
    assert remote_id is not None
    assert day.there.documents[remote_id].permissions == RemotePermissions(
        OWN, RemoteCircle(frozenset({CLERK}), frozenset({8})), RemoteCircle(frozenset({CLERK}))
    )
    day.there.permit(7, OPEN)
    day.there.change(7, {})
    day.round(3)
    assert day.there.documents[remote_id].permissions == OPEN


@pytest.mark.parametrize("names", [["林文书"], ["林文书", "陈文书"], []])
def test_permissions_set_there_are_entered_with_who_where_that_is_known(day: Day, names: list[str]) -> None:
    """Paperless' history does not say it: the notices do, unless several people changed something meanwhile."""
    document, remote_id = _with_form(day)
    day.there.permit(remote_id, RemotePermissions(CLERK))
    day.there.change(remote_id, {})
    for who in names:
        Notice.objects.create(id=uuid4(), type="changed", remote_id=remote_id, at=timezone.now(), who=who)
    day.round(2)
    only = Circle(accounts=frozenset({"林文书"}))
    archive = day.parts.archive
    assert archive.permissions(DocumentId(document.archive_id)) == Permissions(view=only, change=only)
    logged = [json.loads(each.canonical) for each in CustodyEvent.objects.order_by("seq")]
    (entry,) = (each for each in logged if "permissions" in each["detail"])
    assert entry["agent"] == (names[0] if len(names) == 1 else "paperless")
    day.there.permit(remote_id, OPEN)
    day.there.change(remote_id, {})
    day.round(2)
    assert archive.permissions(DocumentId(document.archive_id)) == EVERYONE


@pytest.mark.parametrize("name", ["archive.pdf", "original", "扫描.pdf"])
def test_the_original_stays_the_original_whatever_it_is_called(day: Day, name: str) -> None:
    """What the plugin made of it is downloaded beside it, and neither is taken for the other."""
    day.there.bytes, day.there.made = paper.form(), paper.form() + b"\n% made there"
    day.there.put(7, _hex(day.there.bytes), file_name=name)
    detail = {"reading": {"review": []}, "page_count": 1}
    Notice.objects.create(id=uuid4(), type="consumed", remote_id=7, at=timezone.now(), detail=detail)
    day.round()
    (intake,) = day.handed_over
    assert (intake.original.digest.removeprefix("sha256:"), intake.file_name) == (_hex(day.there.bytes), name)
    assert intake.prepared.archive_file.digest.removeprefix("sha256:") == _hex(day.there.made)


def test_an_upload_that_is_found_by_looking_is_adopted(day: Day) -> None:
    """What waits to be uploaded and is there already is not taken over as a stranger's, nor uploaded again."""
    document = day.add(b"%PDF-1.7 own")
    Twin.objects.update(due_at=timezone.now() + timedelta(hours=1))
    day.there.put(7, _hex(b"%PDF-1.7 own"))
    with closing(paperless.rounds(day.parts, day.handed_over.append)) as going:
        next(going)
    assert Twin.objects.get(document=int(document)).remote_id == 7
    assert (day.handed_over, day.there.uploads) == ([], 0)


def test_a_new_document_waits_for_its_notice_and_holds_up_no_other(day: Day) -> None:
    """The plugin's reading comes with the notice; until then the document is left, and the cursor stays before it."""
    day.there.bytes = paper.form()
    before = Cursor.objects.get().modified
    day.there.put(7, _hex(b"new"), modified=timezone.now() - timedelta(seconds=5))
    day.there.put(8, _hex(day.there.bytes), modified=timezone.now())
    Notice.objects.create(id=uuid4(), type="consumed", remote_id=8, at=timezone.now(), who="陈文书")
    done = day.round()
    assert [each.agent for each in day.handed_over] == ["陈文书"]
    assert done.later == 1
    assert Cursor.objects.get().modified == before
    assert Notice.objects.get().looked_at is not None


def test_a_notice_of_what_changed_before_the_cursor_is_looked_at(day: Day) -> None:
    """A late notice is followed for its own sake; one of a document that is gone is done with."""
    day.there.bytes = paper.form()
    day.there.put(7, _hex(day.there.bytes))
    Cursor.objects.update(modified=timezone.now())
    for remote_id in (7, 70):
        Notice.objects.create(id=uuid4(), type="consumed", remote_id=remote_id, at=timezone.now())
    day.round()
    assert len(day.handed_over) == 1
    assert not paperless.has_more()


def _with_card(day: Day, **given: Any) -> tuple[Recording, int]:
    """A recording and the id of its card there, both sides in step."""
    told: dict[CustomField, FieldValue] = {
        CustomField.STAGE: "inspection", CustomField.OFFICER: "李执法", CustomField.DEVICE: "DSJ-01"
    }  # fmt: skip
    card = day.add(title="声像资料登记卡", kind=DocumentKind.RECORD_CARD, fields=told)
    original = register(day.parts.store.put(_file(day)))
    recording = Recording.objects.create(
        original=original,
        card_file=original,
        file_name="DSJ.mp4",
        received_at=_LONG_AGO,
        archive_id=card,
        report=report().model_dump(mode="json"),
        **{"stage": "inspection", "officer": "李执法", "device": "DSJ-01"} | given,
    )
    day.round(3)
    remote_id = Twin.objects.get(document=int(card)).remote_id
    assert remote_id is not None
    return recording, remote_id


def _file(day: Day) -> Path:
    path = day.parts.workdir / "DSJ.mp4"
    path.write_bytes(b"recording")
    return path


def _there(day: Day, remote_id: int) -> dict[CustomField, FieldValue]:
    numbers = {FIELDS[field.zh].id: field for field in CustomField}
    return {numbers[number]: value for number, value in day.there.documents[remote_id].fields.items()}  # type: ignore[misc]  # no links here


def test_what_is_corrected_on_a_card_there_flows_back_with_who(day: Day) -> None:
    """Stage, officer and device; the recording says so, and what was told at intake stays in the corrections.

    Of the device, which was taken out, the history there says nothing and no notice came: nobody is named.
    """
    recording, remote_id = _with_card(day)
    option = FIELDS[CustomField.STAGE.zh].options["查封扣押"]
    day.there.change(remote_id, {CustomField.STAGE: option, CustomField.OFFICER: "王执法", CustomField.DEVICE: None})
    day.round(2)
    recording.refresh_from_db()
    assert (recording.stage, recording.officer, recording.device) == ("seizure", "王执法", "")
    rows = recording.corrections.values_list("name", "was", "by", "disputed")
    assert sorted(rows) == [
        ("device", "DSJ-01", "paperless", False),
        ("officer", "李执法", "林文书", False),
        ("stage", "inspection", "林文书", False),
    ]
    assert CustomField.REVIEW not in _there(day, remote_id)


def test_each_value_is_entered_by_who_changed_it_and_when(day: Day) -> None:
    """Two people correct a card between two rounds, and one of them takes a value out, which notices alone tell."""
    recording, remote_id = _with_card(day)
    day.there.change(remote_id, {CustomField.OFFICER: "王执法"}, by="林文书")
    at = day.there.history[remote_id][CustomField.OFFICER.zh].at
    option = FIELDS[CustomField.STAGE.zh].options["查封扣押"]
    day.there.change(remote_id, {CustomField.STAGE: option, CustomField.DEVICE: None}, by="陈文书")
    noticed = timezone.now() - timedelta(seconds=20)
    Notice.objects.create(id=uuid4(), type="changed", remote_id=remote_id, at=noticed, who="陈文书")
    day.round(2)
    rows = dict(recording.corrections.values_list("name", "by"))
    assert rows == {"officer": "林文书", "stage": "陈文书", "device": "陈文书"}
    times = dict(recording.corrections.values_list("name", "at"))
    assert (times["officer"], times["device"]) == (at, noticed)
    logged = [json.loads(each.canonical) for each in CustodyEvent.objects.order_by("seq")]
    (entry,) = (each for each in logged if "officer" in each["detail"].get("changes", {}))
    assert (entry["agent"], entry["detail"]["acted_at"]) == ("林文书", at.isoformat())


def test_a_card_corrected_on_both_sides_goes_to_review(day: Day) -> None:
    """Each side keeps its own value, the card says what to look at, and further rounds add nothing."""
    recording, remote_id = _with_card(day)
    day.there.change(remote_id, {CustomField.OFFICER: "王执法"})
    correct_recording(day.parts, recording.archive_id, {"officer": "赵执法"}, by="陈文书", why="对照登记表")
    day.round(3)
    recording.refresh_from_db()
    assert recording.officer == "赵执法"
    there = _there(day, remote_id)
    assert (there[CustomField.OFFICER], there[CustomField.REVIEW]) == ("王执法", "officer")
    assert list(recording.corrections.values_list("by", "disputed")) == [("陈文书", False), ("林文书", True)]


@pytest.mark.parametrize("start", ["3月1日", "2026-03-01 09:30"])
def test_a_start_there_that_cannot_stand_goes_to_review(day: Day, start: str) -> None:
    """No instant, or none with an offset: nothing is guessed, and nothing is tried without end."""
    recording, remote_id = _with_card(day)
    day.there.change(remote_id, {CustomField.INTERVAL_START: start})
    done = day.round(3)
    recording.refresh_from_db()
    assert (recording.start, done.later) == (None, 0)
    (noted,) = recording.corrections.all()
    assert (noted.disputed, start in noted.why) == (True, True)
    assert _there(day, remote_id)[CustomField.REVIEW] == "interval"


def test_a_review_settled_there_is_settled_here(day: Day) -> None:
    """Who takes the name out of 待核对 there has looked at it: ours holds, and no longer is for review."""
    recording, remote_id = _with_card(day)
    day.there.change(remote_id, {CustomField.INTERVAL_START: "3月1日"})
    day.round(3)
    day.there.change(remote_id, {CustomField.INTERVAL_START: None, CustomField.REVIEW: None})
    day.round(3)
    assert not recording.corrections.order_by("id").last().disputed  # type: ignore[union-attr]  # it was made
    assert CustomField.REVIEW not in _there(day, remote_id)


def _with_form(day: Day, case: str | None = None, interval: IntervalRead | None = None) -> tuple[WrittenDocument, int]:
    """A form that carries a stage and the id of its like there, both sides in step."""
    reading = FormReading(
        form=FormRead(
            code="on-site-inspection-record", name="现场检查笔录", confidence=1, stage="inspection", recording="always"
        ),
        number=None, interval=interval, party=None, fields={}, review=(), findings=(), text="",
    )  # fmt: skip
    archive_id = day.add(case=case, fields=fields_of(reading))
    original = StoredObject.objects.get()
    document = WrittenDocument.objects.create(
        original=original, archive_file=original, case=open_case(case), file_name="笔录.pdf", received_at=_LONG_AGO,
        archive_id=archive_id, reading=reading.model_dump(mode="json"), verification={}, findings=[],
    )  # fmt: skip
    day.round(3)
    remote_id = Twin.objects.get(document=int(archive_id)).remote_id
    assert remote_id is not None
    return document, remote_id


@pytest.mark.parametrize("label", ["查封扣押", None])
def test_a_form_given_another_stage_there_is_for_review_and_set_right(day: Day, label: str | None) -> None:
    """The kind of form decides its stage: who changed it is noted, the form is to be looked at, and it is changed back.

    A second change of the same kind is set right as well.
    """
    document, remote_id = _with_form(day)
    own = _there(day, remote_id)[CustomField.STAGE]
    for _ in range(2):
        day.there.change(remote_id, {CustomField.STAGE: label and FIELDS[CustomField.STAGE.zh].options[label]})
        done = day.round(3)
        there = _there(day, remote_id)
        assert (there[CustomField.STAGE], there[CustomField.REVIEW], done.later) == (own, "form", 0)
    (noted,) = document.corrections.all()
    assert (noted.name, noted.by, noted.disputed) == ("form", "林文书" if label else "paperless", True)
    assert noted.why.endswith(f"改作：{label or '无'}")
    day.there.change(remote_id, {CustomField.REVIEW: None})
    day.round(3)
    assert (reading_of(document).review, CustomField.REVIEW in _there(day, remote_id)) == ((), False)


def test_a_version_that_a_person_adds_is_logged_once(day: Day) -> None:
    """Another file lies over the one that is archived: who did so, and when; the first file and ours are no news."""
    document, remote_id = _with_form(day)
    held = day.there.documents[remote_id]
    newer = frozenset({held.checksum, "f" * 64})
    for _ in range(2):
        day.there.documents[remote_id] = replace(held, versions=newer, modified=timezone.now())
        day.round(2)
    logged = [json.loads(each.canonical) for each in CustodyEvent.objects.order_by("seq")]
    (entry,) = (each for each in logged if each["detail"].get("act") == "version-added")
    assert (entry["agent"], entry["subject"]) == ("林文书", document.original.digest)
    assert entry["detail"]["version"] == f"sha256:{'f' * 64}"


def test_a_field_made_anew_there_is_filled_again(day: Day) -> None:
    """Deleted there with all its values and set up again: nobody corrected anything, and ours are sent once more."""
    recording, remote_id = _with_card(day)
    officer = FIELDS[CustomField.OFFICER.zh]
    held = day.there.documents[remote_id]
    left = {number: value for number, value in held.fields.items() if number != officer.id}
    day.there.anew = {CustomField.OFFICER.zh: replace(officer, id=999)}
    day.there.documents[remote_id] = replace(held, fields=left, modified=timezone.now())
    day.round(2)
    recording.refresh_from_db()
    assert (recording.officer, recording.corrections.count()) == ("李执法", 0)
    assert day.there.documents[remote_id].fields[999] == "李执法"


@pytest.mark.parametrize("day_of", ["2026-02-28", "2026-03-02"])
def test_both_ends_of_an_interval_move_together(day: Day, day_of: str) -> None:
    """Before its former start or after its former end: either end could not stand beside the other's former one."""
    nine, ten = (datetime.fromisoformat(f"2026-03-01T{hour}:00+08:00") for hour in ("09:30", "10:15"))
    box = Box(x0=0, y0=0, x1=1, y1=1)
    read = IntervalRead(raw="", confidence=1, page=1, box=box, start=nine, end=ten)
    document, remote_id = _with_form(day, interval=read)
    start, end = f"{day_of}T08:00:00+08:00", f"{day_of}T08:45:00+08:00"
    day.there.change(remote_id, {CustomField.INTERVAL_START: start, CustomField.INTERVAL_END: end})
    day.round(2)
    rows = sorted(document.corrections.values_list("name", "value", "disputed"))
    assert rows == [("end", end, False), ("start", start, False)]
    there = _there(day, remote_id)
    assert (there[CustomField.INTERVAL_START], there[CustomField.INTERVAL_END]) == (start, end)


def _picture(*, exposed: bool) -> bytes:
    """A small JPEG, as a camera or a scanner writes it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "DSJ"
    if exposed:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExposureTime] = 0.01
    held = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(held, "JPEG", exif=exif)
    return held.getvalue()


@pytest.mark.parametrize(
    ("exposed", "form", "text", "kind"),
    [
        (True, None, "2026-03-01 10:05:12 DSJ-A7-012345 福建省连江县黄岐渔港", "recording"),
        (True, None, "检查情况：" + "执法人员登船检查。" * 20, "document"),
        (True, {"code": "x"}, "", "document"),
        (False, None, "", "document"),
    ],
    ids=["scene", "sheet without a title", "form", "scanned"],
)
def test_a_photo_dropped_there_is_a_recording(
    day: Day, *, exposed: bool, form: dict[str, str] | None, text: str, kind: str
) -> None:
    """What a camera took and bears neither form nor text is examined as a photo; a photographed sheet is a document."""
    day.there.bytes, day.there.made = _picture(exposed=exposed), paper.form()
    day.there.put(7, _hex(day.there.bytes), mime_type="image/jpeg", file_name="IMG_0001.jpg", content=text)
    detail = {"reading": {"form": form, "review": []}, "page_count": 1}
    Notice.objects.create(id=uuid4(), type="consumed", remote_id=7, at=timezone.now(), detail=detail)
    day.round()
    (intake,) = day.handed_over
    assert (intake.kind, hasattr(intake, "prepared")) == (kind, kind == "document")
    assert Incoming.objects.get().kept


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        pytest.param(None, [7], id="from before the plugin"),
        pytest.param({"fallback": True}, [7], id="read by the built-in parser there"),
        pytest.param({"media": True}, [], id="kept by the plugin itself"),
    ],
)
def test_what_the_guard_does_not_keep_by_itself_is_told(
    day: Day, detail: dict[str, Any] | None, told: list[int]
) -> None:
    """Once it is archived here, and again until the guard takes it; then no more."""
    day.there.bytes = paper.form()
    day.there.put(7, _hex(day.there.bytes))
    if detail is not None:
        Notice.objects.create(id=uuid4(), type="consumed", remote_id=7, at=timezone.now(), detail=detail)
    day.round()
    assert day.there.kept == []
    Intake.objects.update(state=IntakeState.QUARANTINED)
    day.round()
    assert day.there.kept == []
    Intake.objects.update(state=IntakeState.DONE)
    day.there.guards = False
    day.round()
    day.there.guards = True
    day.round(2)
    assert day.there.kept == told


def test_a_case_number_changed_there_moves_the_record(day: Day) -> None:
    """Both cases are to be judged again, who moved it is noted; the same number written otherwise changes nothing."""
    document, remote_id = _with_form(day, "闽海渔执罚〔2026〕37号")
    day.there.change(remote_id, {CustomField.CASE_NUMBER: "闽海渔执罚[2026]037号"})
    assert day.round(3).cases <= {"闽海渔执罚〔2026〕37号"}
    assert not document.corrections.exists()
    day.there.change(remote_id, {CustomField.CASE_NUMBER: "闽海渔执罚〔2026〕38号"})
    assert day.round().cases == {"闽海渔执罚〔2026〕37号", "闽海渔执罚〔2026〕38号"}
    document.refresh_from_db()
    assert str(document.case) == "闽海渔执罚〔2026〕38号"
    assert list(document.corrections.values_list("name", "by", "disputed")) == [("case", "林文书", False)]
    day.there.change(remote_id, {CustomField.CASE_NUMBER: None})
    day.round(3)
    document.refresh_from_db()
    assert (document.case, CustomField.CASE_NUMBER in _there(day, remote_id)) == (None, False)


def test_a_case_number_there_that_cannot_be_followed_goes_to_review(day: Day) -> None:
    """The same file is in that case already: ours stays where it is, and a person sees why."""
    document, remote_id = _with_form(day, "闽海渔执罚〔2026〕37号")
    WrittenDocument.objects.create(
        original=document.original, archive_file=document.original, case=open_case("闽海渔执罚〔2026〕38号"),
        file_name="笔录.pdf", received_at=_LONG_AGO, archive_id="99", reading={}, verification={}, findings=[],
    )  # fmt: skip
    day.there.change(remote_id, {CustomField.CASE_NUMBER: "闽海渔执罚〔2026〕38号"})
    assert day.round(3).later == 0
    document.refresh_from_db()
    assert str(document.case) == "闽海渔执罚〔2026〕37号"
    assert _there(day, remote_id)[CustomField.REVIEW] == "case"
    (noted,) = document.corrections.all()
    assert "档案编号 99" in noted.why
