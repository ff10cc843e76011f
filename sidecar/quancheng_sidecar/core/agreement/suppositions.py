"""Which recordings belong to a form, and what else might be so where a clock or a stage is in doubt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice, product
from math import prod

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.agreement import wording
from quancheng_sidecar.core.agreement.measure import Piece
from quancheng_sidecar.core.agreement.values import FormTime, LeftOut, RecordedSpan, Rule
from quancheng_sidecar.core.interval import Interval

_HALF_DAY_S = 12 * 3600.0
MOST_WORLDS = 256
"""Combinations of contradicting clocks that are judged; beyond it the verdict stays open."""


@dataclass(frozen=True)
class Sorted:
    """The recordings of a case as one form sees them."""

    near: tuple[Piece, ...] = ()
    """Same stage (or none stated), within reach: these are considered."""
    shifted: tuple["Shifted", ...] = ()
    """Far away, but fitting once moved by a whole error of the clock: a mislabelled zone, a wrong date."""
    other_stage: tuple[Piece, ...] = ()
    """Filed under another stage, yet running during the form's time."""
    untimed: tuple[str, ...] = ()
    """No usable clock, or not examined: they may have been made at any time."""
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class Shifted:
    """Recordings that would meet the form's time if their clocks were off by `shift_s` seconds, moved by it."""

    shift_s: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Supposition:
    """One way things might be: its words and the recordings it lays on the time line."""

    words: Sentence
    pieces: tuple[Piece, ...]


def piece_of(span: RecordedSpan) -> Piece | None:
    """The span on the time line; None when its clock tells no start and end in order."""
    if span.start is None or span.end is None or span.end < span.start:
        return None
    holes = tuple(Interval(hole.start, hole.end) for hole in span.holes if hole.start <= hole.end)
    return Piece(span.recording_id, Interval(span.start, span.end), holes, span.shown)


def sort(form: FormTime, on: Interval, spans: Sequence[RecordedSpan], rule: Rule) -> Sorted:
    """Say of every recording whether it counts for the form that ran `on`, and if not, why."""
    placed = [_place(form, on, span, rule) for span in spans]
    return Sorted(
        near=tuple(p.piece for p in placed if p.code == "near" and p.piece),
        shifted=_by_shift(placed),
        other_stage=tuple(p.piece for p in placed if p.code == "other-stage" and p.piece and p.during),
        untimed=tuple(p.span.shown for p in placed if p.code in {"no-clock", "clock-lost", "not-examined"}),
        left_out=tuple(
            LeftOut(
                recording_id=p.span.recording_id,
                name=p.span.shown,
                code=p.code,
                reason=wording.left_out(p.code, p.apart_s, p.shift_s),
            )
            for p in placed
            if p.code != "near"
        ),
    )


@dataclass(frozen=True)
class _Placed:
    span: RecordedSpan
    code: str
    piece: Piece | None = None
    apart_s: float = 0.0
    shift_s: float = 0.0
    during: bool = False


def _by_shift(placed: Sequence[_Placed]) -> tuple[Shifted, ...]:
    shifts = sorted({p.shift_s for p in placed if p.shift_s}, key=abs)
    return tuple(Shifted(by, tuple(p.piece for p in placed if p.shift_s == by and p.piece)) for by in shifts)


def _place(form: FormTime, on: Interval, span: RecordedSpan, rule: Rule) -> _Placed:
    piece = piece_of(span)
    if span.is_photo and on.start != on.end:
        return _Placed(span, "photo", piece)
    apart_s = piece.interval.distance(on).total_seconds() if piece else 0.0
    if span.stage is not None and span.stage != form.stage:
        during = piece is not None and (on.intersection(piece.interval) is not None or apart_s == 0)
        return _Placed(span, "other-stage", piece, apart_s, during=during)
    if piece is None:
        return _Placed(span, "no-clock" if span.examined else "not-examined")
    if span.claimed and apart_s > 0:
        return _Placed(span, "other-form", piece, apart_s)
    if apart_s <= rule.reach_s:
        return _Placed(span, "near", piece, apart_s)
    return _place_far(form, on, _Placed(span, "far", piece, apart_s), piece, rule)


def _place_far(form: FormTime, on: Interval, far: _Placed, piece: Piece, rule: Rule) -> _Placed:
    if far.apart_s > rule.clock_lost_s:
        return replace(far, code="clock-lost")
    for code, shift_s in _clock_errors(form, on, far.span, piece, rule):
        moved = _moved(piece, shift_s)
        if _fits(on, moved.interval, rule):
            return replace(far, code=code, piece=moved, shift_s=shift_s)
    return far


def _clock_errors(
    form: FormTime, on: Interval, span: RecordedSpan, piece: Piece, rule: Rule
) -> Iterator[tuple[str, float]]:
    """Whole errors that a clock is known to have, by which the recording may have come to lie so far away.

    A wrong date or half of the day is supposed only of a recording that was filed under this very stage: at the
    same time of day many things are recorded.
    """
    yield from (("label-shift", shift_s) for shift_s in (rule.label_shift_s, -rule.label_shift_s))
    days = round((on.start - piece.interval.start) / timedelta(days=1))
    if span.stage == form.stage:
        yield from (("half-day-shift", shift_s) for shift_s in (_HALF_DAY_S, -_HALF_DAY_S))
        if days:
            yield "date-shift", days * timedelta(days=1).total_seconds()


def _moved(piece: Piece, by_s: float) -> Piece:
    by = timedelta(seconds=by_s)
    holes = tuple(hole.shifted(by) for hole in piece.holes)
    return replace(piece, interval=piece.interval.shifted(by), holes=holes)


def _fits(on: Interval, moved: Interval, rule: Rule) -> bool:
    """Whether half of the shorter of both lies in the other: more than a chance touch."""
    if on.start == on.end:
        return on.distance(moved) <= timedelta(seconds=rule.tolerance_s)
    common = on.intersection(moved)
    return common is not None and common.length * 2 >= min(on.length, moved.length)


def suppositions(
    form: FormTime, on: Interval, spans: Sequence[RecordedSpan], rule: Rule, *, only_clocks: bool
) -> Iterator[Supposition]:
    """Give every other way things might be that can be laid on the time line.

    `only_clocks` leaves out those that merely add a recording: once the recordings as they
    stand agree, a further one can change nothing.
    """
    placed = sort(form, on, spans, rule)
    for shifted in placed.shifted if not only_clocks else ():
        yield Supposition(wording.if_shifted(shifted.pieces, shifted.shift_s), placed.near + shifted.pieces)
    if placed.other_stage and not only_clocks:
        yield Supposition(wording.if_other_stage(placed.other_stage), placed.near + placed.other_stage)
    yield from _contradicted(form, on, spans, rule)


def _contradicted(form: FormTime, on: Interval, spans: Sequence[RecordedSpan], rule: Rule) -> Iterator[Supposition]:
    own = [s for s in spans if s.contradicted and s.stage in {None, form.stage}]
    others = [s for s in spans if s not in own]
    for world in _combinations([_readings(on, span, rule) for span in own]):
        taken = [reading.span for reading in world if reading.span is not None]
        yield Supposition(
            wording.if_clock([(r.name, r.source) for r in world if not r.believed]),
            sort(form, on, [*others, *taken], rule).near,
        )


@dataclass(frozen=True)
class _Reading:
    name: str
    source: str
    span: RecordedSpan | None
    believed: bool = False


def _readings(on: Interval, span: RecordedSpan, rule: Rule) -> list[_Reading]:
    """The span as believed, then as each contradicting witness has it; without one, as if its time were open."""
    readings = [_Reading(span.shown, span.source, span, believed=True)]
    for other in span.alternatives:
        told = span.model_copy(update={"start": other.start, "end": other.end, "source": other.source})
        piece = piece_of(told)
        # A clock reset to 1970 is no witness of another time.
        if piece and piece.interval.distance(on).total_seconds() <= rule.clock_lost_s:
            readings.append(_Reading(span.shown, other.source, told))
    if not span.alternatives:
        readings.append(_Reading(span.shown, "", None))
    return readings


def _combinations(readings: Sequence[Sequence[_Reading]]) -> Iterator[Sequence[_Reading]]:
    """Every choice but all as believed; when those are too many, one change at a time and all at once."""
    if prod(map(len, readings)) <= MOST_WORLDS:
        yield from islice(product(*readings), 1, None)
        return
    believed = [options[0] for options in readings]
    for n, options in enumerate(readings):
        for option in options[1:]:
            yield [*believed[:n], option, *believed[n + 1 :]]
    yield [options[-1] for options in readings]
