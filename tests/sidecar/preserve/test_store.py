"""The store of originals."""

import errno
import fcntl
import hashlib
import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quancheng_sidecar.media.digest import digest_file
from quancheng_sidecar.preserve import incoming
from quancheng_sidecar.preserve.incoming import StoreUnwritable
from quancheng_sidecar.preserve.store import (
    ContentStore,
    DigestMalformed,
    ObjectMissing,
    SourceChanged,
    SourceUnreadable,
)

MEBIBYTE = 1 << 20


def file(folder: Path, content: bytes, name: str = "执法 记录.mp4") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_content_stands_under_its_digest(store: ContentStore, tmp_path: Path) -> None:
    """The bytes stand, read-only, at the place that their SHA-256 names; SM3 is told beside it."""
    stored = store.put(file(tmp_path, b"abc"))
    assert stored.created
    assert stored.digest.sha256 == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    # GB/T 32905 appendix A.1
    assert stored.digest.sm3 == "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert stored.path == store.root / "sha256" / "ba" / "78" / stored.digest.sha256.removeprefix("sha256:")
    assert stored.path.read_bytes() == b"abc"
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o444


def test_sm3_can_be_left_out(tmp_path: Path) -> None:
    """Switched off, SM3 is None, not empty."""
    assert ContentStore(tmp_path / "store", sm3=False).put(io.BytesIO(b"abc")).digest.sm3 is None


def test_a_digest_is_never_stored_twice(store: ContentStore, tmp_path: Path) -> None:
    """The second of two equal files is told as held, and leaves nothing behind."""
    first = store.put(file(tmp_path, b"abc"))
    inode = first.path.stat().st_ino
    second = store.put(file(tmp_path, b"abc", "other.mp4"))
    assert not second.created
    assert second.path.stat().st_ino == inode
    assert list(store.incoming.iterdir()) == []
    assert list(store.digests()) == [first.digest.sha256]


@pytest.mark.parametrize("size", [0, 1, 4 * MEBIBYTE, 4 * MEBIBYTE + 1, 65 * MEBIBYTE + 123])
def test_any_size_is_stored_whole(store: ContentStore, tmp_path: Path, size: int) -> None:
    """Empty, one block exactly, one byte more, and large enough to be written past the cache."""
    content = os.urandom(MEBIBYTE) * (size // MEBIBYTE + 1)
    source = file(tmp_path, content[:size])
    stored = store.put(source)
    assert stored.digest.size == size
    assert stored.digest.sha256 == "sha256:" + hashlib.sha256(content[:size]).hexdigest()
    assert stored.digest == digest_file(stored.path, sm3=True)


class Trickle:
    """Gives what it holds in pieces of given sizes, as a network does; `read` alone, no `readinto`."""

    def __init__(self, content: bytes, pieces: list[int]) -> None:
        self._rest, self._pieces = content, pieces

    def read(self, size: int) -> bytes:
        """The next piece, at most `size` bytes."""
        piece = min(size, self._pieces.pop() if self._pieces else size)
        given, self._rest = self._rest[:piece], self._rest[piece:]
        return given


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=3000), pieces=st.lists(st.integers(1, 900), max_size=20))
def test_streams_in_any_pieces(store: ContentStore, content: bytes, pieces: list[int]) -> None:
    """However a stream hands its bytes over, they are stored as they are."""
    stored = store.put(Trickle(content, pieces))  # type: ignore[arg-type]  # a stream in all that matters
    assert stored.path.read_bytes() == content
    assert stored.digest.sm3 == "sm3:" + hashlib.new("sm3", content).hexdigest()


def test_moving_takes_the_source_away(store: ContentStore, tmp_path: Path) -> None:
    """With `move` the source is gone once its content is in place, also when the store held it already."""
    for name in ("a", "b"):
        stored = store.put(file(tmp_path, b"abc", name), move=True)
        assert not (tmp_path / name).exists()
        assert store.verify(stored.digest.sha256)
    kept = file(tmp_path, b"def")
    store.put(kept)
    assert kept.exists()


def test_a_source_that_changes_is_refused(store: ContentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is still being copied while it is read is not stored, and stays."""
    source = file(tmp_path, b"first half")
    read = os.readv

    def read_and_write(handle: int, buffers: Any) -> int:
        got = read(handle, buffers)
        if got == len(b"first half"):
            with source.open("ab") as more:
                more.write(b", second half")
        return got

    monkeypatch.setattr(os, "readv", read_and_write)
    with pytest.raises(SourceChanged):
        store.put(source, move=True)
    assert source.exists()
    assert list(store.digests()) == []
    assert list(store.incoming.iterdir()) == []


def test_a_file_put_in_the_sources_place_stays(
    store: ContentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`move` removes the file that was stored, not another that came to its name meanwhile."""
    source = file(tmp_path, b"old")
    link = os.link

    def replace_and_link(*paths: Any) -> None:
        file(tmp_path, b"new", "new").replace(source)
        link(*paths)

    monkeypatch.setattr(os, "link", replace_and_link)
    store.put(source, move=True)
    assert source.read_bytes() == b"new"


def test_sources_that_are_no_files_are_refused(store: ContentStore, tmp_path: Path) -> None:
    """A folder or a named pipe is refused at once instead of being waited for."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(SourceUnreadable):
            store.put(path)


def test_a_failing_medium_is_told(store: ContentStore) -> None:
    """A read error (here the kernel's own EIO) is a coded error, and leaves nothing behind."""
    with pytest.raises(SourceUnreadable):
        store.put(Path("/proc/self/mem"))
    assert list(store.incoming.iterdir()) == []


def test_a_source_that_is_not_there(store: ContentStore, tmp_path: Path) -> None:
    """Absence is told as absence: the owner took the file away."""
    with pytest.raises(FileNotFoundError):
        store.put(tmp_path / "nothing")


def test_fixity(store: ContentStore) -> None:
    """One bit turned over on the medium is found; a lost file is told as lost."""
    stored = store.put(io.BytesIO(b"abc"))
    assert store.has(stored.digest.sha256)
    assert store.verify(stored.digest.sha256)
    with store.open(stored.digest.sha256) as held:
        assert held.read() == b"abc"
    stored.path.chmod(0o600)
    stored.path.write_bytes(b"abb")
    assert not store.verify(stored.digest.sha256)
    stored.path.unlink()
    assert not store.has(stored.digest.sha256)
    for act in (store.verify, store.open):
        with pytest.raises(ObjectMissing):
            act(stored.digest.sha256)


@pytest.mark.parametrize(
    "digest", ["", "abc", "sha256:", "sha256:../../etc/passwd", "md5:" + "0" * 64, "sha256:" + "A" * 64]
)
def test_only_digests_name_places(store: ContentStore, digest: str) -> None:
    """Nothing but a well-formed digest becomes a path."""
    with pytest.raises(DigestMalformed):
        store.path(digest)


def test_a_place_cut_short_is_filled_again(store: ContentStore) -> None:
    """What a failing medium left at a digest's place without being that content does not stop the content."""
    stored = store.put(io.BytesIO(b"abc"))
    stored.path.chmod(0o600)
    stored.path.write_bytes(b"")
    again = store.put(io.BytesIO(b"abc"))
    assert again.created
    assert store.verify(again.digest.sha256)


def test_a_store_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Something else stands where the store should be: a coded error, no crash."""
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(StoreUnwritable):
        ContentStore(tmp_path / "store", sm3=True).put(io.BytesIO(b"abc"))


def test_sweeping_leaves_the_living_alone(store: ContentStore) -> None:
    """A file whose writer is dead is removed, one that is held by a writer is not."""
    store.put(io.BytesIO(b"abc"))
    dead, living = store.incoming / "dead.part", store.incoming / "living.part"
    dead.write_bytes(b"half")
    with living.open("wb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        assert store.sweep() == [dead]
        assert living.exists()
    assert store.sweep() == [living]


@pytest.mark.parametrize("refusal", [errno.EPERM, errno.EOPNOTSUPP])
def test_filesystems_without_links(store: ContentStore, monkeypatch: pytest.MonkeyPatch, refusal: int) -> None:
    """Where a file cannot have two names (exFAT, some network shares) it is renamed to its place."""

    def refuse(*_: Any) -> None:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(os, "link", refuse)
    assert store.put(io.BytesIO(b"abc")).created
    second = store.put(io.BytesIO(b"abc"))
    assert not second.created
    assert store.verify(second.digest.sha256)
    assert list(store.incoming.iterdir()) == []


def test_filesystems_that_only_know_the_cache(store: ContentStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filesystem that agrees to direct writing and then refuses it is written through the cache."""
    monkeypatch.setattr(incoming, "_PAST_CACHE_FROM", 0)
    write = os.write

    def only_cached(handle: int, block: Any) -> int:
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_DIRECT:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return write(handle, block)

    monkeypatch.setattr(os, "write", only_cached)
    content = os.urandom(5 * MEBIBYTE)
    assert store.put(io.BytesIO(content)).path.read_bytes() == content
