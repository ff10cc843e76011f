"""The judgment itself: the recordings' start and end must agree with the form's (Art. 5, last sentence)."""

from collections.abc import Sequence
from dataclasses import dataclass

from quancheng_plugin.findings import Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.agreement import notes, wording
from quancheng_sidecar.core.agreement.measure import Measured, measure
from quancheng_sidecar.core.agreement.suppositions import Sorted, piece_of, sort, suppositions
from quancheng_sidecar.core.agreement.values import (
    Agreement,
    Considered,
    FormTime,
    LeftOut,
    RecordedSpan,
    Rule,
    Stretch,
    Verdict,
    World,
)
from quancheng_sidecar.core.interval import Interval


def judge(form: FormTime, spans: Sequence[RecordedSpan], rule: Rule, *, others: Sequence[FormTime] = ()) -> Agreement:
    """Lay all recordings of a case over the time that one form states; `others` are the case's other forms.

    The order of precedence:

    1. `undetermined` when the form's time is in review, unread or runs backwards; when a
       recording whose clock is unknown or lost could change the verdict; or when another
       supposition (a contradicting witness of the start, an exact shift by the zone's offset or by whole
       days, a recording filed under another stage but running at that time) gives another verdict.
       No shift is supposed of a recording that ran during another form of its stage.
       Where all suppositions give the same verdict, that verdict stands.
    2. `missing` when no recording is near, and none that was handed in is still to be examined; one that ran
       during another form of the stage and not during this one is that form's, however near. The
       severity follows the duty to record, here and where nothing at all of the form's time was recorded:
       a recording that the rule leaves open (`optional`) is missed with severity info.
    3. `incomplete` when a pause longer than `gap_s` lies between the recordings within the
       form's time, or a stretch was cut out of one.
       A recording that reaches into the form's time only briefly so makes a gap where it would
       be a late start without it: that a break is known counts, however near an edge.
    4. `deviates` when an edge falls short of the form's by more than the tolerance, or when less was
       recorded than half of the shortest act that the form's minutes can stand for.
    5. `agrees` otherwise; a recording longer than the form's interval is right.
    """
    claimed = _claimed(form, spans, others)
    question = _Question(form, tuple(s.model_copy(update={"claimed": s.recording_id in claimed}) for s in spans), rule)
    on = _interval_of(form)
    return _answer(question, _unread(question) if on is None else _laid_over(question, on))


def _claimed(form: FormTime, spans: Sequence[RecordedSpan], others: Sequence[FormTime]) -> set[str]:
    """Recordings that run during another form of this stage."""
    times = [on for other in others if other.stage == form.stage and (on := _interval_of(other))]
    return {s.recording_id for s in spans if (p := piece_of(s)) and any(not p.interval.distance(on) for on in times)}


@dataclass(frozen=True)
class _Question:
    form: FormTime
    spans: tuple[RecordedSpan, ...]
    rule: Rule


@dataclass(frozen=True)
class _Outcome:
    verdict: Verdict
    sentence: Sentence
    found: Measured
    placed: Sorted
    worlds: tuple[World, ...] = ()


def _interval_of(form: FormTime) -> Interval | None:
    """The form's interval; a moment has no length. None when it was not read or runs backwards."""
    if form.start is None:
        return None
    if form.end is None:
        return Interval(form.start, form.start) if form.stage == "service" else None
    return Interval(form.start, form.end) if form.start <= form.end else None


def _unread(question: _Question) -> _Outcome:
    """Without the form's time nothing can be laid over it; but no recording at all is missing at any time."""
    form, spans = question.form, question.spans
    found = Measured(Verdict.MISSING)
    if not spans and not form.in_review:
        return _Outcome(Verdict.MISSING, wording.verdict(form, found, question.rule, 0), found, Sorted())
    left_out = tuple(
        LeftOut(recording_id=s.recording_id, name=s.shown, code="form-time", reason=notes.NO_FORM_TIME) for s in spans
    )
    sentence = wording.undetermined(form, notes.why_unread(form, any_recording=bool(spans)))
    return _Outcome(Verdict.UNDETERMINED, sentence, found, Sorted(left_out=left_out))


def _laid_over(question: _Question, on: Interval) -> _Outcome:
    form, spans, rule = question.form, question.spans, question.rule
    placed = sort(form, on, spans, rule)
    found = measure(on, placed.near, rule)
    only_clocks = found.verdict is Verdict.AGREES
    worlds = [
        World(supposition=other.words, verdict=measure(on, other.pieces, rule).verdict)
        for other in suppositions(form, on, spans, rule, only_clocks=only_clocks)
    ]
    if placed.untimed and not only_clocks:
        worlds.append(World(supposition=wording.if_untimed(placed.untimed), verdict=Verdict.AGREES))
    reason = _open_question(form, worlds, found)
    if reason is None:
        verdict, sentence = found.verdict, wording.verdict(form, found, rule, len(placed.left_out))
    else:
        verdict, sentence = Verdict.UNDETERMINED, wording.undetermined(form, reason)
    return _Outcome(verdict, notes.with_warning(sentence, spans, placed.near), found, placed, tuple(worlds))


def _open_question(form: FormTime, worlds: Sequence[World], found: Measured) -> Sentence | None:
    """Why the verdict is open, None when it is not."""
    other = next((world for world in worlds if world.verdict is not found.verdict), None)
    if form.in_review:
        return notes.in_review(found.verdict, other)
    return notes.otherwise(other, found.verdict) if other else None


_DUTY = {"always": Severity.HIGH, "conditional": Severity.MEDIUM}


def _severity(form: FormTime, verdict: Verdict, *, bare: bool, warned: bool) -> Severity:
    if verdict is Verdict.MISSING or (verdict is Verdict.DEVIATES and bare):
        return _DUTY.get(form.recording_required, Severity.INFO)
    if verdict is Verdict.AGREES:
        return Severity.MEDIUM if warned else Severity.INFO
    return Severity.MEDIUM


def _answer(question: _Question, outcome: _Outcome) -> Agreement:
    form, found = question.form, outcome.found
    near = {piece.recording_id for piece in outcome.placed.near}
    used = [span for span in question.spans if span.recording_id in near]
    return Agreement(
        form=form,
        verdict=outcome.verdict,
        severity=_severity(
            form, outcome.verdict, bare=not found.coverage, warned=any(span.findings_high for span in used)
        ),
        coverage_percent=wording.percent(found.coverage),
        covered_s=found.covered_s,
        uncovered_s=found.uncovered_s,
        start_delta_s=found.start_delta_s,
        end_delta_s=found.end_delta_s,
        gaps=tuple(_stretch(form, gap) for gap in found.gaps),
        overlaps=tuple(_stretch(form, common) for common in found.overlaps),
        rule=question.rule,
        considered=tuple(considered for span in used if (considered := _considered(form, span))),
        left_out=outcome.placed.left_out,
        contradicted=tuple(span.recording_id for span in used if span.contradicted),
        worlds=outcome.worlds,
        sentence=outcome.sentence,
        cannot_know=notes.cannot_know(used),
    )


def _considered(form: FormTime, span: RecordedSpan) -> Considered | None:
    if span.start is None or span.end is None:
        return None
    zone = form.start.tzinfo if form.start else None
    return Considered(
        recording_id=span.recording_id,
        name=span.shown,
        start=span.start.astimezone(zone),
        end=span.end.astimezone(zone),
        source=span.source,
    )


def _stretch(form: FormTime, stretch: Interval) -> Stretch:
    zone = form.start.tzinfo if form.start else None
    return Stretch(start=stretch.start.astimezone(zone), end=stretch.end.astimezone(zone), seconds=stretch.seconds)
