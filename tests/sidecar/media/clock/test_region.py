"""The clock is found without reading more than need be."""

from datetime import UTC, datetime
from pathlib import Path

from quancheng_sidecar.demo.recordings import ClockStyle, RecordingSpec, write_recording
from quancheng_sidecar.media.clock.frames import FrameSource
from quancheng_sidecar.media.clock.region import locate
from quancheng_sidecar.media.clock.text_reader import FoundText, Picture, TextReader, text_reader
from quancheng_sidecar.media.probe import probe


class Counting(TextReader):
    """The reader of this process, with a count of the lines it was given."""

    lines = 0

    def find(self, picture: Picture, longest_side: int) -> tuple[FoundText, ...]:
        """As the reader does, which counts what it finds apart."""
        return text_reader().find(picture, longest_side)

    def read(self, pictures: list[Picture]) -> list[tuple[str, float]]:
        """As the reader does."""
        self.lines += len(pictures)
        return text_reader().read(pictures)


def test_a_label_that_stands_is_read_twice_and_the_clock_in_every_frame(tmp_path: Path) -> None:
    """Each frame looked at shows it advance; an officer's number is read in the first and the last."""
    style = ClockStyle(labels=("DSJ-A7 012345 警号350912",), label_position="bottom-left")
    spec = RecordingSpec(
        start=datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC),
        duration_s=6,
        size=(480, 270),
        fps=10,
        gop_s=1.0,
        clock=style,
        creation="none",
        audio=False,
    )
    path, reader = write_recording(spec, tmp_path / "labelled.mp4"), Counting()
    with FrameSource(path, probe(path)) as source:
        located = locate(source, reader)
    assert located.main is not None
    assert reader.lines == located.main.support + 2
