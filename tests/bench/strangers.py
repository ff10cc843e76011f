"""Whether strangers that look alike are told apart: `python -m tests.bench.strangers --seeds 100:110`.

For each seed a fixed camera's scene on two days, in which a person in the same uniform walks about, and a second
camera of the model on the same desk, a few pixels aside, on a third day. Sound (speech of that day, or none) and
clock (that day's, or none) are drawn too, and in some places a siren or a warning light that goes on every day.
Nothing of one is in another: every relation but `unrelated` is false.
"""

import argparse
import random
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from pathlib import Path
from typing import get_args

from PIL import Image

from quancheng_sidecar.demo.scenery import Scene, paint
from quancheng_sidecar.media.comparison.clocks import Clocks
from quancheng_sidecar.media.comparison.compare import compare
from quancheng_sidecar.media.comparison.report import Comparison, Relation
from quancheng_sidecar.media.comparison.traits import take_traits
from quancheng_sidecar.media.integrity.course import Course, follow
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import ClockSample

WIDTH, HEIGHT, LENGTH_S, FPS = 480, 270, 20, 10
_ASIDE = 16
"""Pixels of the backdrop around what a camera sees."""
_FACTORS = [factor for factor in range(3, 29) if factor % 7]
"""How syllables follow on each other; a multiple of seven would be silence, which all days share."""


@dataclass(frozen=True)
class Room:
    """What all recordings of one seed share; `siren` and `light` come again after so many seconds, zero for none."""

    backdrop: Path
    clocked: bool
    heard: bool
    siren: float
    light: float


@dataclass(frozen=True)
class Day:
    """One recording: its start, how many pixels its camera stands aside, and how the person walks and speaks.

    `walk` are seconds and places from left (0) to right (1) between which the person walks evenly.
    """

    name: str
    start: datetime
    aside: int
    walk: tuple[tuple[float, float], ...]
    pitch: float
    words: tuple[int, int, float]
    noise: int


def room(seed: int, pick: random.Random, folder: Path) -> Room:
    """Paint the scene."""
    backdrop = folder / f"{seed}.png"
    scene = pick.choice(get_args(Scene))
    Image.fromarray(paint(scene, (WIDTH + _ASIDE, HEIGHT + _ASIDE), seed)).save(backdrop)
    clocked, heard = pick.random() < 0.6, pick.random() < 0.7
    apart = random.Random(f"what goes on in {seed}")  # noqa: S311 — repeatable, not secret
    siren, light = (apart.uniform(0.6, 7.5) if apart.random() < 0.4 else 0.0 for _ in range(2))
    return Room(backdrop, clocked, heard, siren, light)


def day(name: str, pick: random.Random, *, aside: int = 0) -> Day:
    """Draw a recording."""
    return Day(
        name=name,
        start=datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(seconds=pick.randrange(300 * 86400)),
        aside=aside,
        walk=_walk(pick),
        pitch=pick.uniform(120, 260),
        words=(pick.choice(_FACTORS), pick.randrange(15, 40), pick.uniform(2.5, 4.5)),
        noise=pick.randrange(10**6),
    )


def _walk(pick: random.Random) -> tuple[tuple[float, float], ...]:
    """To a place anywhere, at a walk's pace; there the person stands for a while, or turns at once."""
    steps = [(0.0, pick.random())]
    while steps[-1][0] < LENGTH_S:
        at, place = steps[-1]
        aim = pick.random()
        there = at + max(0.5, abs(aim - place) * pick.uniform(4, 7))
        steps += [(there, aim), (there + pick.choice((0.1, 0.1, 1.0, 3.0)), aim)]
    return tuple(steps)


def _place(walk: tuple[tuple[float, float], ...]) -> str:
    """Where the person is, as FFmpeg's expression of the second `t`."""
    told = str(walk[-1][1])
    for (begin, one), (end, other) in reversed(list(pairwise(walk))):
        told = f"if(lt(t,{end:.2f}),{one:.3f}+{other - one:.3f}*(t-{begin:.2f})/{end - begin:.2f},{told})"
    return told


def film(place: Room, drawn: Day, folder: Path) -> Path:
    """Write the recording."""
    person = f"overlay=x='(W-w)*({_place(drawn.walk)})':y='H-h-20-4*sin(9*t)':shortest=1"
    view = f"crop={WIDTH}:{HEIGHT}:{drawn.aside}:{drawn.aside},noise=alls=6:allf=t:all_seed={drawn.noise}"
    begun = drawn.noise % 1000 / 100  # the siren and the light are elsewhere in their round on each day
    if place.light:
        lit = f"lt(mod(t+{begun}\\,{place.light:.2f})\\,{place.light / 2:.2f})"
        view += f",drawbox=w=iw:h=ih*0.7:color=blue@0.4:t=fill:enable='{lit}'"
    shown = f"[0:v]{view}[p];color=c=0x553322:s=40x110:r={FPS}:d={LENGTH_S}[q];[p][q]{person}"
    if place.clocked:
        seconds = int(drawn.start.timestamp())
        text = f"%{{pts\\:gmtime\\:{seconds}\\:%Y-%m-%d %H\\\\\\:%M\\\\\\:%S}}"
        shown += f",drawtext=font=DejaVu Sans Mono:text='{text}':x=8:y=8:fontsize=20:fontcolor=white:borderw=2"
    factor, step, rhythm = drawn.words
    tone = f"sin(2*PI*t*({drawn.pitch}+{step}*mod(floor(t*4)*{factor},17)))"
    voice = f"0.25*mod(floor(t*{rhythm})*{factor},7)/7*{tone}+0.02*(random(0)-0.5)"
    if place.siren:
        wail = f"{60 * place.siren:.0f}*cos(2*PI*(t+{begun})/{place.siren:.2f})"
        voice += f"+0.3*sin(2*PI*900*t-{wail})"
    target = folder / f"{place.backdrop.stem}-{drawn.name}.mp4"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-loop", "1", "-framerate", str(FPS), "-i", place.backdrop]
    command += ["-f", "lavfi", "-i", f"aevalsrc='{voice}':s=44100:d={LENGTH_S}"] if place.heard else []
    command += ["-filter_complex", f"{shown}[v]", "-map", "[v]", *(["-map", "1:a"] if place.heard else [])]
    command += [
        "-t",
        str(LENGTH_S),
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-g",
        "20",
        "-pix_fmt",
        "yuv420p",
        target,
    ]
    subprocess.run(list(map(str, command)), check=True, timeout=300)
    return target


def judged(seed: int, folder: Path) -> Iterator[tuple[str, Comparison]]:
    """All pairs of a seed's recordings, each way; a drawn clock counts as read with certainty."""
    pick = random.Random(seed)  # noqa: S311 — repeatable, not secret
    place = room(seed, pick, folder)
    days = [day("day-one", pick), day("day-two", pick), day("beside", pick, aside=pick.randrange(1, 9))]
    taken = {one: take_traits(path, probe(path)) for one in days for path in [film(place, one, folder)]}
    sort = f"{seed} {'clock' if place.clocked else 'no clock'}, {'sound' if place.heard else 'no sound'}"
    sort += f", siren {place.siren:.1f} s, light {place.light:.1f} s"
    for one, other in permutations(days, 2):
        clocks = Clocks(running(one.start), running(other.start)) if place.clocked else None
        yield f"{sort}: {one.name}, {other.name}", compare(taken[one], taken[other], clocks=clocks)


def running(start: datetime) -> Course:
    """A burnt-in clock that is read every second and runs evenly from a start."""
    at = range(LENGTH_S)
    return follow([ClockSample(at=t, shown=start + timedelta(seconds=t), confidence=1) for t in at])


def main() -> None:
    """Film, compare, print what is false, and the counts at the end."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", default="", help="first:last, drawn at random when left out")
    given = asked.parse_args()
    first = random.SystemRandom().randrange(10**6) if not given.seeds else int(given.seeds.partition(":")[0])
    last = int(given.seeds.partition(":")[2]) if given.seeds else first + 5
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for seed in range(first, last):
            for pair, found in judged(seed, Path(name)):
                related = found.relation is not Relation.UNRELATED
                counts["false" if related else "look alike" if found.evidence else "unrelated"] += 1
                if related:
                    where = "; ".join(f"{one.a} {one.b} {'+'.join(one.by)}" for one in found.ranges)
                    print(f"{pair}: {found.relation}, {found.evidence}: {where}", flush=True)  # noqa: T201
    print(f"seeds {first} to {last - 1}, {counts.total()} pairs: {dict(counts)}")  # noqa: T201


if __name__ == "__main__":
    main()
