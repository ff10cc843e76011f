"""The Merkle tree of RFC 6962 § 2.1 (SHA-256): roots, inclusion and consistency proofs.

A *node* is a complete subtree, named by its level (0 is a leaf) and its place among those of its level. Every
root and proof of a tree is made of complete subtrees, so whoever keeps those can prove anything about any size
in a number of steps that grows with the logarithm of the size.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from quancheng_plugin.errors import QuanchengError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class ProofInvalid(QuanchengError):
    """A proof does not lead to the root that it should lead to."""

    code = "QC-LOG-PROOF"


class Node(NamedTuple):
    """A complete subtree: leaves ``place << level`` up to but not including ``(place + 1) << level``."""

    level: int
    place: int

    @property
    def last_leaf(self) -> int:
        """The leaf whose arrival completes this subtree."""
        return ((self.place + 1) << self.level) - 1


type Span = tuple[int, int]
"""Leaves from the first up to but not including the second."""

type Fetch = Callable[[Iterable[Node]], Mapping[Node, bytes]]
"""Gives the hashes of complete subtrees."""


def leaf_hash(entry: bytes) -> bytes:
    """MTH of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """MTH of two subtrees: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def chain_hash(before: bytes, leaf: bytes) -> bytes:
    """Our own running value beside the tree: SHA-256(0x02 || value before || leaf hash).

    The tree tells that something before a size was altered; this tells at which leaf the alteration begins.
    """
    return hashlib.sha256(b"\x02" + before + leaf).digest()


def completed_by(index: int) -> list[Node]:
    """The complete subtrees that the arrival of leaf `index` completes, the leaf itself first."""
    levels = (~index & index + 1).bit_length()  # one more than there are trailing ones
    return [Node(level, index >> level) for level in range(levels)]


def complete(index: int, leaf: bytes, fetch: Fetch) -> list[bytes]:
    """Hashes of `completed_by(index)`; `fetch` is asked for the left siblings, at most one a level."""
    nodes = completed_by(index)
    siblings = [Node(node.level, node.place - 1) for node in nodes[:-1]]
    known = fetch(siblings) if siblings else {}
    hashes = [leaf]
    for sibling in siblings:
        hashes.append(node_hash(known[sibling], hashes[-1]))
    return hashes


def cover(span: Span) -> list[Node]:
    """The largest complete subtrees that make up the leaves of `span`, left to right."""
    start, end = span
    nodes = []
    while start < end:
        aligned = (start & -start).bit_length() - 1 if start else end.bit_length()
        level = min(aligned, (end - start).bit_length() - 1)
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def root(size: int, fetch: Fetch) -> bytes:
    """MTH of the first `size` leaves."""
    return _hashes_of([(0, size)], fetch)[0] if size else EMPTY_ROOT


def prove_inclusion(index: int, size: int, fetch: Fetch) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 § 2.1.1: from the leaf's sibling up to the root's child."""
    if not 0 <= index < size:
        raise _invalid(f"leaf {index} is not in a tree of {size}")
    return _hashes_of(list(reversed(_path(index, (0, size)))), fetch)


def prove_consistency(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962 § 2.1.2; empty for equal sizes. Raises `ProofInvalid` unless 0 < old ≤ new."""
    if not 0 < old <= new:
        raise _invalid(f"a tree of {old} is no beginning of one of {new}")
    if old == new:
        return []
    spans: list[Span] = []
    start, end = 0, new
    while old != end:
        split = start + _largest_power_below(end - start)
        left, right = (start, split), (split, end)
        spans.append(right if old <= split else left)
        start, end = left if old <= split else right
    # The old tree's own root is known to the asker, so it is left out.
    return _hashes_of(([(start, end)] if start else []) + spans[::-1], fetch)


def _path(index: int, span: Span) -> list[Span]:
    spans = []
    start, end = span
    while end - start > 1:
        split = start + _largest_power_below(end - start)
        left, right = (start, split), (split, end)
        spans.append(right if index < split else left)
        start, end = left if index < split else right
    return spans


def _hashes_of(spans: Sequence[Span], fetch: Fetch) -> list[bytes]:
    nodes = [cover(span) for span in spans]
    known = fetch({node for covering in nodes for node in covering})
    return [fold([known[node] for node in covering]) for covering in nodes]


def fold(peaks: Sequence[bytes]) -> bytes:
    """Root over complete subtrees that stand left to right in falling size."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


def _largest_power_below(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def root_of_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162 § 2.1.3.2). Raises `ProofInvalid` when it is of the wrong length."""
    if not 0 <= index < size:
        raise _invalid(f"leaf {index} is not in a tree of {size}")
    _check_lengths([leaf, *path])
    value = leaf
    for step, is_left in _climb(index, size - 1, path):
        value = node_hash(step, value) if is_left else node_hash(value, step)
    return value


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], expected_root: bytes) -> None:
    """Check that `leaf` stands at `index` of the tree of that size and root. Raises `ProofInvalid`."""
    if root_of_inclusion(index, size, leaf, path) != expected_root:
        raise _invalid("the path does not lead to the root")


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of size `new` begins with the one of size `old` (RFC 9162 § 2.1.4.2). Raises `ProofInvalid`.

    From an empty tree nothing can be proven, so it is refused.
    """
    if not 0 < old <= new:
        raise _invalid(f"a tree of {old} is no beginning of one of {new}")
    if old == new:
        if path or old_root != new_root:
            raise _invalid("the roots differ, or the path is too long")
        return
    _check_lengths([*path, old_root, new_root])
    # Step 2 of the RFC: an old tree that is one complete subtree is itself the first node.
    first, *steps = [old_root, *path] if old & old - 1 == 0 else [*path] or [b""]
    shared = (~(old - 1) & old).bit_length() - 1  # levels at which the old tree's last node is a right child
    old_value = new_value = first
    for step, is_left in _climb(old - 1 >> shared, new - 1 >> shared, steps):
        old_value = node_hash(step, old_value) if is_left else old_value
        new_value = node_hash(step, new_value) if is_left else node_hash(new_value, step)
    if old_value != old_root or new_value != new_root:
        raise _invalid("the path does not lead from the old root to the new one")


def _climb(position: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each step of a path and whether it stands to the left, from node `position` of a level that ends with `last`."""
    for step in path:
        if last == 0:
            raise _invalid("the path is too long")
        is_left = bool(position & 1) or position == last
        yield step, is_left
        while is_left and position and not position & 1:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if last:
        raise _invalid("the path is too short")


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise _invalid(f"a hash is not {HASH_BYTES} bytes long")


def _invalid(why: str) -> ProofInvalid:
    return ProofInvalid(
        zh=f"证明不成立：与日志检查点不符（{why}）。请确认证明文件完整、与记录对应。",
        en=f"The proof does not hold: {why}. Check that the proof is whole and belongs to this event.",
    )
