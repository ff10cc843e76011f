"""What a recording's container tells, before any picture is decoded."""

from pathlib import Path

from quancheng_sidecar.media.report import Probe


def probe(path: Path) -> Probe:
    """Read container, streams, tags, device, durations and creation times of a recording; `path` is only read.

    The type is decided by content, never by extension. Raises EmptyFile, UnsupportedType, DamagedFile.
    """
    raise NotImplementedError
