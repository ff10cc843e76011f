"""The clock is found without reading more than need be."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from quancheng_sidecar.demo.recordings import ClockStyle, RecordingSpec, write_recording
from quancheng_sidecar.media.clock.date_text import dates_in
from quancheng_sidecar.media.clock.frames import FrameSource
from quancheng_sidecar.media.clock.region import locate
from quancheng_sidecar.media.clock.text_reader import FoundText, Picture, TextReader, text_reader
from quancheng_sidecar.media.clock.time_text import normalise
from quancheng_sidecar.media.probe import probe


class SeesDates(TextReader):
    """A reader that finds of every line no more than its date; what it is given it reads as always."""

    def find(self, picture: Picture, longest_side: int) -> tuple[FoundText, ...]:
        """The part of each line that the date takes, by its share of the letters."""
        found = [(text, dates_in(normalise(text.text))) for text in text_reader().find(picture, longest_side)]
        return tuple(_first_part(text, days[0].span[1] / len(text.text)) for text, days in found if days)

    def read(self, pictures: list[Picture]) -> list[tuple[str, float]]:
        """As the reader does."""
        return text_reader().read(pictures)


def _first_part(text: FoundText, share: float) -> FoundText:
    box = replace(text.box, x1=text.box.x0 + round(share * text.box.width))
    return replace(text, box=box, text=text.text[: round(share * len(text.text))])


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


def test_a_time_that_is_not_found_is_read_beside_its_date(tmp_path: Path) -> None:
    """Thin figures on a bright ground are read well where the detector sees nothing."""
    path = write_recording(_spec(ClockStyle(labels=())), tmp_path / "thin.mp4")
    with FrameSource(path, probe(path)) as source:
        located = locate(source, SeesDates())
    assert located.main is not None
    assert (located.main.support >= 5, located.main.date_box) == (True, None)


def test_a_label_that_stands_is_read_twice_and_the_clock_in_every_frame(tmp_path: Path) -> None:
    """Each frame looked at shows it advance; an officer's number is read in the first and the last."""
    style = ClockStyle(labels=("DSJ-A7 012345 警号350912",), label_position="bottom-left")
    path, reader = write_recording(_spec(style), tmp_path / "labelled.mp4"), Counting()
    with FrameSource(path, probe(path)) as source:
        located = locate(source, reader)
    assert located.main is not None
    assert reader.lines == located.main.support + 2


def _spec(style: ClockStyle) -> RecordingSpec:
    return RecordingSpec(
        start=datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC),
        duration_s=6,
        size=(480, 270),
        fps=10,
        gop_s=1.0,
        clock=style,
        creation="none",
        audio=False,
    )
