"""Judging untrusted recordings from outside: each call runs in a child process with bounds of time and memory.

The functions that are called know nothing of settings or processes, so that a child starts with little to load; a
hostile file fails alone. Every call here raises what its function raises of QuanchengError, and StorageFull,
LimitExceeded, ProgramCrashed, ToolMissing.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from quancheng_sidecar.media.clock.check import check_clock
from quancheng_sidecar.media.clock.device import DeviceCheck
from quancheng_sidecar.media.comparison.compare import compare_files
from quancheng_sidecar.media.comparison.report import Comparison
from quancheng_sidecar.media.comparison.taking import write_traits
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.inspect import STAGE, STAGES, inspect
from quancheng_sidecar.media.look_through import Looked, look_through
from quancheng_sidecar.media.process import in_child
from quancheng_sidecar.media.report import Digest, RecordingReport
from quancheng_sidecar.settings import Settings


def inspect_bounded(  # noqa: PLR0913  the file, and what is known of it beforehand
    path: Path,
    settings: Settings,
    *,
    digest: Digest | None = None,
    file_name: str | None = None,
    device_checks: Sequence[DeviceCheck] = (),
    traits: Path | None = None,
    on_stage: Callable[[str], None] | None = None,
) -> RecordingReport:
    """`inspect` within the bounds of `settings`.

    `digest` when the store already computed it; `file_name` the name the device gave (default: of `path`).
    `device_checks` are the checks of its device's clock; `traits` is a file to be written. `on_stage` is called with
    each of STAGES as it begins, from another thread.
    """

    def heard(line: str) -> None:
        if on_stage is not None and line.startswith(STAGE) and line.removeprefix(STAGE) in STAGES:
            on_stage(line.removeprefix(STAGE))

    return in_child(
        inspect,
        path,
        settings.zone,
        digest,
        file_name,
        tuple(device_checks),
        settings.sm3,
        settings.media_timeout_s,
        traits,
        timeout_s=settings.media_timeout_s,
        memory_mb=settings.media_memory_mb,
        on_line=heard,
    )


def check_clock_bounded(path: Path, settings: Settings, file_name: str) -> DeviceCheck:
    """`check_clock` within the bounds of `settings`."""
    return in_child(
        check_clock,
        path,
        settings.zone,
        file_name,
        timeout_s=settings.media_timeout_s,
        memory_mb=settings.media_memory_mb,
    )


def compare_bounded(a: Path, b: Path, settings: Settings) -> Comparison:
    """`compare_files` within the bounds of `settings`, twice the time as there are two recordings."""
    return in_child(
        compare_files,
        a,
        b,
        settings.zone,
        timeout_s=2 * settings.media_timeout_s,
        memory_mb=settings.media_memory_mb,
    )


def traits_bounded(path: Path, out: Path, settings: Settings) -> Traits:
    """`write_traits` within the bounds of `settings`, and what it wrote."""
    in_child(write_traits, path, out, timeout_s=settings.media_timeout_s, memory_mb=settings.media_memory_mb)
    return Traits.from_bytes(out.read_bytes())


def look_through_bounded(path: Path, report: RecordingReport, traits: Path, proxy: Path, settings: Settings) -> Looked:
    """`look_through` within the bounds of `settings`."""
    return in_child(
        look_through,
        path,
        report,
        traits,
        proxy,
        timeout_s=settings.media_timeout_s,
        memory_mb=settings.media_memory_mb,
    )
