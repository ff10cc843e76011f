"""FFmpeg commands as data: guarded inputs, even sizes, streams by index; read here without running them."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng_sidecar.media.demux import DEMUXER
from quancheng_sidecar.media.plans import Plan, proxy_size, sound_proxy, waveform
from quancheng_sidecar.media.report import Stream

MASTER = "sha256:" + "0f" * 32
sizes = st.integers(16, 8192)
containers = st.sampled_from(sorted(DEMUXER))


def video(width: int, height: int, rotation: int = 0, index: int = 0) -> Stream:
    """A video stream of a size."""
    return Stream(index=index, kind="video", codec="h264", width=width, height=height, rotation=rotation)


def audio(index: int = 1, channels: int = 2) -> Stream:
    """A sound stream."""
    return Stream(index=index, kind="audio", codec="aac", channels=channels)


def value(plan: Plan, option: str) -> str:
    """What follows an option."""
    return plan.args[plan.args.index(option) + 1]


@settings(deadline=None)  # a busy machine is no failure
@given(sizes, sizes, st.sampled_from([0, 90, 180, 270]))
def test_proxy_size(width: int, height: int, rotation: int) -> None:
    """A proxy is upright, even, never larger than its master nor than 540 on its shorter side, and keeps its shape."""
    out = proxy_size(video(width, height, rotation))
    shown = (height, width) if rotation % 180 else (width, height)
    assert out[0] % 2 == out[1] % 2 == 0
    assert min(out) <= 540
    assert all(new <= old + 1 for new, old in zip(out, shown, strict=True))
    factor = min(1, 540 / min(shown))
    assert all(abs(new - old * factor) <= 1 for new, old in zip(out, shown, strict=True))


@settings(deadline=None)  # a busy machine is no failure
@given(containers, st.text(min_size=1, max_size=20).filter(lambda name: "/" not in name and "\0" not in name))
def test_inputs_are_guarded(container: str, name: str) -> None:
    """Whatever a file is called, it is opened as a local file with the demuxer of its content and nothing else."""
    source, out = Path("/in") / name, Path("/out/x")
    for plan in (
        sound_proxy(source, container, audio(), out, master=MASTER),
        waveform(source, container, audio(), out),
    ):
        args = list(plan.args)
        assert args[:2] == ["ffmpeg", "-nostdin"]
        place = args.index("-i")
        assert args[place + 1] == f"file:{source}"
        before = args[:place]
        assert before[before.index("-protocol_whitelist") + 1] == "file"
        assert before[before.index("-f") + 1] == DEMUXER[container]
        assert args.count("-i") == 1
        assert args[-1] == "file:/out/x"


def test_waveform_keeps_memory_small() -> None:
    """The filter that holds all samples gets 8,000 a second of one channel."""
    graph = value(waveform(Path("/a"), "wav", audio(0), Path("/b.png")), "-filter_complex")
    assert graph.index("sample_rates=8000") < graph.index("showwavespic")
    assert "channel_layouts=mono" in graph
