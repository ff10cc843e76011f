"""Seams: where packets of one recording were joined from pieces, seen in times, group lengths and parameter sets.

A device's own hiccup leaves one kind of sign (frames lost: a step of whole frames). Two kinds of sign at one place,
in streams that are regular everywhere else, are what joining pieces leaves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.coding import X264
from quancheng_sidecar.media.integrity.packets import Packets

MOST_TOLD = 24
NEAR_S = 0.6
"""Signs this near each other belong to one place: sound and picture of a joined piece begin up to so far apart."""
RIM_S = 0.5
"""At both ends devices start and stop unevenly; nothing there is a seam."""
_REGULAR = 0.98
_STEP_SLACK_S = 0.0015
"""Containers round times to a millisecond."""
_STEP_SLACK = 0.04
_MOST_ODD = 12
_ONE_SIZE = 0.9
_GROUPS = 5
_GROUPS_ALIKE = 0.75
_KINDS = {
    "picture-step": ("画面时间间隔不合帧率", "picture times off the frame grid"),
    "sound-step": ("声音时间间隔不合帧长", "sound times off the frame grid"),
    "group": ("关键帧间隔中断", "a broken group of pictures"),
    "encoder": ("编码器中途重新开始", "the encoder started anew"),
    "parameters": ("中途出现编码参数", "coding parameters in mid-stream"),
    "numbers": ("图像编号跳过而时间连续", "pictures whose numbers skip while times go on"),
    "scene": ("画面突然换成另一景", "the picture is suddenly another"),
}
_ALONE = Sentence(zh="单独一种迹象，设备自身也可能造成", en="one sign alone, a device may leave it")
_TOGETHER = Sentence(
    zh="几种迹象同在一处，像是由两段接成；设备暂停后接着录、信号中断后接续、录制中切换画质或码流也可能如此",
    en="several signs in one place, as if two pieces were joined; a device that goes on after a pause, a signal that"
    " broke off, or a change of quality while recording may leave them too",
)
_BY_PROGRAM = Sentence(
    zh="几种迹象同在一处，像是由软件把两段拼接而成；由软件编码收录的信号中断后接着录、途中切换画质也可能如此",
    en="several signs in one place, as if a program had joined two pieces; a signal coded by a program that broke off"
    " and was taken up again, or changed its quality, may leave them too",
)
_CLOCK_RUNS = Sentence(
    zh="；画面时间在此处走得连续，像是分段文件首尾相接，缺少的至多一两秒",
    en="; the clock in the picture runs on there, as where segments were put together end to end: a second or two can"
    " be missing at most",
)


@dataclass(frozen=True)
class Sign:
    """One oddity at a media second (from the leading stream's first packet)."""

    at: float
    kind: str


@dataclass(frozen=True)
class Seam:
    """A place where signs gather."""

    at: float
    kinds: tuple[str, ...]


_OFF_THE_GRID = {"picture-step", "sound-step"}


def seams(
    video: Packets | None,
    audio: Packets | None,
    *,
    breaks_off: Callable[[float, float], bool] = lambda _begin, _end: False,
) -> tuple[Seam, ...]:
    """Places with at least one sign, in order; audio alone is led by its own first packet.

    `breaks_off` tells whether the picture is seen to break off between two media seconds. That counts beside times off
    the grid alone: encoders put key frames where a scene changes.
    """
    leading = video if video is not None else audio
    if leading is None or not len(leading):
        return ()
    zero = float(np.nanmin(leading.pts)) if not np.isnan(leading.pts).all() else 0.0
    signs: list[Sign] = []
    if video is not None and len(video):
        signs += [Sign(at - zero, "picture-step") for at in (*odd_steps(video), *odd_shown(video))]
        signs += [Sign(at - zero, "group") for at in broken_groups(video)]
        signs += [Sign(at - zero, "parameters") for at in lone_parameters(video)]
        signs += [Sign(at - zero, "encoder") for at in encoder_starts(video)]
        signs += [Sign(at - zero, "numbers") for at in skipped_numbers(video)]
    if audio is not None and len(audio):
        signs += [Sign(at - zero, "sound-step") for at in odd_steps(audio)]
    signs += [Sign(one.at, "scene") for one in signs if one.kind in _OFF_THE_GRID and breaks_off(one.at, one.at)]
    return _gathered(sorted(signs, key=lambda sign: sign.at))


def seam_findings(found: Sequence[Seam], runs: Sequence[tuple[float, float]] = ()) -> tuple[Finding, ...]:
    """A finding for each place: medium where two kinds of sign meet, low where one stands alone.

    `runs` are media seconds between which the burnt-in clock runs evenly on: at a joint well within, little can be
    missing. A run that begins or ends where the signs gather is of one piece alone.
    Of very many places the joints and the first others are told; a file joined of hundreds of pieces says so anyway.
    """
    told = sorted(found, key=lambda seam: (not is_joint(seam), seam.at))[:MOST_TOLD]
    return tuple(
        _finding(seam, clock_runs=any(begin + NEAR_S < seam.at < end - NEAR_S for begin, end in runs))
        for seam in sorted(told, key=lambda seam: seam.at)
    )


def is_joint(seam: Seam) -> bool:
    """Whether two kinds of sign meet there."""
    return len(seam.kinds) > 1


def is_coded_anew(seam: Seam) -> bool:
    """Whether an encoding program started anew at a joint; a device that pauses leaves an early key frame at most."""
    return is_joint(seam) and "encoder" in seam.kinds


def odd_steps(packets: Packets) -> list[float]:
    """Seconds after which the next packet comes at no whole number of usual steps, in a stream regular elsewhere.

    A short packet of sound whose bytes tell its length (PCM, of which a chunk's last is short) is followed at its end.
    """
    shown = ~packets.hidden
    return _odd(packets.dts[shown], packets.size[shown])


def odd_shown(packets: Packets) -> list[float]:
    """The same of the seconds at which pictures are shown, in their order: one may be moved without its decoding."""
    shown = packets.pts[~packets.hidden]
    regular = not np.isnan(shown).any()
    return _odd(np.sort(shown)) if regular else []


def _odd(times: NDArray[np.float64], sizes: NDArray[np.int32] | None = None) -> list[float]:
    kept = ~np.isnan(times)
    times = times[kept]
    if len(times) < 2 * _MOST_ODD:
        return []
    steps = np.diff(times)
    usual = float(np.median(steps))
    if usual <= 0:
        return []
    slack = max(_STEP_SLACK_S, _STEP_SLACK * usual)
    off = np.abs(steps - usual * np.round(steps / usual)) > slack
    if sizes is not None:
        off &= ~_as_long_as_large(steps, sizes[kept][:-1], usual)
    odd: NDArray[np.intp] = np.nonzero(off | (steps < -slack))[0]
    inner = [float(times[n]) for n in odd if times[0] + RIM_S < times[n] < times[-1] - RIM_S]
    regular = np.mean(np.abs(steps - usual) <= slack) >= _REGULAR
    return inner if regular and len(inner) <= _MOST_ODD else []


def _as_long_as_large(steps: NDArray[np.float64], sizes: NDArray[np.int32], usual: float) -> NDArray[np.bool_]:
    """Which packets last as long as their bytes say, in a stream whose packets are all of one size but a few."""
    size = float(np.median(sizes))
    if np.mean(sizes == size) < _ONE_SIZE:
        return np.zeros(len(sizes), bool)
    return np.asarray(np.abs(steps - usual * sizes / size) <= _STEP_SLACK_S)


def broken_groups(packets: Packets) -> list[float]:
    """Seconds at which a key frame comes too early, in a stream whose groups are alike elsewhere."""
    keys = np.nonzero(packets.key)[0]
    lengths = np.diff(keys)
    if len(lengths) < _GROUPS or len(keys) > len(packets) / 2:
        return []
    values, counts = np.unique(lengths, return_counts=True)
    usual = int(values[np.argmax(counts)])
    alike = np.abs(lengths - usual) <= 1
    # The last group but one may be cut short when recording stops.
    odd = [n for n in np.nonzero(~alike)[0] if 0 < n < len(lengths) - 1 and lengths[n] < usual]
    if np.mean(alike) < _GROUPS_ALIKE or len(odd) > _MOST_ODD:
        return []
    return _times(packets, keys[np.array(odd, dtype=int) + 1])


def lone_parameters(packets: Packets) -> list[float]:
    """Seconds at which parameter sets change, or stand in the stream though other key frames have none."""
    coding = packets.coding
    if coding is None:
        return []
    return _inner(packets, sorted({*coding.changes, *_lone(packets, coding.carrying)}))


def encoder_starts(packets: Packets) -> list[float]:
    """Seconds at which an encoder introduces itself in mid-stream, though it does not at every key frame.

    x264 does so once, x265 with each of its parameter sets.
    """
    coding = packets.coding
    if coding is None:
        return []
    return _inner(packets, (_few if X264 in coding.uuids else _lone)(packets, coding.starts))


def skipped_numbers(packets: Packets) -> list[float]:
    """Seconds at which pictures are missing by their numbers and not by their times: those that are lost leave a gap.

    Of IDR pictures only where most of at least `_GROUPS` steps show that the encoder numbers them.
    """
    numbers = packets.coding.numbers if packets.coding else None
    if numbers is None:
        return []
    counts = numbers.steps >= _GROUPS and len(numbers.breaks) <= (1 - _GROUPS_ALIKE) * numbers.steps
    found = sorted({*numbers.skips, *(numbers.breaks if counts else ())})
    steps = np.diff(packets.dts)
    if not found or np.isnan(steps).any():
        return []
    closed = [n for n in found if n and steps[n - 1] < 2 * np.median(steps) - _STEP_SLACK_S]
    # A stream of which layers were left out skips all along.
    return _inner(packets, closed) if len(closed) <= min(_MOST_ODD, (1 - _REGULAR) * len(packets)) else []


def _lone(packets: Packets, numbers: Sequence[int]) -> Sequence[int]:
    """The packets, if they are few beside the key frames and not all of them; else it is a habit and tells nothing."""
    return () if set(np.flatnonzero(packets.key)) <= set(numbers) else _few(packets, numbers)


def _few(packets: Packets, numbers: Sequence[int]) -> Sequence[int]:
    return numbers if len(numbers) <= max(2, int(packets.key.sum()) // 4) else ()


def _inner(packets: Packets, numbers: Sequence[int]) -> list[float]:
    begin = float(np.nanmin(packets.pts))
    return [at for at in _times(packets, np.array(numbers, dtype=int)) if at > begin + RIM_S]


def _times(packets: Packets, numbers: NDArray[np.intp]) -> list[float]:
    return [float(at) for at in packets.pts[numbers] if not np.isnan(at)]


def _gathered(signs: Sequence[Sign]) -> tuple[Seam, ...]:
    groups: list[list[Sign]] = []
    for sign in signs:
        if groups and sign.at - groups[-1][0].at <= NEAR_S:
            groups[-1].append(sign)
        else:
            groups.append([sign])
    return tuple(Seam(group[-1].at, tuple(sorted({sign.kind for sign in group}))) for group in groups)


def _finding(seam: Seam, *, clock_runs: bool) -> Finding:
    joint = is_joint(seam)
    zh, en = "、".join(_KINDS[kind][0] for kind in seam.kinds), ", ".join(_KINDS[kind][1] for kind in seam.kinds)
    tail = _ALONE if not joint else _BY_PROGRAM if is_coded_anew(seam) else _TOGETHER
    on = _CLOCK_RUNS if joint and clock_runs else Sentence(zh="", en="")
    return Finding(
        code="joint" if joint else "timing-irregular",
        severity=Severity.MEDIUM if joint else Severity.LOW,
        sentence=Sentence(
            zh=f"录像第{seam.at:.2f}秒处：{zh}；{tail.zh}{on.zh}。", en=f"At {seam.at:.2f} s: {en}; {tail.en}{on.en}."
        ),
        at=seam.at,
        figures={"kinds": " ".join(seam.kinds), "near_s": NEAR_S, "clock_runs": clock_runs},
    )
