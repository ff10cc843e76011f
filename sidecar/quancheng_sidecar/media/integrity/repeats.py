"""Stretches of a video that stand in it twice: the same coded pictures, told by their sizes one after the other.

Nothing is decoded or hashed: fifty pictures in a row whose sizes agree byte for byte with fifty others, and differ
among themselves, are the same pictures. A camera's noise makes no two alike, so a scene that merely looks the same
again never is. Not found: a repeated stretch that was coded anew.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.packets import Packets

IN_A_ROW = 50
"""Pictures that must agree, about two seconds."""
LEAST_DIFFERENT = 25
"""Sizes among them that must differ: still or test pictures are coded alike again and again."""
_MOST_TOLD, _MOST_LOOKED_AT = 8, 1000


@dataclass(frozen=True)
class Repeat:
    """From second `first` and again from second `again` on, `pictures` are the same for `length` seconds."""

    first: float
    again: float
    length: float
    pictures: int


def repeats(video: Packets) -> list[Repeat]:
    """Repeated stretches of a video stream, the longest first; seconds from its first picture."""
    sizes = video.size.astype(np.int64)
    if len(sizes) < 2 * IN_A_ROW or np.isnan(video.pts).any():
        return []
    times = video.pts - np.min(video.pts)
    longest = sorted(_runs(*_pairs(sizes)), key=lambda run: -run[2])[:_MOST_LOOKED_AT]
    found = [_repeat(times, *run) for run in longest if _tells(sizes, *run)]
    return found[:_MOST_TOLD]


def repeat_findings(video: Packets | None) -> tuple[Finding, ...]:
    """A finding for each repeated stretch: medium, since a player that saved a stream may have stuttered."""
    return () if video is None else tuple(_finding(one) for one in repeats(video))


def _pairs(sizes: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places from which IN_A_ROW sizes agree with those from a later place on, and how much later that is."""
    # A weighted sum stands for each row of sizes (wrapping at 64 bits): equal rows have equal sums.
    weights = np.random.default_rng(0).integers(1, 2**62, IN_A_ROW)
    rows = np.lib.stride_tricks.sliding_window_view(sizes, IN_A_ROW)
    sums = np.zeros(len(rows), dtype=np.int64)
    for place, weight in enumerate(weights):
        sums += rows[:, place] * weight
    order = np.argsort(sums, kind="stable")
    same = np.nonzero(np.diff(sums[order]) == 0)[0]
    begins, again = order[same], order[same + 1]
    by_place = np.argsort(begins, kind="stable")
    return begins[by_place], (again - begins)[by_place]


def _runs(begins: NDArray[np.intp], lags: NDArray[np.intp]) -> list[tuple[int, int, int]]:
    """Neighbouring places with one lag, as (begin, lag, number of pictures)."""
    if not len(begins):
        return []
    breaks = np.nonzero((np.diff(begins) != 1) | (np.diff(lags) != 0))[0] + 1
    groups = zip(np.split(begins, breaks), np.split(lags, breaks), strict=True)
    return [(int(places[0]), int(lag[0]), len(places) + IN_A_ROW - 1) for places, lag in groups]


def _tells(sizes: NDArray[np.int64], begin: int, lag: int, count: int) -> bool:
    """Whether a stretch that comes again `lag` pictures later is no cycle and no standing picture."""
    return lag >= IN_A_ROW and len(np.unique(sizes[begin : begin + count])) >= LEAST_DIFFERENT


def _repeat(times: NDArray[np.float64], begin: int, lag: int, count: int) -> Repeat:
    first, last, again = times[begin], times[begin + count - 1], times[begin + lag]
    return Repeat(float(first), float(again), float(last - first), count)


def _finding(one: Repeat) -> Finding:
    return Finding(
        code="pictures-repeated",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"录像第{one.again:.1f}秒起的{one.length:.1f}秒画面，与第{one.first:.1f}秒起的逐帧编码大小完全相同："
            "像是同一段画面出现两次，剪辑时重复使用、接收网络视频时数据重发都会如此，请比对这两处画面。",
            en=f"From {one.again:.1f} s on {one.length:.1f} s of picture are coded, frame by frame, in the same sizes"
            f" as from {one.first:.1f} s on, as if one stretch stood there twice: using it again does this, and so does"
            " a stream that was sent again; please compare both places.",
        ),
        at=round(one.again, 3),
        figures={
            "first_s": round(one.first, 3),
            "length_s": round(one.length, 3),
            "pictures": one.pictures,
            "least": IN_A_ROW,
        },
    )
