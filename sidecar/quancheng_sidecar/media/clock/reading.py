"""The one path from a file to its clock."""

from datetime import datetime
from pathlib import Path

from quancheng_sidecar.media.report import Clock, Probe
from quancheng_sidecar.settings import Settings


def read_clock(
    path: Path,
    probe: Probe,
    settings: Settings,
    *,
    file_name: str,
    device_offset_s: float | None = None,
    now: datetime | None = None,
) -> Clock:
    """Gather every witness of when a recording started and say which is believed.

    `file_name` is the name the device gave (the stored file is named by its digest).
    `device_offset_s` is the measured error of the device's clock, device minus true time, in seconds.
    Times without a zone are read in `settings.zone`. `now` bounds what is plausible (default: the present).
    """
    raise NotImplementedError
