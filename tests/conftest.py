"""Fixtures for all tests."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "media"


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """Folder of real footage: `QUANCHENG_TEST_MEDIA`, or `../shared/media` beside the checkout."""
    folder = Path(os.environ.get("QUANCHENG_TEST_MEDIA", _BESIDE_THE_CHECKOUT))
    if not folder.is_dir():
        pytest.skip(
            f"没有真实影像可测：{folder} 不存在（可用 QUANCHENG_TEST_MEDIA 指定）。No real footage at that place."
        )
    return folder
