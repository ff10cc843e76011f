"""Tracing 溯源: of which recordings of the archive a new one is a copy, a piece or a whole.

It decodes the whole recording, and so does the proxy and the look for stills at every picture: one decode serves all.
Where something is found the record card, which was signed at intake, is made anew.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog
from django.db import transaction
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError, UnreadableInput
from quancheng_sidecar.collect.models import Derivative, Origin, Recording, Tracing
from quancheng_sidecar.collect.origin_findings import Found
from quancheng_sidecar.collect.recordings import remake_card, renew_card
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

logger = structlog.get_logger(__name__)

_KIND = "traits"
_SAME_BYTES = Comparison(relation=Relation.IDENTICAL, evidence=Evidence.SAME_BYTES, score=1.0, ranges=())


def trace_pending(parts: Parts) -> int:
    """Trace every recording that was not traced yet, oldest first; gives how many. One process at a time.

    A recording that cannot be traced is marked with the reason and not tried again by itself. A card that cannot be
    made anew now (it is being filed, no time stamp is to be had) is made the next time.
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
        for told in Recording.objects.filter(tracing=Tracing.CARD).select_related("original", "case"):
            _tell_on_card(parts, told)
    return traced


def identify_file(parts: Parts, path: Path) -> list[Found]:
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
    # A kill in between leaves the recording pending, and each of them may be done again.
    index.add(recording.original.digest, traits)
    _keep(recording, made, [*found, *alike])


def _tell_on_card(parts: Parts, recording: Recording) -> None:
    """Make the record card anew, with what was found; the former stays in the store."""
    with workplace(parts.workdir / f"card-{recording.archive_id}") as work:
        if work is None:  # it is being filed, which makes its card anew too
            return
        try:
            made = remake_card(parts, recording, list(recording.corrections.all()), work)
        except QuanchengError as error:
            logger.warning("card waits", recording=recording.archive_id, code=error.code, said=str(error))
            return
        stored = parts.store.put(made.path)
        with transaction.atomic():
            cards = renew_card(parts, recording, made, stored)
            recording.tracing = Tracing.DONE
            recording.save(update_fields=["tracing"])
            detail = {"archive_id": recording.archive_id, **cards}
            log.append(EventType.VALIDATION, agent="quancheng", subject=recording.original.digest, detail=detail)


def _related(parts: Parts, index: Index, traits: Traits) -> list[Found]:
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


@transaction.atomic
def _keep(recording: Recording, made: Mapping[str, StoredFile], found: Sequence[Found]) -> None:
    for kind, stored in made.items():
        Derivative.objects.get_or_create(recording=recording, kind=kind, defaults={"file": register(stored)})
    for other, comparison in found:
        told = {"comparison": comparison.model_dump(mode="json"), "found_at": timezone.now()}
        Origin.objects.update_or_create(recording=recording, other=other, defaults=told)
    recording.tracing = Tracing.CARD if found or recording.looked_through else Tracing.DONE
    recording.tracing_error = ""
    recording.save(update_fields=["tracing", "tracing_error", "looked_through"])
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
