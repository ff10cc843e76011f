"""Several clocks in one picture, and clocks without a date: witnesses that contradict or bear out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import ffmpeg
import pytest

from quancheng_plugin.findings import Severity
from quancheng_sidecar.demo.recordings import ClockStyle, RecordingSpec, write_recording
from quancheng_sidecar.media.clock.belief import believe
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.clock.running import Region, Track, beside, running_in
from quancheng_sidecar.media.clock.text_reader import Box
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Clock, Witness, WitnessSource
from quancheng_sidecar.settings import Settings

pytestmark = pytest.mark.xdist_group("several-clocks")

START = datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
LATER = timedelta(hours=5, seconds=77)
FRAMES = (0.0, 2.0, 5.0, 7.0, 10.0, 12.0)
S = WitnessSource


def read(path: Path, name: str = "MOVI0001.mp4") -> Clock:
    """Read a file's clock under a name."""
    return read_clock(path, probe(path), Settings().zone, file_name=name, now=NOW)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two running clocks, one above the other, five hours apart; the container says nothing."""
    folder = tmp_path_factory.mktemp("two")
    halves = [
        write_recording(
            RecordingSpec(start=start, duration_s=6, size=(640, 240), clock=ClockStyle(labels=()), creation="none"),
            folder / f"{place}.mp4",
        )
        for place, start in enumerate((START, START - LATER))
    ]
    both = ffmpeg.filter([ffmpeg.input(str(half)).video for half in halves], "vstack")
    ffmpeg.output(both, str(folder / "two.mp4"), preset="ultrafast", map_metadata=-1).run(quiet=True)
    return folder / "two.mp4"


def test_two_clocks_that_nothing_settles_give_no_start(two: Path) -> None:
    """Both are witnesses, and the finding names both instants."""
    clock = read(two)
    assert clock.start is None
    assert {w.start for w in clock.witnesses} == {START, START - LATER}
    (found,) = [finding for finding in clock.findings if finding.code == "clock-several"]
    assert "2026-03-01 09:30:05" in found.sentence.zh
    assert "2026-03-01 04:28:48" in found.sentence.zh


def test_of_two_clocks_the_one_borne_out_is_believed(two: Path) -> None:
    """The file name agrees with the lower: it comes first, its readings are given, and it is still for review."""
    start = START - LATER
    clock = read(two, f"{start + timedelta(hours=8):%Y%m%d_%H%M%S}.mp4")
    assert clock.start is not None
    assert abs((clock.start - start).total_seconds()) < 1
    assert clock.witnesses[0].start == clock.start
    assert abs((clock.samples[0].shown - start).total_seconds()) <= 1
    assert "clock-several" in {finding.code for finding in clock.findings}


@pytest.fixture(scope="module")
def undated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A running clock that shows no date."""
    style = ClockStyle(lines=("%H:%M:%S",), labels=())
    spec = RecordingSpec(start=START, duration_s=6, size=(640, 360), clock=style, creation="none")
    return write_recording(spec, tmp_path_factory.mktemp("undated") / "undated.mp4")


def test_a_clock_without_a_date_bears_a_dated_witness_out(undated: Path) -> None:
    """The date is the file name's, and the witness says so."""
    clock = read(undated, "REC_20260301_093004.mp4")
    assert clock.source is S.FILE_NAME
    assert "只有时刻" in clock.reason.zh
    shown = next(w for w in clock.witnesses if w.source is S.BURNT_IN)
    assert shown.note is not None
    assert abs((shown.start - START).total_seconds()) < 1
    assert clock.findings[-1].severity is Severity.INFO


def test_a_clock_without_a_date_contradicts_a_dated_witness(undated: Path) -> None:
    """No dated witness agrees: for review, and the time alone is no start."""
    clock = read(undated, "REC_20260301_071500.mp4")
    assert [(f.code, f.severity) for f in clock.findings] == [("clock-without-date", Severity.LOW)]
    assert [w.source for w in clock.witnesses] == [S.FILE_NAME]


def witness(source: WitnessSource, by: float, **figures: str | bool) -> Witness:
    """A witness that says START plus some seconds."""
    start = START + timedelta(seconds=by)
    return Witness(source=source, start=start, end=start, raw="", figures={**figures})


def test_two_clocks_that_are_both_borne_out_give_no_start() -> None:
    """The container sides with one, the name with the other."""
    shown = (witness(S.BURNT_IN, 0, place="top-left-1"), witness(S.BURNT_IN, 9000, place="top-left-2"))
    written = (witness(S.FILE_NAME, 1), witness(S.EXIF, 9001))
    assert believe((*shown, *written), doubtful=(), now=NOW).witness is None
    assert believe((*shown, written[0]), doubtful=(), now=NOW).witness == shown[0]


def test_a_dated_clock_against_a_time_that_is_borne_out_gives_way() -> None:
    """The time of day agrees with the file name, the dated clock with nothing."""
    dated, time = witness(S.BURNT_IN, 9000, place="top-left-1"), witness(S.BURNT_IN, 0, place="top-left-2", dated=False)
    belief = believe((dated, time, witness(S.FILE_NAME, 1)), doubtful=(), now=NOW)
    assert belief.witness == witness(S.FILE_NAME, 1)


def tracked(box: Box, start: datetime, pattern: str) -> Track:
    """A box in which a clock runs."""
    return Track(box, tuple((at, (start + timedelta(seconds=at)).strftime(pattern)) for at in FRAMES))


def told(*tracks: Track) -> tuple[Region, ...]:
    """What runs beside the first of the tracks."""
    running = [region for _, region in running_in(tracks, 360)]
    main = next(region for region in running if region.box == tracks[0].box)
    return beside(main, running, len(FRAMES))


def test_what_runs_beside_the_clock_is_told_once_and_only_where_it_differs() -> None:
    """Not its own line seen twice, not the same time elsewhere, not a count of the recording's length."""
    main = tracked(Box(10, 10, 300, 40), START, "%Y-%m-%d %H:%M:%S")
    again = tracked(Box(150, 9, 305, 42), START, "%H:%M:%S")
    same = tracked(Box(10, 300, 150, 330), START, "%H:%M:%S")
    count = tracked(Box(10, 200, 150, 230), datetime(2026, 3, 1, tzinfo=UTC), "%H:%M:%S")
    below = tracked(Box(10, 35, 300, 65), START - LATER, "%Y-%m-%d %H:%M:%S")
    assert told(main, again, same, count) == ()
    assert [one.box for one in told(main, again, same, count, below)] == [below.box]
