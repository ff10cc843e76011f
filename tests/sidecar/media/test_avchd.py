"""What AVCHD cameras write beside their pictures, on streams whose packs are put in as such a camera does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.avchd import MAKE, MODEL, RECORDED, camera_tags
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.inspect import inspect
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import WitnessSource
from tests.sidecar.media.integrity.conftest import ffmpeg

Clip = Callable[[str], Path]

ZONE = ZoneInfo("Asia/Shanghai")
UUID = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66")
CHINA, PARIS, SUMMER, UNSET = 0x10, 0x02, 0x42, 0xFF


def packs(zone: int, *others: bytes) -> bytes:
    """The user data for nine in the morning, with a zone's byte, and other packs behind the two of the time."""
    each = (bytes([0x18, zone, 0x20, 0x26, 0x03]), bytes([0x19, 0x01, 0x09, 0x30, 0x05]), *others)
    return UUID + b"MDPM" + bytes([len(each)]) + b"".join(each)


def at(seconds: float) -> bytes:
    """The user data of a picture taken so many seconds after nine in the morning."""
    taken = datetime(2026, 3, 1, 9, tzinfo=ZONE) + timedelta(seconds=int(seconds))
    clock = bytes.fromhex(f"{taken:%d%H%M%S}")
    return UUID + b"MDPM\2\x18\x10\x20\x26\x03\x19" + clock


def unit(data: bytes) -> bytes:
    """User data as a NAL unit, with what keeps it from looking like a start code (§ 7.4.1 of H.264)."""
    payload = bytes([5, len(data)]) + data
    for low in range(4):
        payload = payload.replace(bytes([0, 0, low]), bytes([0, 0, 3, low]))
    return b"\0\0\0\1\x06" + payload + b"\x80"


def filmed(source_path: Path, path: Path, data: Callable[[float], bytes]) -> Path:
    """A recording whose every picture carries the user data for its second."""
    with av.open(str(source_path)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                seconds = float((packet.dts - (source.streams.video[0].start_time or 0)) * packet.time_base)
                told = av.Packet(unit(data(seconds)) + bytes(packet))
                told.pts, told.dts, told.time_base = packet.pts, packet.dts, packet.time_base
                told.is_keyframe, told.stream = packet.is_keyframe, stream
                target.mux(told)
    return path


@pytest.mark.parametrize("ending", ["ts", "mkv"])
def test_the_start_and_the_camera_are_told_by_the_first_picture(clip: Clip, tmp_path: Path, ending: str) -> None:
    """A transport stream has no other place for them, and a copy into another container keeps them."""
    name = [b"\xe4HDR-", b"\xe5CX40", b"\xe65\0\0\0"]
    path = filmed(clip("clip.ts"), tmp_path / f"00001.{ending}", lambda _: packs(CHINA, b"\xe0\x01\x08\0\0", *name))
    probed = probe(path)
    assert (probed.device.make, probed.device.model) == ("Sony", "HDR-CX405")
    clock = read_clock(path, probed, ZONE, file_name=path.name)
    assert (clock.start, clock.source) == (datetime(2026, 3, 1, 9, 30, 5, tzinfo=ZONE), WitnessSource.CODED)
    assert clock.for_now
    assert "设备写在码流中的拍摄时间" in clock.reason.zh


def test_another_zone_than_ours_gives_two_readings(clip: Clip, tmp_path: Path) -> None:
    """A camera is often set to local time and to its maker's zone: the local reading comes first, and it is told."""
    path = filmed(clip("clip.ts"), tmp_path / "00001.ts", lambda _: packs(PARIS))
    clock = read_clock(path, probe(path), ZONE, file_name=path.name)
    coded = [one.start.astimezone(ZONE).hour for one in clock.witnesses if one.source is WitnessSource.CODED]
    assert (coded, clock.start) == ([9, 16], datetime(2026, 3, 1, 9, 30, 5, tzinfo=ZONE))
    assert "两种理解" in clock.reason.zh


def test_a_name_that_agrees_bears_it_out(clip: Clip, tmp_path: Path) -> None:
    """Of two readings the one that another witness confirms is believed."""
    path = filmed(clip("clip.ts"), tmp_path / "20260301163005.ts", lambda _: packs(PARIS))
    clock = read_clock(path, probe(path), ZONE, file_name=path.name)
    assert clock.start is not None
    assert (clock.start.astimezone(ZONE).hour, clock.for_now) == (16, False)


@pytest.mark.parametrize("zone", [SUMMER, UNSET])
def test_an_offset_that_says_nothing_is_left_out(zone: int) -> None:
    """In summer time it is not known whether the offset holds the hour."""
    assert camera_tags(packs(zone))[RECORDED] == "2026-03-01T09:30:05"


def test_west_of_greenwich_and_half_hours() -> None:
    """Newfoundland."""
    assert camera_tags(packs(0x20 | 3 << 1 | 1))[RECORDED] == "2026-03-01T09:30:05-03:30"


def test_another_maker_s_packs_are_no_model() -> None:
    """Sony's packs of the name hold other things at Canon's."""
    assert camera_tags(packs(CHINA, b"\xe0\x10\x11\0\0", b"\xe4abcd")) == {
        RECORDED: "2026-03-01T09:30:05+08:00",
        MAKE: "Canon",
    }
    assert MODEL not in camera_tags(packs(CHINA, b"\xe4abcd"))


def test_a_time_that_was_never_set_is_none() -> None:
    """All ones, the first year, a day that is not, and packs that are cut off."""
    unset = UUID + b"MDPM\2\x18\xff\xff\xff\xff\x19\xff\xff\xff\xff"
    first = packs(CHINA).replace(b"\x20\x26\x03", b"\0\x01\x01")
    for data in (unset, first, packs(CHINA).replace(b"\x19\x01", b"\x19\x32"), packs(CHINA)[:-2], UUID, b""):
        assert camera_tags(data) == {}


@given(st.binary(max_size=64), st.integers(0, 64))
def test_no_bytes_are_too_much(rest: bytes, cut: int) -> None:
    """Whatever stands there, what is told is a time, a maker, a model, or nothing."""
    told = camera_tags((UUID + b"MDPM" + rest)[: len(UUID) + cut])
    assert set(told) <= {RECORDED, MAKE, MODEL}
    assert RECORDED not in told or datetime.fromisoformat(told[RECORDED])


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute of a camera that writes the time beside each picture."""
    folder = tmp_path_factory.mktemp("camera")
    scene = "testsrc2=size=320x240:rate=25"
    ffmpeg(
        "-f", "lavfi", "-i", scene, "-t", 30, "-c:v", "libx264", "-preset", "ultrafast", "-g", 25, folder / "bare.ts"
    )
    return filmed(folder / "bare.ts", folder / "00001.ts", at)


def jumps(path: Path) -> list[tuple[float, float]]:
    """Where the coded times jump, by how much."""
    integrity = inspect(path, ZONE, None, path.name).integrity
    found = [one for one in integrity.findings if one.code == "coded-time-jump"]
    assert all(one.severity == "medium" for one in found)
    return [(one.at or 0.0, float(one.figures["jump_s"] or 0)) for one in found]


def test_a_camera_s_own_times_run_evenly(camera: Path) -> None:
    """Nothing is told of what was not touched."""
    assert jumps(camera) == []


@pytest.mark.parametrize("ending", ["ts", "mp4"])
def test_a_middle_removed_without_coding_anew_is_told_at_its_time(camera: Path, tmp_path: Path, ending: str) -> None:
    """Though there is no clock in the picture."""
    for name, begin, end in (("a", 0, 10), ("b", 18, 30)):
        ffmpeg("-ss", begin, "-to", end, "-i", camera, "-c", "copy", tmp_path / f"{name}.ts")
    (tmp_path / "list").write_text(f"file {tmp_path}/a.ts\nfile {tmp_path}/b.ts\n")
    ffmpeg("-f", "concat", "-safe", "0", "-i", tmp_path / "list", "-c", "copy", tmp_path / f"cut.{ending}")
    ((place, by),) = jumps(tmp_path / f"cut.{ending}")
    assert (place, by) == (pytest.approx(10, abs=1.5), pytest.approx(8, abs=1.5))


def test_two_recordings_of_another_order_go_back(camera: Path, tmp_path: Path) -> None:
    """Each stretch runs evenly; the second was taken before the first."""
    for name, begin, end in (("a", 15, 30), ("b", 0, 15)):
        ffmpeg("-ss", begin, "-to", end, "-i", camera, "-c", "copy", tmp_path / f"{name}.ts")
    (tmp_path / "list").write_text(f"file {tmp_path}/a.ts\nfile {tmp_path}/b.ts\n")
    ffmpeg("-f", "concat", "-safe", "0", "-i", tmp_path / "list", "-c", "copy", tmp_path / "swapped.ts")
    ((_, by),) = jumps(tmp_path / "swapped.ts")
    assert by == pytest.approx(-30, abs=1.5)
