"""Recordings for the demo and the tests: moving pictures with sound and a burnt-in clock, all known beforehand."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

CreationHabit = Literal["start", "stop", "local-as-utc", "local-as-utc-at-stop", "zeroed", "reset", "none"]
Scene = Literal["harbour", "night", "glare", "noise", "testcard"]
Container = Literal["mp4", "mov", "mkv", "ts", "avi", "3gp"]
Codec = Literal["h264", "h265", "mpeg4", "mjpeg"]
Position = Literal["top-left", "top-right", "top", "bottom-left", "bottom-right", "bottom"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class ClockStyle(_Value):
    """How the clock looks; `lines` are strftime patterns, one piece of text each (see `overlay.render_time`)."""

    lines: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S",)
    positions: tuple[Position, ...] = ("top-right",)
    """Where each line stands; the last is used for further lines, which are then stacked."""
    font: str = "DejaVuSansMono"
    size: int = 22
    colour: tuple[int, int, int] = (255, 255, 255)
    outline: int = 2
    box: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Opacity of the black box behind the text."""
    labels: tuple[str, ...] = ("DSJ-A7 012345 警号350912",)
    """Other text in the picture, which has digits but is no clock."""
    label_position: Position = "top-left"


class RecordingSpec(_Value):
    """One recording to be made; seconds, pixels, frames per second. `start` is the true instant of the first frame."""

    start: AwareDatetime
    duration_s: Annotated[float, Field(gt=0)] = 8.0
    size: tuple[int, int] = (640, 360)
    fps: int = 25
    gop_s: float = 1.0
    codec: Codec = "h264"
    container: Container = "mp4"
    clock: ClockStyle | None = ClockStyle()
    clock_offset_s: float = 0.0
    """Burnt-in clock minus true time."""
    clock_rate: float = 1.0
    clock_jumps: tuple[tuple[float, float], ...] = ()
    """(media second, seconds added to the burnt-in clock from there on)."""
    clock_stands: tuple[tuple[float, float], ...] = ()
    """(media second, seconds for which the burnt-in clock stands still and then goes on from where it stood)."""
    audio: bool = True
    creation: CreationHabit = "start"
    container_offset_s: float = 0.0
    """Container's clock minus true time."""
    scene: Scene = "harbour"
    bitrate_kbps: int | None = None
    seed: int = 0
    make: str | None = None
    model: str | None = None


def shown_at(spec: RecordingSpec, at: float) -> AwareDatetime:
    """Give the instant that the burnt-in clock shows at `at` media seconds (with fraction)."""
    raise NotImplementedError


def write_recording(spec: RecordingSpec, path: Path) -> Path:
    """Make the file and give its path; the same spec makes the same pictures."""
    raise NotImplementedError


def random_recording(seed: int) -> RecordingSpec:
    """Draw a recording at random: font, size, colour, place, format, scene, codec, container, habit."""
    raise NotImplementedError


def excerpt(source: Path, target: Path, begin_s: float, end_s: float, *, reencode: bool = False) -> Path:
    """Keep [begin, end); without re-encoding the edges move back to key frames."""
    raise NotImplementedError


def cut_middle(source: Path, target: Path, begin_s: float, end_s: float, *, reencode: bool = False) -> Path:
    """Take [begin, end) out and join the rest; without re-encoding the edges move to key frames."""
    raise NotImplementedError


def concat(parts: tuple[Path, ...], target: Path, *, reencode: bool = False) -> Path:
    """Join recordings of the same shape one after another."""
    raise NotImplementedError


def freeze(source: Path, target: Path, at_s: float, duration_s: float) -> Path:
    """Hold the picture still at `at_s` for `duration_s` while the sound goes on (re-encodes)."""
    raise NotImplementedError
