"""Who changed a field in Paperless, by its history as the live one answers it."""

from collections.abc import Coroutine
from typing import Any

import pytest
from pypaperless.models.documents.history import DocumentHistory

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.history import editors_of, version_adder
from quancheng_sidecar.archive.paperless.session import PaperlessRefused, PaperlessUnauthorised


def _entry(seconds: int, changes: dict[str, Any], who: str | None) -> DocumentHistory:
    actor = {"id": 3, "username": who} if who else None
    at = f"2026-11-26T22:22:{seconds:02d}Z"
    told = {"id": seconds, "timestamp": at, "action": "update", "changes": changes, "actor": actor}
    return DocumentHistory.model_validate(told)


def _field(name: str) -> dict[str, Any]:
    return {"custom_fields": {"type": "custom_field", "field": name, "value": "2026-03-01T09"}}


def test_each_field_has_its_own_editor() -> None:
    """Who gave it its present value, neither who changed another field nor the sidecar that set the owner since."""
    told = editors_of(
        [
            _entry(9, {"owner": ["2", "None"]}, "quancheng"),
            _entry(5, _field("当事人"), "陈文书"),
            _entry(3, _field("执法人员"), "林文书"),
            _entry(1, _field("当事人"), "林文书"),
            _entry(0, {"custom_fields": ["None", "documents.CustomFieldInstance.None"]}, None),
        ]
    )
    assert {field: (editor.name, editor.at.second) for field, editor in told.items()} == {
        "当事人": ("陈文书", 5),
        "执法人员": ("林文书", 3),
    }


def test_who_added_the_newest_version() -> None:
    """Of several the last; nobody where a program did."""
    first, last = {"Version Added": ["None", 8]}, {"Version Added": ["None", 9]}
    entries = [_entry(3, first, "林文书"), _entry(9, {"title": ["a", "b"]}, "王"), _entry(7, last, "陈文书")]
    adder = version_adder(entries)
    assert adder is not None
    assert (adder.name, adder.at.second) == ("陈文书", 7)
    assert version_adder([*entries, _entry(8, last, None)]) is None


def test_nobody_is_named_for_what_a_program_set_last() -> None:
    """A value set in bulk by a token names nobody, whoever changed it before."""
    assert editors_of([_entry(1, _field("当事人"), "林文书"), _entry(2, _field("当事人"), None)]) == {}


@pytest.mark.parametrize("error", [PaperlessRefused, PaperlessUnauthorised])
def test_without_a_history_nobody_is_named(error: type[QuanchengError], monkeypatch: pytest.MonkeyPatch) -> None:
    """Switched off there it answers 400, of others' documents 403: what was corrected is entered all the same."""

    def refuse(_: Paperless, call: Coroutine[Any, Any, object]) -> None:
        call.close()
        raise error(zh="不行。", en="No.")

    session = Paperless("http://paperless.test", "token", timeout_s=1)
    monkeypatch.setattr(Paperless, "_run", refuse)
    assert session.editors(7) == {}
    session.__exit__()
