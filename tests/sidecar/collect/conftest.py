"""A home, its store and its archive, for tests of what is taken in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quancheng_sidecar.settings import settings
from quancheng_sidecar.wiring import Parts, parts


@pytest.fixture
def own_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """The parts of a home of the test's own; needs a database."""
    home = tmp_path / "家 home"
    home.mkdir()
    monkeypatch.setenv("QUANCHENG_HOME", str(home))
    settings.cache_clear()
    parts.cache_clear()
    yield parts()
    monkeypatch.undo()
    settings.cache_clear()
    parts.cache_clear()
