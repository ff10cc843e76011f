"""From when to when a clock shows whose parts stand in another order."""

from collections.abc import Callable
from datetime import datetime, timedelta

from quancheng_sidecar.media.clock.burnt_in import ClockFit, fits_of
from quancheng_sidecar.media.clock.meaning import meanings
from quancheng_sidecar.media.clock.order import moments, order_findings, out_of_order
from quancheng_sidecar.media.clock.samples import Sample

START = datetime(2026, 3, 1, 9, 31, 50)  # noqa: DTZ001 — as a picture shows it
LAST = 36.0


def clock(offset: Callable[[float], float], start: datetime = START, form: str = "%Y-%m-%d %H:%M:%S") -> ClockFit:
    """A clock looked at each half second that shows `offset` seconds after `start` at a media time."""
    looks = [place / 2 for place in range(73)]
    texts = [f"{start + timedelta(seconds=offset(at)):{form}}" for at in looks]
    return fits_of([Sample(at, text, 0.99, meanings(text)) for at, text in zip(looks, texts, strict=True)])[0]


def seconds(fit: ClockFit) -> tuple[float, float | None]:
    """Earliest and latest moment shown, in seconds after START."""
    first, last = moments(fit, LAST)
    return (first - START).total_seconds(), None if last is None else (last - START).total_seconds()


def near(got: tuple[float, float | None], first: float, last: float) -> bool:
    """Whether both are right to a second."""
    return got[1] is not None and abs(got[0] - first) <= 1 and abs(got[1] - last) <= 1


def test_a_clock_in_order_gives_its_first_and_last_picture() -> None:
    """With a jump ahead too, whatever lies between."""
    assert near(seconds(clock(lambda at: at)), 0, 36)
    assert near(seconds(clock(lambda at: at + 25 * (at >= 20))), 0, 61)
    assert not any(out_of_order(clock(lambda at: at + 25 * (at >= 20))))


def test_swapped_parts_give_the_earliest_and_the_latest_moment() -> None:
    """Second half before the first; first, third, second third; one part repeated."""
    for offset in (
        lambda at: (at + 18) % 36,
        lambda at: at + 12 * (at >= 12) - 24 * (at >= 24),
    ):
        fit = clock(offset)
        assert any(out_of_order(fit))
        assert near(seconds(fit), 0, 36)
    assert near(seconds(clock(lambda at: at % 24)), 0, 24)


def test_a_clock_set_back_leaves_the_end_open() -> None:
    """Its two stretches are no whole."""
    fit = clock(lambda at: at - 90 * (at >= 20))
    assert any("goes back" in reason.en for reason in out_of_order(fit))
    assert seconds(fit)[1] is None


def test_a_reversed_recording_shows_its_start_last() -> None:
    """Start and end are exchanged."""
    fit = clock(lambda at: -at)
    assert [reason.en for reason in out_of_order(fit)] == ["the clock runs backwards"]
    assert near(seconds(fit), -36, 0)


def test_from_twelve_to_one_the_half_of_the_day_is_open() -> None:
    """A clock of twelve hours that does not say which half."""
    fit = clock(lambda at: at, START.replace(hour=12, minute=59, second=40), "%Y-%m-%d %I:%M:%S")
    assert any("half of the day" in reason.en for reason in out_of_order(fit))


def test_a_clock_set_ahead_does_not_tell_the_start() -> None:
    """By whole hours or half a day and more, as one that lost its battery; its pictures are still in order."""
    for by in (3600, 41 * 86400 + 12345):
        fit = clock(lambda at, by=by: at + by * (at >= 9))
        assert ["as where a clock is set" in reason.en for reason in out_of_order(fit)] == [True]
        assert near(seconds(fit), 0, by + 36)


def test_start_and_end_are_not_said_to_be_taken_from_a_clock_that_is_not_believed() -> None:
    """Another witness gives them: the picture's clock is for review alone."""
    reasons = tuple(out_of_order(clock(lambda at: at - 90 * (at >= 20))))
    said = [order_findings(reasons, end_known=False, believed=believed)[0].sentence.zh for believed in (True, False)]
    assert ["开始取画面上最早的时刻" in sentence for sentence in said] == [True, False]
    assert "起止未采画面时间" in said[1]
