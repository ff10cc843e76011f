"""Which stream a recording is led by: its picture, or its sound when there is none."""

from collections.abc import Iterable

from quancheng_sidecar.media.report import Stream


def leading_video(streams: Iterable[Stream]) -> Stream | None:
    """Give the video stream with the most pixels that has packets (devices add small ones for quick looking)."""
    with_packets = [stream for stream in streams if stream.kind == "video" and stream.packets]
    return max(with_packets, key=lambda one: ((one.width or 0) * (one.height or 0), -one.index), default=None)


def leading_audio(streams: Iterable[Stream]) -> Stream | None:
    """Give the first audio stream that has packets."""
    return next((stream for stream in streams if stream.kind == "audio" and stream.packets), None)


def leading(streams: Iterable[Stream]) -> Stream | None:
    """Give the stream whose first packet is second zero of every `at` in a report."""
    held = tuple(streams)
    return leading_video(held) or leading_audio(held)


def upright_size(stream: Stream) -> tuple[int, int]:
    """Give width and height of the picture when it stands upright, in pixels (0 when unknown)."""
    size = (stream.width or 0, stream.height or 0)
    return (size[1], size[0]) if stream.rotation % 180 else size
