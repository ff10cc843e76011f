"""The command with an empty home."""

from pathlib import Path

import pytest

from tests.command import Run, runner


@pytest.fixture
def quancheng(tmp_path: Path) -> Run:
    """The command with an empty home."""
    return runner(tmp_path / "家 home")
