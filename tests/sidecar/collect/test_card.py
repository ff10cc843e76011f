"""The record card in words, from recordings that are taken in."""

import subprocess
from pathlib import Path

import pytest

from quancheng_sidecar.archive.embedded.models import ArchivedDocument
from quancheng_sidecar.collect.intake import Submission
from quancheng_sidecar.collect.models import IntakeKind
from quancheng_sidecar.collect.services import take_in
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
    card = ArchivedDocument.objects.get().text
    assert f"（{marked}），原文 20260301_093005" in card
    assert ("暂采文件名" in card) is (marked == "暂采")
