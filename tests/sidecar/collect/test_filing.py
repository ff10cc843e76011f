"""Filing and moving records: what goes with them, what stays, and what is refused."""

import json
from datetime import UTC, datetime

import pytest

from quancheng_plugin.forms.reading import FormRead, FormReading, IntervalRead
from quancheng_plugin.ocr.lines import Box
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.port import DocumentId, DocumentKind, NewDocument
from quancheng_sidecar.collect import corrections
from quancheng_sidecar.collect.entered import CorrectionRefused
from quancheng_sidecar.collect.filing import FilingRefused, file_under, find_record
from quancheng_sidecar.collect.intake import CaseNumberTooLong, cases_alike, open_case, opened_case
from quancheng_sidecar.collect.models import Intake, Recording, WrittenDocument
from quancheng_sidecar.collect.standing import reading_of, review_of
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.preserve.models import CustodyEvent, StoredObject
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.use.models import Verdict
from quancheng_sidecar.use.services import check_case
from quancheng_sidecar.wiring import Parts
from tests.sidecar.media.test_device_profile import report

pytestmark = [
    pytest.mark.django_db,
    # WeasyPrint, which draws the card, leaves its own colour profile to be closed by the collector.
    pytest.mark.filterwarnings("ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"),
]

START, END = datetime(2026, 3, 1, 1, 30, tzinfo=UTC), datetime(2026, 3, 1, 2, 15, tzinfo=UTC)
WRONG, RIGHT = "闽海渔执罚〔2026〕37号", "闽海渔执罚〔2026〕38号"


def _stored(parts: Parts, name: str) -> StoredObject:
    path = parts.settings.home / name
    path.write_bytes(name.encode())
    return register(parts.store.put(path))


def _add(parts: Parts, original: StoredObject, kind: DocumentKind, case: str | None) -> DocumentId:
    return parts.archive.add(
        NewDocument(
            title=kind.zh,
            kind=kind,
            original=original.sha256,
            archive_file=original.sha256,
            mime_type="application/pdf",
            case=case,
            text=f"案号：{case}",
        )
    )


def _recording(parts: Parts, case: str | None, name: str = "DSJ.mp4") -> Recording:
    original, card = _stored(parts, name), _stored(parts, f"{name} {case} 登记卡")
    told = {"original": original, "case": open_case(case), "file_name": name, "received_at": START}
    Intake.objects.create(kind="recording", agent="陈执法", state="done", **told)
    return Recording.objects.create(
        card_file=card,
        archive_id=_add(parts, card, DocumentKind.RECORD_CARD, case),
        start=START,
        end=END,
        report=_examined().model_dump(mode="json"),
        **told,
    )


def _examined() -> RecordingReport:
    examined = report()
    clock = examined.clock.model_copy(update={"start": START, "end": END})
    return examined.model_copy(update={"clock": clock})


def _form(parts: Parts, case: str, name: str = "笔录.pdf") -> WrittenDocument:
    box = Box(x0=0, y0=0, x1=9, y1=9)
    time = IntervalRead(raw="9时30分至10时15分", page=1, box=box, confidence=1, start=START, end=END)
    form = FormRead(
        code="on-site-inspection-record",
        name="现场检查(勘验)笔录",
        confidence=1,
        stage="inspection",
        recording="always",
    )
    reading = FormReading(form=form, number=None, interval=time, party=None, fields={}, review=(), findings=(), text="")
    original = _stored(parts, name)
    return WrittenDocument.objects.create(
        original=original,
        archive_file=original,
        case=open_case(case),
        file_name=name,
        received_at=START,
        archive_id=_add(parts, original, DocumentKind.FORM, case),
        reading=reading.model_dump(mode="json"),
        verification={},
        findings=[],
    )


def _detail() -> dict[str, object]:
    return dict(json.loads(CustodyEvent.objects.order_by("seq").last().canonical)["detail"])  # type: ignore[union-attr]  # the act logged it


def test_a_moved_recording_takes_card_and_handings_in_along(own_parts: Parts) -> None:
    """Archive and intake say the new case, the former card stays in the store, the log has both with who and why."""
    recording = _recording(own_parts, WRONG)
    former = recording.card_file.digest
    assert file_under(own_parts, recording, RIGHT, by="李文书", why="收存时写错") == {WRONG, RIGHT}
    card = own_parts.archive.get(DocumentId(recording.archive_id))
    recording.refresh_from_db()
    assert (str(recording.case), card.case, card.fields[CustomField.CASE_NUMBER]) == (RIGHT, RIGHT, RIGHT)
    assert (card.archive_file, card.original) == (recording.card_file.digest, former)
    assert card.archive_file != former
    assert own_parts.store.path(former).exists()
    assert (f"案号：{RIGHT}" in card.text, WRONG in card.text) == (True, False)
    assert not any(line.endswith("：") for line in card.text.splitlines()), "what nobody told is said in words"
    assert str(Intake.objects.get().case) == RIGHT
    detail = _detail()
    assert detail["changes"] == {"case": {"was": WRONG, "value": RIGHT}}
    assert (detail["card"], detail["former_card"], detail["why"]) == (card.archive_file, former, "收存时写错")
    assert not any(own_parts.workdir.iterdir())


def test_links_and_verdicts_of_both_cases_follow(own_parts: Parts) -> None:
    """A form that was moved is judged by the recordings of its new case, and linked with them alone."""
    form, recording = _form(own_parts, WRONG), _recording(own_parts, WRONG)
    other = _recording(own_parts, RIGHT, "另一段.mp4")
    check_case(own_parts, WRONG)
    for case in file_under(own_parts, form, RIGHT, by="李文书", why="写错"):
        check_case(own_parts, case)
    linked = own_parts.archive.links(DocumentId(form.archive_id))[CustomField.RECORDINGS]
    assert linked == (other.archive_id,)
    assert own_parts.archive.links(DocumentId(recording.archive_id)) == {}


def test_a_recording_of_something_else_makes_no_new_verdict(own_parts: Parts) -> None:
    """It is named where the case is shown; the log has one verdict, and in it how many were of something else."""
    form, _ = _form(own_parts, WRONG), _recording(own_parts, WRONG)
    for name in ("送达一.mp4", "送达二.mp4"):
        elsewhere = _recording(own_parts, WRONG, name)
        elsewhere.stage = "service"
        elsewhere.save()
        (judged,) = check_case(own_parts, WRONG).forms
    assert [left.code for left in judged.agreement.left_out] == ["other-stage", "other-stage"]
    (event,) = CustodyEvent.objects.filter(type="agreement", subject=form.original.digest)
    detail = json.loads(event.canonical)["detail"]
    assert (detail["agreement"]["left_out"], detail["elsewhere"]) == ([], {"other-stage": 1})


def test_out_of_its_case_a_form_has_no_verdict(own_parts: Parts) -> None:
    """Its verdict and links are withdrawn with the case, and the number is no field of the form."""
    form, _ = _form(own_parts, WRONG), _recording(own_parts, WRONG)
    check_case(own_parts, WRONG)
    assert Verdict.objects.count() == 1
    for case in file_under(own_parts, form, "", by="李文书", why="重复收存"):
        check_case(own_parts, case)
    held = own_parts.archive.get(DocumentId(form.archive_id))
    assert (Verdict.objects.count(), held.case) == (0, None)
    assert not held.fields.keys() & {CustomField.CASE_NUMBER, CustomField.VERDICT}
    assert own_parts.archive.links(DocumentId(form.archive_id)) == {}
    assert "case" not in reading_of(form).fields


def test_a_record_without_a_case_is_filed_without_a_reason(own_parts: Parts) -> None:
    """It was not told at intake; that it was filed, and by whom, stands beside it, and on its card."""
    recording = _recording(own_parts, None)
    assert file_under(own_parts, find_record(recording.archive_id), RIGHT, by="李文书") == {RIGHT}
    assert list(recording.corrections.values_list("name", "was", "value", "by")) == [("case", "", RIGHT, "李文书")]
    assert f"案号：{RIGHT}" in own_parts.archive.get(DocumentId(recording.archive_id)).text


@pytest.mark.parametrize(
    ("case", "number", "why", "said"),
    [
        (WRONG, RIGHT, " ", "recording correct"),
        (WRONG, "闽海渔执罚[2026]第037号", "写错", "无需更正"),
        (None, " ", "写错", "请写明案号"),
    ],
)
def test_what_cannot_be_filed_is_refused(own_parts: Parts, case: str | None, number: str, why: str, said: str) -> None:
    """Without a reason, to where it is, to nowhere: told in words, and nothing is changed."""
    recording = _recording(own_parts, case)
    with pytest.raises(FilingRefused, match=said):
        file_under(own_parts, recording, number, by="李文书", why=why)
    assert not recording.corrections.exists()


def test_a_number_too_long_opens_no_case(own_parts: Parts) -> None:
    """It is refused before anything is drawn or written."""
    recording = _recording(own_parts, WRONG)
    with pytest.raises(CaseNumberTooLong):
        file_under(own_parts, recording, "长" * 121, by="李文书", why="写错")
    with pytest.raises(FilingRefused, match="没有档案编号"):
        find_record("9999")


def test_where_the_same_file_is_already_it_is_refused_with_the_way_out(own_parts: Parts) -> None:
    """Who took the file in again under the right case takes the first out of the wrong one."""
    recording, twin = _recording(own_parts, WRONG), _recording(own_parts, RIGHT)
    with pytest.raises(FilingRefused, match=f'档案编号 {twin.archive_id}.*--case ""'):
        file_under(own_parts, recording, RIGHT, by="李文书", why="写错")
    assert file_under(own_parts, recording, "", by="李文书", why="重复收存") == {WRONG}
    assert own_parts.archive.get(DocumentId(recording.archive_id)).case is None


def test_what_somebody_else_moved_meanwhile_is_refused(own_parts: Parts) -> None:
    """The record that was looked at is no longer where it stood, so the confirmation was for something else."""
    recording = _recording(own_parts, WRONG)
    Recording.objects.update(case=open_case(RIGHT))
    with pytest.raises(FilingRefused, match="刚刚被别人"):
        file_under(own_parts, recording, "闽海渔执罚〔2026〕39号", by="李文书", why="写错")


def test_a_disputed_case_is_confirmed_and_never_entered_as_a_value(own_parts: Parts) -> None:
    """Both kinds of record: the dispute lists the case for review, confirming settles it, no field of it appears."""
    for record, correct in (
        (_form(own_parts, WRONG), corrections.correct_document),
        (_recording(own_parts, WRONG), corrections.correct_recording),
    ):
        corrections.dispute(own_parts, record, "case", RIGHT, by="林文书", why="在 Paperless 中更正")
        assert review_of(record) == ("case",)
        with pytest.raises(CorrectionRefused):
            correct(own_parts, record.archive_id, {"case": RIGHT}, by="林文书", why="改")
        done = correct(own_parts, record.archive_id, {}, confirmed=["case"], by="林文书", why="对照原件")
        assert (review_of(done), str(done.case)) == ((), WRONG)
    assert "case" not in reading_of(WrittenDocument.objects.get()).fields


def test_half_a_number_that_opens_a_case_is_told_with_the_whole_ones(own_parts: Parts) -> None:
    """Who typed only the end of a number sees the cases that it may stand for; a whole new number has none alike."""
    _recording(own_parts, WRONG)
    for number, alike in (("37号", (WRONG,)), ("闽海渔执罚〔2026〕7号", ())):
        _recording(own_parts, number, f"{number}.mp4")
        intake = Intake.objects.get(case__number_as_given=number)
        assert (opened_case(intake), cases_alike(intake)) == (True, alike)
