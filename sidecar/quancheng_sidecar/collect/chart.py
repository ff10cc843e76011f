"""One recording as a picture: its clock against media time, findings and origins at their place, as SVG coordinates.

The record card and the case report draw it with `collect/chart.html`. Colours are attributes: the card's engine lends
its style sheet to no drawing.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from quancheng_plugin.findings import Finding, Severity
from quancheng_sidecar.media.comparison.report import Comparison, Evidence
from quancheng_sidecar.media.report import Clock, WitnessSource

WIDTH = 900
LEFT, RIGHT = 150, 880
_CLOCK, _RESIDUAL, _ROW = 110, 56, 26
_GAP = 26
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_TICKS = 8
_LABEL_WIDE = LEFT - 16
_HAN, _LATIN = 12.0, 6.8
"""How wide a character of the drawing is, Chinese or other."""

_ASIDE = 26
"""Numbers nearer to each other than this stand together."""
_HOUR, _MINUTE = 3600, 60
_SECOND_BAND = (-1.0, 0.0)
"""A clock that shows whole seconds lags by up to one: where readings must lie that run evenly."""

COLOURS = {Severity.HIGH: "#b00020", Severity.MEDIUM: "#c77700", Severity.LOW: "#5b6775", Severity.INFO: "#8a96a3"}
EVIDENCE_COLOURS = {
    Evidence.SAME_BYTES: "#0f3d68",
    Evidence.SAME_CODED_FRAMES: "#1c4f82",
    Evidence.TWO_SENSES: "#5b93c4",
    Evidence.LOOKS_ALIKE: "#c9d6e2",
}
"""The firmer the evidence, the darker."""
_FITTED = timedelta(seconds=2)
"""A fitted start is the clock's at media time 0 when it is this near to the first reading."""


@dataclass(frozen=True)
class Text:
    """Words at a place; `anchor` is SVG's."""

    x: float
    y: float
    words: str
    anchor: str = "start"


@dataclass(frozen=True)
class Mark:
    """A coloured stretch with its explanation."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    title: str


@dataclass(frozen=True)
class Chart:
    """All that the template draws, in user units; `marks` lie over `bands`, `dots` are readings of the clock."""

    height: float
    ticks: tuple[Text, ...]
    texts: tuple[Text, ...]
    bands: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    dots: tuple[tuple[float, float], ...]
    ideal: tuple[float, float, float, float] | None
    """The line on which the believed reading runs evenly: x, y at the start, x, y at the end."""
    legend: str
    """What its lines, dots and colours mean, of those that it has."""
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


@dataclass(frozen=True)
class Related:
    """Another recording that shares something with this one, by its name, and how; `parts` says which, in words."""

    name: str
    said: Comparison
    parts: str = ""


def draw(
    clock: Clock, findings: Sequence[Finding], length_s: float, zone: ZoneInfo, origins: Sequence[Related] = ()
) -> Chart | None:
    """Lay it out; None where there is neither a read clock nor a finding with a place nor an origin, or no length.

    `findings` in the order of their table: a mark bears its row's number.
    """
    placed = [(number, one) for number, one in enumerate(findings, 1) if one.at is not None]
    if length_s <= 0 or not (clock.samples or placed or origins):
        return None
    return _Drawing(clock, length_s, zone).whole(placed, origins)


class _Drawing:
    """One drawing, filled from above."""

    def __init__(self, clock: Clock, length_s: float, zone: ZoneInfo) -> None:
        self._clock, self._length, self._zone = clock, length_s, zone
        self._texts: list[Text] = []
        self._bands: list[Mark] = []
        self._marks: list[Mark] = []
        self._dots: list[tuple[float, float]] = []
        self._ideal: tuple[float, float, float, float] | None = None
        self._y = 24.0

    def whole(self, placed: Sequence[tuple[int, Finding]], origins: Sequence[Related]) -> Chart:
        """Draw all parts that there is something to show of."""
        if self._clock.samples:
            self._clock_part()
            self._residual_part()
        if placed:
            self._findings_part(placed)
        for related in origins:
            self._origin_part(related)
        return Chart(
            height=self._y,
            ticks=tuple(self._ticks()),
            texts=tuple(self._texts),
            bands=tuple(self._bands),
            marks=tuple(self._marks),
            dots=tuple(self._dots),
            ideal=self._ideal,
            legend=_legend(clock=self._ideal is not None, findings=bool(placed), origins=bool(origins)),
        )

    def _x(self, at: float) -> float:
        return round(LEFT + min(max(at / self._length, 0.0), 1.0) * (RIGHT - LEFT), 2)

    def _ticks(self) -> Iterator[Text]:
        step = next((one for one in _STEPS if self._length / one <= _TICKS), self._length / _TICKS)
        for number in range(int(self._length // step) + 1):
            yield Text(self._x(number * step), 12, media_time(number * step), "middle")

    def _part(self, name: str, height: float) -> float:
        """Begin a part under its name; gives the y of its upper edge."""
        top = self._y
        self._texts.append(Text(4, top + 12, name))
        self._y = top + height + _GAP
        return top

    def _clock_part(self) -> None:
        samples = self._clock.samples
        top = self._part("画面时间", _CLOCK)
        low, high = min(one.shown for one in samples), max(one.shown for one in samples)
        start = self._start
        low, high = min(low, start), max(high, start + timedelta(seconds=self._length))
        span = max((high - low).total_seconds(), 1.0)

        def y(instant: datetime) -> float:
            return round(top + _CLOCK - (instant - low).total_seconds() / span * _CLOCK, 2)

        self._bands.append(self._frame(top, _CLOCK))
        self._ideal = (self._x(0), y(start), self._x(self._length), y(start + timedelta(seconds=self._length)))
        self._dots += [(self._x(one.at), y(one.shown)) for one in samples]
        one_day = low.astimezone(self._zone).date() == high.astimezone(self._zone).date()
        form = "%H:%M:%S" if one_day else "%m-%d %H:%M:%S"
        for instant, down in ((high, 5.0), (low, _CLOCK)):
            self._texts.append(Text(LEFT - 6, top + down, f"{instant.astimezone(self._zone):{form}}", "end"))

    def _residual_part(self) -> None:
        """How far each reading lies from an even clock: seconds that a reading is ahead are up."""
        top = self._part("偏离匀速", _RESIDUAL)
        off = [(one.at, (one.shown - self._start).total_seconds() - one.at) for one in self._clock.samples]
        low = min(_SECOND_BAND[0] - 0.5, *(by for _, by in off))
        high = max(_SECOND_BAND[1] + 0.5, *(by for _, by in off))

        def y(by: float) -> float:
            return round(top + (high - by) / (high - low) * _RESIDUAL, 2)

        self._bands.append(self._frame(top, _RESIDUAL))
        thick = round(y(_SECOND_BAND[0]) - y(_SECOND_BAND[1]), 2)
        why = "时钟只显示整秒，匀速时读数应在此带内"
        self._bands.append(Mark(LEFT, y(_SECOND_BAND[1]), RIGHT - LEFT, thick, "#cfe6d8", why))
        self._dots += [(self._x(at), y(by)) for at, by in off]
        for by, down in ((high, 5.0), (low, _RESIDUAL)):
            self._texts.append(Text(LEFT - 6, top + down, _offset(by), "end"))

    @property
    def _start(self) -> datetime:
        """The clock at media time 0 as it was fitted, or by its first reading where another moment counts as the start.

        That is so where it goes back: the earliest moment shown is the start then.
        """
        first = self._clock.samples[0]
        shown = first.shown - timedelta(seconds=first.at)
        fitted = (one.start for one in self._clock.witnesses if one.source is WitnessSource.BURNT_IN)
        return next((start for start in fitted if abs(start - shown) <= _FITTED), shown)

    def _findings_part(self, placed: Sequence[tuple[int, Finding]]) -> None:
        top = self._part("检验发现", _ROW)
        self._bands.append(self._frame(top, _ROW))
        numbers: list[tuple[float, list[str]]] = []
        for number, finding in sorted(placed, key=lambda one: one[1].at or 0.0):
            left = min(self._x(finding.at or 0.0), RIGHT - 3)
            self._marks.append(Mark(left, top, 3, _ROW, COLOURS[finding.severity], finding.sentence.zh))
            if not numbers or left - numbers[-1][0] > _ASIDE * len(numbers[-1][1]):
                numbers.append((left, []))
            numbers[-1][1].append(str(number))
        self._texts += [Text(left + 1, top + _ROW + 13, "、".join(some), "middle") for left, some in numbers]

    def _origin_part(self, related: Related) -> None:
        top = self._part(_cut_within(related.name, _LABEL_WIDE), _ROW)
        evidence = related.said.evidence
        self._bands.append(self._frame(top, _ROW))
        spans: list[tuple[float, float, Evidence | None]] = [(*one.b, one.evidence) for one in related.said.ranges]
        for begin, end, by in spans or [(0.0, self._length, evidence)]:
            title = f"第{begin:.1f}至{end:.1f}秒与“{related.name}”相同" + (f"（{by.zh}）" if by else "")
            wide = max(2.0, round(self._x(end) - self._x(begin), 2))
            colour = EVIDENCE_COLOURS[by] if by else "#ffffff"
            self._marks.append(Mark(self._x(begin), top, wide, _ROW, colour, title))
        told = "；".join(filter(None, (f"依据：{evidence.zh if evidence else '无'}", related.parts)))
        self._texts.append(Text(LEFT, top + _ROW + 13, _cut(told, RIGHT - LEFT)))

    def _frame(self, top: float, height: float) -> Mark:
        return Mark(LEFT, top, RIGHT - LEFT, height, "#f4f6f9", "")


def _legend(*, clock: bool, findings: bool, origins: bool) -> str:
    parts = ["图中横轴为录像时长"]
    parts += ["蓝点为读出的画面时间，绿线（带）为匀速走时应在之处"] * clock
    parts += ["竖线为下表同序号的发现"] * findings
    parts += ["色带为与其他录像相同的部分，颜色越深依据越确实"] * origins
    return "；".join(parts) + "。"


def _cut(words: str, wide: float) -> str:
    """Give as much of the words as there is room for, with a sign that more was there."""
    ends = list(accumulate(_LATIN if character.isascii() else _HAN for character in words))
    if not ends or ends[-1] <= wide:
        return words
    return words[: bisect_right(ends, wide - _HAN)] + "…"


def _cut_within(name: str, wide: float) -> str:
    """The same of a file's name, by whose end the segments of one device differ: both ends are given."""
    if _cut(name, wide) == name:
        return name
    half = (wide + _HAN) / 2  # with the sign, which both halves share
    return _cut(name, half) + _cut(name[::-1], half)[-2::-1]


def media_time(seconds: float) -> str:
    """Seconds of media time as people read them: `m:ss` or `h:mm:ss`."""
    minutes, left = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def _offset(seconds: float) -> str:
    if abs(seconds) >= _HOUR:
        return f"{seconds / _HOUR:+.1f} 时"
    return f"{seconds / _MINUTE:+.1f} 分" if abs(seconds) >= 10 * _MINUTE else f"{seconds:+.1f} 秒"
