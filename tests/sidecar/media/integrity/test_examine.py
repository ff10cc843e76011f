"""Whole examinations of real files: untouched ones are not accused, edited ones are found."""

import contextlib
import random
from pathlib import Path

import pytest

from quancheng_plugin.errors import UnreadableInput
from quancheng_plugin.findings import Severity
from quancheng_sidecar.demo.recordings import ClockStyle, concat, cut_middle, excerpt, freeze, write_recording
from quancheng_sidecar.media.inspect import inspect
from quancheng_sidecar.media.integrity.checks import Check
from quancheng_sidecar.settings import Settings
from tests.sidecar.media.integrity.conftest import Examine, Shoot, codes, ffmpeg, readings, spec

KINDS = ("mp4", "h265", "ts", "mkv")
GENUINE = ("真实", "genuine", "authentic", "未经剪辑", "原始文件属实")


@pytest.mark.parametrize("kind", KINDS)
def test_an_untouched_recording_bears_no_sign(kind: str, shoot: Shoot, look: Examine) -> None:
    """Clean files of every kind pass, and the summary lists what was looked at."""
    found = look(shoot(kind), readings(spec(7, 12)))
    assert not found.signs
    assert "未发现剪接、删改迹象（已检查：" in found.summary.zh
    assert Check.CLOCK in found.examined
    assert Check.ORIGINAL in found.not_examined


@pytest.mark.parametrize(
    "name",
    [
        "bottle-detection.mp4",
        "doorknob-hd-no-bar.mp4",
        "onvif-test_h264.mp4",
        "onvif-test_signed_h264.mp4",
        "onvif-test_signed_h265.mp4",
        "pattern-hd-no-bar.mp4",
        "pattern-longer-no-bar.mp4",
        "pattern-sd-grey-bar.mp4",
        "pattern-sd-with-large-logo-bar.mp4",
        "pattern-sd-with-small-logo-bar.mp4",
    ],
)
def test_real_footage_bears_no_sign(name: str, shared_media: Path, look: Examine) -> None:
    """Phone and surveillance footage, untouched or re-encoded by its publisher, is not accused."""
    found = look(shared_media / name)
    assert not found.signs
    assert {f.severity for f in found.findings} <= {Severity.INFO, Severity.LOW}


@pytest.mark.parametrize("kind", KINDS)
def test_a_middle_removed_by_stream_copy_leaves_a_joint(kind: str, shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """The joint shows where it was made, without decoding."""
    source = shoot(kind)
    cut = cut_middle(source, tmp_path / f"cut{source.suffix}", 3.3, 6.7)
    found = look(cut)
    joint = next(finding for finding in found.findings if finding.code == "joint")
    assert joint.severity is Severity.MEDIUM
    assert joint.at == pytest.approx(3.6, abs=1.2)


def test_where_a_recording_of_another_place_is_joined_the_picture_breaks_off(
    shared_media: Path, look: Examine, tmp_path: Path
) -> None:
    """A fixed camera's real clip, and behind it its negative, at times off the grid."""
    clip, joined = shared_media / "bottle-detection.mp4", tmp_path / "joined.mp4"
    graph = "scale=320:-2,fps=30,trim=0:6,setpts=PTS-STARTPTS,split[a][b];[b]negate[c];[a][c]concat=n=2,"
    graph += "settb=1/90000,setpts=PTS+gte(N\\,180)*0.017/TB"
    ffmpeg("-i", clip, "-filter_complex", graph, "-vsync", "vfr", "-enc_time_base", "1:90000", joined)
    joint = next(f for f in look(joined).findings if f.code == "joint")
    assert joint.severity is Severity.MEDIUM
    assert joint.figures["kinds"] == "picture-step scene"


def test_parts_encoded_anew_and_joined_leave_a_joint(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Each part begins with a new encoder."""
    found = look(cut_middle(shoot("mp4"), tmp_path / "cut.mp4", 3.3, 6.7, reencode=True))
    joint = next(finding for finding in found.findings if finding.code == "joint")
    assert "encoder" in str(joint.figures["kinds"])


def test_a_long_recording_is_looked_at_by_its_key_frames(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Beyond two minutes only key frames are decoded, and the report says what was not seen."""
    long = tmp_path / "long.mp4"
    ffmpeg("-stream_loop", "10", "-i", shoot("mp4"), "-c", "copy", long)
    found = look(long)
    assert Check.KEY_FRAMES in found.examined
    assert Check.BETWEEN_KEYS in found.not_examined


def test_a_middle_removed_by_re_encoding_is_told_by_the_clock(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Joined before one encode, nothing is left in the packets: the clock tells, and says how sure it is."""
    whole = tmp_path / "whole.mp4"
    keep = "not(between(t,3,8.96))"
    graph = f"[0:v]select='{keep}',setpts=N/(25*TB)[v];[0:a]aselect='{keep}',asetpts=N/SR/TB[a]"
    ffmpeg("-i", shoot("mp4"), "-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-g", "25", whole)
    assert not look(whole).signs
    shown = spec(7, 6, clock_jumps=((3, 6),))
    assert codes(look(whole, readings(shown, 0.5)))["clock-jump"] in {"medium", "high"}


def test_a_camera_s_pause_is_no_grave_sign_and_names_the_button(tmp_path: Path) -> None:
    """25 s are skipped in one file; where a program cut and coded anew, its encoder's start is named with it."""
    plain = {"size": (480, 270), "fps": 10, "clock": ClockStyle(labels=())}
    paused = write_recording(spec(7, 12, clock_jumps=((6, 25),), **plain), tmp_path / "paused.mp4")
    found = inspect(paused, Settings().zone, None, None).integrity
    assert codes(found)["clock-jump"] == "medium"
    assert "暂停" in found.summary.zh
    whole = write_recording(spec(7, 16, **plain), tmp_path / "whole.mp4")
    cut = cut_middle(whole, tmp_path / "cut.mp4", 4, 12, reencode=True)
    (jump,) = (f for f in inspect(cut, Settings().zone, None, None).integrity.findings if f.code == "clock-jump")
    assert (jump.severity, jump.figures["coded_anew"]) == ("medium", True)


def test_a_frozen_picture_is_found_with_or_without_its_length(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Held frames put in, or put in place of others."""
    grown = look(freeze(shoot("mp4"), tmp_path / "grown.mp4", 4, 5))
    assert codes(grown)["stream-length-mismatch"] == "medium"
    assert codes(grown)["picture-frozen"] == "medium"
    kept = look(freeze(shoot("mp4"), tmp_path / "kept.mp4", 4, 5, keep_length=True))
    frozen = next(finding for finding in kept.findings if finding.code == "picture-frozen")
    assert frozen.severity is Severity.MEDIUM
    assert frozen.at == pytest.approx(4, abs=0.6)


def test_sound_silenced_in_part_is_found_with_its_place(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Digital silence in mid-recording is the mute key or an edit."""
    muted = tmp_path / "muted.mp4"
    ffmpeg("-i", shoot("mp4"), "-c:v", "copy", "-af", "volume=0:enable='between(t,4,8)'", muted)
    silenced = next(f for f in look(muted).findings if f.code == "sound-silenced")
    assert silenced.at == pytest.approx(4, abs=0.2)
    assert silenced.severity is Severity.MEDIUM


def test_sound_that_was_coded_anew_beside_a_cameras_picture_is_told(
    shared_media: Path, look: Examine, tmp_path: Path
) -> None:
    """The picture is copied and bears no program's name, the sound does: worth a look, no more."""
    target = tmp_path / "sound.mp4"
    camera = shared_media / "onvif-test_h264.mp4"
    ffmpeg("-i", camera, "-f", "lavfi", "-i", "anoisesrc=d=10:a=0.05", "-c:v", "copy", "-c:a", "aac", target)
    assert codes(look(target))["sound-software-encoder"] == "low"


def test_swapped_parts_leave_joints(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """A, C, B joined by stream copy."""
    source = shoot("h265")
    parts = [
        excerpt(source, tmp_path / f"part{n}.mp4", begin, end)
        for n, (begin, end) in enumerate([(0, 4), (8, 12), (4, 8)])
    ]
    assert "joint" in codes(look(concat(tuple(parts), tmp_path / "swapped.mp4")))


def test_a_cut_off_the_key_frame_leaves_hidden_pictures(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """The edit list hides what had to be kept for decoding."""
    cut = tmp_path / "cut.mp4"
    ffmpeg("-ss", "2.6", "-i", shoot("h265"), "-c", "copy", cut)
    assert codes(look(cut))["edit-list-hides"] == "medium"


def test_a_remux_or_new_tags_are_background_not_a_sign(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Lavf alone proves nothing; beside a device's name it is worth a look."""
    rewritten = tmp_path / "rewritten.mov"
    ffmpeg("-i", shoot("mp4"), "-c", "copy", "-movflags", "use_metadata_tags", "-metadata", "make=DSJ", rewritten)
    found = look(rewritten)
    assert not found.signs
    assert codes(found)["muxer-library"] == "low"


def test_the_name_of_an_editing_program_is_a_sign(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """An export names its program."""
    exported = tmp_path / "exported.mov"
    arguments = ("-c", "copy", "-movflags", "use_metadata_tags", "-metadata", "software=Adobe Premiere Pro 2024")
    ffmpeg("-i", shoot("mp4"), *arguments, exported)
    assert codes(look(exported))["editing-software"] == "medium"


@pytest.mark.parametrize("place", ["uuid", "udta"])
def test_an_editing_program_named_in_xmp_is_a_sign(place: str, shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Premiere writes its name beside the index, others into it."""
    exported = tmp_path / "exported.mp4"
    exported.write_bytes(_with_xmp(shoot("mp4").read_bytes(), place))
    assert codes(look(exported))["editing-software"] == "medium"


def _with_xmp(data: bytes, place: str) -> bytes:
    xmp = b'<rdf:Description\n xmp:CreatorTool="Adobe Premiere Pro 2023.0 (Windows)"/>'
    if place == "uuid":
        return data + _box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + xmp)
    at, end = _span(data, b"moov")
    # The old index makes place: the chunks it tells of stay where they are.
    moov = _box(b"moov", data[at + 8 : end] + _box(b"udta", _box(b"XMP_", xmp)))
    return data[:at] + _free(data[at:end]) + data[end:] + moov


def _box(kind: bytes, payload: bytes) -> bytes:
    return (8 + len(payload)).to_bytes(4) + kind + payload


def _free(box: bytes) -> bytes:
    return box[:4] + b"free" + box[8:]


def test_what_capcut_leaves_instead_of_its_name_is_a_sign(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """It writes a tag of its own kit for editing."""
    exported = tmp_path / "exported.mp4"
    tag = ("-movflags", "use_metadata_tags", "-metadata", "te_is_reencode=1")
    ffmpeg("-i", shoot("mp4"), "-c", "copy", *tag, exported)
    assert codes(look(exported))["editing-software"] == "medium"


def test_other_parameters_in_a_second_sample_description_are_a_sign(
    shoot: Shoot, look: Examine, tmp_path: Path
) -> None:
    """A container may keep the parameters of each part that was joined beside those of the first."""
    copied, joined = tmp_path / "copied.mp4", tmp_path / "joined.mp4"
    ffmpeg("-i", shoot("mp4"), "-c", "copy", copied)
    joined.write_bytes(_with_two_descriptions(copied.read_bytes()))
    found = [one for one in look(joined).findings if one.code == "timing-irregular"]
    assert [one.figures["kinds"] for one in found] == ["parameters"]


def _with_two_descriptions(data: bytes) -> bytes:
    """The picture's later chunks by a second description, which differs in a flag of its profile."""
    begin, end = _span(data, b"stsd")
    first = data[begin + 16 : end]
    flag = first.index(b"avcC") + 6
    second = first[:flag] + bytes([first[flag] ^ 8]) + first[flag + 1 :]
    told = data[:begin] + _box(b"stsd", bytes(4) + (2).to_bytes(4) + first + second) + data[end:]
    begin, end = _span(told, b"stsc")
    runs = [told[at : at + 12] for at in range(begin + 16, end, 12)]
    chunks = int.from_bytes(told[(at := told.index(b"stco") + 8) : at + 4])
    later = (chunks // 2).to_bytes(4) + runs[-1][4:8] + (2).to_bytes(4)
    early = [run for run in runs if run < later]
    table = bytes(4) + (len(early) + 1).to_bytes(4) + b"".join([*early, later])
    out = bytearray(told[:begin] + _box(b"stsc", table) + told[end:])
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        place = out.index(kind) - 4
        out[place : place + 4] = (int.from_bytes(out[place : place + 4]) + len(out) - len(data)).to_bytes(4)
    return bytes(out)


def _span(data: bytes, kind: bytes) -> tuple[int, int]:
    at = data.index(kind) - 4
    return at, at + int.from_bytes(data[at : at + 4])


def test_a_place_or_a_part_of_a_word_is_no_editing_program(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Las Vegas, Corella and a camera's name are not programs."""
    tagged = tmp_path / "tagged.mov"
    tags = ("location-name=Las Vegas", "place=Corella", "software=Rainshot 2.0")
    words = [word for tag in tags for word in ("-metadata", tag)]
    ffmpeg("-i", shoot("mp4"), "-c", "copy", "-movflags", "use_metadata_tags", *words, tagged)
    assert "editing-software" not in codes(look(tagged))


def test_damage_is_found_and_told_as_damage(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """Bytes overwritten in the middle leave frames that will not decode."""
    data = bytearray(shoot("mp4").read_bytes())
    pick = random.Random(3)  # noqa: S311  repeatable, not secret
    for _ in range(60):
        at = pick.randrange(len(data) // 3, len(data) * 2 // 3)
        data[at : at + 16] = pick.randbytes(16)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)
    assert codes(look(damaged))["decode-errors"] == "medium"


def test_a_truncated_file_is_a_sign_without_a_length_mismatch(shoot: Shoot, look: Examine, tmp_path: Path) -> None:
    """What is missing is told once, by its cause."""
    source = shoot("mkv")
    short = tmp_path / "short.mkv"
    short.write_bytes(source.read_bytes()[: source.stat().st_size * 2 // 3])
    found = codes(look(short))
    assert found["truncated"] == "medium"
    assert "duration-mismatch" not in found
    assert "stream-length-mismatch" not in found


def test_a_media_signature_is_verified_and_says_what_was_not(shared_media: Path, look: Examine) -> None:
    """Valid by its rules is information; whose certificate it is stays unsaid."""
    found = look(shared_media / "onvif-test_signed_h265.mp4")
    assert codes(found)["onvif-signature"] == "info"
    assert Check.SIGNATURE in found.examined
    assert found.signature is not None
    assert "未核对：证书是否出自厂商" in next(f for f in found.findings if f.code == "onvif-signature").sentence.zh


def test_no_summary_ever_says_genuine(shoot: Shoot, look: Examine, shared_media: Path) -> None:
    """Signs or no sign; nothing more can be said."""
    for path in (shoot("mp4"), shared_media / "onvif-test_signed_h264.mp4"):
        summary = look(path).summary
        assert not any(word in summary.zh or word in summary.en for word in GENUINE)


@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4a", "ogg"])
def test_sound_alone_is_examined(suffix: str, look: Examine, tmp_path: Path) -> None:
    """Recorders without a picture are examined for what they have."""
    path = tmp_path / f"录音.{suffix}"
    ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=6:a=0.05", path)
    found = look(path)
    assert not found.signs
    assert Check.SILENCE in found.examined
    assert Check.CLOCK not in (*found.examined, *found.not_examined)


def test_a_photo_cut_short_is_found(look: Examine, tmp_path: Path) -> None:
    """A photo either decodes to its end or does not."""
    path = tmp_path / "photo.jpg"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=640x480", "-frames:v", "1", path)
    assert not look(path).signs
    path.write_bytes(path.read_bytes()[:6000])
    assert codes(look(path))["decode-errors"] == "medium"


@pytest.mark.parametrize("seed", range(8))
def test_a_mangled_file_ends_in_findings_or_a_coded_error(
    seed: int, shoot: Shoot, look: Examine, tmp_path: Path
) -> None:
    """Noise anywhere in a file never ends in an error without a code."""
    pick = random.Random(seed)  # noqa: S311  repeatable, not secret
    data = bytearray(shoot(KINDS[seed % 4]).read_bytes())
    for _ in range(pick.randrange(1, 40)):
        at = pick.randrange(len(data)) if pick.random() < 0.5 else pick.randrange(min(4000, len(data)))
        data[at : at + 8] = pick.randbytes(8)
    path = tmp_path / f"mangled{shoot(KINDS[seed % 4]).suffix}"
    path.write_bytes(data[: pick.randrange(len(data) // 2, len(data))])
    with contextlib.suppress(UnreadableInput):
        assert look(path).summary.zh


def test_a_screen_that_stands_still_again_and_again_is_not_accused(
    shared_media: Path, look: Examine, tmp_path: Path
) -> None:
    """Moving for a second, still for three, four times over: standing is this recording's habit."""
    target = tmp_path / "screen.mp4"
    held = "scale=240:-2,fps=25,setpts=(N+75*floor(N/25))/25/TB,fps=25"
    ffmpeg("-i", shared_media / "pattern-sd-grey-bar.mp4", "-vf", held, "-t", 16, "-an", target)
    found = [finding for finding in look(target).findings if finding.code == "picture-frozen"]
    assert found
    assert {finding.severity for finding in found} == {Severity.LOW}
