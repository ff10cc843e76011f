"""The 24 hours of Art. 7: recordings are handed to the custodian after return to the unit 返回单位.

For boats the return is the landing 抵岸; who records the return enters that instant.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.interval import utc

HOURS = 24.0


class HandoverState(StrEnum):
    """Where a hand-over stands against its deadline."""

    IN_TIME = "in-time"  # 按时移交
    LATE = "late"  # 逾期移交
    PENDING = "pending"  # 尚未移交，未到期
    OVERDUE = "overdue"  # 尚未移交，已逾期


class Handover(BaseModel):
    """A hand-over and its deadline; `late_s` is seconds past due (0 when not late), `left_s` seconds until due."""

    model_config = ConfigDict(frozen=True)

    returned_at: AwareDatetime
    due: AwareDatetime
    handed_at: AwareDatetime | None
    state: HandoverState
    late_s: float
    left_s: float


def due(returned_at: datetime, hours: float = HOURS) -> datetime:
    """The last instant at which a hand-over is in time, in the zone of `returned_at`.

    Hours are elapsed hours, not hours on the wall. Raises NaiveInstant or InstantOutOfRange.
    """
    return (utc(returned_at) + timedelta(hours=hours)).astimezone(returned_at.tzinfo)


def handover(returned_at: datetime, handed_at: datetime | None, now: datetime, hours: float = HOURS) -> Handover:
    """Hold a hand-over (or its absence `now`) against the deadline of Art. 7.

    Handed over before the return (docked at sea) is in time. Raises NaiveInstant or InstantOutOfRange.
    """
    limit = due(returned_at, hours)
    left_s = (utc(limit) - utc(handed_at or now)).total_seconds()
    in_time = left_s >= 0
    if handed_at is None:
        state = HandoverState.PENDING if in_time else HandoverState.OVERDUE
    else:
        state = HandoverState.IN_TIME if in_time else HandoverState.LATE
    return Handover(
        returned_at=returned_at,
        due=limit,
        handed_at=handed_at,
        state=state,
        late_s=max(-left_s, 0.0),
        left_s=max(left_s, 0.0),
    )


def handover_finding(returned_at: datetime, handed_at: datetime, hours: float = HOURS) -> Finding | None:
    """A finding of severity medium when recordings were handed over after the deadline, else None."""
    done = handover(returned_at, handed_at, handed_at, hours)
    if done.state is not HandoverState.LATE:
        return None
    return Finding(
        code="handover-late",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"返回单位后{_hours(done.late_s + hours * 3600)}小时才移交，超过{hours:g}小时的时限"
            f"（应于{done.due:%Y-%m-%d %H:%M}前移交）。",
            en=f"Handed over {_hours(done.late_s + hours * 3600)} h after return, past the limit of {hours:g} h"
            f" (due {done.due:%Y-%m-%d %H:%M}).",
        ),
        figures={"late_s": done.late_s, "limit_h": hours, "due": done.due.isoformat()},
    )


def _hours(seconds: float) -> str:
    # Rounded up to a tenth: 24.04 h must not read as 24 h, which would be in time.
    return f"{-(-seconds // 360) / 10:g}"
