"""How what people corrected is shown to people."""

from datetime import UTC, datetime

import pytest

from quancheng_sidecar.cli.records import CorrectionEntry, show_corrections


@pytest.mark.parametrize(
    ("was", "value", "disputed", "shown"),
    [
        ("李", "李", False, "核对无误"),
        ("李", "李", True, "仍为“李”"),
        ("李", "王", False, "由“李”更正为“王”"),
        ("李", "", False, "由“李”更正为“无”"),
    ],
)
def test_a_disputed_value_is_not_shown_as_confirmed(
    was: str, value: str, *, disputed: bool, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands in dispute was changed by nobody and confirmed by nobody."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    entry = CorrectionEntry(name="officer", was=was, value=value, by="陈", why="对照", disputed=disputed, at=at)
    show_corrections([entry])
    row = next(line for line in capsys.readouterr().out.splitlines() if "陈" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")][:2] == ["执法人员", shown]
