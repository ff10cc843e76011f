"""Instants and corrections as people read them: on a card, in a report, in a table."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.collect.standing import CORRECTED_ZH


class Corrected(Protocol):
    """A correction, as the database or a command's answer has it."""

    @property
    def name(self) -> str:
        """Which value, by its name as a correction."""

    @property
    def was(self) -> str:
        """What stood before; empty where nothing did."""

    @property
    def value(self) -> str:
        """What a person entered; empty where they took it away."""

    @property
    def by(self) -> str:
        """Who."""

    @property
    def why(self) -> str:
        """For what reason."""

    @property
    def disputed(self) -> bool:
        """Whether nothing was changed, since people disagree."""

    @property
    def at(self) -> datetime:
        """When."""


def shown(instant: datetime | None, zone: ZoneInfo) -> str:
    """An instant as people read it, to the second, with its offset."""
    if instant is None:
        return "未知"
    local = instant.astimezone(zone)
    return f"{local:%Y年%m月%d日 %H:%M:%S}（UTC{local:%z}）"


def corrections_in_words(corrections: Iterable[Corrected], zone: ZoneInfo) -> Iterator[dict[str, str]]:
    """What people corrected, in words; a disputed value changed nothing and says so in its reason."""
    for each in corrections:
        was, value = _word(each.name, each.was, zone), _word(each.name, each.value, zone)
        yield {
            "name": CORRECTED_ZH.get(each.name, each.name),
            "was": was,
            "value": value,
            "change": _change(was, value, disputed=each.disputed),
            "by": each.by,
            "why": f"{each.why}（有争议，未改）" if each.disputed else each.why,
            "at": shown(each.at, zone),
        }


def _change(was: str, value: str, *, disputed: bool) -> str:
    if disputed:
        return f"仍为“{was}”"
    return "核对无误" if was == value else f"由“{was}”更正为“{value}”"


def _word(name: str, value: str, zone: ZoneInfo) -> str:
    if not value:
        return "无"
    if name == "stage":
        return Stage(value).zh
    return shown(datetime.fromisoformat(value), zone) if name in {"start", "end"} else value
