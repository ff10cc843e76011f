"""How sure a value is follows from its own letters, and from the page they stand on."""

from collections.abc import Sequence

import pytest

from quancheng_plugin.forms.reader import read
from quancheng_plugin.ocr.lines import BY_INK, TextLine
from quancheng_plugin.settings import PluginSettings
from tests.plugin.forms.conftest import Lay

_TIME = "2026年3月1日9时30分至10时15分"


def _doubting(lines: Sequence[TextLine], doubted: dict[str, float]) -> list[TextLine]:
    """The lines with a figure for every letter: 1, or what `doubted` says of its line."""
    judged = []
    for line in lines:
        letters = tuple(doubted.get(letter, 1.0) for letter in line.text)
        judged.append(line.model_copy(update={"letters": letters, "confidence": min(letters)}))
    return judged


def test_doubt_about_another_word_of_the_line_is_no_doubt_about_the_time(lay: Lay, settings: PluginSettings) -> None:
    """A label, a unit and the place on the same line may be hard to read; the digits of the time are not."""
    lines = lay("现场检查笔录", f"检查时间：{_TIME}   检查地点：沙埕港", "当事人：林海生", "检查情况：" + "正" * 199)
    reading = read(_doubting(lines, {"查": 0.5, "时": 0.5, "沙": 0.5}), settings)
    assert "interval" not in reading.review
    assert "form" not in reading.review
    assert "place" in reading.review


def test_words_of_a_value_that_are_also_a_label_make_no_second_party(lay: Lay, settings: PluginSettings) -> None:
    """`受送达人拒绝签收` in the cell right of 拒收事由 says why, not who; it is for review."""
    cells = [[(70, "受送达人"), (200, "林海生")], [(70, "拒收事由"), (200, "受送达人拒绝签收")]]
    reading = read(lay("送达回证", *cells, [(70, "送达方式"), (200, "留置送达")]), settings)
    assert reading.party is not None
    assert reading.party.value == "林海生"
    assert "party" not in reading.review
    assert reading.fields["refusal"].value == "受送达人拒绝签收"
    assert "refusal" in reading.review


def test_a_label_run_together_with_its_value_after_an_empty_cell_is_for_review(
    lay: Lay, settings: PluginSettings
) -> None:
    """Whether `联系电话13900000000` is the place or stands beside an empty one is not sure."""
    reading = read(lay("现场检查笔录", [(70, "检查地点"), (200, "联系电话13900000000")], "当事人：林海生"), settings)
    assert "place" in reading.review or "place" not in reading.fields


def test_the_small_print_under_an_empty_cell_is_not_its_value(lay: Lay, settings: PluginSettings) -> None:
    """`注：受送达人拒绝签收的…` is printed on every receipt and says nothing of this one."""
    rows = [(70, "拒收事由")], [(70, "注：受送达人拒绝签收的，应当注明情况。")]
    reading = read(lay("送达回证", [(70, "受送达人"), (200, "林海生")], *rows), settings)
    assert "refusal" not in reading.fields
    assert reading.party is not None
    assert (reading.party.value, "party" in reading.review) == ("林海生", False)


def test_a_name_that_begins_with_a_dash_may_have_lost_a_letter(lay: Lay, settings: PluginSettings) -> None:
    """`一兴渔业公司` whose first stroke was read as a dash is for review."""
    reading = read(lay("现场检查笔录", f"检查时间：{_TIME}", "当事人：-兴渔业有限公司"), settings)
    assert "party" in reading.review


@pytest.mark.parametrize(
    "time",
    [
        "2026年3月1日9时30分（更正为9时50分）至10时45分",
        "2026年3月1日9时10分至11时05分（更正：11时35分）",
        "2026年3月1日9时10分至11时05分  备注：实际结束11时35分",
        "2026年3月1日下午2时30分至2时10分",
        "2026年3月1日16时40分至4时20分",
        "约2026年3月1日9时30分至10时15分",
        "农历2026年3月1日9时30分至10时15分",
        "2026年3月1日1时30分至2时15分（世界时）",
    ],
)
def test_a_time_that_was_corrected_or_runs_backwards_is_for_review(
    lay: Lay, settings: PluginSettings, time: str
) -> None:
    """What is written beside the value counts, and an end before the start is more likely a slip than a night."""
    assert "interval" in read(lay("现场检查笔录", f"检查时间：{time}", "当事人：林海生"), settings).review


def test_an_end_under_its_own_label_is_held_against_the_interval(lay: Lay, settings: PluginSettings) -> None:
    """10:15 in the interval and 11:40 as 结束时间 cannot both be right; where they are the same nothing is in doubt."""
    for end, doubted in (("11时40分", True), ("10时15分", False)):
        lines = lay("现场检查笔录", f"检查时间：{_TIME}", "当事人：林海生", f"结束时间：{end}")
        assert ("interval" in read(lines, settings).review) is doubted


@pytest.mark.parametrize("time", ["2026年3月1日晚上11时30分至0时20分", "2026年3月1日23时50分至0时10分", _TIME])
def test_an_ordinary_time_stays_certain(lay: Lay, settings: PluginSettings, time: str) -> None:
    """A night is a night."""
    assert "interval" not in read(lay("现场检查笔录", f"检查时间：{time}", "当事人：林海生"), settings).review


@pytest.mark.parametrize(
    "name",
    ["张三，李四，王五", "张三（男，船长）、李四（女，船员）", "张三  李四", "甬海水产有限公司，舟海水产有限公司",
     "福州海丰公司 连江县海峰渔业有限公司", "甬海水产有限公司、宁波日昇渔业有限公司", "海丰公司，中国水产有限公司",
     "张三，李新年", "海丰公司、万年号渔业合作社", "未到场", "同上", "拒不说明", "船长张三"],
)  # fmt: skip
def test_several_parties_or_none_are_for_review(lay: Lay, settings: PluginSettings, name: str) -> None:
    """Which of them is the party, and whether anyone is, a person must say."""
    assert "party" in read(lay("现场检查笔录", f"检查时间：{_TIME}", f"当事人：{name}"), settings).review


@pytest.mark.parametrize(
    "name",
    [
        "林海生",
        "林海生，男，汉族",
        "连江县海峰渔业有限公司",
        "林海生，船长",
        "林 海 生",
        "林海生，男，三十五岁，现住三沙镇海滨社",
        "林海生，个体工商户，中国籍",
    ],
)
def test_one_party_with_what_describes_it_is_certain(lay: Lay, settings: PluginSettings, name: str) -> None:
    """A description is no second name."""
    assert "party" not in read(lay("现场检查笔录", f"检查时间：{_TIME}", f"当事人：{name}"), settings).review


def test_one_doubted_digit_of_the_time_is_for_review(lay: Lay, settings: PluginSettings) -> None:
    """Nothing bears out a minute that the engine is not sure of."""
    lines = lay("现场检查笔录", f"检查时间：{_TIME}", "地点：沙埕港", "当事人：林海生", "检查情况：" + "正" * 99)
    assert read(_doubting(lines, {"5": 0.7}), settings).review == ("interval",)


def test_nothing_of_a_worn_page_passes(lay: Lay, settings: PluginSettings) -> None:
    """Where the engine doubts one letter in ten, it is also wrong where it is sure."""
    lines = lay("现场检查笔录", f"检查时间：{_TIME}", "当事人：林海生", "检查情况：" + "正" * 40 + "反" * 10)
    assert {"interval", "party"} <= set(read(_doubting(lines, {"反": 0.6}), settings).review)


def test_letters_doubted_for_the_ink_beside_them_make_no_worn_page(lay: Lay, settings: PluginSettings) -> None:
    """The engine was sure of them: they say of themselves that they are doubtful, not of what else it was sure of."""
    lines = lay(
        "现场检查笔录", f"检查时间：{_TIME}", "地点：沙埕港", "当事人：林海生", "检查情况：" + "正" * 40 + "反" * 10
    )
    assert read(_doubting(lines, {"反": BY_INK}), settings).review == ()


@pytest.mark.parametrize(
    ("written", "read_as", "doubted"),
    [
        ("吴小龙、叶一鸣", "吴小龙、叶一鸣", False),
        ("吴小龙　叶一鸣", "吴小龙、叶一鸣", False),
        ("吴小龙、·叶一鸣", "吴小龙、叶一鸣", False),
        ("吴 小 龙", "吴小龙", False),
        ("吴小龙叶一鸣", "吴小龙叶一鸣", True),
        ("吴小龙·叶一鸣", "吴小龙·叶一鸣", True),
        ("福建省水产鉴定中心", "福建省水产鉴定中心", False),
    ],
)
def test_names_that_ran_together_are_for_review(
    lay: Lay, settings: PluginSettings, written: str, read_as: str, *, doubted: bool
) -> None:
    """The mark or gap between two officers is small and the first to be lost."""
    reading = read(lay("行政处罚决定书", "当事人：林海敏", f"执法人员：{written}"), settings)
    assert reading.fields["officers"].value == read_as
    assert ("officers" in reading.review) is doubted


def test_a_chinese_figure_of_a_time_is_judged_more_strictly_than_a_word(lay: Lay, settings: PluginSettings) -> None:
    """Nothing tells 一月 from 二月; the dash that is read as 一 between other figures is no figure."""
    for time, doubted in (("二〇二六年二月十日九时三十分至十时五分", True), ("2026年3月1日9时30分一10时15分", False)):
        rows = f"检查时间：{time}", "地点：沙埕港", "当事人：林海生", "检查情况：" + "正" * 199
        lines = _doubting(lay("现场检查笔录", *rows), {"二": 0.9, "一": 0.9})
        assert ("interval" in read(lines, settings).review) is doubted


def test_a_persons_name_is_judged_more_strictly_than_a_units(lay: Lay, settings: PluginSettings) -> None:
    """The words of a unit's name bear each other out; nothing tells 敏 from 员 in a person's."""
    lines = lay("行政处罚决定书", "当事人：林海敏", "地址：沙埕港", "违法事实：" + "正" * 99)
    assert "party" in read(_doubting(lines, {"敏": 0.9}), settings).review
    lines = lay("行政处罚决定书", "当事人：敏兴渔业有限公司", "地址：沙埕港", "违法事实：" + "正" * 99)
    assert "party" not in read(_doubting(lines, {"敏": 0.9}), settings).review


def test_a_number_of_another_year_than_every_date_is_for_review(lay: Lay, settings: PluginSettings) -> None:
    """`〔2021〕` on a form that speaks of 2024 only was misread more likely than not."""
    rows = (
        "行政处罚决定书",
        "闽渔罚〔{}〕8号",
        "当事人：林海生",
        "违法事实：于2024年3月5日捕捞。",
        "日期：2024年4月1日",
    )
    for year, doubtful in ((2024, False), (2025, False), (2021, True)):
        lines = lay(*(row.format(year) for row in rows))
        assert ("number" in read(lines, settings).review) is doubtful


def test_a_name_followed_by_a_stray_letter_is_for_review(lay: Lay, settings: PluginSettings) -> None:
    """`…有限公司 宁`: a letter of a seal that stands behind a name is not part of it for sure."""
    lines = lay("行政处罚决定书", "当事人：福州源嘉食品有限公司 宁", "地址：沙埕港")
    assert "party" in read(lines, settings).review


@pytest.mark.parametrize("blank", ["年月日时分至年月日时分", "  年  月  日  时  分到  时  分"])
def test_a_blank_that_nobody_filled_in_holds_no_time(lay: Lay, settings: PluginSettings, blank: str) -> None:
    """The printed words of a time are no time: none is read, and a person is asked."""
    reading = read(lay("听证笔录", f"听证时间：{blank}", "当事人：      ", "地点：    "), settings)
    assert (reading.interval, reading.party, reading.fields) == (None, None, {})
    assert {"interval", "party"} <= set(reading.review)


@pytest.mark.parametrize(
    "value",
    [
        f"{_TIME}。14时00分至16时10分",
        f"{_TIME}（休会），14时00分至16时10分",
        f"{_TIME}（休会） 14:00-16:10",
        f"{_TIME}及同日14时续",
    ],
)
def test_a_time_beside_the_one_that_was_read_is_for_review(lay: Lay, settings: PluginSettings, value: str) -> None:
    """Two sessions of a hearing under one label: the first alone is not the whole act."""
    reading = read(lay("听证笔录", f"听证时间：{value}", "地点：一楼", "听证申请人：林海生"), settings)
    assert reading.review == ("interval",)


@pytest.mark.parametrize("above", [True, False])
def test_a_time_of_day_over_or_under_the_time_is_for_review(lay: Lay, settings: PluginSettings, *, above: bool) -> None:
    """A correction written over a time that was struck out, or a second session on the next line."""
    stray, stated = [(260.0, "8时10分")], f"询问时间：{_TIME}"
    rows = (stray, stated) if above else (stated, stray)
    assert "interval" in read(lay("询问笔录", *rows, "被询问人：林海生"), settings).review


def test_a_time_of_day_in_the_narrative_is_no_doubt(lay: Lay, settings: PluginSettings) -> None:
    """What happened when is told further down."""
    rows = ("当事人：林海生", "检查情况：9时40分登船，", "9时50分查验证书。")
    assert "interval" not in read(lay("现场检查笔录", f"检查时间：{_TIME}", *rows), settings).review
