"""Missing segments as a case's check tells them: over the whole archive, from what is registered there."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.collect.models import Case, Intake, IntakeKind, IntakeState, Recording
from quancheng_sidecar.media.report import (
    Clock,
    Device,
    Digest,
    Duration,
    Fingerprint,
    Integrity,
    Kind,
    Probe,
    RecordingReport,
    WitnessSource,
)
from quancheng_sidecar.preserve.models import StoredObject
from quancheng_sidecar.preserve.services import store_file
from quancheng_sidecar.use.report import write_report
from quancheng_sidecar.use.services import CaseCheck, check_case
from quancheng_sidecar.wiring import Parts

pytestmark = pytest.mark.django_db(transaction=True)

HERE, ELSEWHERE = "甲〔2026〕1号", "乙〔2026〕2号"
SAID = Sentence(zh="无", en="none")
MINUTES = 10


def report_of(name: str, start: datetime | None) -> RecordingReport:
    """What an examination says of ten minutes of video, as far as its times go."""
    end = start + timedelta(minutes=MINUTES) if start else None
    duration, device = Duration(declared=600, measured=600), Device()
    source = WitnessSource.BURNT_IN if start else None
    return RecordingReport(
        file_name=name,
        digest=Digest(sha256="sha256:" + "0" * 64, sm3=None, size=1),
        kind=Kind.VIDEO,
        container="mp4",
        streams=(),
        duration=duration,
        device=device,
        clock=Clock(start=start, end=end, source=source, reason=SAID, witnesses=()),
        fingerprint=Fingerprint(),
        integrity=Integrity(signs=False, summary=SAID, examined=(), not_examined=(), findings=()),
        probe=Probe(
            kind=Kind.VIDEO, container="mp4", streams=(), duration=duration, device=device, tags={}, creation_times={}
        ),
    )


def stored(home: Parts, name: str) -> StoredObject:
    """Bytes of their own for a name."""
    path = home.settings.home / "bytes"
    path.write_text(name)
    return store_file(home.store, path, agent="张三")


def held(  # noqa: PLR0913  where, what and when of one recording
    home: Parts, number: int, case: str, *, device: str = "A7", day: int = 1, timed: bool = True
) -> Recording:
    """A registered segment: the n-th of its day began n times ten minutes after nine."""
    start = datetime.fromisoformat(f"2026-03-{day:02}T09:00+08:00") + timedelta(minutes=MINUTES * number)
    name = f"DSJ_{start:%Y%m%d_%H%M%S}_{number:04}.mp4" if timed else f"DSJ_{number:04}.mp4"
    kept, _ = Case.objects.get_or_create(number=case, defaults={"number_as_given": case})
    bytes_ = stored(home, f"{name} {device}")
    report = report_of(name, start if timed else None)
    return Recording.objects.create(
        original=bytes_,
        card_file=bytes_,
        case=kept,
        file_name=name,
        received_at=timezone.now(),
        archive_id=str(1000 + Recording.objects.count()),
        device=device,
        stage="inspection",
        start=report.clock.start,
        end=report.clock.end,
        report=report.model_dump(mode="json"),
    )


def told(check: CaseCheck) -> list[tuple[str, object]]:
    """Codes, with the number that is missing or elsewhere."""
    return [(f.code, f.figures.get("skipped") or f.figures.get("numbers")) for f in check.findings]


def test_a_missing_number_is_told_until_it_comes_in(own_parts: Parts) -> None:
    """0002 is missing beside 0001 and 0003; while it waits to be examined nothing is said, nor once it is held."""
    held(own_parts, 1, HERE)
    third = held(own_parts, 3, HERE)
    check = check_case(own_parts, HERE)
    assert (told(check), check.chained) == ([("segment-missing", "0002")], 2)
    Intake.objects.create(
        kind=IntakeKind.RECORDING,
        file_name="DSJ_20260301_092000_0002.mp4",
        original=stored(own_parts, "not examined"),
        case=third.case,
        agent="张三",
        received_at=timezone.now(),
        state=IntakeState.QUARANTINED,
    )
    assert told(check_case(own_parts, HERE)) == []
    Intake.objects.update(state=IntakeState.DISMISSED)
    assert told(check_case(own_parts, HERE)) == [("segment-missing", "0002")]
    held(own_parts, 2, HERE)
    check = check_case(own_parts, HERE)
    assert (told(check), check.chained) == ([], 3)


def test_a_number_in_another_case_is_named_there_and_the_report_shows_it(own_parts: Parts, tmp_path: Path) -> None:
    """The device's recordings of the whole archive count; the page names case and number beside the verdicts."""
    for number, case in ((1, HERE), (2, ELSEWHERE), (3, HERE)):
        held(own_parts, number, case)
    assert told(check_case(own_parts, HERE)) == [("segment-elsewhere", "0002")]
    page = write_report(own_parts, HERE, tmp_path / "报告").path.read_text(encoding="utf-8")
    assert f"在案件“{ELSEWHERE}”中" in page
    assert "2 件声像资料中，2 件按文件编号或时间与同一设备的其他录像相连" in page


def test_a_report_of_a_case_without_forms_says_why_there_is_no_timeline(own_parts: Parts, tmp_path: Path) -> None:
    """Neither the heading of the timeline nor that of the forms is followed by nothing."""
    held(own_parts, 1, HERE)
    page = write_report(own_parts, HERE, tmp_path / "报告").path.read_text(encoding="utf-8")
    assert "本案没有载明时间的文书，不能画出文书与录像的时间轴。" in page
    assert "本案尚无文书。" in page


@pytest.mark.parametrize("timed", [True, False])
def test_a_number_of_another_device_or_of_none_is_told_apart(own_parts: Parts, *, timed: bool) -> None:
    """Another device's 0002 is not this one's; one whose device nobody told may be, and then nothing is said."""
    held(own_parts, 1, HERE, timed=timed)
    held(own_parts, 3, HERE, timed=timed)
    held(own_parts, 2, ELSEWHERE, device="B2")
    assert told(check_case(own_parts, HERE)) == [("segment-missing", "0002")]
    held(own_parts, 2, ELSEWHERE, device="", timed=timed)
    assert told(check_case(own_parts, HERE)) == []


def test_only_the_days_about_a_case_are_read(own_parts: Parts) -> None:
    """However many other days a device recorded, their reports are not read, nor is the number of queries larger."""
    held(own_parts, 1, HERE)
    held(own_parts, 3, HERE)
    with CaptureQueriesContext(connection) as before:
        check_case(own_parts, HERE)
    for day in range(5, 25):
        held(own_parts, 2, ELSEWHERE, day=day)
    with CaptureQueriesContext(connection) as after:
        check = check_case(own_parts, HERE)
    assert told(check) == [("segment-missing", "0002")]
    assert len(after) == len(before)
