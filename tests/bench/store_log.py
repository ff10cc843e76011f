"""Speed of the store and of the custody log.

Each measurement runs in a process and a home of its own, beside its peer in turn, and gives the median of its rounds.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.row import Row

GIGABYTE = 1_000_000_000
ROUNDS = 5
_CHECKOUT = Path(__file__).resolve().parents[2]


def bench_store() -> list[Row]:
    """Storing and hashing 1 GB (SHA-256 alone) against `cp` of the same file, and against one that also lasts."""
    from quancheng_sidecar.preserve.store import ContentStore  # noqa: PLC0415  the bench loads only what it measures

    with _folder() as folder:
        source, copy = folder / "source", folder / "copy"
        _write_random(source, GIGABYTE)
        store = ContentStore(folder / "store", sm3=False)

        def put() -> None:
            store.put(source)

        def cp() -> None:
            subprocess.run(["cp", source, copy], check=True)

        def cp_durable() -> None:
            subprocess.run(["cp", source, copy], check=True)
            subprocess.run(["sync", copy], check=True)

        def hash_alone() -> None:
            block, digest = bytes(1_000_000), hashlib.sha256()
            for _ in range(GIGABYTE // len(block)):
                digest.update(block)

        def clear() -> None:
            shutil.rmtree(store.root, ignore_errors=True)
            copy.unlink(missing_ok=True)
            os.sync()

        ours, peer, durable, floor = _in_turn(put, cp, cp_durable, hash_alone, between=clear)
    in_memory = Row(
        name="store 1 GB, SHA-256, beside cp into memory",
        ours_s=ours,
        peer_s=peer,
        ratio=ours / peer,
        target="≤ 1.2 × cp, or the limit shown",
        note=f"SHA-256 of 1 GB alone, below which no store can be: {floor:.2f} s = {floor / peer:.2f} × this cp;"
        f" ours is {ours / floor:.2f} × that limit",
    )
    lasting = Row(
        name="store 1 GB, SHA-256, beside cp that ends on disk, as ours does",
        ours_s=ours,
        peer_s=durable,
        ratio=ours / durable,
        target="≤ 1.2 × cp",
        note="peer: cp, then sync of the copy",
    )
    return [in_memory, lasting]


def bench_append() -> Row:
    """Events appended one transaction each on SQLite (WAL, synchronous=FULL) against bare inserts of the same size."""
    return _in_child("append")


def bench_verify() -> Row:
    """Verification of 1,000,000 events."""
    return _in_child("verify")


def _append(count: int = 1000) -> Row:
    home = _ready()
    from django.db import transaction  # noqa: PLC0415  after the home is set and Django set up

    from quancheng_sidecar.core.event import EventType  # noqa: PLC0415
    from quancheng_sidecar.preserve import log  # noqa: PLC0415

    def ours() -> None:
        for number in range(count):
            with transaction.atomic():
                log.append(EventType.INGESTION, agent="张三", subject=_subject(number), detail=_detail(number))

    with closing(_bare(home / "bare.sqlite3")) as bare:

        def peer() -> None:
            for number in range(count):
                bare.execute("BEGIN IMMEDIATE")
                bare.execute("INSERT INTO t (b) VALUES (?)", [os.urandom(400) + number.to_bytes(8)])
                bare.execute("COMMIT")

        took, limit = _in_turn(ours, peer)
    return Row(
        name=f"log: {count} events, one transaction each",
        ours_s=took,
        peer_s=limit,
        ratio=took / limit,
        target="≥ 1000 events/s, or the limit of the disk",
        note=f"{count / took:.0f} events/s; bare SQLite inserts, the limit of this disk: {count / limit:.0f}/s",
    )


def _verify(count: int = 1_000_000) -> Row:
    _ready()
    from django.db import connection, transaction  # noqa: PLC0415  after the home is set and Django set up

    from quancheng_sidecar.preserve import log  # noqa: PLC0415

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO preserve_custodyevent"
            " (seq, event_id, type, agent, subject, outcome, at, canonical, hashes, chain)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            _events(count),
        )
    log.checkpoint()
    start = time.perf_counter()
    result = log.verify()
    took = time.perf_counter() - start
    if not (result.ok and result.verified == count):
        raise SystemExit(str(result.sentence))
    return Row(
        name=f"log: verify {count:,} events",
        ours_s=took,
        peer_s=None,
        ratio=None,
        target="< 30 s",
        note=f"{count / took:,.0f} events/s: canonical JSON, columns, leaf, chain, tree, root, signature",
    )


def _events(count: int) -> Iterator[tuple[Any, ...]]:
    """Rows as `log.append` would write them, without a million transactions; verification is what judges them."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    from quancheng_sidecar.core.event import event_id  # noqa: PLC0415
    from quancheng_sidecar.core.merkle import chain_hash, leaf_hash, node_hash  # noqa: PLC0415

    encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
    began, peaks, chain = datetime(2026, 3, 1, tzinfo=UTC), [b""] * 64, b""
    for seq in range(count):
        at = began + timedelta(seconds=seq, microseconds=1)
        named = {"agent": "张三", "outcome": "success", "subject": _subject(seq), "type": "ingestion"}
        name = str(event_id(at, os.urandom(8)))
        text = encode(
            {"at": at.isoformat(timespec="microseconds"), "detail": _detail(seq), "id": name, "seq": seq, **named}
        )
        node = leaf = leaf_hash(text.encode())
        hashes, level = [leaf], 0
        while seq >> level & 1:
            node = node_hash(peaks[level], node)
            hashes.append(node)
            level += 1
        peaks[level] = node
        chain = chain_hash(chain, leaf)
        columns = (named["type"], named["agent"], named["subject"], named["outcome"])
        yield seq, name, *columns, at.replace(tzinfo=None).isoformat(" "), text, b"".join(hashes), chain


def _subject(number: int) -> str:
    return f"sha256:{number:064x}"


def _detail(number: int) -> dict[str, str]:
    return {"case": "闽鼎海渔执罚〔2026〕218号", "file_name": f"执法记录仪_{number}.mp4", "stage": "inspection"}


def _bare(path: Path) -> sqlite3.Connection:
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)")
    return bare


def _ready() -> Path:
    from quancheng_sidecar.settings import settings  # noqa: PLC0415
    from quancheng_sidecar.web.ready import ready  # noqa: PLC0415

    ready()
    return settings().home


def _in_turn(*works: Callable[[], None], between: Callable[[], None] = lambda: None) -> list[float]:
    """Median seconds of each work, all of them in turn in every round."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, seconds in zip(works, taken, strict=True):
            between()
            start = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in taken]


def _write_random(path: Path, size: int) -> None:
    block = os.urandom(1_000_000)
    with path.open("wb") as stream:
        for number in range(size // len(block)):
            stream.write(number.to_bytes(8) + block[8:])


def _in_child(what: str) -> Row:
    with _folder() as home:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.store_log", what],
            env=os.environ | {"QUANCHENG_HOME": str(home)},
            cwd=_CHECKOUT,
            stdout=subprocess.PIPE,
            check=True,
        )
    return Row(**json.loads(done.stdout))


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="quancheng-bench-") as folder:
        yield Path(folder)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        if "QUANCHENG_HOME" not in os.environ:
            raise SystemExit("QUANCHENG_HOME must name a folder to write into")
        print(json.dumps(asdict({"append": _append, "verify": _verify}[sys.argv[1]]())))  # noqa: T201  for the parent
    else:
        for bench in (bench_store, bench_append, bench_verify):
            print(bench())  # noqa: T201  a bench prints
