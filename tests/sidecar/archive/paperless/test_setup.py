"""Setup on a Paperless-ngx, as recorded (see conftest)."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.paperless.comparing import Action
from quancheng_sidecar.archive.paperless.office import Kind, Piece, office
from quancheng_sidecar.archive.paperless.registry import Registry
from quancheng_sidecar.archive.paperless.session import PaperlessUnauthorised
from quancheng_sidecar.archive.paperless.setup import CONFLICT, SetupReport, set_up
from quancheng_sidecar.settings import Settings
from tests.paperless_server import Server

pytestmark = pytest.mark.vcr


def pieces(*kinds: Kind) -> list[Piece]:
    """What the product keeps of these kinds."""
    return [piece for piece in office(Settings()) if piece.kind in kinds]


def field(*fields: CustomField) -> list[Piece]:
    """Pieces of these fields."""
    return [piece for piece in pieces(Kind.FIELD) if piece.key in fields]


def actions(report: SetupReport) -> list[Action]:
    """What was done, in order."""
    return [item.action for item in report.items]


def test_view_of_deviating_times_names_the_options_there(
    registry: Registry, own_settings: Settings, server: Server
) -> None:
    """The view asks for every verdict but agreement, by the ids that Paperless gave its options."""
    report = set_up(registry, pieces(Kind.FIELD, Kind.TAG, Kind.VIEW), own_settings)
    ids = {(item.kind, item.key): item.id for item in report.items}
    held: Any = server.ask("GET", f"custom_fields/{ids[Kind.FIELD, 'verdict']}/")
    options = {each["label"]: each["id"] for each in held["extra_data"]["select_options"]}
    view: Any = server.ask("GET", f"saved_views/{ids[Kind.VIEW, 'disagreeing']}/")
    value = view["filter_rules"][0]["value"]
    assert options["一致"] not in value
    assert all(each in value for label, each in options.items() if label != "一致")


def test_field_of_another_type_is_left_alone(registry: Registry, own_settings: Settings, server: Server) -> None:
    """It is reported with its remedy; what needs it waits, and all else is made."""
    theirs = server.make("custom_fields", name="案号", data_type="integer")
    report = set_up(registry, pieces(Kind.FIELD, Kind.TAG, Kind.WORKFLOW), own_settings)
    stuck = [item for item in report.items if item.code == CONFLICT]
    assert [item.name for item in stuck] == ["案号", "全程：没有案号，加“待归案”", "全程：有了案号，取下“待归案”"]
    assert all(item.why for item in stuck)
    assert not report.settled
    assert server.ask("GET", f"custom_fields/{theirs['id']}/")["data_type"] == "integer"
    assert actions(report).count(Action.MAKE) == len(report.items) - 3
    server.remove("custom_fields", theirs["id"])


def test_field_that_fits_is_used_and_never_extended(registry: Registry, own_settings: Settings, server: Server) -> None:
    """A select field of theirs without our options is a conflict, one of text is used as it is."""
    text = server.make("custom_fields", name="案号", data_type="string")
    select = server.make(
        "custom_fields", name="环节", data_type="select", extra_data={"select_options": [{"label": "询问"}]}
    )
    report = set_up(registry, field(CustomField.CASE_NUMBER, CustomField.STAGE), own_settings)
    assert [(item.action, item.id) for item in report.items] == [(Action.KEEP, text["id"]), (Action.CONFLICT, None)]
    assert "现场检查" in str(report.items[1].why)
    for made in (text, select):
        server.remove("custom_fields", made["id"])


def test_field_of_ours_gets_new_options(registry: Registry, own_settings: Settings, server: Server) -> None:
    """Options that a later version knows are added; those that are there keep their ids."""
    made = set_up(registry, field(CustomField.STAGE), own_settings).items[0]
    path = f"custom_fields/{made.id}/"
    before = server.ask("GET", path)["extra_data"]["select_options"]
    server.ask("PATCH", path, json={"extra_data": {"select_options": before[1:]}})
    dry = set_up(registry, field(CustomField.STAGE), own_settings, dry_run=True)
    after = set_up(registry, field(CustomField.STAGE), own_settings)
    options = server.ask("GET", path)["extra_data"]["select_options"]
    assert actions(dry) == actions(after) == [Action.EXTEND]
    assert options[:-1] == before[1:]
    assert options[-1]["label"] == before[0]["label"]


def test_renamed_field_is_not_made_twice(registry: Registry, own_settings: Settings, server: Server) -> None:
    """A person renamed what we made: that is told, and no second one appears."""
    made = set_up(registry, field(CustomField.SHIP), own_settings).items[0]
    server.ask("PATCH", f"custom_fields/{made.id}/", json={"name": "船舶"})
    again = set_up(registry, field(CustomField.SHIP), own_settings)
    assert actions(again) == [Action.CONFLICT]
    assert "船舶" in str(again.items[0].why)


def test_removed_object_is_made_again(registry: Registry, own_settings: Settings, server: Server) -> None:
    """What a person removed is missing, so it is made."""
    made = set_up(registry, field(CustomField.SHIP), own_settings).items[0]
    assert made.id
    server.remove("custom_fields", made.id)
    again = set_up(registry, field(CustomField.SHIP), own_settings)
    assert actions(again) == [Action.MAKE]


def test_lost_home_changes_nothing(registry: Registry, own_settings: Settings, server: Server, tmp_path: Path) -> None:
    """Without the memory of what was made, all is known again by what it says."""
    kinds = (Kind.FIELD, Kind.TAG, Kind.GROUP, Kind.STORAGE_PATH, Kind.WORKFLOW, Kind.VIEW)
    set_up(registry, pieces(*kinds), own_settings)
    anew = set_up(registry, pieces(*kinds), own_settings.model_copy(update={"home": tmp_path / "new"}))
    assert set(actions(anew)) == {Action.KEEP}


def test_view_and_group_of_another_meaning_are_left_alone(
    registry: Registry, own_settings: Settings, server: Server
) -> None:
    """A view that someone calls 待核对 gets ours beside it; a group that may delete is not taken for ours."""
    rule = {"rule_type": 0, "value": "合同"}
    view = server.make("saved_views", name="待核对", filter_rules=[rule], sort_field="added", sort_reverse=True)
    group = server.make("groups", name="全程-文书", permissions=["delete_document"])
    report = set_up(registry, pieces(Kind.FIELD, Kind.TAG, Kind.GROUP, Kind.VIEW), own_settings)
    assert [item.name for item in report.items if item.action is Action.CONFLICT] == ["全程-文书"]
    (ours,) = [item.id for item in report.items if (item.kind, item.key) == (Kind.VIEW, "review")]
    assert ours != view["id"]
    assert server.ask("GET", f"saved_views/{view['id']}/")["filter_rules"] == view["filter_rules"]
    assert server.ask("GET", f"groups/{group['id']}/")["permissions"] == ["delete_document"]
    server.remove("saved_views", view["id"])
    server.remove("groups", group["id"])


def test_two_tags_of_one_name_are_a_conflict(registry: Registry, own_settings: Settings, server: Server) -> None:
    """Which of the two is meant cannot be told."""
    tags = [server.make("tags", name="声像资料"), server.make("tags", name="声像资料", owner=None)]
    report = set_up(registry, [piece for piece in pieces(Kind.TAG) if piece.key == "recording"], own_settings)
    assert actions(report) == [Action.CONFLICT]
    for tag in tags:
        server.remove("tags", tag["id"])


def test_account_without_rights_changes_nothing(server: Server, own_settings: Settings) -> None:
    """An account that may not do all of it is told what it lacks before anything is made."""
    user = server.make("users", username="quancheng-test", password="recorded", user_permissions=["view_uisettings"])  # noqa: S106  of an account that lives as long as the test
    token = server.ask("POST", "token/", json={"username": "quancheng-test", "password": "recorded"})["token"]
    try:
        limited = own_settings.model_copy(update={"paperless_token": SecretStr(token)})
        with Registry.of(limited) as session, pytest.raises(PaperlessUnauthorised, match="add_customfield"):
            set_up(session, pieces(Kind.FIELD), limited)
        assert server.ask("GET", "custom_fields/")["count"] == 0
    finally:
        server.remove("users", user["id"])


def test_refusal_of_one_object_stops_nothing_else(registry: Registry, own_settings: Settings, server: Server) -> None:
    """What Paperless does not take is told in its own words beside the object."""
    nonsense = Piece(Kind.GROUP, "nonsense", "全程-试", lambda _: {"permissions": ["fly_document"]})
    report = set_up(registry, [nonsense, *field(CustomField.SHIP)], own_settings)
    assert actions(report)[1] is Action.MAKE
    assert report.items[0].code == "QC-PAPERLESS-REFUSED"
    assert "fly_document" in str(report.items[0].why)
