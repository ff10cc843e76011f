"""The index: grows by single recordings, finds copies and pieces, and names no stranger."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.comparison import coded_frames, dense
from quancheng_sidecar.media.comparison.index import Index, IndexDamaged, identify
from quancheng_sidecar.media.comparison.report import Evidence, Relation
from quancheng_sidecar.media.comparison.segments import Segment, runs
from quancheng_sidecar.media.comparison.traits import Traits, take_traits
from quancheng_sidecar.media.probe import probe
from tests.bench.identify import made_up

Convert = Callable[..., Path]
NO_SOUND = np.zeros(0, np.uint32)
MOVING, FIXED, STRANGER = "pattern-longer-no-bar.mp4", "onvif-test_signed_h265.mp4", "doorknob-hd-no-bar.mp4"


@cache
def traits(path: Path) -> Traits:
    """All layers of a file."""
    return take_traits(path, probe(path))


@pytest.fixture
def index(tmp_path: Path, shared_media: Path) -> Index:
    """An index of two recordings, added one by one and opened anew."""
    for name in (MOVING, FIXED):
        Index(tmp_path).add(name, traits(shared_media / name))
    return Index(tmp_path)


def test_copies_are_identified_by_any_layer(index: Index, shared_media: Path, convert: Convert) -> None:
    """A stream-copied piece is found by coded frames, a smaller coarse copy by sound and pictures."""
    piece = convert(shared_media / FIXED, "piece.ts", "-c", "copy", before=("-ss", "4"))
    coarse = convert(shared_media / MOVING, "coarse.mp4", "-vf", "scale=360:640", "-preset", "ultrafast", "-crf", "30")
    for copy, name, relation in ((piece, FIXED, Relation.EXCERPT), (coarse, MOVING, Relation.SAME_CONTENT)):
        found = identify([index], traits(copy), lambda name: traits(shared_media / name))
        assert [(name_found, said.relation) for name_found, said in found] == [(name, relation)]


def test_stranger_is_not_identified(index: Index, shared_media: Path) -> None:
    """A recording that is not in the archive has no origin there."""
    assert identify([index], traits(shared_media / STRANGER), lambda name: traits(shared_media / name)) == []


def test_a_firm_origin_stands_before_one_that_looks_as_much_alike(index: Index, shared_media: Path) -> None:
    """Of two origins in two shards, that which sound and picture bear out comes before one that is silent."""
    whole = traits(shared_media / MOVING)
    silent = replace(whole, heard=False, sound=NO_SOUND, coded_sound=coded_frames.NONE)
    held = {"silent": replace(silent, coded_picture=coded_frames.NONE), MOVING: whole}
    other = Index(index.folder / "other")
    other.add("silent", held["silent"])
    asked = replace(whole, coded_picture=coded_frames.NONE, coded_sound=coded_frames.NONE)
    assert [(one.recording, one.said.evidence) for one in identify([other, index], asked, held.__getitem__)] == [
        (MOVING, Evidence.TWO_SENSES),
        ("silent", Evidence.LOOKS_ALIKE),
    ]


@pytest.mark.parametrize("filters", ["hflip", "drawbox=y=ih*0.84:h=ih*0.16:t=fill"])
def test_a_silent_copy_is_found_when_its_picture_was_changed(
    index: Index, shared_media: Path, convert: Convert, filters: str
) -> None:
    """Mirrored or with a caption, without sound: words of the parts that are left lead to the original."""
    small = ("-an", "-vf", f"{filters},scale=360:-2", "-preset", "ultrafast")
    copy = convert(shared_media / MOVING, f"{filters[:4]}.mp4", *small)
    assert [one.recording for one in index.candidates(traits(copy))] == [MOVING]


def test_a_reader_whose_segments_are_merged_away_meanwhile_reads_the_new_list(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list that a reader has just read may be the last one already: intake goes on, and so does the reader."""
    read_text, waiting = Path.read_text, ["a writer"]

    def late(path: Path) -> str:
        listed = read_text(path)
        if waiting:
            waiting.clear()
            Index(index.folder).add("an hour", made_up(3600, np.random.default_rng(1)))
        return listed

    monkeypatch.setattr(Path, "read_text", late)
    assert "an hour" in Index(index.folder)


def test_a_reader_whose_segments_are_merged_away_after_it_opened_them_goes_on(index: Index, shared_media: Path) -> None:
    """It answers from what was there when it was opened."""
    Index(index.folder).add("an hour", made_up(3600, np.random.default_rng(1)))
    assert [one.recording for one in index.candidates(traits(shared_media / MOVING))] == [MOVING]


def test_what_a_writer_left_that_was_killed_is_removed_by_the_next(index: Index) -> None:
    """Its segment is in no list: one that was not listed yet, or one that was merged away."""
    for path in [*index.folder.glob("*.npy")]:
        shutil.copy(path, path.with_name(f"9{path.name}"))
    assert any(index.folder.glob("9*.npy"))
    Index(index.folder).add("a minute", made_up(60, np.random.default_rng(1)))
    assert not any(index.folder.glob("9*.npy"))


def test_a_damaged_index_says_how_to_build_it_anew(index: Index) -> None:
    """A segment that a power cut left half written is an error with its way out, no wrong answer."""
    segment = next(index.folder.glob("*.words.npy"))
    segment.write_bytes(segment.read_bytes()[:200])
    with pytest.raises(IndexDamaged, match="recording trace"):
        Index(index.folder)


@pytest.mark.parametrize("column", ["words", "pages", "places"])
def test_a_zeroed_page_is_damage_that_is_told_and_stays_told(index: Index, shared_media: Path, column: str) -> None:
    """What a failing disk gives as zeros or as other bytes is no answer; nobody opens the shard again as it is."""
    for part in index.folder.glob(f"*.{column}.npy"):
        held = part.read_bytes()
        part.write_bytes(held[:128] + b"\xff" * (len(held) - 128))
    with pytest.raises(IndexDamaged, match="recording trace"):
        Index(index.folder).candidates(traits(shared_media / MOVING))
    with pytest.raises(IndexDamaged, match="recording trace"):
        Index(index.folder)


@pytest.mark.parametrize("place", range(60, 100, 5))
def test_a_header_that_is_no_header_is_damage(index: Index, place: int) -> None:
    """Whatever NumPy says of a byte that was lost in a column's header, the index is called damaged."""
    column = next(index.folder.glob("*.places.npy"))
    held = column.read_bytes()
    column.write_bytes(held[:place] + b"\0" + held[place + 1 :])
    with pytest.raises(IndexDamaged):
        Index(index.folder)


def test_a_name_that_a_failed_disk_changed_is_damage(index: Index) -> None:
    """One letter of a recording's name in the list: the list's seal does not fit."""
    listed = index.folder / "segments.json"
    listed.write_text(listed.read_text().replace("pattern", "pattarn"))
    with pytest.raises(IndexDamaged):
        Index(index.folder)


def test_what_is_known_is_kept_once(index: Index, shared_media: Path, tmp_path: Path) -> None:
    """Adding a recording again changes nothing; two recordings of unlike size make few segments."""
    before = sorted((one.name, one.stat().st_mtime_ns) for one in tmp_path.iterdir())
    index.add(MOVING, traits(shared_media / MOVING))
    assert sorted((one.name, one.stat().st_mtime_ns) for one in tmp_path.iterdir()) == before
    assert MOVING in index
    assert "other" not in index


@given(st.lists(st.integers(0, 40), max_size=60), st.lists(st.integers(0, 41), max_size=20))
def test_words_are_found_where_they_stand(held: list[int], asked: list[int]) -> None:
    """Through pages of two words, each word is found first where a plain search finds it, and as often."""
    words = np.sort(np.array(held, np.uint64))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("quancheng_sidecar.media.comparison.segments.PAGE", 2)
        first, times = runs(Segment(words, np.zeros(len(words), np.void), words[::2]), np.array(asked, np.uint64))
    assert list(first) == [np.searchsorted(words, one) for one in asked]
    assert list(times) == [held.count(one) for one in asked]


def test_pictures_that_come_later_are_added_once(tmp_path: Path, shared_media: Path) -> None:
    """By what was taken at intake a silent coarse copy is not found; then by its pictures it is."""
    whole = traits(shared_media / MOVING)
    silent = Traits(whole.duration, seen=True, heard=False, pictures=whole.pictures)
    Index(tmp_path).add(MOVING, replace(whole, pictures=dense.NONE))
    assert Index(tmp_path).candidates(silent) == []
    Index(tmp_path).add(MOVING, whole)
    assert [one.recording for one in Index(tmp_path).candidates(silent)] == [MOVING]
    held = sorted(tmp_path.iterdir())
    Index(tmp_path).add(MOVING, whole)
    assert (Index(tmp_path).recordings, sorted(tmp_path.iterdir())) == ([MOVING], held)


@pytest.mark.parametrize("place", range(0, 4000, 250))
def test_kept_traits_that_a_disk_damaged_are_refused(shared_media: Path, place: int) -> None:
    """Wherever bytes are lost the answer is one kind of error, or what was kept."""
    kept = traits(shared_media / STRANGER).to_bytes()
    with suppress(ValueError):
        read = Traits.from_bytes(kept[:place] + bytes(range(40)) + kept[place + 40 :])
        assert np.array_equal(read.pictures.views, traits(shared_media / STRANGER).pictures.views)
