"""Who acts while a request of Paperless is answered, and what was refused to them meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.http import HttpRequest


@dataclass(frozen=True)
class Actor:
    """An account of Paperless."""

    id: int
    name: str


@dataclass(frozen=True)
class Refusal:
    """A deletion that did not take place; `state` and `reason` as in `Kept`."""

    document: int
    title: str
    state: str
    reason: str
    by_workflow: bool = False


@dataclass
class Acting:
    """A request that is being answered."""

    request: HttpRequest
    refused: list[Refusal] = field(default_factory=list)

    @property
    def actor(self) -> Actor | None:
        """The account, by session, token or password: Paperless' API puts it on the request once it is known."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        return Actor(user.pk, user.get_username())


_current: ContextVar[Acting | None] = ContextVar("quancheng_acting", default=None)


def current() -> Acting | None:
    """The request that is being answered; None in a worker or a command."""
    return _current.get()


def actor() -> Actor | None:
    """The account that acts; None where nobody is known to."""
    acting = current()
    return acting.actor if acting else None


@contextmanager
def answering(request: HttpRequest) -> Iterator[Acting]:
    """Make the request the current one."""
    acting = Acting(request)
    token = _current.set(acting)
    try:
        yield acting
    finally:
        _current.reset(token)
