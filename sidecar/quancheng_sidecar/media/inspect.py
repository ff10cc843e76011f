"""The one examination of a recording: everything that can be told from its bytes."""

from collections.abc import Callable
from pathlib import Path

from quancheng_sidecar.media.report import Digest, RecordingReport
from quancheng_sidecar.settings import Settings


def inspect(
    path: Path, settings: Settings, digest: Digest | None = None, file_name: str | None = None
) -> RecordingReport:
    """Examine a recording in this process; callers use `inspect_bounded`."""
    raise NotImplementedError


def inspect_bounded(
    path: Path,
    settings: Settings,
    *,
    digest: Digest | None = None,
    file_name: str | None = None,
    on_stage: Callable[[str], None] | None = None,
) -> RecordingReport:
    """Examine a recording in a child process with the bounds of `settings`; a hostile file fails alone.

    `digest` when the store already computed it; `file_name` the name the device gave (default: of `path`).
    `on_stage` is called with `digest`, `probe`, `clock`, `fingerprint`, `integrity` as each begins, from another thread.
    """
    raise NotImplementedError
