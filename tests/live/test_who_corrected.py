"""Corrections made in Paperless by two people at once: each value is entered here by who changed it, and when."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live.day import Office, eventually, place
from tests.live.test_paperless_setup import named
from tests.paperless_server import Server
from tests.plugin import paper

_PASSWORD = "only-for-this-test-7"  # noqa: S105  of accounts that live as long as a test
_LIN, _CHEN = "quancheng-lin", "quancheng-chen"
_ROWS = 'SELECT name, value, "by", at, disputed FROM collect_correction ORDER BY id'


@dataclass(frozen=True)
class Form:
    """A form that both sides have, and what people do with it in Paperless."""

    office: Office
    document: int

    def change(self, who: str, fields: dict[str, str | None]) -> None:
        """As the page does: one PATCH with all fields, None for one that is taken out."""
        server = self.office.paperless
        changed = {named(server, "custom_fields", name): value for name, value in fields.items()}
        with self._as(who) as person:
            held = {each["field"]: each["value"] for each in person.get("").json()["custom_fields"]}
            told = [{"field": field, "value": value} for field, value in (held | changed).items() if value is not None]
            person.patch("", json={"custom_fields": told}).raise_for_status()

    def rename(self, who: str, title: str) -> None:
        """Something that is no field of ours."""
        with self._as(who) as person:
            person.patch("", json={"title": title}).raise_for_status()

    def entered(self) -> dict[str, tuple[str, str, datetime, bool]]:
        """The last correction of each name: value, by whom, when, and whether it is disputed."""
        rows = self.office.query(_ROWS)
        return {name: (value, by, _instant(at), bool(disputed)) for name, value, by, at, disputed in rows}

    def _as(self, who: str) -> httpx.Client:
        address = f"{self.office.paperless.url}/api/documents/{self.document}/"
        return httpx.Client(base_url=address, auth=(who, _PASSWORD), timeout=60)


def _instant(written: Any) -> datetime:
    return datetime.fromisoformat(f"{written}+00:00")


@pytest.fixture(scope="module")
def form(paperless: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Form]:
    """Both sides run; a form lies open in Paperless and is in step with ours; two clerks have accounts."""
    office = Office.open(paperless, place(), tmp_path_factory.mktemp("office"))
    accounts: list[int] = []
    try:
        group = named(paperless, "groups", "全程-文书")
        for name in (_LIN, _CHEN):
            made = paperless.make("users", username=name, password=_PASSWORD, groups=[group])
            accounts.append(made["id"])
        office.up()
        file = tmp_path_factory.mktemp("form") / "检查.pdf"
        file.write_bytes(paper.form(points=13.7))
        document = paperless.upload(file, user=_LIN, password=_PASSWORD)
        known = "SELECT count(*) FROM paperless_twin WHERE remote_id = ? AND done >= wanted"
        assert eventually(lambda: office.query(known, document) == [(1,)], 240, pause_s=2)
        yield Form(office, document)
    finally:
        office.close()
        for account in accounts:
            paperless.remove("users", account)


def test_each_value_has_its_own_author(form: Form) -> None:
    """One corrects the party, the other the place, and the first renames the document after both."""
    form.change(_LIN, {"当事人": "林建国之子"})
    form.change(_CHEN, {"地点": "三沙镇二号码头"})
    form.rename(_LIN, "改名")
    assert eventually(lambda: {"party", "place"} <= form.entered().keys(), 90)
    entered = form.entered()
    assert entered["party"][:2] == ("林建国之子", _LIN)
    assert entered["place"][:2] == ("三沙镇二号码头", _CHEN)
    history = form.office.paperless.ask("GET", f"documents/{form.document}/history/")
    at = next(
        datetime.fromisoformat(each["timestamp"])
        for each in history
        if (each["changes"].get("custom_fields") or {}).get("field") == "地点"
    )
    assert abs(entered["place"][2] - at) < timedelta(seconds=1)


def test_what_was_taken_out_is_told_by_the_notices(form: Form) -> None:
    """Paperless' history forgets who took a value out; the plugin's notice knows."""
    time.sleep(20)  # notices of what the sidecar itself set there name nobody: they are to be done with
    waits = "SELECT (SELECT count(*) FROM paperless_twin WHERE wanted > done) + count(*) FROM paperless_notice "
    waits += "WHERE looked_at IS NULL AND type = 'changed'"
    assert eventually(lambda: form.office.query(waits) == [(0,)], 60)
    form.change(_CHEN, {"船名号": None})
    assert eventually(lambda: "ship" in form.entered(), 90)
    assert form.entered()["ship"][:2] == ("", _CHEN)


def test_both_ends_of_an_interval_move_together(form: Form) -> None:
    """Moved to a time before its former start, both are entered, and nothing is disputed."""
    form.change(_LIN, {"开始时间": "2026-03-01T08:00:00+08:00", "结束时间": "2026-03-01T08:45:00+08:00"})
    assert eventually(lambda: {"start", "end"} <= form.entered().keys(), 90)
    entered = form.entered()
    assert [entered[name][:2] for name in ("start", "end")] == [
        ("2026-03-01T08:00:00+08:00", _LIN),
        ("2026-03-01T08:45:00+08:00", _LIN),
    ]
    assert not any(disputed for *_, disputed in entered.values())
    held = next(each for each in form.office.documents() if each["id"] == form.document)["values"]
    assert (held["开始时间"], held["结束时间"]) == ("2026-03-01T08:00:00+08:00", "2026-03-01T08:45:00+08:00")


def test_a_field_made_anew_is_filled_again(form: Form) -> None:
    """An administrator deletes a field with all its values and sets up again: ours are sent there, none is changed."""
    server, before = form.office.paperless, form.entered()
    party = next(each for each in form.office.documents() if each["id"] == form.document)["values"]["当事人"]
    server.remove("custom_fields", named(server, "custom_fields", "当事人"))
    assert form.office.run("paperless", "setup", "--json").status in {0, 3}
    form.rename(_CHEN, "又改名")

    def filled() -> bool:
        held = next(each for each in form.office.documents() if each["id"] == form.document)
        return bool(held["values"].get("当事人") == party)

    assert eventually(filled, 120, pause_s=2)
    assert form.entered() == before


def test_a_new_version_is_in_the_log(form: Form, tmp_path: Path) -> None:
    """Another file is laid over the kept one: the custody log says by whom, once, and the first file stays there."""
    newer = tmp_path / "新版.pdf"
    newer.write_bytes(paper.form(points=14.1))
    address = f"{form.office.paperless.url}/api/documents/{form.document}/"
    with newer.open("rb") as file:
        asked = httpx.post(
            f"{address}update_version/", files={"document": (newer.name, file)}, auth=(_CHEN, _PASSWORD), timeout=60
        )
    asked.raise_for_status()
    logged = "SELECT canonical FROM preserve_custodyevent WHERE canonical LIKE '%version-added%'"
    assert eventually(lambda: len(form.office.query(logged)) == 1, 180, pause_s=2)
    time.sleep(15)
    ((canonical,),) = form.office.query(logged)
    assert json.loads(canonical)["agent"] == _CHEN
    assert form.office.run("log", "verify", "--json").status == 0
