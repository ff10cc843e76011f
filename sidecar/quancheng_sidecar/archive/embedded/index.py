"""The full-text index: one folder of tantivy beside the database, made of it and never more than a copy.

Words of the index are single units (`*_units`, without places) and pairs of neighbours (`*_pairs`, with
places): one unit is one word, two are one word, more are a phrase of pairs. `head_*` hold title and fields,
`all_*` these and the text. Decision 0003 gives the figures.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import tantivy
from tantivy import Occur, Query

from quancheng_sidecar.archive.query import Term

FORMAT = 1
"""To be raised whenever folding, units or the schema change: an index of another format is made anew."""

Part = Literal["head", "all"]

_MARKER = 0  # id of the one entry that is no document
_WRITER_MEMORY = 128_000_000  # bytes, at most


class Entry(NamedTuple):
    """A document as the index takes it: the units of title and fields, and of these with the text."""

    id: int
    head: Sequence[str]
    all: Sequence[str]


class Marker(NamedTuple):
    """How far an index goes: all changes up to `change`; `stamp` tells which document had the last of them."""

    change: int
    document: int
    stamp: int


class IndexBusy(Exception):
    """Another process is writing: a state that is waited out inside this package."""


class View(NamedTuple):
    """One state of the index."""

    searcher: tantivy.Searcher
    schema: tantivy.Schema
    marker: Marker | None

    def count(self, query: Query) -> int:
        """How many documents match."""
        return self.newest(query, 1)[1]

    def newest(self, query: Query, limit: int) -> tuple[list[int], int]:
        """Ids of the newest documents that match, newest first, and how many match."""
        bounded = max(1, min(limit, self.searcher.num_docs))
        found = self.searcher.search(query, bounded, count=True, order_by_field="id")
        return [int(value) for value, _ in found.hits], int(found.count)  # type: ignore[attr-defined]  # not in its stub


class FullTextIndex:
    """Opened or made in `folder`. Raises ValueError or OSError when what lies there cannot be used."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        self._index.config_reader(reload_policy="manual")
        self._committed = folder / "meta.json"  # put in place by rename at every commit
        self._view: tuple[tuple[int, int], View] | None = None

    def view(self) -> View:
        """The state that was committed last, by whichever process."""
        file = self._committed.stat()
        state = (file.st_ino, file.st_mtime_ns)
        if self._view is None or self._view[0] != state:
            self._index.reload()
            searcher = self._index.searcher()
            self._view = (state, View(searcher, self._schema, self._marker(searcher)))
        return self._view[1]

    @contextmanager
    def writing(self) -> Iterator["Writing"]:
        """Changes that take effect together when the block ends, or not at all. Raises `IndexBusy`."""
        try:
            writer = self._index.writer(heap_size=_WRITER_MEMORY, num_threads=1)
        except ValueError as error:
            if "lock" in str(error).lower():
                raise IndexBusy from error
            raise
        try:
            yield Writing(writer, self._schema)
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            # Without this, merges are given up when the writer goes, and small segments pile up.
            writer.wait_merging_threads()

    def _marker(self, searcher: tantivy.Searcher) -> Marker | None:
        found = searcher.search(Query.term_query(self._schema, "id", _MARKER), 1).hits
        if not found:
            return None
        address = [found[0][1]]
        return Marker(*(int(searcher.fast_field_values(name, address)[0] or 0) for name in Marker._fields))


class Writing:
    """What can be changed in the index."""

    def __init__(self, writer: tantivy.IndexWriter, schema: tantivy.Schema) -> None:
        self._writer = writer
        self._schema = schema
        self._empty = False

    def clear(self) -> None:
        """Forget everything."""
        self._writer.delete_all_documents()
        self._empty = True

    def put(self, entry: Entry) -> None:
        """Take in a document, in place of its former state; after `clear`, each document once."""
        if not self._empty:
            self._forget(entry.id)
        self._writer.add_document(_document(entry))

    def mark(self, marker: Marker) -> None:
        """Say how far the index goes."""
        self._forget(_MARKER)
        document = tantivy.Document()
        for name, value in (("id", _MARKER), *marker._asdict().items()):
            document.add_unsigned(name, value)
        self._writer.add_document(document)

    def _forget(self, each: int) -> None:
        # By query: tantivy 0.27 deletes nothing by the term of an unsigned field.
        self._writer.delete_documents_by_query(Query.term_query(self._schema, "id", each))


def all_of(view: View, part: Part, terms: Iterable[Term]) -> Query:
    """The query for documents that have every term in `part`."""
    wanted = [(Occur.Must, _any_spelling(view.schema, part, term)) for term in terms]
    return wanted[0][1] if len(wanted) == 1 else Query.boolean_query(wanted)


def without(query: Query, *unwanted: Query) -> Query:
    """Documents of `query` but not of `unwanted`."""
    return Query.boolean_query([(Occur.Must, query), *((Occur.MustNot, other) for other in unwanted)])


def among(view: View, ids: Iterable[int]) -> Query:
    """The documents of these ids."""
    return Query.boolean_query([(Occur.Should, Query.term_query(view.schema, "id", each)) for each in ids])


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    for name in Marker._fields:
        builder.add_unsigned_field(name, fast=True)
    for part in ("head", "all"):
        builder.add_text_field(f"{part}_units", tokenizer_name="whitespace", index_option="basic")
        builder.add_text_field(f"{part}_pairs", tokenizer_name="whitespace", index_option="position")
    return builder.build()


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("id", entry.id)
    for part, units in (("head", entry.head), ("all", entry.all)):
        document.add_text(f"{part}_units", " ".join(set(units)))
        document.add_text(f"{part}_pairs", " ".join([a + b for a, b in pairwise(units)]))
    return document


def _any_spelling(schema: tantivy.Schema, part: Part, term: Term) -> Query:
    spellings = [_spelling(schema, part, units, term) for units in term.spellings]
    return spellings[0] if len(spellings) == 1 else Query.boolean_query([(Occur.Should, each) for each in spellings])


def _spelling(schema: tantivy.Schema, part: Part, units: Sequence[str], term: Term) -> Query:
    if term.open_start or term.open_end:
        return _open(schema, part, units, term)
    if len(units) == 1:
        return Query.const_score_query(Query.term_query(schema, f"{part}_units", units[0], "basic"), 1.0)
    pairs = _pairs(units)
    if len(pairs) == 1:
        return Query.const_score_query(Query.term_query(schema, f"{part}_pairs", pairs[0][1], "basic"), 1.0)
    return Query.const_score_query(Query.phrase_query(schema, f"{part}_pairs", [*pairs]), 1.0)


def _open(schema: tantivy.Schema, part: Part, units: Sequence[str], term: Term) -> Query:
    """Numbers that may go on: words by pattern instead of words."""
    patterns = [re.escape(unit) for unit in units]
    if term.open_start:
        patterns[0] = "[0-9]*" + patterns[0]
    if term.open_end:
        patterns[-1] += "[0-9]*"
    if len(patterns) == 1:
        return Query.const_score_query(Query.regex_query(schema, f"{part}_units", patterns[0]), 1.0)
    pairs = _pairs(patterns)
    if len(pairs) == 1:
        return Query.const_score_query(Query.regex_query(schema, f"{part}_pairs", pairs[0][1]), 1.0)
    return Query.const_score_query(Query.regex_phrase_query(schema, f"{part}_pairs", [*pairs]), 1.0)


def _pairs(units: Sequence[str]) -> list[tuple[int, str]]:
    """As few pairs as cover all units, each with its place."""
    last = len(units) - 2
    places = [*range(0, last, 2), last]
    return [(place, units[place] + units[place + 1]) for place in places]
