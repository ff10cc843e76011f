"""From an examined recording to the span that is judged against a form."""

from datetime import timedelta
from pathlib import Path

import pytest

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.core.agreement import FormTime, Rule, Verdict, judge
from quancheng_sidecar.media.clock.belief import Belief, supporters
from quancheng_sidecar.media.clock.contradictions import contradictions
from quancheng_sidecar.media.integrity.span import recorded_span
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import (
    Clock,
    ClockSample,
    Digest,
    Fingerprint,
    Integrity,
    RecordingReport,
    Witness,
    WitnessSource,
)
from tests.sidecar.media.integrity.conftest import NO_REASON, START, Shoot, readings, spec

BURNT, STOP, NAME = WitnessSource.BURNT_IN, WitnessSource.CONTAINER_STOP, WitnessSource.FILE_NAME
LOCAL = WitnessSource.CONTAINER_LOCAL_AS_UTC
LENGTH = timedelta(seconds=12)


def witness(source: WitnessSource, late_s: float = 0.0) -> Witness:
    """A witness that puts the start so many seconds after the true one."""
    start = START + timedelta(seconds=late_s)
    return Witness(source=source, start=start, end=start + LENGTH, raw="")


@pytest.fixture(scope="session")
def report(shoot: Shoot) -> RecordingReport:
    """A 12 s recording without any witness."""
    path: Path = shoot("mp4")
    found = probe(path)
    return RecordingReport(
        file_name="DSJ_0001.mp4",
        digest=Digest(sha256=f"sha256:{'0' * 64}", sm3=None, size=1),
        kind=found.kind,
        container=found.container,
        streams=found.streams,
        duration=found.duration,
        device=found.device,
        clock=Clock(start=None, end=None, source=None, reason=NO_REASON, witnesses=()),
        fingerprint=Fingerprint(),
        integrity=Integrity(signs=False, summary=NO_REASON, examined=(), not_examined=(), findings=()),
        probe=found,
    )


def told(report: RecordingReport, *witnesses: Witness, samples: tuple[ClockSample, ...] = ()) -> RecordingReport:
    """The report with these witnesses, the first believed."""
    first = witnesses[0]
    belief = Belief(first, NO_REASON, supporters(first, witnesses[1:]))
    clock = Clock(
        start=first.start,
        end=first.end,
        source=first.source,
        reason=NO_REASON,
        witnesses=witnesses,
        samples=samples,
        findings=contradictions(witnesses, belief, (), START + timedelta(days=30)),
    )
    return report.model_copy(update={"clock": clock})


def test_a_recording_without_clock_has_an_open_span(report: RecordingReport) -> None:
    """No witness, no times, no contradiction."""
    span = recorded_span("1", report)
    assert (span.start, span.end, span.contradicted, span.name) == (None, None, False, "DSJ_0001.mp4")


def test_readings_of_one_container_time_are_one_witness(report: RecordingReport) -> None:
    """One of its readings fits: the others are no contradiction."""
    container = (witness(STOP, -12), witness(LOCAL, 8 * 3600), witness(WitnessSource.CONTAINER_START, 1))
    assert not recorded_span("1", told(report, witness(BURNT), *container)).contradicted


def test_a_container_time_none_of_whose_readings_fits_contradicts(report: RecordingReport) -> None:
    """All its readings become alternatives."""
    span = recorded_span("1", told(report, witness(BURNT), witness(STOP, 7000), witness(LOCAL, -7000)))
    assert span.contradicted
    assert {other.source for other in span.alternatives} == {STOP, LOCAL}


def test_a_believed_clock_borne_out_by_another_is_not_contradicted(report: RecordingReport) -> None:
    """File name and burnt-in clock agree: a container rewritten on export says nothing."""
    span = recorded_span("1", told(report, witness(BURNT), witness(NAME, 2), witness(STOP, 90000)))
    assert not span.contradicted


def test_a_container_time_alone_leaves_its_other_readings_open(report: RecordingReport) -> None:
    """Nothing tells whether the device wrote it at start or at stop, in which zone: no firm verdict hangs on one."""
    start, local = witness(WitnessSource.CONTAINER_START), witness(LOCAL, -8 * 3600)
    span = recorded_span("1", told(report, start, local))
    assert [(each.source, each.start) for each in span.alternatives] == [(LOCAL, local.start)]
    borne_out = recorded_span("1", told(report, start, witness(NAME, 1), local))
    assert borne_out.alternatives == ()


def test_a_removed_middle_becomes_a_hole_and_an_incomplete_verdict(report: RecordingReport) -> None:
    """What the clock leaps over is not covered, and the end is where the clock ends."""
    cut = spec(0, 12, clock_jumps=((6, 120),)).model_copy(update={"start": START})
    span = recorded_span("1", told(report, witness(BURNT), samples=readings(cut, 0.5)))
    (hole,) = span.holes
    assert (hole.end - hole.start).total_seconds() == pytest.approx(120, abs=1)
    assert (hole.start - START).total_seconds() == pytest.approx(6, abs=1.5)
    assert span.end is not None
    assert (span.end - START).total_seconds() == pytest.approx(132, abs=1)
    form = FormTime(form_code="x", stage="inspection", start=START, end=START + timedelta(seconds=132))
    assert judge(form, [span], Rule()).verdict is Verdict.INCOMPLETE


def test_a_stretch_without_a_picture_becomes_a_hole(report: RecordingReport) -> None:
    """Though the clock runs through it; behind a leap of the clock it lies so much later. Without sound it is none."""
    lacking = {"gap_s": 3.0, "picture": True}
    gap = Finding(code="stream-gap", severity=Severity.MEDIUM, sentence=NO_REASON, at=8.0, figures=lacking)
    mute = gap.model_copy(update={"figures": lacking | {"picture": False}})
    signs = report.integrity.model_copy(update={"findings": (gap, mute)})
    cut = spec(0, 12, clock_jumps=((4, 120),)).model_copy(update={"start": START})
    for samples, late in ((), 8.0), (readings(cut, 0.5), 128.0):
        found = told(report.model_copy(update={"integrity": signs}), witness(BURNT), samples=samples)
        hole = recorded_span("1", found).holes[-1]
        assert (hole.start - START).total_seconds() == pytest.approx(late, abs=1)
        assert hole.end - hole.start == timedelta(seconds=3)


def test_what_another_stretch_shows_is_no_hole(report: RecordingReport) -> None:
    """First third, last third, second third: nothing is missing."""
    moved = spec(0, 36, clock_jumps=((12, 12), (24, -24))).model_copy(update={"start": START})
    whole = witness(BURNT).model_copy(update={"end": START + 3 * LENGTH})
    assert recorded_span("1", told(report, whole, samples=readings(moved, 0.5))).holes == ()


def test_a_clock_that_was_set_while_it_recorded_leaves_open_which_of_its_ends_is_right(report: RecordingReport) -> None:
    """Twelve seconds whose clock leaps an hour cover twelve seconds, at the first reading or at the last."""
    leapt = witness(BURNT).model_copy(update={"end": START + LENGTH + timedelta(hours=1)})
    span = recorded_span("A", told(report, leapt))
    assert span.contradicted
    assert [(a.start - START).total_seconds() for a in span.alternatives] == pytest.approx([0, 3600], abs=1)
    assert [(a.end - a.start).total_seconds() for a in span.alternatives] == pytest.approx([12, 12], abs=1)
    between = FormTime(
        form_code="f", stage="hearing", start=START + timedelta(minutes=10), end=START + timedelta(minutes=50)
    )
    assert judge(between, [span], Rule()).verdict is Verdict.UNDETERMINED
