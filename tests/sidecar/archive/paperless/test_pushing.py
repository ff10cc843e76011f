"""Bringing documents into step with a Paperless that keeps to what the live one was seen to do."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from quancheng_sidecar.archive.fields import CustomField, option_label
from quancheng_sidecar.archive.paperless.adapter import PaperlessArchive
from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.models import Twin
from quancheng_sidecar.archive.paperless.office import Kind
from quancheng_sidecar.archive.paperless.people import People
from quancheng_sidecar.archive.paperless.pushing import LINKS, Office, agree, due, is_in_step, push
from quancheng_sidecar.archive.paperless.remote import Remote, RemoteField, RemoteTask, RemoteValue, Upload
from quancheng_sidecar.archive.paperless.remote_permissions import RemoteAccount, RemoteCircle, RemotePermissions
from quancheng_sidecar.archive.paperless.session import PaperlessRefused, PaperlessUnreachable
from quancheng_sidecar.archive.paperless.values import Fields
from quancheng_sidecar.archive.permissions import EVERYONE, Circle, Permissions
from quancheng_sidecar.archive.port import DocumentId, DocumentKind
from tests.sidecar.archive.conftest import Folder, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = {
    each.zh: RemoteField(
        number, each.type.value, {option_label(each, code): f"{number}-{code}" for code in each.options}
    )
    for number, each in enumerate(CustomField, 1)
}
OWN, CLERK, LAWYER = 1, 2, 3
ACCOUNTS = {
    OWN: RemoteAccount("quancheng", frozenset()),
    CLERK: RemoteAccount("林文书", frozenset({7})),
    LAWYER: RemoteAccount("王法制", frozenset({8})),
}
GROUPS = {"全程-文书": 7, "全程-法制人员": 8}
_LONG_AGO = datetime(2026, 11, 24, tzinfo=UTC)
TEXTS = tuple(each for each in (CustomField.PARTY, CustomField.PLACE, CustomField.SHIP, CustomField.OFFICER))


@dataclass
class There:
    """What Paperless holds; `down` makes the next calls fail, `deaf` one upload arrive without an answer."""

    documents: dict[int, Remote] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)
    uploads: int = 0
    down: bool = False
    deaf: bool = False
    permitted: int = 0

    def document(self, remote_id: int) -> Remote | None:
        """As `Paperless.document`."""
        self._answer()
        return self.documents.get(remote_id)

    def by_checksum(self, sha256: str) -> list[int]:
        """As `Paperless.by_checksum`."""
        self._answer()
        return [each.id for each in self.documents.values() if each.checksum == sha256]

    def upload(self, file: Upload) -> str:
        """As `Paperless.upload`; done at once."""
        self._answer()
        self.uploads += 1
        number = len(self.documents) + 1
        checksum = file.path.name
        self.documents[number] = Remote(
            number, file.title, "application/pdf", file.file_name, None, _LONG_AGO, checksum, frozenset({checksum}), 1,
            file.document_type, file.storage_path, "", dict(file.fields), RemotePermissions(OWN),
        )  # fmt: skip
        return self._consume(number)

    def upload_version(self, remote_id: int, path: Path, file_name: str) -> str:
        """As `Paperless.upload_version`; done at once, and its task names a document of its own."""
        self._answer()
        self.uploads += 1
        held = self.documents[remote_id]
        self.documents[remote_id] = replace(held, file_name=file_name, versions=held.versions | {path.name})
        return self._consume(remote_id + 1000)

    def _consume(self, number: int) -> str:
        if self.deaf:
            self.deaf = False
            raise PaperlessUnreachable(zh="没有应答。", en="No answer.")
        self.tasks[f"task {number}"] = number
        return f"task {number}"

    def task(self, task_id: str) -> RemoteTask:
        """As `Paperless.task`."""
        self._answer()
        return RemoteTask(running=False, document=self.tasks[task_id], error="")

    def arrange(self, *_: object, **__: object) -> None:
        """As `Paperless.arrange`; nothing here asks for type or place."""
        self._answer()

    def permit(self, remote_id: int, permissions: RemotePermissions) -> None:
        """As `Paperless.permit`."""
        self._answer()
        self.permitted += 1
        self.documents[remote_id] = replace(self.documents[remote_id], permissions=permissions)

    def accounts(self) -> dict[int, RemoteAccount]:
        """As `Paperless.accounts`."""
        return dict(ACCOUNTS)

    def named(self, kind: Kind) -> dict[str, int]:
        """As `Paperless.named`: of types, tags and paths none."""
        return GROUPS if kind is Kind.GROUP else {}

    def merge_fields(self, remote_id: int, values: Mapping[int, RemoteValue], gone: Sequence[int]) -> None:
        """As `Paperless.merge_fields`."""
        self._answer()
        held = self.documents[remote_id]
        fields = {each: value for each, value in held.fields.items() if each not in gone} | dict(values)
        self.documents[remote_id] = replace(held, fields=fields)

    def _answer(self) -> None:
        if self.down:
            raise PaperlessUnreachable(zh="没有应答。", en="No answer.")


@dataclass(frozen=True)
class Sides:
    """Both sides, and what a round of the product does between them."""

    there: There
    archive: PaperlessArchive
    office: Office
    folder: Path

    def round(self) -> None:
        """Push what is wanted; what was changed there is entered here."""
        Twin.objects.update(due_at=_LONG_AGO)
        for twin in due():
            path = self.folder / twin.document.archive_file.removeprefix("sha256:")
            with suppress(PaperlessUnreachable):
                merged = push(self.office, twin, path)
                if merged and merged.pull:
                    self.archive.merge_fields(DocumentId(str(twin.document_id)), dict(merged.pull))
                    agree(self.office, twin, merged.pull)
                if merged and merged.permissions:
                    self.archive.permit(DocumentId(str(twin.document_id)), merged.permissions)

    def told(self) -> None:
        """A notice says that all documents there may have changed."""
        Twin.want(*Twin.objects.filter(remote_id__isnull=False).values_list("document_id", flat=True))
        self.round()

    def change_there(self, name: CustomField, value: str | None) -> None:
        """A person changes the one document there."""
        number = self.office.fields.id(name)
        self.there.merge_fields(1, {number: value} if value else {}, [] if value else [number])

    def texts(self, remote_id: int = 1) -> dict[CustomField, Any]:
        """The text fields there."""
        values = self.office.fields.values(self.there.documents[remote_id].fields)
        return {name: value for name, value in values.items() if name in TEXTS}


@pytest.fixture
def sides(blobs: Folder, tmp_path: Path) -> Sides:
    """Nothing on either side."""
    there, archive = There(), PaperlessArchive(blobs, index=tmp_path / "index")
    session = cast("Paperless", there)
    office = Office(session, Fields(FIELDS), {}, {}, {}, People(session, OWN), archive)
    return Sides(there, archive, office, tmp_path / "blobs")


@contextmanager
def _undone() -> Iterator[None]:
    """What is done inside is taken back, so that each example begins with nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_an_upload_carries_all_that_is_known(sides: Sides, make: MakeDocument) -> None:
    """So that Paperless' worker, which a bulk edit costs a task each, has none to do but the intake."""
    sides.archive.add(make(case="闽海渔执罚〔2026〕37号", fields={CustomField.PARTY: "林海生"}))
    sides.round()
    assert sides.texts() == {CustomField.PARTY: "林海生"}
    sides.round()
    assert Twin.objects.get().remote_id == 1


def test_an_upload_whose_answer_was_lost_is_not_made_again(sides: Sides, make: MakeDocument) -> None:
    """It is found there by its digest."""
    sides.archive.add(make())
    sides.there.deaf = True
    for _ in range(3):
        sides.round()
    assert (sides.there.uploads, Twin.objects.get().remote_id) == (1, 1)


def test_what_was_put_off_by_a_clock_that_was_ahead_is_due(sides: Sides, make: MakeDocument) -> None:
    """No wait is longer than an hour: one of a year was counted while the machine's clock was wrong."""
    sides.archive.add(make())
    Twin.objects.update(due_at=timezone.now() + timedelta(minutes=50))
    assert not due()
    Twin.objects.update(due_at=timezone.now() + timedelta(days=365))
    assert len(due()) == 1


def test_a_card_drawn_anew_becomes_a_version(sides: Sides, make: MakeDocument, blobs: Folder) -> None:
    """The document there stays, with the new file beside the former; a lost answer makes no second one."""
    card = sides.archive.add(make(kind=DocumentKind.RECORD_CARD))
    for _ in range(2):
        sides.round()
    (former,) = sides.there.documents[1].versions
    anew = blobs.put("另一案件的登记卡".encode())
    sides.archive.renew(card, archive_file=anew, text="另一案件", page_count=1)
    sides.there.deaf = True
    for _ in range(3):
        sides.round()
    assert sides.there.uploads == 2
    assert sides.there.documents[1].versions == {former, anew.removeprefix("sha256:")}
    twin = Twin.objects.get()
    assert (twin.remote_id, twin.done) == (1, twin.wanted)


def test_a_document_gone_from_there_is_told(sides: Sides, make: MakeDocument) -> None:
    """Its twin says why it is not in step."""
    sides.archive.add(make())
    for _ in range(2):
        sides.round()
    sides.there.documents.clear()
    with pytest.raises(PaperlessRefused):
        sides.told()
    assert "在回收站中" in Twin.objects.get().error_zh


@pytest.fixture
def agreed(sides: Sides, make: MakeDocument) -> Twin:
    """A document with a party and a link, the same on both sides."""
    first, second = (sides.archive.add(make(fields={CustomField.PARTY: name})) for name in ("林海生", "陈阿财"))
    sides.archive.link(CustomField.RECORDINGS, first, second)
    for _ in range(3):
        sides.told()
    return Twin.objects.get(document=int(first))


def _is_in_step(sides: Sides, twin: Twin) -> bool:
    twin.refresh_from_db()
    assert twin.remote_id is not None
    return is_in_step(sides.office, twin, sides.there.documents[twin.remote_id])


def test_what_both_sides_agreed_on_asks_for_nothing(sides: Sides, agreed: Twin) -> None:
    """The echo of what we wrote there ourselves; fields of others do not count."""
    assert agreed.remote_id is not None
    assert sides.office.fields.links(sides.there.documents[agreed.remote_id].fields, CustomField.RECORDINGS)
    assert _is_in_step(sides, agreed)
    sides.there.merge_fields(agreed.remote_id, {9999: "本局自用"}, [])
    assert _is_in_step(sides, agreed)


@pytest.mark.parametrize("value", ["林海生之子", None])
def test_a_value_changed_there_asks_for_a_look(sides: Sides, agreed: Twin, value: str | None) -> None:
    """Another value, and one taken away."""
    assert agreed.remote_id is not None
    number = sides.office.fields.id(CustomField.PARTY)
    sides.there.merge_fields(agreed.remote_id, {number: value} if value else {}, [] if value else [number])
    assert not _is_in_step(sides, agreed)


@pytest.mark.parametrize("links", [[], [1, 2, 3]])
def test_a_link_changed_there_asks_for_a_look(sides: Sides, agreed: Twin, links: list[int]) -> None:
    """One taken away, and one more."""
    assert agreed.remote_id is not None
    (field,) = (each for each in LINKS if each is CustomField.RECORDINGS)
    sides.there.merge_fields(agreed.remote_id, {sides.office.fields.id(field): links}, [])
    assert not _is_in_step(sides, agreed)


def test_what_waits_here_is_not_in_step(sides: Sides, agreed: Twin) -> None:
    """Even where both sides still look alike: what was wanted is not done yet."""
    Twin.want(agreed.document_id)
    assert not _is_in_step(sides, agreed)


def test_what_one_side_alone_holds_is_not_in_step(sides: Sides, agreed: Twin) -> None:
    """Both sides hold the same, yet never agreed on it: the base has to learn it."""
    Twin.objects.filter(pk=agreed.pk).update(base={})
    assert not _is_in_step(sides, agreed)


def _permitted(sides: Sides, remote_id: int) -> Permissions:
    return sides.office.people.named(sides.there.documents[remote_id].permissions)


def test_what_we_upload_belongs_to_nobody(sides: Sides, make: MakeDocument) -> None:
    """Paperless makes the sidecar's account its owner, and nobody else would see it; it is opened once."""
    sides.archive.add(make())
    for _ in range(3):
        sides.told()
    assert sides.there.documents[1].permissions == RemotePermissions(None)
    assert sides.there.permitted == 1


@pytest.fixture
def form_and_card(sides: Sides, make: MakeDocument) -> tuple[DocumentId, DocumentId]:
    """A form (1 there) and the card (2 there) of its recording, in step."""
    form, card = sides.archive.add(make()), sides.archive.add(make(kind=DocumentKind.RECORD_CARD))
    sides.archive.link(CustomField.RECORDINGS, form, card)
    for _ in range(3):
        sides.told()
    return form, card


@pytest.mark.usefixtures("form_and_card")
def test_a_card_follows_what_a_person_set_of_its_form(sides: Sides) -> None:
    """Closed there to some, the form stays so and its card is for the same; opened again, both are open."""
    closed = RemotePermissions(CLERK, view=RemoteCircle(groups=frozenset({8})))
    sides.there.permit(1, closed)
    for _ in range(3):
        sides.told()
    assert sides.there.documents[1].permissions == closed
    assert _permitted(sides, 2) == _permitted(sides, 1)
    assert sides.there.documents[2].permissions.owner == OWN
    sides.there.permit(1, RemotePermissions(None))
    for _ in range(3):
        sides.told()
    assert _permitted(sides, 2) == EVERYONE


def test_a_card_set_by_hand_stands(sides: Sides, form_and_card: tuple[DocumentId, DocumentId]) -> None:
    """Neither narrowed nor widened when its form is; what is said of it here is what was set there."""
    _, card = form_and_card
    by_hand = RemotePermissions(LAWYER, change=RemoteCircle(users=frozenset({CLERK})))
    sides.there.permit(2, by_hand)
    sides.told()
    sides.there.permit(1, RemotePermissions(CLERK))
    for _ in range(3):
        sides.told()
    assert sides.there.documents[2].permissions == by_hand
    assert sides.archive.permissions(card) == _permitted(sides, 2)


@pytest.mark.usefixtures("form_and_card")
def test_permissions_that_agree_are_not_set_again(sides: Sides) -> None:
    """However often both sides look at each other."""
    sides.there.permit(1, RemotePermissions(CLERK))
    for _ in range(3):
        sides.told()
    before = sides.there.permitted
    for _ in range(3):
        sides.told()
    assert sides.there.permitted == before


def test_a_name_that_is_gone_there_is_left_out(sides: Sides, form_and_card: tuple[DocumentId, DocumentId]) -> None:
    """A circle of a group that nobody has any more closes the card, and is not sent time and again."""
    form, _ = form_and_card
    gone = Circle(groups=frozenset({"已撤销的组", "全程-文书"}))
    sides.archive.permit(form, Permissions(view=gone, change=Circle()))
    for _ in range(3):
        sides.told()
    assert sides.there.documents[2].permissions == RemotePermissions(OWN, view=RemoteCircle(groups=frozenset({7})))
    before = sides.there.permitted
    sides.told()
    assert sides.there.permitted == before


def test_what_a_person_set_is_not_in_step_until_it_is_here(sides: Sides, agreed: Twin) -> None:
    """A look at it is asked for, as for a value."""
    assert agreed.remote_id is not None
    sides.there.permit(agreed.remote_id, RemotePermissions(CLERK))
    assert not _is_in_step(sides, agreed)
    for _ in range(2):
        sides.told()
    assert _is_in_step(sides, agreed)
    assert sides.archive.permissions(DocumentId(str(agreed.document_id))) == _permitted(sides, agreed.remote_id)


here = st.tuples(st.just("here"), st.sampled_from(TEXTS[:2]), st.sampled_from(["甲", "乙"]))
over_there = st.tuples(st.just("there"), st.sampled_from(TEXTS[2:]), st.sampled_from(["丙", "丁", None]))
events = st.sampled_from([("round",), ("told",), ("told",), ("down",), ("up",)])


_CHANGED_TWICE = [
    ("here", CustomField.PARTY, "甲"), ("there", CustomField.SHIP, "丙"), ("round",), ("there", CustomField.SHIP, None)
]  # fmt: skip


@example(_CHANGED_TWICE)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(st.one_of(here, over_there, events), max_size=14))
def test_in_whatever_order_events_come_the_end_is_the_same(
    sides: Sides, make: MakeDocument, course: list[tuple[Any, ...]]
) -> None:
    """Late, doubled, lost or out of order, with Paperless away between: both sides end with the last words of each."""
    with _undone():
        sides.there.documents.clear()
        sides.there.down = False
        document = sides.archive.add(make(title="文书"))
        for _ in range(2):
            sides.round()
        last: dict[CustomField, str | None] = {}
        for kind, *what in course:
            _happen(sides, document, kind, what, last)
        sides.there.down = False
        sides.told()
        wanted = {name: value for name, value in last.items() if value}
        assert sides.texts() == wanted
        held = sides.archive.get(document).fields
        assert {name: value for name, value in held.items() if name in TEXTS and value} == wanted
        sides.told()
        assert not Twin.objects.exclude(error_code="").exists()
        assert sides.texts() == wanted


def _happen(
    sides: Sides, document: DocumentId, kind: str, what: list[Any], last: dict[CustomField, str | None]
) -> None:
    if kind == "here":
        sides.archive.merge_fields(document, {what[0]: what[1]})
        last[what[0]] = what[1]
    elif kind == "there" and not sides.there.down:
        sides.change_there(what[0], what[1])
        last[what[0]] = what[1]
    elif kind in {"round", "told"}:
        getattr(sides, kind)()
    elif kind in {"down", "up"}:
        sides.there.down = kind == "down"
