"""The one examination of a recording: everything that can be told from its bytes."""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from quancheng_sidecar.media.clock.check import check_clock
from quancheng_sidecar.media.clock.device import DeviceCheck
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.digest import digest_file
from quancheng_sidecar.media.extension import with_extension
from quancheng_sidecar.media.integrity.examine import examine
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.process import in_child
from quancheng_sidecar.media.report import Digest, RecordingReport
from quancheng_sidecar.settings import Settings

STAGES = ("probe", "clock", "fingerprint", "integrity")
"""Names given to `on_stage`, in order."""

_STAGE = "stage: "
_SHARE = 0.25
"""Share of the bound of time for one recording that watching pictures, and listening to sound, may each take."""


def inspect(
    path: Path,
    settings: Settings,
    digest: Digest | None,
    file_name: str | None,
    device_checks: Sequence[DeviceCheck] = (),
) -> RecordingReport:
    """Examine a recording in this process; hostile files are a risk here, so callers use `inspect_bounded`.

    Raises EmptyFile, UnsupportedType, DamagedFile, LimitExceeded, ToolMissing.
    """
    name = file_name or path.name
    # Hashing, decoding and recognition let go of the interpreter's lock: each hides behind the others.
    with ThreadPoolExecutor(2) as beside:
        hashed = beside.submit(digest_file, path, sm3=settings.sm3) if digest is None else None
        _say("probe")
        probed = with_extension(probe(path), name)
        _say("clock")
        reading = beside.submit(read_clock, path, probed, settings, file_name=name, device_checks=device_checks)
        _say("fingerprint")
        found = survey(path, probed, limit_s=settings.media_timeout_s * _SHARE)
        clock = reading.result()
        _say("integrity")
        integrity = examine(path, probed, clock, found)
        digests = hashed.result() if hashed is not None else digest
    assert digests is not None  # noqa: S101  either given or just computed
    return RecordingReport(
        file_name=name,
        digest=digests,
        kind=probed.kind,
        container=probed.container,
        streams=probed.streams,
        duration=probed.duration,
        device=probed.device,
        clock=clock,
        fingerprint=found.fingerprint,
        integrity=integrity,
        probe=probed,
    )


def inspect_bounded(  # noqa: PLR0913  the file, and what is known of it beforehand
    path: Path,
    settings: Settings,
    *,
    digest: Digest | None = None,
    file_name: str | None = None,
    device_checks: Sequence[DeviceCheck] = (),
    on_stage: Callable[[str], None] | None = None,
) -> RecordingReport:
    """Examine a recording in a child process with the bounds of `settings`; a hostile file fails alone.

    `digest` when the store already computed it; `file_name` the name the device gave (default: of `path`).
    `device_checks` are the checks of its device's clock. `on_stage` is called with each of STAGES as it begins, from
    another thread.

    Raises EmptyFile, UnsupportedType, DamagedFile, LimitExceeded, ProgramCrashed, ToolMissing.
    """

    def heard(line: str) -> None:
        if on_stage is not None and line.removeprefix(_STAGE) in STAGES and line.startswith(_STAGE):
            on_stage(line.removeprefix(_STAGE))

    return in_child(
        inspect,
        path,
        _without_secrets(settings),
        digest,
        file_name,
        tuple(device_checks),
        timeout_s=settings.media_timeout_s,
        memory_mb=settings.media_memory_mb,
        on_line=heard,
    )


def check_clock_bounded(path: Path, settings: Settings, file_name: str) -> DeviceCheck:
    """`check_clock` in a child process with the bounds of `settings`; raises what it and `inspect_bounded` raise."""
    return in_child(
        check_clock,
        path,
        _without_secrets(settings),
        file_name,
        timeout_s=settings.media_timeout_s,
        memory_mb=settings.media_memory_mb,
    )


def _without_secrets(settings: Settings) -> Settings:
    """Settings for a process that reads untrusted bytes: no keys, and no addresses that carry passwords."""
    nothing = {"database_url": None, "broker_url": None, "sign_passphrase": None, "tsa_url": None}
    return settings.model_copy(update=nothing)


def _say(stage: str) -> None:
    print(f"{_STAGE}{stage}", file=sys.stderr, flush=True)  # noqa: T201  the parent listens
