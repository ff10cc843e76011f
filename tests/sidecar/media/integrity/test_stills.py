"""Signs in the pictures themselves."""

import numpy as np
from av.video.frame import VideoFrame

from quancheng_sidecar.media.integrity.pictures import Seen
from quancheng_sidecar.media.integrity.stills import picture_findings


def covered(begin: float, end: float) -> Seen:
    """Twenty seconds of moving pictures, black between two of them."""
    seen = Seen(every=True)
    noise = np.random.default_rng(1)
    for place in range(500):
        at = place / 25
        bright = 0 if begin <= at < end else 1
        seen.look(VideoFrame.from_ndarray(noise.integers(60, 200, (48, 48), np.uint8) * bright, format="gray"), at)
    return seen


def test_a_black_picture_without_its_clock_is_more_than_a_covered_lens() -> None:
    """A device writes its clock over a dark picture too."""
    for clockless, severity in (True, "medium"), (False, "low"):
        (found,) = picture_findings(covered(8, 12), hides=lambda begin, end, is_so=clockless: is_so and end > begin)
        assert (found.code, found.severity.value) == ("picture-black", severity)


def test_fields_that_come_in_packets_of_their_own_are_not_counted_as_lost_pictures() -> None:
    """Two packets to a picture, one of them damaged; a picture that is missing beside it is still counted."""
    seen = covered(0, 0)
    seen.errors, seen.interlaced = [4.0], 500
    for fed, lost, frames in (1000, 1, 500), (1004, 2, 502), (520, 20, 520):
        seen.fed = fed
        (found,) = picture_findings(seen)
        assert (found.code, found.figures["lost"], found.figures["frames"]) == ("decode-errors", lost, frames)
