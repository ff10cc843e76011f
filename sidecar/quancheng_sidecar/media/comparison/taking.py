"""Taking a recording's traits in a child process, into a file: they are too many for an answer."""

from pathlib import Path

from quancheng_plugin.errors import UnsupportedType
from quancheng_sidecar.media.comparison.traits import take_traits
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Kind


def write_traits(path: Path, out: Path) -> float:
    """Take all layers of a recording and write them to `out`; gives its length in seconds.

    Raises UnsupportedType for photos; EmptyFile, DamagedFile. Reads untrusted bytes: callers use `traits_bounded`.
    """
    probed = probe(path)
    if probed.kind is Kind.PHOTO:
        raise UnsupportedType(
            zh="照片不能溯源：请选择录像或录音。", en="Photos are not traced: choose a video or a sound recording."
        )
    taken = take_traits(path, probed)
    out.write_bytes(taken.to_bytes())
    return taken.duration
