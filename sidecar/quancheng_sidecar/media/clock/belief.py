"""Which witness of the start is believed, and why; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.report import Witness, WitnessSource

AGREE_S = 5.0
"""Two witnesses closer than this say the same: names and containers are written when the file is opened or closed."""
_EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(hours=1)
_A_DAY_S = 86_000.0
_OFF_PACE = 0.02

_CONTAINER = frozenset(source for source in WitnessSource if source.value.startswith("container"))

_TIME_ALONE = Sentence(zh="画面时间（只有时刻，没有日期）", en="the clock in the picture (a time without a date)")


@dataclass(frozen=True)
class Belief:
    """The witness believed (None: none can be), why, and the others that bear it out.

    `for_now`: for want of a better one, which nothing confirms.
    """

    witness: Witness | None
    reason: Sentence
    supporters: tuple[Witness, ...] = ()
    for_now: bool = False


def origin(witness: Witness) -> str:
    """Where a witness takes its time from; the habits of one container are one origin."""
    if witness.source in _CONTAINER and not witness.figures.get("zone_stated"):
        return "container"
    if not dated(witness):
        return "time-of-day"
    return witness.source.value + (".zoned" if witness.source in _CONTAINER else "")


def dated(witness: Witness) -> bool:
    """Whether a witness carries a date of its own; a running time without one borrows it from what it agrees with."""
    return witness.figures.get("dated") is not False


def plausible(witness: Witness, now: datetime) -> bool:
    """Whether a recording may have started then: not before 2005, not in the future (an hour apart)."""
    return _EARLIEST <= witness.start <= now + _AHEAD


def apart(a: Witness, b: Witness) -> float:
    """Seconds by which a starts after b."""
    return (a.start - b.start).total_seconds()


def supporters(witness: Witness, others: Iterable[Witness]) -> tuple[Witness, ...]:
    """Witnesses of another origin that agree within AGREE_S, the closest of each origin."""
    best: dict[str, Witness] = {}
    for other in others:
        if origin(other) == origin(witness) or abs(apart(other, witness)) > AGREE_S + _unsharpness(other, witness):
            continue
        known = best.get(origin(other))
        if known is None or abs(apart(other, witness)) < abs(apart(known, witness)):
            best[origin(other)] = other
    return tuple(best.values())


def _unsharpness(*witnesses: Witness) -> float:
    """A time given to the minute may lie anywhere in it, a corrected one as far off as the device's error is known."""
    return max(float(one.figures.get(key) or 0.0) for one in witnesses for key in ("resolution_s", "within_s"))


def believe(witnesses: Sequence[Witness], *, doubtful: Sequence[Sentence], now: datetime) -> Belief:
    """Choose the witness to believe.

    `doubtful` holds the reasons against the burnt-in clock's reading; several burnt-in witnesses mean an ambiguous
    date, or, where their figures name different places, several clocks: of these only one that another witness bears
    out is believed, and none where that holds for more than one. Order: a burnt-in clock read without doubt, unless
    two others agree on another day; a doubtful one that another witness bears out; two other witnesses that agree;
    then the best single witness, as unconfirmed.
    """
    sound = [witness for witness in witnesses if plausible(witness, now)]
    # A reading in the future does not settle an ambiguous date: the device's own clock may be wrong.
    shown = [witness for witness in witnesses if witness.source is WitnessSource.BURNT_IN and dated(witness)]
    burnt = [witness for witness in shown if witness.start >= _EARLIEST]
    others = [witness for witness in sound if witness not in shown]
    times = [witness for witness in others if not dated(witness)]
    if len({place_of(witness) for witness in (*shown, *times)}) > 1:
        return _of_several([witness for witness in burnt if witness in sound], others, times)
    if burnt:
        found = _burnt_in(burnt, sound, doubtful)
        if found is not None:
            return found
    agreed = _agreed(others)
    if agreed is not None:
        return agreed
    return _single([witness for witness in others if dated(witness)], had_burnt_in=bool(shown))


def place_of(witness: Witness) -> str:
    """Where in the picture a clock stands; empty where there is only one."""
    return str(witness.figures.get("place") or "")


def _of_several(burnt: Sequence[Witness], others: Sequence[Witness], times: Sequence[Witness]) -> Belief:
    """Clocks that contradict each other: a time without a date is here only because a dated witness agrees with it."""
    written = [witness for witness in others if dated(witness)]
    borne_out = [(witness, by) for witness in burnt if (by := supporters(witness, written))]
    if len(borne_out) == 1 and not times:
        witness, by = borne_out[0]
        zh, en = _listed(by)
        return Belief(
            witness,
            Sentence(
                zh=f"画面上不止一个走动的时钟且互不相符，采信其中与{zh}相符的一个。",
                en=f"Several clocks run in the picture and contradict each other: of these the one that agrees with"
                f" {en}.",
            ),
            by,
        )
    agreed = _agreed(others) if not borne_out and len(times) < 2 else None  # noqa: PLR2004 — two contradict each other
    return agreed or Belief(
        None,
        Sentence(
            zh="开始时间不能确定：画面上不止一个走动的时钟且互不相符，其他依据不能判定采信哪一个。",
            en="The start is not known: several clocks run in the picture and contradict each other, and nothing else"
            " settles which is right.",
        ),
    )


def _burnt_in(burnt: Sequence[Witness], sound: Sequence[Witness], doubtful: Sequence[Sentence]) -> Belief | None:
    others = [witness for witness in sound if witness.source is not WitnessSource.BURNT_IN or not dated(witness)]
    borne_out = [(witness, supporters(witness, others)) for witness in burnt]
    borne_out = [(witness, by) for witness, by in borne_out if by and witness in sound]
    if len(borne_out) == 1:
        witness, by = borne_out[0]
        return Belief(witness, _borne_out(witness, by, ambiguous=len(burnt) > 1, doubtful=bool(doubtful)), by)
    if len(burnt) > 1 or doubtful or burnt[0] not in sound:
        return None
    against = _agreed(others)
    if against is not None and against.witness and abs(apart(against.witness, burnt[0])) > _A_DAY_S:
        # A day off with two others against it: rather a date misread, or never set, than an excerpt.
        return None
    return Belief(burnt[0], _alone(burnt[0]))


def _borne_out(witness: Witness, by: Sequence[Witness], *, ambiguous: bool, doubtful: bool) -> Sentence:
    (zh, en), pace = _listed(by), _pace(witness)
    how_zh = "日期有两种读法，其中这一种" if ambiguous else "有存疑之处，但" if doubtful else "逐帧走动且"
    how_en = (
        "of two ways to read its date this one" if ambiguous else "in some doubt, but it" if doubtful else "it runs and"
    )
    return Sentence(
        zh=f"采信画面时间：{how_zh}与{zh}相符{pace.zh}。",
        en=f"The clock in the picture: {how_en} agrees with {en}{pace.en}.",
    )


def _alone(witness: Witness) -> Sentence:
    read, pace = witness.figures.get("frames_accepted"), _pace(witness)
    jumps = int(witness.figures.get("pieces") or 1) > 1
    zh, en = ("走动，其间有跳变", "with a jump") if jumps else ("均匀走动", "evenly")
    return Sentence(
        zh=f"采信画面时间：{read}帧读数随录像{zh}，没有其他依据佐证{pace.zh}。",
        en=f"The clock in the picture: {read} frames show it running {en}; no other witness confirms it{pace.en}.",
    )


def _pace(witness: Witness) -> Sentence:
    """What to add of a clock that does not keep step with the recording; nothing of one that does."""
    rate = float(witness.figures.get("rate") or 1.0)
    if abs(rate - 1) < _OFF_PACE:
        return Sentence(zh="", en="")
    return Sentence(
        zh=f"；但时钟快慢是播放时间的{rate:.2f}倍（延时、慢动作或变速），起止按画面所示，请人工核对",
        en=f", but it runs {rate:.2f} times as fast as the recording plays (time lapse, slow motion or another speed):"
        " start and end are as shown, please check",
    )


def _agreed(others: Sequence[Witness]) -> Belief | None:
    """Of the witnesses that another origin bears out, the one that is best known to carry the start."""
    pairs = [(witness, supporters(witness, others)) for witness in sorted(others, key=rank)]
    for witness, by in pairs:
        if by:
            zh, en = _listed(by)
            name = name_of(witness.source)
            reason = Sentence(zh=f"采信{name.zh}：与{zh}相符。", en=f"{_upper(name.en)}: it agrees with {en}.")
            return Belief(witness, reason, by)
    return None


def _single(others: Sequence[Witness], *, had_burnt_in: bool) -> Belief:
    if not others:
        zh, en = ("画面时间不能确定，又没有其他依据", "the clock in the picture is not certain and nothing else tells")
        if not had_burnt_in:
            zh, en = "文件中没有可信的时间", "nothing in the file tells it"
        return Belief(None, Sentence(zh=f"开始时间不能确定：{zh}。", en=f"The start is not known: {en}."))
    best = min(others, key=rank)
    name = name_of(best.source)
    zh, en = f"暂采{name.zh}，未经其他依据证实", f"{_upper(name.en)}, not confirmed by any other witness"
    if origin(best) == "container":
        zh += "；仅凭文件不能断定设备是在开始还是停止时写入，也不能断定时区，各种可能均已列出"
        en += "; the file alone does not tell whether it was written at start or stop, nor its zone: all are listed"
    elif best.source is WitnessSource.CODED and sum(one.source is best.source for one in others) > 1:
        zh += "；设备标明的时区与本单位所用的不同，两种理解均已列出"
        en += "; the zone that the device states is not the one used here: both readings are listed"
    return Belief(best, Sentence(zh=f"{zh}。", en=f"{en}."), for_now=True)


def rank(witness: Witness) -> tuple[int, int]:
    """How well a source is known to carry the start: one with its own zone first, the container's habits last.

    A time of day without a date only bears others out.
    """
    if not dated(witness):
        return 3, 0
    order = [WitnessSource.EXIF, WitnessSource.CODED, WitnessSource.FILE_NAME, WitnessSource.GPS, *WitnessSource]
    if witness.source in _CONTAINER and witness.figures.get("zone_stated"):
        return 0, 0
    vague = bool(witness.figures.get("resolution_s"))
    return 1 + vague, order.index(witness.source)


def _listed(witnesses: Sequence[Witness]) -> tuple[str, str]:
    names = [name_of(witness.source) if dated(witness) else _TIME_ALONE for witness in witnesses]
    return "、".join(name.zh for name in names), " and ".join(name.en for name in names)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
