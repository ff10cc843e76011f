"""A round with Paperless: what fails stands alone; whose looks are logged."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db.models import Model

from quancheng_sidecar.archive.paperless.models import Cursor, Notice
from quancheng_sidecar.archive.paperless.session import PaperlessRefused, PaperlessUnreachable
from quancheng_sidecar.collect import notices
from quancheng_sidecar.collect.models import Correction, Intake
from quancheng_sidecar.collect.paperless import Round, _alone
from quancheng_sidecar.preserve.models import CustodyEvent


def test_look_that_fails_is_owed_and_ends_no_round() -> None:
    """A document that cannot be taken over is to be looked at again, and the round goes on."""
    done = Round()
    with _alone(1, done):
        raise PaperlessRefused(zh="不行。", en="No.")
    with _alone(2, done):
        done.cases.add("甲")
    assert (done.later, done.cases) == (1, {"甲"})


def test_nobody_answering_ends_the_round() -> None:
    """Where Paperless itself is away, nothing else is tried."""
    done = Round()
    with pytest.raises(PaperlessUnreachable), _alone(1, done):
        raise PaperlessUnreachable(zh="没有应答。", en="No answer.")
    assert done.later == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "who", "detail", "logged"),
    [
        ("viewed", "quancheng", {"token": True}, 0),
        ("downloaded", "quancheng", {"token": True, "original": True}, 0),
        ("viewed", "quancheng", {}, 1),
        ("viewed", "lin", {"token": True}, 1),
        ("trashed", "quancheng", {"token": True}, 1),
    ],
)
def test_own_looks_are_nobodys(kind: str, who: str, detail: dict[str, bool], logged: int) -> None:
    """What the product looks at by its token is no view; whoever signs in to the page, or deletes, is logged."""
    Cursor.objects.create(pk=1, modified=datetime(2026, 11, 24, tzinfo=UTC), account="quancheng")
    notices.take(uuid4(), kind, 7, at=datetime(2026, 11, 24, tzinfo=UTC), who=who, detail=detail)
    assert CustodyEvent.objects.count() == logged


@pytest.mark.django_db(transaction=True)
def test_without_a_known_account_every_look_is_logged() -> None:
    """Before the first round nobody is taken for the product, a view without a name included."""
    Cursor.objects.create(pk=1, modified=datetime(2026, 11, 24, tzinfo=UTC))
    notices.take(uuid4(), "viewed", 7, at=datetime(2026, 11, 24, tzinfo=UTC), who="", detail={"token": True})
    assert CustodyEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_news_ask_for_a_look_once() -> None:
    """What people put in or change there; not its double, nor a view, nor the echo of what we changed ourselves."""
    at = datetime(2026, 11, 24, tzinfo=UTC)
    Cursor.objects.create(pk=1, modified=at, account="quancheng")
    told = uuid4()
    asks = [
        notices.take(identifier, kind, 7, at=at, who=who, detail={})
        for identifier, kind, who in (
            (told, "consumed", "lin"),
            (told, "consumed", "lin"),
            (uuid4(), "changed", "lin"),
            (uuid4(), "changed", "quancheng"),
            (uuid4(), "restored", "lin"),
            (uuid4(), "viewed", "lin"),
        )
    ]
    assert asks == [True, False, True, False, True, False]


@pytest.mark.parametrize(("model", "field"), [(Intake, "agent"), (Correction, "by"), (Notice, "who")])
def test_the_longest_name_of_an_account_is_kept(model: type[Model], field: str) -> None:
    """An account there may be named by 150 characters; SQLite would not care, PostgreSQL refuses the rest."""
    longest = "名" * 150
    assert model._meta.get_field(field).clean(longest, None) == longest
