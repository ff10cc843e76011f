"""A recording whose every property is known, what a forger makes of it, and how it is examined."""

import random
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.demo.recordings import RecordingSpec, shown_at, write_recording
from quancheng_sidecar.media.integrity.examine import examine
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Clock, ClockSample, Integrity

START = datetime(2026, 3, 1, 1, 37, 52, 310000, tzinfo=UTC)
NO_REASON = Sentence(zh="", en="")

Examine = Callable[..., Integrity]
Shoot = Callable[[str], Path]


def clock_of(samples: tuple[ClockSample, ...] = ()) -> Clock:
    """A clock with these readings and no witnesses."""
    return Clock(start=None, end=None, source=None, reason=NO_REASON, witnesses=(), samples=samples)


def readings(  # noqa: PLR0913  each names one way in which reading goes wrong
    spec: RecordingSpec,
    every_s: float = 1.0,
    *,
    seed: int = 0,
    misread: float = 0.0,
    glyph: tuple[str, str] | None = None,
    seconds: bool = True,
) -> tuple[ClockSample, ...]:
    """What a reader sees of a burnt-in clock: whole seconds, drawn up to 0.1 s late, with misread digits."""
    pick = random.Random(seed)  # noqa: S311  repeatable, not secret
    found = []
    at = pick.uniform(0, every_s)
    while at < spec.duration_s:
        shown = shown_at(spec, max(0.0, at - pick.uniform(0, 0.1)))
        text = shown.strftime("%Y%m%d%H%M%S" if seconds else "%Y%m%d%H%M00")
        if pick.random() < misread:
            place = pick.randrange(6, 14)
            text = text[:place] + str(pick.randrange(10)) + text[place + 1 :]
        text = text[:8] + (text[8:].replace(*glyph) if glyph else text[8:])
        try:
            value = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=shown.tzinfo)
        except ValueError:
            value = None
        if value is not None:
            found.append(ClockSample(at=round(at, 3), shown=value, confidence=0.9))
        at += every_s
    return tuple(found)


def spec(seed: int = 0, duration_s: float = 60, **more: object) -> RecordingSpec:
    """A recording that starts at any time of a day."""
    pick = random.Random(seed)  # noqa: S311  repeatable, not secret
    start = START + timedelta(milliseconds=pick.randrange(10**8))
    return RecordingSpec.model_validate({"start": start, "duration_s": duration_s, **more})


def ffmpeg(*arguments: object) -> None:
    """Run ffmpeg; its error fails the test."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=120)


def codes(result: Integrity) -> dict[str, str]:
    """Codes found, each with its severity."""
    return {finding.code: finding.severity.value for finding in result.findings}


@pytest.fixture(scope="session")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> Shoot:
    """Make a 12 s recording of a kind (`mp4`, `h265`, `ts`, `mkv`), once for all tests."""
    folder = tmp_path_factory.mktemp("shot")
    kinds: dict[str, dict[str, object]] = {
        "mp4": {},
        "h265": {"codec": "h265", "gop_s": 2.0},
        "ts": {"container": "ts"},
        "mkv": {"container": "mkv", "fps": 30},
    }
    made: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in made:
            wanted = spec(7, 12, size=(480, 272), **kinds[kind])
            made[kind] = write_recording(wanted, folder / f"{kind}.{wanted.container}")
        return made[kind]

    return make


@pytest.fixture(scope="session")
def look() -> Examine:
    """Examine a file, with clock readings when given."""

    def run(path: Path, samples: tuple[ClockSample, ...] = ()) -> Integrity:
        probed = probe(path)
        return examine(path, probed, clock_of(samples), survey(path, probed, limit_s=60))

    return run
