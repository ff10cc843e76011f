"""What check makes of what it saw."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.findings import Severity
from quancheng_sidecar.archive.paperless.check import CheckReport, clock_offset_s, judge
from quancheng_sidecar.archive.paperless.comparing import Action, Decision
from quancheng_sidecar.archive.paperless.looking import AppAnswer, PluginMark, Seen
from quancheng_sidecar.archive.paperless.office import Kind, office
from quancheng_sidecar.archive.paperless.registry import Account
from quancheng_sidecar.archive.paperless.session import Greeting
from quancheng_sidecar.archive.paperless.told import CheckItem, State
from quancheng_sidecar.settings import Settings

_NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
_STATUS: dict[str, Any] = {
    "storage": {"total": 10**12, "available": 10**11},
    "database": {"status": "OK", "error": None, "migration_status": {"unapplied_migrations": []}},
    "tasks": {
        "redis_status": "OK",
        "redis_error": None,
        "celery_status": "OK",
        "celery_error": None,
        "index_status": "OK",
        "index_error": None,
    },
}


def greeting(offset_s: float = 0, round_trip_s: float = 0.1) -> Greeting:
    """An answer of a server whose clock is that far ahead, read half way between question and answer."""
    server = (_NOW + timedelta(seconds=offset_s)).replace(microsecond=0)
    half = timedelta(seconds=round_trip_s / 2)
    return Greeting("3.0.5", server, _NOW - half, _NOW + half)


def sound() -> Seen:
    """A server with which all is right."""
    pieces = office(Settings())
    held = {
        kind: tuple((piece, Decision(Action.KEEP, {"id": 1})) for piece in pieces if piece.kind is kind)
        for kind in Kind
    }
    return Seen(
        url="http://paperless.test",
        greeting=greeting(),
        account=Account("quancheng", superuser=True, rights=frozenset(), audited=True),
        held=held,
        plugin=PluginMark.PROCESSED,
        status=_STATUS,
        config={"user_args": None},
        app=AppAnswer.AGREED,
        has_secret=True,
        last_event=_NOW,
    )


def item(report: CheckReport, code: str) -> CheckItem:
    """The one item of that code."""
    (found,) = [item for item in report.items if item.code == code]
    return found


def test_sound_server_has_nothing_wrong() -> None:
    """Every item is right, and nothing asks for a remedy."""
    report = judge(sound())
    assert report.sound
    assert {item.state for item in report.items} == {State.RIGHT}
    assert not any(item.remedy for item in report.items)


def test_whatever_is_not_right_has_a_remedy() -> None:
    """A person is never left with a problem alone."""
    worst = replace(
        sound(),
        account=Account("a", superuser=False, rights=frozenset(), audited=False),
        held={},
        plugin=PluginMark.ABSENT,
        status=None,
        config={"user_args": {"invalidate_digital_signatures": True}},
        app=AppAnswer.ABSENT,
        has_secret=False,
        last_event=None,
        greeting=greeting(1000),
    )
    report = judge(worst)
    assert not report.sound
    assert all(item.remedy for item in report.items if item.state is not State.RIGHT)


def test_missing_field_is_high_and_missing_view_is_not() -> None:
    """Without a field nothing can be written; without a view people only look further."""
    seen = sound()
    held = {kind: tuple((piece, Decision(Action.MAKE)) for piece, _ in decided) for kind, decided in seen.held.items()}
    fields = judge(replace(seen, held={**seen.held, Kind.FIELD: held[Kind.FIELD]}))
    views = judge(replace(seen, held={**seen.held, Kind.VIEW: held[Kind.VIEW]}))
    assert item(fields, "paperless-customfield").severity is Severity.HIGH
    assert not fields.sound
    assert item(views, "paperless-savedview").severity is Severity.MEDIUM
    assert views.sound


@pytest.mark.parametrize(
    ("mark", "state"),
    [
        (PluginMark.PROCESSED, State.RIGHT),
        (PluginMark.LOADED, State.UNKNOWN),
        (PluginMark.NOTHING_TO_ASK, State.UNKNOWN),
        (PluginMark.ABSENT, State.WRONG),
    ],
)
def test_plugin_is_claimed_only_on_evidence(mark: PluginMark, state: State) -> None:
    """What cannot be known is said to be so."""
    assert item(judge(replace(sound(), plugin=mark)), "paperless-plugin").state is state


@pytest.mark.parametrize(
    ("has_secret", "answer", "app", "secret"),
    [
        (True, AppAnswer.AGREED, State.RIGHT, State.RIGHT),
        (True, AppAnswer.OTHER_SECRET, State.RIGHT, State.WRONG),
        (True, AppAnswer.ABSENT, State.WRONG, State.UNKNOWN),
        (False, AppAnswer.OTHER_SECRET, State.RIGHT, State.WRONG),
        (False, AppAnswer.ABSENT, State.WRONG, State.WRONG),
    ],
)
def test_app_and_secret_are_judged_by_the_answer_to_a_signed_question(
    has_secret: bool,  # noqa: FBT001  a parameter of the test
    answer: AppAnswer,
    app: State,
    secret: State,
) -> None:
    """The app answers whoever asks; that both secrets are one shows only where it accepts a signature."""
    report = judge(replace(sound(), has_secret=has_secret, app=answer))
    assert item(report, "paperless-app").state is app
    assert item(report, "paperless-secret").state is secret


def test_silence_is_not_taken_for_a_fault() -> None:
    """No event yet: nothing may have happened."""
    assert item(judge(replace(sound(), last_event=None)), "paperless-events").state is State.UNKNOWN


@pytest.mark.parametrize(
    ("part", "key", "value", "severity"),
    [
        ("tasks", "celery_status", "ERROR", Severity.HIGH),
        ("tasks", "redis_status", "ERROR", Severity.HIGH),
        ("tasks", "index_status", "ERROR", Severity.MEDIUM),
        ("database", "status", "ERROR", Severity.HIGH),
        ("database", "migration_status", {"unapplied_migrations": ["documents.0099"]}, Severity.HIGH),
        ("storage", "available", 5 * 1024**3, Severity.MEDIUM),
        ("storage", "available", 1024, Severity.HIGH),
    ],
)
def test_broken_part_of_the_server_is_told(part: str, key: str, value: object, severity: Severity) -> None:
    """What Paperless says of itself is weighed by what it does to records."""
    report = judge(replace(sound(), status={**_STATUS, part: {**_STATUS[part], key: value}}))
    (wrong,) = [item for item in report.items if item.state is State.WRONG]
    assert wrong.severity is severity


@given(
    offset=st.floats(-5000, 5000),
    round_trip=st.floats(0, 60),
    asked_at=st.floats(0, 1),
    answered_at=st.floats(0, 1),
)
def test_clock_difference_is_never_overstated(
    offset: float, round_trip: float, asked_at: float, answered_at: float
) -> None:
    """HTTP tells whole seconds, and when they were read is not known: only what is sure is claimed."""
    asked = _NOW + timedelta(seconds=asked_at)
    answered = asked + timedelta(seconds=round_trip)
    read = asked + (answered - asked) * answered_at
    server = (read + timedelta(seconds=offset)).replace(microsecond=0)
    told = clock_offset_s(Greeting("3.0.5", server, asked, answered))
    assert told is not None
    assert abs(told) <= abs(offset) + 1e-5
    assert told * offset >= 0
    assert abs(told - offset) <= 1 + round_trip + 1e-5


@pytest.mark.parametrize(("offset", "severity"), [(3, Severity.INFO), (-30, Severity.MEDIUM), (290, Severity.HIGH)])
def test_clock_difference_is_high_before_events_are_refused(offset: float, severity: Severity) -> None:
    """Events are refused from 300 s on; a person is to know before."""
    assert item(judge(replace(sound(), greeting=greeting(offset))), "paperless-clock").severity is severity
