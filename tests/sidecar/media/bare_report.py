"""Reports without an examination, for what comes after one."""

import hashlib
from pathlib import Path

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.checks import Check
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Clock, Digest, Fingerprint, Integrity, RecordingReport


def report_of(path: Path, *, examined: Check = Check.KEY_FRAMES) -> RecordingReport:
    """What an examination that found nothing reports; `examined` says whether it saw all frames."""
    probed = probe(path)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    nothing = Sentence(zh="无", en="none")
    return RecordingReport(
        file_name=path.name,
        digest=Digest(sha256=f"sha256:{sha256}", sm3=None, size=1),
        kind=probed.kind,
        container=probed.container,
        streams=probed.streams,
        duration=probed.duration,
        device=probed.device,
        clock=Clock(start=None, end=None, source=None, reason=nothing, witnesses=()),
        fingerprint=Fingerprint(),
        integrity=Integrity(signs=False, summary=nothing, examined=(examined,), not_examined=(), findings=()),
        probe=probed,
    )
