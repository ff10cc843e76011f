"""Speed of search over 100,000 records, beside what the database does without an index (`LIKE`)."""

import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import batched
from pathlib import Path

from tests.bench.corpus import GIVEN, SURNAMES, Record, records
from tests.bench.row import Row

RECORDS = 100_000
ASKED = 200
"""Queries of each kind."""

TARGET = "p95 < 50 ms"
_CHECKOUT = Path(__file__).resolve().parents[2]


def bench_search(count: int = RECORDS) -> list[Row]:
    """p95 of a search with total, 20 hits and snippets, by kind of query, in a new archive and a process of its own."""
    with tempfile.TemporaryDirectory(prefix="quancheng-bench-") as home:
        # A home and database of its own, whatever the caller's settings are.
        own = {name: value for name, value in os.environ.items() if not name.startswith("QUANCHENG_")}
        environment = {**own, "QUANCHENG_HOME": home, "DJANGO_SETTINGS_MODULE": "quancheng_sidecar.web.settings"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.search", str(count)],
            env=environment,
            cwd=_CHECKOUT,
            stdout=subprocess.PIPE,
            check=True,
        )
    return [Row(**row) for row in json.loads(done.stdout)]


def _queries(rng: random.Random, count: int) -> dict[str, list[str]]:
    """By kind: what people type."""
    numbers = [
        f"鼎海渔执罚〔{2015 + each // 4 % 10}〕{1 + each // 40}号" for each in rng.choices(range(count), k=ASKED)
    ]
    common = [rng.choice("检查执法人员当事现场渔船") for _ in range(ASKED)]
    return {
        "one Chinese character": [rng.choice((each, rng.choice(GIVEN + SURNAMES))) for each in common],
        "the character 检, in every record": ["检"] * ASKED,
        "full case number": numbers,
        "half a case number": [number.partition("〕")[0] + "〕" for number in numbers],
        "phrase in most records": [
            rng.choice(("行政处罚", "执法人员", "执法记录仪同步录音录像")) for _ in range(ASKED)
        ],
        "two terms": [f"{rng.choice(SURNAMES)} {number}" for number in numbers],
    }


def _measure(count: int) -> list[dict[str, object]]:
    import django  # noqa: PLC0415  Django reads its settings when it is set up

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from quancheng_sidecar.archive.embedded.adapter import EmbeddedArchive  # noqa: PLC0415
    from quancheng_sidecar.settings import settings  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    _fill(records(count))
    archive = EmbeddedArchive(_NoBytes())
    begun = time.perf_counter()
    archive.rebuild_index()
    built = time.perf_counter() - begun
    size = sum(file.stat().st_size for file in (settings().home / "index").rglob("*") if file.is_file())
    rows = []
    for name, queries in _queries(random.Random(1), count).items():  # noqa: S311  repeatable
        busy = time.process_time()
        ours = _times(archive.search, queries)
        busy = (time.process_time() - busy) / len(queries)
        peer = statistics.median(_times(_like, queries[:5]))
        p95 = ours[int(len(ours) * 0.95)]
        note = f"p95; p50 {statistics.median(ours) * 1e3:.1f} ms, of it processor {busy * 1e3:.1f} ms; peer: LIKE"
        rows.append(
            {
                "name": f"search {count:,} records: {name}",
                "ours_s": p95,
                "peer_s": peer,
                "ratio": p95 / peer,
                "target": TARGET,
                "note": f"{note}; index {size / 1e6:.0f} MB built in {built:.0f} s",
            }
        )
    return rows


def _times(ask: Callable[[str], object], queries: Sequence[str]) -> list[float]:
    times = []
    for query in queries:
        begun = time.perf_counter()
        ask(query)
        times.append(time.perf_counter() - begun)
    return sorted(times)


def _like(query: str) -> object:
    """The same question to the database: the total and the newest 20."""
    from quancheng_sidecar.archive.embedded.models import ArchivedDocument  # noqa: PLC0415

    found = ArchivedDocument.objects.filter(text__contains=query).order_by("-pk")
    return found.count(), list(found[:20])


def _fill(made: Iterator[Record]) -> None:
    from quancheng_sidecar.archive.embedded.models import ArchivedDocument, DocumentField  # noqa: PLC0415

    change = 0
    for some in batched(made, 2000, strict=False):
        rows = []
        for record in some:
            change += 1
            digest = "sha256:" + hashlib.sha256(str(change).encode()).hexdigest()
            rows.append(
                ArchivedDocument(
                    title=record.title,
                    kind="form",
                    original=digest,
                    archive_file=digest,
                    mime_type="application/pdf",
                    text=record.text,
                    created=record.created,
                    case=record.case,
                    case_key=record.case,
                    change=change,
                )
            )
        stored = ArchivedDocument.objects.bulk_create(rows)
        DocumentField.objects.bulk_create(
            DocumentField(document=row, field=field, value=value, value_key=value[:64])
            for row, record in zip(stored, some, strict=True)
            for field, value in (("case-number", record.case), ("party", record.party), ("ship", record.ship))
        )


class _NoBytes:
    """Search opens no file."""

    def open(self, digest: str) -> object:
        raise FileNotFoundError(digest)


if __name__ == "__main__":
    json.dump(_measure(int(sys.argv[1])), sys.stdout)
