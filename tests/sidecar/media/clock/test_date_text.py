"""Dates are read in every notation, with every order in which they may be meant."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.clock.date_text import dates_in, weekday_in
from quancheng_sidecar.media.clock.time_text import normalise

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 09:30:05",
        "2026/03/0109:30:05",
        "2026.03.01",
        "2026年03月01日 09:30:05",
        "2026年3月1日9时30分5秒",
        "2026-3-1 9:30:05",
        "2026—03—01",
        "2026:03:01 09:30:05",
        "20260301093005",
        "20260301 093005",
        "09:30:052026-03-01",
        "3509122026-03-01 09:30:05",
        "01 MAR 2026 09:30:05",
        "Mar 1, 2026 9:30:05",
        "Sun Mar  1 09:30:05 2026",
        "2026-MAR-01",
        "1 March 2026",
        "26年03月01日",
    ],
)
def test_a_date_of_settled_order_has_one_reading(text: str) -> None:
    """Year first, or the month by name."""
    (read, *_) = dates_in(normalise(text))
    assert {day for _, day in read.readings} == {DAY}
    assert not read.ambiguous


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("03/01/2026 09:30:05", {"mdy": date(2026, 3, 1), "dmy": date(2026, 1, 3)}),
        ("01-03-2026", {"mdy": date(2026, 1, 3), "dmy": date(2026, 3, 1)}),
        ("03/21/2026", {"mdy": date(2026, 3, 21)}),
        ("21.03.2026", {"dmy": date(2026, 3, 21)}),
        ("05-03-01 09:30:05", {"ymd": date(2005, 3, 1), "mdy": date(2001, 5, 3), "dmy": date(2001, 3, 5)}),
    ],
)
def test_figures_that_may_be_exchanged_give_every_reading(text: str, days: dict[str, date]) -> None:
    """Nothing is guessed where the figures do not settle the order."""
    (read,) = dates_in(text)
    assert dict(read.readings) == days
    assert read.ambiguous == (len(days) > 1)


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "09:30:05", "编号2019073112", "13800138000", "", "sunny"])
def test_what_is_no_date_is_not_read(text: str) -> None:
    """Impossible days and long numbers give nothing."""
    assert not any(read.readings for read in dates_in(normalise(text)))


@pytest.mark.parametrize(
    ("text", "weekday"), [("星期日", 6), ("周三", 2), ("Sun 01", 6), ("WED", 2), ("sunburn", None), ("2026", None)]
)
def test_the_day_of_the_week_is_read(text: str, weekday: int | None) -> None:
    """Chinese and English, and no words that merely begin alike."""
    assert weekday_in(text) == weekday


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"])
)
def test_any_written_date_comes_back(day: date, pattern: str) -> None:
    """Writing and reading are inverse."""
    (read,) = dates_in(day.strftime(pattern))
    assert read.readings == (("ymd", day),)


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    """Whatever a recogniser returns, reading it gives dates or nothing."""
    assert isinstance(dates_in(normalise(text)), tuple)


@pytest.mark.parametrize(
    ("text", "month"), [("06 0ct 2023", 10), ("06 N0V 2023", 11), ("06 5ep 2023", 9), ("06 Ju1 2023", 7)]
)
def test_figures_read_for_letters_of_a_month_are_understood(text: str, month: int) -> None:
    """O and 0 look alike in most fonts."""
    ((_, day),) = dates_in(normalise(text))[0].readings
    assert day == date(2023, month, 6)
