"""What came of a document is kept beside Paperless, and told on its page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.forms.reading import FieldRead, FormReading, IntervalRead
from quancheng_plugin.host import metadata
from quancheng_plugin.host.outcome import Failure, Outcome, find, keep, sha256_of
from quancheng_plugin.ocr.lines import Box
from quancheng_plugin.sentence import Sentence
from quancheng_plugin.settings import PluginSettings

_BOX = Box(x0=0, y0=0, x1=10, y1=10)
_DIGEST = "ab" * 32


@pytest.fixture
def settings(tmp_path: Path) -> PluginSettings:
    """A home of its own."""
    return PluginSettings(home=tmp_path / "全程")


def _reading(review: tuple[str, ...] = ()) -> FormReading:
    edges = {"start": datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "end": datetime(2026, 3, 2, 0, 15, tzinfo=UTC)}
    return FormReading(
        form=None,
        number=None,
        interval=IntervalRead(raw="3月1日23时30分至0时15分", page=1, box=_BOX, confidence=0.7, **edges),
        party=None,
        fields={
            "ship": FieldRead(raw="闽霞渔01234", value="闽霞渔01234", label="船名号", page=1, box=_BOX, confidence=0.9)
        },
        review=review,
        findings=(Finding(code="x", severity=Severity.LOW, sentence=Sentence(zh="请核对。", en="Check.")),),
        text="",
    )


def _rows(outcome: Outcome) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in metadata.of_outcome(outcome)}


def test_an_outcome_comes_back_as_it_was(settings: PluginSettings) -> None:
    """The latest for a file; nothing else lies in the folder, and others may not read it."""
    keep(Outcome(reading=_reading()), _DIGEST, settings)
    keep(Outcome(reading=_reading(("ship",))), _DIGEST, settings)
    assert find(_DIGEST, settings) == Outcome(reading=_reading(("ship",)))
    (file,) = (settings.home / "paperless" / "outcomes" / "ab").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_no_outcome_and_a_ruined_one_are_none(settings: PluginSettings) -> None:
    """The page shows less; it does not break."""
    assert find(_DIGEST, settings) is None
    keep(Outcome(), _DIGEST, settings)
    (file,) = (settings.home / "paperless" / "outcomes" / "ab").iterdir()
    file.write_text("{half")
    assert find(_DIGEST, settings) is None


def test_a_file_is_known_by_its_sha256(tmp_path: Path) -> None:
    """As `sha256sum` writes it, and so Paperless' checksum."""
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_value_in_doubt_is_marked_and_listed() -> None:
    """A wrong value may never be shown as certain."""
    rows = _rows(Outcome(reading=_reading(("form", "interval", "ship"))))
    assert rows["起止时间"] == "2026-03-01 23:30 至 2026-03-02 00:15（待核对）"
    assert rows["船名号"] == "闽霞渔01234（待核对）"
    assert rows["文书种类"] == "未读出（待核对）"
    assert rows["待核对"] == "文书种类、起止时间、船名号"
    assert rows["提示"] == "请核对。"


def test_a_failure_is_told_with_its_code() -> None:
    """What the clerk reads instead of fields."""
    failure = Failure(code="QC-INPUT-DAMAGED", sentence=Sentence(zh="文件已损坏。", en="Damaged."))
    assert _rows(Outcome(failure=failure)) == {"处理结果": "全程未能处理：文件已损坏。（QC-INPUT-DAMAGED）"}
