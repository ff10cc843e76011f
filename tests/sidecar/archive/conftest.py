"""Archives to test, each adapter in its ways of working, and documents to put into them."""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.db import transaction

from quancheng_sidecar.archive.embedded.adapter import EmbeddedArchive
from quancheng_sidecar.archive.port import Archive, DocumentKind, NewDocument

MakeDocument = Callable[..., NewDocument]


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


@pytest.fixture(params=["within a transaction", "committed"])
def archive(request: pytest.FixtureRequest, transactional_db: None, blobs: Folder, tmp_path: Path) -> Iterator[Archive]:
    """An empty archive: once with all in one open transaction (no index yet), once with every act committed."""
    made = EmbeddedArchive(blobs, index=tmp_path / "index")
    if request.param == "committed":
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
