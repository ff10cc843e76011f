"""What the store promises when it is killed, runs out of room, or is not alone."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quancheng_plugin.errors import StorageFull
from quancheng_sidecar.preserve.store import ContentStore

CONTENT = bytes(range(256)) * 4096

# Forks a child for each step of `put` and kills it there: before the call into the system, and right after it.
KILLED_AT_EVERY_STEP = """
import os, signal, sys
from pathlib import Path
from quancheng_sidecar.preserve.store import ContentStore

STEPS = ["open", "write", "fchmod", "fsync", "mkdir", "link", "unlink", "replace", "close"]
root = Path(sys.argv[1])

def child(folder, deadly, after):
    calls = 0
    def deadly_at(function):
        def call(*args, **named):
            nonlocal calls
            calls += 1
            at = calls
            if at == deadly and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*args, **named)
            if at == deadly and after:
                os.kill(os.getpid(), signal.SIGKILL)
            return result
        return call
    for name in STEPS:
        setattr(os, name, deadly_at(getattr(os, name)))
    ContentStore(folder / "store", sm3=False).put(folder / "source", move=True)
    os._exit(0)

for number in range(1, 200):
    ended = []
    for after in (False, True):
        folder = root / f"{number:03}-{after}"
        folder.mkdir()
        (folder / "source").write_bytes(bytes(range(256)) * 4096)
        pid = os.fork()
        if pid == 0:
            child(folder, number, after)
        ended.append(os.waitpid(pid, 0)[1])
    print(number, *ended)
    if not any(ended):
        break
"""


def test_killed_between_any_two_steps(tmp_path: Path) -> None:
    """Wherever it is killed: no half file stands at a digest's place, nothing is lost, and storing again completes."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_EVERY_STEP, tmp_path], check=True, capture_output=True, text=True, timeout=100
    )
    steps = [line.split() for line in done.stdout.splitlines()]
    killed = [step for step in steps if step[1:] == [str(int(signal.SIGKILL))] * 2]
    assert len(killed) > 15, done.stdout
    assert steps[-1][1:] == ["0", "0"]
    for folder in sorted(tmp_path.iterdir()):
        _is_sound(folder)


def _is_sound(folder: Path) -> None:
    store, source = ContentStore(folder / "store", sm3=False), folder / "source"
    assert all(store.verify(digest) for digest in store.digests()), folder
    if source.exists():
        assert source.read_bytes() == CONTENT
        store.put(source, move=True)
    (digest,) = store.digests()
    assert store.path(digest).read_bytes() == CONTENT, folder
    store.sweep()
    assert list(store.incoming.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of 4 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("不能挂载小磁盘（需要 root 权限），由限制文件大小的测试代替。Mounting needs root.")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_is_told_and_left_clean(small_disk: Path, tmp_path: Path) -> None:
    """No room: a stable code, the source untouched, no half file, and what was stored before still holds."""
    store = ContentStore(small_disk / "store", sm3=True)
    kept = store.put(io.BytesIO(b"kept"))
    source = tmp_path / "source"
    source.write_bytes(os.urandom(6 << 20))
    with pytest.raises(StorageFull):
        store.put(source, move=True)
    with pytest.raises(StorageFull):  # not known beforehand: the write itself meets the end of the disk
        store.put(io.BytesIO(source.read_bytes()))
    assert source.stat().st_size == 6 << 20
    assert list(store.incoming.iterdir()) == []
    assert list(store.digests()) == [kept.digest.sha256]
    assert store.verify(kept.digest.sha256)
    source.write_bytes(b"small")
    assert store.put(source).created


def test_a_limit_on_file_size_counts_as_full(tmp_path: Path) -> None:
    """The quota of an account is met like a full disk."""
    script = (
        "import resource, sys; from pathlib import Path; from quancheng_plugin.errors import StorageFull;"
        "from quancheng_sidecar.preserve.store import ContentStore;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)); root = Path(sys.argv[1]);"
        "store = ContentStore(root / 'store', sm3=False)\n"
        "try: store.put(root / 'source')\n"
        "except StorageFull as error: print(error.code, list(store.incoming.iterdir()))"
    )
    (tmp_path / "source").write_bytes(bytes(3 << 20))
    done = subprocess.run([sys.executable, "-c", script, tmp_path], check=True, capture_output=True, text=True)
    assert done.stdout == "QC-STORE-FULL []\n"


def test_processes_that_store_the_same_file_at_once(tmp_path: Path) -> None:
    """Exactly one of them created it, and it stands there once."""
    script = (
        "import sys; from pathlib import Path; from quancheng_sidecar.preserve.store import ContentStore;"
        "root = Path(sys.argv[1]); store = ContentStore(root / 'store', sm3=False);"
        "print('ready', flush=True); input(); print(store.put(root / 'source').created)"
    )
    (tmp_path / "source").write_bytes(CONTENT)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    said = []
    for process in running:  # all are waiting, so they start within microseconds of each other
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].strip() for process in running]
    assert sorted(said) == ["False"] * 3 + ["True"]
    store = ContentStore(tmp_path / "store", sm3=False)
    assert len(list(store.digests())) == 1
    assert list(store.incoming.iterdir()) == []
