"""What a recording looks and sounds like: PDQ of its key frames and chromaprint of its sound, with their times."""

from pathlib import Path

from quancheng_sidecar.media.report import Fingerprint, Probe


def fingerprint(path: Path, probe: Probe) -> Fingerprint:
    """Hash pictures and sound in one pass over the packets."""
    raise NotImplementedError
