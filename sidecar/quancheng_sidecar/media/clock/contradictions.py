"""Findings about witnesses that contradict each other, or that no one can believe; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.clock.belief import AGREE_S, Belief, apart, dated, origin, place_of, plausible, supporters
from quancheng_sidecar.media.report import Witness, WitnessSource

_EIGHT_HOURS_S = 8 * 3600.0
_LOCAL_AS_UTC = frozenset({WitnessSource.CONTAINER_LOCAL_AS_UTC, WitnessSource.CONTAINER_LOCAL_AS_UTC_STOP})
_STALE_FIX_S = 1800.0
"""A camera may write the time of its last satellite fix."""
_NEVER_SET = Sentence(zh="像是设备时钟未设置", en="as of a clock that was never set")
_AHEAD = Sentence(
    zh="晚于本机时钟的现在，设备或本机的时钟不准",
    en="which is later than it is by this machine's clock, so that one of the two is wrong",
)


def contradictions(
    witnesses: Sequence[Witness],
    belief: Belief,
    doubtful: Sequence[Sentence],
    now: datetime,
    explained: Sequence[Witness] = (),
) -> tuple[Finding, ...]:
    """Give a finding for each origin that contradicts the witness believed, and for times that cannot be true.

    Witnesses `explained`, as those that agree once the device's measured error is taken out, contradict nothing.
    Severity stays low where ordinary use explains it (a copy re-tagged, a file renamed, a segment that repeats the
    first one's time), medium where two origins together stand against the picture's clock.
    """
    return (
        *_unset(witnesses, now),
        *_ambiguous(witnesses, belief),
        *_doubted(witnesses, belief, doubtful),
        *_offset_explained(belief),
        *_against(witnesses, belief, now, explained),
    )


def _unset(witnesses: Sequence[Witness], now: datetime) -> Iterator[Finding]:
    seen: set[str] = set()
    for witness in witnesses:
        # A container's other habits are shifted readings of one stamp: the stamp is unset only if all are.
        same = [other for other in witnesses if origin(other) == origin(witness)]
        if origin(witness) in seen or any(plausible(other, now) for other in same):
            continue
        seen.add(origin(witness))
        name, late = name_of(witness.source), witness.start > now
        why = _AHEAD if late else _NEVER_SET
        yield Finding(
            code="clock-future" if late else "clock-unset",
            severity=Severity.LOW,
            sentence=Sentence(
                zh=f"{name.zh}为{_zh(witness.start)}，{why.zh}，不予采信。",
                en=f"{name.en} says {witness.start.isoformat()}, {why.en}: not believed.",
            ),
            figures={"source": witness.source.value, "raw": witness.raw},
        )


def _ambiguous(witnesses: Sequence[Witness], belief: Belief) -> Iterator[Finding]:
    shown = [witness for witness in witnesses if witness.source is WitnessSource.BURNT_IN and dated(witness)]
    for place in dict.fromkeys(place_of(witness) for witness in shown):
        yield from _ambiguous_at([witness for witness in shown if place_of(witness) == place], belief)


def _ambiguous_at(burnt: Sequence[Witness], belief: Belief) -> Iterator[Finding]:
    if len(burnt) < 2:  # noqa: PLR2004 — one reading is not ambiguous
        return
    settled = belief.witness in burnt
    days = [f"{witness.start:%Y-%m-%d}" for witness in burnt]
    zh, en = ("其他依据支持前者之一", "another witness settles it") if settled else ("请人工核对", "please check")
    yield Finding(
        code="clock-ambiguous-date",
        severity=Severity.INFO if settled else Severity.LOW,
        sentence=Sentence(
            zh=f"画面日期的月、日次序有歧义，可读作{'或'.join(days)}；{zh}。",
            en=f"The date in the picture can be read as {' or '.join(days)}; {en}.",
        ),
        figures={f"reading_{place + 1}": day for place, day in enumerate(days)} | {"settled": settled},
    )


def _doubted(witnesses: Sequence[Witness], belief: Belief, doubtful: Sequence[Sentence]) -> Iterator[Finding]:
    if not doubtful or not any(witness.source is WitnessSource.BURNT_IN for witness in witnesses):
        return
    settled = belief.witness is not None and belief.witness.source is WitnessSource.BURNT_IN
    yield Finding(
        code="clock-hard-to-read",
        severity=Severity.INFO if settled else Severity.LOW,
        sentence=Sentence(
            zh=f"画面时间读数存疑：{'；'.join(doubt.zh for doubt in doubtful)}。请人工核对画面。",
            en=f"The clock in the picture was read with doubt: {'; '.join(doubt.en for doubt in doubtful)}."
            " Please look at the picture.",
        ),
        figures={"reasons": len(doubtful), "borne_out": settled},
    )


def _offset_explained(belief: Belief) -> Iterator[Finding]:
    """Local time labelled UTC: the container is eight hours off by a known habit, and agrees once that is taken out."""
    for witness in belief.supporters:
        if witness.source in _LOCAL_AS_UTC and belief.witness is not None:
            yield Finding(
                code="clock-offset-8h",
                severity=Severity.INFO,
                sentence=Sentence(
                    zh="文件创建时间与采信的时间恰差8小时：设备把当地时间标作世界时，属常见习惯；"
                    "若设备画面时间本身按世界时设置，则实际时间应晚8小时。",
                    en="The container is exactly 8 h off: the device labels local time as UTC, a common habit; if the"
                    " device's own clock was set to UTC instead, the true time is 8 h later.",
                ),
                figures={"offset_s": _EIGHT_HOURS_S, "left_s": round(apart(witness, belief.witness), 1)},
            )


def _against(
    witnesses: Sequence[Witness], belief: Belief, now: datetime, explained: Sequence[Witness]
) -> Iterator[Finding]:
    believed = belief.witness
    if believed is None:
        return
    agreeing = {origin(believed), *(origin(witness) for witness in (*belief.supporters, *explained))}
    contrary = _closest_by_origin(believed, [w for w in witnesses if origin(w) not in agreeing and plausible(w, now)])
    together = any(supporters(one, contrary) for one in contrary)
    for witness in contrary:
        by = apart(witness, believed)
        if witness.source is WitnessSource.GPS and -_STALE_FIX_S < by < AGREE_S:
            continue
        yield _contradiction(witness, believed, by, together=together)


def _closest_by_origin(believed: Witness, contrary: Sequence[Witness]) -> list[Witness]:
    closest: dict[str, Witness] = {}
    for witness in contrary:
        known = closest.get(origin(witness))
        if known is None or abs(apart(witness, believed)) < abs(apart(known, believed)):
            closest[origin(witness)] = witness
    return list(closest.values())


def _contradiction(witness: Witness, believed: Witness, by: float, *, together: bool) -> Finding:
    eight = abs(abs(by) - _EIGHT_HOURS_S) <= AGREE_S
    name, trusted = name_of(witness.source), name_of(believed.source)
    against_picture = believed.source is WitnessSource.BURNT_IN and together
    zh = "恰为8小时，多为时区设置有误" if eight else "可能是另存、改名、截取或设备时钟有误所致"
    en = "exactly 8 h, mostly a wrong zone" if eight else "as after a copy, a new name, an excerpt or a wrong clock"
    return Finding(
        code="clock-offset-8h" if eight else "clock-contradiction",
        severity=Severity.MEDIUM if against_picture or eight else Severity.LOW,
        sentence=Sentence(
            zh=f"{name.zh}与{trusted.zh}相差{_span_zh(by)}，{zh}。",
            en=f"{name.en} and {trusted.en} differ by {abs(by):.0f} s, {en}.",
        ),
        figures={
            "difference_s": round(by, 1),
            "tolerance_s": AGREE_S,
            "source": witness.source.value,
            "believed": believed.source.value,
        },
    )


def _span_zh(seconds: float) -> str:
    total = round(abs(seconds))
    days, rest = divmod(total, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(days, "天"), (hours, "小时"), (minutes, "分"), (rest, "秒")]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0秒"


def _zh(instant: datetime) -> str:
    return f"{instant.year}年{instant.month}月{instant.day}日{instant:%H:%M:%S}"
