"""File names as people can read them."""

import os
from pathlib import Path

import pytest

from quancheng_sidecar.collect.file_names import readable_name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("录像 一.mp4".encode(), "录像 一.mp4"),
        ("录像.mp4".encode("gb18030"), "录像.mp4"),
        (b"a\xff\xff.mp4", "a\\xff\\xff.mp4"),
        ("录像\n结果：已处理.mp4".encode(), "录像\\n结果：已处理.mp4"),
    ],
)
def test_names_of_any_bytes_become_text(raw: bytes, shown: str) -> None:
    """UTF-8 stays, GBK from memory cards is read as such, anything else is kept visibly."""
    assert readable_name(Path(os.fsdecode(raw))) == shown
