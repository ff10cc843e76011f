"""The full-text index finds what the rules say, no more and no less."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.archive.embedded.index import Entry, FullTextIndex, Marker, all_of, among, without
from quancheng_sidecar.archive.matching import UnitText
from quancheng_sidecar.archive.query import parse
from quancheng_sidecar.archive.units import searchable
from tests.bench.corpus import records

SHORT = st.text("检查渔船第号〔〕()*\"' .-年月日2018a b①", min_size=1, max_size=8)


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """Records like real ones, and odd ones, with their units."""
    titled = [(record.title, record.text) for record in records(60)]
    titled += [
        ("检", "查"),
        ("第01号", "a b 2018 ①20"),
        ("(2018)第1号", "2018-01-20 18.02"),
        ("*1*", "检 查 渔 船 检 查"),
        ("", ""),
    ]
    made = []
    for number, (title, text) in enumerate(titled, 1):
        head = searchable(title)
        made.append(Entry(number, head, [*head, *searchable(text)]))
    return made


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> FullTextIndex:
    """An index of these, written in several steps."""
    made = FullTextIndex(tmp_path_factory.mktemp("index"))
    for begin in range(0, len(entries), 20):
        with made.writing() as writing:
            for entry in entries[begin : begin + 20]:
                writing.put(entry)
            writing.mark(Marker(begin, begin, begin))
    return made


def expected(entries: list[Entry], query: str, part: str) -> list[int]:
    """By the rules: ids of what is found, newest first."""
    terms = parse(query)
    return [entry.id for entry in reversed(entries) if UnitText(getattr(entry, part)).has_all(terms)]


def asked(index: FullTextIndex, query: str, part: str) -> list[int]:
    """By the index, with its count."""
    view = index.view()
    ids, count = view.newest(all_of(view, part, parse(query)), 1000)
    assert count == len(ids) == view.count(all_of(view, part, parse(query)))
    return ids


@given(st.data())
def test_pieces_of_real_records(index: FullTextIndex, entries: list[Entry], data: st.DataObject) -> None:
    """Any run of characters of any record, and two together, give what the rules give."""
    texts = [record.text for record in records(60)]
    pieces = []
    for _ in range(data.draw(st.integers(1, 2))):
        text = data.draw(st.sampled_from(texts))
        start = data.draw(st.integers(0, len(text) - 1))
        pieces.append(text[start : start + data.draw(st.integers(1, 12))])
    query = " ".join(pieces)
    if parse(query):
        assert asked(index, query, "all") == expected(entries, query, "all")


@given(SHORT)
def test_odd_queries(index: FullTextIndex, entries: list[Entry], query: str) -> None:
    """Signs, stars, lone figures and dates: index and rules agree on title and on all."""
    if parse(query):
        for part in ("head", "all"):
            assert asked(index, query, part) == expected(entries, query, part)


@pytest.mark.parametrize(
    "query",
    [
        "20*",
        "*8",
        "*1*",
        "2018-01-20",
        "〔2015〕1*",
        "闽鼎海渔执罚〔2015〕*1号",
        "检查渔船" * 200,
        ".02",
        "18.02",
        "[",
        ".*",
        "\\d",
    ],
)
def test_numbers_that_go_on_and_long_terms(index: FullTextIndex, entries: list[Entry], query: str) -> None:
    """Patterns and long phrases are carried out alike."""
    assert asked(index, query, "all") == expected(entries, query, "all")


def test_a_document_is_replaced_by_its_new_state(tmp_path: Path) -> None:
    """Putting it again leaves one, in its new words; others stay."""
    index = FullTextIndex(tmp_path)
    for words in ("张三", "李四"):
        with index.writing() as writing:
            writing.put(Entry(1, searchable(words), searchable(words)))
            writing.put(Entry(2, searchable("王五"), searchable("王五")))
    found = {query: asked(index, query, "all") for query in ("张三", "李四", "王五")}
    assert found == {"张三": [], "李四": [1], "王五": [2]}


def test_unwanted_documents_are_left_out(index: FullTextIndex) -> None:
    """Documents known to be outdated take no part."""
    view = index.view()
    every = all_of(view, "all", parse("检"))
    ids, count = view.newest(every, 1000)
    left, fewer = view.newest(without(every, among(view, ids[:3])), 1000)
    assert (left, fewer) == (ids[3:], count - 3)


def test_what_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    """All of a writing or none of it; the next one works."""
    index = FullTextIndex(tmp_path)

    def fails() -> None:
        with index.writing() as writing:
            writing.put(Entry(1, searchable("张三"), searchable("张三")))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert asked(index, "张三", "all") == []
    with index.writing() as writing:
        writing.put(Entry(1, searchable("张三"), searchable("张三")))
        writing.mark(Marker(7, 1, 2**50))
    assert asked(index, "张三", "all") == [1]
    assert index.view().marker == Marker(7, 1, 2**50)
