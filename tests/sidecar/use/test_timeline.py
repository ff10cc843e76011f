"""Bars of a timeline lie where their times say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.use.timeline import LABEL, WIDTH, Bar, draw

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)

spans = st.lists(
    st.tuples(st.floats(0, 200_000), st.floats(0, 100_000)).map(
        lambda pair: (FIRST + timedelta(seconds=pair[0]), FIRST + timedelta(seconds=pair[0] + pair[1]))
    ),
    min_size=1,
    max_size=6,
)


@given(spans)
def test_order_in_time_is_order_on_the_axis(pairs: list[tuple[datetime, datetime]]) -> None:
    """What starts earlier never lies further right, and nothing leaves the drawing."""
    bars = [Bar(row, "recording", "", start, end, "") for row, (start, end) in enumerate(pairs)]
    drawn = draw(bars, ZONE)
    assert drawn is not None
    placed = sorted(zip(bars, drawn.bars, strict=True), key=lambda both: both[0].start)
    assert [d.x for _, d in placed] == sorted(d.x for _, d in placed)
    assert all(d.x >= LABEL and d.x + d.width <= WIDTH for d in drawn.bars)


@given(spans)
def test_the_axis_is_labelled(pairs: list[tuple[datetime, datetime]]) -> None:
    """However long the time shown, the axis has a readable number of labels within the drawing."""
    drawn = draw([Bar(0, "form", "", start, end, "") for start, end in pairs], ZONE)
    assert drawn is not None
    assert 1 <= len(drawn.ticks) <= 9
    assert all(LABEL <= tick.x <= WIDTH for tick in drawn.ticks)


def test_nothing_to_show_draws_nothing() -> None:
    """Without bars there is no timeline."""
    assert draw([], ZONE) is None


def test_ticks_are_in_the_peoples_zone() -> None:
    """An axis over a morning in China is labelled in Chinese time."""
    drawn = draw([Bar(0, "form", "", FIRST, FIRST + timedelta(minutes=45), "")], ZONE)
    assert drawn is not None
    assert "09:40" in [tick.text for tick in drawn.ticks]
