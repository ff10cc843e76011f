"""What chains of segments tell of one case: numbers and stretches that are missing, or filed elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.core.agreement import chain_wording as wording
from quancheng_sidecar.core.agreement.segments import Chain, Joint, Member
from quancheng_sidecar.core.agreement.suppositions import piece_of
from quancheng_sidecar.core.agreement.values import FormTime, RecordedSpan
from quancheng_sidecar.core.interval import Interval, total, uncovered

MISSING, ELSEWHERE = "segment-missing", "segment-elsewhere"
_NEEDED = {"always", "conditional"}


@dataclass(frozen=True)
class View:
    """One case: its number, its forms, when its own recordings ran, and the zone in which times are told."""

    case: str
    forms: Sequence[FormTime]
    spans: Sequence[RecordedSpan]
    zone: tzinfo


def chain_findings(view: View, chains: Sequence[Chain]) -> tuple[Finding, ...]:
    """Segments that may be missing beside recordings of the case (`segment-missing`), or lie elsewhere.

    Severity is info, or low where no recording of the case covers a part of that time in which a form of the same
    stage should be recorded: a missing neighbour has many ordinary causes and is no sign of editing.
    """
    return tuple(finding for chain in chains for finding in _of_chain(view, chain))


def chained(case: str, chains: Sequence[Chain]) -> int:
    """How many recordings of the case stand in chains, copies counted once: of the others nothing is known to miss."""
    held = [member for chain in chains for member in chain.members if case in member.cases]
    return len({member.segments[0].span.recording_id for member in held})


def _of_chain(view: View, chain: Chain) -> Iterator[Finding]:
    own = [place for place, member in enumerate(chain.members) if view.case in member.cases]
    if not own:
        return
    first, last = chain.members[own[0]], chain.members[own[-1]]
    inside = chain.members[own[0] : own[-1] + 1]
    for joint in chain.joints:
        within = joint.before in inside and joint.after in inside
        # What a counter skips between two cases is neither's, unless a segment at that edge was cut by the device.
        at_edge = joint.full and (joint.after == first or joint.before == last)
        if joint.hole and (within or at_edge):
            yield _missing(view, chain, joint)
    for case, away in groupby(chain.members, key=lambda member: _away(view.case, member, chain, inside)):
        if case is not None:
            yield _elsewhere(view, chain, tuple(away))


def _away(case: str, member: Member, chain: Chain, inside: Sequence[Member]) -> str | None:
    """The other case that holds a member which should be told of; None for the case's own and for others' work."""
    return member.case if case not in member.cases and _belongs(member, chain, inside, case) else None


def _belongs(member: Member, chain: Chain, inside: Sequence[Member], case: str) -> bool:
    """Whether a recording of no or another case goes on with one of this case, or is counted between two of them."""
    if chain.pattern and member in inside:
        return True
    beside = [joint for joint in chain.joints if joint.follows and member in {joint.before, joint.after}]
    return any(case in other.cases for joint in beside for other in (joint.before, joint.after))


def _missing(view: View, chain: Chain, joint: Joint) -> Finding:
    between = joint.between
    stages = {s.span.stage for m in (joint.before, joint.after) for s in m.segments}
    needed = _needed(view, between, stages)
    return Finding(
        code=MISSING,
        severity=Severity.LOW if needed else Severity.INFO,
        sentence=wording.missing(chain, joint, view.zone, needed),
        figures={
            "device": chain.device,
            "pattern": chain.pattern,
            "before": joint.before.segments[0].span.recording_id,
            "after": joint.after.segments[0].span.recording_id,
            "skipped": ",".join(joint.skipped),
            "hole_start": between.start.astimezone(view.zone).isoformat() if between else None,
            "hole_end": between.end.astimezone(view.zone).isoformat() if between else None,
            "pause_s": joint.pause_s,
            "followed": chain.followed,
            "longest_joint_s": chain.longest_joint_s,
            "segment_s": chain.segment_s,
        },
    )


def _elsewhere(view: View, chain: Chain, away: Sequence[Member]) -> Finding:
    """One finding for neighbours that one other case holds: between two visits a device does a day's other work."""
    forms = [_needed(view, m.ran, {segment.span.stage for segment in m.segments}) for m in away]
    needed = next((form for form in forms if form), None)
    first, last = away[0], away[-1]
    return Finding(
        code=ELSEWHERE,
        severity=Severity.LOW if needed else Severity.INFO,
        sentence=wording.elsewhere(chain, away, view.zone, needed),
        figures={
            "device": chain.device,
            "pattern": chain.pattern,
            "recording": first.segments[0].span.recording_id,
            "last_recording": last.segments[0].span.recording_id,
            "count": len(away),
            "numbers": ",".join(member.number for member in away if member.number),
            "case": first.case,
            "start": first.ran.start.astimezone(view.zone).isoformat() if first.ran else None,
            "end": last.ran.end.astimezone(view.zone).isoformat() if last.ran else None,
        },
    )


def _needed(view: View, on: Interval | None, stages: set[str | None]) -> FormTime | None:
    """The form in whose time `on` falls where it should be recorded, and no recording of the case covers it."""
    ran = [piece.interval for span in view.spans if not span.is_photo and (piece := piece_of(span))]
    for form in view.forms:
        if form.start is None or form.end is None or form.end < form.start or form.in_review:
            continue
        common = on.intersection(Interval(form.start, form.end)) if on else None
        concerned = form.recording_required in _NEEDED and not stages.isdisjoint({form.stage, None})
        if common and concerned and total(uncovered(common, ran)):
            return form
    return None
