"""What counts as a clock among the texts that change."""

import pytest

from quancheng_sidecar.media.clock.running import Track, choose, running_in
from quancheng_sidecar.media.clock.text_reader import Box

TIMES = (0.0, 1.0, 7.0, 8.0, 13.0, 14.0)
HEIGHT = 360


def track(rate: float, *, begin: int = 34205, day: str = "2026-03-01 ", y: int = 10) -> Track:
    """A text that shows `begin` seconds since midnight at first and goes on at `rate`."""
    seen = []
    for at in TIMES:
        second = int(begin + rate * at)
        seen.append((at, f"{day}{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"))
    return Track(Box(10, y, 310, y + 20), tuple(seen))


def test_a_clock_at_any_even_rate_is_found() -> None:
    """Time lapse, a sped-up copy, slow motion, reversed; and it says whether it keeps step."""
    for rate in (1.0, 1.5, 2.0, 4.0, 25.0, 0.5, 0.25, -1.0):
        region = choose([track(rate)], HEIGHT)
        assert region is not None, rate
        assert region.in_step or abs(rate - 1) >= 0.5, rate


def test_a_text_that_stands_or_jumps_about_is_none() -> None:
    """A poster, and figures that change without order."""
    about = tuple((at, f"2026-03-01 {h:02d}:10:05") for at, h in zip(TIMES, (9, 3, 17, 1, 22, 12), strict=True))
    assert choose([track(0.0)], HEIGHT) is None
    assert choose([Track(Box(10, 10, 310, 30), about)], HEIGHT) is None


def test_a_clock_is_preferred_to_a_counter_with_a_date() -> None:
    """Both run and both carry a date: the one that began at zero with the recording counts."""
    tracks = [track(1.0, begin=0, day="2026-03-01 REC "), track(1.0, y=40)]
    region = choose(tracks, HEIGHT)
    assert region is not None
    assert region.box == tracks[1].box


def test_a_clock_that_runs_a_little_fast_is_preferred_to_a_counter_that_borrows_its_date() -> None:
    """The counter keeps step in every frame, and the date above it is the clock's."""
    counter = Track(Box(10, 40, 210, 60), tuple((at, f"00:00:{int(at):02d}") for at in TIMES))
    region = choose([counter, track(1.2)], HEIGHT)
    assert region is not None
    assert region.box == track(1.2).box


def test_a_running_number_without_date_that_is_out_of_step_is_none_beside_a_clock() -> None:
    """It has a rank, but no date of its own."""
    found = [region for _, region in running_in([track(3.0, day="")], HEIGHT)]
    assert [(region.dated, region.in_step) for region in found] == [(False, False)]


def test_a_date_misread_in_most_frames_still_belongs_to_its_time() -> None:
    """Which day it is, is settled by many more readings; here it matters that the time has a date."""
    seen = track(1.0).seen
    days = ("2026-03-01", "2026-08-01", "2026-08-01", "2026-03-01", "2O2603-0l", "2026-08-0")
    region = choose([Track(Box(10, 10, 310, 30), _dated(seen, days))], HEIGHT)
    assert region is not None
    assert region.date_box is None


def test_a_clock_that_one_look_fails_to_read_is_preferred_to_a_counter_that_borrows_its_date() -> None:
    """The counter at the other edge is read in every frame."""
    counter = Track(Box(10, 300, 210, 320), tuple((at, f"REC 00:01:{23 + int(at):02d}") for at in TIMES))
    clock = track(1.0)
    missed = Track(clock.box, (*clock.seen[:3], (TIMES[3], "2026-03-01 09:3"), *clock.seen[4:]))
    region = choose([counter, missed], HEIGHT)
    assert region is not None
    assert region.box == clock.box


def test_a_counter_borrows_no_date_of_a_line_that_has_a_time() -> None:
    """Both at an edge and of one height; the clock's own time is read in no frame."""
    counter = Track(Box(10, 300, 210, 320), tuple((at, f"00:01:{23 + int(at):02d}") for at in TIMES))
    clock = track(1.0)
    broken = Track(clock.box, tuple((at, f"2026-03-01 09:3?:{int(at):02d}") for at in TIMES))
    assert choose([counter, broken], HEIGHT) is None


def test_a_counter_with_a_mere_date_at_the_other_edge_stands_apart_from_it() -> None:
    """Less than an hour, in letters of one height: a clock there is later in the day."""
    day = Track(Box(10, 10, 210, 30), tuple((at, "2026-03-01") for at in TIMES))
    found = []
    for hour in (0, 9):
        seen = tuple((at, f"{hour:02d}:01:{23 + int(at):02d}") for at in TIMES)
        found.append(choose([Track(Box(10, 300, 210, 320), seen), day], HEIGHT))
    assert [region and region.loose for region in found] == [True, False]


@pytest.mark.parametrize(
    ("line", "loose"),
    [("固件 V2.1 2025-10-10", True), ("年检有效期至 2027-06-30", True), ("日期：2026-03-01 星期日", False)],
)
@pytest.mark.parametrize("y", [10, 40])
def test_a_date_among_words_of_its_own_is_not_surely_the_clocks(line: str, y: int, *, loose: bool) -> None:
    """The date of a version or an expiry beside a running time of day stands still, and so would the clock's."""
    day = Track(Box(10, 10, 310, 30), tuple((at, line) for at in TIMES))
    time = Track(Box(10 if y > 10 else 320, y, 500, y + 20), tuple((at, f"09:30:{int(at):02d}") for at in TIMES))
    region = choose([time, day], HEIGHT)
    assert region is not None
    assert region.loose is loose


def test_a_frame_in_which_a_mark_of_the_time_is_lost_is_read_with_the_others() -> None:
    """`09:3005` beside `09:30:05`."""
    seen = tuple((at, text if n % 2 else text[:-3] + text[-2:]) for n, (at, text) in enumerate(track(1.0).seen))
    region = choose([Track(Box(10, 10, 310, 30), seen)], HEIGHT)
    assert region is not None
    assert region.support == len(TIMES)


def test_a_line_whose_date_and_time_have_grown_together_is_not_read() -> None:
    """Narrow letters: the recogniser makes one figure of `2 2`, and another way to prepare the line may part them."""
    grown = tuple((at, f"2026-03-02{text[-7:]}") for at, text in track(1.0, begin=80105).seen)
    assert choose([Track(Box(10, 10, 310, 30), grown)], HEIGHT) is None


def _dated(seen: tuple[tuple[float, str], ...], days: tuple[str, ...]) -> tuple[tuple[float, str], ...]:
    """The same times behind other dates."""
    return tuple((at, f"{day} {text[-8:]}") for (at, text), day in zip(seen, days, strict=True))
