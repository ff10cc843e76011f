"""What a visible seal says: unit, number, time, and the address of the record as QR code."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Self
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from quancheng_plugin.settings import PluginSettings

_DEVELOPMENT_UNIT = "开发证书"


class Seal(BaseModel):
    """The visible seal of a signature; `number` and `url` are left out where there is none.

    The seal shows who signed and when the signer says so. It is a picture: only the signature
    under it proves anything.
    """

    model_config = ConfigDict(frozen=True)

    unit: str = Field(min_length=1)
    number: str | None = None
    at: AwareDatetime
    """Printed with its own offset."""
    url: str | None = Field(default=None, max_length=1000)
    """Drawn as QR code; longer addresses would need a code too fine for a printer."""

    @classmethod
    def of(cls, settings: PluginSettings, *, number: str | None = None, at: datetime | None = None) -> Self | None:
        """The seal that the settings ask for, or None when they name no unit; `at` is now by default.

        Without any signer configured the development CA signs, and then every page says so, asked for or not.

        `{number}` in `seal_url` is replaced by the number, percent-encoded; an address that asks
        for a number is left out where there is none.
        """
        unit = settings.seal_unit or (None if _signer_is_set(settings) else _DEVELOPMENT_UNIT)
        if unit is None:
            return None
        zone = timezone(timedelta(hours=settings.utc_offset_hours))
        url = settings.seal_url
        if url and "{number}" in url:
            url = url.replace("{number}", quote(number, safe="")) if number else None
        moment = (at or datetime.now(UTC)).astimezone(zone)
        return cls(unit=unit, number=number, at=moment, url=url or None)


def _signer_is_set(settings: PluginSettings) -> bool:
    return any((settings.sign_pkcs12, settings.sign_key, settings.sign_cert, settings.pkcs11_module))
