"""From shared pieces to the relation of two recordings, in words that claim no more than the pieces hold."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.comparison.pieces import Found, Piece
from quancheng_sidecar.media.comparison.report import HEARD, Comparison, Evidence, Range, Relation, Span, evidence_of
from quancheng_sidecar.media.comparison.traits import Traits

_LEAST_GAP_S = 0.75
"""A gap that is told: shorter ones are the step between pictures and the frames that encoders add or drop."""

_VAGUE_GAP_S = 3.0
"""The same where only sound tells."""

_LEAST_REPEATED_S = 1.5
_JOINED_S = 0.25
_LEAST_DRIFT_S = 0.3
_LEAST_CLOCK_S = 2.5
"""Seconds between two clocks that are told: each is read to the second, and lines lie to some tenths."""

_LEVELS = (Evidence.SAME_CODED_FRAMES, Evidence.TWO_SENSES, Evidence.LOOKS_ALIKE)

UNSURE = Sentence(
    zh="有相似之处，但不足以认定同源：画面几乎不动或只有一种依据相符，请人工核对。",
    en="Some of it looks or sounds alike, but not enough to say it is shared: the picture hardly moves, or one sense "
    "alone agrees. A person must look.",
)
_REVERSED = Sentence(zh="有片段被倒放。", en="A piece runs backwards.")
_MIRRORED = Sentence(zh="有片段左右镜像。", en="A piece is mirrored.")
_TURNED = Sentence(zh="有片段的画面转了90度或180度。", en="The picture of a piece is turned by 90 or 180 degrees.")
_PACED = Sentence(zh="有片段的播放速度与原件不同。", en="A piece runs at another speed than the original.")
_OTHER_SOUND = Sentence(
    zh="画面相符处声音与原件不同。", en="Where the pictures agree, other sound is heard than in the original."
)
_OTHER_PICTURE = Sentence(
    zh="有片段仅声音与原件相符，画面不符（定格、遮挡或被替换）。",
    en="In a piece only the sound agrees with the original: the picture is frozen, covered or another.",
)
_PLAIN_PICTURE = Sentence(
    zh="有片段仅声音与原件相符：画面太暗、太平淡或被遮挡，无法辨认。",
    en="In a piece only the sound agrees with the original: the picture is too dark, plain or covered to be known.",
)
_UNRECOGNISED = Sentence(
    zh="相邻片段之间有一段未能识别：可能被替换，也可能只是画面变化太快或质量太差。",
    en="Between two pieces some time was not recognised: replaced, or merely too changed, too fast or too coarse.",
)
_REPEATED = Sentence(
    zh="原件的同一片段在副本中出现不止一次。", en="A piece of the original stands in the copy more than once."
)
_NO_PICTURE = Sentence(zh="原件有画面，副本没有。", en="The original has a picture, the copy has none.")
_NO_SOUND = Sentence(zh="原件有声音，副本没有。", en="The original has sound, the copy has none.")
_ADDED_SOUND = Sentence(
    zh="副本有声音，原件没有：声音不是原件的。", en="The copy has sound, the original has none: it is from elsewhere."
)


def relate(a: Traits, b: Traits, found: Found) -> Comparison:
    """Decide the relation of B to A from the pieces they share."""
    pieces = found.shared
    if not pieces:
        return _unrelated(found)
    gap = _VAGUE_GAP_S if all(piece.by <= HEARD for piece in pieces) else _LEAST_GAP_S
    missing, added = (
        _gaps(spans, t.duration, gap) for spans, t in (([p.a for p in pieces], a), ([p.b for p in pieces], b))
    )
    unsure = _unsure(found)
    shorter = 0 if a.duration <= b.duration else 1
    held = sum(end - begin for begin, end in ((p.a, p.b)[shorter] for p in pieces))
    return Comparison(
        relation=_relation(pieces, missing, added),
        evidence=_evidence(pieces),
        score=round(min(1.0, held / max((a, b)[shorter].duration, 1e-9)), 3),
        ranges=tuple(_ranges(pieces)),
        missing=_without(missing, [p.a for p in unsure], gap),
        added=_without(added, [p.b for p in unsure], gap),
        unsure=tuple(_span(p.b) for p in unsure),
        swapped=any(_swapped(one, other) for one, other in pairwise(pieces)),
        remarks=tuple(_remarks(a, b, found)),
    )


def _unsure(found: Found) -> list[Piece]:
    """Give the pieces that only look or sound alike, of time that no shared piece holds."""
    return sorted((piece for piece in found.alike if not _overlaps(piece, found.shared)), key=lambda piece: piece.b)


def _without(gaps: Sequence[Span], unsure: Sequence[Span], least_s: float) -> tuple[Span, ...]:
    """Give what is left of gaps: what may be shared is not said to be missing or added."""
    left: list[Span] = []
    for begin, end in gaps:
        inside = sorted((max(begin, x), min(end, y)) for x, y in unsure if x < end and y > begin)
        left += [
            (begin + x, begin + y) for x, y in _gaps([(x - begin, y - begin) for x, y in inside], end - begin, least_s)
        ]
    return tuple((round(begin, 2), round(end, 2)) for begin, end in left)


def _unrelated(found: Found) -> Comparison:
    alike = bool(found.alike)
    return Comparison(
        relation=Relation.UNRELATED,
        evidence=Evidence.LOOKS_ALIKE if alike else None,
        score=0.0,
        ranges=(),
        remarks=(UNSURE,) if alike else (),
    )


def _ranges(pieces: Sequence[Piece]) -> Iterator[Range]:
    """Give a range for each piece; neighbours that go on alike, resting on the same, are one."""
    held: list[Piece] = []
    for piece in pieces:
        if held and not _goes_on(held[-1], piece):
            yield _range(held)
            held = []
        held.append(piece)
    if held:
        yield _range(held)


def _goes_on(one: Piece, other: Piece) -> bool:
    looks = (one.by, one.mirrored, one.turned), (other.by, other.mirrored, other.turned)
    alike = looks[0] == looks[1] and one.line.speed * other.line.speed > 0
    return alike and other.b[0] - one.b[1] <= _JOINED_S and _same_line(one, other)


def _range(pieces: Sequence[Piece]) -> Range:
    first, last = pieces[0], pieces[-1]
    longest = max(pieces, key=lambda piece: piece.b[1] - piece.b[0])
    return Range(
        a=_span((min(first.a[0], last.a[0]), max(first.a[1], last.a[1]))),
        b=_span((first.b[0], last.b[1])),
        by=tuple(sorted(first.by)),
        speed=_pace(longest),
        mirrored=first.mirrored,
        turned=first.turned,
    )


def _pace(piece: Piece) -> float:
    """Seconds of A in a second of B; one where the difference does not add up to anything that can be measured."""
    speed = piece.line.speed
    as_it_was = 1.0 if speed > 0 else -1.0
    return as_it_was if abs(speed - as_it_was) * (piece.b[1] - piece.b[0]) < _LEAST_DRIFT_S else round(speed, 3)


def _span(span: Span) -> Span:
    begin, end = span
    return (round(max(0.0, begin), 2), round(max(0.0, end), 2))


def _gaps(spans: Sequence[Span], duration: float, least_s: float) -> tuple[Span, ...]:
    """Give the spans of a recording that none of `spans` holds, if longer than `least_s`."""
    gaps, reached = [], 0.0
    for begin, end in (*sorted(spans), (duration, duration)):
        if begin - reached > least_s:
            gaps.append((round(reached, 2), round(begin, 2)))
        reached = max(reached, end)
    return tuple(gaps)


def _relation(pieces: Sequence[Piece], missing: Sequence[Span], added: Sequence[Span]) -> Relation:
    replaced = any(piece.sound_differs or piece.picture_differs for piece in pieces)
    joined = all(_follows(one, other) for one, other in pairwise(pieces))
    if replaced or not joined or pieces[0].line.speed < 0:
        return Relation.PARTIAL_OVERLAP
    if not missing and not added:
        return Relation.SAME_CONTENT
    if not added:
        return Relation.EXCERPT
    return Relation.PARTIAL_OVERLAP if missing else Relation.CONTAINS


def _follows(one: Piece, other: Piece) -> bool:
    """Whether nothing was left out, put in or moved between two neighbours."""
    return one.line.speed > 0 and other.b[0] - one.b[1] <= _LEAST_GAP_S and _same_line(one, other)


def _swapped(one: Piece, other: Piece) -> bool:
    """Whether two neighbours stand in another order than in A; of two that run backwards the later is first there."""
    backwards = one.line.speed < 0 and other.line.speed < 0
    return one.a[0] < other.a[0] if backwards else one.a[0] > other.a[0]


def _same_line(one: Piece, other: Piece) -> bool:
    return other.line.near(one.line, (one.b[1], other.b[0]))


def _evidence(pieces: Sequence[Piece]) -> Evidence:
    """Give the firmest level that at least half of the shared time reaches."""
    whole = sum(end - begin for begin, end in (piece.b for piece in pieces))
    for number, level in enumerate(_LEVELS):
        reached = sum(p.b[1] - p.b[0] for p in pieces if _LEVELS.index(evidence_of(p.by)) <= number)
        if reached >= whole / 2:
            return level
    return Evidence.LOOKS_ALIKE


def _remarks(a: Traits, b: Traits, found: Found) -> Iterator[Sentence]:
    pieces = found.shared
    left_out = (_same_line(one, other) and other.b[0] - one.b[1] > _LEAST_GAP_S for one, other in pairwise(pieces))
    told = {
        _REVERSED: any(piece.line.speed < 0 for piece in pieces),
        _PACED: any(piece.line.speed > 0 and _pace(piece) != 1 for piece in pieces),
        _MIRRORED: any(piece.mirrored for piece in pieces),
        _TURNED: any(piece.turned for piece in pieces),
        _OTHER_SOUND: any(piece.sound_differs for piece in pieces),
        _OTHER_PICTURE: any(piece.picture_differs for piece in pieces),
        _PLAIN_PICTURE: a.seen and b.seen and any(piece.by <= HEARD and not piece.picture_differs for piece in pieces),
        _REPEATED: any(_overlap(one.a, other.a) > _LEAST_REPEATED_S for one, other in combinations(pieces, 2)),
        _NO_PICTURE: a.seen and not b.seen,
        _NO_SOUND: a.heard and not b.heard,
        _ADDED_SOUND: b.heard and not a.heard,
        _UNRECOGNISED: any(left_out),
        UNSURE: bool(_unsure(found)),
    }
    yield from (sentence for sentence, applies in told.items() if applies)
    aheads = [p.clock_ahead_s for p in pieces if p.clock_ahead_s is not None]
    if aheads and abs(most := max(aheads, key=abs)) > _LEAST_CLOCK_S:
        yield _clocks_differ(most)


def _clocks_differ(ahead_s: float) -> Sentence:
    by, zh, en = round(abs(ahead_s)), *(("快", "ahead of") if ahead_s > 0 else ("慢", "behind"))
    return Sentence(
        zh=f"画面相符处两段录像显示的时钟不同：副本比原件{zh}{by}秒。其中一个可能是后来叠加或改动的，请人工核对。",
        en=f"Where the pictures agree, the clocks in them do not: the copy's is {by} s {en} the original's. One of "
        "them may have been put on or changed later: a person must look.",
    )


def _overlap(one: Span, other: Span) -> float:
    return min(one[1], other[1]) - max(one[0], other[0])


def _overlaps(piece: Piece, others: Sequence[Piece]) -> bool:
    middle = sum(piece.b) / 2
    return any(begin <= middle < end for begin, end in (other.b for other in others))
