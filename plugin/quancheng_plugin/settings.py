"""Settings of the plugin, read once from `QUANCHENG_*` variables."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from quancheng_plugin.setting_files import FileSource

PadesLevel = Literal["B-B", "B-T", "B-LT", "B-LTA"]


def _split(value: object) -> object:
    return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value


class PluginSettings(BaseSettings):
    """How written documents are read and signed; every field is documented in docs/operators/settings.md."""

    # An empty variable, as templates of environments leave them, is no value: above all no path, which would be the
    # folder that the program happens to run in.
    model_config = SettingsConfigDict(env_prefix="QUANCHENG_", env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = Path("~/.quancheng").expanduser()
    """Folder that holds all state."""

    ocr_engine: Literal["rapidocr", "tesseract"] = "rapidocr"
    """Engine that OCRmyPDF drives."""
    max_pages: Annotated[int, Field(ge=1)] = 500
    """A document with more pages is refused (QC-INPUT-PAGES)."""
    review_below: Annotated[float, Field(ge=0, le=1)] = 0.85
    """A field read with less confidence than this is marked for a person's review."""
    forms_extra: Path | None = None
    """TOML file with further forms, added to the catalogue or replacing forms of the same code."""
    utc_offset_hours: float = 8.0
    """Offset of the times written on forms (Asia/Shanghai has no daylight saving)."""

    sign_level: PadesLevel = "B-B"
    """PAdES level of EN 319 142-1; all but B-B need `tsa_url`."""
    sign_pkcs12: Path | None = None
    """Signer as PKCS#12 file."""
    sign_key: Path | None = None
    """Signer's private key as PEM (with `sign_cert`)."""
    sign_cert: Path | None = None
    """Signer's certificate and its chain as PEM."""
    sign_passphrase: SecretStr | None = None
    """Passphrase of the PKCS#12 file or PEM key, or PIN of the PKCS#11 token."""
    pkcs11_module: Path | None = None
    """Shared library of the PKCS#11 token."""
    pkcs11_token: str | None = None
    """Label of the PKCS#11 token."""
    pkcs11_key: str | None = None
    """Label of the key and certificate on the token."""
    tsa_url: str | None = None
    """RFC 3161 time-stamp authority."""
    trust_roots: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_split)] = ()
    """PEM files of root certificates that signatures are checked against (separated by `:`)."""
    seal_unit: str | None = None
    """Name of the unit in the visible seal; without it no seal is drawn."""
    seal_url: str | None = None
    """Address of a record, `{number}` in place of its number, shown as QR code in the seal."""

    sidecar_url: str | None = None
    """Where the plugin inside Paperless-ngx tells the sidecar of what happens; without it events wait in the outbox."""
    upload_url: str | None = None
    """The sidecar's page where a large recording is handed in, as people's browsers reach it; else at `sidecar_url`."""
    paperless_secret: SecretStr | None = None
    """Shared by plugin and sidecar: it signs the events between them."""
    paperless_media_mb: Annotated[int, Field(ge=1)] = 200
    """A larger recording (MB) is refused by Paperless, which reads uploads into memory whole; the sidecar takes it."""

    @property
    def upload_page(self) -> str | None:
        """Where people hand in what is too large for Paperless; None where nobody said."""
        return self.upload_url or (f"{self.sidecar_url.rstrip('/')}/upload" if self.sidecar_url else None)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the program itself gives, then the environment, then the files that it names."""
        return init_settings, env_settings, FileSource(settings_cls), dotenv_settings, file_secret_settings
