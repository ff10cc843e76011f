"""What a person has answered for, and what stays under review."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quancheng_plugin.forms.reading import FormReading, IntervalRead
from quancheng_plugin.ocr.lines import Box
from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.port import DocumentId, DocumentKind, NewDocument
from quancheng_sidecar.collect.corrections import correct_recording, dispute
from quancheng_sidecar.collect.entered import CorrectionRefused
from quancheng_sidecar.collect.models import Intake, Recording, WrittenDocument
from quancheng_sidecar.collect.recordings import make_record
from quancheng_sidecar.collect.standing import reading_of, review_of, span_of
from quancheng_sidecar.preserve.models import CustodyEvent, StoredObject
from quancheng_sidecar.wiring import Parts
from tests.sidecar.media.test_device_profile import report

pytestmark = pytest.mark.django_db

START, END = datetime(2026, 3, 1, 1, 30, tzinfo=UTC), datetime(2026, 3, 1, 2, 15, tzinfo=UTC)


@pytest.fixture
def document() -> WrittenDocument:
    """A form whose name and time were read with doubt."""
    box = Box(x0=0, y0=0, x1=9, y1=9)
    time = IntervalRead(raw="9时3?分至10时15分", page=1, box=box, confidence=0.5, start=START, end=END)
    reading = FormReading(
        form=None, number=None, interval=time, party=None, fields={}, review=("form", "interval"), findings=(), text=""
    )
    original = StoredObject.objects.create(sha256=f"sha256:{'0' * 64}", size=1, stored_at=START)
    return WrittenDocument.objects.create(
        original=original,
        archive_file=original,
        file_name="笔录.pdf",
        received_at=START,
        archive_id="1",
        reading=reading.model_dump(mode="json"),
        verification={},
        findings=[],
    )


def _enter(document: WrittenDocument, name: str, at: datetime) -> None:
    document.corrections.create(name=name, value=at.isoformat(), by="李文书", why="对照原件", at=at)


def test_one_end_alone_leaves_the_interval_under_review(document: WrittenDocument) -> None:
    """Who entered the start has said nothing of the end; when both are entered the interval is settled."""
    _enter(document, "start", START)
    assert reading_of(document).review == ("form", "interval")
    _enter(document, "end", END)
    assert reading_of(document).review == ("form",)


@pytest.fixture
def recording(own_parts: Parts) -> Recording:
    """A recording whose card is archived, with what was told at its intake."""
    original = StoredObject.objects.create(sha256=f"sha256:{'1' * 64}", size=1, stored_at=START)
    given: dict[CustomField, FieldValue] = {
        CustomField.STAGE: "inspection",
        CustomField.OFFICER: "李执法",
        CustomField.DEVICE: "DSJ-01",
        CustomField.INTERVAL_START: START.isoformat(),
        CustomField.INTERVAL_END: END.isoformat(),
    }
    card = NewDocument(
        title="声像资料登记卡",
        kind=DocumentKind.RECORD_CARD,
        original=original.sha256,
        archive_file=original.sha256,
        mime_type="application/pdf",
        fields=given,
    )
    return Recording.objects.create(
        original=original,
        card_file=original,
        file_name="DSJ_20260301_093000.mp4",
        received_at=START,
        archive_id=own_parts.archive.add(card),
        stage="inspection",
        officer="李执法",
        device="DSJ-01",
        start=START,
        end=END,
        report=report().model_dump(mode="json"),
    )


def _card(own_parts: Parts, recording: Recording) -> dict[CustomField, FieldValue]:
    return dict(own_parts.archive.get(DocumentId(recording.archive_id)).fields)


def test_stage_officer_and_device_of_a_recording_are_corrected(own_parts: Parts, recording: Recording) -> None:
    """Recording and card say the new value, the correction keeps the old one with who and why, the log has it."""
    values = {"stage": "查封扣押", "officer": " 王  执法", "device": ""}
    done = correct_recording(own_parts, recording.archive_id, values, by="林文书", why="登记有误")
    assert (done.stage, done.officer, done.device) == ("seizure", "王 执法", "")
    held = _card(own_parts, recording)
    assert (held[CustomField.STAGE], held[CustomField.OFFICER]) == ("seizure", "王 执法")
    assert CustomField.DEVICE not in held
    rows = list(recording.corrections.values_list("name", "was", "value", "by", "why"))
    assert rows == [
        ("stage", "inspection", "seizure", "林文书", "登记有误"),
        ("officer", "李执法", "王 执法", "林文书", "登记有误"),
        ("device", "DSJ-01", "", "林文书", "登记有误"),
    ]
    assert (done.start, done.end) == (START, END)
    assert json.loads(CustodyEvent.objects.get().canonical)["detail"]["changes"]["stage"]["was"] == "inspection"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start", "3月1日"),
        ("start", "2026-03-01T09:30"),
        ("start", ""),
        ("end", END.isoformat()),
        ("stage", ""),
        ("stage", "谈话"),
        ("officer", "长" * 65),
    ],
)
def test_what_cannot_stand_as_a_value_of_a_recording_is_refused(
    own_parts: Parts, recording: Recording, name: str, value: str
) -> None:
    """A time without offset, an end by itself, a stage of no name: nothing is changed."""
    with pytest.raises(CorrectionRefused):
        correct_recording(own_parts, recording.archive_id, {name: value}, by="林文书", why="登记有误")
    assert not recording.corrections.exists()


def test_a_disputed_value_of_a_recording_is_for_review_until_a_person_settles_it(
    own_parts: Parts, recording: Recording
) -> None:
    """Ours holds, theirs is noted once, the card says what to look at; confirming ours takes it off again."""
    for _ in range(2):
        dispute(own_parts, recording, "officer", "赵执法", by="林文书", why="在 Paperless 中更正")
    (noted,) = recording.corrections.all()
    assert (noted.value, noted.disputed, noted.why) == ("李执法", True, "在 Paperless 中更正：赵执法")
    assert _card(own_parts, recording)[CustomField.REVIEW] == "officer"
    done = correct_recording(own_parts, recording.archive_id, {}, confirmed=["officer"], by="陈文书", why="对照登记表")
    assert done.officer == "李执法"
    assert review_of(done) == ()
    assert CustomField.REVIEW not in _card(own_parts, recording)


def test_a_disputed_start_makes_the_start_no_surer(own_parts: Parts, recording: Recording) -> None:
    """What the recording's own witnesses leave open stays open."""
    before = span_of(recording)
    dispute(own_parts, recording, "start", "3月1日", by="林文书", why="在 Paperless 中更正")
    assert span_of(recording) == before
    assert review_of(recording) == ("interval",)


def _handed_in_again(own_parts: Parts, recording: Recording, tmp_path: Path, **told: str) -> Recording:
    intake = Intake.objects.create(
        kind="recording", file_name="again.mp4", original=recording.original, case=recording.case, agent="陈执法",
        received_at=START, **told,
    )  # fmt: skip
    make_record(own_parts, intake, tmp_path)
    intake.refresh_from_db()
    assert intake.state == "duplicate"
    recording.refresh_from_db()
    return recording


def test_a_further_handing_in_fills_what_was_left_open(own_parts: Parts, recording: Recording, tmp_path: Path) -> None:
    """Who forgot the officer hands the file in again with it: it is entered, with who said so."""
    Recording.objects.update(officer="")
    again = _handed_in_again(own_parts, recording, tmp_path, stage="inspection", officer="赵执法")
    assert (again.stage, again.officer, review_of(again)) == ("inspection", "赵执法", ())
    (noted,) = again.corrections.all()
    assert (noted.name, noted.was, noted.by) == ("officer", "", "陈执法")


def test_a_further_handing_in_that_tells_otherwise_is_for_review(
    own_parts: Parts, recording: Recording, tmp_path: Path
) -> None:
    """The first one's stage holds, the other is noted, and a person settles it."""
    again = _handed_in_again(own_parts, recording, tmp_path, stage="seizure")
    assert (again.stage, review_of(again)) == ("inspection", ("stage",))
