"""The record card in words, from recordings that are taken in."""

import subprocess
from pathlib import Path

import pypdfium2
import pytest

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.archive.embedded.models import ArchivedDocument
from quancheng_sidecar.collect import card
from quancheng_sidecar.collect.intake import Submission
from quancheng_sidecar.collect.models import IntakeKind, Recording
from quancheng_sidecar.collect.services import take_in
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.wiring import Parts

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # WeasyPrint, which draws the card, leaves its own colour profile to be closed by the collector.
    pytest.mark.filterwarnings("ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize(
    ("tags", "marked"),
    [((), "暂采"), (("-metadata", "creation_time=2026-03-01T01:30:05+00:00"), "采信")],
)
def test_the_card_marks_a_time_as_firmly_as_its_reason_says(
    own_parts: Parts, tmp_path: Path, tags: tuple[str, ...], marked: str
) -> None:
    """A time in the name alone is taken for now; borne out by the container it is believed."""
    recording = tmp_path / "20260301_093005.m4a"
    sound = ("-f", "lavfi", "-i", "anoisesrc=d=2", *tags, recording)
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *sound], check=True)
    take_in(own_parts, recording, Submission(kind=IntakeKind.RECORDING, agent="张三"))
    text = ArchivedDocument.objects.get().text
    assert f"（{marked}），原文 20260301_093005" in text
    assert ("暂采文件名" in text) is (marked == "暂采")


def test_findings_over_several_pages_stand_under_their_head_on_each(own_parts: Parts, tmp_path: Path) -> None:
    """And no page ends in the head alone."""
    recording = tmp_path / "20260301_093005.m4a"
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=2", recording], check=True)
    take_in(own_parts, recording, Submission(kind=IntakeKind.RECORDING, agent="张三"))
    record = Recording.objects.get()
    report = RecordingReport.model_validate(record.report)
    told = [Finding(code="told-often", severity=Severity.LOW, sentence=Sentence(zh="发现。" * 40, en="Found."))] * 30
    drawn = card.make(card.Entry(record, "张三", report, told, {}), tmp_path, own_parts.settings)
    with pypdfium2.PdfDocument(drawn.path) as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    assert len(pages) > 2
    assert all(("told-often" in page) == ("序号" in page) for page in pages)
