"""Accounts and groups of a Paperless-ngx by their names, and circles of them as either side writes them."""

from collections.abc import Mapping
from dataclasses import replace

from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.office import Kind
from quancheng_sidecar.archive.paperless.remote import Remote
from quancheng_sidecar.archive.paperless.remote_permissions import OPEN, RemoteAccount, RemoteCircle, RemotePermissions
from quancheng_sidecar.archive.paperless.roles import HANDING_IN
from quancheng_sidecar.archive.permissions import EVERYONE, Circle, Permissions


class People:
    """Asked for when somebody is named who is not known yet.

    `own` is the id of the sidecar's account. It works for the office and is nobody, so no circle names it.
    """

    def __init__(self, session: Paperless, own: int) -> None:
        self._session = session
        self._own = own
        self._accounts: Mapping[int, RemoteAccount] = {}
        self._groups: Mapping[int, str] = {}

    def named(self, remote: RemotePermissions) -> Permissions:
        """What is said there, in our terms; an account or group that is gone is left out."""
        if remote.owner is None:
            return EVERYONE
        users = {remote.owner, *remote.view.users, *remote.change.users} - {self._own}
        if not (users <= self._accounts.keys() and remote.view.groups | remote.change.groups <= self._groups.keys()):
            self._ask()
        change = self._circle(replace(remote.change, users=remote.change.users | {remote.owner}))
        return Permissions(view=self._circle(remote.view) | change, change=change)

    def known(self, wanted: Permissions) -> Permissions:
        """The same, without accounts and groups that are not there."""
        if wanted.view is None or wanted.change is None:
            return wanted
        if self._held(wanted.view) != wanted.view:
            self._ask()
        return Permissions(view=self._held(wanted.view), change=self._held(wanted.change))

    def remote(self, wanted: Permissions, owner: int | None) -> RemotePermissions:
        """As Paperless takes it: `owner` stays it where that account may change the document, else ours becomes it."""
        if wanted.view is None or wanted.change is None:
            return OPEN
        view, change = self._ids(wanted.view), self._ids(wanted.change)
        keeper = owner if owner is not None and owner in change.users else self._own
        view, change = (replace(each, users=each.users - {keeper}) for each in (view, change))
        return RemotePermissions(owner=keeper, view=view, change=change)

    def is_own(self, remote: RemotePermissions) -> bool:
        """Whether the sidecar's account alone may see it, as Paperless has it of each upload of ours."""
        return remote == RemotePermissions(owner=self._own)

    def is_handed_in(self, document: Remote) -> bool:
        """Whether Paperless alone closed it: who uploaded it is its owner, and is in a role that hands records in."""
        owner = document.permissions.owner
        if owner is None or document.permissions != RemotePermissions(owner):
            return False
        self._ask()
        groups = self._accounts[owner].groups if owner in self._accounts else ()
        in_role = not HANDING_IN.isdisjoint(self._groups.get(each, "") for each in groups)
        return in_role and self._session.is_uploaded_by(document, owner)

    def _circle(self, remote: RemoteCircle) -> Circle:
        accounts = (self._accounts[each].name for each in remote.users - {self._own} if each in self._accounts)
        groups = (self._groups[each] for each in remote.groups if each in self._groups)
        return Circle(accounts=frozenset(accounts), groups=frozenset(groups))

    def _held(self, wanted: Circle) -> Circle:
        accounts = wanted.accounts & {each.name for each in self._accounts.values()}
        return Circle(accounts=accounts, groups=wanted.groups & set(self._groups.values()))

    def _ids(self, wanted: Circle) -> RemoteCircle:
        users = (key for key, each in self._accounts.items() if each.name in wanted.accounts)
        groups = (key for key, name in self._groups.items() if name in wanted.groups)
        return RemoteCircle(frozenset(users), frozenset(groups))

    def _ask(self) -> None:
        self._accounts = self._session.accounts()
        self._groups = {identifier: name for name, identifier in self._session.named(Kind.GROUP).items()}
