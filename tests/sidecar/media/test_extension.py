"""A file's extension against its content."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quancheng_plugin.findings import Severity
from quancheng_sidecar.media.bounded import inspect_bounded
from quancheng_sidecar.media.extension import with_extension
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.settings import Settings

Clip = Callable[[str], Path]


def test_a_photo_called_a_video_is_told(clip: Clip) -> None:
    """It is examined as the photo it is, and its report says that the name stands for something else."""
    report = inspect_bounded(clip("photo.jpg"), Settings(), file_name="执法录像.MP4")
    (told,) = (each for each in report.integrity.findings if each.code == "extension-differs")
    assert (report.container, told.severity) == ("jpeg", Severity.LOW)
    assert told.figures == {"extension": "mp4", "container": "jpeg"}


@pytest.mark.parametrize(
    ("container", "name", "told"),
    [
        ("mp4", "a.mov", False),
        ("3gp", "a.MP4", False),
        ("mpegts", "00001.MTS", False),
        ("mp4", "a", False),
        ("mp4", "DSJ_0001.dat", False),
        ("mpegts", "a.mp4", True),
        ("avi", "a.mp4", True),
        ("heic", "IMG_1.JPG", True),
    ],
)
def test_what_devices_call_as_they_please_is_not_told(clip: Clip, container: str, name: str, *, told: bool) -> None:
    """Types of one family, no extension and one that stands for no type say nothing."""
    probed = probe(clip("clip.wav")).model_copy(update={"container": container, "findings": ()})
    assert bool(with_extension(probed, name).findings) is told
