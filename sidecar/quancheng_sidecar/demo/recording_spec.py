"""What a recording of the demo or of a test shall be: every property is known before the file exists."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from quancheng_sidecar.demo.overlay import ClockStyle
from quancheng_sidecar.demo.scenery import Scene

CreationHabit = Literal["start", "stop", "local-as-utc", "local-as-utc-at-stop", "zeroed", "reset", "none"]
Container = Literal["mp4", "mov", "mkv", "ts", "avi", "3gp"]
Codec = Literal["h264", "h265", "mpeg4", "mjpeg"]

_CHINA = ZoneInfo("Asia/Shanghai")
_RESET = datetime(1970, 1, 1, 0, 0, 9, tzinfo=UTC)
"""What a device writes whose clock lost its battery."""


class RecordingSpec(BaseModel):
    """One recording to be made; seconds, pixels, frames per second. `start` is the true instant of the first frame."""

    model_config = ConfigDict(frozen=True)

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
    """(media second, seconds for which the burnt-in clock stands still before it goes on from where it stood)."""
    audio: bool = True
    creation: CreationHabit = "start"
    container_offset_s: float = 0.0
    """Container's clock minus true time."""
    scene: Scene = "harbour"
    bitrate_kbps: int | None = None
    seed: int = 0
    make: str | None = None
    model: str | None = None


def shown_at(spec: RecordingSpec, at: float) -> datetime:
    """Give the instant that the burnt-in clock shows at `at` media seconds, with its fraction, in China's zone."""
    stood = sum(min(max(at - begin, 0.0), length) for begin, length in spec.clock_stands)
    jumped = sum(by for when, by in spec.clock_jumps if at >= when)
    run = (at - stood) * spec.clock_rate + jumped + spec.clock_offset_s
    return spec.start.astimezone(_CHINA) + timedelta(seconds=run)


def creation_time(spec: RecordingSpec) -> str | None:
    """Give the container's creation time as its habit writes it, labelled UTC; None when it writes none."""
    if spec.creation in {"none", "zeroed"}:
        return None
    if spec.creation == "reset":
        return _stamp(_RESET)
    instant = spec.start + timedelta(seconds=spec.container_offset_s)
    if spec.creation in {"stop", "local-as-utc-at-stop"}:
        instant += timedelta(seconds=spec.duration_s)
    if spec.creation.startswith("local"):
        instant = instant.astimezone(_CHINA).replace(tzinfo=UTC)
    return _stamp(instant)


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
