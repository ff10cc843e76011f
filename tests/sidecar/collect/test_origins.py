"""Every recording taken in is traced: a copy or a piece of another case's record is found, a stranger is not."""

import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from quancheng_plugin.findings import Finding
from quancheng_sidecar.archive.port import DocumentId, DocumentKind, NewDocument
from quancheng_sidecar.collect import origins
from quancheng_sidecar.collect.models import Case, Derivative, Recording, Tracing
from quancheng_sidecar.collect.origin_findings import later_findings, origin_findings, origins_of, standing_of
from quancheng_sidecar.collect.recordings import TRAITS
from quancheng_sidecar.collect.workplace import workplace
from quancheng_sidecar.media.comparison.index import Index, IndexDamaged
from quancheng_sidecar.media.comparison.traits import take_traits
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.preserve import log
from quancheng_sidecar.preserve.fixity import fixity_round
from quancheng_sidecar.preserve.models import CustodyEvent
from quancheng_sidecar.preserve.services import store_file
from quancheng_sidecar.wiring import Parts
from tests.sidecar.media.bare_report import report_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # WeasyPrint, which draws the card, leaves its own colour profile to be closed by the collector.
    pytest.mark.filterwarnings("ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"),
]

HERE, ELSEWHERE = "甲〔2026〕1号", "乙〔2026〕2号"


def ffmpeg(*words: str | Path) -> None:
    """Run ffmpeg."""
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *words], check=True)


def film(out: Path, seed: int) -> Path:
    """Twelve seconds of a moving picture with sound of its own."""
    picture = f"life=size=320x240:rate=25:seed={seed}:mold=10:ratio=0.2:death_color=#C83232:life_color=#00ff00"
    sound = f"aevalsrc=sin(2*PI*t*(300+200*sin({seed}*t))):duration=12"
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", "12", "-g", "25", out)
    return out


def take_in(parts: Parts, path: Path, case: str, *, known: bool = False) -> Recording:
    """Store a recording and register it under a case, without a card of its own; `known` with what intake takes."""
    kept = store_file(parts.store, path, agent="张三")
    held, _ = Case.objects.get_or_create(number=case, defaults={"number_as_given": case})
    card = NewDocument(
        title=path.name,
        kind=DocumentKind.RECORD_CARD,
        original=kept.sha256,
        archive_file=kept.sha256,
        mime_type="application/pdf",
        case=case,
    )
    recording = Recording.objects.create(
        original=kept,
        card_file=kept,
        case=held,
        file_name=path.name,
        received_at=timezone.now(),
        archive_id=parts.archive.add(card),
        report=report_of(path).model_dump(mode="json"),
    )
    if known:
        taken = survey(path, probe(path), limit_s=60, traits=True).traits
        assert taken is not None
        traits = path.with_suffix(".npz")
        traits.write_bytes(taken.to_bytes())
        Derivative.objects.create(recording=recording, kind=TRAITS, file=store_file(parts.store, traits, agent="张三"))
    return recording


def found_of(recording: Recording) -> list[Finding]:
    """What tracing found of it, read anew."""
    return list(origin_findings(recording, origins_of(Recording.objects.get(pk=recording.pk))))


def asked(parts: Parts, path: Path) -> tuple[list[Recording], int]:
    """Of which recordings a file is a copy or a piece, and how many were not asked."""
    answer = origins.identify_file(parts, path)
    return [other for other, _ in answer.found], answer.pending


def cut_off(parts: Parts, recording: Recording) -> None:
    """Let the stored original lose all but its head, so that its pictures can no longer be seen."""
    place = parts.store.path(recording.original.digest)
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[:3000])


def test_a_piece_and_a_copy_in_another_case_are_found_and_a_stranger_is_not(own_parts: Parts, tmp_path: Path) -> None:
    """A stream-copy cut names the case it comes from, so do the same bytes; another film has no origin."""
    original = film(tmp_path / "original.mp4", 7)
    cut = tmp_path / "cut.mkv"
    ffmpeg("-ss", "3", "-t", "6", "-i", original, "-c", "copy", cut)
    first = take_in(own_parts, original, HERE)
    assert origins.trace_pending(own_parts) == 1
    piece, copy = take_in(own_parts, cut, ELSEWHERE), take_in(own_parts, original, ELSEWHERE)
    stranger = take_in(own_parts, film(tmp_path / "stranger.mp4", 11), ELSEWHERE)
    assert origins.trace_pending(own_parts) == 3
    assert found_of(first) == found_of(stranger) == []
    assert {kept.kind for kept in stranger.derivatives.all()} == {"traits", "proxy"}
    (of_piece,), (of_copy,) = found_of(piece)[:1], found_of(copy)[:1]
    assert (of_piece.code, of_piece.severity, of_piece.figures["relation"]) == ("origin-elsewhere", "medium", "excerpt")
    assert of_piece.figures["evidence"] == "same-coded-frames"
    assert HERE in of_piece.sentence.zh
    assert (of_copy.figures["relation"], of_copy.figures["other"]) == ("identical", first.archive_id)
    assert set(Recording.objects.values_list("tracing", flat=True)) == {Tracing.DONE}
    assert origins.trace_pending(own_parts) == 0
    assert CustodyEvent.objects.filter(subject=piece.original.digest, outcome="related").exists()
    assert log.verify().ok
    assert fixity_round(own_parts.store, agent="李四").ok


def test_an_archive_that_holds_nothing_knows_no_origin(own_parts: Parts, tmp_path: Path) -> None:
    """Whoever asks before anything was taken in gets an answer."""
    assert not own_parts.workdir.exists()
    assert origins.identify_file(own_parts, film(tmp_path / "first.mp4", 5)) == ([], 0, [])


def test_what_a_lost_index_does_not_know_is_said_to_be_not_asked(own_parts: Parts, tmp_path: Path) -> None:
    """Nothing is found while the index is built anew: the answer says so, and is right again afterwards."""
    first = take_in(own_parts, film(tmp_path / "first.mp4", 7), HERE)
    origins.trace_pending(own_parts)
    assert asked(own_parts, tmp_path / "first.mp4") == ([first], 0)
    shutil.rmtree(own_parts.settings.home / "origins")
    assert asked(own_parts, tmp_path / "first.mp4") == ([], 1)
    origins.trace_pending(own_parts)
    assert asked(own_parts, tmp_path / "first.mp4") == ([first], 0)


def test_what_is_entered_while_somebody_asks_is_said_to_be_not_asked(
    own_parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is built anew just after it was opened: that nothing was found is not the last word."""
    take_in(own_parts, film(tmp_path / "first.mp4", 7), HERE)
    origins.trace_pending(own_parts)
    shutil.rmtree(own_parts.settings.home / "origins")
    look_up, later = origins.identify, partial(origins.trace_pending, own_parts)
    monkeypatch.setattr(origins, "identify", lambda *asking: (later(), look_up(*asking))[1])
    assert asked(own_parts, tmp_path / "first.mp4") == ([], 1)


def test_words_that_came_before_their_recording_is_traced_are_passed_over(own_parts: Parts, tmp_path: Path) -> None:
    """The tracing job enters them first; whoever asks in between is told that one waits."""
    path = film(tmp_path / "first.mp4", 7)
    first = take_in(own_parts, path, HERE)
    folder = own_parts.settings.home / "origins" / f"{first.received_at:%Y}"
    Index(folder).add(first.original_id, take_traits(path, probe(path)))
    assert asked(own_parts, path) == ([], 1)


def test_what_a_kill_left_of_a_damaged_index_is_removed(own_parts: Parts) -> None:
    """A year's index that is damaged goes aside in one step, and what is left there takes no room for ever."""
    left = own_parts.settings.home / "origins" / "gone"
    left.mkdir(parents=True)
    (left / "7.words.npy").write_bytes(b"half")
    origins.trace_pending(own_parts)
    assert not left.exists()


def test_damaged_traits_of_one_recording_keep_no_other_from_being_found(own_parts: Parts, tmp_path: Path) -> None:
    """The index that was lost is built anew from all others; the one is said to be not asked."""
    first, second = (take_in(own_parts, film(tmp_path / f"{seed}.mp4", seed), HERE) for seed in (7, 11))
    origins.trace_pending(own_parts)
    place = own_parts.store.path(first.derivatives.get(kind=TRAITS).file.digest)
    held = place.read_bytes()
    place.chmod(0o644)
    place.write_bytes(held[:5000] + bytes(400) + held[5400:])
    shutil.rmtree(own_parts.settings.home / "origins")
    origins.trace_pending(own_parts)
    assert asked(own_parts, tmp_path / "11.mp4") == ([second], 1)


def half_readable(parts: Parts, folder: Path) -> tuple[Path, Recording, Recording, Callable[[], object]]:
    """A file, the recording made of it, whose kept traits no longer read, a piece of it, and what mends the traits."""
    original, cut = film(folder / "original.mp4", 7), folder / "cut.mkv"
    ffmpeg("-ss", "3", "-t", "6", "-i", original, "-c", "copy", cut)
    whole, piece = (take_in(parts, path, HERE) for path in (original, cut))
    origins.trace_pending(parts)
    place = parts.store.path(whole.derivatives.get(kind=TRAITS).file.digest)
    held = place.read_bytes()
    place.chmod(0o644)
    place.write_bytes(b"")
    return original, whole, piece, partial(place.write_bytes, held)


def test_damaged_traits_hide_no_other_origin_and_are_told(own_parts: Parts, tmp_path: Path) -> None:
    """A file of two origins, of which the traits of one are damaged: the other is named, and what to restore."""
    original, _, piece, _ = half_readable(own_parts, tmp_path)
    answer = origins.identify_file(own_parts, original)
    assert ([other for other, _ in answer.found], answer.pending) == ([piece], 0)
    (damaged,) = answer.damaged
    assert damaged.code == "QC-ORIGIN-TRAITS-DAMAGED"


def test_a_new_recording_is_told_of_one_origin_though_the_other_does_not_read(own_parts: Parts, tmp_path: Path) -> None:
    """It is entered and filed with what was found, and marked with what to restore until it is traced again."""
    original, whole, piece, mend = half_readable(own_parts, tmp_path)
    ffmpeg("-t", "10", "-i", original, "-c", "copy", tmp_path / "most.mov")
    most = take_in(own_parts, tmp_path / "most.mov", ELSEWHERE)
    origins.trace_pending(own_parts)
    most.refresh_from_db()
    assert [one.other for one in most.origins.all()] == [piece]
    assert (most.tracing, "特征文件" in most.tracing_error) == (Tracing.FAILED, True)
    assert "未能全部完成" in standing_of(most, origins_of(most))
    mend()
    origins.trace_pending(own_parts, again=True)
    most.refresh_from_db()
    assert (most.tracing, {one.other for one in most.origins.all()}) == (Tracing.DONE, {whole, piece})


def test_a_piece_is_known_before_any_picture_is_looked_through(own_parts: Parts, tmp_path: Path) -> None:
    """What was taken at intake suffices, though the original's pictures can no longer be looked through."""
    original, cut = film(tmp_path / "original.mp4", 7), tmp_path / "cut.mkv"
    ffmpeg("-ss", "3", "-t", "6", "-i", original, "-c", "copy", cut)
    first, piece = (take_in(own_parts, path, case, known=True) for path, case in ((original, HERE), (cut, ELSEWHERE)))
    cut_off(own_parts, first)
    assert origins.trace_pending(own_parts) == 2
    first.refresh_from_db()
    assert first.tracing == Tracing.FAILED
    (found,) = found_of(piece)
    assert (found.figures["relation"], found.figures["evidence"]) == ("excerpt", "same-coded-frames")
    assert CustodyEvent.objects.filter(subject=piece.original.digest, outcome="related").count() == 2


def test_what_was_found_stands_on_a_new_card(own_parts: Parts, tmp_path: Path) -> None:
    """The card tells the origin, how surely and which part; one that is being filed just now gets it the next time."""
    original, cut = film(tmp_path / "original.mp4", 7), tmp_path / "cut.mkv"
    ffmpeg("-ss", "3", "-t", "6", "-i", original, "-c", "copy", cut)
    first, piece = (take_in(own_parts, path, case, known=True) for path, case in ((original, HERE), (cut, ELSEWHERE)))
    former = piece.card_file.digest
    with workplace(own_parts.workdir / f"card-{piece.archive_id}"):
        origins.trace_pending(own_parts)
    piece.refresh_from_db()
    assert (piece.tracing, piece.card_file.digest) == (Tracing.CARD, former)
    origins.trace_pending(own_parts)
    piece.refresh_from_db()
    card = own_parts.archive.get(DocumentId(piece.archive_id))
    assert (piece.tracing, card.archive_file) == (Tracing.DONE, piece.card_file.digest)
    assert card.archive_file != former
    for words in (HERE, "是案件", "编码帧相同", "取自其0:03至0:09", "与其中1份有相同内容"):
        assert words in card.text
    assert own_parts.archive.get(DocumentId(first.archive_id)).archive_file == first.card_file.digest
    assert fixity_round(own_parts.store, agent="李四").ok


def test_what_was_found_stands_on_a_new_card_though_the_pictures_cannot_be_seen(
    own_parts: Parts, tmp_path: Path
) -> None:
    """A piece known by its coded frames is told on its card, with what could not be compared."""
    original, cut = film(tmp_path / "original.mp4", 7), tmp_path / "cut.mp4"
    ffmpeg("-ss", "3", "-t", "6", "-i", original, "-c", "copy", cut)
    _, piece = (take_in(own_parts, path, case, known=True) for path, case in ((original, HERE), (cut, ELSEWHERE)))
    cut_off(own_parts, piece)
    origins.trace_pending(own_parts)
    piece.refresh_from_db()
    assert piece.tracing == Tracing.FAILED
    text = own_parts.archive.get(DocumentId(piece.archive_id)).text
    for words in (HERE, "取自其0:03至0:09", "比对未能全部完成"):
        assert words in text


def test_an_index_of_former_days_is_cleared_away(own_parts: Parts) -> None:
    """Before each year had its own index there was one; what is left of it takes room for nothing."""
    former, year = own_parts.settings.home / "origins", own_parts.settings.home / "origins" / "2026"
    year.mkdir(parents=True)
    for name in ("7.words.npy", "7.places.npy", "segments.json"):
        (former / name).write_bytes(b"")
    origins.trace_pending(own_parts)
    assert list(former.iterdir()) == [year]


def test_a_file_finds_its_origin_without_being_kept(own_parts: Parts, tmp_path: Path) -> None:
    """`recording identify` names the archived recording of a coarser copy, and stores nothing."""
    original = film(tmp_path / "original.mp4", 7)
    held = take_in(own_parts, original, HERE)
    origins.trace_pending(own_parts)
    coarse = tmp_path / "coarse.mp4"
    ffmpeg("-i", original, "-c:v", "libx264", "-crf", "32", "-c:a", "copy", coarse)
    contents = set(own_parts.store.digests())
    ((other, said),) = origins.identify_file(own_parts, coarse).found
    assert (other, said.relation) == (held, "same-content")
    assert set(own_parts.store.digests()) == contents


def test_a_lost_or_damaged_index_is_built_anew(own_parts: Parts, tmp_path: Path) -> None:
    """The next round of tracing enters all again from the traits in the store; until then asking says what to do."""
    piece = tmp_path / "piece.mp4"
    ffmpeg("-t", "4", "-i", film(tmp_path / "original.mp4", 7), "-c", "copy", piece)
    held = take_in(own_parts, piece, HERE)
    origins.trace_pending(own_parts)
    (words,) = own_parts.settings.home.glob(f"origins/{held.received_at:%Y}/*.words.npy")
    words.write_bytes(b"")
    with pytest.raises(IndexDamaged):
        origins.identify_file(own_parts, piece)
    origins.trace_pending(own_parts)
    assert asked(own_parts, piece) == ([held], 0)
    shutil.rmtree(own_parts.settings.home / "origins")
    origins.trace_pending(own_parts)
    assert asked(own_parts, piece) == ([held], 0)


def test_what_cannot_be_traced_is_marked_and_holds_up_no_other(own_parts: Parts, tmp_path: Path) -> None:
    """A recording whose bytes do not open any more keeps the reason; the next one is traced all the same."""
    broken = take_in(own_parts, film(tmp_path / "broken.mp4", 3), HERE)
    sound = take_in(own_parts, film(tmp_path / "sound.mp4", 4), HERE)
    place = own_parts.store.path(broken.original.digest)
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[:3000])
    assert origins.trace_pending(own_parts) == 2
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.tracing, sound.tracing) == (Tracing.FAILED, Tracing.DONE)
    assert broken.tracing_error


def test_what_could_not_be_traced_is_tried_again_when_a_person_asks(own_parts: Parts, tmp_path: Path) -> None:
    """A copy waits with the reason while its original's traits are damaged, and is known once they are restored."""
    first = take_in(own_parts, film(tmp_path / "first.mp4", 7), HERE)
    origins.trace_pending(own_parts)
    place = own_parts.store.path(first.derivatives.get(kind=TRAITS).file.digest)
    held = place.read_bytes()
    place.chmod(0o644)
    place.write_bytes(held[:5000] + bytes(400) + held[5400:])
    ffmpeg("-i", tmp_path / "first.mp4", "-c", "copy", tmp_path / "copy.mkv")
    copy = take_in(own_parts, tmp_path / "copy.mkv", ELSEWHERE)
    origins.trace_pending(own_parts)
    copy.refresh_from_db()
    assert (copy.tracing, "特征文件" in copy.tracing_error) == (Tracing.FAILED, True)
    place.write_bytes(held)
    assert origins.trace_pending(own_parts) == 0
    assert origins.trace_pending(own_parts, again=True) == 1
    copy.refresh_from_db()
    assert (copy.tracing, copy.tracing_error) == (Tracing.DONE, "")
    assert [one.other for one in copy.origins.all()] == [first]


def test_a_picture_held_between_key_frames_is_told_later(own_parts: Parts, tmp_path: Path) -> None:
    """What only a look at every picture shows is kept with the recording and stands in the custody log."""
    path = tmp_path / "held.mp4"
    held = "testsrc2=size=320x240:rate=25,split[a][b];[a][b]freezeframes=first=100:last=175:replace=100"
    ffmpeg("-f", "lavfi", "-i", held, "-t", "12", "-c:v", "libx264", "-g", "300", "-sc_threshold", "0", path)
    recording = take_in(own_parts, path, HERE)
    origins.trace_pending(own_parts)
    recording.refresh_from_db()
    (finding,) = later_findings(recording, origins_of(recording))
    assert (finding.code, finding.at) == ("picture-frozen", pytest.approx(4, abs=0.3))
    assert CustodyEvent.objects.filter(subject=recording.original.digest, outcome="unrelated").exists()
