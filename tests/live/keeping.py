"""What is kept in a Paperless, said as the sidecar says it; and whether its search still finds a document."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from quancheng_plugin.host.signed_call import signed_headers
from tests.paperless_server import Server
from tests.plugin import paper


def keep(page: httpx.Client, secret: str, *documents: dict[str, object]) -> httpx.Response:
    """The signed call, each document as `quancheng_plugin.host.keeping.Keeping`."""
    body = json.dumps({"documents": documents}).encode()
    headers = signed_headers(secret.encode(), body) | {"Content-Type": "application/json"}
    return page.post("quancheng/kept/", content=body, headers=headers)


def is_found(page: httpx.Client, document: int) -> bool:
    """Whether Paperless' search finds a form of `tests.plugin.paper`."""
    found = page.get("documents/", params={"query": "霞浦县三沙镇", "page_size": 100}).json()["results"]
    return document in {each["id"] for each in found}


@contextmanager
def kept_and_free(
    page: httpx.Client, paperless: Server, folder: Path, sizes: tuple[float, float]
) -> Iterator[tuple[int, int]]:
    """Two forms that Paperless has taken in, of `sizes` of print by which they differ: one is kept, one released."""
    kept, free = (_taken_in(paperless, folder, points) for points in sizes)
    assert keep(page, paperless.secret, {"document": free, "state": "free"}).status_code == 200
    yield kept, free
    paperless.destroy(kept)


def _taken_in(paperless: Server, folder: Path, points: float) -> int:
    form = folder / f"笔录{points}.pdf"
    form.write_bytes(paper.form(points=points))
    return paperless.upload(form)
