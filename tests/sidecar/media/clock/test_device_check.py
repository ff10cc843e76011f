"""A device's clock is measured by filming the time codes, and later recordings are corrected by it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import ffmpeg
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from quancheng_sidecar.demo.recordings import RecordingSpec, write_recording
from quancheng_sidecar.media.clock.check import NoTimeCode, check_clock
from quancheng_sidecar.media.clock.device import DeviceCheck, offset_at, set_between
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.clock.time_code import (
    TimeCode,
    Turn,
    find_true_time,
    read_code,
    svg_of,
    true_time_of,
    write_code,
)
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import WitnessSource
from quancheng_sidecar.settings import Settings

SHOWN = datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC)
FAST_S = 37.4
S = WitnessSource


def film(screen: Path, out: Path, *, length: int = 12, first_s: float = 0.4, still: bool = False) -> Path:
    """Film a screen that shows the codes, askew and noisy, with a camera whose clock shows `SHOWN` at first."""
    screen.mkdir()
    # The device is FAST_S ahead, and at its first frame the true second is 1 - first_s old.
    begun = SHOWN - timedelta(seconds=FAST_S) + timedelta(seconds=first_s)
    for number in range(length):
        instant = begun + timedelta(seconds=0 if still else number)
        code = zxingcpp.create_barcode(
            write_code(TimeCode(instant, synchronised=True)), zxingcpp.BarcodeFormat.QRCode, ec_level="H"
        )
        Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=7)).save(screen / f"{number:03}.png")
    spec = RecordingSpec(start=SHOWN, duration_s=length, size=(960, 540))
    camera = ffmpeg.input(str(write_recording(spec, screen / "camera.mp4")))
    codes = (
        ffmpeg.input(str(screen / "%03d.png"), framerate=1)
        .filter("fps", 25)  # at one frame a second its times could only be whole seconds
        .filter("setpts", f"PTS+{first_s}/TB")
        .filter("format", "rgba")
        .filter("rotate", 0.12, fillcolor="white@0")
    )
    filmed = ffmpeg.overlay(camera.video, codes, x=420, y=180).filter("noise", alls=6)
    ffmpeg.output(filmed, str(out), vcodec="libx264", crf=26, pix_fmt="yuv420p").run(quiet=True)
    return out


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of the screen, by a camera whose clock is 37.4 s fast."""
    folder = tmp_path_factory.mktemp("filmed")
    return film(folder / "screen", folder / "filmed.mp4")


def test_true_time_is_laid_on_media_time_to_the_frame(filmed: Path) -> None:
    """Second 0 of the recording is known within a frame, from turns all along the codes."""
    true = find_true_time(filmed, probe(filmed))
    assert true is not None
    assert abs((true.zero - SHOWN).total_seconds() + FAST_S) < 0.05
    assert (true.within_s < 0.05, true.synchronised) == (True, True)
    assert true.turns >= 5


def test_a_fast_clock_is_measured(filmed: Path) -> None:
    """The clock in the picture against the codes: how far ahead, how sure, and by which witness."""
    check = check_clock(filmed, Settings().zone, "filmed.mp4")
    assert check.offset_s == pytest.approx(FAST_S, abs=0.1)
    assert (check.source, check.within_s < 0.2) == (S.BURNT_IN, True)


def test_a_screen_that_stands_still_gives_no_time(tmp_path: Path) -> None:
    """A photo of the page held before the camera is no clock."""
    with pytest.raises(NoTimeCode):
        check_clock(
            film(tmp_path / "screen", tmp_path / "still.mp4", length=6, still=True), Settings().zone, "still.mp4"
        )


@given(st.lists(st.floats(0, 0.45), max_size=7), st.floats(0.01, 0.2), st.data())
def test_a_screen_that_draws_late_widens_the_answer(late: list[float], frame_s: float, data: st.DataObject) -> None:
    """Where one code came in time, true zero lies within what is told, however late the others were drawn."""
    turns = []
    for second, lateness in enumerate(data.draw(st.permutations([0.0, *late]))):
        shown = second + 0.5 + lateness
        before = shown - frame_s * data.draw(st.floats(0, 1))
        turns.append(Turn(SHOWN + timedelta(seconds=second), before, before + frame_s))
    true = true_time_of(turns, synchronised=True)
    assert true is not None
    assert abs((true.zero - SHOWN).total_seconds() + 0.5) <= true.within_s + 1e-5
    assert true.within_s <= frame_s / 2 + max(late, default=0.0) + 0.025 + 1e-5


@given(st.floats(0, 0.05), st.floats(0, 1), st.floats(0.01, 0.2))
def test_what_every_screen_takes_lies_within_what_is_told(screen_s: float, part: float, frame_s: float) -> None:
    """A screen that shows all codes late alike, as screens do, moves no true zero out of the answer."""
    before = [second + 0.5 + screen_s - part * frame_s for second in range(5)]
    turns = [Turn(SHOWN + timedelta(seconds=n), at, at + frame_s) for n, at in enumerate(before)]
    true = true_time_of(turns, synchronised=True)
    assert true is not None
    assert abs((true.zero - SHOWN).total_seconds() + 0.5) <= true.within_s + 1e-5


def test_codes_that_contradict_each_other_give_no_time() -> None:
    """Two recordings joined lay true time in two places; neither is chosen."""
    joined = [Turn(SHOWN, 1.0, 1.04), Turn(SHOWN + timedelta(seconds=1), 4.0, 4.04)]
    assert true_time_of(joined, synchronised=True) is None


@given(st.integers(1_500_000_000_000, 4_000_000_000_000), st.booleans(), st.booleans())
def test_a_code_says_what_was_written(ms: int, synchronised: bool, fetched: bool) -> None:  # noqa: FBT001  hypothesis gives them
    """Every second, and every millisecond of a picture, comes back as it was written; other texts are no code."""
    instant = datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000 if fetched else 0)
    code = TimeCode(instant, synchronised, fetched)
    assert read_code(write_code(code)) == code
    assert read_code(write_code(code).removeprefix("QC-")) is None
    assert "<svg" in svg_of(code)


def check(day: float, offset_s: float, source: WitnessSource = S.BURNT_IN) -> DeviceCheck:
    """A check so many days after SHOWN."""
    at = SHOWN + timedelta(days=day)
    return DeviceCheck(at=at, offset_s=offset_s, within_s=0.1, source=source, synchronised=True)


@given(st.floats(0.5, 60), st.floats(-4, 4), st.floats(0, 1), st.floats(-600, 600))
def test_drift_between_two_checks_is_interpolated(days: float, drift: float, part: float, offset: float) -> None:
    """A clock that drifts evenly is known at every moment between the checks."""
    first, last = check(0, offset), check(days, offset + drift * days)
    true = SHOWN + timedelta(days=days * part)
    expected = offset + drift * days * part
    found = offset_at([last, first], true + timedelta(seconds=expected), S.BURNT_IN)
    assert found is not None
    assert found.offset_s == pytest.approx(expected, abs=0.02)


def test_a_clock_that_was_set_between_the_checks_tells_nothing() -> None:
    """Eight hours' difference in three days is no drift."""
    shown = SHOWN + timedelta(days=1)
    checks = [check(0, 2.0), check(3, 28_800.0)]
    assert offset_at(checks, shown, S.BURNT_IN) is None
    said = set_between(checks, shown, S.BURNT_IN)
    assert said is not None
    assert "其间调过时钟" in said.zh
    assert set_between(checks, SHOWN + timedelta(days=9), S.BURNT_IN) is None


def test_that_the_clock_was_set_between_the_checks_is_said(tmp_path: Path) -> None:
    """The time stands as the device tells it, and the reason says why no check corrects it."""
    sound = tmp_path / "sound.wav"
    ffmpeg.input("anoisesrc=d=2", f="lavfi").output(str(sound)).run(quiet=True)
    checks = [check(days, off).model_copy(update={"source": S.FILE_NAME}) for days, off in ((0, 2.0), (3, 900.0))]
    named = f"REC_{SHOWN + timedelta(days=1):%Y%m%d_%H%M%S}Z.wav"
    clock = read_clock(sound, probe(sound), Settings().zone, file_name=named, device_checks=checks)
    assert clock.start == SHOWN.replace(microsecond=0) + timedelta(days=1)
    assert "其间调过时钟" in clock.reason.zh


def test_an_old_check_tells_less() -> None:
    """What is known widens with the days apart, until a small error corrects nothing any more."""
    fresh = offset_at([check(0, 37.4)], SHOWN + timedelta(days=1), S.BURNT_IN)
    stale = offset_at([check(0, 37.4)], SHOWN + timedelta(days=30), S.BURNT_IN)
    assert fresh is not None
    assert stale is not None
    assert (fresh.tells, stale.tells) == (True, False)
    assert "相隔" in stale.basis.zh


def test_another_witness_is_not_corrected() -> None:
    """A check of the clock in the picture says nothing of the time in a file's name."""
    assert offset_at([check(0, 37.4)], SHOWN, S.FILE_NAME) is None
    assert offset_at([], SHOWN, S.BURNT_IN) is None
