"""Killed in mid-job, and many at once: all that was handed in is there afterwards, once.

QUANCHENG_TEST_SCANS and QUANCHENG_TEST_RECORDINGS name how many go in at once (200 and 20 unless told otherwise).
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.demo.recordings import write_recording
from quancheng_sidecar.demo.story import CLIPS
from tests.live import material
from tests.live.day import Office, drop, eventually, office_of
from tests.paperless_server import Server

_SCANS = int(os.environ.get("QUANCHENG_TEST_SCANS", "200"))
_RECORDINGS = int(os.environ.get("QUANCHENG_TEST_RECORDINGS", "20"))
_PATIENCE_S = 3 * 3600
_CARD = "声像资料登记卡"


@pytest.fixture
def office(paperless: Server, tmp_path: Path) -> Iterator[Office]:
    """Both sides, running; what a killed run of Paperless left is started again."""
    with office_of(paperless, tmp_path) as opened:
        yield opened


def _clips(folder: Path, count: int) -> list[Path]:
    """Short recordings, each of another minute."""
    made = []
    for number in range(count):
        start = CLIPS[0].spec.start.replace(hour=8 + number // 60, minute=number % 60)
        spec = CLIPS[0].spec.model_copy(update={"start": start, "duration_s": 8, "size": (320, 180), "seed": number})
        made.append(write_recording(spec, folder / f"DSJ_{start:%Y%m%d_%H%M%S}.mp4"))
    return made


def _intakes(office: Office, state: str) -> list[str]:
    return [name for (name,) in office.query("SELECT file_name FROM collect_intake WHERE state = ?", state)]


def _waiting(office: Office) -> int:
    ((waiting,),) = office.query("SELECT count(*) FROM paperless_twin WHERE wanted > done OR remote_id IS NULL")
    return int(waiting)


def _is_settled(office: Office, scans: int, recordings: int) -> bool:
    """As many forms and cards are there as were handed in, and nothing waits on either side."""
    if _intakes(office, "received") or len(_intakes(office, "done")) < scans + recordings:
        return False
    held = Counter(each["title"].startswith(_CARD) for each in _archived(office))
    return (held[False], held[True]) == (scans, recordings) and not _waiting(office)


def _archived(office: Office) -> list[dict[str, Any]]:
    return [each for each in office.documents() if each["mime_type"] != "video/mp4"]


def test_killed_worker_of_paperless_loses_nothing(office: Office, tmp_path: Path) -> None:
    """Worker and consumer die while scans are consumed; started again, each scan is there and taken over once."""
    scans = list(material.more_scans(tmp_path, 4, first=20))
    drop(office.place.consume, *scans)
    assert eventually(lambda: len(office.documents()) >= 1, 120)
    for name in ("worker", "consumer"):
        office.place.kill(name)
    left = len(office.documents())
    office.place.start()
    assert left < len(scans)
    assert eventually(lambda: _is_settled(office, len(scans), 0), 420, pause_s=2)
    assert Counter(_intakes(office, "done")) == Counter(file.name for file in scans)


def test_killed_sidecar_loses_nothing(office: Office, tmp_path: Path) -> None:
    """It dies, with all its processes, while it reads, examines and uploads; started again, each file is there once."""
    scans, recordings = list(material.more_scans(tmp_path, 4, first=30)), _clips(tmp_path, 2)
    drop(office.home / "inbox" / "scans" / material.CASE, *scans)
    drop(office.home / "inbox" / "recordings" / material.CASE / Stage.INSPECTION.zh, *recordings)
    assert eventually(lambda: len(_intakes(office, "done")) >= 2, 120, pause_s=0.1)
    office.kill()
    assert _intakes(office, "received")
    office.up()
    assert eventually(lambda: _is_settled(office, len(scans), len(recordings)), 420, pause_s=2)
    assert Counter(_intakes(office, "done")) == Counter(file.name for file in (*scans, *recordings))
    assert office.run("log", "verify", "--json").status == 0


def test_many_at_once(office: Office, tmp_path: Path) -> None:
    """Half of the scans by Paperless' consume folder, half and all recordings by the sidecar: all is there, once."""
    scans, recordings = list(material.more_scans(tmp_path, _SCANS, first=1000)), _clips(tmp_path, _RECORDINGS)
    began = time.monotonic()
    drop(office.place.consume, *scans[::2])
    drop(office.home / "inbox" / "scans" / material.CASE, *scans[1::2])
    drop(office.home / "inbox" / "recordings" / material.CASE / Stage.INSPECTION.zh, *recordings)
    assert eventually(lambda: _is_settled(office, len(scans), len(recordings)), _PATIENCE_S, pause_s=5)
    sys.stderr.write(
        f"\n{_SCANS} scans and {_RECORDINGS} recordings: {time.monotonic() - began:.0f} s until both sides agreed\n"
    )
    assert Counter(_intakes(office, "done")) == Counter(file.name for file in (*scans, *recordings))
    assert not _intakes(office, "quarantined")
