"""Creation times are read as written, and every habit of devices is stated."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.clock.container_time import container_witnesses, parse_stamp, stamps
from quancheng_sidecar.media.report import Duration, Kind, Probe, WitnessSource

ZONE = ZoneInfo("Asia/Shanghai")


def probe(times: dict[str, str], tags: dict[str, str] | None = None) -> Probe:
    """A video's probe with these creation times."""
    return Probe(
        kind=Kind.VIDEO,
        container="mp4",
        streams=(),
        duration=Duration(declared=10, measured=10),
        device={},
        tags=tags or {},
        creation_times=times,
    )


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2026-03-01T01:30:05.000000Z", "2026-03-01T01:30:05+00:00"),
        ("2026-03-01T09:30:05+0800", "2026-03-01T09:30:05+08:00"),
        ("2026-03-01T09:30:05+08:00", "2026-03-01T09:30:05+08:00"),
        ("2026-03-01 09:30:05", "2026-03-01T09:30:05+08:00"),
        ("2026:03:01 09:30:05", "2026-03-01T09:30:05+08:00"),
        ("Sun Mar 01 09:30:05 2026", "2026-03-01T09:30:05+08:00"),
        ("3855173405", "2026-03-01T01:30:05+00:00"),
    ],
)
def test_a_creation_time_is_read_however_it_is_written(raw: str, instant: str) -> None:
    """ISO 8601 with and without zone, ctime of AVI, seconds since 1904 of QuickTime."""
    stamp = parse_stamp("format", raw, ZONE)
    assert stamp is not None
    assert stamp.instant.isoformat() == instant


@given(st.text(max_size=40))
def test_no_text_raises(raw: str) -> None:
    """A hostile tag is read as nothing."""
    stamp = parse_stamp("format", raw, ZONE)
    assert stamp is None or stamp.instant.tzinfo is not None


def test_a_time_labelled_utc_has_four_habits() -> None:
    """Start and stop, in UTC or in local time labelled UTC."""
    stamp = parse_stamp("format", "2026-03-01T09:30:05Z", ZONE)
    assert stamp is not None
    starts = {w.source: w.start.astimezone(ZONE).strftime("%H:%M:%S") for w in container_witnesses(stamp, 10.0, ZONE)}
    assert starts == {
        WitnessSource.CONTAINER_START: "17:30:05",
        WitnessSource.CONTAINER_STOP: "17:29:55",
        WitnessSource.CONTAINER_LOCAL_AS_UTC: "09:30:05",
        WitnessSource.CONTAINER_LOCAL_AS_UTC_STOP: "09:29:55",
    }


def test_a_time_with_its_own_zone_has_one_meaning() -> None:
    """QuickTime's creationdate states the offset and is written at the start."""
    stamp = parse_stamp("com.apple.quicktime.creationdate", "2026-03-01T09:30:05+0800", ZONE)
    assert stamp is not None
    (witness,) = container_witnesses(stamp, 10.0, ZONE)
    assert witness.start == datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC)


def test_one_stamp_written_in_many_boxes_is_one_witness() -> None:
    """The same instant in format, movie and tracks counts once; a modification time never."""
    same = "2026-03-01T01:30:05Z"
    found = stamps(
        probe({"format": same, "mvhd": same, "tkhd 1": same, "mvhd.modification": "2026-04-01T00:00:00Z"}), ZONE
    )
    assert [stamp.place for stamp in found] == ["format"]


def test_a_stated_zone_comes_first() -> None:
    """Apple's tag is kept beside the zoneless header time."""
    named = {"format": "2026-03-01T01:30:06Z", "com.apple.quicktime.creationdate": "2026-03-01T09:30:05+0800"}
    assert [stamp.zoned for stamp in stamps(probe(named), ZONE)] == [True, False]
