"""A clock that jumps ahead in real files: what the picture and the file's coding add to it."""

from pathlib import Path

import pytest

from quancheng_plugin.findings import Severity
from quancheng_sidecar.demo.recordings import write_recording
from tests.sidecar.media.integrity.conftest import Examine, ffmpeg, readings, spec

SMALL = {"size": (480, 270), "fps": 10}


def test_a_part_removed_before_export_is_told_with_the_pause_that_looks_the_same(look: Examine, tmp_path: Path) -> None:
    """Cut and coded anew in one go, the scene breaks at the jump: as in a paused recording that was converted later."""
    whole = write_recording(spec(3, 40, **SMALL), tmp_path / "whole.mp4")
    keep = "not(between(t,10,29.95))"
    graph = f"[0:v]select='{keep}',setpts=N/(10*TB)[v];[0:a]aselect='{keep}',asetpts=N/SR/TB[a]"
    cut = tmp_path / "cut.mp4"
    ffmpeg("-i", whole, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", cut)
    found = look(cut, readings(spec(3, 20, clock_jumps=((10, 20),)), 0.5))
    (jump,) = (finding for finding in found.findings if finding.code == "clock-jump")
    assert (jump.severity, jump.figures["picture_goes_on"]) == (Severity.MEDIUM, False)
    assert all(word in jump.sentence.zh for word in ("软件编码", "暂停", "剪去", "原始文件"))
    assert jump.at == pytest.approx(10, abs=0.6)


def test_a_clock_that_is_set_while_the_picture_goes_on_is_not(look: Examine, tmp_path: Path) -> None:
    """A satellite corrects the clock by twenty seconds; what is filmed goes on without a break."""
    clocked = spec(3, 20, clock_jumps=((10, 20),), **SMALL)
    found = look(write_recording(clocked, tmp_path / "set.mp4"), readings(clocked, 0.5))
    (jump,) = (finding for finding in found.findings if finding.code == "clock-jump")
    assert (jump.severity, jump.figures["picture_goes_on"]) == (Severity.MEDIUM, True)
