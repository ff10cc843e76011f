"""What goes into a judgment of agreement, and what comes out of it (Art. 5, last sentence)."""

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from quancheng_plugin.findings import Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.witnesses import CORRECTED


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Verdict(StrEnum):
    """Whether the recordings' times agree with the form's.

    When several hold, the first in this order is given: `UNDETERMINED`, `MISSING`,
    `INCOMPLETE`, `DEVIATES`, `AGREES`.
    """

    AGREES = "agrees"  # 一致
    DEVIATES = "deviates"  # 起止时间不一致
    INCOMPLETE = "incomplete"  # 记录不完整（中间有中断）
    MISSING = "missing"  # 缺少录音录像
    UNDETERMINED = "undetermined"  # 无法判定

    @property
    def zh(self) -> str:
        """The verdict as a person reads it."""
        return _VERDICT_ZH[self]


_VERDICT_ZH = {
    Verdict.AGREES: "一致",
    Verdict.DEVIATES: "起止时间不一致",
    Verdict.INCOMPLETE: "记录不完整",
    Verdict.MISSING: "缺少录音录像",
    Verdict.UNDETERMINED: "无法判定",
}


class FormTime(_Value):
    """The time that a form states for its stage.

    Forms state minutes: `start` and `end` are the first instants of the minutes written.
    `end` None means a single moment for the stage `service` (送达时间) and an end that could
    not be read for any other. `recording_required` is `always`, `conditional`, `optional` or
    `none` (catalogue of forms); `in_review` is true while a person has yet to confirm the
    form's kind or interval.
    """

    form_code: str
    stage: str
    start: AwareDatetime | None
    end: AwareDatetime | None = None
    recording_required: str = "always"
    in_review: bool = False


class Alternative(_Value):
    """Another start and end of a recording, by a witness that contradicts the believed one."""

    source: str
    start: AwareDatetime
    end: AwareDatetime


class Hole(_Value):
    """A stretch between start and end that the recording lacks."""

    start: AwareDatetime
    end: AwareDatetime


class RecordedSpan(_Value):
    """When one recording ran; `name` is what people call it (its file name), else the id is shown.

    `start` and `end` are by the believed witness `source`; None when no witness tells.
    `contradicted` is true when another witness cannot be reconciled with it; `alternatives`
    are the times by those witnesses. `stage` is the stage under which it was filed, None when
    unknown. `holes` are stretches it lacks: its burnt-in clock jumps ahead, or nothing was recorded.
    `findings_high` is true when its examination left a finding of severity high. A photo
    (`is_photo`) speaks for a moment only, never for an interval. `examined` is false for a file that was
    handed in and is not yet examined, or could not be: it may be the very recording that is looked for.
    `claimed` recordings ran during another form of their stage: unless they ran during this one too, they are
    that form's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")  # a misspelt witness must not vanish

    recording_id: str
    start: AwareDatetime | None
    end: AwareDatetime | None
    source: str = ""
    contradicted: bool = False
    findings_high: bool = False
    alternatives: tuple[Alternative, ...] = ()
    stage: str | None = None
    is_photo: bool = False
    holes: tuple[Hole, ...] = ()
    name: str = ""
    examined: bool = True
    claimed: bool = False

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.name or self.recording_id

    def moved_to(self, start: datetime, length_s: float) -> Self:
        """The same recording where a person has entered its start: no witness contradicts that any more.

        End and holes move with it; `length_s` is the recording's own length, for one whose time was unknown.
        """
        by = start - self.start if self.start else None
        end = start + timedelta(seconds=length_s) if by is None or self.end is None else self.end + by
        holes = tuple(Hole(start=hole.start + by, end=hole.end + by) for hole in self.holes) if by is not None else ()
        update = {"start": start, "end": end, "holes": holes, "source": CORRECTED}
        return self.model_copy(update=update | {"contradicted": False, "alternatives": ()})


class Rule(_Value):
    """What a verdict is held against; all in seconds.

    `tolerance_s`: how far a recording's edge may lie inside the form's interval. It includes
    the minute's own width, since forms state minutes, and so is never under 60.
    `gap_s`: a pause between neighbouring recordings that is longer counts as a gap.
    `reach_s`: a recording that lies wholly outside the form's interval and farther from it
    than this is taken as a recording of something else.
    `clock_lost_s`: a recording of the same stage farther from the form than this is taken as
    made by a device whose clock was wrong (reset to 1970, 2000 …), not as one of something else.
    `label_shift_s`: size of the error of devices that label local time as UTC.
    """

    tolerance_s: Annotated[float, Field(ge=60)] = 60
    gap_s: Annotated[float, Field(ge=0)] = 2
    reach_s: Annotated[float, Field(ge=0)] = 3600
    clock_lost_s: Annotated[float, Field(gt=0)] = 365 * 86400
    label_shift_s: Annotated[float, Field(ge=0)] = 8 * 3600


class Stretch(_Value):
    """A stretch of the form's interval, with its length in seconds."""

    start: AwareDatetime
    end: AwareDatetime
    seconds: float


class LeftOut(_Value):
    """A recording that was not laid over the form's interval, and why.

    `code`: `far` (other time), `other-stage`, `no-clock`, `clock-lost`, `photo`, `label-shift`
    (would fit if its clock's zone were mislabelled), `date-shift` (would fit if its clock's date were wrong),
    `half-day-shift` (would fit if its clock took morning for afternoon, or the reverse),
    `other-form` (it ran during another form of the stage, and not during this one),
    `not-examined`, `form-time` (the form's time is unknown).
    """

    recording_id: str
    name: str
    code: str
    reason: Sentence


_ELSEWHERE = frozenset({"far", "photo", "other-stage", "other-form"})
"""Left out for what they are, not for a doubt: where such a one matters after all, a world of the agreement says so."""


class Considered(_Value):
    """A recording that was laid over the form's interval, with the time that it was laid at and whose word that is."""

    recording_id: str
    name: str
    start: AwareDatetime
    end: AwareDatetime
    source: str


class World(_Value):
    """The verdict that would stand if one doubtful thing were so (another clock, another stage, …)."""

    supposition: Sentence
    verdict: Verdict


class Agreement(_Value):
    """The form's interval against the union of its recordings, with every figure.

    `start_delta_s` and `end_delta_s` say by how many seconds the recordings fall short of the
    form: positive = recording starts after the form's start, or ends before its end; negative
    = it starts earlier or ends later, which is right (pre- and post-record). None when no
    recording was considered or the form's time is unknown. `coverage_percent` is 0..100, for a
    moment 0 or 100. `gaps` are pauses longer than the rule's `gap_s` within the form's time;
    `overlaps` are stretches that two or more recordings cover. `considered` and `left_out` name every recording of
    the case between them. `contradicted` names considered
    recordings whose clocks contradict each other. `worlds` are the other suppositions that were
    judged; `severity` says how urgently a person should look.
    """

    form: FormTime
    verdict: Verdict
    severity: Severity
    coverage_percent: float
    covered_s: float
    uncovered_s: float
    start_delta_s: float | None
    end_delta_s: float | None
    gaps: tuple[Stretch, ...]
    overlaps: tuple[Stretch, ...]
    rule: Rule
    considered: tuple[Considered, ...]
    left_out: tuple[LeftOut, ...]
    contradicted: tuple[str, ...]
    worlds: tuple[World, ...]
    sentence: Sentence
    cannot_know: tuple[Sentence, ...]

    def bearing(self) -> Self:
        """The same without the recordings that have nothing to do with this form.

        The verdict rests on what is left. In a case of 40 forms and 300 recordings that is a hundredth of the whole.
        """
        return self.model_copy(update={"left_out": tuple(o for o in self.left_out if o.code not in _ELSEWHERE)})

    def elsewhere(self) -> dict[str, int]:
        """How many recordings of the case `bearing` leaves out, by code."""
        return dict(sorted(Counter(left.code for left in self.left_out if left.code in _ELSEWHERE).items()))
