"""Settings are documented and refuse what has no meaning."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from quancheng_plugin.setting_files import SettingsInvalid
from quancheng_plugin.settings import PluginSettings
from quancheng_sidecar.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operators" / "settings.md"


def documented() -> set[str]:
    return set(re.findall(r"^\| `(QUANCHENG_\w+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))


def existing() -> set[str]:
    return {f"QUANCHENG_{name.upper()}" for name in Settings.model_fields}


def test_every_setting_is_documented() -> None:
    """A setting that exists has its row in the operators' page."""
    assert existing() - documented() == set()


def test_nothing_is_documented_that_does_not_exist() -> None:
    """A row of the operators' page names a setting that exists."""
    assert documented() - existing() == set()


@pytest.mark.parametrize("kind", [PluginSettings, Settings])
def test_an_empty_variable_is_no_value(kind: type[PluginSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of a template that nobody filled in is not the folder that the program runs in, nor a wrong number."""
    monkeypatch.delenv("QUANCHENG_HOME")
    plain = kind()
    for name in kind.model_fields:
        monkeypatch.setenv(f"QUANCHENG_{name.upper()}", "")
    assert kind() == plain


def test_a_tolerance_below_the_minute_is_refused() -> None:
    """Forms carry minutes, so a tolerance under 60 seconds has no meaning."""
    with pytest.raises(ValidationError):
        Settings(tolerance_s=30)


def test_tolerances_are_set_by_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage may have a tolerance of its own, given as JSON."""
    monkeypatch.setenv("QUANCHENG_TOLERANCE_BY_STAGE", '{"hearing": 120}')
    assert Settings().tolerance_by_stage == {"hearing": 120}


@pytest.mark.parametrize("kind", [PluginSettings, Settings])
def test_a_secret_may_stand_in_a_file(
    kind: type[PluginSettings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both sides; the line break that an editor leaves at the end is no part of it."""
    file = tmp_path / "secret"
    file.write_text("三十二位以上的密钥\n", encoding="utf-8")
    monkeypatch.setenv("QUANCHENG_PAPERLESS_SECRET_FILE", str(file))
    secret = kind().paperless_secret
    assert secret is not None
    assert secret.get_secret_value() == "三十二位以上的密钥"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("web_bind", "127.0.0.1:9", "127.0.0.1:9"),
        ("tolerance_s", "90", 90),
        ("tolerance_by_stage", '{"hearing": 120}', {"hearing": 120}),
        ("trust_roots", "/a.pem:/b.pem", (Path("/a.pem"), Path("/b.pem"))),
        ("broker_url", "", None),
    ],
)
def test_any_setting_may_stand_in_a_file(
    name: str, text: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read as the variable is; an empty file is no value."""
    file = tmp_path / name
    file.write_text(text)
    monkeypatch.setenv(f"QUANCHENG_{name.upper()}_FILE", str(file))
    assert getattr(Settings(), name) == value


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret whose file is missing is never taken for none."""
    monkeypatch.setenv("QUANCHENG_PAPERLESS_TOKEN_FILE", str(tmp_path / "无"))
    with pytest.raises(SettingsInvalid, match=r"QUANCHENG_PAPERLESS_TOKEN_FILE 所指的文件.*无法读取"):
        Settings()


def test_bytes_that_are_no_text_stay_unsaid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the bytes at fault appear in the message."""
    file = tmp_path / "key"
    file.write_bytes(b"\xffsecret")
    monkeypatch.setenv("QUANCHENG_PAPERLESS_TOKEN_FILE", str(file))
    with pytest.raises(SettingsInvalid) as raised:
        Settings()
    assert "secret" not in raised.value.sentence.zh + raised.value.sentence.en


def test_a_value_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of the two was meant is not guessed."""
    monkeypatch.setenv("QUANCHENG_PAPERLESS_TOKEN", "a")
    monkeypatch.setenv("QUANCHENG_PAPERLESS_TOKEN_FILE", str(tmp_path / "b"))
    with pytest.raises(SettingsInvalid, match="只能设置其一"):
        Settings()
