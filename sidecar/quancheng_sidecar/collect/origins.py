"""Tracing 溯源: of which recordings of the archive a new one is a copy, a piece or a whole.

First all that came in are asked by coded frames and sound, which were taken at intake. Then each is decoded whole and
asked again by its pictures; the proxy and the look for stills want every picture too, so one decode serves all.
Where something is found the record card, which was signed at intake, is made anew.
"""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import structlog
from django.db import transaction
from django.utils import timezone

from quancheng_plugin.errors import QuanchengError, UnreadableInput
from quancheng_sidecar.collect.models import Derivative, Origin, Recording, Tracing
from quancheng_sidecar.collect.origin_findings import Found
from quancheng_sidecar.collect.recordings import TRAITS, remake_card, renew_card
from quancheng_sidecar.collect.workplace import workplace
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.media.bounded import look_through_bounded, traits_bounded
from quancheng_sidecar.media.comparison.clocks import Clocks, clocks_of
from quancheng_sidecar.media.comparison.index import Index, IndexDamaged, identify
from quancheng_sidecar.media.comparison.report import Comparison, Evidence, Relation
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.report import Clock, Kind, RecordingReport
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.services import register
from quancheng_sidecar.preserve.store import ObjectMissing, StoredFile
from quancheng_sidecar.wiring import Parts

logger = structlog.get_logger(__name__)


class TraitsDamaged(UnreadableInput):
    """What the store keeps of a recording for comparing is gone or does not read as it was written."""

    code = "QC-ORIGIN-TRAITS-DAMAGED"


_SAME_BYTES = Comparison(relation=Relation.IDENTICAL, evidence=Evidence.SAME_BYTES, score=1.0, ranges=())


def trace_pending(parts: Parts, *, again: bool = False) -> int:
    """Trace every recording that was not traced yet, oldest first; gives how many are. One process at a time.

    A recording that cannot be traced is marked with the reason and not tried `again` unless a person asks for it; what
    was found of it before stands on its card all the same. A card that cannot be made anew now (it is being filed, no
    time stamp is to be had) is made the next time.
    """
    traced = 0
    with workplace(parts.workdir / "tracing") as work:
        if work is None:  # another process is at it
            return 0
        if again:
            Recording.objects.filter(tracing=Tracing.FAILED).update(tracing=Tracing.PENDING)
        _complete_index(parts)
        while recording := _next():
            try:
                _trace(parts, recording, work)
            except UnreadableInput as error:
                recording.tracing = Tracing.CARD if recording.origins.exists() else Tracing.FAILED
                recording.tracing_error = str(error)
                recording.save(update_fields=["tracing", "tracing_error"])
            traced += recording.tracing != Tracing.FIRST
        for told in Recording.objects.filter(tracing=Tracing.CARD).select_related("original", "case"):
            _tell_on_card(parts, told)
    return traced


class _Related(NamedTuple):
    """The recordings that are related, and what is kept of others that may be and does not read."""

    found: list[Found]
    damaged: list[TraitsDamaged]


class Answer(NamedTuple):
    """Of which traced recordings a file is a copy or a piece, the firmest evidence first, and of what nothing is said.

    `pending` recordings, or their pictures, were not asked: they waited to be traced, or the index, which was lost or
    damaged, was being built anew. Those of `damaged` may be related, but what is kept for comparing does not read.
    """

    found: list[Found]
    pending: int
    damaged: list[TraitsDamaged]


def identify_file(parts: Parts, path: Path) -> Answer:
    """Ask the whole archive for a file; nothing is kept.

    Raises what taking the traits raises, as UnsupportedType for photos; IndexDamaged.
    """
    parts.workdir.mkdir(parents=True, exist_ok=True)  # nothing may have been taken in yet
    with tempfile.TemporaryDirectory(dir=parts.workdir) as folder:
        traits = traits_bounded(path, Path(folder) / "traits.npz", parts.settings)
    # In this order: whatever is traced while this goes on counts as not asked.
    waiting = Recording.objects.filter(tracing__in=(Tracing.PENDING, Tracing.FIRST))
    not_asked = set(waiting.values_list("id", flat=True))
    shards = _shards(parts)
    known = {name for shard in shards for name in shard.recordings}
    found, damaged = _related(parts, shards, traits)
    traced = Recording.objects.filter(derivatives__kind=TRAITS).values_list("id", "original_id")
    return Answer(found, len(not_asked | {pk for pk, digest in traced if digest not in known}), damaged)


def _next() -> Recording | None:
    """What has come in meanwhile goes first: asking by what was taken at intake costs no decoding."""
    held = Recording.objects.order_by("received_at", "id")
    return held.filter(tracing=Tracing.PENDING).first() or held.filter(tracing=Tracing.FIRST).first()


def _trace(parts: Parts, recording: Recording, work: Path) -> None:
    held = Recording.objects.filter(original=recording.original, id__lt=recording.id)
    same = [(other, _SAME_BYTES) for other in held.select_related("case", "original")]
    if recording.report["kind"] == Kind.PHOTO:  # pictures that stand alone are known by their bytes only
        _keep(recording, {}, _Related(same, []), looked=True)
    elif recording.tracing == Tracing.PENDING and (traits := _kept_traits(parts, recording.original_id)):
        _keep(recording, {}, _alike(parts, recording, traits, same), looked=False)
    else:
        _look_through(parts, recording, work, same)


def _look_through(parts: Parts, recording: Recording, work: Path, same: list[Found]) -> None:
    master = parts.store.path(recording.original.digest)
    scratch, proxy = work / "traits.npz", work / "proxy.mp4"
    report = RecordingReport.model_validate(recording.report)
    looked = look_through_bounded(master, report, scratch, proxy, parts.settings)
    recording.looked_through = [finding.model_dump(mode="json") for finding in looked.findings]
    made = {TRAITS: parts.store.put(scratch)}
    if looked.proxy is not None:
        made["proxy"] = parts.store.put(proxy)
    _keep(recording, made, _alike(parts, recording, _read(parts, made[TRAITS].digest.sha256), same), looked=True)


def _alike(parts: Parts, recording: Recording, traits: Traits, same: list[Found]) -> _Related:
    """Add to the `same` what came in before it and is related to it by these traits, by which it is then found itself.

    A kill after it leaves the recording as it was, and both may be done again.
    """
    clock = RecordingReport.model_validate(recording.report).clock
    related = _related(parts, _shards(parts), traits, clock)
    # What came later has its own look: there it is told, and not on the card of what it was taken from.
    found = [one for one in related.found if one[0].pk < recording.pk and one[0].original_id != recording.original_id]
    _shard(parts, recording.received_at).add(recording.original.digest, traits)
    return _Related([*same, *found], related.damaged)


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
            recording.tracing = Tracing.FAILED if recording.tracing_error else Tracing.DONE
            recording.save(update_fields=["tracing"])
            detail = {"archive_id": recording.archive_id, **cards}
            log.append(EventType.VALIDATION, agent="quancheng", subject=recording.original.digest, detail=detail)


def _related(parts: Parts, shards: Sequence[Index], traits: Traits, clock: Clock | None = None) -> _Related:
    held = Recording.objects.select_related("case", "original")
    damaged: list[TraitsDamaged] = []

    def first(digest: str) -> Recording | None:
        return held.filter(original_id=digest).order_by("id").first()

    def read(digest: str) -> Traits | None:
        try:
            return _kept_traits(parts, digest)
        except TraitsDamaged as error:
            damaged.append(error)
            return None

    said = identify(shards, traits, read, lambda digest: _clocks(first(digest), clock))
    related = [(first(one.recording), one.said) for one in said if one.said.relation is not Relation.UNRELATED]
    return _Related([(other, found) for other, found in related if other], damaged)


def _clocks(held: Recording | None, asked: Clock | None) -> Clocks | None:
    return clocks_of(RecordingReport.model_validate(held.report).clock, asked) if held and asked else None


def _shards(parts: Parts) -> list[Index]:
    return [Index(folder) for folder in sorted(_folder(parts).glob("[0-9]*/"))]


def _shard(parts: Parts, received_at: datetime) -> Index:
    """The index of the year in which a recording came in: one year's growth never writes another's words again."""
    return Index(_folder(parts) / f"{received_at:%Y}")


def _folder(parts: Parts) -> Path:
    return parts.settings.home / "origins"


def _complete_index(parts: Parts) -> None:
    """Enter what was traced and the index does not know: it was lost, is damaged, or was kept otherwise before.

    The traits in the store are what counts. Whoever asks meanwhile sees what is entered already.
    """
    # What the one index left behind that there was before each year had its own: gigabytes.
    for file in (*_folder(parts).glob("*.npy"), *_folder(parts).glob("segments.json*")):
        file.unlink()
    gone = _folder(parts) / "gone"
    shutil.rmtree(gone, ignore_errors=True)  # what a kill left of it
    for folder in _folder(parts).glob("[0-9]*/"):
        try:
            Index(folder)
        except IndexDamaged as error:
            logger.warning("index is built anew", folder=folder.name, said=str(error))
            folder.rename(gone)  # in one step: half of it must not pass for the whole
            shutil.rmtree(gone)
    known = {name for shard in _shards(parts) for name in shard.recordings}
    traced = Recording.objects.filter(derivatives__kind=TRAITS).order_by("received_at", "id")
    for digest, received_at in traced.values_list("original_id", "received_at"):
        if digest not in known:
            known.add(digest)
            try:
                if traits := _kept_traits(parts, digest):
                    _shard(parts, received_at).add(digest, traits)
            except TraitsDamaged as error:  # all others are entered
                logger.warning("not in the index", recording=digest, said=str(error))


def _kept_traits(parts: Parts, digest: str) -> Traits | None:
    """None where it is being traced for the first time, and its words are in the index already."""
    kept = Derivative.objects.filter(kind=TRAITS, recording__original_id=digest).select_related("file").first()
    return _read(parts, kept.file.digest) if kept else None


def _read(parts: Parts, digest: str) -> Traits:
    try:
        with parts.store.open(digest) as stream:
            return Traits.from_bytes(stream.read())
    except (ValueError, ObjectMissing) as error:
        raise TraitsDamaged(
            zh=f"录像的特征文件（{digest}）缺失或已损坏；请从备份恢复，再运行 quancheng recording trace。",
            en=f"Kept traits ({digest}) are gone or damaged: restore that file of the store from a backup, then run "
            "`quancheng recording trace`.",
        ) from error


@transaction.atomic
def _keep(recording: Recording, made: Mapping[str, StoredFile], related: _Related, *, looked: bool) -> None:
    """Enter what was made and found; `looked` says that nothing is left to be asked.

    With another's kept traits damaged it counts as not traced, for a person to ask again, and keeps what was found.
    """
    found, damaged = related
    for kind, stored in made.items():
        # Traits with pictures take the place of those without; these stay in the store.
        Derivative.objects.update_or_create(recording=recording, kind=kind, defaults={"file": register(stored)})
    for other, comparison in found:
        told = {"comparison": comparison.model_dump(mode="json"), "found_at": timezone.now()}
        Origin.objects.update_or_create(recording=recording, other=other, defaults=told)
    without_card = Tracing.FAILED if damaged else Tracing.DONE
    done = Tracing.CARD if found or recording.looked_through else without_card
    recording.tracing = done if looked else Tracing.FIRST
    recording.tracing_error = "\n".join(map(str, damaged))
    recording.save(update_fields=["tracing", "tracing_error", "looked_through"])
    if not (looked or found):  # that nothing was found is told once, at the end
        return
    log.append(
        EventType.VALIDATION,
        agent="quancheng",
        subject=recording.original.digest,
        outcome="related" if found else "unrelated",
        detail={
            "traits": made[TRAITS].digest.sha256 if TRAITS in made else None,
            "proxy": made["proxy"].digest.sha256 if "proxy" in made else None,
            "unread": len(damaged),
            "findings": ",".join(sorted({finding["code"] for finding in recording.looked_through})),
            "origins": [
                {"digest": other.original.digest, "relation": said.relation, "evidence": said.evidence}
                for other, said in found
            ],
        },
    )
