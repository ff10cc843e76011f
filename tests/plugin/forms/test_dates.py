"""Chinese dates, times and intervals: every spelling, and nothing guessed."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.forms.dates import Doubt, read_interval, read_intervals, read_moment

_OFFSET = timedelta(hours=8)
_CHINA = timezone(_OFFSET)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=_CHINA)


_NINE_THIRTY = (_at("2026-03-01T09:30"), _at("2026-03-01T10:15"))


@pytest.mark.parametrize(
    "text",
    [
        "2026年3月1日9时30分至10时15分",
        "检查时间：2026年03月01日09时30分到10时15分",
        "2026年3月1日9时30分—10时15分",
        "2026年3月1日9时30分——10时15分",
        "2026年3月1日9时30分-10时15分",
        "2026年3月1日9时30分~10时15分",
        "2026年3月1日9时30分～10时15分",
        "2026年3月1日9时30分一10时15分",
        "2026年3月1日9：30至10：15",
        "2026年3月1日 9:30 - 10:15",
        "2026年3月1日9点30分至10点15分",
        "2026年3月1日9点30至10点15",
        "2026年3月1日9时30分至2026年3月1日10时15分",
        "2026年3月1日9时30分至1日10时15分",
        "2026年3月1日9时30分至3月1日10时15分",
        "2026年3月1日9时30分至当日10时15分",
        "自2026年3月1日9时30分起至10时15分止",
        "2026年3月1日从9时30分到10时15分",
        "2026年3月1日9时30分开始，至10时15分结束",
        "二〇二六年三月一日九时三十分至十时十五分",
        "二○二六年三月一日九时三十分至十时十五分",
        "二O二六年三月一日九时三十分至十时十五分",
        "2026年3月1日上午9时30分至10时15分",
        "2026年3月1日（星期日）9时30分至10时15分",
        "2026年3月1日 星期 天 9时30分至10时15分",
        "贰零贰陆年叁月壹日玖时叁拾分至拾时拾伍分",
        "贰〇贰六年零叁月零壹日九时三十分至十时十五分",
        "二零二六年三月一日9时30分至拾时15分",
        "2026 年 3 月 1 日 9 时 30 分 至 10 时 15 分",
        "2 0 2 6年3月1日9时3 0分至1 0时1 5分",
        "2026年__3_月_1_日_9_时_30_分至_10_时_15_分",
        "２０２６年３月１日９时３０分至１０时１５分",
        "2026-03-01 09:30至10:15",
        "2026-03-01 09:30~2026-03-01 10:15",
        "2026-03-0109:30-10:15",
        "2026.3.1 9:30-10:15",
        "2026/3/1 9:30～10:15",
        "2026年3月1日9时半至10时一刻",
    ],
)
def test_every_spelling_of_one_interval_reads_the_same(text: str) -> None:
    """Each written variant gives the same instants, without a doubt."""
    told = read_interval(text, _OFFSET)
    assert told is not None
    assert ((told.start, told.end), told.doubts, told.certainty) == (_NINE_THIRTY, (), 1.0)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026年3月1日23时30分至0时15分", "2026-03-01T23:30", "2026-03-02T00:15"),
        ("2026年3月1日23时30分至次日0时15分", "2026-03-01T23:30", "2026-03-02T00:15"),
        ("2026年3月1日23时30分至2日0时15分", "2026-03-01T23:30", "2026-03-02T00:15"),
        ("2026年3月31日23时30分至1日0时15分", "2026-03-31T23:30", "2026-04-01T00:15"),
        ("2026年12月31日23时30分至1月1日0时15分", "2026-12-31T23:30", "2027-01-01T00:15"),
        ("2026年3月1日22时00分至24时00分", "2026-03-01T22:00", "2026-03-02T00:00"),
        ("2026年3月1日下午3时30分至4时15分", "2026-03-01T15:30", "2026-03-01T16:15"),
        ("2026年3月1日上午11时30分至下午1时15分", "2026-03-01T11:30", "2026-03-01T13:15"),
        ("2026年3月1日晚11时30分至1时15分", "2026-03-01T23:30", "2026-03-02T01:15"),
        ("2026年3月1日凌晨1时30分至2时15分", "2026-03-01T01:30", "2026-03-01T02:15"),
        ("二〇二六年五月四日十一时零七分至十一时贰拾分", "2026-05-04T11:07", "2026-05-04T11:20"),
        ("2026年元月4日11时零7分至12时零五分", "2026-01-04T11:07", "2026-01-04T12:05"),
        ("二〇二六年三月廿一日十五时四十分至十六时〇五分", "2026-03-21T15:40", "2026-03-21T16:05"),
        ("二〇二六年一月一日十九时四十七分一二十时三十二分", "2026-01-01T19:47", "2026-01-01T20:32"),
    ],
)
def test_ends_roll_past_midnight_and_halves_of_the_day_carry_over(text: str, start: str, end: str) -> None:
    """An end without date is on the day, or past midnight, that the words mean."""
    told = read_interval(text, _OFFSET)
    assert told is not None
    assert (told.start, told.end, told.doubts) == (_at(start), _at(end), ())


@pytest.mark.parametrize(
    ("text", "doubt", "given_start", "given_end"),
    [
        ("2026年3月l日9时3O分至l0时15分", Doubt.REPAIRED, True, True),
        ("2026年3月1曰9时30分至10时15分", Doubt.REPAIRED, True, True),
        ("2026年3月1日9时30分全10时15分", Doubt.REPAIRED, True, True),
        ("2026年3月1日9时30分10时15分", Doubt.REPAIRED, True, True),
        ("2026年3月1日8点03分到8点.28分", Doubt.REPAIRED, True, True),
        ("2026年3月1日9时至10时", Doubt.INCOMPLETE, False, False),
        ("2026年3月1日9时30分至10时", Doubt.INCOMPLETE, True, False),
        ("2026年3月1日9时30分至10时1", Doubt.INCOMPLETE, True, False),
        ("2026年3月1日9时30分", Doubt.INCOMPLETE, True, False),
        ("3月1日9时30分至10时15分", Doubt.INCOMPLETE, False, False),
        ("2026年 月 日 时 分至 时 分", Doubt.INCOMPLETE, False, False),
        ("2026年3月1日9时许", Doubt.INCOMPLETE, False, False),
        ("2026年3月1日9时30分许至10时15分", Doubt.APPROXIMATE, True, True),
        ("26年3月1日9时30分至10时15分", Doubt.IMPOSSIBLE, False, False),
        ("2026年2月30日9时30分至10时15分", Doubt.IMPOSSIBLE, False, False),
        ("2026年3月1日25时30分至26时15分", Doubt.IMPOSSIBLE, False, False),
        ("2026年3月1日9时60分至10时15分", Doubt.IMPOSSIBLE, False, False),
        ("2026年3月1日24时15分至25时15分", Doubt.IMPOSSIBLE, False, False),
        ("2026年3月1日10时30分至2026年3月1日9时15分", Doubt.REVERSED, False, False),
        ("2026年3月1日10时30分至10时15分", Doubt.LONG, True, True),
        ("2026年3月1日星期三9时30分至10时15分", Doubt.WEEKDAY, True, True),
        ("2026年3月1日9时30分至3月2日（周二）10时15分", Doubt.WEEKDAY, True, True),
        ("2026年3月1日9时30分至9时30分", Doubt.AMBIGUOUS, True, True),
        ("2026年3月1日上午11时30分至1时15分", Doubt.AMBIGUOUS, True, True),
        ("2026年3月1日9时30分至11时30分、14时00分至15时00分", Doubt.AMBIGUOUS, True, True),
    ],
)
def test_what_is_not_plain_is_a_doubt_and_never_filled_in(
    text: str,
    doubt: Doubt,
    given_start: bool,  # noqa: FBT001 - a table of expectations
    given_end: bool,  # noqa: FBT001 - same
) -> None:
    """A missing, impossible or doubtful part lowers the certainty below any review threshold."""
    told = read_interval(text, _OFFSET)
    assert told is not None
    assert doubt in told.doubts
    assert told.certainty < 0.85
    assert ((told.start is not None), (told.end is not None)) == (given_start, given_end)


def test_raw_is_the_text_itself() -> None:
    """`begin` and `stop` cut the characters as they were read out of the source."""
    text = "检查时间： ２０２６年３月１日９时３０分至 10 时 15 分（起止）"
    told = read_interval(text, _OFFSET)
    assert told is not None
    assert told.raw == text[told.begin : told.stop] == "２０２６年３月１日９时３０分至 10 时 15 分"


def test_several_intervals_are_all_found() -> None:
    """A narrative may hold more than one interval; a lone moment between them has no end."""
    text = "于2026年3月1日9时30分至10时15分检查，2026年3月2日8时00分到港，2026年3月3日9:00-9:20询问"
    starts = [(told.start, told.end is not None) for told in read_intervals(text, _OFFSET)]
    assert starts == [
        (_at("2026-03-01T09:30"), True),
        (_at("2026-03-02T08:00"), False),
        (_at("2026-03-03T09:00"), True),
    ]


def test_a_moment_needs_its_minute() -> None:
    """A date alone, or an hour without minutes, is no moment; both say why."""
    whole = read_moment("送达时间：2026年3月1日9时30分", _OFFSET)
    assert whole is not None
    assert (whole.start, whole.end, whole.doubts) == (_at("2026-03-01T09:30"), None, ())
    for text in ("2026年3月1日", "2026年3月1日9时", "2026年3月1日9时许"):
        told = read_moment(text, _OFFSET)
        assert told is not None
        assert told.start is None
        assert Doubt.INCOMPLETE in told.doubts


def test_text_without_date_is_no_time() -> None:
    """Ordinary words, phone numbers and times without a date give nothing."""
    for text in ("", "当事人十分配合，一时无法提供", "13900002026", "9时30分至10时15分", "第三十二条第一款"):
        assert read_interval(text, _OFFSET) is None


_CHARACTERS = "0123456789〇○一二三四五六七八九十廿OolI年月日号时点分秒至到止—-~：:./ 上下午晚许整半刻次日星期（）_，曰"


@given(st.text(alphabet=_CHARACTERS, max_size=60) | st.text(max_size=80))
def test_no_text_makes_the_reader_raise_or_give_naive_or_reversed_times(text: str) -> None:
    """Whatever is read: aware instants, an end not before its start, a span inside the text, doubts explained."""
    for told in read_intervals(text, _OFFSET):
        for edge in (told.start, told.end):
            assert edge is None or edge.utcoffset() == _OFFSET
        if told.start and told.end:
            assert told.end >= told.start
        assert 0 <= told.begin <= told.stop <= len(text)
        assert text[told.begin : told.stop] == told.raw
        assert (told.certainty < 1) == bool(told.doubts)
        if not told.doubts:
            assert told.start is not None
            assert told.end is not None
    read_moment(text, _OFFSET)


_DIGITS = "〇一二三四五六七八九"


def _count(value: int) -> str:
    tens, ones = divmod(value, 10)
    head = "" if tens < 2 else _DIGITS[tens]
    return _DIGITS[value] if not tens else f"{head}十{_DIGITS[ones] if ones else ''}"


def _written(at: datetime, style: str, *, date: bool) -> str:
    if style == "chinese":
        year = "".join(_DIGITS[int(digit)] for digit in str(at.year))
        day = f"{year}年{_count(at.month)}月{_count(at.day)}日"
        clock = f"{_count(at.hour)}时{_count(at.minute)}分"
    elif style == "iso":
        day, clock = f"{at:%Y-%m-%d} ", f"{at:%H:%M}"
    elif style == "colon":
        day, clock = f"{at.year}年{at.month}月{at.day}日 ", f"{at.hour}：{at.minute:02d}"
    elif style == "spaced":
        day, clock = f"{at.year} 年 {at.month} 月 {at.day} 日 ", f"{at.hour} 时 {at.minute:02d} 分"
    else:
        day, clock = f"{at.year}年{at.month}月{at.day}日", f"{at.hour}时{at.minute}分"
    return day + clock if date else clock


@given(
    start=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1)),  # noqa: DTZ001 - zone below
    minutes=st.integers(min_value=1, max_value=480),
    style=st.sampled_from(["plain", "chinese", "iso", "colon", "spaced"]),
    joint=st.sampled_from(["至", "到", "—", "～", "~", " 至 "]),
    dated_end=st.booleans(),
)
def test_what_is_written_is_read_back(
    start: datetime,
    minutes: int,
    style: str,
    joint: str,
    dated_end: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    """Round trip over the spellings, across midnight, month and year ends."""
    start = start.replace(second=0, microsecond=0, tzinfo=_CHINA)
    end = start + timedelta(minutes=minutes)
    text = _written(start, style, date=True) + joint + _written(end, style, date=dated_end)
    told = read_interval(text, _OFFSET)
    assert told is not None
    assert (told.start, told.end, told.doubts) == (start, end, ())
