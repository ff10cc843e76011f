"""The numbers of H.264's pictures tell where some are gone though times were closed up, and nothing where none are."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import pytest
from av.packet import Packet
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.findings import Severity
from quancheng_sidecar.media.integrity.joints import skipped_numbers
from quancheng_sidecar.media.integrity.packets import PacketTable
from quancheng_sidecar.media.integrity.picture_numbers import PictureNumbers
from tests.sidecar.media.integrity.conftest import Examine, Shoot, ffmpeg

Kept = Callable[[int, float], bool]
"""Whether a picture is kept, by its number in its group and its second."""


def closed_up(source: Path, target: Path, keeps: Kept, *, holes: bool = False) -> Path:
    """Leave pictures out by stream copy and let the rest follow on each other, or leave `holes` in time."""
    with av.open(str(source)) as opened, av.open(str(target), "w") as written:
        stream = opened.streams.video[0]
        out = written.add_stream_from_template(stream)
        packets = [packet for packet in opened.demux(stream) if packet.size]
        assert stream.time_base is not None
        step, place, left_out = packets[1].dts - packets[0].dts, 0, 0
        for packet in packets:
            place = 0 if packet.is_keyframe else place + 1
            if not keeps(place, float(packet.dts * stream.time_base)):
                left_out += step * (not holes)
                continue
            kept = Packet(bytes(packet))
            kept.stream, kept.time_base, kept.is_keyframe = out, stream.time_base, packet.is_keyframe
            kept.pts, kept.dts = packet.pts - left_out, packet.dts - left_out
            written.mux(kept)
    return target


def told(path: Path) -> Sequence[float]:
    """Seconds at which numbers skip while times go on."""
    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        table = PacketTable(stream)
        for packet in opened.demux(stream):
            if packet.size:
                table.take(packet)
        return skipped_numbers(table.finish())


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_an_odd_number_of_groups_taken_out_at_its_border_is_told_at_its_second(
    shoot: Shoot, look: Examine, suffix: str, tmp_path: Path
) -> None:
    """Nothing else shows that cut; alone it is low, as a camera that starts anew leaves it too."""
    cut = closed_up(shoot("mp4"), tmp_path / f"cut.{suffix}", lambda _, at: not 4.9 < at < 7.9)
    assert told(cut) == [pytest.approx(5, abs=1.5)]  # times of a transport stream do not begin at zero
    (found,) = [one for one in look(cut).findings if "numbers" in str(one.figures.get("kinds"))]
    assert (found.code, found.severity, found.at) == ("timing-irregular", Severity.LOW, pytest.approx(5, abs=0.1))


def test_pictures_taken_out_within_a_group_are_told(shoot: Shoot, tmp_path: Path) -> None:
    """Ten of the pictures that follow on a key picture."""
    cut = closed_up(shoot("mp4"), tmp_path / "cut.mp4", lambda place, at: not (5 < at < 6 and 8 <= place < 18))
    assert told(cut) == [pytest.approx(5.3, abs=0.1)]


def test_pictures_that_are_lost_leave_a_gap_in_time_and_are_not_told(shoot: Shoot, tmp_path: Path) -> None:
    """A bad radio takes pictures and the time of those."""
    lossy = closed_up(shoot("mp4"), tmp_path / "cut.mp4", lambda place, at: not (5 < at < 6 and place > 7), holes=True)
    assert told(lossy) == []


def test_a_stream_of_which_every_other_picture_was_left_out_is_not_told(shoot: Shoot, tmp_path: Path) -> None:
    """A recorder that keeps one layer of several, and sets times anew: skipping is its habit."""
    thinned = closed_up(shoot("mp4"), tmp_path / "thin.mp4", lambda place, at: at < 2 and place % 5 < 4)
    assert told(thinned) == []


@pytest.mark.parametrize(
    "coded",
    [
        "bframes=6:b-pyramid=normal:open-gop=1:keyint=24",
        "bframes=3:b-pyramid=strict:slices=4:keyint=50",
        "tff=1:interlaced=1:keyint=25",
        "intra-refresh=1:keyint=30:bframes=0",
        "keyint=1",
        "repeat-headers=1:aud=1:keyint=25:cqm=jvt",
    ],
)
def test_no_way_of_coding_skips_numbers(shoot: Shoot, coded: str, tmp_path: Path) -> None:
    """B pictures that are referred to, open groups, slices, fields, strips that are renewed, lists of scaling."""
    whole = tmp_path / "whole.mp4"
    ffmpeg("-i", shoot("mp4"), "-an", "-c:v", "libx264", "-preset", "faster", "-x264opts", coded, whole)
    assert told(whole) == []


def numbered(*told: int) -> PictureNumbers:
    """An IDR picture 0 and others with these numbers of four bits, one in each packet."""
    numbers = PictureNumbers()
    numbers.look(-1, bytes([0x67, 66, 0, 30, 0b1101_1010, 0b0111_0000]))
    numbers.look(0, bytes([0x65, 0b1110_0000, 0b1100_0000]))
    for number, one in enumerate(told, 1):
        numbers.look(number, b"\x41" + bytes([0b1110_0000 | one, 0x80]))
    return numbers


def test_numbers_that_start_anew_without_an_idr_picture_are_not_told() -> None:
    """Memory management operation 5 of a picture numbered 3, as one maker's encoder uses it; 3 to 6 is a skip."""
    assert numbered(1, 2, 3, 1, 2, 3, 0, 1).skips == []
    assert numbered(1, 2, 3, 6, 7).skips == [4]


def test_no_real_clip_skips_numbers(shared_media: Path) -> None:
    """Phones' and a fixed camera's."""
    clips = [path for path in sorted(shared_media.glob("*.mp4")) if "h265" not in path.name]
    assert len(clips) > 5
    assert [told(path) for path in clips] == [[] for _ in clips]


@given(st.lists(st.tuples(st.sampled_from([0x67, 0x65, 0x41]), st.binary(max_size=60)), max_size=6))
def test_any_bytes_are_read_without_error(made: list[tuple[int, bytes]]) -> None:
    """Hostile parameter sets and slices."""
    numbers = PictureNumbers()
    for number, (kind, noise) in enumerate(made):
        numbers.look(number, bytes([kind]) + noise)
    assert len(numbers.skips) <= len(made)
