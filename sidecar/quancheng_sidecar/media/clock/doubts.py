"""Reasons for which a burnt-in clock that was read is still not to be believed on its own."""

from collections import Counter
from collections.abc import Iterator

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.clock.burnt_in import BurntIn
from quancheng_sidecar.media.clock.second_reading import holds

_LEAST_READ = 3
_LEAST_SHARE = 0.5
_LEAST_SCORE = 0.8
_LEAST_DAY_SHARE = 0.75
_RETOLD_WHOLE = 9
"""Readings of single frames in other ways, date and all, that stand for those of the date alone."""
_ONE_PAIR = 0.75
_FIGURES = "%Y%m%d%H%M"
"""Without seconds: which second is shown may be off by one."""


def doubts_of(burnt: BurntIn) -> tuple[Sentence, ...]:
    """Give every reason to doubt the reading of a burnt-in clock, apart from an ambiguous date; none when sound."""
    loose = Sentence(
        zh="日期与时间不在一处或旁有其他文字，可能不是同一个时钟",
        en="the date stands apart from the time or among other words, and may not be of one clock",
    )
    return (
        *_of_reading(burnt),
        *_of_date(burnt),
        *_of_pieces(burnt),
        *([loose] if burnt.region.loose else []),
    )


def _of_reading(burnt: BurntIn) -> Iterator[Sentence]:
    accepted, sampled = len(burnt.best.accepted), len(burnt.samples)
    if accepted < _LEAST_READ:
        yield Sentence(zh=f"只读到{accepted}帧", en=f"read in {accepted} frames only")
    elif accepted < _LEAST_SHARE * sampled:
        yield Sentence(
            zh=f"{sampled}帧中只有{accepted}帧读数前后一致", en=f"only {accepted} of {sampled} frames read consistently"
        )
    alike, otherwise = burnt.retold
    if not holds(alike, otherwise):
        yield Sentence(
            zh=f"换方法复读，{alike}次相同、{otherwise}次不同",
            en=f"re-read in other ways, it came out the same {alike} times and different {otherwise} times",
        )
    score = sum(sample.score for sample, _ in burnt.best.accepted) / max(accepted, 1)
    if score < _LEAST_SCORE:
        yield Sentence(zh=f"字迹不清（平均识别分{score:.2f}）", en=f"hard to read (mean score {score:.2f})")


def _of_date(burnt: BurntIn) -> Iterator[Sentence]:
    days = Counter(meaning.instant.date() for _, meaning in burnt.best.read)
    accepted = {meaning.instant.date() for _, meaning in burnt.best.accepted}
    share = sum(days[day] for day in accepted) / max(sum(days.values()), 1)
    if share < _LEAST_DAY_SHARE:
        yield Sentence(zh=f"日期读数不一致（一致的占{share:.0%}）", en=f"the date was read alike in {share:.0%} only")
    for_it = sum(count for day, count in burnt.votes.items() if day in accepted)
    against = sum(burnt.votes.values()) - for_it
    # Where the text wanders with the width of its figures, nothing stands still to be read, for or against.
    unheard = not burnt.votes and burnt.retold[0] >= _RETOLD_WHOLE and not burnt.retold[1]
    if not holds(for_it, against) and not unheard:
        yield Sentence(
            zh=f"换方法复读日期，{for_it}次相同、{against}次不同",
            en=f"re-read in other ways, the date came out the same {for_it} times and different {against} times",
        )
    if any(meaning.unsure for _, meaning in burnt.best.accepted):
        yield Sentence(
            zh="上午12时可指零时或正午，夜里12时以后可属前后两日，仅凭画面不能断定",
            en="12 beside 上午 may be midnight or noon, and the night from twelve on may be of either day:"
            " the picture alone does not tell",
        )
    weekdays = Counter(meaning.weekday_fits for _, meaning in burnt.best.accepted if meaning.weekday_fits is not None)
    if weekdays[False] > weekdays[True]:
        yield Sentence(zh="画面上的星期与日期不符", en="the day of the week in the picture is not that of the date")
    # Neither the date nor, in a short recording, hour and minute prove themselves by running.
    shown = {digit for _, meaning in burnt.best.accepted for digit in f"{meaning.instant:{_FIGURES}}"}
    confused = confusions(burnt) & shown
    if confused:
        digits = "、".join(sorted(confused))
        yield Sentence(
            zh=f"该字体中数字{digits}有误读，日期或时分也含此数字",
            en=f"figures read as {digits} were misread in this font, and the date or the time has them",
        )


def confusions(burnt: BurntIn) -> set[str]:
    """Digits read in place of another in a running second or minute, twice or more: they may be wrong elsewhere.

    The running figures are known from the fit, so each misread there tells how this font deceives the recogniser.
    """
    seen: Counter[str] = Counter()
    for sample, meaning in burnt.best.misread:
        due, read = f"{burnt.best.clock(sample.at):%H%M%S}", f"{meaning.instant:%H%M%S}"
        wrong = [got for want, got in zip(due, read, strict=True) if want != got]
        if len(wrong) == 1:
            seen.update(wrong)
    return {digit for digit, count in seen.items() if count > 1}


def _of_pieces(burnt: BurntIn) -> Iterator[Sentence]:
    """A digit misread throughout parts the clock where it comes and goes: then no part can be trusted.

    Told from a true jump by two signs: one pair of digits is all that differs, and the digit due is read nowhere.
    """
    base, *rest = burnt.best.pieces
    every = "".join(f"{meaning.instant:{_FIGURES}}" for _, meaning in burnt.best.accepted)
    for piece in rest:
        differing: Counter[frozenset[tuple[str, str]]] = Counter()
        for sample, meaning in (burnt.best.read[place] for place in piece.members):
            due, read = f"{burnt.best.on(base, sample.at):{_FIGURES}}", f"{meaning.instant:{_FIGURES}}"
            differing[frozenset((want, got) for want, got in zip(due, read, strict=True) if want != got)] += 1
        pairs, count = differing.most_common(1)[0]
        if len(pairs) == 1 and count >= _ONE_PAIR * len(piece.members):
            ((want, got),) = pairs
            if want not in every:
                zh, en = f"数字{want}可能一直被误读为{got}", f"the figure {want} may be misread as {got} throughout"
                yield Sentence(zh=zh, en=en)
                return
