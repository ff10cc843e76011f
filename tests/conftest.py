"""Fixtures for all tests."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

_BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "media"

# Before anything reads the settings: tests never touch the home of the person who runs them.
for _name in [name for name in os.environ if name.startswith("QUANCHENG_") and not name.startswith("QUANCHENG_TEST_")]:
    del os.environ[_name]
os.environ["QUANCHENG_HOME"] = _home = tempfile.mkdtemp(prefix="quancheng-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """Folder of real footage: `QUANCHENG_TEST_MEDIA`, or `../shared/media` beside the checkout."""
    folder = Path(os.environ.get("QUANCHENG_TEST_MEDIA", _BESIDE_THE_CHECKOUT))
    if not folder.is_dir():
        pytest.skip(f"没有真实影像可测：{folder} 不存在（QUANCHENG_TEST_MEDIA 可指定）。No real footage there.")
    return folder
