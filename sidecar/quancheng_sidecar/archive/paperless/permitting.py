"""Who may see and change a document, kept alike on both sides; what a person set there stands (decision 0005)."""

from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.models import Twin
from quancheng_sidecar.archive.paperless.people import People
from quancheng_sidecar.archive.paperless.remote import Remote
from quancheng_sidecar.archive.paperless.remote_permissions import OPEN
from quancheng_sidecar.archive.permissions import EVERYONE, Permissions


def open_to_colleagues(session: Paperless, people: People, remote: Remote) -> Permissions:
    """Take a document handed in there out of the hands of who did; gives who may see it then.

    Paperless makes whoever uploads a document its owner, and nobody else sees it. A record is not kept by who made it
    (Art. 7). Anything that somebody chose there stands: other owners, circles, what a workflow assigns.
    """
    if not people.is_handed_in(remote):
        return people.named(remote.permissions)
    session.permit(remote.id, OPEN)
    return EVERYONE


def settle(session: Paperless, people: People, twin: Twin, remote: Remote, ours: Permissions) -> Permissions | None:
    """Push ours where nobody set it there since both sides last agreed; else give theirs, for the caller to enter."""
    theirs, ours = people.named(remote.permissions), people.known(ours)
    if theirs != ours:
        if theirs != _base(people, twin, remote):
            return theirs
        session.permit(remote.id, people.remote(ours, remote.permissions.owner))
    twin.base_permissions = ours.model_dump(mode="json")
    return None


def agree(people: People, twin: Twin, remote: Remote, ours: Permissions) -> bool:
    """Whether both sides say the same, and agreed on it."""
    theirs = people.named(remote.permissions)
    return twin.base_permissions is not None and _base(people, twin, remote) == theirs == people.known(ours)


def _base(people: People, twin: Twin, remote: Remote) -> Permissions:
    """What both sides last agreed on; at first what Paperless makes of an upload of ours, or else everyone."""
    if twin.base_permissions is not None:
        return Permissions.model_validate(twin.base_permissions)
    return people.named(remote.permissions) if people.is_own(remote.permissions) else EVERYONE
