"""What is to be done with one object, from what is there and what was made."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.archive.fields import CustomField, FieldType
from quancheng_sidecar.archive.paperless.comparing import Action, _holds, decide
from quancheng_sidecar.archive.paperless.office import Kind, Piece, office
from quancheng_sidecar.archive.paperless.there import There
from quancheng_sidecar.settings import Settings

_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
_PIECES = {(piece.kind, piece.key): piece for piece in office(Settings())}


def field(name: str, kind: str, identifier: int = 1) -> dict[str, Any]:
    """A custom field as Paperless lists it."""
    return {"id": identifier, "name": name, "data_type": kind, "extra_data": None}


@given(_JSON)
def test_anything_says_the_same_as_itself(value: object) -> None:
    """What we made is known again."""
    assert _holds(value, value)


@given(st.dictionaries(st.text(max_size=3), _JSON, max_size=3), st.dictionaries(st.text(max_size=3), _JSON, max_size=3))
def test_members_of_paperless_own_do_not_matter(ours: dict[str, object], more: dict[str, object]) -> None:
    """It adds ids and defaults to what it is given; none of ours may be missing or other."""
    assert _holds(more | ours, ours)
    assert all(not _holds({**ours, name: [value]}, ours) for name, value in ours.items() if value != [value])


@pytest.mark.parametrize("wanted", list(CustomField))
@given(kind=st.sampled_from(FieldType), made=st.none() | st.integers(1, 3))
def test_field_of_that_name_is_never_made_again_nor_changed(
    wanted: CustomField, kind: FieldType, made: int | None
) -> None:
    """Whatever its type: a second field of one name cannot be, and only options are ever added, to our own."""
    decision = decide(_PIECES[Kind.FIELD, wanted], [field(wanted.zh, kind.value)], made, There())
    fits = kind is wanted.type
    select = kind is FieldType.SELECT
    expected = Action.EXTEND if made == 1 else Action.CONFLICT
    assert decision.action is (Action.CONFLICT if not fits else expected if select else Action.KEEP)


def test_number_that_went_to_another_field_is_not_ours() -> None:
    """After a new installation the id that we remember is someone else's field: told, never used."""
    decision = decide(_PIECES[Kind.FIELD, CustomField.SHIP], [field("金额", "longtext", 7)], 7, There())
    assert decision.action is Action.CONFLICT
    assert "金额" in str(decision.why)


def test_own_object_that_a_person_changed_stays() -> None:
    """The office may give a role of ours other rights."""
    piece: Piece = _PIECES[Kind.GROUP, "clerk"]
    group = {"id": 4, "name": piece.name, "permissions": ["view_document"]}
    assert decide(piece, [group], 4, There()).action is Action.KEEP
    assert decide(piece, [group], None, There()).action is Action.CONFLICT
