"""Which objects of a Paperless-ngx the product made there: only these may it ever extend.

Kept in `QUANCHENG_HOME/paperless/made.json` by the server's address. Without the file nothing breaks: what is there is
found by its name, and left as it is.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quancheng_sidecar.archive.paperless.office import Kind
from quancheng_sidecar.settings import Settings


class Ledger:
    """What was made at one address; every note is on the disk when `note` returns."""

    def __init__(self, path: Path, url: str) -> None:
        self._path = path
        self._url = url.rstrip("/")
        self._all: dict[str, dict[str, int]] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def made(self, kind: Kind, key: str) -> int | None:
        """Id of the object that was made here, whether or not it is still there."""
        return self._all.get(self._url, {}).get(f"{kind}/{key}")

    def note(self, kind: Kind, key: str, identifier: int) -> None:
        """Remember an object that was made just now."""
        self._all.setdefault(self._url, {})[f"{kind}/{key}"] = identifier
        part = self._path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(self._all, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)


@contextmanager
def ledger(settings: Settings, url: str) -> Iterator[Ledger]:
    """The ledger for that address, one process at a time."""
    folder = settings.home / "paperless"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "made.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Ledger(folder / "made.json", url)
