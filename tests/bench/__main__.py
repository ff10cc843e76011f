"""`make bench`: every speed beside its peer, in one run; prints the table and writes docs/developers/benchmarks.md."""

import os
import platform
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.document import bench_document
from tests.bench.inspection import bench_inspection
from tests.bench.row import Row
from tests.bench.search import bench_search
from tests.bench.store_log import bench_append, bench_store, bench_verify

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "developers" / "benchmarks.md"
_COLUMNS = ("what", "ours", "peer", "ratio", "target", "note")


def main() -> None:
    """Measure all, print, write the page."""
    rows = [*bench_store(), bench_document(), *bench_search(), bench_append(), bench_verify(), *bench_inspection()]
    table = Table(*_COLUMNS, title="make bench")
    for row in rows:
        table.add_row(*_cells(row))
    Console(width=200).print(table)
    _PAGE.write_text(_page(rows), encoding="utf-8")


def _cells(row: Row) -> tuple[str, ...]:
    peer = "–" if row.peer_s is None else _time(row.peer_s)
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    return row.name, _time(row.ours_s), peer, ratio, row.target, row.note


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _page(rows: list[Row]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (_COLUMNS, ("---",) * len(_COLUMNS), *map(_cells, rows))]
    return (
        "# Benchmarks\n\n"
        "Written by `make bench`: ours and the peer in turn in one run, medians of 5. Machines\n"
        "are shared and noisy: compare ratios, not seconds.\n\n"
        f"Machine: {_processor()}, {os.cpu_count()} cores, {_memory()} memory, "
        f"{platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}. Measured on {date.today().isoformat()}.\n\n" + "\n".join(lines) + "\n"  # noqa: DTZ011  a day is enough
    )


def _processor() -> str:
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    # Digests are most of a store's work, and these are what they hang on.
    lacks = "" if "sha_ni" in Path("/proc/cpuinfo").read_text() else " (no instructions for SHA-256)"
    return (models[0] if models else platform.machine()) + lacks


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


if __name__ == "__main__":
    main()
