"""Verdicts of agreement between a form's time and its recordings."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quancheng_plugin.findings import Severity
from quancheng_sidecar.core.agreement import Alternative, FormTime, Hole, RecordedSpan, Rule, Verdict, judge

CHINA = timezone(timedelta(hours=8))
DAY = datetime(2026, 3, 1, tzinfo=CHINA)
RULE = Rule()


def t(clock: str, day: int = 0) -> datetime:
    """A time of day on the day of the case (or `day` days later)."""
    hour, minute, second = ([*map(int, clock.split(":")), 0])[:3]
    return DAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def form(start: str = "9:30", end: str | None = "10:15", **more: object) -> FormTime:
    """An inspection from 9:30 to 10:15 unless told otherwise."""
    told = {"form_code": "inspection-record", "stage": "inspection", "start": t(start)}
    return FormTime.model_validate({**told, "end": None if end is None else t(end), **more})


def span(start: str | None, end: str | None, name: str = "A", day: int = 0, **more: object) -> RecordedSpan:
    """A recording on the day of the case."""
    told = {
        "recording_id": name,
        "start": None if start is None else t(start, day),
        "end": None if end is None else t(end, day),
        "source": "burnt-in-clock",
    }
    return RecordedSpan.model_validate({**told, **more})


@pytest.mark.parametrize(
    ("spans", "verdict"),
    [
        ([span("9:28", "10:17")], Verdict.AGREES),
        ([span("6:30", "12:00")], Verdict.AGREES),
        ([span("9:31:00", "10:14:00")], Verdict.AGREES),
        ([span("9:31:01", "10:17")], Verdict.DEVIATES),
        ([span("9:28", "10:13:59")], Verdict.DEVIATES),
        ([span("9:00", "9:25")], Verdict.DEVIATES),
        ([span("9:28", "9:50"), span("9:50:02", "10:17", "B")], Verdict.AGREES),
        ([span("9:28", "9:50"), span("9:50:03", "10:17", "B")], Verdict.INCOMPLETE),
        ([span("9:50:03", "10:17", "B"), span("9:28", "9:50")], Verdict.INCOMPLETE),
        ([span("9:28", "9:50"), span("9:49:58", "10:17", "B")], Verdict.AGREES),
        ([span("9:35", "9:50"), span("9:55", "10:17", "B")], Verdict.INCOMPLETE),
        ([span("9:28", "9:30:20"), span("9:30:50", "10:17", "B")], Verdict.INCOMPLETE),
        ([span("9:20", "9:29:50"), span("9:30:50", "10:17", "B")], Verdict.AGREES),
        ([span("9:28", "10:17", holes=(Hole(start=t("9:40"), end=t("9:40:20")),))], Verdict.INCOMPLETE),
        ([], Verdict.MISSING),
        ([span("9:28", "10:17", day=1)], Verdict.MISSING),
        ([span("14:00", "15:00")], Verdict.MISSING),
    ],
)
def test_verdicts_where_the_clocks_are_sure(spans: list[RecordedSpan], verdict: Verdict) -> None:
    """Edges are held against the tolerance, pauses against the gap, and recordings far away do not count."""
    assert judge(form(), spans, RULE).verdict is verdict


@pytest.mark.parametrize(
    ("end", "recorded", "verdict"),
    [
        ("9:32", ("9:30:59", "9:31:01"), Verdict.DEVIATES),
        ("9:32", ("9:30:40", "9:31:30"), Verdict.AGREES),
        ("9:32", ("9:30:59", "9:32:20"), Verdict.AGREES),
        ("9:31", ("9:30:31", "9:31:20"), Verdict.AGREES),
        ("9:33", ("9:30:50", "9:32:05"), Verdict.AGREES),
    ],
)
def test_two_seconds_of_a_short_form_do_not_agree(end: str, recorded: tuple[str, str], verdict: Verdict) -> None:
    """Within a minute of both edges is not enough where less than half of the shortest act so written was recorded."""
    found = judge(form(end=end), [span(*recorded)], RULE)
    assert found.verdict is verdict
    assert ("不足文书所载时长的一半" in found.sentence.zh) is (verdict is Verdict.DEVIATES)


def test_a_recording_still_to_be_examined_keeps_the_verdict_open() -> None:
    """A file in quarantine may be the very recording that is looked for, so nothing is called missing."""
    waiting = span(None, None, "in-quarantine.mp4", examined=False)
    found = judge(form(), [waiting], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert [(left.name, left.code) for left in found.left_out] == [("in-quarantine.mp4", "not-examined")]
    assert judge(form(), [waiting, span("9:28", "10:17", "B")], RULE).verdict is Verdict.AGREES
    elsewhere = waiting.model_copy(update={"stage": "service"})
    assert judge(form(), [elsewhere], RULE).verdict is Verdict.MISSING


def test_a_verdict_rests_on_what_bears_on_its_form() -> None:
    """Recordings of other times, forms and stages are counted; a doubtful one is named, and what is used stays."""
    used, lost = span("9:28", "10:17"), span(None, None, "B")
    plain = [span("20:00", "20:10", "C"), span("9:40", "9:50", "D").model_copy(update={"stage": "service"})]
    found = judge(form(), [used, lost, *plain], RULE)
    assert len(found.left_out) == 3
    bearing = found.bearing()
    assert [left.name for left in bearing.left_out] == ["B"]
    assert found.elsewhere() == {"far": 1, "other-stage": 1}
    assert bearing == judge(form(), [used, lost], RULE)


def test_deltas_are_positive_where_the_recording_falls_short() -> None:
    """Starting late and ending early are positive; pre- and post-record are negative."""
    short = judge(form(), [span("9:32", "10:10")], RULE)
    assert (short.start_delta_s, short.end_delta_s) == (120, 300)
    longer = judge(form(), [span("9:29", "10:17")], RULE)
    assert (longer.start_delta_s, longer.end_delta_s) == (-60, -120)


def test_every_figure_is_given() -> None:
    """Coverage in percent and seconds, gaps, overlaps, the rule and the recordings used stand in the answer."""
    found = judge(form(), [span("9:30", "9:40"), span("9:39", "10:00", "B"), span("10:05", "10:15", "C")], RULE)
    assert found.covered_s == 40 * 60
    assert found.uncovered_s == 5 * 60
    assert found.coverage_percent == 88.8
    assert [(g.start, g.end, g.seconds) for g in found.gaps] == [(t("10:00"), t("10:05"), 300)]
    assert [o.seconds for o in found.overlaps] == [60]
    assert [used.name for used in found.considered] == ["A", "B", "C"]
    assert (found.considered[0].start, found.considered[0].source) == (t("9:30"), "burnt-in-clock")
    assert found.rule.tolerance_s == 60


def test_percent_never_rounds_up_to_all() -> None:
    """A second missing is never shown as 100 %."""
    found = judge(form("0:00", "23:00"), [span("0:00", "12:00"), span("12:00:01", "23:00", "B")], RULE)
    assert found.coverage_percent == 99.9


def test_an_end_past_midnight_is_judged_like_any_other() -> None:
    """The form's end on the next day, as the reader rolls it."""
    night = form("23:30", None).model_copy(update={"end": t("0:20", 1)})
    found = judge(night, [RecordedSpan(recording_id="A", start=t("23:29"), end=t("0:21", 1))], RULE)
    assert found.verdict is Verdict.AGREES
    assert "23:30至3月2日00:20" in found.sentence.zh


@pytest.mark.parametrize(
    ("required", "severity"),
    [("always", Severity.HIGH), ("conditional", Severity.MEDIUM), ("optional", Severity.INFO), ("none", Severity.INFO)],
)
def test_missing_weighs_by_the_duty_to_record(required: str, severity: Severity) -> None:
    """No recording is missing in every case; how much that matters follows Art. 5."""
    found = judge(form(recording_required=required), [], RULE)
    assert (found.verdict, found.severity) == (Verdict.MISSING, severity)


def test_a_form_in_review_is_undetermined_and_says_what_would_follow() -> None:
    """A value that a person has yet to confirm is a proposal, never a fact."""
    found = judge(form(in_review=True), [span("9:28", "10:17")], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert "若所读无误，则为“一致”" in found.sentence.zh
    assert found.coverage_percent == 100


def test_a_form_in_review_promises_nothing_that_another_doubt_leaves_open() -> None:
    """Where a recording without a clock might be the one, a form read rightly would not be missing one for sure."""
    found = judge(form(in_review=True), [span(None, None)], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert "若所读无误，则为" not in found.sentence.zh
    assert "即使所读无误，也须先查明：录像“A”的时间不明" in found.sentence.zh


@pytest.mark.parametrize("told", [{"start": None}, {"end": None}, {"end": t("9:00")}])
def test_a_form_without_a_usable_interval_is_undetermined(told: dict[str, object]) -> None:
    """Unread or reversed times settle nothing while there are recordings."""
    unread = form().model_copy(update=told)
    assert judge(unread, [span("9:28", "10:17")], RULE).verdict is Verdict.UNDETERMINED
    assert judge(unread, [], RULE).verdict is Verdict.MISSING


def test_a_recording_without_a_clock_leaves_the_matter_open() -> None:
    """It may be the one that is asked for; missing would accuse without ground."""
    found = judge(form(), [span(None, None)], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert found.left_out[0].code == "no-clock"


def test_a_recording_without_a_clock_does_not_disturb_agreement() -> None:
    """What is covered stays covered."""
    assert judge(form(), [span("9:28", "10:17"), span(None, None, "B")], RULE).verdict is Verdict.AGREES


def test_a_clock_reset_to_2000_leaves_the_matter_open() -> None:
    """A recording of 2000 in a case of 2026 tells of its clock, not of its time."""
    reset = datetime(2000, 1, 1, tzinfo=CHINA)
    lost = RecordedSpan(recording_id="A", start=reset, end=reset + timedelta(hours=1))
    found = judge(form(), [lost], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert found.left_out[0].code == "clock-lost"


@pytest.mark.parametrize(("start", "end"), [("17:28", "18:17"), ("1:28", "2:17")])
def test_a_shift_by_eight_hours_is_named_and_never_silently_missing(start: str, end: str) -> None:
    """Local time labelled as UTC, or the reverse, is a known habit of devices."""
    found = judge(form(), [span(start, end)], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert found.left_out[0].code == "label-shift"
    assert "8小时" in found.sentence.zh
    assert "“一致”" in found.sentence.zh


@pytest.mark.parametrize("day", [1, -1, 40])
def test_a_date_set_wrong_is_named_and_never_silently_missing(day: int) -> None:
    """A recording of this stage at this time of day, whole days away, may be of a camera with a wrong date."""
    found = judge(form(), [span("9:28", "10:17", day=day, stage="inspection")], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert found.left_out[0].code == "date-shift"
    assert f"日期设{'快' if day > 0 else '慢'}了{abs(day)}天" in found.sentence.zh


def test_a_clock_of_twelve_hours_leaves_it_open() -> None:
    """`02:20` on a clock that tells no half of the day may be the afternoon's."""
    found = judge(form("14:20", "14:50"), [span("2:19", "2:51", stage="inspection")], RULE)
    assert (found.verdict, found.left_out[0].code) == (Verdict.UNDETERMINED, "half-day-shift")
    assert "上午、下午" in found.sentence.zh


def test_a_recording_of_another_form_is_no_recording_with_a_wrong_date() -> None:
    """Two inspections on two days with one recording between them: the second day's is missing."""
    first = FormTime(form_code="inspection-record", stage="inspection", start=t("9:30", -1), end=t("10:15", -1))
    found = judge(form(), [span("9:28", "10:17", day=-1, stage="inspection")], RULE, others=[first])
    assert found.verdict is Verdict.MISSING
    assert found.left_out[0].code == "other-form"


def test_a_recording_of_the_stages_other_form_does_not_count_for_this_one() -> None:
    """Two seizures forty minutes apart and one recording: it agrees with the first, the second's is missing."""
    first, second = form("8:00", "8:03"), form("8:40", "8:43", recording_required="always")
    recorded = [span("7:59:50", "8:03:20", stage="inspection")]
    assert judge(first, recorded, RULE, others=[second]).verdict is Verdict.AGREES
    found = judge(second, recorded, RULE, others=[first])
    assert (found.verdict, found.severity, found.considered) == (Verdict.MISSING, Severity.HIGH, ())
    assert "另一份文书" in found.left_out[0].reason.zh


def test_one_recording_over_both_forms_of_a_stage_counts_for_each() -> None:
    """A camera that ran through both acts shows both."""
    first, second = form("8:00", "8:03"), form("8:40", "8:43")
    through = [span("7:59", "8:45", stage="inspection")]
    assert judge(first, through, RULE, others=[second]).verdict is Verdict.AGREES
    assert judge(second, through, RULE, others=[first]).verdict is Verdict.AGREES


def test_nothing_at_all_of_an_act_that_must_be_recorded_is_grave_however_near_a_recording_lies() -> None:
    """A recording that ended before the act began shows none of it."""
    found = judge(form(recording_required="always"), [span("9:00", "9:25")], RULE)
    assert (found.verdict, found.severity, found.coverage_percent) == (Verdict.DEVIATES, Severity.HIGH, 0)


def test_a_recording_of_this_stage_at_another_time_of_day_is_no_wrong_date() -> None:
    """Only a whole number of days is a wrong date."""
    found = judge(form(), [span("14:28", "15:17", day=1, stage="inspection")], RULE)
    assert found.verdict is Verdict.MISSING


def test_recordings_shifted_each_its_own_way_are_each_supposed_by_their_own_shift() -> None:
    """One camera a day off and another eight hours off are two suppositions."""
    day_off = span("9:28", "10:17", day=1, stage="inspection")
    found = judge(form(), [day_off, span("17:28", "18:17", "B")], RULE)
    assert [("8小时" in w.supposition.zh, "1天" in w.supposition.zh) for w in found.worlds] == [
        (True, False),
        (False, True),
    ]


def test_a_shift_is_not_looked_for_where_another_stage_was_filed() -> None:
    """A recording of the afternoon's questioning is no shifted inspection."""
    found = judge(form(), [span("17:28", "18:17", stage="questioning")], RULE)
    assert found.verdict is Verdict.MISSING


def test_contradicting_clocks_that_matter_leave_it_open() -> None:
    """One witness says it agrees, another that it does not: nobody can tell."""
    other = Alternative(source="file-name", start=t("9:40"), end=t("10:29"))
    found = judge(form(), [span("9:28", "10:17", contradicted=True, alternatives=(other,))], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert found.contradicted == ("A",)
    assert "文件名中的时间" in found.sentence.zh


def test_contradicting_clocks_that_do_not_matter_settle_it() -> None:
    """Where every witness leads to the same verdict, that verdict stands."""
    other = Alternative(source="file-name", start=t("9:20"), end=t("10:18"))
    found = judge(form(), [span("9:28", "10:17", contradicted=True, alternatives=(other,))], RULE)
    assert found.verdict is Verdict.AGREES
    assert [world.verdict for world in found.worlds] == [Verdict.AGREES]


def test_a_contradicting_clock_may_bring_a_far_recording_back() -> None:
    """Missing by the believed clock, covered by the other: open, not missing."""
    other = Alternative(source="file-name", start=t("9:28"), end=t("10:17"))
    found = judge(form(), [span("9:28", "10:17", day=2, contradicted=True, alternatives=(other,))], RULE)
    assert found.verdict is Verdict.UNDETERMINED


def test_a_reset_clock_is_no_contradicting_witness() -> None:
    """A container that says 1970 beside a burnt-in clock says nothing."""
    reset = Alternative(
        source="container-written-at-start",
        start=datetime(1970, 1, 1, tzinfo=CHINA),
        end=datetime(1970, 1, 1, 1, tzinfo=CHINA),
    )
    found = judge(form(), [span("9:28", "10:17", contradicted=True, alternatives=(reset,))], RULE)
    assert found.verdict is Verdict.AGREES


def test_many_contradicted_segments_are_judged_within_bounds() -> None:
    """Twenty segments with two clocks each do not make a million worlds."""
    minutes = [span(f"9:{m}", f"9:{m + 1}", str(m)) for m in range(30, 50)]
    spans = [
        s.model_copy(
            update={
                "contradicted": True,
                "alternatives": (Alternative(source="x", start=t("12:00"), end=t("12:01")),),
            }
        )
        for s in minutes
    ]
    found = judge(form("9:30", "9:50"), spans, RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert len(found.worlds) < 300


def test_a_recording_of_another_stage_at_the_same_time_leaves_it_open() -> None:
    """It may hold this stage too, or be another team's: neither agrees nor missing is sure."""
    found = judge(form(), [span("9:00", "11:00", stage="questioning")], RULE)
    assert found.verdict is Verdict.UNDETERMINED
    assert found.left_out[0].code == "other-stage"


def test_signs_of_editing_are_carried_into_the_sentence() -> None:
    """Times may agree while the recording itself is doubtful."""
    found = judge(form(), [span("9:28", "10:17", findings_high=True)], RULE)
    assert found.verdict is Verdict.AGREES
    assert found.severity is Severity.MEDIUM
    assert "须先核实" in found.sentence.zh


@pytest.mark.parametrize(
    ("spans", "verdict"),
    [
        ([span("9:20", "9:40")], Verdict.AGREES),
        ([span("9:31", "9:40")], Verdict.AGREES),
        ([span("9:10", "9:29")], Verdict.AGREES),
        ([span("9:31:01", "9:40")], Verdict.DEVIATES),
        ([span("9:30:10", "9:30:10", is_photo=True)], Verdict.AGREES),
        ([], Verdict.MISSING),
    ],
)
def test_service_is_a_moment_that_a_recording_must_hold(spans: list[RecordedSpan], verdict: Verdict) -> None:
    """送达回证 states one time; the recording contains it, within tolerance."""
    assert judge(form(end=None, stage="service"), spans, RULE).verdict is verdict


def test_a_photo_does_not_show_an_interval() -> None:
    """Photos are left out of intervals, with the reason."""
    found = judge(form(), [span("9:40", "9:40", is_photo=True)], RULE)
    assert found.verdict is Verdict.MISSING
    assert found.left_out[0].code == "photo"


def test_a_tolerance_under_a_minute_is_refused() -> None:
    """Forms carry minutes; less has no meaning."""
    with pytest.raises(ValidationError):
        Rule(tolerance_s=59)


def test_unknown_facts_about_a_recording_are_refused() -> None:
    """A misspelt witness must not vanish silently."""
    with pytest.raises(ValidationError):
        RecordedSpan.model_validate({"recording_id": "A", "start": None, "end": None, "witness": ()})


def test_what_cannot_be_known_is_said() -> None:
    """The verdict rests on device clocks and minutes, and says so."""
    notes = " ".join(note.zh for note in judge(form(), [span("9:28", "10:17")], RULE).cannot_know)
    assert "只写到分" in notes
    assert "设备时钟" in notes


offsets = st.integers(-3000, 6000)
random_spans = st.lists(
    st.tuples(offsets, offsets).map(
        lambda pair: RecordedSpan(
            recording_id=f"{pair}",
            start=t("9:30") + timedelta(seconds=min(pair)),
            end=t("9:30") + timedelta(seconds=max(pair) + 1),
        )
    ),
    max_size=5,
)


@given(random_spans, random_spans)
def test_a_further_recording_takes_nothing_away(spans: list[RecordedSpan], more: list[RecordedSpan]) -> None:
    """More recording never covers less; what agreed can at most show a break."""
    before, after = judge(form(), spans, RULE), judge(form(), spans + more, RULE)
    assert after.coverage_percent >= before.coverage_percent
    if before.verdict is Verdict.AGREES:
        assert after.verdict in {Verdict.AGREES, Verdict.INCOMPLETE}


@given(random_spans, st.integers(-(10**6), 10**6))
def test_moving_form_and_recordings_together_changes_no_figure(spans: list[RecordedSpan], by_s: int) -> None:
    """Only differences of time are judged."""
    by = timedelta(seconds=by_s)
    moved = [s.model_copy(update={"start": s.start + by, "end": s.end + by}) for s in spans if s.start and s.end]
    asked = form()
    moved_form = asked.model_copy(update={"start": t("9:30") + by, "end": t("10:15") + by})
    before, after = judge(asked, spans, RULE), judge(moved_form, moved, RULE)
    figures = ("verdict", "coverage_percent", "covered_s", "uncovered_s", "start_delta_s", "end_delta_s")
    assert [getattr(before, f) for f in figures] == [getattr(after, f) for f in figures]


@given(random_spans)
def test_figures_are_consistent(spans: list[RecordedSpan]) -> None:
    """Covered and uncovered seconds make the form's length; agreement leaves no counted gap."""
    found = judge(form(), spans, RULE)
    assert found.covered_s + found.uncovered_s == 45 * 60
    if found.verdict is Verdict.AGREES:
        assert found.gaps == ()
        assert found.covered_s > 0


@given(st.integers(0, 86399), st.integers(0, 20000))
def test_a_faithful_recording_agrees_with_a_form_that_cuts_seconds_off(start_s: int, length_s: int) -> None:
    """An act recorded from its first to its last second agrees with the minutes that a clerk writes."""
    start = DAY + timedelta(seconds=start_s)
    end = start + timedelta(seconds=max(length_s, 1))
    written = FormTime(form_code="x", stage="inspection", start=start.replace(second=0), end=end.replace(second=0))
    faithful = RecordedSpan(recording_id="A", start=start, end=end)
    assert judge(written, [faithful], RULE).verdict is Verdict.AGREES
