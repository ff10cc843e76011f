"""The case report on files that are handed in and are no record (yet)."""

import subprocess
from pathlib import Path

import pytest

from quancheng_sidecar.collect.intake import Submission, dismiss, receive
from quancheng_sidecar.collect.models import IntakeKind, IntakeState
from quancheng_sidecar.collect.origins import trace_pending
from quancheng_sidecar.collect.services import process, take_in
from quancheng_sidecar.use.report import write_report
from quancheng_sidecar.wiring import Parts

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # WeasyPrint, which draws the card, leaves its own colour profile to be closed by the collector.
    pytest.mark.filterwarnings("ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"),
]

CASE = "甲〔2026〕1号"


def test_a_file_of_the_case_in_quarantine_is_named_with_its_code_and_what_to_do(
    own_parts: Parts, tmp_path: Path
) -> None:
    """A recording that lost its end is in no table of records; the report names it until, and why, it is dismissed."""
    broken = tmp_path / "断电的录像.mp4"
    whole = ["-f", "lavfi", "-i", "testsrc=duration=3", "-pix_fmt", "yuv420p", broken]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *whole], check=True)
    broken.write_bytes(broken.read_bytes()[:-2000])
    intake = receive(own_parts, broken, Submission(kind=IntakeKind.RECORDING, case=CASE, agent="张三"))
    page = _report(own_parts, tmp_path)
    assert "断电的录像.mp4" in page
    assert "quancheng up 运行时自动进行" in page
    intake = process(own_parts, intake.id)
    assert (intake.state, intake.error_code != "") == (IntakeState.QUARANTINED, True)
    page = _report(own_parts, tmp_path)
    assert intake.error_code in page
    assert f"quancheng intake retry {str(intake.id)[:8]}" in page
    dismiss(own_parts, intake, by="李四", why="原件已确认无法恢复")
    page = _report(own_parts, tmp_path)
    assert "原件已确认无法恢复" in page
    assert "quancheng intake dismiss" not in page


def test_a_recording_is_told_with_how_it_was_compared(own_parts: Parts, tmp_path: Path) -> None:
    """What examining the file alone showed is not all: whether others hold the same is said beside it."""
    sound = tmp_path / "询问.m4a"
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=2", sound], check=True)
    take_in(own_parts, sound, Submission(kind=IntakeKind.RECORDING, case=CASE, agent="张三"))
    assert "与档案中其他录音录像的比对在收存后进行" in _report(own_parts, tmp_path)
    trace_pending(own_parts)
    assert "已与收存时档案中的其他录音录像比对，未发现相同内容" in _report(own_parts, tmp_path)


def _report(parts: Parts, folder: Path) -> str:
    page = write_report(parts, CASE, folder / "报告").path.read_text(encoding="utf-8")
    # What the log tells below is the history, and names the file as well.
    return page[: page.index("保管日志")]
