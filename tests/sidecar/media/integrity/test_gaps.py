"""Stretches without a packet, over which a stream's times go on."""

from pathlib import Path

import av
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from quancheng_sidecar.media.integrity.gaps import gap_findings, gaps
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.report import Stream
from tests.sidecar.media.integrity.conftest import Examine, Shoot


def packets(times: NDArray[np.float64]) -> Packets:
    """A stream with these times."""
    count = len(times)
    return Packets(times, times, np.full(count, 1000, np.int32), np.zeros(count, bool), np.zeros(count, bool))


def without(times: NDArray[np.float64], *lost: tuple[float, float]) -> Packets:
    """A stream that lacks what lies between these seconds."""
    kept = [not any(begin <= at < end for begin, end in lost) for at in times]
    return packets(times[np.array(kept)])


PICTURE, SOUND = np.arange(1000) / 25, np.arange(1720) * 1024 / 44100


def told(video: Packets | None, audio: Packets | None = None, codec: str = "aac") -> list[tuple[str, str, int]]:
    """Severity, what is lacking, and whole second of each finding."""
    found = gap_findings(video, audio, Stream(index=1, kind="audio", codec=codec))
    return [(one.severity.value, one.sentence.en.split("no ")[1].split(",")[0], round(one.at or 0)) for one in found]


@settings(deadline=None)
@given(st.floats(0.04, 10), st.integers(30, 300))
def test_a_stream_of_uneven_steps_has_no_gap(usual: float, count: int) -> None:
    """Dropped pictures, time lapse, and rates that follow the light."""
    steps = np.random.default_rng(count).choice([1, 1, 1, 2, 3], count) * usual
    assert gaps(packets(np.cumsum(steps)), 0.0) == []


def test_what_is_lacking_is_told_with_its_time() -> None:
    """Picture, sound, and both at once, which is told once."""
    hole = (12.0, 18.0)
    whole = packets(SOUND)
    assert told(without(PICTURE, hole), whole) == [("medium", "picture", 12)]
    assert told(packets(PICTURE), without(SOUND, hole)) == [("medium", "sound", 12)]
    assert told(without(PICTURE, hole), without(SOUND, hole)) == [("medium", "picture and sound", 12)]
    assert told(packets(PICTURE), whole) == []


def test_a_stutter_a_habit_and_a_codec_that_pauses_are_low() -> None:
    """A second and a half; what is recorded only while something moves; speech codecs that write no silence."""
    assert told(without(PICTURE, (12.0, 13.5))) == [("low", "picture", 12)]
    often = without(PICTURE, (5.0, 9.0), (14.0, 19.0), (25.0, 31.0))
    assert {severity for severity, *_ in told(often)} == {"low"}
    assert told(packets(PICTURE), without(SOUND, (12.0, 18.0)), "opus") == [("low", "sound", 12)]


def test_a_file_that_lacks_sound_in_its_middle_says_so(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Packets taken out, everything else as it was."""
    short = tmp_path / "short.mp4"
    with av.open(str(shoot("mp4"))) as whole, av.open(str(short), "w") as copy:
        streams = {stream.index: copy.add_stream_from_template(stream) for stream in whole.streams}
        for packet in whole.demux():
            kept = packet.stream.type == "video" or not 4 <= (packet.pts or 0) * packet.time_base < 7
            if packet.dts is not None and kept:
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    (finding,) = [one for one in look(short).findings if one.code == "stream-gap"]
    assert finding.severity.value == "medium"
    assert finding.at is not None
    assert abs(finding.at - 4) < 0.1
    assert not finding.figures["picture"]
