"""What runs like a clock beside the main one, or without a date: as witnesses and findings; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.clock.belief import AGREE_S, Belief, dated, place_of, rank
from quancheng_sidecar.media.clock.burnt_in import BurntIn, TimeOfDay
from quancheng_sidecar.media.report import Witness, WitnessSource

_HALF_DAY = timedelta(hours=12)
_COUNTER = timedelta(hours=1)
"""A lesser time beside a dated clock is rather a count of the recording's length."""
_ACROSS = {"left": "左", "centre": "中", "right": "右"}
_DOWN = {"top": "上", "middle": "中", "bottom": "下"}


def distinct(clocks: Sequence[BurntIn]) -> tuple[BurntIn, ...]:
    """Those that show another time than the ones before them, whichever way their dates are read."""
    kept: list[BurntIn] = []
    for clock in clocks:
        if not any(_near(a.clock(0.0), b.clock(0.0)) for known in kept for a in known.fits for b in clock.fits):
            kept.append(clock)
    return tuple(kept)


def differing(times: Sequence[TimeOfDay], clocks: Sequence[BurntIn]) -> tuple[TimeOfDay, ...]:
    """Times of day that no dated clock shows too; twelve hours apart is the same on a 12-hour display."""
    return tuple(
        time
        for time in times
        if not any(
            _near(day, clock.best.clock(0.0))
            for clock in clocks
            for day in (
                *_days(time, clock.best.clock(0.0), timedelta()),
                *_days(time, clock.best.clock(0.0), _HALF_DAY),
            )
        )
    )


def dated_by(time: TimeOfDay, written: Sequence[Witness], length: float | None) -> Witness | None:
    """The time of day as a witness, its date taken from the best dated witness that it agrees with; None without."""
    for other in sorted(written, key=rank):
        slack = AGREE_S + float(other.figures.get("resolution_s") or 0.0)
        for start in _days(time, other.start, timedelta()):
            if abs((start - other.start).total_seconds()) <= slack:
                name = name_of(other.source)
                return Witness(
                    source=WitnessSource.BURNT_IN,
                    start=start,
                    end=None if length is None else start + timedelta(seconds=length),
                    raw=time.raw,
                    note=Sentence(
                        zh=f"画面上只有时刻，没有日期；时刻与{name.zh}相符，日期取自后者",
                        en=f"a time without a date: it agrees with {name.en}, whose date is taken",
                    ),
                    figures={"dated": False, "date_from": other.source.value, "place": time.place},
                )
    return None


def unseating(times: Sequence[TimeOfDay]) -> tuple[Sentence, ...]:
    """Reasons to doubt a dated clock: another running time that contradicts it and is no count of a length."""
    return tuple(
        Sentence(
            zh=f"画面{_where(time.place).zh}另有走动的时刻与之不符",
            en=f"another running time {_where(time.place).en} contradicts it",
        )
        for time in times
        if timedelta(seconds=time.of_day) >= _COUNTER
    )


def several(
    shown: Sequence[Witness], times: Sequence[TimeOfDay], written: Sequence[Witness], belief: Belief
) -> Iterator[Finding]:
    """For review: every clock that contradicts another, with its instant and place; and a time that has no date."""
    clocks = [one for one in shown if dated(one)]
    borne_out = {place_of(one) for one in shown if not dated(one)}
    said = [(place_of(one), f"{one.start:%Y-%m-%d %H:%M:%S}") for one in clocks]
    said += [(time.place, _clock(time)) for time in times]
    if clocks and len({place for place, _ in said}) > 1:
        settled = belief.witness is not None
        zh = "；".join(f"{_where(place).zh}在录像开始时为{text}" for place, text in said)
        en = "; ".join(f"{text} {_where(place).en}" for place, text in said)
        only = times and len({place_of(one) for one in clocks}) == 1
        zh += "（没有日期的也可能是计时器）" if only else ""
        en += " (one without a date may be a counter)" if only else ""
        yield Finding(
            code="clock-several",
            severity=Severity.LOW,
            sentence=Sentence(
                zh=f"画面上不止一个走动的时钟，互不相符：{zh}。请人工核对。",
                en=f"Several clocks run in the picture and contradict each other; at the start: {en}. Please check.",
            ),
            figures={f"clock_{n}": f"{place} {text}" for n, (place, text) in enumerate(said, 1)} | {"settled": settled},
        )
        return
    for time in times:
        yield _time_alone(time, written, agrees=time.place in borne_out)


def _time_alone(time: TimeOfDay, written: Sequence[Witness], *, agrees: bool) -> Finding:
    where, against = _where(time.place), bool(written) and not agrees and not _half_a_day_off(time, written)
    zh = "与其他依据都不符，也可能是计时器，请人工核对" if against else "只能印证其他依据，不能单独给出开始时间"
    en = "no dated witness agrees with it; it may be a counter, please check" if against else "alone it gives no start"
    zh, en = ("与其他依据相符，日期取自后者", "a dated witness agrees with it") if agrees else (zh, en)
    return Finding(
        code="clock-without-date",
        severity=Severity.LOW if against else Severity.INFO,
        sentence=Sentence(
            zh=f"画面{where.zh}的时钟只有时刻，没有日期，录像开始时为{_clock(time)}：{zh}。",
            en=f"The clock in the picture {where.en} has no date and shows {_clock(time)} at the start: {en}.",
        ),
        figures={"time": _clock(time), "place": time.place, "agrees": agrees},
    )


def _half_a_day_off(time: TimeOfDay, written: Sequence[Witness]) -> bool:
    """Whether a witness agrees with it as read on a 12-hour display."""
    return any(_near(day, one.start) for one in written for day in _days(time, one.start, _HALF_DAY))


def _days(time: TimeOfDay, near: datetime, by: timedelta) -> list[datetime]:
    """The time of day on the day of an instant, the day before and the day after."""
    midnight = near.replace(hour=0, minute=0, second=0, microsecond=0)
    return [midnight + timedelta(days=n, seconds=time.of_day) + by for n in (-1, 0, 1)]


def _near(a: datetime, b: datetime) -> bool:
    return abs((a - b).total_seconds()) <= AGREE_S


def _clock(time: TimeOfDay) -> str:
    return str(timedelta(seconds=int(time.of_day))).zfill(8)


def _where(place: str) -> Sentence:
    down, across, _ = place.split("-")
    return Sentence(zh=f"（{_ACROSS[across]}{_DOWN[down]}）", en=f"({down} {across})")
