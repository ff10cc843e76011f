"""Chains of segments: what is missing between recordings of one device, and what is not."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.core.agreement import FormTime, RecordedSpan, Segment, View, chain_findings, chained, chains
from quancheng_sidecar.core.agreement.counters import counters

CHINA = timezone(timedelta(hours=8))
DAY = datetime(2026, 3, 1, tzinfo=CHINA)
DEVICE, CASE, OTHER = "DSJ-A7-012345", "甲〔2026〕1号", "乙〔2026〕2号"


def at(clock: str, day: int = 0) -> datetime:
    """A time of day on the day of the case (or `day` days later)."""
    hour, minute, second = ([*map(int, clock.split(":")), 0])[:3]
    return DAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def segment(name: str, start: datetime | None = None, minutes: float = 10, **more: object) -> Segment:
    """A recording of ten minutes of one device and case unless told otherwise; without a start its time is unknown."""
    of_segment = {"device": DEVICE, "case": CASE, "original": name, **more}
    known = {key: of_segment.pop(key) for key in ("device", "case", "original")}
    span = {"recording_id": name, "name": name, "start": start, "source": "burnt-in-clock", "stage": "inspection"}
    end = start + timedelta(minutes=minutes) if start else None
    return Segment.model_validate({"span": RecordedSpan.model_validate({**span, "end": end, **of_segment}), **known})


def dsj(number: int, clock: str, day: int = 0, **more: object) -> Segment:
    """A segment named as body-worn cameras do: device, time, counter."""
    start = at(clock, day)
    return segment(f"DSJ_{start:%Y%m%d_%H%M%S}_{number:04}.mp4", start, **more)  # type: ignore[arg-type]  of a segment


def told(*segments: Segment, forms: tuple[FormTime, ...] = (), case: str = CASE) -> tuple[Finding, ...]:
    """What is told of the case."""
    own = [each.span for each in segments if each.case == case]
    return chain_findings(View(case, forms, own, CHINA), chains(segments))


def missing(*segments: Segment) -> list[str]:
    """Numbers that are told as missing; nothing else may be told."""
    found = told(*segments)
    assert {each.code for each in found} <= {"segment-missing"}
    return [str(each.figures["skipped"]) for each in found]


def inspection(start: str, end: str, **more: object) -> FormTime:
    """A form of the stage that must be recorded."""
    given = {"form_code": "inspection-record", "stage": "inspection", "start": at(start), "end": at(end)}
    return FormTime.model_validate({**given, **more})


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (["DSJ_20260301_092950_0001.mp4", "DSJ_20260301_094950_0003.mp4"], [1, 3]),
        (["MOVI0001.avi", "MOVI0003.avi"], [1, 3]),
        (["20260301092950_000123.MP4", "20260301093950_000125.MP4"], [123, 125]),
        (["202603010929500001.MP4", "202603010939500003.MP4"], [1, 3]),
        (["V_0001_20260301092950.mp4", "V_0002_20260301093950.mp4"], [1, 2]),
        (["0001_DSJ012345.mp4", "0002_DSJ012345.mp4"], [1, 2]),
        (["DSJA000001_035010_20260301092950_0001.mp4", "DSJA000001_035047_20260301093950_0002.mp4"], [1, 2]),
        (["00001.MTS", "00002.MTS"], [1, 2]),
        (["REC_001.mp4", "REC_002.mp4"], [1, 2]),
        (["20260301_0007.mp4", "20260301_0009.mp4"], [7, 9]),
        (["20260301_092950.mp4", "20260301_093950.mp4"], []),
        (["20260301.mp4", "20260303.mp4"], []),
        (["PXL_20260301_092950123.mp4", "PXL_20260301_092959456.mp4"], []),
        (["20260301092950123.mp4", "20260301092950456.mp4"], []),
        (["1772328590.mp4", "1772328600.mp4"], []),
        (["录像1.mp4", "录像3.mp4"], []),
        (["CH01.mp4", "CH03.mp4"], []),
        (["询问录像.mp4", "送达录像.mp4"], []),
        (["现场0001.mp4", "现场0001.avi"], []),
    ],
)
def test_figures_that_count_are_told_from_times_and_devices(names: list[str], numbers: list[int]) -> None:
    """The last figures that differ among names of one shape count; dates, times, devices and channels do not."""
    read = counters(names, one_device=True)
    assert [read[name].number for name in names if name in read] == numbers
    assert len({counter.series for counter in read.values()}) <= 1


def test_a_skipped_number_is_told_with_its_hole() -> None:
    """0001 and 0003 of one device: 0002 is missing, at that time, as info, and nothing is said of editing."""
    (found,) = told(dsj(1, "9:30"), dsj(3, "9:50"))
    assert (found.code, found.severity, found.figures["skipped"]) == ("segment-missing", Severity.INFO, "0002")
    assert (found.figures["hole_start"], found.figures["pause_s"]) == ("2026-03-01T09:40:00+08:00", 600)
    assert "缺第0002段，档案中没有" in found.sentence.zh
    assert "09:40:00–09:50:00" in found.sentence.zh
    assert "单凭此不说明录像被删改" in found.sentence.zh


def test_other_joints_of_the_chain_are_told_as_figures() -> None:
    """How long the device's segments are, and how near they follow, stands beside the hole."""
    chain = (dsj(1, "9:00"), dsj(2, "9:10:01"), dsj(3, "9:20:02"), dsj(6, "9:50:05"))
    (found,) = told(*chain)
    assert found.figures["skipped"] == "0004,0005"
    assert (found.figures["segment_s"], found.figures["longest_joint_s"], found.figures["followed"]) == (600, 1, 2)
    assert "第0004、0005段" in found.sentence.zh
    assert "第0004至0006段" in told(*chain[:3], dsj(7, "10:00"))[0].sentence.zh


@pytest.mark.parametrize(
    "segments",
    [
        pytest.param([dsj(1, "9:30"), dsj(2, "10:30")], id="a pause without a skipped number"),
        pytest.param([dsj(1, "9:30"), dsj(3, "9:40:01")], id="the next goes on to the second"),
        pytest.param([dsj(1, "9:30"), dsj(3, "9:39:50")], id="the next begins with a pre-record"),
        pytest.param(
            [dsj(1, "9:30"), dsj(2, "9:40:06"), dsj(4, "9:50:12")], id="no longer than the device's usual pause"
        ),
        pytest.param([dsj(9998, "9:30"), dsj(9999, "9:40"), dsj(1, "9:50")], id="9999 is followed by 0001"),
        pytest.param([dsj(9998, "9:30"), dsj(9999, "9:40"), dsj(0, "9:50")], id="or by 0000"),
        pytest.param([dsj(7, "9:30"), dsj(8, "9:40"), dsj(1, "9:55"), dsj(2, "10:05")], id="the counter was reset"),
        pytest.param([dsj(1, "9:30"), dsj(3, "9:50", day=2)], id="days apart"),
        pytest.param([dsj(1, "9:30"), dsj(900, "9:50")], id="hundreds of numbers apart"),
        pytest.param([dsj(1, "9:00"), dsj(5, "9:05"), dsj(9, "9:30")], id="two cameras that ran at once"),
        pytest.param([dsj(1, "9:30"), dsj(7, "9:45"), dsj(2, "10:00"), dsj(8, "10:15")], id="two cameras by turns"),
        pytest.param([dsj(3, "9:30"), dsj(1, "9:50"), dsj(4, "10:10"), dsj(2, "10:30")], id="a counter that falls"),
        pytest.param(
            [dsj(1, "9:30"), dsj(3, "9:50"), segment("PICT0002.jpg", at("9:45"), 0, is_photo=True)],
            id="a photo took the number",
        ),
        pytest.param(
            [dsj(1, "9:30"), dsj(3, "9:50"), segment("DSJ_0002.mp4", examined=False)], id="still in quarantine"
        ),
        pytest.param([dsj(1, "9:30"), dsj(3, "9:50"), dsj(2, "9:40", contradicted=True)], id="its time is in doubt"),
        pytest.param([dsj(1, "9:30"), dsj(3, "9:50"), dsj(2, "9:40", device="")], id="its device was not told"),
        pytest.param([dsj(1, "9:30", device=""), dsj(3, "9:50", device="")], id="two of unknown devices"),
        pytest.param([dsj(1, "9:30", device="A"), dsj(3, "9:50", device="B")], id="two devices"),
        pytest.param(
            [segment("rec_0930.mp4", at("9:30"), 3), segment("rec_0935.mp4", at("9:35"), 3)], id="a time of day"
        ),
        pytest.param(
            [segment("20260301_0930.mp4", at("9:30"), 3), segment("20260301_0935.mp4", at("9:35"), 3)],
            id="a day and a time of day",
        ),
        pytest.param([segment("录像1.mp4", at("9:30")), segment("录像3.mp4", at("9:50"))], id="a person's own names"),
        pytest.param(
            [
                segment("20260301_093000.mp4", at("9:30"), 4, device=""),
                segment("20260301_095000.mp4", at("9:50"), device=""),
            ],
            id="device unknown, no counter",
        ),
        pytest.param([dsj(1, "9:30")], id="alone"),
        pytest.param([], id="none"),
    ],
)
def test_nothing_is_said_where_nothing_is_missing_or_nothing_sure(segments: list[Segment]) -> None:
    """Ordinary use, doubt and contradiction are no missing segments."""
    assert missing(*segments) == []


def test_numbers_about_the_roll_over_may_be_missing_too() -> None:
    """9998 and then 0002: 9999 and 0001 are missing; whether a camera uses 0000 is not known, so it is not told."""
    assert missing(dsj(9998, "9:30"), dsj(2, "10:00")) == ["9999,0001"]


def test_a_reset_counter_parts_the_chain_and_each_part_is_judged() -> None:
    """Segments count from 1 in each recording of some devices; a number of the first says nothing of the second."""
    first = [dsj(1, "9:00"), dsj(2, "9:10"), dsj(3, "9:20")]
    assert missing(*first, dsj(1, "10:00"), dsj(3, "10:20")) == ["0002"]


def test_a_copy_is_no_second_segment() -> None:
    """The same bytes in two cases, and a coarser copy of the same number and time, change nothing."""
    chain = (dsj(1, "9:30"), dsj(3, "9:50"))
    twice = dsj(1, "9:30", case=OTHER)
    coarse = segment("DSJ_20260301_093000_0001.mp4", at("9:30:02"), original="coarse")
    assert missing(*chain, twice, coarse) == ["0002"]


def test_a_chain_of_an_unknown_device_must_have_been_seen_to_count() -> None:
    """Without a device's name the numbers must go up by one somewhere: numbers of devices skip, too."""
    assert missing(*(dsj(n, f"9:{n}0", device="") for n in (1, 2, 4))) == ["0003"]


def test_without_times_the_numbers_are_told_and_no_hole() -> None:
    """Two recordings of one case whose times are unknown: the number is missing, when is not known."""
    (found,) = told(segment("MOVI0001.avi"), segment("MOVI0003.avi"))
    assert (found.figures["skipped"], found.figures["hole_start"], found.figures["pause_s"]) == ("0002", None, None)
    assert "缺的时长无从得知" in found.sentence.zh
    assert missing(segment("MOVI0001.avi"), segment("MOVI0003.avi", case=OTHER)) == []


def test_a_segment_that_was_cut_at_full_length_is_followed_on() -> None:
    """Names without counters: the device goes on at once after ten minutes, so a full segment and a pause is told."""
    clocks = ("9:00:00", "9:10:00", "9:20:00", "9:40:00")
    chain = [segment(f"20260301_{clock.replace(':', '').zfill(6)}.mp4", at(clock)) for clock in clocks]
    (found,) = told(*chain)
    assert (found.code, found.figures["skipped"], found.figures["pause_s"]) == ("segment-missing", "", 600)
    assert "录满了设备的一段" in found.sentence.zh
    stopped = segment("20260301_092000.mp4", at("9:20:00"), 7)
    assert missing(*chain[:2], stopped, chain[3]) == []


def test_a_camera_that_stops_by_itself_misses_nothing() -> None:
    """Clips of one set length with pauses between them are that camera's way."""
    clocks = ("9:00", "9:10", "9:20", "9:45", "10:05", "10:30")
    assert missing(*(segment(f"20260301_{c.replace(':', '').zfill(4)}00.mp4", at(c)) for c in clocks)) == []


def test_only_what_follows_on_counts_as_chained() -> None:
    """Recordings that a person stopped are no chain by time, nor are numbers far apart one by counting."""
    by_time = [segment(f"20260301_{c}00.mp4", at(f"{c[:2]}:{c[2:]}"), 7) for c in ("0900", "0907", "0930", "1000")]
    assert chained(CASE, chains(by_time)) == 2
    assert chained(CASE, chains([dsj(1, "9:00"), dsj(2, "9:10"), dsj(900, "9:20")])) == 2
    assert chained(CASE, chains([dsj(1, "9:30"), dsj(900, "9:50")])) == 0


@pytest.mark.parametrize(
    ("form", "severity"),
    [
        (inspection("9:30", "10:00"), Severity.LOW),
        (inspection("9:30", "9:41"), Severity.LOW),
        (inspection("9:30", "9:40"), Severity.INFO),
        (inspection("9:30", "10:00", stage="service"), Severity.INFO),
        (inspection("9:30", "10:00", recording_required="optional"), Severity.INFO),
        (inspection("9:30", "10:00", in_review=True), Severity.INFO),
    ],
)
def test_a_hole_weighs_more_where_a_form_needs_the_recording(form: FormTime, severity: Severity) -> None:
    """Low within the time of a form of that stage that must be recorded; info elsewhere; never more."""
    (found,) = told(dsj(1, "9:30"), dsj(3, "9:50"), forms=(form,))
    assert found.severity is severity
    assert ("文书所载时间" in found.sentence.zh) is (severity is Severity.LOW)


def test_a_hole_that_another_camera_covers_is_only_info() -> None:
    """Two officers record: what the second camera shows is not missing."""
    second = segment("second.mp4", at("9:35"), 20, device="B")
    (found,) = told(dsj(1, "9:30"), dsj(3, "9:50"), second, forms=(inspection("9:30", "10:00"),))
    assert found.severity is Severity.INFO


def test_a_missing_neighbour_in_another_case_is_named_there() -> None:
    """0002 was filed under another case: that case is named, and nothing is called missing."""
    (found,) = told(dsj(1, "9:30"), dsj(2, "9:40", case=OTHER), dsj(3, "9:50"))
    assert (found.code, found.severity, found.figures["case"]) == ("segment-elsewhere", Severity.INFO, OTHER)
    assert (
        f"第0002段“DSJ_20260301_094000_0002.mp4”（2026-03-01 09:40:00–09:50:00）不在本案，在案件“{OTHER}”中"
        in found.sentence.zh
    )
    (unfiled,) = told(dsj(1, "9:30"), dsj(2, "9:40", case=""), dsj(3, "9:50"))
    assert "尚未归入任何案件" in unfiled.sentence.zh


def test_a_days_other_work_between_two_visits_is_one_finding() -> None:
    """Numbers that one other case holds are told together, by first and last."""
    work = [dsj(n, f"10:{n}0", case=OTHER) for n in range(2, 6)]
    (found,) = told(dsj(1, "9:30"), *work, dsj(6, "14:00"))
    assert (found.figures["numbers"], found.figures["count"]) == ("0002,0003,0004,0005", 4)
    assert "第0002至0005段“DSJ_20260301_102000_0002.mp4”至“DSJ_20260301_105000_0005.mp4”，共4件，" in found.sentence.zh


def test_what_goes_on_at_once_in_another_case_is_told_and_the_days_other_work_is_not() -> None:
    """A recording that continues beyond the last of the case is named; one after a pause is that case's own."""
    assert [f.code for f in told(dsj(1, "9:30"), dsj(2, "9:40", case=OTHER))] == ["segment-elsewhere"]
    assert told(dsj(1, "9:30"), dsj(2, "10:40", case=OTHER)) == ()
    assert told(dsj(1, "9:30"), dsj(4, "10:40", case=OTHER)) == ()


def test_a_segment_cut_at_the_edge_of_the_case_is_told() -> None:
    """The case's last segment ran to the device's length, its follower is nowhere, the next is another case's."""
    chain = (dsj(1, "9:00"), dsj(2, "9:10"), dsj(3, "9:20"))
    (found,) = told(*chain, dsj(5, "9:40", case=OTHER))
    assert (found.code, found.figures["skipped"]) == ("segment-missing", "0004")


@st.composite
def recorded(draw: st.DrawFn) -> list[Segment]:
    """A day of one camera that counts each file: sessions of segments, pauses between them, some of them photos."""
    minute, number, found = 60 * draw(st.integers(0, 3)), draw(st.integers(0, 9999)), list[Segment]()
    length = draw(st.integers(2, 15))
    for _ in range(draw(st.integers(1, 4))):
        for last in [*[False] * draw(st.integers(0, 4)), True]:
            ran = draw(st.integers(1, length)) if last else length
            found.append(dsj(number, f"{minute // 60}:{minute % 60}", minutes=ran))
            number, minute = number % 9999 + 1, minute + ran
        minute += draw(st.integers(1, 60))
    return found


@given(recorded())
def test_a_whole_day_is_never_called_incomplete(day: list[Segment]) -> None:
    """Every file that the camera wrote is there: nothing is told, whatever its pauses, lengths and roll-over."""
    assert told(*day) == ()


@given(recorded(), st.data())
def test_what_is_told_as_missing_was_taken_away(day: list[Segment], data: st.DataObject) -> None:
    """Whatever is taken away, only numbers of what was taken are told, in the pause where it was; never above low."""
    kept = data.draw(st.lists(st.sampled_from(day), unique_by=lambda s: s.span.name))
    numbers = {each.span.name[-8:-4]: each for each in day if each not in kept}
    for found in told(*kept, forms=(inspection("0:00", "23:59"),)):
        assert found.severity in {Severity.INFO, Severity.LOW}
        skipped = str(found.figures["skipped"]).split(",")
        assert set(skipped) <= {*numbers}
        for number in skipped:
            start = numbers[number].span.start
            assert start is not None
            assert str(found.figures["hole_start"]) <= start.isoformat() < str(found.figures["hole_end"])


@given(recorded(), st.data())
def test_one_taken_from_between_is_always_told(day: list[Segment], data: st.DataObject) -> None:
    """A single segment taken from between two others leaves its number missing, but about the roll-over."""
    place = data.draw(st.integers(1, max(1, len(day) - 2)))
    left = [each for n, each in enumerate(day) if n != place]
    if place < len(left):
        assert missing(*left) == [day[place].span.name[-8:-4]]


@given(recorded(), st.randoms())
def test_the_order_in_which_files_came_in_changes_nothing(day: list[Segment], random: object) -> None:
    """Chains are laid by what the recordings are, not by when they were taken in."""
    some = day[::2]
    turned = [*reversed(some)]
    assert {f.model_dump_json() for f in told(*some)} == {f.model_dump_json() for f in told(*turned)}


@given(recorded(), st.sets(st.integers(0, 20)))
def test_what_lies_in_another_case_is_never_missing(day: list[Segment], others: set[int]) -> None:
    """Filing some of a whole day elsewhere makes nothing missing in either case."""
    filed = [each.model_copy(update={"case": OTHER if n in others else CASE}) for n, each in enumerate(day)]
    for case in (CASE, OTHER):
        assert {f.code for f in told(*filed, case=case)} <= {"segment-elsewhere"}
