"""Paperless is away for a while: nothing that is handed in meanwhile is lost, and the queue drains by itself.

QUANCHENG_TEST_DOWN_S names for how many seconds it is away (150 unless told otherwise; 3600 for the hour).
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.demo import story
from tests.live import material
from tests.live.day import Office, drop, eventually, office_of
from tests.paperless_server import Server

_DOWN_S = float(os.environ.get("QUANCHENG_TEST_DOWN_S", "150"))
_PROCESSES = ("consumer", "beat", "worker", "web")
_DRAINED_S = 300


@pytest.fixture
def office(paperless: Server, tmp_path: Path) -> Iterator[Office]:
    """Both sides, running; Paperless runs again afterwards, whatever came of it."""
    with office_of(paperless, tmp_path) as opened:
        yield opened


def _done(office: Office) -> list[str]:
    return [name for (name,) in office.query("SELECT file_name FROM collect_intake WHERE state = 'done'")]


def _is_drained(office: Office, forms: int, cards: int) -> bool:
    ((waiting,),) = office.query("SELECT count(*) FROM paperless_twin WHERE wanted > done OR remote_id IS NULL")
    if waiting:
        return False
    held = Counter(each["title"].startswith("声像资料登记卡") for each in office.documents())
    return (held[False], held[True]) == (forms, cards)


def test_an_hour_away_loses_nothing(office: Office, tmp_path: Path) -> None:
    """One form was there before; three more and a recording come while nobody answers, and a person corrects one.

    Here all is read, examined, judged and found meanwhile; there all of it is once Paperless is back, each once.
    """
    first, *later = material.more_scans(tmp_path, 4, first=60)
    clip = story.make_clip(story.CLIPS[0], tmp_path)
    scans, recordings = office.home / "inbox" / "scans", office.home / "inbox" / "recordings"
    drop(scans / material.CASE, first)
    assert eventually(lambda: _is_drained(office, 1, 0), 240, pause_s=2)

    for name in _PROCESSES:
        office.place.kill(name)
    gone = time.monotonic()
    for file in later:
        drop(scans / material.CASE, file)
    drop(recordings / material.CASE / Stage.INSPECTION.zh, clip)
    handed_in = Counter(file.name for file in (first, *later, clip))
    assert eventually(lambda: Counter(_done(office)) == handed_in, 300, pause_s=2)
    before = next(
        each for each in office.run("document", "list", "--json").json["documents"] if each["file"] == first.name
    )
    words = ("document", "correct", before["archive_id"], "--party", "林海生之子", "--why", "对照原件", "--json")
    assert office.run(*words).status == 0
    assert office.run("case", "check", material.CASE, "--json").status in {0, 3}
    found = office.run("search", material.CASE, "--limit", "50", "--json").json
    assert found["total"] == len(handed_in)
    asked = httpx.get(
        f"http://{office.place.sidecar}/search", params={"q": "林"}, auth=("admin", "whoever"), timeout=90
    )
    assert asked.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert office.run("paperless", "check", "--json").status == 1
    while time.monotonic() - gone < _DOWN_S:
        time.sleep(1)
    ((waits,),) = office.query("SELECT count(*) FROM paperless_twin WHERE wanted > done OR remote_id IS NULL")
    assert waits >= len(later) + 2  # the card, and the form that was corrected

    office.place.start()
    back = time.monotonic()
    assert eventually(lambda: _is_drained(office, len(later) + 1, 1), _DRAINED_S, pause_s=2)
    sys.stderr.write(
        f"\naway {back - gone:.0f} s; {waits} documents waited, drained {time.monotonic() - back:.0f} s after\n"
    )
    (corrected,) = (each for each in office.documents() if each["values"].get("当事人") == "林海生之子")
    assert corrected["values"]["案号"] == material.CASE
    assert Counter(_done(office)) == handed_in
    assert not office.query("SELECT 1 FROM collect_intake WHERE state = 'quarantined'")
    assert office.run("log", "verify", "--json").status == 0
