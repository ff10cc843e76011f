"""The date that a document bears."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.document import process
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.host.created import date_of, dates_in
from quancheng_plugin.settings import PluginSettings
from tests.plugin import paper


def test_the_date_under_the_signature_comes_before_those_in_the_body() -> None:
    """What a decision tells of happened before the day it was made."""
    text = "行政处罚决定书\n当事人于2026年2月11日9时在禁渔区捕捞。\n本机关决定如下。\n二〇二六年三月五日\n"
    assert dates_in(text) == (date(2026, 3, 5), date(2026, 2, 11))


def test_without_a_line_of_its_own_the_first_date_comes_first() -> None:
    """A record of an inspection bears its time under a label."""
    text = "检查时间：2026年3月1日23时30分至2026年3月2日0时15分\n复查日期：2026-04-08"
    assert dates_in(text)[0] == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["2026年  月  日", "2026年2月30日", "3月1日", "文号〔2026〕218号", "2026年3月曰"])
def test_a_date_in_doubt_is_no_date(text: str) -> None:
    """Blanks, impossible days and repaired readings are left to a person."""
    assert dates_in(text) == ()


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    """The reader of dates never raises."""
    dates_in(text)


@given(
    st.dates(date(1980, 1, 1), date(2099, 12, 31)), st.sampled_from(["{0.year}年{0.month}月{0.day}日", "{0:%Y-%m-%d}"])
)
def test_every_written_date_is_found(day: date, pattern: str) -> None:
    """In Chinese and in figures."""
    assert dates_in(f"落款\n{pattern.format(day)}\n") == (day,)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> FormReading:
    """The reading of a printed form."""
    folder = tmp_path_factory.mktemp("form")
    (folder / "form.pdf").write_bytes(paper.form())
    return process(folder / "form.pdf", folder, PluginSettings(home=folder), sign=False).reading


def test_a_sure_interval_gives_its_start(reading: FormReading) -> None:
    """An instant with its offset."""
    start = date_of(reading)
    assert start is not None
    assert start.isoformat() == "2026-03-01T09:30:00+08:00"


def test_an_interval_under_review_gives_no_date(reading: FormReading) -> None:
    """A proposal is never taken for the date of the document."""
    assert date_of(reading.model_copy(update={"review": ("interval",)})) is None
