"""Fields that go to and fro between both sides, on exchanges of a live run (see conftest): what is asked over the wire.

In a recording, the test acts as the people there, and waits for Paperless' worker; neither is part of what is replayed.
"""

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from vcr.errors import CannotOverwriteExistingCassetteException

from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.models import Cursor, Twin
from quancheng_sidecar.archive.paperless.office import Kind
from quancheng_sidecar.archive.paperless.registry import Registry
from quancheng_sidecar.archive.paperless.setup import set_up
from quancheng_sidecar.archive.permissions import Circle, Permissions
from quancheng_sidecar.archive.port import DocumentId, DocumentKind, NewDocument
from quancheng_sidecar.collect import paperless
from quancheng_sidecar.collect.corrections import correct_recording
from quancheng_sidecar.collect.models import Intake, Recording
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.settings import Settings, settings
from quancheng_sidecar.wiring import Parts, parts
from tests.paperless_server import Server
from tests.sidecar.archive.paperless.test_setup import pieces
from tests.sidecar.media.test_device_profile import report

pytestmark = [pytest.mark.vcr, pytest.mark.django_db(transaction=True)]

_CLERKS = "全程-文书"
_PASSWORD = "only-for-this-test-7"  # noqa: S105  of an account that lives as long as a test
_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def _sheet() -> bytes:
    """One page with a line of text, of the same bytes on every machine: what is sent is known again by its digest."""
    content = b"BT /F 24 Tf 72 720 Td (DSJ-01 2026-03-01 09:30) Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F 5 0 R >> >>",
    )
    file, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 7\n0000000000 65535 f \n" + rows + b"trailer\n<< /Size 7 /Root 1 0 R >>\n"
    return file + table + b"startxref\n%d\n%%%%EOF\n" % len(file)


@dataclass
class Office:
    """Our side, the server, and what was handed over to be read."""

    server: Server
    parts: Parts
    is_recorded: bool
    going: Generator[paperless.Round]
    handed_over: list[Intake]

    def round(self, times: int = 1) -> None:
        """Rounds in one session, with Paperless' worker at rest before each."""
        for _ in range(times):
            self.rest()
            Twin.objects.update(due_at=_BEFORE)
            next(self.going)

    def rest(self) -> None:
        """While recording, wait until the worker has done what it was told: how long that takes differs."""
        if self.is_recorded:
            return
        rests = 0
        while rests < 2:  # a task may be about to follow from what the last one did
            time.sleep(3)
            rests = 0 if self.server.is_at_work() else rests + 1

    def change(self, document: int, fields: dict[CustomField, str | None]) -> None:
        """While recording, a person changes fields there; None takes one away."""
        if not self.is_recorded:
            self.server.write(document, {field.zh: value for field, value in fields.items()})

    def fields(self, document: int) -> dict[str, Any]:
        """Field values there, by the field's name."""
        names = {each["id"]: each["name"] for each in self.server.ask("GET", "custom_fields/?page_size=100")["results"]}
        held = self.server.ask("GET", f"documents/{document}/")["custom_fields"]
        return {names[each["field"]]: each["value"] for each in held}

    @contextmanager
    def clerk(self) -> Iterator[None]:
        """While recording, 林文书 is an account there, and a clerk's."""
        if self.is_recorded:
            yield
            return
        group = self.server.act("POST", "groups/", json={"name": _CLERKS, "permissions": ["add_document"]})["id"]
        person = {"username": "林文书", "password": _PASSWORD, "groups": [group]}
        user = self.server.act("POST", "users/", json=person)["id"]
        yield
        self.server.act("DELETE", f"users/{user}/")
        self.server.act("DELETE", f"groups/{group}/")

    def close_to(self, document: int, user: str, *groups: str) -> None:
        """While recording, a document is made a person's own, which groups may see as well."""
        if self.is_recorded:
            return
        (owner,) = self.server.act("GET", "users/", params={"username__iexact": user})["results"]
        held = self.server.act("GET", "groups/?page_size=100")["results"]
        view = {"users": [], "groups": [each["id"] for each in held if each["name"] in groups]}
        permissions = {"view": view, "change": {"users": [], "groups": []}}
        body = {"owner": owner["id"], "set_permissions": permissions}
        self.server.act("PATCH", f"documents/{document}/", json=body)

    def owner(self, document: int) -> int | None:
        """Who owns a document there."""
        owner: int | None = self.server.ask("GET", f"documents/{document}/")["owner"]
        return owner

    def store(self, content: bytes) -> Any:
        """Keep bytes here; gives their row."""
        path = self.parts.workdir / "content"
        path.write_bytes(content)
        return register(self.parts.store.put(path))


@pytest.fixture
def office(
    server: Server, registry: Registry, own_settings: Settings, record_mode: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """An office whose fields are set up there; what fails in a round fails the test."""
    set_up(registry, pieces(Kind.FIELD), own_settings)
    for name in ("home", "paperless_url"):
        monkeypatch.setenv(f"QUANCHENG_{name.upper()}", str(getattr(own_settings, name)))
    monkeypatch.setenv("QUANCHENG_PAPERLESS_TOKEN", server.token)
    monkeypatch.setattr(paperless.logger, "exception", _fail)
    # How old a document is differs between a recording and its replay; nothing is told here that could be waited for.
    monkeypatch.setattr(paperless, "_PATIENCE", timedelta(0))
    settings.cache_clear()
    parts.cache_clear()
    Cursor.objects.create(pk=1, modified=_BEFORE)
    parts().workdir.mkdir(parents=True, exist_ok=True)
    handed_over: list[Intake] = []
    with closing(paperless.rounds(parts(), handed_over.append)) as going:
        yield Office(server, parts(), record_mode == "none", going, handed_over)
    if record_mode != "none":
        server.destroy_all()
    monkeypatch.undo()
    settings.cache_clear()
    parts.cache_clear()


def _fail(event: str, **what: object) -> None:
    raise AssertionError((event, what))


def _with_card(office: Office) -> tuple[Recording, int]:
    """A recording and the id of its card there: uploaded, and both sides in step."""
    card = office.store(_sheet())
    archive_id = office.parts.archive.add(
        NewDocument(
            title="声像资料登记卡 DSJ.mp4",
            kind=DocumentKind.RECORD_CARD,
            original=card.digest,
            archive_file=card.digest,
            mime_type="application/pdf",
            fields={CustomField.STAGE: "inspection", CustomField.OFFICER: "李执法", CustomField.DEVICE: "DSJ-01"},
        )
    )
    recording = Recording.objects.create(
        original=office.store(b"recording"),
        card_file=card,
        file_name="DSJ.mp4",
        received_at=_BEFORE,
        archive_id=archive_id,
        stage="inspection",
        officer="李执法",
        device="DSJ-01",
        report=report().model_dump(mode="json"),
    )
    office.round(3)
    remote_id = Twin.objects.get(document=int(archive_id)).remote_id
    assert remote_id is not None
    return recording, remote_id


def test_a_card_goes_there_and_what_a_person_changes_comes_back(office: Office) -> None:
    """Uploaded with its fields; corrected there, the recording says so with who; corrected here, so does the card."""
    recording, document = _with_card(office)
    sent = office.fields(document)
    assert (sent["执法人员"], sent["设备编号"]) == ("李执法", "DSJ-01")
    office.change(document, {CustomField.OFFICER: "王执法", CustomField.STAGE: "查封扣押"})
    office.round(2)
    recording.refresh_from_db()
    assert (recording.officer, recording.stage, recording.device) == ("王执法", "seizure", "DSJ-01")
    account = Cursor.objects.get().account
    assert set(recording.corrections.values_list("name", "by")) == {("officer", account), ("stage", account)}
    correct_recording(office.parts, recording.archive_id, {"device": "DSJ-02"}, by="陈文书", why="对照登记表")
    office.round()
    office.rest()
    now = office.fields(document)
    assert {name for name in now if now[name] != sent.get(name)} == {"执法人员", "环节", "设备编号"}
    assert (now["执法人员"], now["设备编号"]) == ("王执法", "DSJ-02")


def test_what_people_changed_on_both_sides_is_for_review_there(office: Office) -> None:
    """Each side keeps its own officer; 待核对 names it in Paperless, until a person there takes it out."""
    recording, document = _with_card(office)
    correct_recording(office.parts, recording.archive_id, {"officer": "赵执法"}, by="陈文书", why="对照登记表")
    office.change(document, {CustomField.OFFICER: "王执法"})
    office.round(3)
    office.rest()
    held = office.fields(document)
    assert (held["执法人员"], held["待核对"]) == ("王执法", "officer")
    office.change(document, {CustomField.OFFICER: "赵执法", CustomField.REVIEW: None})
    office.round(2)
    recording.refresh_from_db()
    assert recording.officer == "赵执法"
    card = office.parts.archive.get(DocumentId(recording.archive_id))
    assert CustomField.REVIEW not in card.fields


def test_a_form_put_there_is_taken_over(office: Office, tmp_path: Path) -> None:
    """Its original is downloaded and handed over to be read, once."""
    form = tmp_path / "检查.pdf"
    form.write_bytes(_sheet())
    if not office.is_recorded:
        office.server.upload(form)
    office.round(2)
    (intake,) = office.handed_over
    assert (intake.original.digest, intake.file_name) == (office.store(_sheet()).digest, "检查.pdf")


def test_permissions_that_a_person_set_there_come_back(office: Office) -> None:
    """Uploaded, a card is nobody's; closed there, it is for the same people here, and stays as it was set."""
    recording, document = _with_card(office)
    assert office.owner(document) is None
    with office.clerk():
        office.close_to(document, "林文书", _CLERKS)
        office.round(2)
        own = Circle(accounts=frozenset({"林文书"}))
        both = own | Circle(groups=frozenset({_CLERKS}))
        assert office.parts.archive.permissions(DocumentId(recording.archive_id)) == Permissions(view=both, change=own)
        assert office.owner(document) is not None


def test_what_a_clerk_put_there_is_opened_to_colleagues(office: Office, tmp_path: Path) -> None:
    """It was the clerk's own by the upload alone: taken over, it is nobody's."""
    form = tmp_path / "检查.pdf"
    form.write_bytes(_sheet())
    with office.clerk():
        if not office.is_recorded:
            office.server.upload(form, user="林文书", password=_PASSWORD)
        (document,) = (each["id"] for each in office.server.ask("GET", "documents/?fields=id")["results"])
        assert office.owner(document) is not None
        office.round()
        assert office.owner(document) is None
        assert len(office.handed_over) == 1


def test_what_was_not_recorded_is_not_answered(own_settings: Settings, record_mode: str) -> None:
    """A question that no live run has asked fails, so that a changed question is never taken for a tested one."""
    if record_mode != "none":
        pytest.skip("会被录下。It would be recorded.")
    with pytest.raises(CannotOverwriteExistingCassetteException), Paperless.of(own_settings) as session:
        session.document(1)
