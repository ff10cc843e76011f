"""Recordings drawn at random, so that the clock reader meets fonts, places and formats it was not tuned on."""

import random
from datetime import UTC, datetime, timedelta

from quancheng_sidecar.demo.overlay import ClockStyle, Position
from quancheng_sidecar.demo.recording_spec import Codec, Container, CreationHabit, RecordingSpec
from quancheng_sidecar.demo.scenery import Scene

_LATIN = (
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSansCondensed.ttf",
    "DejaVuSansCondensed-Bold.ttf",
)
_CHINESE = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-Bold.ttc",
    "NotoSerifCJK-Bold.ttc",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "uming.ttc",
)
FORMATS: tuple[tuple[str, ...], ...] = (
    ("%Y-%m-%d %H:%M:%S",),
    ("%Y/%m/%d %H:%M:%S",),
    ("%Y.%m.%d %H:%M:%S",),
    ("%Y年%m月%d日 %H:%M:%S",),
    ("%Y年{M}月{D}日 %H:%M:%S",),
    ("%Y年%m月%d日 星期{weekday} %H:%M:%S",),
    ("%Y-%m-%d 星期{weekday} %H:%M:%S",),
    ("%Y-%m-%d %a %H:%M:%S",),
    ("%a %Y-%m-%d %H:%M:%S",),
    ("%Y-%m-%d %I:%M:%S %p",),
    ("%Y/%m/%d {half}%I:%M:%S",),
    ("%H:%M:%S %Y-%m-%d",),
    ("%Y-%m-%d", "%H:%M:%S"),
    ("%H:%M:%S", "%Y/%m/%d"),
    ("%Y-%m-%d %H:%M:%S.{ms}",),
    ("%Y-%m-%d %H:%M:%S:{frame}",),
    ("%Y%m%d%H%M%S",),
    ("%Y%m%d %H%M%S",),
    ("DSJ-A7 012345 %Y-%m-%d %H:%M:%S",),
    ("%Y-%m-%d %H:%M:%S 警号350912",),
    ("%d %b %Y %H:%M:%S",),
    ("%Y年%m月%d日%H时%M分%S秒",),
)
"""Formats that can be read in one way only."""
AMBIGUOUS: tuple[tuple[str, ...], ...] = (("%m/%d/%Y %H:%M:%S",), ("%d-%m-%Y %H:%M:%S",), ("%m/%d/%Y %I:%M:%S %p",))
"""Formats whose day and month may be exchanged when both are at most 12."""
_COLOURS = ((255, 255, 255), (255, 255, 0), (0, 255, 0), (255, 160, 0), (255, 60, 60), (20, 20, 20), (120, 220, 255))
_SIZES = ((640, 360), (854, 480), (1280, 720), (1920, 1080))
_TOP: tuple[Position, ...] = ("top-left", "top", "top-right")
_BOTTOM: tuple[Position, ...] = ("bottom-left", "bottom", "bottom-right")
_LABELS = (
    ("DSJ-A7 012345 警号350912",),
    ("ID:000123 Police:654321",),
    ("闽渔政35001", "编号 2019073112"),
    ("CAM 03", "REC 00:00"),
    (),
)
_CODECS: tuple[tuple[Container, Codec], ...] = (
    ("mp4", "h264"),
    ("mp4", "h264"),
    ("mp4", "h265"),
    ("mov", "h264"),
    ("mkv", "h264"),
    ("ts", "h264"),
    ("avi", "mpeg4"),
    ("3gp", "h264"),
)


def random_recording(seed: int) -> RecordingSpec:
    """Draw a recording: font, size, colour, place, format, scene, picture size, codec, container and habit.

    The same seed draws the same recording. Day and month are never both at most 12 in an ambiguous format.
    """
    pick = random.Random(seed)
    size = pick.choice(_SIZES)
    start = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(milliseconds=pick.randrange(3 * 365 * 86400 * 1000))
    container, codec = pick.choice(_CODECS)
    habit: CreationHabit = pick.choice(("start", "stop", "local-as-utc", "local-as-utc-at-stop", "zeroed", "none"))
    scene: Scene = pick.choice(("harbour", "harbour", "night", "glare", "noise", "testcard"))
    return RecordingSpec(
        start=start,
        duration_s=pick.choice((4.0, 6.0, 8.0, 11.0)),
        size=size,
        fps=pick.choice((15, 25, 30)),
        gop_s=pick.choice((1.0, 1.0, 2.0, 4.0)),
        codec=codec,
        container=container,
        clock=random_style(pick, size[1]),
        creation=habit,
        scene=scene,
        seed=seed,
    )


def random_style(pick: random.Random, height: int) -> ClockStyle:
    """Draw a style that a person can read: bright on dark or outlined or boxed, at least 13 pixels high."""
    lines = pick.choice(FORMATS)
    chinese = any(not line.replace("{half}", "上").isascii() for line in lines)
    colour = pick.choice(_COLOURS)
    boxed = pick.random() < 0.35  # noqa: PLR2004 — a third of devices draw a box
    dark = sum(colour) < 3 * 110
    edges = pick.choice(((_TOP, _BOTTOM), (_BOTTOM, _TOP)))  # labels on the other edge, never over the clock
    apart = pick.random() < 0.5  # noqa: PLR2004 — half of them stacked
    return ClockStyle(
        lines=lines,
        positions=(edges[0][0], edges[0][2]) if apart and len(lines) > 1 else (pick.choice(edges[0]),),
        font=pick.choice(_CHINESE if chinese else _LATIN + _CHINESE),
        size=max(13, round(height * pick.uniform(0.03, 0.075))),
        colour=colour,
        outline=0 if boxed and not dark else max(1, round(height / 360)),
        box=0.0 if dark else pick.choice((0.35, 0.6, 1.0)) if boxed else 0.0,
        labels=pick.choice(_LABELS),
        label_position=pick.choice(edges[1]),
    )
