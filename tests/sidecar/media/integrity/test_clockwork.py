"""Signs in the burnt-in clock, from readings as a reader gives them."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.demo.recordings import RecordingSpec
from quancheng_sidecar.media.integrity.clock_stretches import hides
from quancheng_sidecar.media.integrity.clockwork import Beside, clock_findings
from quancheng_sidecar.media.integrity.course import follow
from quancheng_sidecar.media.integrity.joints import Seam
from quancheng_sidecar.media.integrity.misread import cleaned
from quancheng_sidecar.media.report import ClockSample
from tests.sidecar.media.integrity.conftest import readings, spec

SEEDS = range(12)


ALONE = Beside()
CODED_ANEW = Seam(25.0, ("encoder", "sound-step"))
UNEVEN = Seam(25.0, ("group", "sound-step"))
UNEVEN_THERE = Seam(30.0, UNEVEN.kinds)


def signs(samples: tuple[ClockSample, ...], beside: Beside = ALONE) -> tuple[Finding, ...]:
    """Findings on the clock for these readings."""
    return clock_findings(cleaned(follow(samples)), beside)


def seen(wanted: RecordingSpec, every_s: float = 1.0, seed: int = 0, misread: float = 0.05) -> tuple[Finding, ...]:
    """Findings on a recording read every so often, with some misreadings."""
    return signs(readings(wanted, every_s, seed=seed, misread=misread))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([(8, 0.5), (20, 1.0), (60, 2.0), (600, 10.0)]), st.floats(0, 0.12))
def test_a_true_clock_is_never_accused(seed: int, shape: tuple[float, float], misread: float) -> None:
    """Whatever the start, the sampling and scattered misreadings, an untouched clock gives no finding."""
    duration, every = shape
    assert signs(readings(spec(seed, duration), every, seed=seed, misread=misread)) == ()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([("3", "8"), ("1", "7"), ("6", "5"), ("0", "8"), ("5", "6")]))
def test_a_glyph_misread_over_and_over_is_no_grave_sign(seed: int, glyph: tuple[str, str]) -> None:
    """A reader that takes every 3 for an 8 does not make a removed scene."""
    found = signs(readings(spec(seed, 60), 1.0, seed=seed, glyph=glyph))
    # One pair of digits that also stands in hours and minutes may still part the course; it must stay rare.
    assert len([f for f in found if f.severity is Severity.HIGH]) <= 3


def test_a_glyph_misread_over_and_over_is_rarely_taken_for_a_jump() -> None:
    """Of 60 recordings read with a confused glyph, at most three bear a grave sign."""
    grave = 0
    for seed in range(30):
        for glyph in (("3", "8"), ("1", "7")):
            found = signs(readings(spec(seed, 60), 1.0, seed=seed, glyph=glyph))
            grave += any(f.severity is Severity.HIGH for f in found)
    assert grave <= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_jump_ahead_is_told_with_its_size_and_what_ordinarily_explains_it(seed: int) -> None:
    """Twelve seconds gone: removed, or the camera was paused, which the clock alone does not tell apart."""
    found = seen(spec(seed, 60, clock_jumps=((25, 12),)), seed=seed)
    assert [(f.code, f.severity) for f in found] == [("clock-jump", Severity.MEDIUM)]
    assert all(word in found[0].sentence.zh for word in ("暂停", "校准", "删去"))
    assert found[0].figures["jump_s"] == pytest.approx(12, abs=1.1)
    assert found[0].at == pytest.approx(25, abs=2.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_short_jump_is_stated_but_not_grave(seed: int) -> None:
    """Three seconds may be a clock correction."""
    found = seen(spec(seed, 60, clock_jumps=((25, 3.2),)), seed=seed)
    assert {(f.code, f.severity) for f in found} <= {("clock-jump", Severity.MEDIUM)}
    assert found


def test_a_jump_ahead_where_a_program_coded_anew_names_the_cut_and_the_signal_taken_up_again() -> None:
    """A recorder that codes by software and lost its signal leaves both; an early key frame a camera's pause leaves."""
    samples = readings(spec(3, 60, clock_jumps=((25, 3.4),)))
    (found,) = signs(samples, Beside((CODED_ANEW,)))
    assert (found.severity, found.figures["coded_anew"]) == (Severity.MEDIUM, True)
    assert all(word in found.sentence.zh for word in ("剪去", "信号中断", "原始文件"))
    (paused,) = signs(samples, Beside((UNEVEN,)))
    assert (paused.severity, paused.figures["seam_in_packets"]) == (Severity.MEDIUM, True)


def test_a_long_jump_ahead_in_a_file_that_a_program_coded_asks_for_the_devices_own() -> None:
    """Cut and exported again, or paused and converted later: ordinary use leaves it too, so it is not grave."""
    samples, seconds = (readings(spec(3, 60, clock_jumps=((25, by),))) for by in (25, 3.4))
    (exported,) = signs(samples, Beside(by_program=True))
    assert (exported.severity, exported.figures["coded_anew"]) == (Severity.MEDIUM, False)
    assert all(word in exported.sentence.zh for word in ("暂停", "转码", "剪去", "原始文件"))
    (was_set,) = signs(samples, Beside(by_program=True, goes_on=lambda begin, end: begin < end))
    assert (was_set.severity, "看不出中断" in was_set.sentence.zh) == (Severity.MEDIUM, True)
    assert ["原始文件" in found.sentence.zh for found in signs(seconds, Beside(by_program=True))] == [False]


def test_a_clock_that_goes_back_names_what_else_the_packets_show() -> None:
    """A stream taken up again after its camera started anew leaves a joint and a clock gone back."""
    samples = readings(spec(3, 60, clock_jumps=((25, -90),)))
    (set_back,), (taken_up,), (put_in,) = (signs(samples, Beside(beside)) for beside in ((), (UNEVEN,), (CODED_ANEW,)))
    assert (set_back.code, set_back.severity, "重启" in set_back.sentence.zh) == (
        "clock-backwards",
        Severity.MEDIUM,
        False,
    )
    assert (taken_up.severity, "重启" in taken_up.sentence.zh) == (Severity.MEDIUM, True)
    assert (put_in.severity, "编码程序重新开始" in put_in.sentence.zh) == (Severity.MEDIUM, True)


def test_a_jump_by_whole_hours_or_years_is_a_clock_being_set() -> None:
    """A zone change or a clock that gets its date from a satellite removes nothing."""
    for jump in (8 * 3600, 26 * 365 * 86400):
        (found,) = seen(spec(4, 60, clock_jumps=((25, jump),)))
        assert (found.code, found.severity) == ("clock-jump", Severity.MEDIUM)


def test_a_clock_set_back_by_the_length_of_the_recording_is_not_grave() -> None:
    """A minute's recording, its clock set back by a minute, or another camera's: both halves follow on by chance."""
    samples = readings(spec(3, 60, clock_jumps=((30, -60),)))
    (set_back,), (joined,) = signs(samples), signs(samples, Beside((UNEVEN_THERE,)))
    assert (set_back.severity, "校准设备时钟" in set_back.sentence.zh) == (Severity.MEDIUM, True)
    assert "另一台设备" in set_back.sentence.zh
    assert (joined.severity, joined.figures["order"]) == (Severity.HIGH, True)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rounds", [((10, -20),), ((10, 25), (20, -30))])
def test_cameras_shown_by_turns_whose_clocks_differ_are_not_grave(
    rounds: tuple[tuple[float, float], ...], seed: int
) -> None:
    """One of two is twenty seconds ahead and each is shown for ten: the stretches follow on in another order."""
    round_s = 10 * (len(rounds) + 1)
    home = (round_s, -sum(by for _, by in rounds))
    shows = tuple((at + turn * round_s, by) for turn in range(60 // round_s) for at, by in (*rounds, home))
    found = seen(spec(seed, 60, clock_jumps=tuple(one for one in shows if one[0] < 60)), seed=seed)
    assert {f.severity for f in found} == {Severity.MEDIUM}
    assert all("轮流" in f.sentence.zh for f in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_parts_that_fit_in_another_order_are_grave(seed: int) -> None:
    """A, C, B: ahead, then back, and each follows on another."""
    found = seen(spec(seed, 60, clock_jumps=((20, 20), (40, -40))), seed=seed)
    assert {f.code for f in found} == {"clock-jump", "clock-backwards"}
    assert {f.severity for f in found} == {Severity.HIGH}


@pytest.mark.parametrize(("duration", "every"), [(60, 0.5), (60, 1.0), (600, 5.0)])
def test_a_freeze_is_found_though_no_step_goes_back(duration: float, every: float) -> None:
    """The clock stands and goes on late: only the cumulative offset tells when readings are sparse."""
    for seed in SEEDS:
        found = seen(spec(seed, duration, clock_stands=((duration / 2, 8),)), every, seed=seed)
        assert "clock-stands" in {f.code for f in found}


def test_another_speed_is_found_with_its_rate() -> None:
    """1.1 × faster: the clock runs 1.1 seconds in each."""
    for seed in SEEDS:
        found = seen(spec(seed, 60, clock_rate=1.1), seed=seed)
        assert {f.code for f in found} == {"clock-rate"}
        assert found[0].figures["rate"] == pytest.approx(1.1, abs=0.02)


@pytest.mark.parametrize("rate", [0.25, 0.5, 2.0, 4.0])
def test_time_lapse_and_slow_motion_are_told_by_their_rate_alone(rate: float) -> None:
    """A slow clock shows each second for long: that is no standing."""
    for seed in SEEDS:
        found = seen(spec(seed, 20, clock_rate=rate), 0.5, seed=seed, misread=0.0)
        assert [(f.code, f.severity) for f in found] == [("clock-rate", Severity.MEDIUM)]
        assert found[0].figures["rate"] == pytest.approx(rate, rel=0.03)


def test_a_reversed_recording_is_told_as_running_backwards() -> None:
    """Each second shows an earlier one."""
    (found,) = seen(spec(2, 20, clock_rate=-1.0), 0.5, misread=0.0)
    assert (found.code, found.severity) == ("clock-backwards", Severity.MEDIUM)
    assert "倒着走" in found.sentence.zh


def test_a_quartz_that_drifts_is_no_sign() -> None:
    """A hundred parts in a million over an hour is what clocks do."""
    assert seen(spec(5, 3600, clock_rate=1.0001), 20.0) == ()


def test_a_clock_without_seconds_does_not_stand() -> None:
    """An overlay of hours and minutes changes once a minute."""
    assert signs(readings(spec(6, 300), 2.0, seconds=False)) == ()


def test_too_few_readings_state_nothing() -> None:
    """Two readings on each side may be misread alike."""
    assert signs(readings(spec(8, 4, clock_jumps=((2, 30),)))) == ()
    assert signs(()) == ()


def test_one_second_looked_at_closely_states_nothing() -> None:
    """Six looks at two seconds at the end whose date was misread alike are no clock that was set back a day."""
    begin = datetime(2023, 12, 15, 17, 25, 20, tzinfo=UTC)
    at = [second / 2 for second in range(33)]
    sure = [ClockSample(at=t, shown=begin + timedelta(seconds=int(t)), confidence=0.99) for t in at]
    close = [16.6, 17.0, 17.1, 17.2, 17.4, 17.5]
    back = timedelta(days=1)
    last = [ClockSample(at=t, shown=begin + timedelta(seconds=int(t)) - back, confidence=0.99) for t in close]
    assert signs((*sure, *last)) == ()


def test_readings_of_low_confidence_are_left_out() -> None:
    """What the reader itself doubts accuses nobody."""
    doubted = tuple(s.model_copy(update={"confidence": 0.2}) for s in readings(spec(9, 60, clock_jumps=((25, 40),))))
    assert signs(doubted) == ()


def test_a_clock_of_twelve_hours_that_goes_on_from_twelve_to_one_is_not_accused() -> None:
    """12:59:59 is followed by 01:00:00 without anybody's doing; one o'clock after half past twelve is not."""
    begin = datetime(2026, 3, 1, 12, 59, 30, tzinfo=UTC)

    def shown(second: int, hidden: int = 0) -> ClockSample:
        at = begin + timedelta(seconds=second + hidden)
        return ClockSample(at=second, shown=at.replace(hour=(at.hour - 1) % 12 + 1), confidence=0.99)

    assert signs(tuple(shown(second) for second in range(60))) == ()
    assert signs(tuple(shown(second, hidden=20 * (second >= 30)) for second in range(60))) != ()


def test_some_seconds_sped_up_show_by_what_the_clock_gains_over_them() -> None:
    """Ten seconds in five: no neighbouring readings lie far apart, and too few show the other speed."""
    fast = {16: 17, 16.6: 18, 17.2: 19, 17.3: 20, 17.6: 20, 18: 21, 18.4: 22, 18.6: 22, 18.8: 23, 19.3: 24}
    closer = (10.3, 10.6, 11, 11.3, 11.6, 12.3, 12.6, 13, 13.3, 13.6)
    looks = {at: at + 5 * (at > 18) for at in range(0, 36, 2)} | {at: math.ceil(at) for at in closer} | fast
    begin = datetime(2026, 3, 1, 9, 30, 5, tzinfo=UTC)
    told = ((at, begin + timedelta(seconds=by)) for at, by in looks.items())
    (found,) = signs(tuple(ClockSample(at=at, shown=by, confidence=0.9) for at, by in told))
    assert found.code == "clock-jump"
    assert found.figures["jump_s"] == pytest.approx(5, abs=1)


def test_a_clock_is_hidden_where_it_is_not_read_often_as_it_should() -> None:
    """Between readings, not before the first or behind the last, nor where looks lie far apart."""
    course = follow(tuple(one for one in readings(spec(3), 1.0) if not 20 < one.at < 24))
    assert hides(course, 20, 24)
    assert not hides(course, 24, 28)
    assert not hides(course, 58, 64)
    assert not hides(follow(readings(spec(3), 5.0)), 21, 23)
