"""The reference page says what the commands print."""

from collections.abc import Iterator
from pathlib import Path

import typer.main
from typer.core import TyperCommand, TyperGroup

from quancheng_sidecar.cli.main import app
from quancheng_sidecar.cli.reference import models, reference

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "json.md"


def test_reference_page_is_up_to_date() -> None:
    """`make reference` was run after the last change to a model."""
    assert PAGE.read_text(encoding="utf-8") == reference()


def _commands(of: object, words: str = "") -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(of, TyperGroup):
        for name, inner in of.commands.items():
            yield from _commands(inner, f"{words} {name}".strip())
    elif isinstance(of, TyperCommand):
        yield words, of


def test_every_command_answers_in_json_and_stands_on_the_page() -> None:
    """No command is without `--json`, and none prints what the page does not describe."""
    commands = dict(_commands(typer.main.get_command(app)))
    assert [name for name, each in commands.items() if not any("--json" in p.opts for p in each.params)] == []
    told = {name for names in models() for name in names.split(", ")} - {"any command that fails"}
    assert set(commands) == told
