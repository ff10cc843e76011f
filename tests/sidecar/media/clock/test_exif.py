"""Times of a photo come from its EXIF, each with the zone it states."""

from zoneinfo import ZoneInfo

import pytest

from quancheng_sidecar.media.clock.exif import exif_witnesses
from quancheng_sidecar.media.report import WitnessSource

ZONE = ZoneInfo("Asia/Shanghai")


def test_the_camera_s_time_is_local_and_says_so() -> None:
    """Without OffsetTime the zone is assumed, with a note."""
    (witness,) = exif_witnesses({"DateTimeOriginal": "2026:03:01 09:30:05", "SubsecTimeOriginal": "25"}, ZONE)
    assert witness.start.isoformat() == "2026-03-01T09:30:05.250000+08:00"
    assert witness.note is not None


def test_a_stated_offset_is_used() -> None:
    """OffsetTimeOriginal makes it an instant."""
    tags = {"DateTimeOriginal": "2026:03:01 09:30:05", "OffsetTimeOriginal": "+09:00"}
    (witness,) = exif_witnesses(tags, ZONE)
    assert witness.start.isoformat() == "2026-03-01T09:30:05+09:00"
    assert witness.note is None


def test_satellite_time_is_utc() -> None:
    """GPS date and time stamp."""
    (witness,) = exif_witnesses({"GPSDateStamp": "2026:03:01", "GPSTimeStamp": "01:30:05.00"}, ZONE)
    assert (witness.source, witness.start.isoformat()) == (WitnessSource.GPS, "2026-03-01T01:30:05+00:00")


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"DateTimeOriginal": "0000:00:00 00:00:00"},
        {"DateTimeOriginal": "    :  :     :  :  "},
        {"GPSDateStamp": "2026:03:01"},
        {"GPSDateStamp": "2026:03:01", "GPSTimeStamp": "nan:0:0"},
        {"DateTime": "2026:03:01 09:30:05"},
    ],
)
def test_what_was_never_set_or_is_broken_is_no_witness(tags: dict[str, str]) -> None:
    """Empty and damaged values, and the time of the last change."""
    assert exif_witnesses(tags, ZONE) == ()
