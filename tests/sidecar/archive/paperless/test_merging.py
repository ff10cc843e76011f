"""Three-way merge of fields and links."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.paperless.merging import OURS, merge, merge_links

PARTY, PLACE, VERDICT = CustomField.PARTY, CustomField.PLACE, CustomField.VERDICT

Side = dict[CustomField, FieldValue]
sides = st.dictionaries(st.sampled_from([PARTY, PLACE, VERDICT]), st.sampled_from(["甲", "乙", "丙"]))
ids = st.sets(st.integers(1, 6))


def _with(side: Side, changes: Mapping[CustomField, FieldValue | None]) -> Side:
    changed = {**side, **changes}
    return {field: value for field, value in changed.items() if value is not None}


@given(sides, sides, sides)
def test_both_sides_agree_afterwards(base: Side, ours: Side, theirs: Side) -> None:
    """Once what is to be pushed and pulled was applied, both sides are the same, and nothing is left to do."""
    merged = merge(base, ours, theirs)
    here, there = _with(ours, merged.pull), _with(theirs, merged.push)
    assert here == there
    again = merge(here, here, there)
    assert (again.push, again.pull, again.disputed) == ({}, {}, {})


@given(sides, sides, sides)
def test_person_there_is_never_overwritten(base: Side, ours: Side, theirs: Side) -> None:
    """A value changed there is not pushed over, whoever changed ours, but for what only the product states."""
    for by_person in ((), tuple(CustomField)):
        merged = merge(base, ours, theirs, by_person=by_person)
        changed_there = {field for field in CustomField if theirs.get(field) != base.get(field)}
        assert merged.push.keys() & changed_there <= OURS


@given(sides, sides, sides)
def test_person_here_is_never_overwritten(base: Side, ours: Side, theirs: Side) -> None:
    """A value that a person entered here since both agreed is not pulled over: it is disputed."""
    merged = merge(base, ours, theirs, by_person=tuple(CustomField))
    changed_here = {field for field in CustomField if ours.get(field) != base.get(field)}
    assert not merged.pull.keys() & changed_here


def test_who_changed_what_decides() -> None:
    """Changed here: pushed. Changed there: pulled. Changed by people on both sides: disputed."""
    base: Side = {PARTY: "甲", PLACE: "甲"}
    assert merge(base, {**base, PARTY: "乙"}, base).push == {PARTY: "乙"}
    assert merge(base, base, {PARTY: "甲"}).pull == {PLACE: None}
    both = merge(base, {**base, PARTY: "乙"}, {**base, PARTY: "丙"}, by_person=[PARTY])
    assert (both.push, both.pull, both.disputed) == ({}, {}, {PARTY: "丙"})


@given(ids, ids, ids)
def test_links_of_others_stay(base: set[int], ours: set[int], theirs: set[int]) -> None:
    """Ours are there, those that we took away are gone, and links that people made there stay."""
    agreed = set(merge_links(base, ours, theirs))
    assert ours <= agreed
    assert not agreed & (base - ours)
    assert theirs - base <= agreed
