"""Chinese dates, times and intervals, read from text and never completed by guessing.

What the text does not say (a missing year, minute or end) stays missing and is named as a doubt.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Doubt(StrEnum):
    """Why a written time cannot be taken as read."""

    REPAIRED = "time-repaired"
    INCOMPLETE = "time-incomplete"
    IMPOSSIBLE = "time-impossible"
    REVERSED = "time-reversed"
    APPROXIMATE = "time-approximate"
    AMBIGUOUS = "time-ambiguous"
    LONG = "time-long"


class TimeText(BaseModel):
    """A moment or interval as written: `text[begin:stop]` is `raw`.

    `start` and `end` are None where the text does not give them in full. `certainty` (0..1) is 1.0
    only when nothing is in doubt; every reason against it stands in `doubts`.
    """

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime | None
    end: AwareDatetime | None
    raw: str
    begin: int
    stop: int
    certainty: Annotated[float, Field(ge=0, le=1)]
    doubts: tuple[Doubt, ...] = ()


def read_interval(text: str, zone_offset: timedelta) -> TimeText | None:
    """The first interval in `text`, or None where none is written. Never raises."""
    del text, zone_offset
    return None


def read_moment(text: str, zone_offset: timedelta) -> TimeText | None:
    """The first date with its time in `text` (`end` is None), or None. Never raises."""
    del text, zone_offset
    return None


def read_intervals(text: str, zone_offset: timedelta) -> tuple[TimeText, ...]:
    """Every interval in `text`, in its order."""
    del text, zone_offset
    return ()
