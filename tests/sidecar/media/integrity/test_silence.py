"""Silence where sound was broken off is a sign; a device that gates its microphone, or a moment of sound, is not."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from quancheng_plugin.findings import Severity
from quancheng_sidecar.media.integrity.silence import Listener, Silence, Stretch, silence_findings
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.probe import probe
from tests.sidecar.media.integrity.conftest import Examine, codes, ffmpeg

RATE = 16_000


def heard(samples: NDArray[np.float64]) -> Silence:
    """What is heard of sound (−1..1), in frames of 1,024 samples."""
    listener = Listener(zero=0, limit_s=60)
    whole = (samples[: len(samples) // 1024 * 1024] * 32767).astype(np.int16).reshape(-1, 1, 1024)
    for number, part in enumerate(whole):
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(part), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, number * 1024
        frame.time_base = Fraction(1, RATE)
        listener.listen(frame)
    return listener.finish()


def speech(pauses: list[tuple[float, float]], *, fades: bool) -> NDArray[np.float64]:
    """Twenty seconds of noise as loud as speech with silent pauses, into which it fades for half a second, or not."""
    at = np.arange(20 * RATE) / RATE
    loud = np.full(len(at), 0.2)
    for begin, end in pauses:
        loud[(at >= begin) & (at < end)] = 0
        if fades:
            near = (at >= begin - 0.5) & (at < begin)
            loud[near] = 0.2 * np.maximum(0, (begin - 0.1 - at[near]) / 0.4) ** 3 + 0.001
    return loud * np.random.default_rng(0).uniform(-1, 1, len(at))


PAUSES = [(3.0, 5.5), (8.0, 8.6), (12.0, 14.5), (17.0, 17.5)]


def test_a_gated_microphone_is_not_accused() -> None:
    """Sound fades into silence in four places, as where a device suppresses what is quiet."""
    found = silence_findings(heard(speech(PAUSES, fades=True)))
    assert [(one.severity, one.figures["by_habit"]) for one in found] == [(Severity.LOW, True)] * 2


def test_sound_that_breaks_off_is_a_sign_however_often() -> None:
    """The same pauses, cut out of speech."""
    found = silence_findings(heard(speech(PAUSES, fades=False)))
    assert [one.severity for one in found] == [Severity.MEDIUM] * 2


def test_one_silence_amid_gated_ones_that_breaks_off_is_a_sign() -> None:
    """Of five, one is cut out of speech."""
    soft = [Stretch(2.0 * n, 2.0 * n + 1.5, 0.001) for n in range(1, 5)]
    found = silence_findings(Silence([*soft, Stretch(12, 15, 0.1)], heard_s=30, pauses=4))
    assert [one.severity for one in found] == [Severity.LOW] * 4 + [Severity.MEDIUM]


@pytest.mark.parametrize(("heard_s", "silent"), [(0.04, False), (0.9, False), (5.0, True)])
def test_a_moment_of_sound_is_not_called_silent(heard_s: float, silent: bool) -> None:  # noqa: FBT001  a table's column
    """Real clips with two frames of sound were told to have none."""
    stretches = [Stretch(0, heard_s)] if silent else []
    found = silence_findings(Silence(stretches, heard_s=heard_s))
    assert [one.code for one in found] == (["sound-silent"] if silent else [])


def test_a_time_that_was_never_set_is_no_later_change(shared_media: Path, look: Examine, tmp_path: Path) -> None:
    """Written by a program that left the creation at the beginning of its count."""
    target = tmp_path / "unset.mp4"
    ffmpeg("-i", shared_media / "onvif-test_h264.mp4", "-c", "copy", "-metadata", "creation_time=1970-01-01", target)
    data = bytearray(target.read_bytes())
    header = data.index(b"mvhd") + 8
    data[header + 4 : header + 8] = (0xE2000000).to_bytes(4)
    target.write_bytes(data)
    assert "modified-later" not in codes(look(target))


def test_sound_of_eight_channels_is_not_listened_to_and_that_is_told(tmp_path: Path) -> None:
    """Surround sound (7.1), of which the library gives no channel by itself."""
    path = tmp_path / "surround.mp4"
    ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=3:a=0.1", "-af", "aformat=channel_layouts=7.1", "-c:a", "aac", str(path))
    found = survey(path, probe(path), limit_s=60)
    assert found.heard is not None
    assert (found.heard.heard_s, found.whole) == (0, False)
    assert found.fingerprint.sound


@pytest.mark.parametrize("coded", [("m4a", "aac"), ("wav", "pcm_s16le"), ("mka", "libopus"), ("mp3", "libmp3lame")])
def test_one_channel_that_is_silenced_is_told_with_its_place(
    coded: tuple[str, str], look: Examine, tmp_path: Path
) -> None:
    """Four seconds of one microphone, while the other goes on: low, as a wireless one that is off leaves the same."""
    found = [
        one for one in look(_two_microphones(tmp_path, coded, "between(t,8,12)")).findings if "channel" in one.code
    ]
    assert [(one.severity, one.at) for one in found] == [(Severity.LOW, pytest.approx(8, abs=0.2))]
    assert found[0].figures["silent_s"] == pytest.approx(4, abs=0.2)


def test_a_channel_that_was_never_heard_is_no_sign(look: Examine, tmp_path: Path) -> None:
    """One microphone on a track of two channels."""
    assert "sound-channel-silenced" not in codes(look(_two_microphones(tmp_path, ("m4a", "aac"), "1")))


def _two_microphones(folder: Path, coded: tuple[str, str], silent: str) -> Path:
    ending, codec = coded
    path = folder / f"two.{ending}"
    left = "anoisesrc=d=20:a=0.1:c=pink:seed=1[left]"
    right = f"anoisesrc=d=20:a=0.05:seed=2,volume=enable='{silent}':volume=0[right]"
    both = f"{left};{right};[left][right]join=inputs=2:channel_layout=stereo"
    ffmpeg("-filter_complex", both, "-c:a", codec, str(path))
    return path
