"""When a recording was made: every witness of its start, the one believed, and why."""

from quancheng_sidecar.media.clock.reading import read_clock

__all__ = ["read_clock"]
