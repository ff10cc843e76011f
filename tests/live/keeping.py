"""What is kept in a Paperless, said as the sidecar says it; and whether its search still finds a document."""

import json

import httpx

from quancheng_plugin.host.signed_call import signed_headers


def keep(page: httpx.Client, secret: str, *documents: dict[str, object]) -> httpx.Response:
    """The signed call, each document as `quancheng_plugin.host.keeping.Keeping`."""
    body = json.dumps({"documents": documents}).encode()
    headers = signed_headers(secret.encode(), body) | {"Content-Type": "application/json"}
    return page.post("quancheng/kept/", content=body, headers=headers)


def is_found(page: httpx.Client, document: int) -> bool:
    """Whether Paperless' search finds a form of `tests.plugin.paper`."""
    found = page.get("documents/", params={"query": "霞浦县三沙镇", "page_size": 100}).json()["results"]
    return document in {each["id"] for each in found}
