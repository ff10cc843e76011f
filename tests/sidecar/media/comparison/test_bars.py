"""What a picture shows inside its bars, and the parts of it that are hashed, on real recordings."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.video.reformatter import VideoReformatter

from quancheng_sidecar.media.comparison.bars import WHOLE, find_frame
from quancheng_sidecar.media.comparison.pdq import Hashes, apart_each, hash_waves
from quancheng_sidecar.media.comparison.picture_layer import SAME
from quancheng_sidecar.media.comparison.views import waves_of

Convert = Callable[..., Path]
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "27", "-an")
MOVING, FIXED = "pattern-longer-no-bar.mp4", "bottle-detection.mp4"


@cache
def pictures(path: Path) -> npt.NDArray[np.uint8]:
    """Every fifth picture, as comparing sees it."""
    small = VideoReformatter()
    with av.open(str(path)) as opened:
        shown = list(opened.decode(video=0))[::5][:60]
        return np.stack([small.reformat(one, 192, 192, "gray", interpolation="AREA").to_ndarray() for one in shown])


def hashes(path: Path) -> Hashes:
    """Of the first pictures, all views without bars: (30, views, 32)."""
    waves = waves_of(pictures(path)[:30], WHOLE, 1.0)[:, 1:]
    return hash_waves(waves.reshape(-1, 16, 16))[0].reshape(*waves.shape[:2], 32)


@pytest.mark.parametrize(("axis", "size"), [("side", "960:540"), ("above", "540:960")])
def test_blurred_bars_of_a_post_are_no_part_of_the_picture(
    shared_media: Path, convert: Convert, axis: str, size: str
) -> None:
    """An app fills a screen of another shape with the picture itself, blurred and enlarged: found on either side."""
    source = shared_media / (MOVING if axis == "side" else FIXED)
    fill = f"scale={size}:force_original_aspect_ratio=increase,crop={size},boxblur=20:3[f]"
    inner = "scale=-2:540" if axis == "side" else "scale=540:-2"
    posted = f"split[a][b];[a]{fill};[b]{inner}[i];[f][i]overlay=(W-w)/2:(H-h)/2"
    found = find_frame(pictures(convert(source, f"{axis}.mp4", "-filter_complex", posted, "-t", "12", *FAST)))
    sides, ends = (found.left, found.right), (found.top, found.bottom)
    filled, free = (sides, ends) if axis == "side" else (ends, sides)
    assert (filled, free) == (pytest.approx((0.342, 0.658), abs=0.02), (0.0, 1.0))


@pytest.mark.parametrize("name", [MOVING, FIXED, "doorknob-hd-no-bar.mp4", "onvif-test_h264.mp4"])
def test_a_camera_s_picture_has_no_bars(shared_media: Path, name: str) -> None:
    """A table, a door or a sky at the margin is part of the picture."""
    assert find_frame(pictures(shared_media / name)) == WHOLE


@pytest.mark.parametrize("cut", ["ih*0.84:0:ih*0.16", "ih*0.9:0:0"])
def test_a_picture_without_the_strip_where_a_clock_stands_is_like_a_view(
    shared_media: Path, convert: Convert, cut: str
) -> None:
    """A sixth cut off above, a tenth below: some view of the original is known again."""
    copy = convert(shared_media / FIXED, f"cut{cut[3:6]}.mp4", "-vf", f"crop=iw:{cut}", "-t", "12", *FAST)
    assert np.median(apart_each(hashes(shared_media / FIXED), hashes(copy)[:, :1]).min(axis=1)) < SAME / 2
