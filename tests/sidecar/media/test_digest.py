"""Digests over one read."""

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng_sidecar.media.digest import BLOCK, Hasher, digest_file, digest_stream


def test_published_vectors(tmp_path: Path) -> None:
    """The text abc has the digests that FIPS 180-4 and GB/T 32905 print."""
    (tmp_path / "abc").write_bytes(b"abc")
    found = digest_file(tmp_path / "abc", sm3=True)
    assert found.sha256 == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert found.sm3 == "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert found.size == 3


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7])
def test_files_around_the_block_size(tmp_path: Path, size: int) -> None:
    """Whatever the size, the digests are those of all bytes, from the cache or past it."""
    content = bytes(range(251)) * (size // 251 + 1)
    (tmp_path / "file").write_bytes(content[:size])
    found = digest_file(tmp_path / "file", sm3=True)
    assert found.sha256 == "sha256:" + hashlib.sha256(content[:size]).hexdigest()
    assert found.sm3 == "sm3:" + hashlib.new("sm3", content[:size]).hexdigest()
    assert digest_file(tmp_path / "file", sm3=True, past_cache=True) == found


@settings(max_examples=30)
@given(st.binary(max_size=2000))
def test_sm3_changes_nothing_else(content: bytes) -> None:
    """SHA-256 and size are the same with SM3 or without."""
    with_sm3, without = (digest_stream(io.BytesIO(content), sm3=sm3) for sm3 in (True, False))
    assert with_sm3.model_copy(update={"sm3": None}) == without


def test_a_sink_gets_every_byte_in_order() -> None:
    """Who shares the read sees the same bytes that are hashed."""
    content, seen = bytes(range(251)) * 100_000, bytearray()
    source = io.BytesIO(content)
    with Hasher(sm3=True, sink=seen.extend) as hasher:
        while hasher.read(source.readinto):
            pass
        assert hasher.digest().sha256 == "sha256:" + hashlib.sha256(content).hexdigest()
    assert bytes(seen) == content


def test_a_failing_sink_is_told() -> None:
    """What goes wrong in the sink's thread comes out where the reading is done."""

    def full(_: memoryview) -> None:
        raise OSError(28, "No space left on device")

    source = io.BytesIO(bytes(20 * BLOCK))
    with Hasher(sm3=False, sink=full) as hasher:
        while hasher.read(source.readinto) and source.tell() <= 2 * BLOCK:
            pass
        with pytest.raises(OSError, match="No space"):
            hasher.digest()
