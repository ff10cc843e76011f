"""Letters that the engine takes for their traditional form."""

from quancheng_plugin.ocr.variants import has_two_forms, in_print


def test_a_traditional_letter_between_simplified_ones_is_a_mistake() -> None:
    """`重大行政處罚决定集體讨论记录` was printed 处 and 体: regular script misleads the engine."""
    lines = ["重大行政處罚决定集體讨论记录", "讨论时间：2026年3月1日", "当事人：黃德福"]
    assert in_print(lines) == ["重大行政处罚决定集体讨论记录", "讨论时间：2026年3月1日", "当事人：黄德福"]


def test_a_page_of_traditional_print_stays_as_it_is() -> None:
    """What another administration printed is not rewritten."""
    lines = ["漁船檢查紀錄", "當事人：陳志明", "時間：2026年3月1日"]
    assert in_print(lines) == lines


def test_letters_of_one_form_have_no_other() -> None:
    """处 and 處 are forms of one letter; 人 has one form, and 7 is no letter."""
    assert [has_two_forms(letter) for letter in "处處人7"] == [True, True, False, False]
