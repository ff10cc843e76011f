"""A recording whose container says by how much its picture is to be turned, on any ffmpeg."""

from pathlib import Path

import av


def turned(source: Path, path: Path, degrees: int) -> Path:
    """A copy of a recording's picture with a rotation tag: `degrees` against the clock, in steps of 90."""
    with av.open(str(source)) as given, av.open(str(path), "w") as written:
        old = given.streams.video[0]
        new = written.add_stream_from_template(old)
        new.set_display_rotation(degrees)
        for packet in given.demux(old):
            if packet.dts is not None:
                packet.stream = new
                written.mux(packet)
    return path
