"""The one examination of a recording: everything that can be told from its bytes."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

from quancheng_sidecar.media.clock.device import DeviceCheck
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.digest import digest_file
from quancheng_sidecar.media.extension import with_extension
from quancheng_sidecar.media.integrity.examine import examine
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Digest, RecordingReport

STAGES = ("probe", "clock", "fingerprint", "integrity")
"""Told on standard error as each begins, in order."""

STAGE = "stage: "
"""What stands before a stage's name there."""

_SHARE = 0.25
"""Share of the bound of time for one recording that watching pictures, and listening to sound, may each take."""


def inspect(  # noqa: PLR0913, PLR0917  a call from another process, which knows no settings
    path: Path,
    zone: ZoneInfo,
    digest: Digest | None,
    file_name: str | None,
    device_checks: Sequence[DeviceCheck] = (),
    sm3: bool = True,  # noqa: FBT001, FBT002  as above: arguments cross by place
    timeout_s: float = 1800,
    traits: Path | None = None,
) -> RecordingReport:
    """Examine a recording in this process; hostile files are a risk here, so callers use `inspect_bounded`.

    Times without a zone are read in `zone`. Without `digest` it is computed, with SM3 where `sm3` says so. `timeout_s`
    is the time that the whole may take, of which watching pictures and listening to sound get their shares. What the
    recording is known again by, coded frames and sound, is written to `traits` (not of photos).
    Raises EmptyFile, UnsupportedType, DamagedFile, LimitExceeded, ToolMissing.
    """
    name = file_name or path.name
    # Hashing, decoding and recognition let go of the interpreter's lock: each hides behind the others.
    with ThreadPoolExecutor(2) as beside:
        hashed = beside.submit(digest_file, path, sm3=sm3) if digest is None else None
        _say("probe")
        probed = with_extension(probe(path), name)
        _say("clock")
        reading = beside.submit(read_clock, path, probed, zone, file_name=name, device_checks=device_checks)
        _say("fingerprint")
        found = survey(path, probed, limit_s=timeout_s * _SHARE, traits=traits is not None)
        if traits is not None and found.traits is not None:
            traits.write_bytes(found.traits.to_bytes())
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


def _say(stage: str) -> None:
    print(f"{STAGE}{stage}", file=sys.stderr, flush=True)  # noqa: T201  the parent listens
