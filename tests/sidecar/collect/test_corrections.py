"""What a person has answered for, and what stays under review."""

from datetime import UTC, datetime

import pytest

from quancheng_plugin.forms.reading import FormReading, IntervalRead
from quancheng_plugin.ocr.lines import Box
from quancheng_sidecar.collect.corrections import reading_of
from quancheng_sidecar.collect.models import WrittenDocument
from quancheng_sidecar.preserve.models import StoredObject

pytestmark = pytest.mark.django_db

START, END = datetime(2026, 3, 1, 1, 30, tzinfo=UTC), datetime(2026, 3, 1, 2, 15, tzinfo=UTC)


@pytest.fixture
def document() -> WrittenDocument:
    """A form whose name and time were read with doubt."""
    box = Box(x0=0, y0=0, x1=9, y1=9)
    time = IntervalRead(raw="9时3?分至10时15分", page=1, box=box, confidence=0.5, start=START, end=END)
    reading = FormReading(
        form=None, number=None, interval=time, party=None, fields={}, review=("form", "interval"), findings=(), text=""
    )
    original = StoredObject.objects.create(sha256=f"sha256:{'0' * 64}", size=1, stored_at=START)
    return WrittenDocument.objects.create(
        original=original,
        archive_file=original,
        file_name="笔录.pdf",
        received_at=START,
        archive_id="1",
        reading=reading.model_dump(mode="json"),
        verification={},
        findings=[],
    )


def _enter(document: WrittenDocument, name: str, at: datetime) -> None:
    document.corrections.create(name=name, value=at.isoformat(), by="李文书", why="对照原件", at=at)


def test_one_end_alone_leaves_the_interval_under_review(document: WrittenDocument) -> None:
    """Who entered the start has said nothing of the end; when both are entered the interval is settled."""
    _enter(document, "start", START)
    assert reading_of(document).review == ("form", "interval")
    _enter(document, "end", END)
    assert reading_of(document).review == ("form",)
