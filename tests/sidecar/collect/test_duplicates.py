"""One original handed in twice at once: one record, and nothing in the store without a row."""

from pathlib import Path

import pytest

from quancheng_sidecar.collect import documents
from quancheng_sidecar.collect.intake import Submission, receive
from quancheng_sidecar.collect.models import IntakeKind
from quancheng_sidecar.preserve.fixity import fixity_round
from quancheng_sidecar.wiring import Parts
from tests.plugin import paper

pytestmark = pytest.mark.django_db


def test_what_the_slower_worker_made_is_registered(
    own_parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its signed file stands in the store by then: it gets a row and an event, and the round finds no fault."""
    source = tmp_path / "笔录.pdf"
    source.write_bytes(paper.form())
    work = tmp_path / "work"
    work.mkdir()
    intake = receive(own_parts, source, Submission(kind=IntakeKind.DOCUMENT, agent="陈"))
    held = iter((False, True))  # the other worker was faster meanwhile
    monkeypatch.setattr(documents, "is_held", lambda _: next(held))
    documents.make_record(own_parts, intake, work)
    intake.refresh_from_db()
    assert intake.state == "duplicate"
    report = fixity_round(own_parts.store, agent="test")
    assert (report.ok, report.contents) == (True, 2), report.faults
