"""Fixtures for all tests."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest
import weasyprint  # noqa: F401  loaded once, here, for the sake of the next lines
from PIL import ImageFile

from quancheng_sidecar.settings import settings

# Loading WeasyPrint makes Pillow pass over broken pictures in the whole process. The product examines recordings in
# children that never load it, and guards its own reading of scans; tests share one process, so it is set right here.
ImageFile.LOAD_TRUNCATED_IMAGES = False

# Machines are shared and noisy: how long one example takes says nothing. Under CI Hypothesis has such a profile itself.
if not os.environ.get("CI"):
    hypothesis.settings.register_profile("patient", deadline=None)
    hypothesis.settings.load_profile("patient")

_BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "media"

# Tests never touch the home of the person who runs them.
for _name in [name for name in os.environ if name.startswith("QUANCHENG_") and not name.startswith("QUANCHENG_TEST_")]:
    del os.environ[_name]
os.environ["QUANCHENG_HOME"] = _home = tempfile.mkdtemp(prefix="quancheng-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
settings.cache_clear()  # Django's own settings, which pytest reads before this file, read ours with that home


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """Folder of real footage: `QUANCHENG_TEST_MEDIA`, or `../shared/media` beside the checkout."""
    folder = Path(os.environ.get("QUANCHENG_TEST_MEDIA", _BESIDE_THE_CHECKOUT))
    if not folder.is_dir():
        pytest.skip(f"没有真实影像可测：{folder} 不存在（QUANCHENG_TEST_MEDIA 可指定）。No real footage there.")
    return folder
