"""Numbers of documents in all their spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.forms.numbers import find_numbers, normalise


@pytest.mark.parametrize(
    "text",
    [
        "闽鼎海渔执罚〔2020〕218号",
        "闽鼎海渔执罚〔2020〕第218号",
        "闽鼎海渔执罚〔2020〕第0218号",
        "闽鼎海渔执罚[2020]218号",
        "闽鼎海渔执罚（2020）218号",
        "闽鼎海渔执罚(2020)218号",
        "闽鼎海渔执罚【2020】218号",
        "闽鼎海渔执罚〖2020〗 218 号",
        "闽鼎海渔执罚［２０２０］２１８号",
        "闽鼎海渔执罚[2020）218号",
        "闽 鼎 海 渔 执 罚 〔 2 0 2 0 〕 2 1 8 号",
        "编号：闽鼎海渔执罚〔2020〕218号",
        "行政处罚决定书闽鼎海渔执罚〔2020〕218号",
        "依据闽鼎海渔执罚〔2020〕218号决定",
        "福鼎市海洋与渔业局闽鼎海渔执罚〔2020〕218号",
        "No.0003421 闽鼎海渔执罚〔2020〕218号",
        "№003421闽鼎海渔执罚〔2020〕218号",
    ],
)
def test_every_spelling_of_one_number_is_the_same_number(text: str) -> None:
    """Brackets, 第, leading zeros, spaces, widths and words before it do not count."""
    assert normalise(text) == "闽鼎海渔执罚〔2020〕218号"
    assert [number.repaired for number in find_numbers(text)] == [False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("鼎海行复〔2020〕第01号", "鼎海行复〔2020〕1号"),
        ("闽鼎海渔执(罚)〔2026〕3号", "闽鼎海渔执(罚)〔2026〕3号"),
        ("农（渔政）罚〔2026〕3号", "农(渔政)罚〔2026〕3号"),
        ("闽海渔处罚〔2020〕218-1号", "闽海渔处罚〔2020〕218-1号"),
    ],
)
def test_what_distinguishes_a_number_is_kept(text: str, expected: str) -> None:
    """Brackets inside the prefix and branches of a serial belong to the number."""
    assert normalise(text) == expected


@pytest.mark.parametrize("text", ["闽鼎海渔执罚2020〕218号", "闽鼎海渔执罚〔2O20〕2l8号", "闽鼎海渔执罚〔2020〕218.号"])
def test_a_mended_number_says_so(text: str) -> None:
    """A lost bracket or a letter in a digit's place is mended, and marked."""
    assert [(number.normalised, number.repaired) for number in find_numbers(text)] == [
        ("闽鼎海渔执罚〔2020〕218号", True)
    ]


@pytest.mark.parametrize(
    "text", ["浙海渔执〔2026〕1号", "浙海渔执〔2026〕1", "浙海渔执[2026]第01 ", "浙海渔执（２０２６）1"]
)
def test_the_last_character_may_be_left_out(text: str) -> None:
    """People leave out the last 号; it is the same number, but a text that only ends in digits is none."""
    assert normalise(text) == "浙海渔执〔2026〕1号"
    assert normalise("2026年3月1") == "2026年3月1"
    assert normalise("渔船闽渔60123") == "渔船闽渔60123"


@pytest.mark.parametrize(
    "text", ["", "电话13800002026 1号", "闽鼎海渔执罚20202018号", "闽鼎海渔执罚〔2026〕 号", "第3号"]
)
def test_what_is_no_number_is_not_found(text: str) -> None:
    """A blank serial, a missing year or missing brackets make no number."""
    assert find_numbers(text) == ()


def test_raw_is_kept_as_read() -> None:
    """`begin` and `stop` cut the raw number out of the text."""
    text = "文号： 闽鼎海渔执罚［2020］ 第 018 号（副本）"
    (number,) = find_numbers(text)
    assert number.raw == text[number.begin : number.stop] == "闽鼎海渔执罚［2020］ 第 018 号"
    assert (number.year, number.serial) == (2020, "18")


@given(st.text(alphabet="闽渔罚〔〕[]（）第0123Ol号 文号：-之一", max_size=50) | st.text(max_size=60))
def test_no_text_makes_the_finder_raise_and_the_normal_form_is_stable(text: str) -> None:
    """Normalising twice changes nothing."""
    for number in find_numbers(text):
        assert text[number.begin : number.stop] == number.raw
        assert normalise(number.normalised) == number.normalised
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("（2026）闽渔罚字第015号", "〔2026〕闽渔罚字15号"),
        ("编号：〔2026〕海渔执罚字第12号", "〔2026〕海渔执罚字12号"),
        ("厦渔罚〔2026〕12号之一", "厦渔罚〔2026〕12号之一"),
    ],
)
def test_a_number_may_begin_with_its_year_and_end_with_its_part(text: str, normalised: str) -> None:
    """The older way has the year before the words; 之一 makes another number of it."""
    (number,) = find_numbers(text)
    assert number.normalised == normalise(normalised) == normalised
    assert (number.year, number.repaired) == (2026, False)


def test_words_on_both_sides_of_the_year_are_no_number() -> None:
    """`闽海〔2026〕渔罚字第12号` is not 〔2026〕渔罚字12号: what stands before the year belongs to it."""
    assert find_numbers("闽海〔2026〕渔罚字第12号") == ()
