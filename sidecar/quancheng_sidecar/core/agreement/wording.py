"""The sentences of a judgment, in plain Chinese for clerks and in English."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from math import floor

from quancheng_plugin.forms.stages import Stage
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.agreement.measure import Measured, Piece
from quancheng_sidecar.core.agreement.values import FormTime, Rule, Verdict
from quancheng_sidecar.core.witnesses import name_of


def stage_name(code: str) -> str:
    """The stage in the regulation's words, or the code itself when it is not one of Art. 5."""
    return Stage(code).zh if code in set(Stage) else code


_SHORT_S = 5


def _tenths(seconds: float) -> str | None:
    """A length of a few seconds, to the tenth: beside a limit of two seconds, 2.1 must not read as 2."""
    told = f"{abs(seconds):.1f}"
    return None if abs(seconds) >= _SHORT_S or told.endswith(".0") else told


def span_zh(seconds: float) -> str:
    """A length of time as people say it: 2分10秒."""
    if (short := _tenths(seconds)) is not None:
        return f"{short}秒"
    whole = round(abs(seconds))
    days, hours, minutes, secs = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    pairs = ((days, "天"), (hours, "小时"), (minutes, "分"), (secs, "秒"))
    return "".join(f"{number}{unit}" for number, unit in pairs if number) or "0秒"


def span_en(seconds: float) -> str:
    """A length of time in English: 2 min 10 s."""
    if (short := _tenths(seconds)) is not None:
        return f"{short} s"
    whole = round(abs(seconds))
    days, hours, minutes, secs = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    pairs = ((days, "d"), (hours, "h"), (minutes, "min"), (secs, "s"))
    return " ".join(f"{number} {unit}" for number, unit in pairs if number) or "0 s"


def percent(coverage: float) -> float:
    """Share 0..1 as percent to one decimal, cut off: 99.98 never reads as 100."""
    return floor(coverage * 1000 + 1e-9) / 10


def form_time_zh(form: FormTime) -> str:
    """The form's time as forms write it."""
    if form.start is None:
        return "未读出"
    start = f"{form.start.year}年{form.start.month}月{form.start.day}日{form.start:%H:%M}"
    if form.end is None:
        return start
    zoned = form.end.astimezone(form.start.tzinfo)
    date = "" if zoned.date() == form.start.date() else f"{zoned.month}月{zoned.day}日"
    return f"{start}至{date}{zoned:%H:%M}"


def form_time_en(form: FormTime) -> str:
    """The form's time in English."""
    if form.start is None:
        return "unread"
    end = "" if form.end is None else f" to {form.end.astimezone(form.start.tzinfo):%Y-%m-%d %H:%M}"
    return f"{form.start:%Y-%m-%d %H:%M}{end}"


def _edges(measured: Measured) -> Sentence:
    start, end = measured.start_delta_s or 0, measured.end_delta_s or 0
    zh = (
        f"录音录像开始{_side_zh(start, '晚', '早')}、结束{_side_zh(end, '早', '晚')}"
        if round(start) or round(end)
        else "起止与文书相同"
    )
    en = f"starts {_side_en(start, 'late', 'early')}, ends {_side_en(end, 'early', 'late')}"
    return Sentence(zh=zh, en=en)


def _side_zh(delta: float, short: str, long: str) -> str:
    return f"{short if delta > 0 else long}{span_zh(delta)}" if round(delta) else "相同"


def _side_en(delta: float, short: str, long: str) -> str:
    return f"{span_en(delta)} {short if delta > 0 else long}" if round(delta) else "on time"


def verdict(form: FormTime, measured: Measured, rule: Rule, left: int) -> Sentence:
    """The one sentence of a verdict that the recordings' times settle; `left` recordings were left out."""
    stage, when, found = stage_name(form.stage), form_time_zh(form), measured.verdict
    if found is Verdict.MISSING:
        return _missing(form, left)
    edges = _edges(measured)
    share = percent(measured.coverage)
    tolerance = f"{rule.tolerance_s:g}"
    if form.end is None or form.end == form.start:
        return _moment(form, found, edges, tolerance)
    if found is Verdict.INCOMPLETE:
        return _incomplete(form, measured, share, edges)
    head = "一致" if found is Verdict.AGREES else "不一致"
    within = "超出容差" if measured.beyond_tolerance else "在容差内"
    short = measured.too_short
    return Sentence(
        zh=f"{stage}：录音录像与文书所载时间（{when}）{head}，覆盖{share:g}%，{edges.zh}，{within}（容差{tolerance}秒）"
        f"{'，但录到的不足文书所载时长的一半' if short else ''}。",
        en=f"{form.stage}: the recordings {'agree' if found is Verdict.AGREES else 'do not agree'} with the form"
        f" ({form_time_en(form)}): {share:g}% covered, recording {edges.en}"
        f" ({'beyond' if measured.beyond_tolerance else 'within'} the tolerance of {tolerance} s)"
        f"{', but less than half of what the form states was recorded' if short else ''}.",
    )


def _moment(form: FormTime, found: Verdict, edges: Sentence, tolerance: str) -> Sentence:
    holds = found is Verdict.AGREES
    return Sentence(
        zh=f"{stage_name(form.stage)}：文书所载时刻（{form_time_zh(form)}）{'有' if holds else '没有'}录音录像，"
        f"{edges.zh}（容差{tolerance}秒）。",
        en=f"{form.stage}: the moment stated by the form ({form_time_en(form)}) is {'' if holds else 'not '}recorded;"
        f" recording {edges.en} (tolerance {tolerance} s).",
    )


def _incomplete(form: FormTime, measured: Measured, share: float, edges: Sentence) -> Sentence:
    longest = max(measured.gaps, key=lambda gap: gap.length)
    zone = form.start.tzinfo if form.start else None
    lost = sum(gap.seconds for gap in measured.gaps)
    return Sentence(
        zh=f"{stage_name(form.stage)}：文书所载时间（{form_time_zh(form)}）内录音录像中断{len(measured.gaps)}处，共{span_zh(lost)}，"
        f"最长一处{clock(longest.start, zone)}至{clock(longest.end, zone)}；覆盖{share:g}%，{edges.zh}。",
        en=f"{form.stage}: within the form's time ({form_time_en(form)}) the recordings break off"
        f" {len(measured.gaps)} time(s), {span_en(lost)} in all,"
        f" longest {clock(longest.start, zone)} to {clock(longest.end, zone)};"
        f" {share:g}% covered, recording {edges.en}.",
    )


def clock(instant: datetime, zone: tzinfo | None) -> str:
    """Time of day to the second in the form's zone."""
    return f"{instant.astimezone(zone):%H:%M:%S}"


_DUTY = {
    "always": ("该环节应当全程录音录像", "This stage must be recorded"),
    "conditional": (
        "该环节在规定情形下应当录音录像，请核对是否属于该情形",
        "This stage must be recorded in given cases",
    ),
    "optional": ("该环节可以不录音录像", "Recording of this stage is optional"),
    "none": ("该环节不要求录音录像", "This stage need not be recorded"),
}


def _missing(form: FormTime, left: int) -> Sentence:
    zh, en = _DUTY.get(form.recording_required, _DUTY["conditional"])
    others_zh = f"（本案另有{left}件因时间或环节不符未计入）" if left else ""
    others_en = f" ({left} other recording(s) of the case were left out)" if left else ""
    when = f"（{form_time_zh(form)}）" if form.start else ""
    return Sentence(
        zh=f"{stage_name(form.stage)}：没有找到文书所载时间{when}的录音录像{others_zh}；{zh}。",
        en=f"{form.stage}: no recording was found for the form's time ({form_time_en(form)}){others_en}. {en}.",
    )


def undetermined(form: FormTime, reason: Sentence) -> Sentence:
    """The sentence when the times do not settle the matter; `reason` is a clause without full stop."""
    return Sentence(
        zh=f"{stage_name(form.stage)}：无法判定录音录像与文书时间（{form_time_zh(form)}）是否一致：{reason.zh}。",
        en=f"{form.stage}: it cannot be told whether the recordings agree with the form"
        f" ({form_time_en(form)}): {reason.en}.",
    )


def left_out(code: str, apart_s: float, shift_s: float) -> Sentence:
    """Why a recording was not laid over the form's time."""
    apart_zh, apart_en = span_zh(apart_s), span_en(apart_s)
    shift_zh, shift_en = span_zh(shift_s), span_en(shift_s)
    return {
        "far": Sentence(zh=f"与文书时间相距{apart_zh}", en=f"{apart_en} away from the form's time"),
        "clock-lost": Sentence(
            zh=f"与文书时间相距{apart_zh}，设备时钟可能被重置",
            en=f"{apart_en} away from the form's time; the device's clock may have been reset",
        ),
        "other-form": Sentence(
            zh=f"录于本案同一环节另一份文书所载时间，与本文书相距{apart_zh}",
            en=f"it ran during another form of this stage, {apart_en} away from this one",
        ),
        "other-stage": Sentence(zh="登记为其他环节", en="filed under another stage"),
        "no-clock": Sentence(zh="录制起止时间不明", en="its start and end are unknown"),
        "not-examined": Sentence(
            zh="已收到但尚未检验（待处理，或在隔离区待人工处理）",
            en="received but not examined (waiting, or in quarantine)",
        ),
        "photo": Sentence(zh="照片不能证明一段时间的过程", en="a photo cannot show a stretch of time"),
        "label-shift": Sentence(
            zh=f"与文书时间相距{apart_zh}；若时钟{'慢' if shift_s > 0 else '快'}了整{shift_zh}（时区标错）则吻合",
            en=f"{apart_en} away; it would fit if its clock were {shift_en} {'slow' if shift_s > 0 else 'fast'}"
            " (zone mislabelled)",
        ),
        "half-day-shift": Sentence(
            zh=f"与文书时间相距{apart_zh}；若时钟上午、下午颠倒则吻合",
            en=f"{apart_en} away; it would fit if its clock took morning for afternoon, or the reverse",
        ),
        "date-shift": Sentence(
            zh=f"与文书时间相距{apart_zh}；若时钟{'慢' if shift_s > 0 else '快'}了整{shift_zh}（日期设错）则吻合",
            en=f"{apart_en} away; it would fit if its clock were {shift_en} {'slow' if shift_s > 0 else 'fast'}"
            " (wrong date)",
        ),
    }[code]


def _names(pieces: Sequence[Piece]) -> str:
    return "、".join(f"“{piece.name or piece.recording_id}”" for piece in pieces)


def if_shifted(pieces: Sequence[Piece], shift_s: float) -> Sentence:
    """The supposition that a device labelled local time as UTC, or the reverse, or that its date was set wrong."""
    names = _names(pieces)
    fault = _fault(shift_s)
    return Sentence(
        zh=f"录像{names}的时钟移动整{span_zh(shift_s)}即与文书时间重合；若该设备{fault.zh}",
        en=f"the clock of recording {names}, moved by {span_en(shift_s)}, meets the form's time;"
        f" if its device {fault.en}",
    )


_DAY = 86400


def _fault(shift_s: float) -> Sentence:
    """What is wrong with a clock that is off by so much: whole days, half a day, or a zone."""
    if shift_s % _DAY == 0:
        zh, en = ("慢", "slow") if shift_s > 0 else ("快", "fast")
        return Sentence(zh=f"的日期设{zh}了{span_zh(shift_s)}", en=f"had its date set {span_en(shift_s)} {en}")
    if abs(shift_s) == _DAY / 2:
        return Sentence(
            zh="的时钟不分上午、下午或设反了", en="does not tell morning from afternoon, or takes one for the other"
        )
    if shift_s < 0:
        return Sentence(zh="把本地时间标为UTC", en="labels local time as UTC")
    return Sentence(zh="把UTC标为本地时间", en="labels UTC as local time")


def if_other_stage(pieces: Sequence[Piece]) -> Sentence:
    """The supposition that a recording filed under another stage holds this one too."""
    return Sentence(
        zh=f"录像{_names(pieces)}登记为其他环节，但时间上与本文书重合；若其中也录有本环节",
        en=f"recording {_names(pieces)} is filed under another stage but ran at this time; if it holds this stage too",
    )


def if_clock(changes: Sequence[tuple[str, str]]) -> Sentence:
    """The supposition that other witnesses of the start are right; no source: the time is open."""
    zh = "、".join(
        f"“{name}”以{name_of(source).zh}为准" if source else f"不采信“{name}”的时钟" for name, source in changes
    )
    en = ", ".join(
        f"“{name}” follows {name_of(source).en}" if source else f"the clock of “{name}” is set aside"
        for name, source in changes
    )
    return Sentence(zh=f"各处时间相互矛盾；若录像{zh}", en=f"the clocks contradict each other; if recording {en}")


def if_untimed(names: Sequence[str]) -> Sentence:
    """The supposition that a recording without a usable clock was made during the form's time."""
    listed = "、".join(f"“{name}”" for name in names)
    return Sentence(
        zh=f"录像{listed}的时间不明、不可信或尚未检验；若恰好录于文书所载时间",
        en=f"the time of recording {listed} is unknown, not credible or not examined yet;"
        " if it was made during the form's time",
    )


def then(supposition: Sentence, verdict_: Verdict) -> Sentence:
    """A supposition with the verdict that follows from it."""
    return Sentence(
        zh=f"{supposition.zh}，则为“{verdict_.zh}”", en=f"{supposition.en}, the verdict is “{verdict_.value}”"
    )
