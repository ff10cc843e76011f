"""Copies of real recordings, made by FFmpeg."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Convert = Callable[..., Path]


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Make another file of a recording by FFmpeg's options."""
    folder = tmp_path_factory.mktemp("converted")

    def made(source: Path, name: str, *options: str, before: tuple[str, ...] = ()) -> Path:
        to = folder / name
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *before, "-i", str(source), *options, str(to)]
        subprocess.run(command, check=True, timeout=60)
        return to

    return made
