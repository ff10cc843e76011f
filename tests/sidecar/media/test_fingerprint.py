"""Fingerprints: repeatable, with true times, alike for copies and unlike for strangers."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import chromaprint
import numpy as np
import pytest

from quancheng_sidecar.media.comparison.traits import take_traits
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.pictures import hash_picture
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Fingerprint
from quancheng_sidecar.media.sound import RATE, STEP_S
from tests.sidecar.media.turned import turned

Clip = Callable[[str], Path]

_PACKED = {
    b"stts" + struct.pack(">4I", 0, 1, 150, 160): b"stts" + struct.pack(">4I", 0, 1, 15, 1600),
    b"stsz" + struct.pack(">3I", 0, 32, 150): b"stsz" + struct.pack(">3I", 0, 320, 15),
    b"stsc" + struct.pack(">5I", 0, 1, 1, 150, 1): b"stsc" + struct.pack(">5I", 0, 1, 1, 15, 1),
}
"""The tables (ISO/IEC 14496-12) of 150 frames of AMR in samples of their own, and in samples of ten."""


def prints(path: Path) -> Fingerprint:
    """Fingerprint of a file."""
    return survey(path, probe(path), limit_s=60).fingerprint


def apart(one: str, other: str) -> int:
    """Bits in which two PDQ differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def convert(source: Path, to: Path, *options: str) -> Path:
    """Make another file of a recording."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(source), *options, str(to)], check=True, timeout=90)
    return to


@pytest.mark.parametrize(
    "name", ["clip.mp4", "clip.mov", "clip.3gp", "clip.avi", "clip.mkv", "clip.ts", "clip.m2ts", "fragmented.mp4"]
)
def test_every_video_type(clip: Clip, name: str) -> None:
    """Pictures begin at second zero and rise in time, and the sound is heard, in every container."""
    found = prints(clip(name))
    times = [one.at for one in found.pictures]
    assert times[0] == pytest.approx(0.0, abs=0.05)
    assert times == sorted(times)
    assert all(len(one.pdq) == 64 for one in found.pictures)
    assert len(found.sound) >= 3
    assert found.sound_start_s == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("name", ["clip.wav", "clip.mp3", "clip.aac", "clip.m4a", "clip.ogg", "clip.amr"])
def test_every_sound_type(clip: Clip, name: str) -> None:
    """Sound alone gives sound alone."""
    found = prints(clip(name))
    assert found.pictures == ()
    assert len(found.sound) >= 3
    assert found.sound_step_s == STEP_S


def test_sound_that_is_packed_ten_frames_to_a_sample_is_heard_whole(clip: Clip, tmp_path: Path) -> None:
    """As old phones write AMR into 3GP; a decoder that is given ten at once hears the first."""
    plain, packed = convert(clip("clip.amr"), tmp_path / "plain.3gp", "-c", "copy"), tmp_path / "packed.3gp"
    whole = plain.read_bytes()
    for old, new in _PACKED.items():
        assert whole.count(old) == 1
        whole = whole.replace(old, new)
    packed.write_bytes(whole)
    assert len(prints(packed).sound) == len(prints(plain).sound) >= 3
    heard = [survey(path, probe(path), limit_s=60).heard for path in (plain, packed)]
    assert heard[0] == heard[1]


def test_key_frames_have_their_own_times(clip: Clip) -> None:
    """One key frame a second, each at its second."""
    assert [one.at for one in prints(clip("clip.mp4")).pictures] == [0.0, 1.0, 2.0]


def test_all_intra_video_is_thinned(clip: Clip) -> None:
    """Where every frame is a key frame, hashes stand half a second apart or more."""
    times = [one.at for one in prints(clip("clip.avi")).pictures]
    assert len(times) == 6
    assert min(np.diff(times)) >= 0.5


@pytest.mark.parametrize("name", ["clip.mp4", "clip.ts", "clip.avi", "clip.m4a"])
def test_what_is_taken_beside_it_equals_what_a_pass_of_its_own_takes(clip: Clip, name: str) -> None:
    """Coded frames and sound, by which copies are known before any picture was looked through."""
    path = clip(name)
    beside, alone = survey(path, probe(path), limit_s=60, traits=True).traits, take_traits(path, probe(path))
    assert beside is not None
    assert len(beside.coded_picture) + len(beside.coded_sound) > 20
    for one, other in ((beside.coded_picture, alone.coded_picture), (beside.coded_sound, alone.coded_sound)):
        assert np.array_equal(one.at, other.at)
        assert np.array_equal(one.hashes, other.hashes)
    assert np.array_equal(beside.sound, alone.sound)
    assert (beside.duration, beside.sound_start_s) == (alone.duration, alone.sound_start_s)


def test_of_a_long_recording_key_frames_apart_are_looked_at(tmp_path: Path) -> None:
    """Past two minutes one in five seconds is decoded, for hashes and signs alike; each at its own time."""
    source = ("-f", "lavfi", "-i", "testsrc2=d=150:s=160x120:r=5", "-c:v", "mpeg4", "-g", "5", "-sc_threshold", "0")
    path = tmp_path / "long.mkv"
    subprocess.run(["ffmpeg", "-v", "error", *source, str(path)], check=True, timeout=60)
    found = survey(path, probe(path), limit_s=60)
    assert found.seen is not None
    assert [one.at for one in found.fingerprint.pictures] == pytest.approx(list(found.seen.at), abs=0.001)
    assert np.diff(found.seen.at) == pytest.approx(5.0)


def test_key_frames_alone_equal_those_of_a_full_decode(shared_media: Path) -> None:
    """Feeding only key frames gives the same pictures as decoding all, on real H.264 and H.265 footage."""
    for name in ("onvif-test_signed_h265.mp4", "pattern-sd-grey-bar.mp4"):
        path = shared_media / name
        with av.open(str(path)) as container:
            frames = [frame for frame in container.decode(video=0) if frame.key_frame]
            whole = {
                round(frame.time, 3): hash_picture(
                    frame.reformat(width=64, height=64, format="rgb24", interpolation="AREA").to_ndarray()
                )[0]
                for frame in frames
            }
        found = prints(path)
        assert len(found.pictures) >= 3
        for one in found.pictures:
            assert apart(whole[one.at], one.pdq) <= 2, (name, one.at)


def test_reencoded_copy_is_alike_and_a_stranger_is_not(shared_media: Path, tmp_path: Path) -> None:
    """A smaller, worse copy keeps sound and picture; another recording shares neither."""
    original = prints(shared_media / "pattern-longer-no-bar.mp4")
    options = ("-vf", "scale=270:480", "-crf", "35", "-g", "60", "-c:a", "libmp3lame", "-b:a", "48k")
    copy = prints(convert(shared_media / "pattern-longer-no-bar.mp4", tmp_path / "copy.mkv", *options))
    assert [apart(a.pdq, b.pdq) <= 30 for a, b in zip(original.pictures, copy.pictures, strict=False)].count(True) >= 3
    shared = list(zip(original.sound, copy.sound, strict=False))
    assert sum((a ^ b).bit_count() for a, b in shared) / (32 * len(shared)) < 0.18
    stranger = prints(shared_media / "bottle-detection.mp4")
    assert min(apart(a.pdq, b.pdq) for a in original.pictures for b in stranger.pictures) > 80


def test_rotation_tag_does_not_change_the_hash(clip: Clip, tmp_path: Path) -> None:
    """A recording stored lying with a rotation tag hashes like the upright one."""
    lying = convert(clip("clip.mp4"), tmp_path / "lying.mp4", "-vf", "transpose=cclock", "-g", "25", "-crf", "12")
    tagged = tmp_path / "tagged.mp4"
    turned(lying, tagged, -90)
    pairs = zip(prints(clip("clip.mp4")).pictures, prints(tagged).pictures, strict=True)
    assert all(apart(upright.pdq, turned.pdq) <= 24 for upright, turned in pairs)


def test_sound_is_chromaprint_itself(shared_media: Path, tmp_path: Path) -> None:
    """The integers are those that libchromaprint gives for the same samples as one whole."""
    path = shared_media / "pattern-longer-no-bar.mp4"
    raw = convert(path, tmp_path / "x.raw", "-f", "s16le", "-ac", "1", "-ar", str(RATE)).read_bytes()
    printer = chromaprint.Fingerprinter()
    printer.start(RATE, 1)
    printer.feed(raw)
    expected, _ = chromaprint.decode_fingerprint(printer.finish())
    found = prints(path).sound
    assert abs(len(found) - len(expected)) <= 1
    bits = [(a ^ b).bit_count() for a, b in zip(found, expected, strict=False)]
    assert sum(bits) / (32 * len(bits)) < 0.02


def test_pause_in_the_sound_keeps_its_time(clip: Clip, tmp_path: Path) -> None:
    """Sound that pauses for two seconds (no packets) goes on at its own time behind the pause."""
    filters = "aselect='lt(t,3)',asetpts='if(gte(T,1.5),PTS+2/TB,PTS)'"
    paused = convert(clip("clip.wav"), tmp_path / "paused.mkv", "-af", filters, "-c:a", "pcm_s16le")
    assert probe(paused).duration.measured == pytest.approx(5.0, abs=0.1)
    assert len(prints(paused).sound) == pytest.approx(len(prints(clip("clip.wav")).sound) + 2 / STEP_S, abs=2)


def test_sound_goes_on_when_its_channels_change(clip: Clip, tmp_path: Path) -> None:
    """Stereo, then mono, then stereo in one stream is heard to its end, each part as if it stood alone."""
    parts = [convert(clip("clip.wav"), tmp_path / f"{count}.aac", "-ac", count) for count in ("2", "1")]
    joined = tmp_path / "joined.aac"
    joined.write_bytes(b"".join(parts[place].read_bytes() for place in (0, 1, 0)))
    alone = prints(parts[0]).sound
    heard = prints(joined).sound
    assert len(heard) == pytest.approx(3 * 3 / STEP_S - (3 / STEP_S - len(alone)), abs=4)
    assert heard[: len(alone) - 2] == alone[:-2]


def test_damaged_stretch_is_left_out(clip: Clip, tmp_path: Path) -> None:
    """Noise written over the middle of a transport stream loses that stretch, not the rest."""
    data = bytearray(clip("clip.ts").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = bytes(range(256)) * 78 + bytes(32)
    path = tmp_path / "x.ts"
    path.write_bytes(data)
    found = prints(path)
    assert found.pictures[0].at == pytest.approx(0.0, abs=0.05)
    assert found.sound


@pytest.mark.parametrize(
    ("codec", "options", "seen"),
    [
        ("libx264", "intra-refresh=1:keyint=10:scenecut=0", 1),
        ("libx264", "open-gop=1:keyint=10:scenecut=0", 22),
        ("libx265", "open-gop=1:keyint=10:scenecut=0:log-level=error", 22),
    ],
)
def test_only_whole_pictures_of_a_long_recording_are_kept(tmp_path: Path, codec: str, options: str, seen: int) -> None:
    """Key frames decoded alone are hashed in their order where they stand alone, and left out where they do not."""
    path = tmp_path / "long.mp4"
    params = f"-{codec.removeprefix('lib')}-params"
    drawn = ("-f", "lavfi", "-i", "testsrc2=d=130:s=160x120:r=5", "-c:v", codec, params, options)
    subprocess.run(["ffmpeg", "-v", "error", *drawn, "-pix_fmt", "yuv420p", path], check=True, timeout=90)
    with av.open(str(path)) as opened:
        small = {
            frame.time: frame.reformat(width=64, height=64, format="rgb24", interpolation="AREA").to_ndarray()
            for frame in opened.decode(video=0)
        }
    found, begin = survey(path, probe(path), limit_s=60), min(small)
    times = [one.at for one in found.fingerprint.pictures]
    assert (len(times), times) == (seen, sorted(times))
    assert [one.pdq for one in found.fingerprint.pictures] == [
        hash_picture(small[min(small, key=lambda at: abs(at - begin - time))])[0] for time in times
    ]
