"""A recording's picture: clock, findings and origins lie where their times say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.collect.chart import EVIDENCE_COLOURS, LEFT, RIGHT, Related, draw
from quancheng_sidecar.media.comparison.report import Comparison, Evidence, Range, Relation, Sense
from quancheng_sidecar.media.report import Clock, ClockSample, Witness, WitnessSource

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
WORDS = Sentence(zh="有", en="is")


def clock(*readings: tuple[float, float]) -> Clock:
    """A clock read at media seconds, each with the seconds that had passed on it."""
    samples = tuple(ClockSample(at=at, shown=START + timedelta(seconds=by), confidence=1) for at, by in readings)
    witness = Witness(source=WitnessSource.BURNT_IN, start=START, end=None, raw="")
    return Clock(start=START, end=None, source=witness.source, reason=WORDS, witnesses=(witness,), samples=samples)


def finding(at: float | None) -> Finding:
    """A finding at a media second."""
    return Finding(code="x", severity=Severity.HIGH, at=at, sentence=WORDS, figures={})


def test_nothing_to_show_is_not_drawn() -> None:
    """Without a read clock, a placed finding or an origin there is no picture."""
    assert draw(clock(), [finding(None)], 60, ZONE) is None
    assert draw(clock((0, 0)), [], 0, ZONE) is None


def test_even_clock_lies_on_its_line_and_a_jump_leaves_it() -> None:
    """Readings lie on the even line until the clock jumps, and above it from there on."""
    chart = draw(clock((0, 0), (20, 20), (40, 70), (60, 90)), [], 60, ZONE)
    assert chart is not None
    assert chart.ideal is not None
    left, begin, right, end = chart.ideal
    above = [begin + (end - begin) * (x - left) / (right - left) - y for x, y in chart.dots[:4]]
    assert [round(by) > 1 for by in above] == [False, False, True, True]


def test_findings_bear_the_numbers_of_their_rows() -> None:
    """A finding's mark lies at its time under its row's number; neighbours share one label."""
    chart = draw(clock(), [finding(None), finding(30.0), finding(0.0), finding(30.1)], 60, ZONE)
    assert chart is not None
    assert [mark.x for mark in chart.marks][:2] == [LEFT, (LEFT + RIGHT) / 2]
    assert [text.words for text in chart.texts if text.anchor == "middle"] == ["3", "2、4"]


def test_origins_show_what_is_shared_and_how_surely() -> None:
    """What another recording shares is drawn where it lies, the same bytes as the whole, with the evidence named."""
    shared = Range(a=(100, 130), b=(30, 60), by=(Sense.PICTURE,))
    part = Comparison(relation=Relation.PARTIAL_OVERLAP, evidence=Evidence.TWO_SENSES, score=0.5, ranges=(shared,))
    same = Comparison(relation=Relation.IDENTICAL, evidence=Evidence.SAME_BYTES, score=1, ranges=())
    chart = draw(clock(), [], 60, ZONE, [Related("甲.mp4", part), Related("乙.mp4", same)])
    assert chart is not None
    half, whole = chart.marks
    assert (half.x, half.width) == ((LEFT + RIGHT) / 2, (RIGHT - LEFT) / 2)
    assert (whole.x, whole.width) == (LEFT, RIGHT - LEFT)
    assert half.colour != whole.colour
    assert any(Evidence.TWO_SENSES.zh in text.words for text in chart.texts)


def test_what_is_shared_is_named_under_its_bar_as_far_as_there_is_room() -> None:
    """A long name is cut in its middle, a list of parts at its end; digits, which are narrow, leave room for more."""
    same = Comparison(relation=Relation.IDENTICAL, evidence=Evidence.SAME_BYTES, score=1, ranges=())
    parts = "、".join(["本录像0:12至0:19即其0:02至0:09"] * 9)
    named = "乙" * 15 + "丙" * 5
    chart = draw(clock(), [], 60, ZONE, [Related("甲.mp4", same, "取自其0:03至0:09"), Related(named, same, parts)])
    assert chart is not None
    name, short, cut_name, long = (text.words for text in chart.texts)
    assert (name, short) == ("甲.mp4", "依据：逐字节相同；取自其0:03至0:09")
    assert (cut_name, long[-1]) == ("乙" * 5 + "…" + "丙" * 5, "…")
    assert 60 < len(long) < 110


def test_a_clock_that_goes_back_is_drawn_against_its_first_reading() -> None:
    """Its start is the earliest moment shown, which the first picture does not show: the even line begins at that."""
    chart = draw(clock((0, 200), (10, 210), (20, 20), (30, 30)), [], 30, ZONE)
    assert chart is not None
    assert chart.ideal is not None
    assert chart.dots[0] == chart.ideal[:2]


def test_a_stretch_is_as_dark_as_what_agrees_in_it() -> None:
    """Where coded frames are the same in a part and pictures alone in the rest, the rest is paler."""
    coded = Range(a=(0, 30), b=(0, 30), by=(Sense.CODED_PICTURE, Sense.PICTURE))
    seen = Range(a=(30, 60), b=(30, 60), by=(Sense.PICTURE,))
    said = Comparison(
        relation=Relation.SAME_CONTENT, evidence=Evidence.SAME_CODED_FRAMES, score=1, ranges=(coded, seen)
    )
    chart = draw(clock(), [], 60, ZONE, [Related("甲.mp4", said)])
    assert chart is not None
    dark, pale = Evidence.SAME_CODED_FRAMES, Evidence.LOOKS_ALIKE
    assert [mark.colour for mark in chart.marks] == [EVIDENCE_COLOURS[dark], EVIDENCE_COLOURS[pale]]


def test_the_legend_explains_what_is_drawn_and_nothing_else() -> None:
    """Of a recording without a clock neither dots nor line are spoken of."""
    chart = draw(clock(), [finding(30.0)], 60, ZONE)
    assert chart is not None
    assert chart.legend == "图中横轴为录像时长；竖线为下表同序号的发现。"
