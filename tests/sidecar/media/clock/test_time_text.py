"""Times of day are read in every notation, and nothing is read that is not there."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.clock.meaning import meanings
from quancheng_sidecar.media.clock.time_text import normalise, times_in


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-03-01 09:30:05", 34205),
        ("2026-03-0109:30:05", 34205),
        ("09：30：05", 34205),
        ("2026-03-01 9:30:05", 34205),
        ("20260301093005", 34205),
        ("20260301 093005", 34205),
        ("2026年03月01日09时30分05秒", 34205),
        ("2026-03-01 09.30.05", 34205),
        ("2026-03-01.09:30:05", 34205),
        ("2026.03.01-09.30.05", 34205),
        ("2026-03-01 09:3 0:05", 34205),
        ("2026-03-01 09:30:0 5", 34205),
        ("2026-03-01 0930:05", 34205),
        ("2026-03-01 09:3005", 34205),
        ("2026-03-01 O9:3O:05", 34205),
        ("2026-03-01 09:30:05 PM", 34205 + 43200),
        ("2026-03-01 PM 09:30:05", 34205 + 43200),
        ("2026/03/01 下午09:30:05", 34205 + 43200),
        ("2026-03-01 12:00:05 AM", 5),
        ("2026-03-01 上午12:00:05", 5),
        ("2026-03-01 12:00:05 pm", 43205),
    ],
)
def test_a_time_is_read_in_each_notation(text: str, seconds: int) -> None:
    """The first time found is the one written."""
    assert times_in(normalise(text))[0].seconds == seconds


def test_an_offset_from_utc_is_no_time_of_day() -> None:
    """Where the time before it is not read, what is left is none."""
    assert times_in("2023-07-02 UTC+08:00") == times_in("2023-07-02 +08:00") == times_in("GMT-03:00") == ()


@pytest.mark.parametrize(
    ("text", "hour", "unsure"),
    [
        ("中午 11:50:00", 11, False),
        ("中午 12:10:00", 12, False),
        ("中午 1:10:00", 13, False),
        ("中午 7:10:00", 19, True),
        ("晚上 12:10:00", 0, True),
        ("夜里12:10:00", 0, True),
        ("深夜 12时10分00秒", 0, True),
        ("深夜 1:10:00", 1, True),
        ("晚上 8:10:00", 20, False),
        ("夜里11:10", 23, False),
        ("凌晨 12:10:00", 0, False),
        ("凌晨 3:10:00", 3, False),
        ("上午 12:10:00", 0, True),
        ("上午 11:10:00", 11, False),
        ("傍晚 6:10:00", 18, False),
        ("下午 12:10:00", 12, False),
        ("12:10:00 AM", 0, False),
        ("晚上 20:10:00", 20, False),
    ],
)
def test_a_word_for_the_part_of_the_day_gives_the_hour(text: str, hour: int, *, unsure: bool) -> None:
    """`中午` reaches from before twelve to after; where the word leaves it open, that is kept."""
    read = times_in(normalise(text))[0]
    assert (int(read.seconds // 3600), read.unsure) == (hour, unsure)


@given(st.times(), st.sampled_from(["凌晨", "早上", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "深夜", "午夜"]))
def test_a_part_of_the_day_never_moves_the_minutes_or_a_full_hour(moment: time, word: str) -> None:
    """A word beside the time decides between two hours twelve apart, and leaves a 24-hour time as it stands."""
    read = times_in(f"{word}{moment:%H:%M:%S}")[0]
    apart = read.seconds - (moment.hour * 3600 + moment.minute * 60 + moment.second)
    assert apart % 43200 == 0
    assert moment.hour <= 12 or apart == 0


def test_milliseconds_sharpen_and_frame_numbers_do_not() -> None:
    """`.250` is a fraction; `:12` after the seconds is a frame."""
    (fraction,), (frame,) = times_in("09:30:05.250"), times_in("09:30:05:12")
    assert (fraction.seconds, fraction.resolution_s) == (34205.25, 0.001)
    assert (frame.seconds, frame.resolution_s, frame.frames) == (34205.0, 1.0, 12)


def test_hours_and_minutes_alone_are_true_to_a_minute() -> None:
    """A clock without seconds is a clock, but a coarse one."""
    (read,) = times_in("09:30")
    assert (read.seconds, read.resolution_s) == (34200.0, 60.0)


@pytest.mark.parametrize("text", ["25:10:11", "09:60:05", "09:30:61", "2026-03-01", "警号1234567", "CAM 03", ""])
def test_what_is_no_time_is_not_read(text: str) -> None:
    """Impossible figures, dates and long numbers give nothing."""
    assert not [read for read in times_in(normalise(text)) if read.notation != "solid"]


@given(st.times(), st.text(max_size=40), st.text(max_size=40))
def test_any_written_time_is_found_among_any_text(moment: time, before: str, after: str) -> None:
    """Text around a time neither hides it nor raises."""
    text = normalise(f"{before} {moment:%H:%M:%S} {after}")
    assert any(
        abs(read.seconds % 43200 - (moment.hour * 3600 + moment.minute * 60 + moment.second) % 43200) < 1
        for read in times_in(text)
        if read.resolution_s <= 1
    ) or any(c.isdigit() for c in before + after)


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    """Whatever a recogniser returns, reading it gives values or nothing."""
    assert all(0 <= read.seconds < 86400 for read in times_in(normalise(text)))


@given(st.text(max_size=60))
def test_normalising_keeps_places(text: str) -> None:
    """Places found in the normalised text are places in the text as read."""
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-03-01 T01:30:05Z AXON BODY 3", 0),
        ("2026-03-01 01:30:05 UTC", 0),
        ("2026-03-01 09:30:05 +0800", 8),
        ("2026-03-01 09:30:05 UTC+8", 8),
        ("2026-03-01 09:30:05 GMT-03:00", -3),
        ("2026-03-01 09:30:05", None),
        ("09:30:05 2026-03-01", None),
        ("2026-03-01 09:30:05 Zhang", None),
    ],
)
def test_an_offset_behind_the_time_is_read(text: str, hours: int | None) -> None:
    """Some body-worn cameras burn in UTC."""
    zone = times_in(normalise(text))[0].zone
    assert zone == (None if hours is None else timedelta(hours=hours))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001 — as a picture shows them
def test_fourteen_figures_in_a_row_are_one_instant(moment: datetime) -> None:
    """`20230113223418` holds nine figures at its end that might be a time with milliseconds."""
    meant = meanings(f"{moment:%Y%m%d%H%M%S}")
    assert {m.instant for m in meant} == {moment.replace(microsecond=0)}
