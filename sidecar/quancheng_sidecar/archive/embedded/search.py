"""Search over index and database together: complete and exact at every moment, inside a transaction too."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import NamedTuple

from django.db import connection

from quancheng_sidecar.archive.embedded.following import IndexFollower, units_of
from quancheng_sidecar.archive.embedded.index import View, all_of, among, without
from quancheng_sidecar.archive.embedded.models import ArchivedDocument
from quancheng_sidecar.archive.matching import UnitText
from quancheng_sidecar.archive.query import Term

_CHUNK = 200  # documents held in memory at a time


class Found(NamedTuple):
    """Ids of one page, and how many documents there are in all."""

    total: int
    ids: list[int]


class _Unindexed(NamedTuple):
    """Documents that the index does not have in their present state: those that match, in two ranks."""

    ids: list[int]
    head: list[int]
    rest: list[int]


def find(follower: IndexFollower, terms: Sequence[Term], *, limit: int, offset: int) -> Found:
    """Documents with all terms: those that have them in title and fields first, then newest first."""
    view, behind = _state(follower)
    unindexed = _unindexed(behind, terms)
    return _page(view, terms, unindexed, offset, offset + limit)


def _state(follower: IndexFollower) -> tuple[View | None, list[int]]:
    """The index, and the documents that it lacks. The index is looked at first, so nothing falls in between."""
    view = follower.view()
    behind = _behind(view)
    if behind and not connection.in_atomic_block:
        follower.catch_up()
        view = follower.view()
        behind = _behind(view)
    return view, behind


def _behind(view: View | None) -> list[int]:
    after = view.marker.change if view and view.marker else -1
    # In the order of its own column: asked for by id, SQLite would read the whole table.
    lacking = ArchivedDocument.objects.filter(change__gt=after).order_by("change")
    return list(lacking.values_list("pk", flat=True))


def _unindexed(ids: list[int], terms: Sequence[Term]) -> _Unindexed:
    found = _Unindexed(ids, [], [])
    if not ids:
        return found
    for document in _each(ids):
        head, text = units_of(document)
        if UnitText(head).has_all(terms):
            found.head.append(document.pk)
        elif UnitText([*head, *text]).has_all(terms):
            found.rest.append(document.pk)
    return found


def _each(ids: list[int]) -> Iterator[ArchivedDocument]:
    for some in batched(ids, _CHUNK, strict=False):
        yield from ArchivedDocument.objects.filter(pk__in=some).prefetch_related("field_values")


def _page(view: View | None, terms: Sequence[Term], unindexed: _Unindexed, start: int, end: int) -> Found:
    if view is None:
        ids = sorted(unindexed.head, reverse=True) + sorted(unindexed.rest, reverse=True)
        return Found(len(ids), ids[start:end])
    outdated = [among(view, unindexed.ids)] if unindexed.ids else []
    head, everywhere = all_of(view, "head", terms), all_of(view, "all", terms)
    found, count = view.newest(without(head, *outdated) if outdated else head, end)
    heads = count + len(unindexed.head)
    page = _merged(found, unindexed.head)[start:end]
    if end <= heads:
        total = view.count(without(everywhere, *outdated) if outdated else everywhere)
        return Found(total + len(unindexed.head) + len(unindexed.rest), page)
    rest, count = view.newest(without(everywhere, head, *outdated), end - heads)
    page += _merged(rest, unindexed.rest)[max(0, start - heads) : end - heads]
    return Found(heads + count + len(unindexed.rest), page)


def _merged(one: list[int], other: list[int]) -> list[int]:
    return sorted([*one, *other], reverse=True)
