"""The rules of search, on units in memory: what finds what."""

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quancheng_sidecar.archive.folding import END, LONE_FIGURES, fold, origin_of
from quancheng_sidecar.archive.matching import UnitText
from quancheng_sidecar.archive.query import TERMS_MAX, UNITS_MAX, parse
from quancheng_sidecar.archive.spellings import respell
from quancheng_sidecar.archive.units import folded_units, searchable, spans, units

NUMBER = re.compile(r"\d+(?:\.\d+)*")

CHINESE = st.text('检查渔船执罚号第年月日〔〕（）()[]-/.*, 　\n"“”0123456789２〇二三十①²㎡½⒈㋀…a AＡｂé', max_size=60)
ANY_TEXT = st.one_of(CHINESE, st.text(max_size=60))


def found(query: str, *texts: str) -> bool:
    """Whether a query finds a document of these texts."""
    terms = parse(query)
    return bool(terms) and UnitText(searchable(*texts)).has_all(terms)


def cuts_a_number(text: str, start: int, end: int) -> bool:
    """Whether a piece of `text` begins or ends inside a number; what nobody sees does not part one."""
    before, piece, after = text[:start], text[start:end], text[end:]
    edges = (len(_figures(before)), len(_figures(before + piece)))
    return any(
        number.start() < edge < number.end()
        for number in NUMBER.finditer(_figures(before + piece + after))
        for edge in edges
    )


def _figures(text: str) -> str:
    seen = [each for each in text if fold(each)]
    folded = [unicodedata.normalize("NFKC", each) for each in seen]
    return "".join(
        "0" if each.isdecimal() and seen[place].isdecimal() else "." if each == "." else " "
        for place, each in enumerate(folded)
    )


@given(ANY_TEXT, st.data())
def test_any_piece_of_a_text_is_found(text: str, data: st.DataObject) -> None:
    """Whatever characters it is made of and wherever it is cut, but inside a number."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assume(not cuts_a_number(text, start, end))
    assume(parse(text[start:end]))
    assert found(text[start:end], text)


@given(ANY_TEXT, st.data())
def test_any_piece_in_quotes_is_found(text: str, data: st.DataObject) -> None:
    """Quotes hold a piece together, its spaces too."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    piece = text[start:end]
    assume('"' not in fold(piece))
    assume(not cuts_a_number(text, start, end))
    assume(units(piece))
    assert found(f'"{piece}"', text)


@given(st.text(st.characters(categories=["Lo"]), min_size=1, max_size=30), st.data())
def test_a_piece_that_is_not_there_is_not_found(text: str, data: st.DataObject) -> None:
    """Chinese and other letters without case: found exactly when the folded text holds the folded piece."""
    piece = data.draw(st.text(st.sampled_from(text), min_size=1, max_size=4))
    assume(not re.search(r"\s", fold(text)))
    assert found(piece, text) == (fold(piece) in fold(text))


@given(st.text(max_size=200))
def test_nothing_that_is_typed_is_an_error(query: str) -> None:
    """Any text gives terms, and terms can be looked for."""
    assert isinstance(found(query, "现场检查"), bool)


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "\0",
        "\u200b",
        "\ud800",
        "*",
        "**",
        '"',
        '""',
        '" "',
        "“",
        "AND",
        "NOT 检",
        "检*查",
        "😀",
        "(",
        "\\",
        "[a",
        "%",
    ],
)
def test_odd_queries_find_nothing_in_a_text_without_them(query: str) -> None:
    """No sign is an operator that could fail."""
    assert not found(query, "现场勘验")


@pytest.mark.parametrize("text", ["a*b", "说“没有”", "A AND B", "100%", "😀笑", "C:\\渔", "((", "3522****1234", '""'])
def test_signs_are_found_as_themselves(text: str) -> None:
    """What looks like an operator elsewhere is text here."""
    assert found(text, f"前{text}后")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("218号", "1218号"),
        ("218号", "2180号"),
        ("2020", "12020"),
        ("2020", "20201"),
        ("12020", "①2020"),
        ("0.5", "0.05"),
        ("5", "0.05"),
        ("3月1日", "3月11日"),
        ("3月1日", "13月1日"),
        ("2026-03-01", "2026年3月11日"),
        ("2026年3月1日", "2026-03-11"),
        ("〔2020〕21", "〔2020〕218号"),
        ("21*", "121号"),
        ("*18", "181号"),
        ("鼎海渔执罚〔2020〕218号", "鼎海渔执罚〔2020〕1218号"),
        ("鼎海渔执罚〔2020〕218号", "鼎海渔执罚〔2020〕219号，见〔2019〕218号"),
        ("ab", "a b"),
        ("检查", "检验查"),
        ("检 查", "检验"),
        ('"检查 渔船"', "渔船检查"),
    ],
)
def test_what_must_not_be_found(query: str, text: str) -> None:
    """Numbers and dates are whole; words of letters stay apart; all terms must be there."""
    assert not found(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("检", "现场检查"),
        ("鼎海渔执罚〔2020〕218号", "鼎 海 渔 执 罚［２０２０］\n第 ０218 号"),
        ("鼎海渔执罚[2020]第0218号", "鼎海渔执罚（2020）218号"),
        ("鼎海渔执罚 〔2020〕 218 号", "鼎海渔执罚【2020】218号"),
        ("鼎海渔执罚〔2020〕218", "闽鼎海渔执罚〔2020〕第218号"),
        ("鼎海渔执罚〔2020〕", "鼎海渔执罚〔2020〕第218号"),
        ("执罚〔2020〕第", "鼎海渔执罚〔2020〕第218号"),
        ("2020", "鼎海渔执罚〔2020〕218号"),
        ("第1号", "第01号"),
        ("01号", "1号"),
        ("〔2020〕21*", "〔2020〕218号"),
        ("*218号", "1218号"),
        ("*18*", "1218"),
        ("2026年3月1日", "2026-03-01"),
        ("2026年03月01日", "2026/3/1"),
        ("2026-03-01", "于２０２６年３月１日检查"),
        ("2026.3.1", "2026 年 3 月 1 日"),
        ("2026年3月1日", "二〇二六年三月一日"),
        ("2026-11-23", "二○二六年十一月二十三日"),
        ("3月1日", "2026-03-01T09:30:00+08:00"),
        ("于2026年3月1日在码头", "于2026/3/1在码头"),
        ("2026-03", "2026-03-01"),
        ("-03-01", "2026-03-01"),
        ("９时", "09时30分"),
        ("abc", "ＡＢＣ"),
        ("hello world", "world, hello"),
        ('"hello world"', "say HELLO   World"),
        ("“检 查”", "检查"),
        ("100m2", "100㎡"),
        ("渔船 检查", "检查了渔船"),
        ("张三 hearing", "听证 hearing 张三"),
    ],
)
def test_what_must_be_found(query: str, text: str) -> None:
    """Width, spaces of OCR, brackets, 第, leading zeros and ways to write a date do not count."""
    assert found(query, text)


def test_nothing_is_found_across_two_texts() -> None:
    """The end of the title and the start of the text are no piece."""
    assert found("检 查", "现场检", "查封")
    assert not found("检查", "现场检", "查封")
    assert not found("2026-03-01", "2026-03", "-01")


def test_long_numbers_are_whole_too() -> None:
    """A number of any length is told from its neighbours."""
    number = "12345678" * 50
    assert found(number, f"编号{number}。")
    assert not found(number + "9", f"编号{number}。")
    assert not found(number[1:], f"编号{number}。")


def test_long_and_many_terms_are_bounded() -> None:
    """A pasted page is one term of bounded length, a thousand words are bounded terms."""
    (term,) = parse("检查渔船" * 5000)
    assert max(map(len, term.spellings)) == UNITS_MAX
    assert len(parse(" ".join(map(str, range(1000))))) == TERMS_MAX


@given(ANY_TEXT)
def test_folding_is_the_same_when_done_again(text: str) -> None:
    """Folded text folds to itself, but for characters of our own."""
    once = fold(text)
    assume(not any(each in LONE_FIGURES for each in once))
    assert fold(once) == once
    assert END not in once


@given(ANY_TEXT)
def test_every_folded_character_knows_its_origin(text: str) -> None:
    """Places point at characters that fold to what stands there."""
    folded = fold(text)
    origin = origin_of(text, folded)
    assert len(origin) == len(folded)
    assert all(folded[place] in fold(text[source]) for place, source in enumerate(origin))


@given(ANY_TEXT)
def test_spans_are_the_units_with_their_places(text: str) -> None:
    """Both ways of cutting give the same units."""
    assert [span.unit for span in spans(fold(text))] == units(text)


@given(ANY_TEXT)
def test_respelling_is_done_once(text: str) -> None:
    """A respelled text needs no second respelling, and every character points into the text."""
    folded = fold(text)
    respelled = respell(folded)
    if respelled:
        assert len(respelled.origin) == len(respelled.text)
        assert all(0 <= place < len(folded) for place in respelled.origin)
        again = respell(respelled.text)
        assert again is None or folded_units(again.text) != folded_units(folded)


def test_the_format_of_the_index_is_the_one_of_these_units() -> None:
    """When this fails, `FORMAT` of the index must be raised with it: existing indexes hold other units."""
    sample = "鼎海渔执罚［２０２０］第０218号 ①2020 m² é A b, 二〇二六年三月一日"
    expected = "鼎海渔执罚(2020)第218号12020␣m2e\u0301␣a␣b,二〇二六年三月一日␃"
    expected += "鼎海渔执罚(2020)218号12020␣m2e\u0301␣a␣b,2026年3月1日␃"
    shown = "".join(searchable(sample)).replace(END, "␃").replace(fold("a b")[1], "␣")
    assert shown.replace(units("a b")[1], "␣") == expected
