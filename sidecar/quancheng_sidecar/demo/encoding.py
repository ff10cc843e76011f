"""The one place where the demo runs ffmpeg."""

import subprocess
import tempfile
from collections.abc import Iterable

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.media.process import ask_for


class RecordingNotMade(QuanchengError):
    """ffmpeg could not make a recording of the demo."""

    code = "QC-DEMO-RECORDING"


def encode(command: list[str], frames: Iterable[bytes] = ()) -> None:
    """Run a planned ffmpeg command, feeding `frames` to its standard input.

    Raises ToolMissing, and RecordingNotMade with the last lines that ffmpeg wrote.
    """
    ask_for(command[0])
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(  # noqa: S603 — the command is planned by this package, without a shell
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=messages
        )
        _feed(process, frames)
        if process.wait() != 0:
            messages.seek(0)
            said = messages.read().decode(errors="replace").strip()[-300:]
            raise RecordingNotMade(
                zh=f"演示录像制作失败，ffmpeg 提示：{said}",
                en=f"ffmpeg could not make a recording of the demo: {said}",
            )


def _feed(process: subprocess.Popen[bytes], frames: Iterable[bytes]) -> None:
    if process.stdin is None:
        return
    try:
        with process.stdin as pipe:
            for frame in frames:
                pipe.write(frame)
    except BrokenPipeError:
        pass  # ffmpeg has all it needs, or failed: its exit status tells which
