"""How burnt-in clocks are read, by font, size, colour and so on: `python -m tests.bench.clocks`.

Short recordings are drawn by seed (any seeds may be given) over every dimension of `Draw`, with no other witness of
their time than the picture, and read as `quancheng recording inspect` reads them. A reading is right when start and
end are true to a second; it is certain when a start is given, since nothing but the picture tells it.
"""

import argparse
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast, get_args

from PIL import ImageFont

from quancheng_plugin.findings import Severity
from quancheng_sidecar.demo.overlay import ClockStyle, Position, lay_out
from quancheng_sidecar.demo.recordings import RecordingSpec, shown_at, write_recording
from quancheng_sidecar.demo.scenery import Scene
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.integrity.clockwork import clock_findings
from quancheng_sidecar.media.integrity.course import follow
from quancheng_sidecar.media.integrity.misread import cleaned
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Clock, WitnessSource
from quancheng_sidecar.settings import Settings

TRUE_S = 1.0
VERDICTS = ("right, certain", "right, review", "wrong, review", "unread", "WRONG, CERTAIN")
_LATIN = {
    "DejaVu Sans Mono": "DejaVuSansMono.ttf",
    "DejaVu Sans Bold": "DejaVuSans-Bold.ttf",
    "DejaVu Serif": "DejaVuSerif.ttf",
    "Liberation Mono": "LiberationMono-Regular.ttf",
    "Liberation Sans Bold": "LiberationSans-Bold.ttf",
    "Liberation Sans Narrow": "LiberationSansNarrow-Regular.ttf",
    "Noto Sans Mono": "NotoSansMono-Regular.ttf",
    "Nimbus Mono": "NimbusMonoPS-Bold.otf",
    "URW Gothic": "URWGothic-Demi.otf",
}
_CHINESE = {
    "Noto Sans CJK": "NotoSansCJK-Regular.ttc",
    "Noto Sans CJK Bold": "NotoSansCJK-Bold.ttc",
    "Noto Serif CJK": "NotoSerifCJK-Bold.ttc",
    "WenQuanYi Zen Hei": "wqy-zenhei.ttc",
    "WenQuanYi Micro Hei": "wqy-microhei.ttc",
    "AR PL UMing": "uming.ttc",
    "AR PL UKai": "ukai.ttc",
}
_FORMATS: dict[str, tuple[str, ...]] = {
    "2026-03-01 09:30:05": ("%Y-%m-%d %H:%M:%S",),
    "2026/03/01 09:30:05": ("%Y/%m/%d %H:%M:%S",),
    "2026.03.01 09:30:05": ("%Y.%m.%d %H:%M:%S",),
    "2026年03月01日 09:30:05": ("%Y年%m月%d日 %H:%M:%S",),
    "2026年3月1日 9:30:05": ("%Y年{M}月{D}日 {H}:%M:%S",),
    "2026年03月01日 星期日 09:30:05": ("%Y年%m月%d日 星期{weekday} %H:%M:%S",),
    "2026-03-01 Sun 09:30:05": ("%Y-%m-%d %a %H:%M:%S",),
    "2026-03-01 09:30:05 AM": ("%Y-%m-%d %I:%M:%S %p",),
    "2026/03/01 上午09:30:05": ("%Y/%m/%d {half}%I:%M:%S",),
    "two lines": ("%Y-%m-%d", "%H:%M:%S"),
    "2026-03-01 09:30:05.123": ("%Y-%m-%d %H:%M:%S.{ms}",),
    "20260301 093005": ("%Y%m%d %H%M%S",),
    "number on the same line": ("DSJ-A7 012345 %Y-%m-%d %H:%M:%S",),
    "01 Mar 2026 09:30:05": ("%d %b %Y %H:%M:%S",),
    "03/01/2026 09:30:05 (US)": ("%m/%d/%Y %H:%M:%S",),
    "03/01/2026 09:30:05 AM (US)": ("%m/%d/%Y %I:%M:%S %p",),
    "01-03-2026 09:30:05": ("%d-%m-%Y %H:%M:%S",),
}
_COLOURS = {
    "white": (255, 255, 255),
    "yellow": (255, 255, 0),
    "green": (0, 255, 0),
    "orange": (255, 160, 0),
    "red": (255, 60, 60),
    "black": (20, 20, 20),
    "light blue": (120, 220, 255),
}
_EDGES = ("no outline", "thin outline", "thick outline", "half box", "black box")
_PICTURES = {"360": (640, 360), "480": (854, 480), "720": (1280, 720), "1080": (1920, 1080), "2160": (3840, 2160)}
_WEIGHTS = (34, 28, 22, 12, 4)
"""Large pictures take long, and are read best."""
_LABELS = (("DSJ-A7 012345 警号350912",), ("ID:000123 Police:654321",), ("闽渔政35001", "编号 2019073112"), ())
_THICK = 120
_DARK = 3 * 110
_STARVED = 0.03
"""Bits per pixel: figures smear."""
_FILLED = 0.96
_LEAST_SQUARES = 9
"""A letter of fewer squares in height is read by nobody."""


@dataclass(frozen=True)
class Draw:
    """One recording, and its value on every dimension of the table."""

    seed: int
    spec: RecordingSpec
    values: dict[str, str]


def draw(seed: int) -> Draw:
    """Draw a recording; the same seed draws the same one wherever the same fonts are installed."""
    pick = random.Random(seed)  # noqa: S311 — repeatable, not secret
    form = pick.choice(list(_FORMATS))
    chinese = any("{half}" in line or not line.isascii() for line in _FORMATS[form])
    fonts = {name: file for name, file in (_CHINESE if chinese else _LATIN | _CHINESE).items() if _installed(file)}
    font, colour, edge = pick.choice(list(fonts)), pick.choice(list(_COLOURS)), pick.choice(_EDGES)
    (lines,) = pick.choices(list(_PICTURES), _WEIGHTS)
    scene, place = pick.choice(get_args(Scene)), pick.choice(get_args(Position))
    width, height = _PICTURES[lines]
    blocks = pick.choice((1, 1, 1, 1, 2, 3))
    dark = sum(_COLOURS[colour]) < _DARK
    style = ClockStyle(
        lines=_FORMATS[form],
        positions=(place,),
        font=fonts[font],
        size=max(13, round(height * pick.uniform(0.028, 0.075))),
        colour=_COLOURS[colour],
        outline={"thin outline": max(1, height // 480), "thick outline": max(2, height // _THICK)}.get(edge, 0),
        # A dark text has a box of its own only where the picture is light.
        box=0.0 if dark else {"half box": 0.5, "black box": 1.0}.get(edge, 0.0),
        labels=pick.choice(_LABELS),
        label_position=_across(place),
    )
    style = _fitted(style, (width, height))
    style = style.model_copy(update={"blocks": max(1, min(blocks, style.size // _LEAST_SQUARES))})
    starved, fps = pick.random() < 0.3, pick.choice((5, 8, 10)) if height < 2000 else 4
    spec = RecordingSpec(
        start=datetime(2023, 1, 1, tzinfo=UTC) + timedelta(milliseconds=pick.randrange(3 * 365 * 86400 * 1000)),
        duration_s=pick.uniform(12, 20) if height < 700 else 12,
        size=(width, height),
        fps=fps,
        gop_s=pick.choice((1.0, 2.0, 4.0)),
        clock=style,
        creation="none",
        audio=False,
        scene=scene,
        bitrate_kbps=round(width * height * fps * _STARVED / 1000) if starved else None,
        seed=seed,
    )
    values = {
        "format": form, "font": font, "height of text, pixels": _height(style.size), "colour": colour,
        "edge": "no outline" if dark and "box" in edge else edge, "place": place, "background": scene,
        "lines of picture": lines, "drawing": "smooth" if style.blocks == 1 else "square pixels, enlarged",
        "bit rate": "starved" if starved else "ample",
    }  # fmt: skip
    return Draw(seed, spec, values)


def _installed(file: str) -> bool:
    try:
        ImageFont.truetype(file, 12)
    except OSError:
        return False
    return True


def _across(place: str) -> Position:
    """The other edge, so that labels never cover the clock."""
    return cast("Position", place.replace("top", "bottom") if "top" in place else place.replace("bottom", "top"))


def _fitted(style: ClockStyle, size: tuple[int, int]) -> ClockStyle:
    """The style with its text made smaller until each line fits into the picture."""
    while any(piece.width > _FILLED * size[0] for piece in lay_out(style, size)):
        style = style.model_copy(update={"size": style.size - 1})
    return style


def _height(size: int) -> str:
    return next((told for most, told in ((16, "to 16"), (24, "17 to 24"), (40, "25 to 40")) if size <= most), "over 40")


def judge(drawn: Draw, clock: Clock) -> str:
    """One of VERDICTS."""
    burnt = [witness for witness in clock.witnesses if witness.source is WitnessSource.BURNT_IN]
    begin, end = drawn.spec.start, shown_at(drawn.spec, drawn.spec.duration_s)
    right = [
        abs((one.start - begin).total_seconds()) <= TRUE_S
        and one.end is not None
        and abs((one.end - end).total_seconds()) <= TRUE_S
        for one in burnt
    ]
    if clock.start is not None:
        return VERDICTS[0] if right[0] else VERDICTS[4]
    if not burnt:
        return VERDICTS[3]
    return VERDICTS[1] if any(right) else VERDICTS[2]


def accused(clock: Clock) -> list[str]:
    """Signs of medium or high severity in the course of an untouched clock."""
    found = clock_findings(cleaned(follow(clock.samples)))
    return [one.code for one in found if one.severity in {Severity.MEDIUM, Severity.HIGH}]


def table(held: list[tuple[Draw, str]], of: Callable[[Draw], dict[str, str]]) -> Iterator[str]:
    """A line for each value of each dimension, as Markdown."""
    yield "| | " + " | ".join(VERDICTS) + " |"
    yield "|---" * (len(VERDICTS) + 1) + "|"
    yield _line("**all**", Counter(verdict for _, verdict in held))
    for dimension in of(held[0][0]):
        yield f"| **{dimension}** |" + " |" * len(VERDICTS)
        for value in sorted({of(drawn)[dimension] for drawn, _ in held}):
            yield _line(value, Counter(verdict for drawn, verdict in held if of(drawn)[dimension] == value))


def _line(name: str, counted: Counter[str]) -> str:
    return f"| {name} | " + " | ".join(str(counted[verdict]) for verdict in VERDICTS) + " |"


def read(seed: int, keep: Path | None) -> tuple[Draw, str, list[str], str]:
    """Draw a recording, make and read it: its verdict, the signs that accuse it, and what to tell of a miss."""
    drawn = draw(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = write_recording(drawn.spec, Path(folder) / f"{seed}.mp4")
        clock = read_clock(path, probe(path), Settings(_env_file=None).zone, file_name="MOVI0001.mp4")
        verdict, codes = judge(drawn, clock), accused(clock)
        missed = _missed(drawn, verdict, codes, clock) if verdict != VERDICTS[0] or codes else ""
        if missed and keep:
            shutil.move(path, keep / path.name)
    return drawn, verdict, codes, missed


def main() -> None:
    """Draw, read, print; what is not right and certain at once, the table at the end."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", default="", help="first:last, drawn at random when left out")
    asked.add_argument("--jobs", type=int, default=1, help="recordings read side by side")
    asked.add_argument("--minutes", type=float, help="begin no further recording after so long")
    asked.add_argument("--keep", type=Path, help="a folder that keeps the recordings not read right and certain")
    given = asked.parse_args()
    first = random.SystemRandom().randrange(10**6) if not given.seeds else int(given.seeds.partition(":")[0])
    last = int(given.seeds.partition(":")[2]) if given.seeds else first + 20
    held, signs, begun = [], 0, time.monotonic()
    with ProcessPoolExecutor(given.jobs) as pool:
        tasks = [pool.submit(read, seed, given.keep) for seed in range(first, last)]
        for task in as_completed(tasks):
            drawn, verdict, codes, missed = task.result()
            held.append((drawn, verdict))
            signs += bool(codes)
            if missed:
                _say(missed)
            if given.minutes and time.monotonic() - begun > 60 * given.minutes:
                # What is being read is waited for: a pool shut down without waiting leaves its processes behind.
                pool.shutdown(cancel_futures=True)
                break
    spent, seeds = time.monotonic() - begun, sorted(drawn.seed for drawn, _ in held)
    _say(f"\n{len(held)} of seeds {seeds[0]} to {seeds[-1]}, {spent:.0f} s; accused though untouched: {signs}\n")
    for line in table(held, lambda drawn: drawn.values):
        _say(line)


def _missed(drawn: Draw, verdict: str, codes: list[str], clock: Clock) -> str:
    read = next((w.raw for w in clock.witnesses if w.source is WitnessSource.BURNT_IN), "")
    why = "; ".join(f.sentence.en for f in clock.findings)
    told = ", ".join(drawn.values.values())
    shown = f"{shown_at(drawn.spec, 0):%Y-%m-%d %H:%M:%S}"
    return f"{drawn.seed}: {verdict} {' '.join(codes)} [{told}] shows {shown}, read {read!r}, {clock.start}. {why}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
