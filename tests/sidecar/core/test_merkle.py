"""The tree of RFC 6962, held against the vectors published with Certificate Transparency."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.core.merkle import (
    EMPTY_ROOT,
    Node,
    ProofInvalid,
    complete,
    completed_by,
    cover,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root,
    verify_consistency,
    verify_inclusion,
)

# The leaves, roots and paths that CT's and Trillian's own tests use.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
INCLUSION = [  # index, size, path
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [  # old, new, path
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]


class Kept:
    """Complete subtrees as the log keeps them: each written down when its last leaf comes."""

    def __init__(self, entries: Iterable[bytes]) -> None:
        self.hashes: dict[Node, bytes] = {}
        for index, entry in enumerate(entries):
            self.hashes |= zip(completed_by(index), complete(index, leaf_hash(entry), self.fetch), strict=True)

    def fetch(self, nodes: Iterable[Node]) -> dict[Node, bytes]:
        """What the log's tables give."""
        return {node: self.hashes[node] for node in nodes}


def naive_root(entries: list[bytes]) -> bytes:
    """MTH as RFC 6962 § 2.1 writes it down, word for word."""
    if not entries:
        return EMPTY_ROOT
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return node_hash(naive_root(entries[:split]), naive_root(entries[split:]))


@pytest.fixture(scope="module")
def published() -> Kept:
    return Kept(LEAVES)


@pytest.mark.parametrize("size", range(9))
def test_published_roots(published: Kept, size: int) -> None:
    """The root of each published tree is the published one."""
    assert root(size, published.fetch) == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_published_inclusion_paths(published: Kept, index: int, size: int, path: list[str]) -> None:
    """Each published inclusion path is made, and verifies."""
    expected = [bytes.fromhex(step) for step in path]
    assert prove_inclusion(index, size, published.fetch) == expected
    verify_inclusion(index, size, leaf_hash(LEAVES[index]), expected, ROOTS[size])


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_published_consistency_paths(published: Kept, old: int, new: int, path: list[str]) -> None:
    """Each published consistency path is made, and verifies."""
    expected = [bytes.fromhex(step) for step in path]
    assert prove_consistency(old, new, published.fetch) == expected
    verify_consistency(old, new, expected, ROOTS[old], ROOTS[new])


sizes = st.integers(1, 130)
SMALL = [number.to_bytes(2) for number in range(130)]


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept(SMALL)


@given(size=st.integers(0, 130))
def test_root_is_the_one_of_the_definition(kept: Kept, size: int) -> None:
    """Put together from kept subtrees, the root is the one that the RFC's recursion gives."""
    assert root(size, kept.fetch) == naive_root(SMALL[:size])


@given(st.data())
def test_every_inclusion_proof_verifies(kept: Kept, data: st.DataObject) -> None:
    """Whatever leaf of whatever tree: its path leads to the root."""
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    path = prove_inclusion(index, size, kept.fetch)
    assert len(path) <= (size - 1).bit_length()
    verify_inclusion(index, size, leaf_hash(SMALL[index]), path, root(size, kept.fetch))


@given(st.data())
def test_every_consistency_proof_verifies(kept: Kept, data: st.DataObject) -> None:
    """Whatever two sizes of the log: the later is shown to continue the earlier."""
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    path = prove_consistency(old, new, kept.fetch)
    assert len(path) <= (new - 1).bit_length() + 1
    verify_consistency(old, new, path, root(old, kept.fetch), root(new, kept.fetch))


def mutated(data: st.DataObject, path: list[bytes]) -> list[bytes]:
    """A path that is not `path`: a bit turned over, a step left out, added or exchanged."""
    ways = ["add"] + (["flip", "drop", "cut"] if path else [])
    way = data.draw(st.sampled_from(ways))
    if way == "add":
        at = data.draw(st.integers(0, len(path)))
        return [*path[:at], data.draw(st.sampled_from([bytes(32), *path])), *path[at:]]
    at = data.draw(st.integers(0, len(path) - 1))
    if way == "flip":
        bit = data.draw(st.integers(0, 255))
        turned = (int.from_bytes(path[at]) ^ 1 << bit).to_bytes(32)
        return [*path[:at], turned, *path[at + 1 :]]
    return [*path[:at], *path[at + 1 :]] if way == "drop" else [*path[:at], path[at][:-1], *path[at + 1 :]]


@given(st.data())
def test_no_mutated_inclusion_proof_verifies(kept: Kept, data: st.DataObject) -> None:
    """A path with one thing changed, or for another leaf, place, size or root, proves nothing."""
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    path, leaf, head = prove_inclusion(index, size, kept.fetch), leaf_hash(SMALL[index]), root(size, kept.fetch)
    what = data.draw(st.sampled_from(["path", "leaf", "root", "index"]))
    if what == "path":
        path = mutated(data, path)
    elif what == "leaf":
        leaf = leaf_hash(b"another")
    elif what == "root":
        head = leaf_hash(b"another")
    else:
        index = data.draw(st.integers(-2, size + 2).filter(lambda other: other != index))
    with pytest.raises(ProofInvalid):
        verify_inclusion(index, size, leaf, path, head)


@given(st.data())
def test_no_mutated_consistency_proof_verifies(kept: Kept, data: st.DataObject) -> None:
    """A path with one thing changed, or for other roots, proves nothing."""
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    path, first, second = prove_consistency(old, new, kept.fetch), root(old, kept.fetch), root(new, kept.fetch)
    what = data.draw(st.sampled_from(["path", "old", "new"]))
    if what == "path":
        path = mutated(data, path)
    elif what == "old":
        first = leaf_hash(b"another")
    else:
        second = leaf_hash(b"another")
    with pytest.raises(ProofInvalid):
        verify_consistency(old, new, path, first, second)


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2), (0, 2)])
def test_a_log_does_not_shrink(old: int, new: int) -> None:
    """No proof leads from a larger log to a smaller one, nor from an empty one."""
    with pytest.raises(ProofInvalid):
        verify_consistency(old, new, [], EMPTY_ROOT, EMPTY_ROOT)
    with pytest.raises(ProofInvalid):
        prove_consistency(old, new, Kept([]).fetch)


@given(start=st.integers(0, 5000), length=st.integers(0, 5000))
def test_a_span_is_covered_exactly(start: int, length: int) -> None:
    """The subtrees that cover a span follow each other without gap or overlap."""
    at = start
    for node in cover((start, start + length)):
        assert node.place << node.level == at
        at = node.last_leaf + 1
    assert at == start + length
