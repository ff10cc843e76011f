"""Settings of the whole product, read once from `QUANCHENG_*` variables into one object."""

from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from quancheng_plugin.forms.stages import Stage
from quancheng_plugin.settings import PluginSettings

Seconds = Annotated[float, Field(ge=0)]


class Settings(PluginSettings):
    """The plugin's settings and the sidecar's; every field is documented in docs/operators/settings.md."""

    model_config = SettingsConfigDict(env_prefix="QUANCHENG_", frozen=True, extra="ignore")

    database_url: str | None = None
    """`postgresql://…`; without it SQLite under `home`."""
    broker_url: str | None = None
    """Redis or RabbitMQ; without it kombu's filesystem transport under `home`."""
    timezone: str = "Asia/Shanghai"
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
    web_bind: str = "127.0.0.1:8020"
    """Address and port where `quancheng up` listens for events and pages."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone of `timezone`."""
        return ZoneInfo(self.timezone)


@cache
def settings() -> Settings:
    """Give the one settings object of this process."""
    return Settings()
