"""What a recording's container tells, before any picture is decoded."""

from pathlib import Path

from quancheng_sidecar.media.movie import probe_movie
from quancheng_sidecar.media.photo import CONTAINERS, probe_photo
from quancheng_sidecar.media.report import Probe
from quancheng_sidecar.media.sniff import sniff


def probe(path: Path) -> Probe:
    """Read container, streams, tags, device, durations and creation times of a recording; `path` is only read.

    The type is decided by content, never by extension. A file that breaks off gives a finding `truncated` and what
    can still be read. Not checked: whether pictures and sound decode (media/integrity does).

    Raises EmptyFile, UnsupportedType, DamagedFile, LimitExceeded.
    """
    container = sniff(path)
    return probe_photo(path, container) if container in CONTAINERS else probe_movie(path, container)
