"""What a judgment rests on and cannot know; reasons why it stays open."""

from collections.abc import Sequence

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.agreement import wording
from quancheng_sidecar.core.agreement.measure import Piece
from quancheng_sidecar.core.agreement.values import FormTime, RecordedSpan, Verdict, World


def in_review(provisional: Verdict, other: World | None) -> Sentence:
    """The form's kind or time awaits a person; what would follow if it is as read.

    `other` is a supposition that would leave the verdict open even then.
    """
    zh, en = "文书种类或起止时间尚待人工核对；", "the form's kind or interval awaits review; "
    if other is None:
        zh += f"若所读无误，则为“{provisional.zh}”"
        en += f"if it is as read, the verdict is “{provisional.value}”"
    else:
        still = otherwise(other, provisional)
        zh += f"即使所读无误，也须先查明：{still.zh}"
        en += f"even if it is as read: {still.en}"
    return Sentence(zh=zh, en=en)


def why_unread(form: FormTime, *, any_recording: bool) -> Sentence:
    """Why the form gives no interval to lay recordings over."""
    none_zh = "" if any_recording else "，本案也没有登记录音录像"
    none_en = "" if any_recording else "; nor does the case hold a recording"
    if form.start is None:
        return Sentence(zh=f"未读出文书的开始时间{none_zh}", en=f"the form's start was not read{none_en}")
    if form.end is None:
        return Sentence(zh=f"未读出文书的结束时间{none_zh}", en=f"the form's end was not read{none_en}")
    return Sentence(zh=f"文书的结束时间早于开始时间{none_zh}", en=f"the form's end lies before its start{none_en}")


def otherwise(world: World, as_it_stands: Verdict) -> Sentence:
    """A supposition that leads to another verdict than the times as they stand."""
    then = wording.then(world.supposition, world.verdict)
    return Sentence(
        zh=f"{then.zh}，否则为“{as_it_stands.zh}”，请核对",
        en=f"{then.en}, otherwise “{as_it_stands.value}”; please check",
    )


def with_warning(sentence: Sentence, spans: Sequence[RecordedSpan], near: Sequence[Piece]) -> Sentence:
    """Add to the sentence that a considered recording bears signs of editing."""
    considered = {piece.recording_id for piece in near}
    marked = [span.shown for span in spans if span.findings_high and span.recording_id in considered]
    if not marked:
        return sentence
    names = "、".join(f"“{name}”" for name in marked)
    return Sentence(
        zh=f"{sentence.zh.removesuffix('。')}；但录像{names}有重大疑点，须先核实。",
        en=f"{sentence.en.removesuffix('.')}; but recording {names} bears grave findings; clear them up first.",
    )


NO_FORM_TIME = Sentence(zh="文书时间不明，无从比较", en="the form's time is unknown, nothing to compare with")
MINUTES = Sentence(
    zh="文书时间只写到分，起止各有不足一分钟的不确定，已计入容差。",
    en="The form states minutes only: start and end are each uncertain by less than a minute, within the tolerance.",
)
CLOCKS = Sentence(
    zh="录像时间取自设备时钟；设备时钟与标准时间相差多少，本判定无从得知。",
    en="The recordings' times come from the devices' clocks; how far those were off true time cannot be known here.",
)
CONTENT = Sentence(
    zh="只比较时间，不判断录像内容是否就是文书所载的执法活动。",
    en="Only times are compared; whether the recording shows the act that the form records is not judged.",
)


def cannot_know(used: Sequence[RecordedSpan]) -> tuple[Sentence, ...]:
    """What this judgment cannot tell (SWGDE: state what cannot be concluded)."""
    return (MINUTES, CLOCKS, CONTENT) if used else (MINUTES,)
