"""Settings of the whole product, read once from `QUANCHENG_*` variables into one object."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from quancheng_plugin.forms.stages import Stage
from quancheng_plugin.setting_files import SettingsInvalid
from quancheng_plugin.settings import PluginSettings

Seconds = Annotated[float, Field(ge=0)]


def _only(kind: str, fits: Callable[[str], object]) -> AfterValidator:
    """A value for which `fits` is true and raises nothing; `kind` is the rule's key in the table of sentences."""

    def check(value: str) -> str:
        try:
            fitting = fits(value)
        except (LookupError, ValueError, OSError):  # OSError: a zone's name may be that of a folder
            fitting = False
        if not fitting:
            raise ValueError(kind)
        return value

    return AfterValidator(check)


def _is_zone(name: str) -> bool:
    return bool(ZoneInfo(name).key)


def _is_database(address: str) -> bool:
    url = urlsplit(address)
    return url.scheme in {"postgresql", "postgres"} and url.port != 0 and len(url.path) > 1


def _is_place(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isascii() and 0 < int(port) < 1 << 16


class Settings(PluginSettings):
    """The plugin's settings and the sidecar's; every field is documented in docs/operators/settings.md."""

    model_config = SettingsConfigDict(allow_inf_nan=False)  # beside what it inherits

    database_url: Annotated[str, _only("database_url", _is_database)] | None = None
    """`postgresql://…`; without it SQLite under `home`."""
    broker_url: str | None = None
    """Redis or RabbitMQ; without it kombu's filesystem transport under `home`."""
    timezone: Annotated[str, _only("timezone", _is_zone)] = "Asia/Shanghai"
    """Zone in which people read and write times."""
    language: Literal["zh", "en"] = "zh"
    """Language of the command line and reports."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """Least level of the messages on standard error."""
    log_origin: str = "quancheng.local/custody"
    """Origin line of the custody log's checkpoints (C2SP tlog-checkpoint)."""

    sm3: bool = True
    """Compute SM3 beside SHA-256 (DA/T 97)."""

    tolerance_s: Annotated[float, Field(ge=60)] = 60
    """How far a recording's edge may lie inside the form's interval; forms carry minutes, so never under 60 s."""
    tolerance_by_stage: dict[Stage, Annotated[float, Field(ge=60)]] = Field(default_factory=dict)
    """Other tolerances by stage, as JSON: `{"hearing": 120}`."""
    gap_s: Seconds = 2
    """A pause between neighbouring recordings that is longer counts as a gap."""
    handover_hours: Annotated[float, Field(gt=0)] = 24
    """Hours from return to the unit until recordings must be handed over (Art. 7)."""

    media_timeout_s: Annotated[float, Field(gt=0)] = 1800
    """Longest time that one outside call on a recording may take."""
    media_memory_mb: Annotated[int, Field(ge=256)] = 4096
    """Most address space that one outside call on a recording may take."""
    inbox_rest_s: Seconds = 2
    """A file in an inbox is taken when its size has not changed for this long."""

    paperless_url: str | None = None
    """Address of the office's Paperless-ngx 3; without it the built-in archive alone is used."""
    paperless_token: SecretStr | None = None
    """API token of the account that works there for the product."""
    paperless_timeout_s: Annotated[float, Field(gt=0)] = 60
    """Longest time that one call to Paperless may take."""
    web_bind: Annotated[str, _only("web_bind", _is_place)] = "127.0.0.1:8020"
    """Address and port where `quancheng up` listens for events and pages."""

    @property
    def database_file(self) -> Path:
        """Where SQLite keeps the database, unless `database_url` names another one."""
        return self.home / "quancheng.sqlite3"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of `timezone`."""
        return ZoneInfo(self.timezone)


@cache
def settings() -> Settings:
    """Give the one settings object of this process. Raises `SettingsInvalid`."""
    try:
        return Settings()
    except ValidationError as error:
        # The value itself stays unsaid: it may be a secret.
        rules = [_rule(each) for each in error.errors(include_input=False, include_url=False)]
    except SettingsError:  # of all settings only this one is written as JSON
        rules = [_rule({"type": "dict_type", "loc": ("tolerance_by_stage",)})]
    raise SettingsInvalid(
        zh="设置有误：" + "；".join(zh for zh, _ in rules) + "。请改正后重新运行。",
        en="Settings: " + "; ".join(en for _, en in rules) + ". Correct them and run again.",
    )


_RULES: dict[str, tuple[str, str]] = {
    "literal_error": ("应为 {expected}", "must be {expected}"),
    "enum": ("所列名称应为 {expected}", "must name {expected}"),
    "greater_than": ("应大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": ("应不小于 {ge}", "must be at least {ge}"),
    "less_than_equal": ("应不大于 {le}", "must be at most {le}"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "float_parsing": ("应为数字", "must be a number"),
    "finite_number": ("应为有限的数字", "must be a finite number"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "dict_type": ('应为 JSON，例如 {{"hearing": 120}}', 'must be JSON such as {{"hearing": 120}}'),
    "timezone": ("应为时区名，例如 Asia/Shanghai", "must be a time zone such as Asia/Shanghai"),
    "database_url": (
        "应为 postgresql://用户:密码@主机:端口/库名",
        "must be postgresql://user:password@host:port/name",
    ),
    "web_bind": ("应为 地址:端口，例如 127.0.0.1:8020", "must be address:port such as 127.0.0.1:8020"),
}
"""What a setting must be, by pydantic's type of the error or the key of a rule above."""


def _rule(error: Mapping[str, Any]) -> tuple[str, str]:
    """What the variable of a pydantic error must be, in Chinese and English."""
    name = f"QUANCHENG_{error['loc'][0]} ".upper()
    figures = error.get("ctx", {})
    # An error of a rule of ours carries the rule's key.
    kind = str(figures["error"]) if error["type"] == "value_error" else error["type"]
    zh, en = _RULES.get(kind, ("的值无效（见 docs/operators/settings.md）", "is not usable"))
    listed = str(figures.get("expected", "")).replace(", ", "、").replace(" or ", " 或 ")
    return name + zh.format(**figures | {"expected": listed}), name + en.format(**figures)
