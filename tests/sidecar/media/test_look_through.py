"""The deferred look: one decode gives the proxy, the traits and what stands still between key frames."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from quancheng_plugin.errors import StorageFull
from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.bounded import look_through_bounded
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.integrity.checks import Check
from quancheng_sidecar.media.look_through import Looked, look_through, says_as_much
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import ClockSample
from quancheng_sidecar.media.stills import read_stills
from quancheng_sidecar.media.streams import leading_video
from quancheng_sidecar.settings import Settings
from tests.sidecar.media.bare_report import report_of
from tests.sidecar.media.integrity.conftest import Shoot, ffmpeg, shoot
from tests.sidecar.media.test_preview import files_of_at_most
from tests.sidecar.media.turned import turned

Clip = Callable[[str], Path]

__all__ = ["shoot"]


def looked(path: Path, folder: Path, *, examined: Check = Check.KEY_FRAMES) -> Looked:
    """Look through a recording."""
    folder.mkdir(exist_ok=True)
    return look_through(path, report_of(path, examined=examined), folder / "traits.npz", folder / "proxy.mp4")


def proxy_of(path: Path, folder: Path) -> Path:
    """The proxy of a recording."""
    made = looked(path, folder).proxy
    assert made is not None
    return made.path


def test_one_look_gives_proxy_and_traits(shared_media: Path, tmp_path: Path) -> None:
    """Real footage gives ten pictures a second to compare, and what browsers play: H.264 4:2:0 and AAC, index first."""
    path = shared_media / "pattern-sd-grey-bar.mp4"
    made = looked(path, tmp_path).proxy
    traits = Traits.from_bytes((tmp_path / "traits.npz").read_bytes())
    assert len(traits.pictures) == pytest.approx(10 * traits.duration, abs=2)
    assert len(traits.sound)
    assert made is not None
    with av.open(str(made.path)) as proxy:
        assert proxy.metadata["comment"] == f"derivative-of {made.master}"
        video, sound = proxy.streams.video[0], proxy.streams.audio[0]
        assert (video.width, video.height) == (made.width, made.height)
        assert (video.codec_context.name, video.codec_context.pix_fmt, sound.codec_context.name) == (
            "h264",
            "yuv420p",
            "aac",
        )
        for stream in (video, sound):
            assert float(stream.duration * stream.time_base) == pytest.approx(traits.duration, abs=0.2)
    data = made.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(("rate", "shown"), [(25, 2), (30, 3), (15, 1), (8, 1), (60, 5)])
def test_pictures_keep_their_instants(tmp_path: Path, rate: int, shown: int) -> None:
    """Of 25 pictures a second every second one is shown, of 30 every third, of 15 and fewer all, at their own times."""
    path = tmp_path / "clip.mp4"
    ffmpeg("-f", "lavfi", "-i", f"testsrc=size=320x240:rate={rate}:duration=2", "-c:v", "libx264", path)
    with av.open(str(proxy_of(path, tmp_path / "out"))) as proxy:
        times = [frame.time for frame in proxy.decode(video=0)]
    assert times == pytest.approx([n / rate for n in range(0, 2 * rate, shown)], abs=1e-3)


@pytest.mark.parametrize("format_", ["yuv420p", "yuvj420p", "yuvj422p", "yuv444p", "gray", "yuv420p10le"])
def test_a_proxy_is_as_light_as_its_master(tmp_path: Path, format_: str) -> None:
    """Whatever samples a recording is made of, full range or not, its proxy shows black, grey and white as they are."""
    path = tmp_path / "clip.mkv"
    bars = "color=black:s=1280x720:r=10:d=1,drawbox=x=400:w=480:c=gray:t=fill,drawbox=x=880:c=white:w=400:t=fill"
    ffmpeg("-f", "lavfi", "-i", bars, "-pix_fmt", format_, "-c:v", "libx264", path)
    (master,), (proxy,) = (first_picture(one) for one in (path, proxy_of(path, tmp_path / "out")))
    for along in (0.15, 0.5, 0.85):
        light = [np.asarray(one.convert("L"))[one.height // 2, round(along * one.width)] for one in (master, proxy)]
        assert int(light[0]) == pytest.approx(int(light[1]), abs=4)


def test_interlaced_pictures_are_shown_without_combs(tmp_path: Path) -> None:
    """What moves in interlaced pictures has straight edges in the proxy."""
    path = tmp_path / "clip.ts"
    ground, bar = "color=black:s=720x576:r=50:d=1[ground]", "color=white:s=120x576:r=50:d=1[bar]"
    moving = f"{ground};{bar};[ground][bar]overlay=x='20+8*n',interlace"
    ffmpeg("-f", "lavfi", "-i", moving, "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "8M", path)
    with av.open(str(proxy_of(path, tmp_path / "out"))) as proxy:
        light = [frame.to_ndarray(format="gray").astype(np.int16) for frame in proxy.decode(video=0)]
    assert len(light) >= 10
    assert np.mean([np.abs(np.diff(one, axis=0)).mean() for one in light]) < 1


@pytest.mark.parametrize("degrees", [-90, 90, 180])
def test_a_turned_recording_is_shown_upright(clip: Clip, tmp_path: Path, degrees: int) -> None:
    """A rotation tag is applied to the pictures of the proxy as it is to the stills."""
    path = turned(clip("clip.mp4"), tmp_path / "turned.mp4", degrees)
    out = proxy_of(path, tmp_path / "out")
    (expected,), (shown,) = (first_picture(one) for one in (path, out))
    assert shown.size == expected.size
    difference = np.abs(np.asarray(shown, np.int16) - np.asarray(expected, np.int16))
    assert difference.mean() < 12


def first_picture(path: Path) -> list[Image.Image]:
    """The first picture, upright."""
    probed = probe(path)
    video = leading_video(probed.streams)
    assert video is not None
    return [still.image for still in read_stills(path, probed.container, video, (0.0,), most=1280)]


@pytest.mark.parametrize("name", ["clip.avi", "clip.ts", "fragmented.mp4", "clip.3gp", "live.mkv"])
def test_every_container_gives_a_proxy(clip: Clip, tmp_path: Path, name: str) -> None:
    """Whatever the container and its codecs, picture and sound are there in full."""
    path = clip(name)
    shown = probe(proxy_of(path, tmp_path))
    assert {stream.kind for stream in shown.streams} == {stream.kind for stream in probe(path).streams}
    assert shown.duration.measured == pytest.approx(3.0, abs=0.2)


def test_time_that_begins_anew_goes_on(clip: Clip, tmp_path: Path) -> None:
    """A stream whose clock starts again, as two that were joined, is shown whole."""
    path = tmp_path / "twice.ts"
    path.write_bytes(2 * clip("clip.ts").read_bytes())
    assert probe(proxy_of(path, tmp_path)).duration.measured == pytest.approx(6.0, abs=0.4)


def test_what_is_left_of_a_broken_recording_is_shown(clip: Clip, tmp_path: Path) -> None:
    """Of a recording that breaks off the readable part is shown."""
    data = clip("clip.avi").read_bytes()
    path = tmp_path / "x.avi"
    path.write_bytes(data[: len(data) // 2])
    assert probe(proxy_of(path, tmp_path / "out")).duration.measured == pytest.approx(1.5, abs=0.3)


def test_sound_alone_has_no_later_proxy(clip: Clip, tmp_path: Path) -> None:
    """The proxy of sound was made at intake; its traits are taken here."""
    found = looked(clip("clip.m4a"), tmp_path)
    assert (found.proxy, found.findings) == (None, ())
    assert Traits.from_bytes((tmp_path / "traits.npz").read_bytes()).heard


def test_a_full_disk_is_no_fault_of_the_file(clip: Clip, tmp_path: Path) -> None:
    """Where no more can be written, the look is given up as a whole instead of leaving the proxy out."""
    path = clip("clip.mp4")
    report = report_of(path)
    with files_of_at_most(4096), pytest.raises(StorageFull):
        look_through_bounded(path, report, tmp_path / "traits.npz", tmp_path / "proxy.mp4", Settings())


def test_a_freeze_between_key_frames_is_found(shoot: Shoot, tmp_path: Path) -> None:
    """Three seconds between two key frames ten seconds apart show only where every picture is looked at."""
    path = held(shoot("mp4"), tmp_path / "held.mp4")
    (finding,) = looked(path, tmp_path / "out").findings
    assert (finding.code, finding.severity) == ("picture-frozen", Severity.LOW)
    assert finding.at == pytest.approx(4, abs=0.3)
    assert finding.figures["frozen_s"] == pytest.approx(3, abs=0.3)
    assert looked(path, tmp_path / "out", examined=Check.ALL_FRAMES).findings == ()


def test_a_freeze_is_plain_where_the_clock_stands_too(shoot: Shoot, tmp_path: Path) -> None:
    """In a long recording a still alone is for review; with the burnt-in clock it is a sign, told once."""
    path = held(shoot("mp4"), tmp_path / "held.mp4")
    start = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    shown = ((n / 2, start + timedelta(seconds=int(4 if 8 <= n < 14 else n / 2))) for n in range(24))
    samples = tuple(ClockSample(at=at, shown=when, confidence=0.9) for at, when in shown)
    report = report_of(path)
    clocked = report.model_copy(update={"clock": report.clock.model_copy(update={"samples": samples})})
    out = tmp_path / "traits.npz", tmp_path / "proxy.mp4"
    (finding,) = look_through(path, clocked, *out).findings
    assert (finding.code, finding.severity) == ("picture-frozen", Severity.MEDIUM)
    told = clocked.model_copy(update={"integrity": report.integrity.model_copy(update={"findings": (finding,)})})
    assert look_through(path, told, *out).findings == ()


def test_a_repetition_that_intake_told_is_not_told_again() -> None:
    """Three seconds from the tenth on and two from the twelfth on are one sign; two from the fourteenth on another."""
    sentence = Sentence(zh="重复", en="again")

    def again(at: float, length: float) -> Finding:
        figures = {"length_s": length}
        return Finding(code="pictures-repeated", severity=Severity.MEDIUM, sentence=sentence, at=at, figures=figures)

    assert says_as_much(again(10, 3), again(12, 2))
    assert not says_as_much(again(10, 3), again(14, 2))


def held(source: Path, path: Path) -> Path:
    """A copy with one key frame whose picture is held from the fourth to the seventh second."""
    frozen = "[0:v][0:v]freezeframes=first=100:last=175:replace=100"
    coded = ("-c:v", "libx264", "-preset", "veryfast", "-g", "300", "-sc_threshold", "0")
    ffmpeg("-i", source, "-filter_complex", frozen, *coded, path)
    return path


@pytest.mark.parametrize("name", ["bottle-detection.mp4", "doorknob-hd-no-bar.mp4", "onvif-test_h264.mp4"])
def test_real_footage_is_not_accused(name: str, shared_media: Path, tmp_path: Path) -> None:
    """Looking at every picture finds no still in untouched footage of phones and fixed cameras."""
    assert looked(shared_media / name, tmp_path).findings == ()
