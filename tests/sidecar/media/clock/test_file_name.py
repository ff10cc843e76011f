"""File names carry start times in the patterns of cameras and phones."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.clock.file_name import time_in_name

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "name",
    [
        "20260301_093005.mp4",
        "2026-03-01-09-30-05.mp4",
        "VID_20260301_093005.mp4",
        "VID_20260301_093005_001.mp4",
        "20260301093005_0001.mp4",
        "20260301093005000.mp4",
        "2026年3月1日9时30分5秒.mp4",
        "2026-03-01 09.30.05.mov",
        "DSJA7012345_350912_20260301093005_20260301100005_0001.MP4",
        "2026_0301_093005_001.MP4",
        "DJI_20260301093005_0001_V.MP4",
        "rec_2026.03.01_09h30m05.mp4",
        "微信视频20260301093005.mp4",
        "2026-03-01T01:30:05Z.mp4",
        "20260301-013005+0000.mp4",
        "PXL_20260301_013005000.mp4",
        "1772328605000.mp4",
        "VID_1772328605000.mp4",
        "1772328605.mp4",
    ],
)
def test_a_time_in_a_name_is_read(name: str) -> None:
    """All of these say the same instant; without a zone they are local."""
    named = time_in_name(name, ZONE)
    assert named is not None
    assert named.instant.astimezone(ZONE).isoformat() == "2026-03-01T09:30:05+08:00"
    assert named.has_seconds


def test_a_chinese_name_without_seconds_is_true_to_the_minute() -> None:
    """`9时30分` says no second."""
    named = time_in_name("2026年3月1日9时30分.mp4", ZONE)
    assert named is not None
    assert not named.has_seconds


@pytest.mark.parametrize(
    "name",
    [
        "GH010123.MP4",
        "13800138000.mp4",
        "20260301.mp4",
        "20261301_093005.mp4",
        "执法记录0012_20260301_0012.mp4",
        "3501002026030109300512.mp4",
        "mmexport1772328605123.mp4",
        "DSJ1234567890.mp4",
        "",
    ],
)
def test_what_carries_no_start_time_is_not_read(name: str) -> None:
    """Serial numbers, telephone numbers, bare dates, indices, and the moment at which a chat program saved a file."""
    assert time_in_name(name, ZONE) is None


@given(st.text(max_size=80))
def test_no_name_raises(name: str) -> None:
    """Any name gives an aware instant or nothing."""
    named = time_in_name(name, ZONE)
    assert named is None or named.instant.tzinfo is not None
