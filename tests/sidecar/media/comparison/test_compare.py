"""Comparing files: what was made of a recording is told with its times, what was not is never called related."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pdqhash
import pytest

from quancheng_plugin.errors import EmptyFile, UnsupportedType
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.bounded import compare_bounded
from quancheng_sidecar.media.comparison.bars import WHOLE, Frame
from quancheng_sidecar.media.comparison.clocks import Clocks, clocks_of
from quancheng_sidecar.media.comparison.compare import compare, compare_files
from quancheng_sidecar.media.comparison.pdq import apart_each, basis, hash_waves
from quancheng_sidecar.media.comparison.report import Comparison, Evidence, Relation, Sense
from quancheng_sidecar.media.comparison.traits import Traits, take_traits
from quancheng_sidecar.media.comparison.views import VIEWS, waves_of
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Clock, WitnessSource
from quancheng_sidecar.settings import Settings
from tests.bench.strangers import running
from tests.command import runner

Convert = Callable[..., Path]
MOVING = "pattern-longer-no-bar.mp4"
START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
FIXED = "bottle-detection.mp4"
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-c:a", "aac", "-b:a", "64k")


def against(original: Path, copy: Path) -> Comparison:
    """Compare in this process, from the bytes on."""
    return compare_files(original, copy, Settings().zone)


@cache
def traits(path: Path) -> Traits:
    """All layers of a file."""
    return take_traits(path, probe(path))


def by_senses(original: Path, copy: Path) -> Comparison:
    """Compare by what is kept of both."""
    return compare(traits(original), traits(copy))


def test_same_bytes_are_identical(shared_media: Path, tmp_path: Path) -> None:
    """A copy of the file under another name is the file."""
    copy = tmp_path / "other.mp4"
    copy.write_bytes((shared_media / MOVING).read_bytes())
    found = against(shared_media / MOVING, copy)
    assert (found.relation, found.evidence, found.score) == (Relation.IDENTICAL, Evidence.SAME_BYTES, 1.0)


@pytest.mark.parametrize("container", ["mkv", "ts", "avi"])
def test_remux_has_the_same_coded_frames(shared_media: Path, convert: Convert, container: str) -> None:
    """Another container holds the same content, proven without decoding."""
    found = against(shared_media / MOVING, convert(shared_media / MOVING, f"remux.{container}", "-c", "copy"))
    assert (found.relation, found.evidence) == (Relation.SAME_CONTENT, Evidence.SAME_CODED_FRAMES)
    assert {Sense.CODED_PICTURE, Sense.CODED_SOUND} <= set(found.ranges[0].by)


def test_middle_cut_out_of_coded_frames_is_told_to_the_second(shared_media: Path, convert: Convert) -> None:
    """Two stream-copied pieces joined again: what is missing between them is named by its time in A."""
    source = convert(shared_media / FIXED, "gops.mp4", *FAST, "-g", "30", "-an")
    for name, options in (("head", ("-t", "10")), ("tail", ("-ss", "20"))):
        convert(source, f"{name}.ts", "-c", "copy", before=options)
    joined = convert(Path(f"concat:{source.parent}/head.ts|{source.parent}/tail.ts"), "joined.ts", "-c", "copy")
    found = against(source, joined)
    assert (found.relation, found.evidence) == (Relation.PARTIAL_OVERLAP, Evidence.SAME_CODED_FRAMES)
    assert found.missing == (pytest.approx((10, 20), abs=1.2),)
    assert not found.swapped


@pytest.mark.parametrize(
    "filters",
    [
        "crop=iw/2:ih/2",
        "hue=s=0,eq=brightness=0.1,pad=iw:ih*1.4:0:(oh-ih)/2",
        "rotate=3*PI/180",
        "hflip",
        "transpose=1",
    ],
)
def test_changed_picture_is_the_same_content(shared_media: Path, convert: Convert, filters: str) -> None:
    """Scaled, grey, cropped, letterboxed, turned, mirrored, laid on its side: picture and sound agree to the end."""
    copy = convert(
        shared_media / MOVING, f"changed-{filters[:3]}.mp4", "-vf", f"{filters},scale=trunc(iw/4)*2:-2", *FAST
    )
    found = by_senses(shared_media / MOVING, copy)
    assert (found.relation, found.evidence) == (Relation.SAME_CONTENT, Evidence.TWO_SENSES)
    assert found.ranges[0].mirrored == (filters == "hflip")
    assert found.ranges[0].turned == (90 if filters == "transpose=1" else 0)


def test_the_whole_of_which_a_part_is_archived_is_found(shared_media: Path, convert: Convert) -> None:
    """A silent corner that came in first is known in the whole picture that comes later."""
    corner = convert(shared_media / MOVING, "corner.mp4", "-vf", "crop=iw/2:ih/2:0:ih/2", *FAST, "-an")
    found = by_senses(corner, shared_media / MOVING)
    assert (found.relation, found.ranges[0].turned) == (Relation.SAME_CONTENT, 0)


def test_a_sound_track_reaches_to_its_end_in_either_direction(shared_media: Path, convert: Convert) -> None:
    """What is heard to the end of the shorter recording is shared to its end, whichever of the two is archived."""
    whole = convert(
        shared_media / MOVING, "longer.wav", "-af", "aevalsrc=0.1*sin(700*t*t):d=9[x];[in][x]concat=v=0:a=1"
    )
    sound = convert(shared_media / MOVING, "sound.wav", "-vn")
    ends = [one.ranges[-1] for one in (by_senses(whole, sound), by_senses(sound, whole))]
    assert [(one.a[1], one.b[1]) for one in ends] == [pytest.approx((8.1, 8.1), abs=0.6)] * 2


def test_swapped_parts_of_a_fixed_camera_are_told(shared_media: Path, convert: Convert) -> None:
    """The end of the recording put first is found there, where things move enough to know them again."""
    swap = "split[p][q];[p]trim=0:25,setpts=PTS-STARTPTS[a];[q]trim=25,setpts=PTS-STARTPTS[b];[b][a]concat=n=2:v=1"
    found = by_senses(shared_media / FIXED, convert(shared_media / FIXED, "swapped.mp4", "-vf", swap, *FAST))
    assert (found.relation, found.swapped) == (Relation.PARTIAL_OVERLAP, True)
    assert found.ranges[0].a[0] == pytest.approx(25, abs=1)


def test_reversed_copy_is_told(shared_media: Path, convert: Convert) -> None:
    """A copy that runs backwards is no same content, and says so."""
    found = by_senses(shared_media / FIXED, convert(shared_media / FIXED, "reversed.mp4", "-vf", "reverse", *FAST))
    assert found.relation == Relation.PARTIAL_OVERLAP
    assert {one.speed for one in found.ranges} == {-1.0}


def test_other_sound_is_told(shared_media: Path, convert: Convert) -> None:
    """The same pictures with another sound track are no same content."""
    noise = "aeval=0.3*sin(400*t*(1+0.3*sin(t*1.7))):c=same"
    found = by_senses(shared_media / MOVING, convert(shared_media / MOVING, "dubbed.mp4", "-af", noise, *FAST))
    assert (found.relation, found.evidence) == (Relation.PARTIAL_OVERLAP, Evidence.LOOKS_ALIKE)
    assert any("other sound" in remark.en for remark in found.remarks)


def test_fixed_camera_at_another_time_is_not_related(shared_media: Path, convert: Convert) -> None:
    """Two parts of what one fixed camera saw look alike and are not said to share anything."""
    early, late = (
        convert(shared_media / FIXED, f"{begin}.mp4", *FAST, before=("-ss", str(begin), "-t", "18"))
        for begin in (0, 20)
    )
    assert by_senses(early, late).relation == Relation.UNRELATED


def test_strangers_are_unrelated_without_evidence(shared_media: Path) -> None:
    """Recordings of other scenes share nothing and look like nothing of each other."""
    found = by_senses(shared_media / MOVING, shared_media / FIXED)
    assert (found.relation, found.evidence, found.ranges) == (Relation.UNRELATED, None, ())


def test_still_scene_needs_its_clock(shared_media: Path, convert: Convert) -> None:
    """A copy of a still scene without sound only looks alike, until burnt-in clocks agree."""
    still = shared_media / "onvif-test_h264.mp4"
    original, copy = traits(still), traits(convert(still, "still.mp4", *FAST))
    alone = compare(original, copy)
    assert (alone.relation, alone.evidence) == (Relation.UNRELATED, Evidence.LOOKS_ALIKE)
    later, agreeing = (Clocks(running(START), running(START + timedelta(seconds=by))) for by in (3600, 0.3))
    assert compare(original, copy, clocks=later).relation == Relation.UNRELATED
    agreed = compare(original, copy, clocks=agreeing)
    assert (agreed.relation, agreed.evidence) == (Relation.SAME_CONTENT, Evidence.TWO_SENSES)


def burnt(begin: datetime, *, paused_at: int = 0, paused_s: int = 0) -> str:
    """FFmpeg's filter for a clock in the picture, of a camera that paused once."""
    font = "font=DejaVu Sans Mono:x=8:y=8:fontsize=28:fontcolor=white:borderw=2"
    seconds, form = int(begin.timestamp()), r"%Y-%m-%d %H\\\:%M\\\:%S"
    drawn = ((seconds, "lt"), (seconds + paused_s, "gte"))
    texts = [(rf"%{{pts\:gmtime\:{at}\:{form}}}", f"{when}(t,{paused_at})") for at, when in drawn]
    return ",".join(f"drawtext={font}:text='{text}':enable='{when}'" for text, when in texts)


def test_a_clock_of_which_too_little_was_read_is_no_witness() -> None:
    """Whoever has no even stretch to hold against the other's decides nothing."""
    reason = Sentence(zh="画面", en="picture")
    unread = Clock(start=START, end=None, source=WitnessSource.BURNT_IN, reason=reason, witnesses=())
    assert clocks_of(unread, unread) is None


def test_clocks_that_differ_over_the_same_pictures_are_told(shared_media: Path, convert: Convert) -> None:
    """The same pictures under a clock that was put on anew are the same content, and both clocks are told apart."""
    one, other = (
        convert(
            shared_media / MOVING, f"{hour}.mp4", *FAST, "-an", "-t", "9", "-vf", burnt(START + timedelta(hours=hour))
        )
        for hour in (0, 2)
    )
    found = against(one, other)
    assert (found.relation, found.evidence) == (Relation.SAME_CONTENT, Evidence.LOOKS_ALIKE)
    assert any("7200 s ahead of" in remark.en for remark in found.remarks)


def test_a_pause_of_the_camera_is_no_difference_of_clocks(shared_media: Path, convert: Convert) -> None:
    """A piece from after a pause starts later by its clock than its place in the original: both clocks agree there."""
    clock = burnt(START, paused_at=5, paused_s=600)
    whole = convert(shared_media / MOVING, "paused.mp4", *FAST, "-an", "-vf", clock)
    found = against(whole, convert(whole, "piece.mp4", "-ss", "6", *FAST, "-crf", "30"))
    assert (found.relation, found.evidence) == (Relation.EXCERPT, Evidence.TWO_SENSES)
    assert not any("clocks" in remark.en for remark in found.remarks)


def test_traits_are_kept_whole(shared_media: Path) -> None:
    """What was written as bytes reads back the same, and compares as the same content."""
    held = traits(shared_media / MOVING)
    read = Traits.from_bytes(held.to_bytes())
    assert read.to_bytes() == held.to_bytes()
    assert compare(held, read).relation == Relation.SAME_CONTENT


def test_hashes_are_those_of_the_pdq_library() -> None:
    """Stacked hashes equal the library's on pictures of 64 × 64, and so do those of mirrored ones."""
    pictures = np.random.default_rng(7).integers(0, 255, (20, 64, 64), dtype=np.uint8)
    waves = basis() @ pictures.astype(np.float32) @ basis().T
    for given, hashes in zip((pictures, pictures[:, :, ::-1]), hash_waves(waves), strict=True):
        colour = (np.ascontiguousarray(np.repeat(one[..., None], 3, axis=2)) for one in given)
        expected = np.stack([pdqhash.compute(one)[0] for one in colour])
        assert (np.unpackbits(hashes, axis=1) != expected).sum() <= 2


def cut(picture: npt.NDArray[np.uint8], frame: Frame) -> npt.NDArray[np.uint8]:
    """A part of a picture."""
    rows, columns = picture.shape
    top, left = int(frame.top * rows), int(frame.left * columns)
    return picture[top : round(frame.bottom * rows), left : round(frame.right * columns)]


@pytest.mark.parametrize("frame", [WHOLE, Frame(0.1, 0.9, 0.0, 1.0), Frame(0.0, 1.0, 0.1, 0.8)])
def test_a_view_is_the_part_of_the_picture_that_it_names(shared_media: Path, frame: Frame) -> None:
    """Each view hashes as what is cut out and shrunk by averaging, inside the bars, to a few bits of rounding."""
    with av.open(str(shared_media / MOVING)) as opened:
        shown = next(opened.decode(video=0)).reformat(width=192, height=192, format="gray").to_ndarray()
    waves = waves_of(shown[None], frame, 1.0)[0]
    inner = cut(shown, frame)
    upright = [place for place, view in enumerate(VIEWS) if not view.turn]
    parts = [shown, *(cut(inner, VIEWS[place].frame) for place in upright)]
    shrunk = np.stack([cv2.resize(part, (64, 64), interpolation=cv2.INTER_AREA) for part in parts]).astype(np.float32)
    expected, _ = hash_waves(basis() @ shrunk @ basis().T)
    found, _ = hash_waves(waves[[0, *(1 + place for place in upright)]])
    assert waves.shape == (1 + len(VIEWS), 16, 16)
    assert apart_each(found, expected).max() <= 12


def test_photo_is_refused(shared_media: Path, convert: Convert) -> None:
    """A photo gives a coded error that says what to do."""
    photo = convert(shared_media / MOVING, "photo.jpg", "-frames:v", "1")
    with pytest.raises(UnsupportedType, match=r"photo\.jpg"):
        compare_bounded(photo, shared_media / MOVING, Settings())


def test_of_two_files_the_unreadable_one_is_named(shared_media: Path, tmp_path: Path) -> None:
    """An error says which of the two files it is of."""
    (tmp_path / "second.mp4").write_bytes(b"")
    with pytest.raises(EmptyFile, match=r"second\.mp4"):
        compare_bounded(shared_media / MOVING, tmp_path / "second.mp4", Settings())


def test_command_prints_the_comparison(shared_media: Path, tmp_path: Path) -> None:
    """`recording compare A B --json` prints one document that reads back; without it, Chinese words."""
    quancheng, files = runner(tmp_path), [str(shared_media / MOVING)] * 2
    printed = quancheng("recording", "compare", *files, "--json")
    assert Comparison.model_validate(printed.json).relation == Relation.IDENTICAL
    assert "完全相同" in quancheng("recording", "compare", *files).out


def test_traits_kept_before_the_last_views_came_are_compared(shared_media: Path, convert: Convert) -> None:
    """Of the original without the four strips, whose places stand behind all others."""
    source = shared_media / MOVING
    original, copy = traits(source), traits(convert(source, "before.mp4", "-an", *FAST[:-4]))
    before = replace(original, pictures=replace(original.pictures, views=original.pictures.views[:, :-4]))
    assert compare(before, copy).relation is Relation.SAME_CONTENT
    assert compare(copy, before).relation is Relation.SAME_CONTENT
