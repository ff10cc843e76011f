"""Hashes of coded frames: the same in every container, different for every new encoding."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from quancheng_sidecar.media.comparison.coded_frames import CodedFrames, CodedHashes

Convert = Callable[..., Path]
H264 = "pattern-longer-no-bar.mp4"
H265 = "onvif-test_signed_h265.mp4"


def frames(path: Path, kind: str) -> CodedFrames:
    """Coded frames of the file's first stream of a kind."""
    with av.open(str(path)) as container:
        stream = next(one for one in container.streams if one.type == kind)
        taker = CodedHashes(stream, 0.0)
        for packet in container.demux(stream):
            if packet.size:
                taker.take(packet)
    return taker.finish()


@pytest.mark.parametrize("container", ["mkv", "ts", "avi", "mov"])
def test_h264_and_aac_are_the_same_in_every_container(shared_media: Path, convert: Convert, container: str) -> None:
    """Lengths, start codes and ADTS headers are no part of a frame."""
    copy = convert(shared_media / H264, f"copy.{container}", "-c", "copy")
    for kind in ("video", "audio"):
        original = frames(shared_media / H264, kind)
        assert set(original.hashes) <= set(frames(copy, kind).hashes)
        assert len(set(original.hashes)) > 200


@pytest.mark.parametrize("container", ["mkv", "ts"])
def test_cut_of_h265_keeps_its_frames_at_one_offset(shared_media: Path, convert: Convert, container: str) -> None:
    """After a cut without re-encoding the frames that are left stand by one and the same time earlier."""
    cut = convert(shared_media / H265, f"cut.{container}", "-c", "copy", before=("-ss", "3"))
    whole, left = frames(shared_media / H265, "video"), frames(cut, "video")
    _, of_whole, of_left = np.intersect1d(whole.hashes, left.hashes, return_indices=True)
    assert len(of_left) >= 0.95 * len(left)
    assert np.ptp(whole.at[of_whole] - left.at[of_left]) < 0.05


def test_new_encoding_and_stranger_share_no_frame(shared_media: Path, convert: Convert) -> None:
    """The same pictures encoded again, or other pictures, give no equal hash."""
    again = convert(shared_media / H264, "again.mp4", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
    for kind, others in (("video", (again, shared_media / H265)), ("audio", (again,))):
        known = set(frames(shared_media / H264, kind).hashes)
        assert not any(known & set(frames(other, kind).hashes) for other in others)
