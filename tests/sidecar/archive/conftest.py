"""Archives to test, each adapter in its ways of working, and documents to put into them."""

import hashlib
import itertools
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
import pytest
from django.db import transaction

from quancheng_sidecar.archive.embedded.adapter import EmbeddedArchive
from quancheng_sidecar.archive.paperless.adapter import PaperlessArchive
from quancheng_sidecar.archive.port import Archive, DocumentKind, NewDocument

_CHECKOUT = Path(__file__).resolve().parents[3]

type MakeDocument = Callable[..., NewDocument]

type Python = Callable[..., str]
"""Runs scripts in processes of their own, all at once, with Django ready, and gives what they print in turn."""


class Folder:
    """Bytes by digest in a folder, as a `BlobReader`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        """Keep the bytes and give their digest."""
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        (self._root / digest.removeprefix("sha256:")).write_bytes(content)
        return digest

    def open(self, digest: str) -> BinaryIO:
        """Give the bytes."""
        return (self._root / digest.removeprefix("sha256:")).open("rb")


@pytest.fixture
def blobs(tmp_path: Path) -> Folder:
    """A store of bytes."""
    root = tmp_path / "blobs"
    root.mkdir()
    return Folder(root)


@pytest.fixture(params=["within a transaction", "committed", "beside Paperless"])
def archive(request: pytest.FixtureRequest, transactional_db: None, blobs: Folder, tmp_path: Path) -> Iterator[Archive]:
    """An empty archive of either adapter; the built-in one also with all in one open transaction (no index yet)."""
    kind = PaperlessArchive if request.param == "beside Paperless" else EmbeddedArchive
    made = kind(blobs, index=tmp_path / "index")
    if request.param != "within a transaction":
        yield made
    else:
        with transaction.atomic():
            yield made


@pytest.fixture
def committed(transactional_db: None, blobs: Folder, tmp_path: Path) -> EmbeddedArchive:
    """An empty built-in archive with every act committed."""
    return EmbeddedArchive(blobs, index=tmp_path / "index")


@pytest.fixture
def make(blobs: Folder) -> MakeDocument:
    """Make a document with bytes of its own; whatever is given is taken as it is."""
    numbers = itertools.count()

    def made(text: str = "", **given: Any) -> NewDocument:
        number = next(numbers)
        standard = {
            "title": f"文件甲{'乙' * number}",
            "kind": DocumentKind.FORM,
            "original": blobs.put(f"original {number}".encode()),
            "archive_file": blobs.put(f"archive file {number}".encode()),
            "mime_type": "application/pdf",
        }
        return NewDocument(**{**standard, "text": text, **given})

    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def python(request: pytest.FixtureRequest, tmp_path: Path) -> Python:
    """Python with a home and an empty database of the test's own, of each kind."""
    environment = os.environ | {"QUANCHENG_HOME": str(tmp_path / "home")}
    if request.param == "postgresql":
        environment["QUANCHENG_DATABASE_URL"] = _new_database(request.getfixturevalue("postgresql"))

    def run(*scripts: str) -> str:
        running = [
            subprocess.Popen(
                [sys.executable, "-c", f"from quancheng_sidecar.web.ready import ready; ready()\n{script}"],
                env=environment,
                cwd=_CHECKOUT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for script in scripts
        ]
        said = [process.communicate(timeout=180)[0] for process in running]
        assert [process.returncode for process in running] == [0] * len(running)
        return "".join(said)

    return run


def _new_database(cluster: str) -> str:
    name = f"t{secrets.token_hex(8)}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{cluster.rpartition('/')[0]}/{name}"
