"""Hostile and damaged files: a result or a coded error within the bounds, never a crash or a hang of the caller."""

import io
import os
import random
import shutil
import struct
import subprocess
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng_plugin.errors import DamagedFile, QuanchengError
from quancheng_sidecar.media import ebml, isobmff, riff
from quancheng_sidecar.media.bounded import inspect_bounded
from quancheng_sidecar.media.demux import DEMUXER, open_media
from quancheng_sidecar.media.extent import find_cut
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.process import in_child
from quancheng_sidecar.media.sniff import sniff
from quancheng_sidecar.settings import Settings
from tests.sidecar.media.hostile.__main__ import damaged

Clip = Callable[[str], Path]

EXAMINER = '''
    from pathlib import Path
    from quancheng_plugin.errors import QuanchengError
    from quancheng_sidecar.media.draw import draw_pictures
    from quancheng_sidecar.media.integrity.survey import survey
    from quancheng_sidecar.media.probe import probe

    def examine_all(paths: list[Path], folder: Path) -> list[str]:
        """The outcome of each file: its container, or the code of its error."""
        outcomes = []
        for number, path in enumerate(paths):
            try:
                found = probe(path)
                survey(path, found, limit_s=60).fingerprint.model_dump_json()
                if number % 4 == 0:
                    draw_pictures(path, found, folder, "sha256:" + "0" * 64)
                outcomes.append(found.container)
            except QuanchengError as error:
                outcomes.append(error.code)
        return outcomes
'''


@pytest.fixture(scope="module")
def examine_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[list[Path], Path], list[str]]]:
    """A function for the child process that examines many files."""
    folder = tmp_path_factory.mktemp("examiner")
    name = f"examiner_{os.getpid()}"
    (folder / f"{name}.py").write_text(textwrap.dedent(EXAMINER))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield __import__(name).examine_all


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give a very small recording of one second by its extension."""
    folder = tmp_path_factory.mktemp("small")
    sources = ["-f", "lavfi", "-i", "testsrc2=d=1:s=96x64:r=10", "-f", "lavfi", "-i", "sine=d=1"]
    codecs = {
        "mp4": ["-c:v", "libx264", "-g", "5", "-c:a", "aac", "-movflags", "+faststart"],
        "avi": ["-c:v", "mjpeg", "-c:a", "pcm_s16le"],
        "ts": ["-c:v", "libx264", "-g", "5", "-c:a", "aac"],
        "mkv": ["-c:v", "libx264", "-g", "5", "-c:a", "aac"],
        "wav": ["-vn"],
        "jpg": ["-frames:v", "1"],
    }

    def made(kind: str) -> Path:
        path = folder / f"small.{kind}"
        if not path.exists():
            subprocess.run(["ffmpeg", "-v", "error", *sources, *codecs[kind], str(path)], check=True, timeout=60)
        return path

    return made


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Damage bytes as disks, cuts and attackers do: flips, absurd sizes, lost and foreign stretches, an early end."""
    out = bytearray(data)
    for _ in range(chance.choice([1, 2, 4, 16])):
        at = chance.randrange(min(len(out), 2_000) if chance.random() < 0.5 else len(out))
        kind = chance.randrange(5)
        if kind == 0:
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            out[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\0\0\0\1"])
        elif kind == 2:
            del out[at : at + chance.randrange(1, 200)]
        elif kind == 3:
            out[at:at] = chance.randbytes(chance.randrange(1, 64))
        elif chance.random() < 0.3:
            del out[at:]
        if not out:
            return b"\0"
    return bytes(out)


@pytest.mark.parametrize("kind", ["mp4", "avi", "ts", "mkv", "wav", "jpg"])
def test_mutations(
    kind: str, small: Clip, examine_all: Callable[[list[Path], Path], list[str]], tmp_path: Path
) -> None:
    """Of two dozen damaged copies of each type every one gives a result or a coded error."""
    chance = random.Random(f"quancheng {kind}")  # noqa: S311  repeatable damage, no secret
    data = small(kind).read_bytes()
    paths = []
    for number in range(24):
        paths.append(tmp_path / f"{number}.{kind}")
        paths[-1].write_bytes(mutated(data, chance))
    outcomes = in_child(examine_all, paths, tmp_path, timeout_s=90, memory_mb=3072)
    assert len(outcomes) == len(paths)
    assert {one for one in outcomes if one.startswith("QC-")} <= {
        "QC-INPUT-DAMAGED",
        "QC-INPUT-TYPE",
        "QC-INPUT-LIMIT",
        "QC-INPUT-EMPTY",
    }


def box(kind: bytes, *parts: bytes, size: int | None = None) -> bytes:
    """One ISO box, if need be with a false size."""
    payload = b"".join(parts)
    return struct.pack(">I", 8 + len(payload) if size is None else size) + kind + payload


def in_moov(*parts: bytes) -> bytes:
    """A file whose only content is a movie header."""
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 3000), bytes(80))
    return box(b"ftyp", b"isom", bytes(4)) + box(b"moov", mvhd, *parts)


@pytest.mark.parametrize(
    "data",
    [
        in_moov(box(b"trak", box(b"edts", box(b"elst", struct.pack(">II", 0, 0xFFFFFFFF), bytes(120))))),
        in_moov(box(b"trak", box(b"edts", box(b"elst", struct.pack(">II", 0, 1_000_000), bytes(12_000_000))))),
        in_moov(*[box(b"trak")] * 100_000),
        in_moov(box(b"udta", *[box(b"\xa9xyz", b"\xff\xff\0\0+1")] * 100_000)),
        in_moov(box(b"trak", size=0xFFFFFFFF)),
        in_moov(box(b"trak", size=1)),
        box(b"ftyp", b"isom", bytes(4)) + box(b"moov", struct.pack(">Q", 1 << 63), size=1),
        box(b"ftyp", b"isom", bytes(4)) + box(b"free") * 500_000,
        box(b"ftyp", b"isom", bytes(4)) + b"".join(box(b"moov", size=8 * (400 - level)) for level in range(400)),
    ],
    ids=["claimed", "long", "tracks", "tags", "beyond", "wide", "endless", "many", "nested"],
)
def test_boxes_without_end(data: bytes, tmp_path: Path) -> None:
    """Claimed sizes and counts cost nothing: reading ends soon, with a result or a coded error."""
    path = tmp_path / "x.mp4"
    path.write_bytes(data)
    begun = time.monotonic()
    with path.open("rb") as file:
        moov = next((one for one in isobmff.top_level(file, len(data)) if one.kind == "moov"), None)
        if moov is not None:
            movie = isobmff.read_movie(file, moov, len(data))
            assert len(movie.tracks) <= 64
            assert all(len(track.edits) <= 1024 for track in movie.tracks)
    with pytest.raises(QuanchengError):
        probe(path)
    assert time.monotonic() - begun < 10


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=400), st.sampled_from([b"moov", b"trak", b"udta", b"mdia", b"edts"]))
def test_box_reader_takes_any_bytes(noise: bytes, kind: bytes) -> None:
    """Any bytes in any box are read without an exception."""
    data = in_moov(box(kind, noise), noise)
    file = io.BytesIO(data)
    moov = isobmff.top_level(file, len(data))[1]
    assert len(isobmff.read_movie(file, moov, len(data)).tracks) <= 64


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=300))
def test_chunk_and_element_readers_take_any_bytes(noise: bytes) -> None:
    """Any bytes behind the magic of RIFF and EBML are read without an exception."""
    for head in (b"RIFF\xff\xff\xff\xffAVI LIST\x40\0\0\0hdrl", b"RIFF\x10\0\0\0WAVE"):
        assert riff.read_riff(io.BytesIO(head + noise), len(head) + len(noise)).claimed >= 0
    head = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff"
    # The segment of this head leaves its size open.
    assert ebml.read_outline(io.BytesIO(head + noise), len(head) + len(noise)).segment_end is None


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.binary(min_size=1, max_size=400),
    st.sampled_from([b"", b"OggS", b"#!AMR\n", b"ID3", b"\xff\xfb", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF"]),
)
def test_sniffer_and_extent_take_any_bytes(noise: bytes, head: bytes) -> None:
    """Any bytes are named or refused, and their end is looked for without an exception."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(head + noise)
        try:
            container = sniff(path)
        except QuanchengError:
            return
        cut = find_cut(path, container)
        assert cut is None or cut.size == path.stat().st_size


def test_time_stamp_that_claims_days(small: Clip, tmp_path: Path) -> None:
    """A damaged time stamp a day ahead does not make the fingerprint listen to a day of silence."""
    path = tmp_path / "x.mkv"
    filters = "asetpts='if(gte(T,0.5),PTS+90000/TB,PTS)'"
    command = ["ffmpeg", "-v", "error", "-i", str(small("wav")), "-af", filters, "-c:a", "pcm_s16le", str(path)]
    subprocess.run(command, check=True, timeout=60)
    begun = time.monotonic()
    survey(path, probe(path), limit_s=60)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("name", ["-i.mp4", "concat:a.mp4", "现场 录像 %d.mp4", "a'b\"c;$(x).mp4"])
def test_odd_names(clip: Clip, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's name is never read as an option, a protocol or a pattern, also when given relative to the folder."""
    shutil.copy(clip("clip.mp4"), tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(survey(Path(name), probe(Path(name)), limit_s=60).fingerprint.pictures) == 3


def packets_of(path: Path, container: str) -> int:
    """How many packets an allowed demuxer finds in a file; none when it refuses it."""
    try:
        with open_media(path, container) as opened:
            return sum(bool(packet.size) for packet in opened.demux())
    except DamagedFile:
        return 0


@pytest.mark.parametrize("container", sorted(DEMUXER))
def test_no_other_file_is_read(container: str, clip: Clip, tmp_path: Path) -> None:
    """A playlist handed to any allowed demuxer is never followed to the recording that it names."""
    path = tmp_path / "x.m3u8"
    other = clip("clip.ts").as_uri()
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3.0,\n{other}\n#EXT-X-ENDLIST\n")
    assert packets_of(path, container) == 0


def test_a_heic_photo_that_breaks_off_in_the_middle_of_its_data_is_examined_as_far_as_it_goes(tmp_path: Path) -> None:
    """One of a thousand damaged ones, which had ended as a fault of ours."""
    (path,) = damaged("heic", [136], 71, tmp_path)
    found = inspect_bounded(path, Settings()).integrity
    assert [finding.code for finding in found.findings] == ["decode-errors"]


def test_a_heic_photo_that_is_refused_within_libheif_is_a_damaged_file(tmp_path: Path) -> None:
    """Another one: what the library throws in the middle of decoding is no fault of ours."""
    (path,) = damaged("heic", [879], 71, tmp_path)
    with pytest.raises(DamagedFile):
        inspect_bounded(path, Settings())
