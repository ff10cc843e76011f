"""Instants as people give them on the command line, and as it prints them."""

from datetime import datetime
from typing import Annotated

import typer
from pydantic import AfterValidator, AwareDatetime

from quancheng_sidecar.settings import settings

Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(settings().zone))]
"""An instant of an answer, in the zone in which people read times, whatever zone the database gave it in."""


def instant(text: str) -> datetime:
    """The instant that an option names; one without offset is refused (design rule 6)."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"时间应写作 2026-03-01T12:00+08:00，收到“{text}”。") from error
    if at.tzinfo is None:
        raise typer.BadParameter(f"时间缺少时区，请写作 {text}+08:00。")
    return at
