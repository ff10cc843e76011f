"""Comparing two recordings: the cheapest layer that settles it, and no more."""

from pathlib import Path
from zoneinfo import ZoneInfo

from quancheng_plugin.errors import UnreadableInput, UnsupportedType
from quancheng_sidecar.media.clock.reading import read_clock
from quancheng_sidecar.media.comparison.clocks import Clocks, clocks_of
from quancheng_sidecar.media.comparison.pieces import find_pieces
from quancheng_sidecar.media.comparison.relation import relate
from quancheng_sidecar.media.comparison.report import HEARD, SEEN, Comparison, Evidence, Range, Relation, Sense
from quancheng_sidecar.media.comparison.traits import Traits, take_traits
from quancheng_sidecar.media.digest import digest_file
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Kind, Probe


def compare(a: Traits, b: Traits, *, clocks: Clocks | None = None) -> Comparison:
    """Say what B is to A by their traits, and their burnt-in clocks where both were read with certainty.

    What was found by pictures alone in a scene that hardly moves is never called related, nor what was found there by
    sound as well where no piece agrees with the clocks.
    """
    return relate(a, b, find_pieces(a, b, clocks))


def compare_files(a: Path, b: Path, zone: ZoneInfo) -> Comparison:
    """Compare two recordings in this process; hostile files are a risk here, so callers use `compare_bounded`.

    Bytes first, then coded frames, which need no decoding; only where these do not explain all of B are both decoded,
    and only where something is alike are burnt-in clocks read, in `zone` where they name none.

    Raises UnsupportedType for photos; EmptyFile, DamagedFile, LimitExceeded, ToolMissing.
    """
    probes = _probed(a), _probed(b)
    if a.stat().st_size == b.stat().st_size and _digest(a) == _digest(b):
        return _identical(take_traits(a, probes[0], decoded=False).duration)
    coded = [take_traits(path, probed, decoded=False) for path, probed in zip((a, b), probes, strict=True)]
    found = compare(*coded)
    if _settled(found, *coded):
        return found
    one, other = (take_traits(path, probed) for path, probed in zip((a, b), probes, strict=True))
    found = compare(one, other)
    if found.evidence is None:
        return found
    clocks = clocks_of(
        *(read_clock(path, probed, zone, file_name="") for path, probed in zip((a, b), probes, strict=True))
    )
    return compare(one, other, clocks=clocks) if clocks else found


def _probed(path: Path) -> Probe:
    try:
        found = probe(path)
    except UnreadableInput as error:  # of two files, say which
        said = error.sentence
        raise type(error)(zh=f"“{path.name}”：{said.zh}", en=f"{path.name}: {said.en}") from error
    if found.kind is Kind.PHOTO:
        raise UnsupportedType(
            zh=f"“{path.name}”是照片，不能与录像、录音比对：请选择录像或录音。",
            en=f"{path.name} is a photo, which cannot be compared: choose recordings.",
        )
    return found


def _digest(path: Path) -> str:
    return digest_file(path, sm3=False).sha256


def _identical(duration: float) -> Comparison:
    whole = (0.0, round(duration, 2))
    return Comparison(
        relation=Relation.IDENTICAL,
        evidence=Evidence.SAME_BYTES,
        score=1.0,
        ranges=(Range(a=whole, b=whole, by=(Sense.BYTES,)),),
    )


def _settled(found: Comparison, a: Traits, b: Traits) -> bool:
    """Whether coded frames alone explain all that B shows and lets hear."""
    if found.relation is Relation.UNRELATED or found.added:
        return False
    seen = not (a.seen or b.seen) or all(SEEN & set(one.by) for one in found.ranges)
    heard = not (a.heard or b.heard) or all(HEARD & set(one.by) for one in found.ranges)
    return seen and heard
