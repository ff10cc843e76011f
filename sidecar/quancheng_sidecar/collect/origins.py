"""Tracing 溯源: of which recordings of the archive a new one is a copy, a piece or a whole.

It decodes the whole recording, and so does the proxy and the look for stills at every picture: one decode serves all.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from quancheng_plugin.errors import UnreadableInput
from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.collect.chart import Related
from quancheng_sidecar.collect.models import Derivative, Origin, Recording, Tracing
from quancheng_sidecar.collect.workplace import workplace
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.media.bounded import look_through_bounded, traits_bounded
from quancheng_sidecar.media.comparison.index import Index, identify
from quancheng_sidecar.media.comparison.report import Comparison, Evidence, Relation
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.report import Kind, RecordingReport
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.preserve.store import StoredFile
from quancheng_sidecar.wiring import Parts

_KIND = "traits"
_SAME_BYTES = Comparison(relation=Relation.IDENTICAL, evidence=Evidence.SAME_BYTES, score=1.0, ranges=())
_RELATION_ZH = {
    Relation.IDENTICAL: "与{other}完全相同",
    Relation.SAME_CONTENT: "与{other}内容相同",
    Relation.EXCERPT: "是{other}的一段",
    Relation.CONTAINS: "包含{other}的全部内容",
    Relation.PARTIAL_OVERLAP: "与{other}部分相同",
}


def trace_pending(parts: Parts) -> int:
    """Trace every recording that was not traced yet, oldest first; gives how many. One process at a time.

    A recording that cannot be traced is marked with the reason and not tried again by itself.
    """
    traced = 0
    with workplace(parts.workdir / "tracing") as work:
        if work is None:  # another process is at it
            return 0
        while recording := Recording.objects.filter(tracing=Tracing.PENDING).order_by("received_at", "id").first():
            try:
                _trace(parts, recording, work)
            except UnreadableInput as error:
                recording.tracing, recording.tracing_error = Tracing.FAILED, str(error)
                recording.save(update_fields=["tracing", "tracing_error"])
            traced += 1
    return traced


def identify_file(parts: Parts, path: Path) -> list[tuple[Recording, Comparison]]:
    """Of which traced recordings a file is a copy or a piece, the likeliest first; nothing is kept.

    Raises what taking the traits raises, as UnsupportedType for photos.
    """
    with tempfile.TemporaryDirectory(dir=parts.workdir) as folder:
        return _related(parts, _index(parts), traits_bounded(path, Path(folder) / "traits.npz", parts.settings))


def _trace(parts: Parts, recording: Recording, work: Path) -> None:
    same = Recording.objects.filter(original=recording.original, id__lt=recording.id).select_related("case", "original")
    found = [(other, _SAME_BYTES) for other in same]
    if recording.report["kind"] == Kind.PHOTO:  # pictures that stand alone are known by their bytes only
        _keep(recording, {}, found)
        _done(recording)
        return
    master = parts.store.path(recording.original.digest)
    scratch, proxy = work / "traits.npz", work / "proxy.mp4"
    report = RecordingReport.model_validate(recording.report)
    looked = look_through_bounded(master, report, scratch, proxy, parts.settings)
    recording.looked_through = [finding.model_dump(mode="json") for finding in looked.findings]
    made = {_KIND: parts.store.put(scratch)}
    if looked.proxy is not None:
        made["proxy"] = parts.store.put(proxy)
    traits = _read(parts, made[_KIND].digest.sha256)
    index = _index(parts)
    alike = [
        (other, said) for other, said in _related(parts, index, traits) if other.original_id != recording.original_id
    ]
    # A kill between any two of these leaves the recording pending; each of them may be done again.
    _keep(recording, made, [*found, *alike])
    index.add(recording.original.digest, traits)
    _done(recording)


def _related(parts: Parts, index: Index, traits: Traits) -> list[tuple[Recording, Comparison]]:
    said = identify(index, traits, lambda digest: _traits_of(parts, digest))
    held = Recording.objects.select_related("case", "original")
    related = [(held.filter(original_id=digest).order_by("id").first(), comparison) for digest, comparison in said]
    return [(other, found) for other, found in related if other and found.relation is not Relation.UNRELATED]


def _index(parts: Parts) -> Index:
    return Index(parts.settings.home / "origins")


def _traits_of(parts: Parts, digest: str) -> Traits:
    kept = Derivative.objects.filter(kind=_KIND, recording__original_id=digest).select_related("file").first()
    assert kept is not None  # noqa: S101  it was kept before it was added to the index
    return _read(parts, kept.file.digest)


def _read(parts: Parts, digest: str) -> Traits:
    with parts.store.open(digest) as stream:
        return Traits.from_bytes(stream.read())


def _done(recording: Recording) -> None:
    recording.tracing, recording.tracing_error = Tracing.DONE, ""
    recording.save(update_fields=["tracing", "tracing_error", "looked_through"])


@transaction.atomic
def _keep(recording: Recording, made: Mapping[str, StoredFile], found: Sequence[tuple[Recording, Comparison]]) -> None:
    for kind, stored in made.items():
        Derivative.objects.get_or_create(recording=recording, kind=kind, defaults={"file": register(stored)})
    for other, comparison in found:
        told = {"comparison": comparison.model_dump(mode="json"), "found_at": timezone.now()}
        Origin.objects.update_or_create(recording=recording, other=other, defaults=told)
    log.append(
        EventType.VALIDATION,
        agent="quancheng",
        subject=recording.original.digest,
        outcome="related" if found else "unrelated",
        detail={
            "traits": made[_KIND].digest.sha256 if _KIND in made else None,
            "proxy": made["proxy"].digest.sha256 if "proxy" in made else None,
            "findings": ",".join(sorted({finding["code"] for finding in recording.looked_through})),
            "origins": [
                {"digest": other.original.digest, "relation": said.relation, "evidence": said.evidence}
                for other, said in found
            ],
        },
    )


def later_findings(recording: Recording) -> tuple[Finding, ...]:
    """What the deferred job found, and the signed card does not carry: origins, and stills between key frames."""
    looked = (Finding.model_validate(finding) for finding in recording.looked_through)
    return (*looked, *origin_findings(recording))


def origin_findings(recording: Recording) -> tuple[Finding, ...]:
    """What tracing found of a recording, as findings; a copy of another case's record is for a person to look at."""
    found = recording.origins.select_related("other__case").order_by("id")
    return tuple(_finding(recording, origin) for origin in found)


def related_to(recording: Recording) -> tuple[Related, ...]:
    """The recordings that tracing found this one to share something with, to be drawn."""
    found = recording.origins.select_related("other").order_by("id")
    return tuple(Related(one.other.file_name, Comparison.model_validate(one.comparison)) for one in found)


def _finding(recording: Recording, origin: Origin) -> Finding:
    said = Comparison.model_validate(origin.comparison)
    other, elsewhere = origin.other, origin.other.case_id != recording.case_id
    sure = said.evidence is not Evidence.LOOKS_ALIKE
    case_zh = f"案件{other.case}的" if elsewhere and other.case else "未归案的" if elsewhere else "本案的"
    words = _RELATION_ZH[said.relation].format(other=f"{case_zh}“{other.file_name}”")
    evidence = said.evidence.zh if said.evidence else "无"
    check_zh = "请核对是否归错案件，或重复使用了同一录像" if elsewhere else "请核对是否重复提交"
    return Finding(
        code="origin-elsewhere" if elsewhere else "origin-same-case",
        severity=Severity.MEDIUM if elsewhere and sure else Severity.LOW,
        sentence=Sentence(
            zh=f"本录像{words}（依据：{evidence}，相同部分占{said.score:.0%}）。{check_zh}。",
            en=f"This recording is {said.relation} to {other.file_name!r}"
            f" of {'case ' + str(other.case) if elsewhere else 'the same case'} (evidence: {said.evidence},"
            f" {said.score:.0%} shared). Check whether it was filed under the wrong case or handed in twice.",
        ),
        figures={"other": other.archive_id, "relation": said.relation, "evidence": said.evidence, "score": said.score},
    )
