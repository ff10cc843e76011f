"""The reference page says what the commands print."""

from pathlib import Path

from quancheng_sidecar.cli.reference import reference

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "json.md"


def test_reference_page_is_up_to_date() -> None:
    """`make reference` was run after the last change to a model."""
    assert PAGE.read_text(encoding="utf-8") == reference()
