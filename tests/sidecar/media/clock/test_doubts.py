"""A reading that may be wrong is doubted, one that is sound is not."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from quancheng_sidecar.media.clock.burnt_in import BurntIn, fits_of
from quancheng_sidecar.media.clock.doubts import doubts_of
from quancheng_sidecar.media.clock.meaning import meanings
from quancheng_sidecar.media.clock.running import Region
from quancheng_sidecar.media.clock.samples import Sample
from quancheng_sidecar.media.clock.text_reader import Box

START = datetime(2026, 3, 1, 9, 31, 50)  # noqa: DTZ001 — as a picture shows it
REGION = Region(Box(0, 0, 100, 20), None, "separated", 6)


def as_is(text: str) -> str:
    """A recogniser that errs nowhere."""
    return text


def burnt(  # noqa: PLR0913 — what may differ from a sound reading, by name
    see: Callable[[str], str] = as_is,
    *,
    count: int = 40,
    step: float = 3.0,
    score: float = 0.99,
    votes: dict[date, int] | None = None,
    retold: tuple[int, int] = (12, 0),
    pattern: str = "%Y-%m-%d %H:%M:%S",
    jump: tuple[float, float] = (1e9, 0),
    start: datetime = START,
) -> BurntIn:
    """A clock read each `step` seconds through a recogniser that errs as `see` does."""
    samples = []
    for place in range(count):
        at = step * place
        shown = start + timedelta(seconds=at + (jump[1] if at >= jump[0] else 0))
        text = see(shown.strftime(pattern))
        samples.append(Sample(at, text, score, meanings(text)))
    fits = fits_of(samples)
    counted = Counter({fits[0].accepted[0][1].instant.date(): 8} if votes is None else votes)
    return BurntIn(fits, REGION, tuple(samples), counted, retold, step * (count - 1))


def said(clock: BurntIn) -> str:
    """All doubts in English."""
    return "; ".join(doubt.en for doubt in doubts_of(clock))


def test_a_sound_reading_has_no_doubts() -> None:
    """Forty frames alike."""
    assert said(burnt()) == ""


def test_a_word_that_leaves_the_half_of_the_day_open_is_a_doubt() -> None:
    """`上午12点` is midnight on some devices and noon on others."""
    assert "midnight or noon" in said(burnt(pattern="%Y-%m-%d 上午%I:%M:%S", start=START.replace(hour=12)))
    assert said(burnt(pattern="%Y-%m-%d 上午%I:%M:%S")) == ""


def test_a_true_jump_is_no_doubt() -> None:
    """A removed middle leaves the reading sound, even of exactly five minutes."""
    assert said(burnt(jump=(60, 61.0))) == ""
    assert said(burnt(jump=(60, 300.0))) == ""


def test_a_digit_misread_throughout_is_doubted() -> None:
    """3 read as 8 shows where seconds pass 3, and the date has an 8 that may be a 3."""
    march = datetime(2026, 3, 1, 9, 41, 50)  # noqa: DTZ001 — as above
    assert "figures read as 8" in said(burnt(lambda text: text.replace("3", "8"), step=1.0, start=march))


def test_a_digit_misread_throughout_is_doubted_where_only_the_hour_has_it() -> None:
    """13 o'clock read as 18 stands all the time, and is read alike however the line is prepared."""
    afternoon = datetime(2026, 2, 1, 13, 11, 10)  # noqa: DTZ001 — as above
    clock = burnt(lambda text: text.replace("3", "8"), step=1.0, start=afternoon)
    assert clock.best.clock(0.0).hour == 18
    assert "figures read as 8" in said(clock)


def test_a_digit_misread_in_minutes_only_is_doubted() -> None:
    """7 read as 1 throughout parts the clock when the minute comes to 7."""

    def seven_as_one(text: str) -> str:
        return text[:-2] + text[-2:].replace("7", "1") if ":37:" not in text else text.replace("7", "1")

    assert "7 may be misread as 1" in said(burnt(seven_as_one, count=120))


def test_few_frames_or_low_scores_are_doubted() -> None:
    """Two frames, or blurred ones."""
    assert "2 frames only" in said(burnt(count=2))
    assert "mean score" in said(burnt(score=0.7))


def test_a_date_that_wanders_is_borne_out_by_whole_readings() -> None:
    """Nothing stands still to be read; nine readings in other ways, date and all, say the same and none otherwise."""
    assert said(burnt(votes={}, retold=(9, 0))) == ""
    assert "date came out the same 0" in said(burnt(votes={}, retold=(8, 0)))


def test_a_day_of_the_week_beside_the_date_settles_the_order_of_its_figures() -> None:
    """1 March 2026 is a Sunday and 3 January a Saturday; `SAT` behind the time is no day of the week."""
    assert [fit.order for fit in burnt(pattern="%m-%d-%Y %a %H:%M:%S").fits] == ["mdy"]
    assert [fit.order for fit in burnt(pattern="%d-%m-%Y (%a) %H:%M:%S").fits] == ["dmy"]
    assert len(burnt(pattern="%m-%d-%Y %H:%M:%S").fits) == 2
    assert len(burnt(pattern="%m-%d-%Y %H:%M:%S SAT:12").fits) == 2


def test_a_number_on_the_line_is_no_clock_though_it_is_read_more_often() -> None:
    """`012345` may be a time of day; it stands in every frame, and the clock is read in two of five."""
    frames = iter(range(200))

    def badly(text: str) -> str:
        return text if next(frames) % 5 < 2 else text.replace(":", "=")

    clock = burnt(badly, pattern="DSJ-A7 012345 %Y-%m-%d %H:%M:%S")
    assert clock.best.clock(0.0) == START
    assert len(clock.best.accepted) == 16


def test_votes_for_another_date_are_doubted() -> None:
    """The still picture reads another year as often as this one."""
    votes = {date(2026, 3, 1): 5, date(2028, 3, 1): 4}
    assert "re-read in other ways, the date" in said(burnt(votes=votes))


def test_a_reading_that_falls_apart_when_prepared_otherwise_is_doubted() -> None:
    """13:23 read as 18:28 in an outlined font was sure of itself in every frame, but not once softened."""
    assert "re-read in other ways, it" in said(burnt(retold=(3, 13)))
    assert said(burnt(retold=(11, 1))) == ""


def test_a_wrong_day_of_the_week_is_doubted() -> None:
    """1 March 2026 is a Sunday."""
    assert said(burnt(pattern="%Y-%m-%d Sun %H:%M:%S")) == ""
    assert "day of the week" in said(burnt(pattern="%Y-%m-%d Mon %H:%M:%S"))


def test_readings_that_mostly_disagree_are_doubted() -> None:
    """Two frames of three are misread at random."""
    seen = iter(range(1000))

    def scrambled(text: str) -> str:
        place = next(seen)
        return text if place % 3 == 0 else f"{text[:11]}{place % 24:02d}:{place * 7 % 60:02d}:{place * 13 % 60:02d}"

    assert "frames read consistently" in said(burnt(scrambled))
