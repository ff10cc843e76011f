"""A Paperless-ngx that tests work with: asked for, and put back as it was."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from quancheng_plugin.host.signed_call import signed_headers

_REASON = (
    "没有可测的 Paperless-ngx：请设置 QUANCHENG_TEST_PAPERLESS_URL 和 _TOKEN（或 _USER、_PASSWORD）。"
    "No Paperless-ngx to test on is named."
)


UNRECORDED = "X-Unrecorded"
"""Header of a request that is no part of a recording."""


@dataclass(frozen=True)
class Server:
    """Address, token of a superuser and the plugin's secret; a session for what tests prepare and clear away."""

    url: str
    token: str
    secret: str

    @cached_property
    def _session(self) -> httpx.Client:
        headers = {"Authorization": f"Token {self.token}", "Accept": "application/json; version=10"}
        return httpx.Client(base_url=f"{self.url}/api/", headers=headers, timeout=60)

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """The JSON that answers; raises for any other status than success."""
        answer = self._session.request(method, path, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def act(self, method: str, path: str, **options: Any) -> Any:
        """As `ask`, unrecorded: what people do there."""
        with self._unrecorded():
            return self.ask(method, path, **options)

    def make(self, kind: str, **body: object) -> Any:
        """Make an object."""
        return self.ask("POST", f"{kind}/", json=body)

    def remove(self, kind: str, identifier: int) -> None:
        """Remove an object; of a workflow its parts too, which Paperless leaves behind."""
        parts = self.ask("GET", f"workflows/{identifier}/") if kind == "workflows" else {}
        self.ask("DELETE", f"{kind}/{identifier}/")
        for part in ("triggers", "actions"):
            for each in parts.get(part, ()):
                self.ask("DELETE", f"workflow_{part}/{each['id']}/")

    def upload(
        self, path: Path, *, user: str = "", password: str = "", fields: str = "{}", patience_s: float = 180
    ) -> int:
        """Have a file consumed, by another user where one is named, and give the document's id; `fields` as JSON by id.

        Unrecorded: how often one has to ask differs.
        """
        options: dict[str, Any] = {"auth": (user, password)} if user else {}
        with self._unrecorded(), path.open("rb") as file:
            files = {"document": (path.name, file)}
            options |= {"files": files, "data": {"custom_fields": fields}}
            task = self.ask("POST", "documents/post_document/", **options)
            until = time.monotonic() + patience_s
            while time.monotonic() < until:
                for told in self.ask("GET", "tasks/", params={"task_id": task})["results"]:
                    if told["status"] in {"success", "failure"}:
                        return int(told["result_data"]["document_id"])
                time.sleep(1)
        raise TimeoutError(task)

    def destroy(self, document: int) -> None:
        """Remove a document and take it out of the trash; one that the plugin keeps is released first. Unrecorded."""
        with self._unrecorded():
            self._release(document)
            self.ask("DELETE", f"documents/{document}/")
            self.ask("POST", "trash/", json={"action": "empty", "documents": [document]})

    def is_at_work(self) -> bool:
        """Whether its worker has something to do. Unrecorded."""
        with self._unrecorded():
            tasks = self.ask("GET", "tasks/", params={"page_size": 100})["results"]
        return any(task["status"] in {"pending", "started"} for task in tasks)

    def write(self, document: int, fields: Mapping[str, str | None]) -> None:
        """Change fields of a document by their name as a person does, options by their label. Unrecorded."""
        with self._unrecorded():
            known = {each["name"]: each for each in self.ask("GET", "custom_fields/?page_size=100")["results"]}
            held = self.ask("GET", f"documents/{document}/")["custom_fields"]
            changed = {known[name]["id"]: _option(known[name], value) for name, value in fields.items()}
            values = {each["field"]: each["value"] for each in held} | changed
            kept = [{"field": field, "value": value} for field, value in values.items() if value is not None]
            self.ask("PATCH", f"documents/{document}/", json={"custom_fields": kept})

    def destroy_all(self) -> None:
        """Remove all its documents. Unrecorded."""
        with self._unrecorded():
            held = self.ask("GET", "documents/?page_size=1000")["results"]
        for each in held:
            self.destroy(each["id"])

    @contextmanager
    def member(self, user: str, group: int) -> Iterator[None]:
        """Have a user be in a group as well, for as long as it lasts."""
        (found,) = self.ask("GET", "users/", params={"username__iexact": user})["results"]
        self.ask("PATCH", f"users/{found['id']}/", json={"groups": [*found["groups"], group]})
        yield
        self.ask("PATCH", f"users/{found['id']}/", json={"groups": found["groups"]})

    def _release(self, document: int) -> None:
        body = json.dumps({"documents": [{"document": document, "state": "free"}]}).encode()
        headers = signed_headers(self.secret.encode(), body) | {"Content-Type": "application/json"}
        with suppress(httpx.HTTPStatusError):  # without the plugin's app nothing is kept
            self.ask("POST", "quancheng/kept/", content=body, headers=headers)

    @contextmanager
    def _unrecorded(self) -> Iterator[None]:
        self._session.headers[UNRECORDED] = "1"
        yield
        del self._session.headers[UNRECORDED]

    def clear(self, home: Path) -> None:
        """Remove, unrecorded, what setup made with that home, the last first: nothing goes before what names it."""
        made = home / "paperless" / "made.json"
        entries = json.loads(made.read_text("utf-8")).get(self.url, {}) if made.exists() else {}
        for place, identifier in reversed(entries.items()):
            with self._unrecorded(), suppress(httpx.HTTPStatusError):  # a test may have removed it
                self.remove(place.split("/", 1)[0], identifier)


def _option(field: dict[str, Any], value: str | None) -> str | None:
    """The id of an option; any other value as it is."""
    options = (field.get("extra_data") or {}).get("select_options") or []
    return next((each["id"] for each in options if each["label"] == value), value)


def live_server() -> Server:
    """The server that the environment names; skips the test where it names none."""
    url = os.environ.get("QUANCHENG_TEST_PAPERLESS_URL", "").rstrip("/")
    if not url:
        pytest.skip(_REASON)
    token = os.environ.get("QUANCHENG_TEST_PAPERLESS_TOKEN") or _token(url)
    return Server(url, token, os.environ.get("QUANCHENG_TEST_PAPERLESS_SECRET", ""))


def _token(url: str) -> str:
    names = ("QUANCHENG_TEST_PAPERLESS_USER", "QUANCHENG_TEST_PAPERLESS_PASSWORD")
    if not all(os.environ.get(name) for name in names):
        pytest.skip(_REASON)
    user, password = (os.environ[name] for name in names)
    answer = httpx.post(f"{url}/api/token/", json={"username": user, "password": password}, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["token"])
