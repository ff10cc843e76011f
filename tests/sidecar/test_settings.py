"""Settings are documented and refuse what has no meaning."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from quancheng_sidecar.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operators" / "settings.md"


def documented() -> set[str]:
    return set(re.findall(r"^\| `(QUANCHENG_\w+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))


def existing() -> set[str]:
    return {f"QUANCHENG_{name.upper()}" for name in Settings.model_fields}


def test_every_setting_is_documented() -> None:
    """A setting that exists has its row in the operators' page."""
    assert existing() - documented() == set()


def test_nothing_is_documented_that_does_not_exist() -> None:
    """A row of the operators' page names a setting that exists."""
    assert documented() - existing() == set()


def test_a_tolerance_below_the_minute_is_refused() -> None:
    """Forms carry minutes, so a tolerance under 60 seconds has no meaning."""
    with pytest.raises(ValidationError):
        Settings(tolerance_s=30)


def test_tolerances_are_set_by_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage may have a tolerance of its own, given as JSON."""
    monkeypatch.setenv("QUANCHENG_TOLERANCE_BY_STAGE", '{"hearing": 120}')
    assert Settings().tolerance_by_stage == {"hearing": 120}
