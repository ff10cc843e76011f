"""What is said of a recording after intake: what it shares with others 溯源, and what the look at every picture showed.

Its card, `recording show` and the case report tell it by these words alone.
"""

from collections.abc import Iterator, Sequence

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.collect.chart import Related, media_time
from quancheng_sidecar.collect.models import Recording, Tracing
from quancheng_sidecar.media.comparison.report import Comparison, Evidence, Relation, Span

Found = tuple[Recording, Comparison]
"""A recording that was in the archive before, and what the later one is to it."""

_RELATION_ZH = {
    Relation.IDENTICAL: "与{other}完全相同",
    Relation.SAME_CONTENT: "与{other}内容相同",
    Relation.EXCERPT: "是{other}的一段",
    Relation.CONTAINS: "包含{other}的全部内容",
    Relation.PARTIAL_OVERLAP: "与{other}部分相同",
}
_NAMED = 3
"""Spans that a sentence names; where there are more it says how many."""


def origins_of(recording: Recording) -> list[Found]:
    """What tracing found of a recording, in the order it was found."""
    held = recording.origins.select_related("other__case").order_by("id")
    return [(one.other, Comparison.model_validate(one.comparison)) for one in held]


def later_findings(recording: Recording, found: Sequence[Found]) -> tuple[Finding, ...]:
    """Stills and black pictures between the key frames, then origins."""
    looked = (Finding.model_validate(finding) for finding in recording.looked_through)
    return (*looked, *origin_findings(recording, found))


def origin_findings(recording: Recording, found: Sequence[Found]) -> tuple[Finding, ...]:
    """A copy or a piece of another case's record is for a person to look at, one of the same case is told."""
    return tuple(_finding(recording, other, said) for other, said in found)


def related(found: Sequence[Found]) -> tuple[Related, ...]:
    """The same, to be drawn."""
    return tuple(Related(other.file_name, said, shared_parts(said)) for other, said in found)


def standing_of(recording: Recording | None, found: Sequence[Found]) -> str:
    """Whether the recording was compared with the others of the archive, in one sentence; None at its intake."""
    if found:
        unseen = "比对未能全部完成，可能另有相同内容。" if recording is not None and recording.tracing_error else ""
        return f"已与收存时档案中的其他录音录像比对，与其中{len(found)}份有相同内容，见下表。{unseen}"
    if recording is None or recording.tracing == Tracing.PENDING:
        return "与档案中其他录音录像的比对在收存后进行；如有发现，登记卡另出新版。"
    if recording.tracing == Tracing.FIRST:
        return "已按编码帧和声音与档案中其他录音录像比对，未发现相同内容；画面随后比对，如有发现，登记卡另出新版。"
    if recording.tracing == Tracing.FAILED:
        return "与档案中其他录音录像的比对未能全部完成。"
    return "已与收存时档案中的其他录音录像比对，未发现相同内容。"


def shared_parts(said: Comparison) -> str:
    """Which parts of the two recordings are the same, which are missing or added, by time; empty for the whole."""
    return "；".join(_parts(said))


def _parts(said: Comparison) -> Iterator[str]:
    if said.relation is Relation.EXCERPT:
        yield f"取自其{_span((said.ranges[0].a[0], said.ranges[-1].a[1]))}"
    elif said.relation is Relation.CONTAINS:
        yield f"在本录像的{_span((said.ranges[0].b[0], said.ranges[-1].b[1]))}"
    elif said.relation is Relation.PARTIAL_OVERLAP:
        if said.missing:
            yield f"其{_listed([_span(one) for one in said.missing])}不在本录像中"
        if said.added:
            yield f"本录像{_listed([_span(one) for one in said.added])}不在其中"
        if said.unsure:
            yield f"本录像{_listed([_span(one) for one in said.unsure])}不能确定"
        if said.swapped:
            yield "段落先后次序不同"
        yield _listed([f"本录像{_span(one.b)}即其{_span(one.a)}" for one in said.ranges])


def _listed(words: Sequence[str]) -> str:
    return "、".join(words[:_NAMED]) + (f"等{len(words)}段" if len(words) > _NAMED else "")


def _span(span: Span) -> str:
    return f"{media_time(span[0])}至{media_time(span[1])}"


def _finding(recording: Recording, other: Recording, said: Comparison) -> Finding:
    elsewhere = other.case_id != recording.case_id
    sure = said.evidence is not Evidence.LOOKS_ALIKE
    case_zh = f"案件{other.case}的" if elsewhere and other.case else "未归案的" if elsewhere else "本案的"
    words = _RELATION_ZH[said.relation].format(other=f"{case_zh}“{other.file_name}”")
    evidence = said.evidence.zh if said.evidence else "无"
    parts = "".join(f"{part}。" for part in [shared_parts(said)] if part)
    remarks = "".join(remark.zh for remark in said.remarks)
    check_zh = "请核对是否归错案件，或重复使用了同一录像" if elsewhere else "请核对是否重复提交"
    return Finding(
        code="origin-elsewhere" if elsewhere else "origin-same-case",
        severity=Severity.MEDIUM if elsewhere and sure else Severity.LOW,
        sentence=Sentence(
            zh=f"本录像{words}（依据：{evidence}，相同部分占{said.score:.0%}）。{parts}{remarks}{check_zh}。",
            en=f"This recording is {said.relation} to {other.file_name!r}"
            f" of {'case ' + str(other.case) if elsewhere else 'the same case'} (evidence: {said.evidence},"
            f" {said.score:.0%} shared). Check whether it was filed under the wrong case or handed in twice.",
        ),
        figures={"other": other.archive_id, "relation": said.relation, "evidence": said.evidence, "score": said.score},
    )
