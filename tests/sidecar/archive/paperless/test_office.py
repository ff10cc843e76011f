"""What the product keeps in Paperless, as data."""

from collections import Counter

import pytest

from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.paperless.office import Kind, NotThere, Piece, Tag, office
from quancheng_sidecar.archive.paperless.roles import ROLES, Role
from quancheng_sidecar.settings import Settings


class Earlier:
    """Knows what came before; ids say which object they stand for."""

    def __init__(self) -> None:
        self.there: list[tuple[Kind, str]] = []

    def id(self, kind: Kind, key: str) -> int:
        """The place in the order."""
        if (kind, key) not in self.there:
            raise NotThere(kind, key)
        return self.there.index((kind, key))

    def option(self, field: CustomField, code: str) -> str:
        """The code itself."""
        return f"{self.id(Kind.FIELD, field)}:{code}"


@pytest.fixture(scope="module")
def everything() -> tuple[Piece, ...]:
    return office(Settings())


def test_nothing_names_what_comes_later(everything: tuple[Piece, ...]) -> None:
    """Each object can be made when its turn comes."""
    known = Earlier()
    for piece in everything:
        piece.body(known)
        known.there.append((piece.kind, piece.key))
    assert len(known.there) == len(everything)


def test_keys_and_names_are_unique_and_fit(everything: tuple[Piece, ...]) -> None:
    """Two objects of a kind never share a key or a name, and names fit Paperless' 128 characters."""
    assert max(Counter((piece.kind, piece.key) for piece in everything).values()) == 1
    assert max(Counter((piece.kind, piece.name) for piece in everything).values()) == 1
    assert all(0 < len(piece.name) <= 128 for piece in everything)


def test_workflows_touch_only_tags_of_ours(everything: tuple[Piece, ...]) -> None:
    """No workflow assigns anything that could be there already."""
    known = Earlier()
    known.there = [(piece.kind, piece.key) for piece in everything]
    tags = {known.id(Kind.TAG, tag) for tag in Tag}
    for piece in everything:
        if piece.kind is Kind.WORKFLOW:
            (action,) = piece.body(known)["actions"]  # type: ignore[misc]  # a list of one
            touched = {name: value for name, value in action.items() if name != "type"}
            assert set(touched) <= {"assign_tags", "remove_tags"}
            assert {tag for value in touched.values() for tag in value} <= tags


def test_each_role_has_its_group() -> None:
    """Seven roles, seven groups."""
    assert {role.role for role in ROLES} == set(Role)
    assert len({role.group for role in ROLES}) == len(Role)


def test_no_role_may_delete() -> None:
    """Expiry never deletes by itself, and no group deletes at all (Art. 8)."""
    assert not [right for role in ROLES for right in role.rights if right.startswith("delete_")]


def test_outside_body_sees_no_documents() -> None:
    """Paperless shows documents without owner to whoever may view any, so an outside body may not (Art. 11)."""
    outside = next(role for role in ROLES if role.role is Role.OUTSIDE)
    assert outside.rights == {"view_uisettings"}
