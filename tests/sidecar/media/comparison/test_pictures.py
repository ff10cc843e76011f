"""Where only the sound agrees, the picture is said to be another only where one is clearly seen: on real recordings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quancheng_sidecar.media.comparison.compare import compare_files
from quancheng_sidecar.media.comparison.relation import _OTHER_PICTURE, _PLAIN_PICTURE
from quancheng_sidecar.media.comparison.report import Comparison, Relation
from quancheng_sidecar.settings import Settings

Convert = Callable[..., Path]
MOVING, FIXED = "pattern-longer-no-bar.mp4", "bottle-detection.mp4"
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-c:a", "aac", "-b:a", "64k")
COVERED = "drawbox=color=gray:t=fill:enable='between(t,2.5,5)'"


def against(original: Path, copy: Path) -> Comparison:
    """Compare in this process, from the bytes on."""
    return compare_files(original, copy, Settings().zone)


@pytest.mark.parametrize("sound", ["copy", "aac"])
def test_one_sound_under_two_pictures_is_no_copy(shared_media: Path, convert: Convert, sound: str) -> None:
    """Even where coded frames of the sound are the same, pictures that are clearly others are no copy or excerpt."""
    both = ("-map", "1:v", "-map", "0:a", "-c:v", "copy", "-c:a", sound, "-t", "8")
    other = convert(shared_media / FIXED, f"music-{sound}.mp4", *both, before=("-i", str(shared_media / MOVING)))
    found = against(shared_media / MOVING, other)
    assert found.relation in {Relation.PARTIAL_OVERLAP, Relation.UNRELATED}
    assert found.relation is Relation.UNRELATED or _OTHER_PICTURE in found.remarks


def test_a_copy_of_what_is_plain_for_a_while_is_whole(shared_media: Path, convert: Convert) -> None:
    """A hand before the lens in both: the copy holds all of it, and its picture is not called another there."""
    original = convert(shared_media / MOVING, "plain.mp4", "-vf", COVERED, *FAST)
    found = against(original, convert(original, "plain-again.mp4", "-vf", "scale=360:640", *FAST))
    assert found.relation is Relation.SAME_CONTENT
    assert _PLAIN_PICTURE in found.remarks
    assert _OTHER_PICTURE not in found.remarks


def test_a_picture_covered_in_the_copy_alone_is_told(shared_media: Path, convert: Convert) -> None:
    """Where the original shows something and the whole picture of the copy is plain, it holds not all of it."""
    found = against(shared_media / MOVING, convert(shared_media / MOVING, "covered.mp4", "-vf", COVERED, *FAST))
    assert found.relation is Relation.PARTIAL_OVERLAP
    assert _OTHER_PICTURE in found.remarks
