"""Forms read from lines of text: labels, cells, titles and numbers in layouts of every sort."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from quancheng_plugin.forms.reader import read
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.settings import PluginSettings

Lay = Callable[..., list[TextLine]]
_CHINA = timezone(timedelta(hours=8))
_START = datetime(2026, 3, 1, 9, 30, tzinfo=_CHINA)
_END = datetime(2026, 3, 1, 10, 15, tzinfo=_CHINA)
_TIME = "2026年3月1日9时30分至10时15分"


def _codes(reading: FormReading) -> set[str]:
    return {finding.code for finding in reading.findings}


def _lower(box: Box, by: float) -> Box:
    return box.model_copy(update={"y0": box.y0 + by, "y1": box.y1 + by})


def _times(reading: FormReading) -> tuple[datetime | None, datetime | None] | None:
    return (reading.interval.start, reading.interval.end) if reading.interval else None


_LAYOUTS = {
    "label and value on one line": ["检查时间：" + _TIME, "检查地点：沙埕港3号泊位", "当事人：福鼎市远航渔业有限公司"],
    "several pairs on one line": [
        "检查时间：" + _TIME,
        "当事人：福鼎市远航渔业有限公司  法定代表人：林海生  检查地点：沙埕港3号泊位",
    ],
    "pairs on one line without any gap": [
        "检查时间：" + _TIME,
        "当事人：福鼎市远航渔业有限公司法定代表人：林海生",
        "检查地点：沙埕港3号泊位",
    ],
    "half-width colons and letters spread out": [
        "检 查 时 间 : " + _TIME,
        "地      点: 沙埕港3号泊位",
        "当 事 人: 福鼎市远航渔业有限公司",
    ],
    "cells beside one another": [
        [(70, "检查时间"), (180, _TIME)],
        [(70, "检查地点"), (180, "沙埕港3号泊位")],
        [(70, "被检查单位（人）"), (180, "福鼎市远航渔业有限公司")],
    ],
    "cells above one another": [
        [(250, "检查时间")],
        [(75, _TIME)],
        [(150, "被检查单位"), (400, "检查地点")],
        [(75, "福鼎市远航渔业有限公司"), (305, "沙埕港3号泊位")],
    ],
    "a line read in several boxes": [
        [(70, "检查时间："), (135, "2026年"), (180, "3月1日9时"), (250, "30分至"), (295, "10时15分")],
        [(70, "检查地"), (106, "点：沙埕港3号泊位")],
        [(70, "当事人"), (106, "："), (120, "福鼎市远航渔业有限公司")],
    ],
    "a look-alike letter in each label": [
        "检査时间：" + _TIME,
        "检查地奌：沙埕港3号泊位",
        "被检查人：福鼎市远航渔业有限公司",
    ],
    "start and end under labels of their own": [
        "检查开始时间：2026年3月1日9时30分",
        "检查结束时间：2026年3月1日10时15分",
        "检查地点：沙埕港3号泊位",
        "当事人：福鼎市远航渔业有限公司",
    ],
    "day and times apart": [
        "检查日期：2026年3月1日",
        "检查时间：9时30分至10时15分",
        "检查地点：沙埕港3号泊位",
        "当事人：福鼎市远航渔业有限公司",
    ],
}


@pytest.mark.parametrize("rows", _LAYOUTS.values(), ids=_LAYOUTS.keys())
@pytest.mark.parametrize("lean", [0.0, 0.015, -0.015])
def test_one_form_in_many_layouts_reads_the_same(lay: Lay, settings: PluginSettings, rows: list, lean: float) -> None:
    """Time, place and party are found wherever print shops put them, on straight and leaning pages."""
    reading = read(lay("现场检查（勘验）笔录", *rows, step=30, lean=lean), settings)
    assert reading.form is not None
    assert reading.form.code == "on-site-inspection-record"
    assert _times(reading) == (_START, _END)
    assert reading.party is not None
    assert reading.party.value == "福鼎市远航渔业有限公司"
    assert reading.fields["place"].value == "沙埕港3号泊位"
    assert reading.review == ()
    assert reading.findings == ()


def test_a_value_wrapped_in_its_cell_is_joined(lay: Lay, settings: PluginSettings) -> None:
    """Two close lines with the label at mid-height are one value."""
    lines = lay("现场检查笔录") + [
        TextLine(page=1, box=Box(x0=x, y0=y, x1=x + 12 * len(text), y1=y + 14), text=text, confidence=0.99)
        for x, y, text in [
            (180, 120, "2026年3月1日9时30分至2026年3"),
            (70, 129, "检查时间"),
            (180, 138, "月1日10时15分"),
            (180, 166, "福鼎市远航渔"),
            (70, 175, "当事人"),
            (180, 184, "业有限公司"),
            (70, 212, "船名号"),
            (180, 212, "闽福鼎渔01234"),
            (70, 240, "检查地点"),
            (180, 240, "沙埕港"),
        ]
    ]
    reading = read(lines, settings)
    assert _times(reading) == (_START, _END)
    assert reading.party is not None
    assert reading.party.value == "福鼎市远航渔业有限公司"
    assert reading.fields["ship"].value == "闽福鼎渔01234"
    assert reading.review == ()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["现 场 检 查 （ 勘 验 ） 笔 录"], "on-site-inspection-record"),
        (["福鼎市海洋与渔业局现场勘验笔录"], "on-site-inspection-record"),
        (["中华人民共和国海洋与渔业局", "现场检查(勘验)", "笔录"], "on-site-inspection-record"),
        (["渔业行政处罚决定书"], "penalty-decision"),
        (["当场处罚决定书"], "on-the-spot-penalty-decision"),
        (["不予行政处罚决定书"], "no-penalty-decision"),
        (["送达回执"], "service-receipt"),
        (["询问笔录（第2次）"], "questioning-record"),
        (["查封（扣押）现场笔录"], "seizure-record"),
        (["立案审批表"], "case-filing-approval"),
        (["福鼎市海洋与渔业局重大行政处罚案件集体", "讨论记录"], "collective-discussion-record"),
        ([[(150, "送"), (220, "达"), (290, "回"), (360, "证")]], "service-receipt"),
    ],
)
def test_titles_in_print_name_their_form(lay: Lay, settings: PluginSettings, rows: list, code: str) -> None:
    """Office before the name, brackets of either width, letters spread out, titles on two lines."""
    reading = read(lay(*rows, "案由：某案", "当事人：林海生"), settings)
    assert reading.form is not None
    assert reading.form.code == code
    assert "form" not in reading.review


@pytest.mark.parametrize("title", ["渔获物处置告知书", "撤销行政处罚决定书", "卷内目录", "关于某案的报告"])
def test_an_unknown_title_is_for_a_person(lay: Lay, settings: PluginSettings, title: str) -> None:
    """Words before a known name that are no office make it another form; a mention in the body names nothing."""
    reading = read(lay(title, "当事人：林海生", "文书：行政处罚决定书", "送达回证"), settings)
    assert reading.form is None
    assert "form" in reading.review
    assert "form-unknown" in _codes(reading)


def test_one_wrong_letter_in_a_title_is_a_proposal(lay: Lay, settings: PluginSettings) -> None:
    """It may be a misread name or another form: the name is proposed and marked."""
    reading = read(lay("现场险测笔录", "当事人：林海生"), settings)
    assert reading.form is None or "form" in reading.review
    reading = read(lay("听证笑录", "听证时间：" + _TIME, "当事人：林海生"), settings)
    assert reading.form is not None
    assert (reading.form.code, "form" in reading.review) == ("hearing-record", True)


@pytest.mark.parametrize(
    "rows",
    [
        [[(380, "闽鼎海渔执检〔2026〕第07号")], "当事人：林海生"],
        [[(200, "闽鼎海渔执检[2026）7号")], "当事人：林海生"],
        ["文号：闽鼎海渔执检（2026）7号", "当事人：林海生"],
        ["案号：闽鼎海渔执检〔2026〕007号    当事人：林海生"],
        [[(70, "案号"), (180, "闽鼎海渔执检〔2026〕7号")], [(70, "当事人"), (180, "林海生")]],
    ],
)
def test_the_own_number_stands_at_the_head(lay: Lay, settings: PluginSettings, rows: list) -> None:
    """Beside the title or behind its label, in any spelling."""
    body = "检查情况：依据闽鼎海渔执罚〔2020〕218号决定，检查该船。"
    reading = read(lay("现场检查笔录", *rows, "检查时间：" + _TIME, body), settings)
    assert reading.number is not None
    assert reading.number.normalised == "闽鼎海渔执检〔2026〕7号"
    assert "number" not in reading.review


@pytest.mark.parametrize(
    "row",
    [
        ["文书名称及文号：行政处罚决定书 闽鼎海渔执罚〔2020〕218号"],
        ["送达的法律文书文号：闽鼎海渔执罚〔2020〕218号"],
        [[(70, "文书名称及文号"), (180, "行政处罚决定书"), (290, "闽鼎海渔执罚〔2020〕218号")]],
        [[(70, "文书名称"), (180, "行政处罚决定书")], [(70, "及文号"), (180, "闽鼎海渔执罚〔2020〕218号")]],
        ["注：依据闽鼎海渔执罚〔2020〕218号"],
    ],
)
def test_a_cited_number_is_not_the_forms_own(lay: Lay, settings: PluginSettings, row: list) -> None:
    """The decision that a receipt serves has a number; the receipt here has none, and need not."""
    reading = read(lay("送达回证", "受送达人：林海生", *row, "送达时间：2026年3月1日9时30分", step=17), settings)
    assert reading.number is None
    assert "number" not in reading.review


def test_a_letter_that_cites_a_number_still_misses_its_own(lay: Lay, settings: PluginSettings) -> None:
    """A numbered form without number at its head is for review, whatever the letter cites."""
    letter = ["林海生：", "    你于2026年3月1日收到《行政处罚决定书》", "（闽鼎海渔执罚〔2026〕12号）", "至今未履行。"]
    reading = read(lay("催告书", *letter), settings)
    assert reading.number is None
    assert "number" in reading.review
    assert reading.party is not None
    assert (reading.party.value, "party" in reading.review) == ("林海生", False)


def test_the_addressee_of_a_letter_is_the_party(lay: Lay, settings: PluginSettings) -> None:
    """A decision names the party in its first line, ended by a colon."""
    reading = read(
        lay("行政处罚决定书", [(380, "闽鼎海渔执罚〔2026〕12号")], "福鼎市远航渔业有限公司：", "    经查，你单位于……"),
        settings,
    )
    assert reading.party is not None
    assert reading.party.value == "福鼎市远航渔业有限公司"
    assert reading.review == ()


def test_the_party_of_a_receipt_is_who_was_served_at_a_moment(lay: Lay, settings: PluginSettings) -> None:
    """送达回证 carries one moment: an end is neither there nor missed."""
    reading = read(
        lay(
            "送达回证",
            "受送达单位（人）：林海生",
            "送达方式：留置送达",
            "送达时间：2026年3月1日9时30分",
            "送达地点：沙埕港",
        ),
        settings,
    )
    assert _times(reading) == (_START, None)
    assert reading.party is not None
    assert reading.party.value == "林海生"
    assert reading.review == ()


@pytest.mark.parametrize(
    ("method", "recording"),
    [("留置送达", "always"), ("公告送达", "always"), ("直接送达", "optional"), ("□直接 □留置 □公告", "conditional")],
)
def test_how_a_form_was_served_settles_whether_it_was_to_be_recorded(
    lay: Lay,
    settings: PluginSettings,
    method: str,
    recording: str,
) -> None:
    """Art. 5(2); several boxes printed side by side settle nothing."""
    reading = read(
        lay("送达回证", "受送达人：林海生", f"送达方式：{method}", "送达时间：2026年3月1日9时30分"), settings
    )
    assert reading.form is not None
    assert reading.form.recording == recording


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2026年2月30日9时30分至10时15分", "time-impossible"),
        ("2026年3月1日10时30分至2026年3月1日9时15分", "time-reversed"),
        ("2026年3月1日9时至10时", "time-incomplete"),
        ("2026年3月1日9时3O分至10时15分", "time-repaired"),
        ("当日上午", "time-incomplete"),
    ],
)
def test_a_doubtful_time_is_named_for_review(lay: Lay, settings: PluginSettings, value: str, code: str) -> None:
    """The raw words stay, the finding says why in both languages."""
    reading = read(lay("现场检查笔录", f"检查时间：{value}", "当事人：林海生"), settings)
    assert reading.interval is not None
    assert "interval" in reading.review
    finding = next(finding for finding in reading.findings if finding.code == code)
    assert finding.sentence.zh.endswith("。")
    assert finding.sentence.en.endswith(".")


def test_a_missing_time_or_party_is_missed_where_the_form_carries_one(lay: Lay, settings: PluginSettings) -> None:
    """A blank is a finding for a stage form; an approval form has no time to miss."""
    reading = read(lay("现场检查笔录", "检查时间：", "检查地点：沙埕港", "当事人：", "检查情况：好。"), settings)
    assert set(reading.review) == {"interval", "party"}
    reading = read(lay("结案报告", "案由：某案", "当事人：林海生"), settings)
    assert reading.review == ()
    reading = read(lay("询问笔录", "询问时间：" + _TIME, "询问地点：沙埕港", "被询问人：林海生"), settings)
    assert (reading.party, reading.review, reading.fields["questioned"].value) == (None, (), "林海生")


@pytest.mark.parametrize(
    "other",
    [
        "检查情况：我局执法人员于2026年3月1日9时30分至10时45分检查该船。",
        "检查情况：我局执法人员于2026年3月7日9时30分至10时15分检查该船。",
        "检查时间：2026年3月1日9时30分至11时15分",
    ],
)
def test_times_that_contradict_each_other_are_for_review(lay: Lay, settings: PluginSettings, other: str) -> None:
    """The narrative or a second label states the same act otherwise."""
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生", other), settings)
    assert "interval" in reading.review
    assert "interval-contradiction" in _codes(reading)


def test_a_receipt_with_several_moments_is_for_review(lay: Lay, settings: PluginSettings) -> None:
    """A table of several documents, each served at its own time: which moment is meant is for a person."""
    reading = read(
        lay(
            "送达回证",
            "受送达人：林海生",
            [(70, "文书名称及文号"), (260, "送达时间")],
            [(70, "处罚决定书 闽鼎〔2026〕1号"), (260, "2026年3月1日9时30分")],
            [(70, "催告书 闽鼎〔2026〕2号"), (260, "2026年4月1日9时30分")],
        ),
        settings,
    )
    assert "interval-contradiction" in _codes(reading)


def test_the_year_of_the_number_is_held_against_the_time(lay: Lay, settings: PluginSettings) -> None:
    """A misread year of the date shows beside the number's."""
    reading = read(
        lay("现场检查笔录", [(380, "闽海渔检〔2020〕7号")], "检查时间：" + _TIME, "当事人：林海生"), settings
    )
    assert "interval-year" in _codes(reading)


def test_a_thick_file_is_read_in_seconds(lay: Lay, settings: PluginSettings) -> None:
    """The work grows with the pages, not with their square."""
    rows = [f"问：第{number}个问题是什么？" if number % 2 else "答：不清楚，记不得了。" for number in range(30)]
    lines = lay("询问笔录", "询问时间：" + _TIME, "被询问人：林海生", *rows)
    for page in range(2, 200):
        lines += lay(*rows, page=page, title=False)
    began = time.process_time()
    assert _times(read(lines, settings)) == (_START, _END)
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("title", "rows", "lost"),
    [
        ("现场检查笔录", ("当事人：林海生",), {"place"}),
        ("送达回证", ("受送达人：林海生", "送达地点：沙埕港"), {"method"}),
        ("询问笔录", ("询问地点：", "案由：某案"), {"questioned"}),
        ("结案报告", ("当事人：林海生",), set()),
    ],
)
def test_a_label_that_every_sheet_has_and_that_was_not_found_is_for_review(
    lay: Lay, settings: PluginSettings, title: str, rows: tuple[str, ...], lost: set[str]
) -> None:
    """The catalogue says which labels are always printed; an empty blank under one is no loss."""
    time = "送达时间：2026年3月1日9时30分" if title == "送达回证" else "时间：" + _TIME
    reading = read(lay(title, time, *rows), settings)
    assert set(reading.review) == lost
    assert {finding.figures["field"] for finding in reading.findings if finding.code == "field-missing"} == lost
    assert all(reading.labels[key] != key for key in lost)


@pytest.mark.parametrize(
    ("today", "doubted"), [("2026-03-01", set()), ("2026-02-28", {"interval"}), ("2025-12-31", {"number", "interval"})]
)
def test_a_day_that_has_not_come_is_for_review(
    lay: Lay, settings: PluginSettings, today: str, doubted: set[str]
) -> None:
    """A form tells of what was done: a later day, or a number of a later year, was miswritten or misread."""
    rows = "闽渔检〔2026〕8号", "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生"
    reading = read(lay("现场检查笔录", *rows), settings, date.fromisoformat(today))
    assert set(reading.review) == doubted
    assert {finding.code for finding in reading.findings} == {f"{name}-future" for name in doubted}


def test_a_day_that_is_not_the_weekday_beside_it_is_for_review(lay: Lay, settings: PluginSettings) -> None:
    """2026-05-04 is a Monday."""
    for weekday, doubted in (("星期一", False), ("（周三）", True)):
        rows = f"检查时间：2026年5月4日 {weekday} 9时30分至10时15分", "检查地点：沙埕港", "当事人：林海生"
        reading = read(lay("现场检查笔录", *rows), settings, date(2026, 6, 1))
        assert (reading.review, [finding.code for finding in reading.findings]) == (
            (("interval",), ["time-weekday"]) if doubted else ((), [])
        )


def test_a_value_that_wraps_in_its_column_is_whole_and_for_review(lay: Lay, settings: PluginSettings) -> None:
    """A page of two columns has two edges: `…3号泊` ends at the inner one, and 位 below it is the rest."""
    rows = (
        [(70, "时间：" + _TIME), (300, "记录人：林海生")],
        [(70, "地点：霞浦县三沙镇五澳渔港码头3号泊"), (300, "船名号：闽连渔60537")],
        [(70, "位"), (300, "当事人：陈文辉")],
    )
    reading = read(lay("查封（扣押）现场笔录", *rows), settings)
    assert "".join(reading.fields["place"].value.split()) == "霞浦县三沙镇五澳渔港码头3号泊位"
    assert "place" in reading.review


def test_a_second_line_of_a_cell_is_found_under_a_row_of_the_cell_beside_it(lay: Lay, settings: PluginSettings) -> None:
    """The cell on the right holds one line, at half height of the two on the left."""
    rows = "听证时间：2026年3月1日", [(300, "听证地点：支队二楼")], "9时30分至10时15分", "听证申请人：林海生"
    reading = read(lay("听证笔录", *rows, step=14), settings)
    assert (_times(reading), "interval" in reading.review) == ((_START, _END), False)


def test_the_second_of_two_officers_stands_below_the_first(lay: Lay, settings: PluginSettings) -> None:
    """Each with a number of their own; a doubtful second name puts both for review."""
    rows = (
        [(70, "检查人员：欧阳志远"), (330, "执法证件号：35090112")],
        [(130, "林阿妹"), (330, "执法证件号：35090127")],
    )
    lines = lay(
        "现场检查笔录", "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生", *rows, "检查情况：" + "好" * 35
    )
    reading = read(lines, settings)
    assert reading.fields["officers"].value == "欧阳志远、林阿妹"
    assert reading.review == ()
    doubtful = [
        line.model_copy(update={"letters": (1.0, 0.5, 1.0)}) if line.text == "林阿妹" else line for line in lines
    ]
    assert "officers" in read(doubtful, settings).review


def test_names_end_where_the_next_label_begins_without_a_gap(lay: Lay, settings: PluginSettings) -> None:
    """`陈文辉执法证件号：`: names are of known lengths; of a place nothing tells where it ends."""
    rows = "询问地点：沙埕港", "询问人：欧阳志远、陈文辉执法证件号：35090112", "被询问人：姓名叶一鸣性别男年龄46"
    reading = read(lay("询问笔录", "询问时间：" + _TIME, *rows), settings)
    assert reading.fields["officers"].value == "欧阳志远、陈文辉"
    assert reading.fields["questioned"].value == "叶一鸣"
    assert reading.review == ()
    rows = "询问地点：沙埕港码头记录人：陈文辉", "被询问人：叶一鸣"
    assert (
        "place"
        in read(lay("询问笔录", "询问时间：" + _TIME, *(row.replace("码头", "湾") for row in rows)), settings).review
    )


def test_the_office_above_the_title_is_no_party_without_label(lay: Lay, settings: PluginSettings) -> None:
    """A questioning without a party has none to miss; a unit's name among the values may have lost its label."""
    rows = "询问时间：" + _TIME, "询问地点：沙埕港", "被询问人：林海生"
    head = lay("霞浦县农业农村局", title=False) + lay(None, "询问笔录", size=20, title=False)
    values = lay(None, None, None, *rows, title=False)
    assert read(head + values, settings).review == ()
    unit = lay(None, None, None, *rows, [(200, "宁德年丰水产有限公司")], title=False)
    assert read(head + unit, settings).review == ("party",)


def test_a_label_that_wraps_flush_in_its_cell_is_one(lay: Lay, settings: PluginSettings) -> None:
    """`陈述申辩地` over 点, the value at half height beside them."""
    rows = [(70, "陈述申辩地")], [(160, "二楼谈话室")], [(70, "点")]
    head = lay("陈述申辩笔录", "时间：" + _TIME, "当事人：林海生")
    cells = lay(*[None] * 9, *rows, step=9, size=11, title=False)
    reading = read([*head, *(line.model_copy(update={"box": _lower(line.box, 70)}) for line in cells)], settings)
    assert reading.fields["place"].value == "二楼谈话室"


def test_dust_before_a_label_hides_it_not(lay: Lay, settings: PluginSettings) -> None:
    """`.送达人` in a cell is 送达人, and the value beside it is no second line of the cell above."""
    cells = [(70, "文书名称及文号"), (200, "决定书（闽渔罚〔2026)48号）")], [(80, ".送达人"), (200, "郑秀英、许秀英")]
    reading = read(lay("送达回证", [(70, "送达方式"), (200, "直接送达")], *cells), settings)
    assert reading.fields["served_by"].value == "郑秀英、许秀英"
    assert reading.fields["served_document"].value == "决定书（闽渔罚〔2026〕48号）"


def test_other_events_in_the_narrative_contradict_nothing(lay: Lay, settings: PluginSettings) -> None:
    """The facts of the case have times of their own."""
    facts = "检查情况：该船于2026年2月27日22时10分至2月28日3时20分捕捞。检查于2026年3月1日9时30分至10时15分进行。"
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生", facts), settings)
    assert reading.review == ()


def test_two_different_parties_at_the_head_are_for_review(lay: Lay, settings: PluginSettings) -> None:
    """当事人 and 被检查单位 that differ cannot both be the party."""
    reading = read(
        lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生", "被检查单位：远航渔业有限公司"), settings
    )
    assert "party-contradiction" in _codes(reading)


def test_a_place_to_sign_is_no_party(lay: Lay, settings: PluginSettings) -> None:
    """`当事人（签名）：` holds a signature, and what is below the narrative is not the head."""
    reading = read(
        lay(
            "现场检查笔录",
            "检查时间：" + _TIME,
            "检查地点：沙埕港",
            "当事人：福鼎市远航渔业有限公司",
            "检查情况：好。",
            "当事人：林海生",
            "当事人（签名）：林海生",
        ),
        settings,
    )
    assert reading.party is not None
    assert reading.party.value == "福鼎市远航渔业有限公司"
    assert reading.review == ()


def test_the_name_is_found_in_the_cells_that_the_party_heads(lay: Lay, settings: PluginSettings) -> None:
    """`当事人 | 单位 | 名称 | …` with the row for persons left blank."""
    reading = read(
        lay(
            "行政处罚决定书",
            [(380, "闽鼎海渔执罚〔2026〕12号")],
            [(70, "当事人"), (150, "个人"), (200, "姓名"), (400, "性别")],
            [(150, "单位"), (200, "名称"), (260, "福鼎市远航渔业有限公司")],
            [(200, "法定代表人"), (300, "林海生")],
        ),
        settings,
    )
    assert reading.party is not None
    assert (reading.party.value, reading.fields["representative"].value) == ("福鼎市远航渔业有限公司", "林海生")
    assert reading.review == ()


def test_a_person_is_told_from_what_describes_him(lay: Lay, settings: PluginSettings) -> None:
    """`林海生，男，1975年生` names 林海生."""
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生，男，1975年生"), settings)
    assert reading.party is not None
    assert reading.party.value == "林海生"


def test_a_value_whose_label_was_lost_joins_no_other_for_sure(lay: Lay, settings: PluginSettings) -> None:
    """The scanner lost 当事人: its value is not taken for the rest of the place without review."""
    reading = read(
        lay(
            "现场检查笔录",
            [(70, "检查时间"), (180, _TIME)],
            [(70, "检查地点"), (180, "沙埕港")],
            [(180, "林海生")],
            [(70, "船名号"), (180, "闽福鼎渔01234")],
        ),
        settings,
    )
    assert "party" in reading.review
    assert reading.fields["place"].value == "沙埕港" or "place" in reading.review
    assert reading.fields["ship"].value == "闽福鼎渔01234"


def test_a_label_with_a_wrong_letter_gives_a_proposal(lay: Lay, settings: PluginSettings) -> None:
    """`检测时间` may be misread or another label: its time is not certain."""
    reading = read(lay("现场检查笔录", "检测时间：" + _TIME, "当事人：林海生"), settings)
    assert "interval" in reading.review


def test_both_officers_are_read(lay: Lay, settings: PluginSettings) -> None:
    """The second stands below the first, without a label of his own; their numbers and office are kept too."""
    reading = read(
        lay(
            "现场检查笔录",
            "检查时间：" + _TIME,
            "当事人：林海生",
            "检查机关：福鼎市海洋与渔业局",
            "检查人员：陈志明    执法证件号：35010012",
            [(130, "王建华    执法证件号：35010047")],
        ),
        settings,
    )
    assert reading.fields["officers"].value == "陈志明、王建华"
    assert reading.fields["officer_ids"].value == "35010012、35010047"
    assert reading.fields["agency"].value == "福鼎市海洋与渔业局"


@pytest.mark.parametrize("value", ["35011.390>.35013890", "3501148535016893"])
def test_an_officer_s_number_of_a_wrong_shape_is_for_review(lay: Lay, settings: PluginSettings, value: str) -> None:
    """Dust among the figures, or two numbers without what parts them, are no number, however sure the engine is."""
    lines = lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生", "执法证件号：" + value)
    assert "officer_ids" in read(lines, settings).review


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("position", "经纬度：N39°5512″ E119°48′30″"),
        ("position", "经纬度：北纬26°34、东经119°59′"),
        ("officers", "检查人员：张三、李四1390593"),
        ("ship", "船名号：闰平渔61208"),
        ("place", "检查地点：北纬25°5830″，东经119°5820″附近海域"),
    ],
)
def test_what_has_not_the_shape_of_its_kind_is_for_review(
    lay: Lay, settings: PluginSettings, key: str, line: str
) -> None:
    """A position that lacks a mark, and people's names with figures in them, are not sure."""
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生", line), settings)
    assert key in reading.review


@pytest.mark.parametrize("value", ["北纬26°34′12″，东经119°59′", "26°34.5′N 119°59.2′E", "26.57083，119.98667"])
def test_a_whole_position_is_sure(lay: Lay, settings: PluginSettings, value: str) -> None:
    """With every mark, in the ways positions are written."""
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生", "经纬度：" + value), settings)
    assert reading.fields["position"].value == value
    assert "position" not in reading.review


@pytest.mark.parametrize("value", ["直接送达□留置送达□邮寄送达", "直接送达 留置送达 邮寄送达", "☑直接送达"])
def test_a_choice_with_boxes_is_for_review(lay: Lay, settings: PluginSettings, value: str) -> None:
    """Which box is ticked is never sure from a scan."""
    lines = lay("送达回证", "受送达人：林海生", "送达时间：2026年4月1日9时30分", "送达方式：" + value)
    assert "method" in read(lines, settings).review


def test_little_confidence_of_the_engine_is_for_review(lay: Lay, settings: PluginSettings) -> None:
    """The threshold is the setting's."""
    lines = lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生", "检查地点：沙埕港", confidence=0.8)
    assert set(read(lines, settings).review) == {"interval", "party", "place"}
    assert read(lines, settings.model_copy(update={"review_below": 0.6})).review == ()


def test_a_second_form_in_the_file_is_not_mixed_in(lay: Lay, settings: PluginSettings) -> None:
    """Only the first form's pages are read, and a person is told."""
    lines = lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生") + lay(
        "送达回证", "受送达人：陈志明", "送达时间：2026年4月1日9时30分", page=2
    )
    reading = read(lines, settings)
    assert _times(reading) == (_START, _END)
    assert "several-forms" in _codes(reading)
    assert "陈志明" in reading.text


def test_a_continuation_sheet_belongs_to_the_form(lay: Lay, settings: PluginSettings) -> None:
    """The narrative goes on on page two; an end written there counts."""
    first = "检查开始时间：2026年3月1日9时30分", "检查地点：沙埕港", "当事人：林海生", "检查情况：好。"
    lines = lay("现场检查笔录", *first) + lay(
        "（续页）该船无异常。", "检查结束时间：2026年3月1日10时15分", page=2, title=False
    )
    reading = read(lines, settings)
    assert _times(reading) == (_START, _END)
    assert reading.review == ()


def test_every_value_says_where_it_stood(lay: Lay, settings: PluginSettings) -> None:
    """Page and box lie on the line that was read, and raw is what stood there."""
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "当事人： 林海生"), settings)
    assert reading.interval is not None
    assert reading.party is not None
    assert (reading.interval.page, reading.interval.raw) == (1, _TIME)
    assert (reading.party.label, reading.party.raw) == ("当事人", "林海生")
    assert reading.interval.box.x0 > 70 + 40  # right of its label
    assert abs(reading.party.box.y0 - (80 + 2 * 24 - 7.2)) < 1


def test_reading_order_does_not_matter(lay: Lay, settings: PluginSettings) -> None:
    """Engines give lines in any order."""
    lines = lay("现场检查笔录", "检查时间：" + _TIME, "当事人：林海生", "检查地点：沙埕港")
    assert read(lines[::-1], settings) == read(lines, settings)


def test_an_empty_page_is_no_error(settings: PluginSettings) -> None:
    """Nothing read is a reading with everything for review."""
    reading = read([], settings)
    assert (reading.form, reading.text) == (None, "")
    assert "form" in reading.review


_WORDS = st.sampled_from(
    [
        "现场检查笔录",
        "送达回证",
        "检查时间：",
        "当事人",
        "林海生",
        "：",
        _TIME,
        "2026年",
        "闽海渔〔2026〕1号",
        "时",
        "案",
        "由：",
        "",
    ]
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 2), st.floats(0, 600), st.floats(0, 800), st.floats(0, 300), st.floats(0, 60),
            st.lists(_WORDS | st.text(max_size=8), max_size=4).map("".join), st.floats(0, 1),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_no_page_makes_the_reader_raise(rows: list[tuple[int, float, float, float, float, str, float]]) -> None:
    """Boxes of any place and size, empty ones too: a reading comes back, certain values only from sure lines."""
    lines = [
        TextLine(page=page, box=Box(x0=x, y0=y, x1=x + w, y1=y + h), text=text, confidence=confidence)
        for page, x, y, w, h, text, confidence in rows
    ]
    settings = PluginSettings(forms_extra=None)
    reading = read(lines, settings)
    for name, value in (("number", reading.number), ("interval", reading.interval), ("party", reading.party)):
        if value is not None and name not in reading.review:
            assert value.confidence >= settings.review_below


def test_a_number_may_stand_in_brackets_of_its_own(lay: Lay, settings: PluginSettings) -> None:
    """`（台海渔扣〔2026〕7号）` under the title is the form's number, as it is without the outer brackets."""
    reading = read(lay("查封（扣押）现场笔录", [(380, "（台海渔扣〔2026〕7号）")], "时间：" + _TIME), settings)
    assert reading.number is not None
    assert reading.number.normalised == "台海渔扣〔2026〕7号"
    assert "number" not in reading.review


@pytest.mark.parametrize(
    "rows",
    [
        ["执法人员：金磊执法证号：11040088", [(130, "章建执法证号："), (215, "：11040091")]],
        ["执法人员：金磊 执法证号：11040088 章建执法证号：11040091"],
        ["执法人员：金磊执法证号：11040088", [(300, "章建执法证号：11040091")]],
        [[(70, "执法人员"), (150, "金磊 执法证号：11040088")], [(150, "章建 执法证号：11040091")]],
        ["执法人员：金磊（执法证号：11040088）、章建（执法证号：11040091）"],
        [
            [(70, "执法人员"), (150, "金磊"), (230, "执法证号"), (300, "11040088")],
            [(70, "执法人员"), (150, "章建"), (230, "执法证号"), (300, "11040091")],
        ],
    ],
    ids=["on the next row", "on one line", "in the next box", "in a cell", "in brackets", "in rows of a table"],
)
def test_an_officer_is_named_before_the_label_of_his_number(
    lay: Lay, settings: PluginSettings, rows: list[str | list[tuple[float, str]]]
) -> None:
    """The second officer has no label but that of his number; both names and both numbers are read."""
    reading = read(lay("现场笔录", "时间：" + _TIME, "地点：沙埕港", "当事人：林海生", *rows, "记录人：童欣"), settings)
    assert reading.fields["officers"].value == "金磊、章建"
    assert reading.fields["officer_ids"].value == "11040088、11040091"
    assert reading.review == ()


def test_more_numbers_than_officers_are_for_review(lay: Lay, settings: PluginSettings) -> None:
    """Three numbers of officers and two names, the recorder's among them: somebody was not read."""
    rows = "执法人员：金磊", "执法证号：11040088、11040091、11040095", "记录人：童欣"
    reading = read(lay("现场笔录", "时间：" + _TIME, "地点：沙埕港", "当事人：林海生", *rows), settings)
    assert reading.review == ("officers",)
    assert "officers-fewer" in _codes(reading)


_RECEIPT = [(70, "送达文书名称及文号"), (210, "送达地点"), (340, "送达时间"), (470, "送达方式")]
_SERVED = [(190, "亭江镇"), (290, "2026年3月1日9时30分"), (460, "直接送达")]


def test_the_cells_under_a_head_of_several_labels_are_of_one_row(lay: Lay, settings: PluginSettings) -> None:
    """A name on three lines in the first cell keeps nobody from reading the cells beside it."""
    names = [[(70, "行政处罚事先告")], [(70, "知书（榕海渔罚"), *_SERVED], [(70, "告〔2026〕21号）")]]
    lines = lay("送达回证", "受送达人：陈光明", _RECEIPT, step=24)
    for at, row in enumerate(names):
        lines += [line.model_copy(update={"box": _lower(line.box, 72 + 15 * at)}) for line in lay(row, title=False)]
    reading = read(lines, settings)
    assert _times(reading) == (_START, None)
    assert reading.fields["place"].value == "亭江镇"
    assert reading.fields["method"].value == "直接送达"
    assert "〔2026〕21号" in reading.fields["served_document"].value
    assert reading.review == ()


def test_every_document_of_a_receipt_is_given_for_review(lay: Lay, settings: PluginSettings) -> None:
    """Two documents served at one time: the time is sure, and both names are given."""
    rows = [[(70, "处罚决定书"), *_SERVED], [(70, "催告书"), *_SERVED]]
    reading = read(lay("送达回证", "受送达人：陈光明", _RECEIPT, *rows), settings)
    assert reading.fields["served_document"].value == "处罚决定书 催告书"
    assert reading.review == ("served_document",)


def test_a_question_ends_the_value_above_it(lay: Lay, settings: PluginSettings) -> None:
    """`问：` opens the narrative: it is no second line of the ship's name."""
    rows = ["地点：沙埕港", "被询问人：朱水木", [(300, "船名号：闽东渔63177")], "问：昨晚你的船停泊在哪里？"]
    reading = read(lay("询问笔录", "询问时间：" + _TIME, *rows), settings)
    assert reading.fields["ship"].value == "闽东渔63177"
    assert "ship" not in reading.review


def test_a_day_and_its_times_may_stand_in_two_columns(lay: Lay, settings: PluginSettings) -> None:
    """What follows the day far right on its row is its time of day."""
    reading = read(lay("询问笔录", [(70, "询问时间：2026年3月1日"), (330, "9时30分至10时15分")]), settings)
    assert _times(reading) == (_START, _END)
    assert "interval" not in reading.review


def test_a_name_in_the_middle_of_its_blank_is_sure(lay: Lay, settings: PluginSettings) -> None:
    """A ruled blank runs to the margin, and what is written on it stands in its middle."""
    rows = [[(70, "当事人："), (262, "周大明")], [(70, "地点："), (230, "沙埕港3号泊位")]]
    reading = read(lay("现场笔录", "时间：" + _TIME, *rows), settings)
    assert reading.party is not None
    assert reading.party.value == "周大明"
    assert reading.review == ()


def test_a_value_off_its_column_is_for_review(lay: Lay, settings: PluginSettings) -> None:
    """Cells begin at one edge; a value that does not is another label's, lost, or in the middle of its cell."""
    cells = [(70, "当事人"), (180, "林海生")], [(70, "船籍港"), (180, "福鼎")], [(70, "地址"), (180, "沙埕镇")]
    reading = read(lay("现场笔录", "时间：" + _TIME, *cells, [(70, "检查地点"), (330, "沙埕港")]), settings)
    assert reading.fields["place"].value == "沙埕港"
    assert "place" in reading.review


def test_a_time_on_two_lines_of_its_cell_is_one(lay: Lay, settings: PluginSettings) -> None:
    """However close the lines of the narrative stand, those of the time belong together."""
    lines = lay(
        "现场笔录", None, [(70, "起止时间")], [(70, "地点"), (160, "沙埕港")], [(70, "当事人"), (160, "林海生")]
    )
    times = ("2026年3月1日9时30分至", "2026年3月1日10时15分")
    for text, y in [
        *zip(times, (119, 136), strict=True),
        *zip(("该船正在作业", "未能出示证书"), (250, 263), strict=True),
    ]:
        box = Box(x0=160, y0=y - 7, x1=330, y1=y + 7)
        lines.append(TextLine(page=1, box=box, text=text, confidence=0.99))
    reading = read(lines, settings)
    assert _times(reading) == (_START, _END)
    assert "interval" not in reading.review


def test_the_day_of_a_signature_is_no_part_of_the_name(lay: Lay, settings: PluginSettings) -> None:
    """`陈光明　2026年6月9日` in the recipient's cell names 陈光明."""
    rows = "送达地点：亭江镇", "送达方式：直接送达", [(70, "收件人"), (150, "陈光明"), (210, "2026年3月1日")]
    reading = read(lay("送达回证", "受送达人：陈光明", "送达时间：2026年3月1日9时30分", *rows), settings)
    assert reading.fields["recipient"].value == "陈光明"
    assert reading.review == ()


def test_a_label_on_three_lines_of_its_cell_is_one(lay: Lay, settings: PluginSettings) -> None:
    """`检查（勘 | 验） | 时间`: neither of two lines makes a label, all three do."""
    lines = lay("现场检查笔录", "当事人：林海生")
    for top, label, value in ((140, "时间", _TIME), (200, "地点", "沙埕港")):
        for at, text in enumerate(("检查（勘", "验）", label)):
            box = Box(x0=72, y0=top + 17 * at - 8, x1=72 + 12 * len(text), y1=top + 17 * at + 8)
            lines.append(TextLine(page=1, box=box, text=text, confidence=0.99))
        box = Box(x0=137, y0=top + 9, x1=137 + 8 * len(value), y1=top + 25)
        lines.append(TextLine(page=1, box=box, text=value, confidence=0.99))
    reading = read(lines, settings)
    assert _times(reading) == (_START, _END)
    assert reading.fields["place"].value == "沙埕港"
    assert reading.review == ()


def test_officers_may_each_have_a_blank(lay: Lay, settings: PluginSettings) -> None:
    """What parts two blanks is small and may be lost; their numbers, on a row of their own, are no names."""
    rows = (
        [(70, "检查人员："), (150, "闫石"), (240, "候亮"), (320, "执法证号："), (400, "03010042")],
        [(90, "03010051")],
    )
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生", *rows), settings)
    assert reading.fields["officers"].value == "闫石、候亮"
    assert "officers" in reading.review


def test_an_officer_who_signs_is_no_further_one(lay: Lay, settings: PluginSettings) -> None:
    """The name at the foot, misread, is not added to those of the head."""
    rows = "执法人员：傅斌、裘莉", "检查情况：该船正在作业。", "执法人员：傅斌、裘利"
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生", *rows), settings)
    assert reading.fields["officers"].value == "傅斌、裘莉"


@pytest.mark.parametrize("name", ["惠东县平海镇海之缘渔家乐", "吕四港镇顾氏冷库"])
def test_a_shop_of_any_kind_is_a_unit(lay: Lay, settings: PluginSettings, name: str) -> None:
    """Inns and cold stores are units as much as companies are."""
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：" + name), settings)
    assert reading.review == ()


def test_doubt_between_two_forms_of_a_letter_wears_no_page(lay: Lay, settings: PluginSettings) -> None:
    """The engine parts its certainty between 处 and 處: that says nothing of the figures it is sure of."""
    lines = lay("现场检查笔录", "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生", "处罚决定书处理处分处所")
    doubted = tuple(0.7 if letter == "处" else 0.99 for letter in lines[-1].text)
    lines[-1] = lines[-1].model_copy(update={"letters": doubted})
    assert "interval" not in read(lines, settings).review


@pytest.mark.parametrize(
    "left", ["海渔检2026〕18", "渔检2026 218号", "18号", "闽海〔2026〕渔罚第12号", "闽海渔罚[2026]第（015）号"]
)
def test_what_is_left_of_a_number_is_for_review(lay: Lay, settings: PluginSettings, left: str) -> None:
    """A form that need not carry a number has one whose start a seal covers: it was not read, and a person is told."""
    rows = "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生"
    assert read(lay("现场检查笔录", [(400, left)], *rows), settings).review == ("number",)
    assert read(lay("现场检查笔录", [(400, "〔2026〕　号")], *rows), settings).review == ()


def test_a_ship_without_label_is_for_review(lay: Lay, settings: PluginSettings) -> None:
    """The label was lost under a stain; the name that stands there says that the sheet has one."""
    rows = "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生", [(180, "浙三渔17788")]
    assert read(lay("现场检查笔录", *rows), settings).review == ("ship",)


@pytest.mark.parametrize(
    ("day", "asked"), [("2026年3月4日", ()), ("2062年3月4日", ("filed_at",)), ("2026年2月30日", ("filed_at",))]
)
def test_the_day_of_a_further_field_has_come(
    lay: Lay, settings: PluginSettings, day: str, asked: tuple[str, ...]
) -> None:
    """A case is not filed in the future, nor on a day that is in no calendar."""
    lines = lay("撤销立案审批表", "当事人：林海生", "立案日期：" + day)
    assert read(lines, settings, date(2026, 11, 26)).review == asked


def test_a_number_is_judged_by_its_own_letters(lay: Lay, settings: PluginSettings) -> None:
    """The print shop's count before it was badly read; that says nothing of the number."""
    body = "检查情况：该船正在进行拖网作业，船员证书齐全，渔获物约三百公斤，当事人对检查情况无异议。"
    rows = "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生", body
    lines = lay("现场检查笔录", [(300, "No 0004217 厦海检〔2026〕第77号")], *rows)
    lines = [line.model_copy(update={"letters": (0.99,) * len(line.text)}) for line in lines]
    lines[1] = lines[1].model_copy(update={"letters": (0.4, *lines[1].letters[1:])})
    reading = read(lines, settings)
    assert reading.number is not None
    assert reading.number.normalised == "厦海检〔2026〕77号"
    assert reading.review == ()


def test_a_label_that_is_not_known_ends_the_value_before_it(lay: Lay, settings: PluginSettings) -> None:
    """`作业类型：` is no label of ours: what stands before it is the port, for sure only where a gap parts them."""
    rows = "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：于得水"
    reading = read(lay("现场检查笔录", *rows, "船籍港：石岛 作业类型：拖网"), settings)
    assert reading.fields["port"].value == "石岛"
    assert reading.review == ()
    spread = read(lay("现场检查笔录", *rows, "船籍港：石岛 作 业 类 型：拖网"), settings)
    assert spread.fields["port"].value == "石岛"
    assert read(lay("现场检查笔录", *rows, "船籍港：石岛作业类型：拖网"), settings).review == ("port",)


def test_a_signature_may_name_who_was_not_read(lay: Lay, settings: PluginSettings) -> None:
    """Without any other label of the questioners the place where they sign tells who they are, for review."""
    rows = "询问地点：沙埕港", "被询问人：周吴", "询问人（签名）：赵钱、孙李"
    reading = read(lay("询问笔录", "询问时间：" + _TIME, *rows), settings)
    assert reading.fields["officers"].value == "赵钱、孙李"
    assert reading.review == ("officers",)


def test_a_place_to_sign_stands_for_no_label(lay: Lay, settings: PluginSettings) -> None:
    """`被询问人签名：` left blank does not hide that the label of the one questioned was lost."""
    lines = lay("询问笔录", "询问时间：" + _TIME, "询问地点：沙埕港", "询问人：赵钱", "被询问人签名：")
    assert read(lines, settings).review == ("questioned",)


@pytest.mark.parametrize(("names", "asked"), [("马腾黄忠", ("officers",)), ("申屠志远", ())])
def test_four_letters_may_be_two_names(lay: Lay, settings: PluginSettings, names: str, asked: tuple[str, ...]) -> None:
    """What parted two names of two letters may be lost; a surname of two letters makes one name of four."""
    rows = "检查时间：" + _TIME, "检查地点：沙埕港", "当事人：林海生", "检查人员：" + names
    assert read(lay("现场检查笔录", *rows), settings).review == asked


def test_cells_of_two_columns_are_two_values_however_close(lay: Lay, settings: PluginSettings) -> None:
    """Under a head of several labels a narrow gap is the rule of the table, not a space within a value."""
    head = [(67, "文书名称及文号"), (199, "送达时间"), (345, "送达地点"), (417, "送达方式"), (477, "收件人")]
    cells = [(67, "改正通知书"), (190, "2026年3月1日9时30分"), (345, "鹿西乡东村"), (417, "直接"), (454, "苏国兴")]
    reading = read(lay("送达回证", "受送达人：陈光明", head, cells, "送达人：南亮"), settings)
    assert _times(reading) == (_START, None)
    assert [reading.fields[key].value for key in ("place", "method", "recipient")] == ["鹿西乡东村", "直接", "苏国兴"]
    assert reading.review == ()


def test_a_letter_may_be_addressed_to_a_long_name(lay: Lay, settings: PluginSettings) -> None:
    """`上海崇明长江水产养殖专业合作社：` is the addressee, though no label is as long."""
    rows = [(350, "沪农渔登保〔2026〕17号")], "上海崇明长江水产养殖专业合作社：", "因你单位涉嫌违法，现予以登记保存。"
    reading = read(lay("证据先行登记保存通知书", *rows), settings)
    assert reading.party is not None
    assert reading.party.value == "上海崇明长江水产养殖专业合作社"
    assert "party" not in reading.review


def test_labels_without_colon_stand_between_gaps(lay: Lay, settings: PluginSettings) -> None:
    """Forms whose blanks are ruled print no colons: a known label between two gaps ends the value before it."""
    rows = "当事人　谢安　性别　男", "检查人员　王羲之、王献之　记录人　王献之", "检查地点：沙埕港"
    reading = read(lay("现场检查笔录", "检查时间：" + _TIME, *rows), settings)
    assert reading.fields["officers"].value == "王羲之、王献之"
    assert reading.fields["recorder"].value == "王献之"
    assert reading.party is not None
    assert reading.party.value == "谢安"
