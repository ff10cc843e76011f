"""A statement of ONVIF Media Signing laid over the units of a recording: which it names, and where they stand."""

import bisect
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quancheng_sidecar.media.integrity.onvif_sei import Group, Statement
from quancheng_sidecar.media.integrity.onvif_units import SignedStream

_MOST_LOOKED_AT = 16
"""Groups that a statement is looked for in; signatures come a few groups late."""
_ALIKE = 8
"""Places that are tried of units alike to the byte, as a covered lens gives them."""
_UNCOUNTED = 0xFFFF
"""Signers give no count of units where their list ran over."""


@dataclass(frozen=True)
class Claim:
    """One statement laid over the units: places it names, in order, `expected` in all; `trusted` by its signature."""

    group: Group
    position: int
    trusted: bool = False
    expected: int = 0
    matched: tuple[int, ...] = ()
    named: Sequence[bytes] = ()
    """Hashes of its list, where it has one."""
    gone: frozenset[bytes] = frozenset()
    """Those that are not where they should be."""
    first_hash: bytes | None = None

    @property
    def missing(self) -> int:
        """Units that it names and that are not there."""
        return self.expected - len(self.matched)


def laid_over(stream: SignedStream, said: Statement, group: Group, before: int, end: int) -> Claim:
    """Look up the units that a statement names, which lie `before` it and before `end`."""
    size = len(group.group_hash)
    named = [said.hashes[at : at + size] for at in range(0, len(said.hashes), size)]
    if named:
        # The list is signed itself: the hash of the group adds nothing (and is stale where a signer closes a stream).
        matched = _by_list(stream, named, min(before, end))
        gone = frozenset(named).difference(stream.hashes[place] for place in matched)
        return Claim(group, before, expected=len(named), matched=matched, named=named, gone=gone, first_hash=named[0])
    run = _by_group_hash(stream, group, min(before, end))
    known = group.units if group.units < _UNCOUNTED else 0
    first = stream.hashes[run[0]] if run else None
    return Claim(group, before, expected=len(run) or known, matched=tuple(run), first_hash=first)


def _by_list(stream: SignedStream, named: Sequence[bytes], end: int) -> tuple[int, ...]:
    """Places of the units of a list, in its order, all before `end`."""
    earliest = stream.firsts[max(0, bisect.bisect_left(stream.firsts, end) - _MOST_LOOKED_AT) :][:1]
    begin = max(0, min([end - 2 * len(named), *earliest]))
    places: dict[bytes, list[int]] = {}
    for place in range(begin, end):
        places.setdefault(stream.hashes[place], []).append(place)
    first = next((value for value in named if value in places), None)
    if first is None:
        return ()
    # Of places alike the list lies where least of it is missing and least is left over behind.
    tried = (_in_order(named, places, at) for at in places[first][: -_ALIKE - 1 : -1])
    return min(tried, key=lambda found: end - found[0] - 2 * len(found))


def _in_order(named: Sequence[bytes], places: Mapping[bytes, Sequence[int]], begin: int) -> tuple[int, ...]:
    """The most units of a list that stand in its order from `begin` on: a longest increasing row of their places."""
    ends: list[int] = []
    rows: list[tuple[int, int]] = []  # a place and, by its number here, the one before it in its row
    tails: list[int] = []
    for number, value in enumerate(named):
        known = places.get(value, ())
        near = bisect.bisect_left(known, begin + number)
        for place in reversed(known[max(0, near - _ALIKE) : near + _ALIKE]):
            length = bisect.bisect_left(ends, place)
            if place >= begin:
                rows.append((place, tails[length - 1] if length else -1))
                ends[length : length + 1], tails[length : length + 1] = [place], [len(rows) - 1]
    found, at = [], tails[-1] if tails else -1
    while at >= 0:
        place, at = rows[at]
        found.append(place)
    return tuple(found[::-1])


def _by_group_hash(stream: SignedStream, group: Group, end: int) -> range:
    """The run of units whose joined hashes give the group's hash, looked for backwards from `end`."""
    firsts = stream.firsts[: bisect.bisect_left(stream.firsts, end)][: -_MOST_LOOKED_AT - 1 : -1]
    ends = [end, *firsts]
    tried = [range(until - group.units, until) for until in ends if group.units <= until]
    tried += [range(begin, min(begin + group.units, end)) for begin in firsts]
    tried += [range(begin, until) for begin, until in zip(firsts, ends, strict=False)]
    for run in tried:
        joined = b"".join(stream.hashes[run.start : run.stop])
        if run and hashlib.new(stream.algorithm, joined).digest() == group.group_hash:
            return run
    return range(0)
