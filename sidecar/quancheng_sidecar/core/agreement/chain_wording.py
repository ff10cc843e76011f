"""The sentences about chains of segments, in plain Chinese for custodians and in English."""

from collections.abc import Sequence
from datetime import tzinfo
from itertools import pairwise

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.agreement.segments import Chain, Joint, Member
from quancheng_sidecar.core.agreement.values import FormTime
from quancheng_sidecar.core.agreement.wording import clock, form_time_en, form_time_zh, span_en, span_zh, stage_name
from quancheng_sidecar.core.interval import Interval

_NO_SIGN = Sentence(
    zh="可能没有交来、已在设备上删除，{besides}；单凭此不说明录像被删改。请与经手人和设备核对。",
    en="It may not have been handed in, or was deleted on the device, {besides}; by itself this is no sign of editing."
    " Check with who handed it in, and with the device.",
)
_NUMBER_USED = Sentence(
    zh="也可能这一编号用在照片或与本案无关的录制上",
    en="or the number was used for a photo or for something else",
)
_STOPPED = Sentence(zh="也可能恰好在此时停止了录制", en="or recording was stopped at that very moment")


def missing(chain: Chain, joint: Joint, zone: tzinfo, needed: FormTime | None) -> Sentence:
    """A segment that may be missing between two neighbours, and what that is thought by."""
    told = [
        _skipped(chain, joint) if joint.skipped else _cut_off(chain, joint),
        _pause(joint, zone),
        _habit(chain),
        _within(needed),
        _no_sign(joint),
    ]
    return Sentence(zh="".join(one.zh for one in told), en=" ".join(one.en for one in told if one.en))


def elsewhere(chain: Chain, away: Sequence[Member], zone: tzinfo, needed: FormTime | None) -> Sentence:
    """Segments of the chain, one after the other, that are in the archive, and not in this case."""
    case, within = away[0].case, _within(needed)
    which = _which(away)
    first, last = away[0].ran, away[-1].ran
    when = _times(Interval(first.start, last.end), zone) if first and last else ""
    return Sentence(
        zh=f"{_whose(chain).zh}{which.zh}{f'（{when}）' if when else ''}不在本案，"
        f"{f'在案件“{case}”中' if case else '尚未归入任何案件'}。{within.zh}"
        "如果其中录有本案的执法活动，请一并归入本案。",
        en=f"{_whose(chain).en}: {which.en}{f' ({when})' if when else ''}: not in this case, but"
        f" {f'in case {case}' if case else 'filed under none'}. {within.en + ' ' if within.en else ''}"
        "What shows acts of this case should be filed here too.",
    )


def _which(away: Sequence[Member]) -> Sentence:
    """Which segments, by number and name."""
    numbers = tuple(member.number for member in away if member.number)
    first, last = _name(away[0]), _name(away[-1])
    names_zh = f"“{first}”" if len(away) == 1 else f"“{first}”至“{last}”，共{len(away)}件，"
    names_en = repr(first) if len(away) == 1 else f"{first!r} to {last!r}, {len(away)} in all"
    if not numbers:
        return Sentence(zh=f"与本案录像相接的{names_zh}", en=f"what goes on with this case's, {names_en}")
    return Sentence(
        zh=f"第{_list(numbers, '至', '、')}段{names_zh}", en=f"segment {_list(numbers, ' to ', ', ')}, {names_en}"
    )


def _name(member: Member) -> str:
    return member.segments[0].span.shown


def _whose(chain: Chain) -> Sentence:
    if chain.device:
        return Sentence(zh=f"设备{chain.device}的录像：", en=f"Recordings of device {chain.device}")
    return Sentence(zh="设备不明、编号相连的录像：", en="Recordings of an unknown device that count on")


def _skipped(chain: Chain, joint: Joint) -> Sentence:
    names = f"“{_name(joint.before)}”", f"“{_name(joint.after)}”"
    return Sentence(
        zh=f"{_whose(chain).zh}{names[0]}与{names[1]}之间缺第{_list(joint.skipped, '至', '、')}段，"
        "档案中没有这一编号的录像。",
        en=f"{_whose(chain).en}: between {names[0]} and {names[1]} segment {_list(joint.skipped, ' to ', ', ')}"
        " is missing: nothing in the archive bears that number.",
    )


def _cut_off(chain: Chain, joint: Joint) -> Sentence:
    before, after = _name(joint.before), _name(joint.after)
    return Sentence(
        zh=f"{_whose(chain).zh}“{before}”录满了设备的一段，本应接着录下一段，但档案中下一份是“{after}”，其间可能缺一段。",
        en=f"{_whose(chain).en}: {before!r} ran for as long as the device's segments do and should be followed on, but"
        f" the archive's next is {after!r}: a segment may be missing.",
    )


def _pause(joint: Joint, zone: tzinfo) -> Sentence:
    if joint.pause_s is None:
        return Sentence(
            zh="两段的起止时间不都确定，缺的时长无从得知。", en="How long it was cannot be told: times are open."
        )
    between = joint.between
    when = f"（{_times(between, zone)}）" if between else ""
    return Sentence(
        zh=f"前一段结束到后一段开始相隔{span_zh(joint.pause_s)}{when}。",
        en=f"From the end of the one to the start of the next are {span_en(joint.pause_s)}{when}.",
    )


def _habit(chain: Chain) -> Sentence:
    if chain.segment_s is None or chain.longest_joint_s is None:
        return Sentence(zh="", en="")
    length, joint = chain.segment_s, chain.longest_joint_s
    at_once = not round(joint)
    return Sentence(
        zh=f"该设备另有{chain.followed}处前后相接：一段约{span_zh(length)}，"
        f"{'随即录下一段' if at_once else f'最多隔{span_zh(joint)}录下一段'}。",
        en=f"At {chain.followed} other joint(s) the device's segments follow each other: they are about"
        f" {span_en(length)} long, and the next begins {'at once' if at_once else f'within {span_en(joint)}'}.",
    )


def _within(form: FormTime | None) -> Sentence:
    if form is None:
        return Sentence(zh="", en="")
    return Sentence(
        zh=f"{stage_name(form.stage)}文书所载时间（{form_time_zh(form)}）有一部分在此期间，本案没有别的录像。",
        en=f"Part of the {form.stage} form's time ({form_time_en(form)}) lies there, with no other recording.",
    )


def _no_sign(joint: Joint) -> Sentence:
    besides = _NUMBER_USED if joint.skipped else _STOPPED
    return Sentence(zh=_NO_SIGN.zh.format(besides=besides.zh), en=_NO_SIGN.en.format(besides=besides.en))


def _times(on: Interval, zone: tzinfo) -> str:
    start, end = on.start.astimezone(zone), on.end.astimezone(zone)
    day = "" if start.date() == end.date() else f"{end:%Y-%m-%d} "
    return f"{start:%Y-%m-%d} {clock(start, zone)}–{day}{clock(end, zone)}"


def _list(numbers: tuple[str, ...], to: str, comma: str) -> str:
    """Numbers as people write them: three and more that follow each other by their first and last."""
    runs = [[numbers[0]]]
    for before, after in pairwise(numbers):
        if int(after) == int(before) + 1:
            runs[-1].append(after)
        else:
            runs.append([after])
    ends = 2
    return comma.join(f"{run[0]}{to}{run[-1]}" if len(run) > ends else comma.join(run) for run in runs)
