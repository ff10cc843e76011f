"""The clock of real files: made by ffmpeg with everything known, or footage from elsewhere."""

from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import ffmpeg
import pytest
from PIL import Image, ImageDraw, ImageFont

from quancheng_sidecar.demo.recordings import (
    ClockStyle,
    RecordingSpec,
    concat,
    cut_middle,
    excerpt,
    freeze,
    write_recording,
)
from quancheng_sidecar.media.clock.device import DeviceCheck
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Clock, Witness, WitnessSource
from quancheng_sidecar.settings import Settings
from tests.sidecar.media.turned import turned

START = datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
S = WitnessSource


def read(path: Path, name: str = "MOVI0001.mp4", offset: float | None = None) -> Clock:
    """Read a file's clock under a name that tells nothing, unless given."""
    told = {"at": START, "offset_s": offset, "within_s": 0.1, "source": S.BURNT_IN, "synchronised": True}
    checks = [DeviceCheck.model_validate(told)] if offset is not None else []
    return read_clock(path, probe(path), Settings().zone, file_name=name, device_checks=checks, now=NOW)


def codes(clock: Clock) -> set[str]:
    """Codes of all findings."""
    return {finding.code for finding in clock.findings}


def burnt_in(clock: Clock) -> list[Witness]:
    """The witnesses read from the picture."""
    return [witness for witness in clock.witnesses if witness.source is S.BURNT_IN]


def off(clock: Clock, instant: datetime = START) -> float:
    """Seconds by which the believed start is late."""
    assert clock.start is not None
    return (clock.start - instant).total_seconds()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds with clock, device and officer's number; the container written at stop."""
    spec = RecordingSpec(start=START, duration_s=12, size=(640, 360), creation="stop")
    return write_recording(spec, tmp_path_factory.mktemp("whole") / "whole.mp4")


@pytest.fixture(scope="module")
def clock_of_whole(whole: Path) -> Clock:
    """What is read from it."""
    return read(whole)


def test_the_burnt_in_clock_gives_start_and_end_to_the_second(clock_of_whole: Clock) -> None:
    """Beside other figures in the picture; the container's habit that agrees is named."""
    clock = clock_of_whole
    assert clock.source is S.BURNT_IN
    assert abs(off(clock)) < 0.1
    assert clock.end is not None
    assert abs((clock.end - START).total_seconds() - 12) < 0.2
    assert "停止时写入" in clock.reason.zh
    assert codes(clock) == set()


def test_every_sample_says_what_the_picture_shows(clock_of_whole: Clock) -> None:
    """Shown seconds advance with media time, from begin to end."""
    samples = clock_of_whole.samples
    assert all(0 <= (START - s.shown).total_seconds() + s.at < 1.1 for s in samples)
    assert samples[0].at < 1
    assert samples[-1].at > 11


def test_a_removed_middle_leaves_its_jump_in_the_samples(whole: Path, tmp_path: Path) -> None:
    """Known to a second, with three readings on both sides; the end is the clock's."""
    clock = read(cut_middle(whole, tmp_path / "cut.mp4", 5, 8))
    steps = [(b.at - a.at, (b.shown - a.shown).total_seconds(), a.at) for a, b in pairwise(clock.samples)]
    jumps = [(gap, at) for gap, step, at in steps if step - gap > 2]
    assert len(jumps) == 1
    assert jumps[0][0] <= 1.0
    assert 4 <= jumps[0][1] <= 5.1
    assert abs(off(clock)) < 0.1
    assert clock.end is not None
    assert abs((clock.end - START).total_seconds() - 12) < 0.3


def test_a_frozen_picture_leaves_a_standing_clock_in_the_samples(whole: Path, tmp_path: Path) -> None:
    """Four seconds put in: the same second is read all along."""
    clock = read(freeze(whole, tmp_path / "frozen.mp4", 5, 4))
    runs = [[s.at for s in run] for _, run in groupby(clock.samples, key=lambda s: s.shown)]
    assert max(run[-1] - run[0] for run in runs) > 3
    assert abs(off(clock)) < 0.1


def test_lines_apart_with_twelve_hours_in_chinese_are_one_clock(tmp_path: Path) -> None:
    """Date above, time below on the other side, in a transport stream that starts at 1.4 s."""
    style = ClockStyle(
        lines=("%Y年%m月%d日 星期{weekday}", "{half}%I:%M:%S"),
        positions=("top-left", "bottom-right"),
        font="wqy-zenhei.ttc",
        box=0.5,
        outline=0,
        labels=("警号350912",),
        label_position="top-right",
    )
    spec = RecordingSpec(start=START + timedelta(hours=12, seconds=0.4), duration_s=6, container="ts", clock=style)
    clock = read(write_recording(spec, tmp_path / "apart.ts"))
    assert clock.source is S.BURNT_IN
    assert abs(off(clock, spec.start)) < 0.1


def test_small_red_text_on_a_small_picture_is_read(tmp_path: Path) -> None:
    """Thirteen pixels high at 360 lines: grey hides red text, its own channel shows it."""
    style = ClockStyle(font="DejaVuSansMono-Bold.ttf", size=13, colour=(255, 40, 40), outline=1, labels=())
    spec = RecordingSpec(start=START, duration_s=8, clock=style, creation="none")
    clock = read(write_recording(spec, tmp_path / "small.mp4"))
    assert clock.source is S.BURNT_IN
    assert abs(off(clock)) < 0.1


def test_a_turned_recording_is_read_upright(whole: Path, tmp_path: Path) -> None:
    """Pixels lie on their side, the container says by how much."""
    lying = ffmpeg.input(str(whole), t=5).video.filter("transpose", 2)
    path = tmp_path / "lying.mp4"
    ffmpeg.output(lying, str(path), preset="ultrafast", g=25, map_metadata=-1).run(quiet=True)
    tagged = turned(path, tmp_path / "tagged.mp4", -90)
    assert probe(tagged).streams[0].rotation == 90
    assert abs(off(read(tagged))) < 0.1


def test_a_clock_that_passes_midnight_is_read(tmp_path: Path) -> None:
    """The date changes in the middle of the recording."""
    start = datetime(2026, 2, 28, 15, 59, 57, tzinfo=UTC)
    clock = read(write_recording(RecordingSpec(start=start, duration_s=6, creation="none"), tmp_path / "night.mp4"))
    assert abs(off(clock, start)) < 0.1
    assert {s.shown.day for s in clock.samples} == {28, 1}


def test_a_clock_eight_hours_off_is_told_with_its_figure(tmp_path: Path) -> None:
    """The picture's clock is eight hours ahead of container and name."""
    spec = RecordingSpec(start=START, duration_s=5, clock_offset_s=28800)
    clock = read(write_recording(spec, tmp_path / "ahead.mp4"), name="20260301_093005.mp4")
    found = next(finding for finding in clock.findings if finding.code == "clock-offset-8h")
    assert found.figures["difference_s"] == pytest.approx(-28800, abs=2)
    assert {w.source for w in clock.witnesses} >= {S.BURNT_IN, S.FILE_NAME, S.CONTAINER_START, S.CONTAINER_STOP}


def test_an_ambiguous_date_is_believed_only_with_another_witness(tmp_path: Path) -> None:
    """US order, day and month both below thirteen."""
    style = ClockStyle(lines=("%m/%d/%Y %H:%M:%S",))
    spec = RecordingSpec(start=START, duration_s=5, clock=style, creation="none")
    path = write_recording(spec, tmp_path / "us.mp4")
    alone = read(path)
    assert alone.start is None
    assert {w.start.date().isoformat() for w in burnt_in(alone)} == {"2026-03-01", "2026-01-03"}
    assert "clock-ambiguous-date" in codes(alone)
    assert abs(off(read(path, name="20260301_093006.mp4"))) < 0.1


def test_a_date_that_does_not_run_is_no_clock(tmp_path: Path) -> None:
    """A poster or a stopped display gives no witness."""
    spec = RecordingSpec(start=START, duration_s=5, clock_rate=0.0, creation="none")
    clock = read(write_recording(spec, tmp_path / "poster.mp4"))
    assert burnt_in(clock) == []
    assert clock.start is None


def test_a_counter_of_the_recording_s_length_is_no_clock(tmp_path: Path) -> None:
    """`00:00:07` runs, but it began with the recording; the date beside it is a label's."""
    midnight = datetime(2026, 2, 28, 16, 0, 0, tzinfo=UTC)
    style = ClockStyle(lines=("REC %H:%M:%S",), labels=("2026-03-01",))
    clock = read(write_recording(RecordingSpec(start=midnight, duration_s=5, clock=style), tmp_path / "counter.mp4"))
    assert burnt_in(clock) == []


def small(**more: object) -> RecordingSpec:
    """A small recording with nothing but its picture to tell the time."""
    plain = {"start": START, "duration_s": 10, "size": (480, 270), "fps": 10, "creation": "none", "audio": False}
    return RecordingSpec.model_validate(plain | {"clock": ClockStyle(labels=())} | more)


def test_a_clock_whose_line_is_found_in_two_parts_is_read(tmp_path: Path) -> None:
    """Neither part holds the date: the year and month are apart from its day and the time."""
    style = ClockStyle(lines=("%Y-%m    -%d %H:%M:%S",), labels=())
    clock = read(write_recording(small(duration_s=5, clock=style), tmp_path / "parted.mp4"))
    assert abs(off(clock)) < 0.1


def test_a_counter_with_a_date_in_its_own_text_is_for_review(tmp_path: Path) -> None:
    """`2026-03-01 REC 00:00:07`: another witness decides, and here it says another time."""
    midnight = datetime(2026, 2, 28, 16, 0, 0, tzinfo=UTC)
    style = ClockStyle(lines=("%Y-%m-%d REC %H:%M:%S",), labels=())
    path = write_recording(small(start=midnight, clock=style, duration_s=6), tmp_path / "counter.mp4")
    alone, named = read(path), read(path, name="20260301_103000.mp4")
    assert (alone.start, burnt_in(alone)[0].start) == (None, midnight)
    assert "clock-or-counter" in codes(alone)
    assert named.source is S.FILE_NAME


@pytest.mark.parametrize("rate", [2.0, 0.25])
def test_a_clock_at_another_rate_is_read_and_its_start_given_with_that_doubt(rate: float, tmp_path: Path) -> None:
    """Time lapse, slow motion or a copy at another speed: start and end are as shown."""
    clock = read(write_recording(small(clock_rate=rate), tmp_path / "rate.mp4"))
    assert clock.end is not None
    assert abs(off(clock)) < 0.6
    assert abs((clock.end - START).total_seconds() - 10 * rate) < 0.8
    assert burnt_in(clock)[0].figures["rate"] == pytest.approx(rate, rel=0.05)
    assert "快慢" in clock.reason.zh


def test_swapped_halves_give_the_earliest_and_latest_moment_for_review(tmp_path: Path) -> None:
    """The first picture shows the middle: without another witness no start is given, with one the true one."""
    whole = write_recording(small(duration_s=12), tmp_path / "whole.mp4")
    halves = (excerpt(whole, tmp_path / "b.mp4", 6, 12), excerpt(whole, tmp_path / "a.mp4", 0, 6))
    swapped = concat(halves, tmp_path / "swapped.mp4")
    clock, named = read(swapped), read(swapped, name="20260301_093005.mp4")
    (shown,) = burnt_in(clock)
    assert clock.start is None
    assert shown.end is not None
    assert abs((shown.start - START).total_seconds()) < 1
    assert abs((shown.end - START).total_seconds() - 12) < 1
    assert "clock-out-of-order" in codes(clock)
    assert named.end is not None
    assert (abs(off(named)) < 1, abs((named.end - START).total_seconds() - 12) < 1) == (True, True)


def test_a_measured_device_offset_stands_beside_the_reading(whole: Path) -> None:
    """Corrected beside, never over."""
    clock = read(whole, offset=90.0)
    assert clock.source is S.DEVICE_OFFSET
    assert abs(off(clock) + 90) < 0.1
    assert abs((burnt_in(clock)[0].start - START).total_seconds()) < 0.1


def test_what_agrees_with_the_corrected_time_is_no_contradiction(whole: Path) -> None:
    """A name given by a clock that was right, five minutes from what a slow device shows: told with the correction."""
    named = f"REC_{START + timedelta(minutes=5):%Y%m%d_%H%M%S}Z.mp4"
    assert codes(read(whole, named)) == {"clock-contradiction"}
    clock = read(whole, named, offset=-300.0)
    assert abs(off(clock) - 300) < 0.2
    assert "校正值与文件名中的时间相符" in clock.reason.zh
    assert codes(clock) == set()


def test_a_device_error_within_what_is_not_known_corrects_nothing(whole: Path) -> None:
    """A clock that a check found right to the tenth of a second is believed as it stands, and the check is named."""
    clock = read(whole, offset=0.05)
    assert clock.source is S.BURNT_IN
    assert "不作校正" in clock.reason.zh


def test_footage_without_a_clock_has_no_burnt_in_witness(shared_media: Path) -> None:
    """A real surveillance clip without overlay; its container speaks for itself, unconfirmed."""
    clock = read(shared_media / "onvif-test_signed_h265.mp4")
    assert burnt_in(clock) == []
    assert clock.samples == ()


def test_a_time_printed_on_a_photo_is_a_witness_with_a_note(tmp_path: Path) -> None:
    """It is believed when EXIF bears it out, and the note says that it may be any text."""
    image = Image.new("RGB", (1280, 960), (70, 90, 110))
    font = ImageFont.truetype("DejaVuSansMono.ttf", 34)
    ImageDraw.Draw(image).text((700, 890), "2026-03-01 09:30:05", font=font, fill=(255, 180, 0))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:03:01 09:30:06"
    image.save(tmp_path / "plain.jpg")
    image.save(tmp_path / "exif.jpg", exif=exif)
    alone, borne_out = read(tmp_path / "plain.jpg", name="a.jpg"), read(tmp_path / "exif.jpg", name="a.jpg")
    assert alone.start is None
    assert burnt_in(alone)[0].note is not None
    assert (borne_out.source, off(borne_out)) == (S.BURNT_IN, 0.0)


def test_sound_alone_has_the_witnesses_that_are_written(tmp_path: Path) -> None:
    """No picture, so the name and the container speak."""
    path = tmp_path / "20260301_093005.m4a"
    tag = {"metadata:g:0": "creation_time=2026-03-01T01:30:08Z"}
    ffmpeg.input("sine=d=3", format="lavfi").output(str(path), acodec="aac", **tag).run(quiet=True)
    clock = read(path, name=path.name)
    assert (clock.source, off(clock)) == (S.FILE_NAME, 0.0)
    assert "停止时写入" in clock.reason.zh
