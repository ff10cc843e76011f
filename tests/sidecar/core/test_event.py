"""Events and the bytes that stand for them."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.core.event import (
    Event,
    EventType,
    Unloggable,
    canonical,
    canonical_json,
    event_id,
    instant,
    parse_canonical,
)

AT = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
EVENT = Event(
    id=UUID("0195516f-3b40-7000-8000-000000000000"),
    seq=7,
    type=EventType.INGESTION,
    agent="张三",
    subject="sha256:00",
    outcome="success",
    at=AT,
    detail={"大小": 1.0, "a": [True, None, 1e-7, 2.5], "\U0001f600": "\x7f", "\ufb33": '"\\\n'},
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=5,
)  # fmt: skip


def test_the_bytes_of_an_event() -> None:
    """The canonical form is fixed for good: sorted by UTF-16, ECMAScript numbers, UTC instants."""
    assert canonical(EVENT) == (
        '{"agent":"张三","at":"2026-03-01T01:30:00.000000+00:00",'
        '"detail":{"a":[true,null,1e-7,2.5],"大小":1,"\U0001f600":"\x7f","\ufb33":"\\"\\\\\\n"},'
        '"id":"0195516f-3b40-7000-8000-000000000000","outcome":"success","seq":7,'
        '"subject":"sha256:00","type":"ingestion"}'
    )


@settings(max_examples=50)
@given(st.dictionaries(st.text(), values, max_size=3))
def test_what_is_written_is_read_back(detail: dict[str, object]) -> None:
    """Any JSON object is written canonically, recognised as such, and means the same."""
    try:
        text = canonical_json(detail)
    except Unloggable:  # lone surrogates of generated text are made plain first, numbers out of range are refused
        return
    value = parse_canonical(text)
    assert value is not None
    assert json.loads(text, parse_int=float) == json.loads(json.dumps(value), parse_int=float)


def test_names_are_ordered_by_utf_16() -> None:
    """A name of two units stands before one of the private area, as RFC 8785 § 3.2.3 has it, and in no other order."""
    assert canonical_json({"\ue000": None, "\U00010000": None}) == '{"\U00010000":null,"\ue000":null}'
    assert parse_canonical('{"\U00010000":null,"\ue000":null}') == {"\U00010000": None, "\ue000": None}
    assert parse_canonical('{"\ue000":null,"\U00010000":null}') is None


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), values, max_size=3))
def test_other_spellings_are_not_canonical(detail: dict[str, object]) -> None:
    """The same object with spaces, escapes or another order is not taken for canonical."""
    text = json.dumps(detail)
    assert parse_canonical(" " + text) is None
    assert parse_canonical(text + "x") is None


@pytest.mark.parametrize(
    "text",
    ['{"a":1.0}', '{"a":-0.0}', '{"a":1e+16}', '{"a":1E5}', '{"a":NaN}', '{"a":Infinity}', '{"b":1,"a":2}',
     '{"a":1,"a":2}', '{"a":"\\u0041"}', '{"a":"\\ud800"}', "[]", "", "{", '{"a":1}{}', '{"a": 1}'],
)  # fmt: skip
def test_near_misses_are_not_canonical(text: str) -> None:
    """Numbers, escapes, order and doubles that another writer might have left are told apart."""
    assert parse_canonical(text) is None


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), st.binary(min_size=8, max_size=8))  # noqa: DTZ001
def test_ids_are_uuids_of_version_7(at: datetime, randomness: bytes) -> None:
    """The identifier carries version, variant and the instant to the millisecond (RFC 9562 § 5.7)."""
    at = at.replace(tzinfo=UTC)
    made = event_id(at, randomness)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert event_id(at + timedelta(microseconds=1), randomness) > made


def test_instants_without_offset_are_refused() -> None:
    """A naive instant does not enter the log."""
    with pytest.raises(Unloggable):
        instant(datetime(2026, 3, 1))  # noqa: DTZ001  that is the point


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, AT, b"bytes", {1, 2}])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    """Nothing is rounded or turned into text on the quiet."""
    with pytest.raises(Unloggable):
        canonical_json({"a": value})


def test_file_names_that_are_no_text_are_written_in_escapes() -> None:
    """A GBK name from a memory card must not stop its own intake."""
    name = "录像.mp4".encode("gbk").decode("utf-8", "surrogateescape")
    assert "\\udccf" in json.loads(canonical_json({"file_name": name}))["file_name"]


def test_enums_and_tuples_are_plain_values() -> None:
    """What behaves like a string or a list is written as one."""
    assert canonical_json({"s": Stage.HEARING, "t": ("a", "b")}) == '{"s":"hearing","t":["a","b"]}'
