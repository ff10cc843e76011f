"""Permissions of a document as Paperless-ngx keeps them: its owner, and who else may view and change it, by id."""

from collections.abc import Mapping
from dataclasses import dataclass

from pypaperless.models.documents.document import Document as PaperlessDocument


@dataclass(frozen=True)
class RemoteCircle:
    """Accounts and groups, by their ids."""

    users: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True)
class RemotePermissions:
    """Without an owner everyone may whose groups' rights allow it, whatever else is named here."""

    owner: int | None
    view: RemoteCircle = RemoteCircle()
    change: RemoteCircle = RemoteCircle()

    def body(self) -> Mapping[str, object]:
        """As Paperless' API takes them; it replaces what was set."""
        return {"owner": self.owner, "set_permissions": {"view": _lists(self.view), "change": _lists(self.change)}}


OPEN = RemotePermissions(owner=None)


@dataclass(frozen=True)
class RemoteAccount:
    """An account: its name, and the ids of its groups."""

    name: str
    groups: frozenset[int]


def permissions_of(document: PaperlessDocument) -> RemotePermissions:
    """The permissions of a document that was asked for with them."""
    held = document.permissions
    if held is None:
        return RemotePermissions(document.owner)
    view, change = (RemoteCircle(frozenset(each.users), frozenset(each.groups)) for each in (held.view, held.change))
    return RemotePermissions(document.owner, view, change)


def _lists(circle: RemoteCircle) -> Mapping[str, list[int]]:
    return {"users": sorted(circle.users), "groups": sorted(circle.groups)}
