"""Pictures that stay in a file when its tables are written anew."""

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import pytest

from quancheng_plugin.findings import Severity
from quancheng_sidecar.media.integrity.unlisted import unlisted_findings
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.streams import leading_video
from tests.sidecar.media.integrity.conftest import ffmpeg

INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
RATE = 25


@pytest.fixture(params=["libx264", "libx265"])
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Eight seconds of picture and sound, as a camera writes them, its index at the end."""
    path = tmp_path / "clip.mp4"
    picture = f"testsrc2=size=320x240:rate={RATE}:duration=8"
    coded = ("-c:v", request.param, "-g", "25", "-bf", "0", "-pix_fmt", "yuv420p", "-c:a", "aac")
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "anoisesrc=a=0.1:d=8", *coded, path)
    return path


def found(path: Path) -> list[tuple[Severity, float | None, object]]:
    """Severity, second and number of pictures of each place."""
    video = leading_video(probe(path).streams)
    assert video is not None
    told = unlisted_findings(path, video)
    assert told is not None
    return [(one.severity, one.at, one.figures["pictures"]) for one in told]


def listed_anew(path: Path, out: Path, kept: Callable[[int], bool]) -> Path:
    """A copy whose video track lists only the pictures that are kept by number; no byte of its `mdat` is changed."""
    with av.open(str(path)) as opened:
        packets = [(one.pos, one.size, one.is_keyframe) for one in opened.demux(video=0) if one.size]
    left = [one for number, one in enumerate(packets) if kept(number)]
    keys = [number for number, (_, _, key) in enumerate(left, 1) if key]
    tables = {
        b"stts": [1, len(left), 12_800 // RATE],
        b"stss": [len(keys), *keys],
        b"stsc": [1, 1, 1, 1],
        b"stsz": [0, len(left), *(size for _, size, _ in left)],
        b"stco": [len(left), *(pos for pos, _, _ in left)],
    }
    data = path.read_bytes()
    at = data.index(b"moov") - 4
    assert at > data.index(b"mdat")  # offsets stay as they are
    out.write_bytes(data[:at] + _rebuilt(data[at:], tables, [b"vide"]))
    return out


def _rebuilt(data: bytes, tables: dict[bytes, list[int]], handlers: Sequence[bytes]) -> bytes:
    """The boxes with the tables of the video track exchanged."""
    made, at = b"", 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + size]
        if kind == b"trak" and not any(b"hdlr" in body and one in body for one in handlers):
            pass
        elif kind in INSIDE:
            body = _rebuilt(body, tables, handlers)
        elif kind in tables:
            body = struct.pack(f">I{len(tables[kind])}I", 0, *tables[kind])
        made += struct.pack(">I4s", len(body) + 8, kind) + body
        at += size
    return made


def test_a_middle_that_only_the_tables_leave_out_is_found(clip: Path, tmp_path: Path) -> None:
    """Two seconds whose pictures stay in the file, parted by sound: for review, near their second, counted."""
    path = listed_anew(clip, tmp_path / "cut.mp4", lambda number: not 75 <= number < 125)
    told = found(path)
    assert {severity for severity, _, _ in told} == {Severity.MEDIUM}
    assert all(at == pytest.approx(3.0, abs=0.1) for _, at, _ in told)
    assert sum(int(str(count)) for _, _, count in told) == pytest.approx(50, abs=2)


def test_an_end_that_only_the_tables_leave_out_is_told_lightly(clip: Path, tmp_path: Path) -> None:
    """Devices that use their room again leave old pictures there, so it is low."""
    told = found(listed_anew(clip, tmp_path / "cut.mp4", lambda number: number < 150))
    assert {severity for severity, _, _ in told} == {Severity.LOW}
    assert all(at == pytest.approx(6.0, abs=0.1) for _, at, _ in told)


def test_a_whole_file_has_none(clip: Path, tmp_path: Path) -> None:
    """As it came, with its tables written anew, its index in front, and cut without coding anew."""
    for words in (("-movflags", "+faststart"), ("-ss", "3")):
        out = tmp_path / "copy.mp4"
        ffmpeg(*words[: 2 * (words[0] == "-ss")], "-i", clip, "-c", "copy", *words[2 * (words[0] == "-ss") :], out)
        assert found(out) == []
    assert found(clip) == []
    assert found(listed_anew(clip, tmp_path / "same.mp4", lambda _: True)) == []


def test_what_is_no_picture_tells_nothing(clip: Path, tmp_path: Path) -> None:
    """Positions, zeros and noise that a device leaves between its chunks."""
    data = clip.read_bytes()
    at = data.index(b"moov") - 4
    begin = data.index(b"mdat") - 4
    held = int.from_bytes(data[begin : begin + 4])
    left = (
        bytes(4096)
        + b"$GPRMC,093000,A,2640.1,N,12001.2,E\r\n" * 60
        + bytes((n * n * 7919) >> 5 & 255 for n in range(40_000))
    )
    path = tmp_path / "gps.mp4"
    path.write_bytes(data[:begin] + (held + len(left)).to_bytes(4) + data[begin + 4 : at] + left + data[at:])
    assert found(path) == []


def test_real_footage_has_none(shared_media: Path) -> None:
    """No untouched clip of phones and cameras holds pictures beside its tables."""
    for path in sorted(shared_media.glob("*.mp4")):
        video = leading_video(probe(path).streams)
        assert video is not None
        assert not unlisted_findings(path, video)
