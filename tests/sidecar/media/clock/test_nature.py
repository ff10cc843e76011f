"""Whether what runs in the picture is a clock of the day."""

from datetime import datetime

from quancheng_plugin.findings import Severity
from quancheng_sidecar.media.clock.nature import nature_doubts, nature_findings


def said(shown: str, raw: str = "2026-05-01 00:00:00") -> str:
    """Reasons in English for a clock that shows this at the recording's begin."""
    return "; ".join(doubt.en for doubt in nature_doubts(datetime.fromisoformat(shown), raw))


def test_what_begins_at_zero_may_be_a_counter() -> None:
    """To two seconds, before and behind midnight."""
    for shown in ("2026-05-01 00:00:00", "2026-05-01 00:00:01.9", "2026-04-30 23:59:59"):
        assert "cannot be told apart" in said(shown)
    assert said("2026-05-01 00:00:09") == ""
    assert said("2026-05-01 12:00:00") == ""


def test_less_than_an_hour_beside_a_word_for_recording_may_be_a_counter() -> None:
    """An excerpt of a counted recording; beside a longer time the word says that the camera records."""
    assert "may count" in said("2026-05-01 00:12:00", "2026-05-01 REC 00:12:00")
    assert "may count" in said("2026-05-01 00:12:00", "2026-05-01 录制时长 00:12:00")
    assert said("2026-05-01 09:12:00", "REC 2026-05-01 09:12:00") == ""
    assert said("2026-05-01 00:12:00", "RECEIVER 2026-05-01 00:12:00") == ""


def test_a_time_beside_a_word_for_recording_with_its_date_in_another_line_may_be_a_counter() -> None:
    """A later segment of a long recording, under a date: however much it counts."""
    assert "may count" in said("2026-05-01 01:12:00", "REC 01:12:00 | 2026-05-01")
    assert said("2026-05-01 01:12:00", "01:12:00 | 2026-05-01") == ""


def test_the_first_hour_of_a_year_may_be_a_clock_that_lost_its_time() -> None:
    """Devices begin there after a dead battery."""
    assert "lost their time" in said("2018-01-01 00:03:10")
    assert said("2018-01-01 09:03:10") == ""


def test_another_witness_settles_it() -> None:
    """For review alone, for information when borne out, nothing without reason."""
    doubts = nature_doubts(datetime.fromisoformat("2026-05-01 00:00:00"), "")
    assert [f.severity for f in nature_findings(doubts, borne_out=False)] == [Severity.LOW]
    assert [f.severity for f in nature_findings(doubts, borne_out=True)] == [Severity.INFO]
    assert nature_findings((), borne_out=False) == ()
