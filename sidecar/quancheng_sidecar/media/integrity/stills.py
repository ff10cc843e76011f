"""Signs in the pictures: frames that would not decode, a picture that freezes, a black picture."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.motion import motion_findings
from quancheng_sidecar.media.integrity.pictures import Seen

FROZEN_S = 2.0
"""A picture that stays the same for longer is noted."""
STILL, STILL_KEY = 0.05, 0.3
"""Mean change of brightness (0..255) below which two frames, or two key frames, count as the same picture."""
LIVELY = 0.5
"""Mean change around a frozen stretch that shows a camera at work: noise alone reaches it."""
_STIRRING = 0.2
"""Mean change below which the scene around is as still as the stretch itself."""
SHORT_S, OFTEN, STANDS_OFTEN = 0.5, 0.1, 3
"""Standing still is a recording's habit where the picture does so for SHORT_S in that share of the remaining time, or
for FROZEN_S in that many places: a recorded screen, a still scene at a low bit rate. A camera's noise does not stop."""
_BLACK, _FLAT = 24.0, 2.0
_KEY_REFRESH = 1.5
_MANY_ERRORS = 0.01
_FEW_ERRORS = 3
_AROUND_S = 2.0
_FIELDS_APART = 1.5
"""Packets to a picture from which fields, if there are any, are held to come apart: halfway from one to two."""
_DARK = Sentence(
    zh="（镜头被遮挡、无光，信号中断，或画面被涂黑）",
    en=" (lens covered, no light, a lost signal, or pictures blacked out)",
)
_NO_CLOCK = Sentence(
    zh="，前后都有的画面时间此时也没有：镜头被遮挡或无光时设备仍会写上时间，信号中断或画面被涂黑则会如此，请核对",
    en=", without the clock that stands before and after: under a covered lens a device still writes it, while a lost"
    " signal and blacking out leave this; please check",
)


def picture_findings(
    seen: Seen,
    *,
    stands: tuple[tuple[float, float], ...] = (),
    runs: tuple[tuple[float, float], ...] = (),
    hides: Callable[[float, float], bool] = lambda _begin, _end: False,
) -> tuple[Finding, ...]:
    """Signs in what was seen; `stands` and `runs` are media seconds between which the burnt-in clock does.

    `hides` tells whether it is lacking between two.
    """
    found = []
    if seen.errors:
        found.append(_damage(seen))
    if len(seen.at) < 3:  # noqa: PLR2004  nothing to compare
        return tuple(found)
    stretches = frozen_stretches(seen)
    moving = seen.every and not _stands_often(seen, stretches)
    for begin, end in stretches:
        runs_on = any(a <= begin and end <= b for a, b in runs)
        still = _frozen(seen, (begin, end), stands, plain=moving and not runs_on)
        found += [still] if still else []
    found += [_black(begin, end, clockless=hides(begin, end)) for begin, end in black_stretches(seen)]
    return (*found, *motion_findings(seen.motion, seen.at))


def frozen_stretches(seen: Seen, least_s: float = FROZEN_S) -> list[tuple[float, float]]:
    """Media seconds between which the picture stays the same, not black, for at least `least_s`."""
    change = np.array(seen.change)
    same = change <= (STILL if seen.every else STILL_KEY)
    if seen.every:
        # A frozen picture that is coded anew at a key frame changes by a breath: that does not end it.
        lone = ~same[1:-1] & same[:-2] & same[2:] & (change[1:-1] <= _KEY_REFRESH)
        same[1:-1] |= lone
    same[0] = False
    flat = np.array(seen.spread) <= _FLAT
    return [(b, e) for b, e in _runs(seen.at, same & ~flat) if e - b >= least_s]


def _stands_often(seen: Seen, stretches: Sequence[tuple[float, float]]) -> bool:
    """Whether the picture stands still so often that one more stretch of it is no sign."""
    told = sum(end - begin for begin, end in stretches)
    short = sum(end - begin for begin, end in frozen_stretches(seen, SHORT_S)) - told
    rest = seen.at[-1] - seen.at[0] - told
    return len(stretches) >= STANDS_OFTEN or short > OFTEN * max(rest, SHORT_S)


def black_stretches(seen: Seen) -> list[tuple[float, float]]:
    """Media seconds between which the picture is black or evenly dark for at least FROZEN_S."""
    dark = (np.array(seen.light) <= _BLACK) & (np.array(seen.spread) <= _FLAT)
    return [(b, e) for b, e in _runs(seen.at, dark) if e - b >= FROZEN_S]


def _runs(at: Sequence[float], flags: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Stretches of frames whose flag is set, from the frame before the first (whose picture it repeats)."""
    runs: list[tuple[float, float]] = []
    begin: int | None = None
    for n, flag in enumerate([*flags.tolist(), False]):
        if flag and begin is None:
            begin = max(0, n - 1)
        elif not flag and begin is not None:
            if n - begin > 2:  # noqa: PLR2004  two frames alike are chance
                runs.append((at[begin], at[n - 1]))
            begin = None
    return runs


def _frozen(
    seen: Seen, stretch: tuple[float, float], stands: tuple[tuple[float, float], ...], *, plain: bool
) -> Finding | None:
    """`plain`: the picture moves elsewhere, and no clock runs on through the stretch."""
    begin, end = stretch
    at, change = np.array(seen.at), np.array(seen.change)
    around = ((at > begin - _AROUND_S) & (at <= begin)) | ((at > end) & (at < end + _AROUND_S))
    lively = float(np.median(change[around])) if around.sum() > 2 else 0.0  # noqa: PLR2004  too few to tell
    borne_out = any(a < end and begin < b for a, b in stands)
    if not borne_out and lively < _STIRRING:
        return None  # a still scene coded at a low bit rate
    plain = borne_out or (plain and lively >= LIVELY)
    return Finding(
        code="picture-frozen",
        severity=Severity.MEDIUM if plain else Severity.LOW,
        sentence=Sentence(
            zh=f"录像第{begin:.1f}至{end:.1f}秒画面定格不动{'，前后却在变化' if lively >= LIVELY else ''}；"
            "插入定格、信号中断都会如此，静止场景在低码率下也可能如此。",
            en=f"From {begin:.1f} to {end:.1f} s the picture does not move"
            f"{', though it does around' if lively >= LIVELY else ''}; an inserted still or a lost signal leave this,"
            " and so may a still scene at a low bit rate.",
        ),
        at=round(begin, 3),
        figures={"frozen_s": round(end - begin, 2), "change_around": round(lively, 3), "clock_stands": borne_out},
    )


def _black(begin: float, end: float, *, clockless: bool) -> Finding:
    """`clockless`: the clock that the device writes into its pictures is not in these, as under a covered lens."""
    why = _NO_CLOCK if clockless else _DARK
    return Finding(
        code="picture-black",
        severity=Severity.MEDIUM if clockless else Severity.LOW,
        sentence=Sentence(
            zh=f"录像第{begin:.1f}至{end:.1f}秒画面全黑{why.zh}。",
            en=f"From {begin:.1f} to {end:.1f} s the picture is black{why.en}.",
        ),
        at=round(begin, 3),
        figures={"black_s": round(end - begin, 2), "clock_hidden": clockless},
    )


def _damage(seen: Seen) -> Finding:
    # Where some frames fail, others are silently lost with them; lost ones alone may be packets without a picture.
    fed = _pictures_fed(seen)
    lost = max(0, fed - len(seen.at)) if seen.every else len(seen.errors)
    bad, looked = max(len(seen.errors), lost), max(fed, len(seen.at))
    many = bad > max(_FEW_ERRORS, _MANY_ERRORS * looked)
    return Finding(
        code="decode-errors",
        severity=Severity.MEDIUM if many else Severity.LOW,
        sentence=Sentence(
            zh=f"查看的{looked}帧中有{bad}帧无法正常解码，第一处在{seen.errors[0]:.2f}秒：存储或传输损坏会如此。",
            en=f"Of {looked} frames looked at {bad} would not decode, the first at {seen.errors[0]:.2f} s;"
            " damage in storage or transmission leaves this.",
        ),
        at=seen.errors[0],
        figures={"errors": len(seen.errors), "lost": bad, "frames": looked, "every_frame": seen.every},
    )


def _pictures_fed(seen: Seen) -> int:
    """Pictures in the packets that were decoded: mostly as many, where each field has a packet half of them."""
    by_fields = seen.interlaced > len(seen.at) / 2 and seen.fed > _FIELDS_APART * len(seen.at)
    return (seen.fed + 1) // 2 if by_fields else seen.fed
