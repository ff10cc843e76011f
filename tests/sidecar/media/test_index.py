"""The table of an MP4 tells what reading every packet tells, or is not used."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from quancheng_sidecar.media.demux import open_media
from quancheng_sidecar.media.index import Indexed, whole_index
from quancheng_sidecar.media.packets import Tally, tally
from quancheng_sidecar.media.sniff import sniff

PICTURE = ("-f", "lavfi", "-i", "testsrc2=d=6:s=160x120:r=25")
SOUND = ("-f", "lavfi", "-i", "sine=d=6:r=44100", "-c:a", "aac")
PLAIN = ("-c:v", "libx264", "-g", "25", "-bf", "0", "-pix_fmt", "yuv420p")
UNEVEN = ("-vf", "select=not(mod(n\\,7))", "-fps_mode", "vfr")
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a file by ffmpeg; gives its path."""

    def run(name: str, *words: object) -> Path:
        path = tmp_path / name
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words), path], check=True, timeout=60)
        return path

    return run


def table_of(path: Path) -> dict[int, Indexed] | None:
    """The table of a file, where it is used."""
    with open_media(path, sniff(path)) as opened:
        return whole_index(opened, path, sniff(path))


def told(path: Path, *, container: str | None = None) -> dict[int, Tally]:
    """What the packets add up to; named as another container, they are read."""
    with open_media(path, sniff(path)) as opened:
        return tally(opened, path, container or sniff(path))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plain.mp4", (*PICTURE, *SOUND, *PLAIN)),
        ("front.mp4", (*PICTURE, *SOUND, *PLAIN, "-movflags", "+faststart")),
        ("uneven.mov", (*PICTURE, *SOUND, *UNEVEN, *PLAIN)),
        ("time-code.mov", (*PICTURE, *SOUND, *PLAIN, "-timecode", "01:02:03:04")),
        ("old.3gp", (*PICTURE, *SOUND, "-c:v", "mpeg4")),
        ("sound.m4a", SOUND),
    ],
)
def test_the_table_adds_up_to_what_the_packets_do(make: Make, name: str, words: tuple[str, ...]) -> None:
    """Counts, bytes, lengths, steps, first instants and the encoder's name, of every stream."""
    path = make(name, *words)
    assert table_of(path) is not None
    assert told(path) == told(path, container="read")


@pytest.mark.parametrize("words", [("-ss", 2.3), ("-itsoffset", 1.5)])
def test_edit_lists_are_applied_as_packets_bear_them(make: Make, words: tuple[object, ...]) -> None:
    """Pictures hidden before a cut, and an empty stretch before the first."""
    path = make("edited.mp4", *words, "-i", make("plain.mp4", *PICTURE, *SOUND, *PLAIN), "-c", "copy")
    assert table_of(path) is not None
    assert told(path) == told(path, container="read")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("reordered.mp4", (*PICTURE, "-c:v", "libx264", "-bf", "2")),
        ("fragments.mp4", (*PICTURE, *PLAIN, "-movflags", "frag_keyframe+empty_moov")),
        ("samples.mov", (*PICTURE, *SOUND, *PLAIN, "-c:a", "pcm_s16le")),
        ("other.mkv", (*PICTURE, *PLAIN)),
    ],
)
def test_where_packets_tell_more_they_are_read(make: Make, name: str, words: tuple[str, ...]) -> None:
    """Pictures shown in another order, fragments, sound without frames, another container."""
    assert table_of(make(name, *words)) is None


def test_a_table_of_packets_that_are_not_there_is_not_believed(make: Make) -> None:
    """A file that breaks off has fewer packets than its index in front says."""
    path = make("front.mp4", *PICTURE, *PLAIN, "-movflags", "+faststart")
    whole = told(path)[0].packets
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert table_of(path) is None
    assert 0 < told(path)[0].packets < whole
