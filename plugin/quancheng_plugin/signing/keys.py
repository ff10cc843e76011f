"""Who signs: a key from PKCS#12, PEM or a PKCS#11 token, or else the development CA."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import x509

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing import development
from quancheng_plugin.signing.certificate import require_fit
from quancheng_plugin.signing.errors import KeySettings, SigningFailed
from quancheng_plugin.signing.identity import SigningIdentity, in_memory
from quancheng_plugin.signing.key_files import pem_identity, pkcs12_identity


@contextmanager
def signing_identity(settings: PluginSettings) -> Iterator[SigningIdentity]:
    """The signer that the settings name, fit to sign now; usable inside the `with` block only.

    Raises `KeySettings`, `KeyMissing`, `KeyUnusable`, `PassphraseWrong`, `CertificateExpired`,
    `CertificateUsage` and, where no signer is named, `DevelopmentAuthorityDamaged`.
    """
    with _open(settings) as identity:
        require_fit(identity.certificate, datetime.now(UTC))
        yield identity


def certificate_in_use(settings: PluginSettings) -> x509.Certificate | None:
    """The certificate that signs here now; None where none can. Makes no development CA."""
    try:
        if _source(settings) == "development" and development.known_root(settings.home) is None:
            return None
        with signing_identity(settings) as identity:
            return identity.certificate
    except SigningFailed:
        return None


@contextmanager
def _open(settings: PluginSettings) -> Iterator[SigningIdentity]:
    source = _source(settings)
    if source == "pkcs11":
        from quancheng_plugin.signing.token import token_identity  # noqa: PLC0415  python-pkcs11 is seldom needed

        with token_identity(settings) as identity:
            yield identity
    elif source == "development":
        yield _development(settings.home)
    else:
        yield pkcs12_identity(settings) if source == "pkcs12" else pem_identity(settings)


def _source(settings: PluginSettings) -> str:
    """Which signer is configured. A setting half made must never fall back to the development CA."""
    named: dict[str, list[Path | str | None]] = {
        "pkcs12": [settings.sign_pkcs12],
        "pkcs11": [settings.pkcs11_module, settings.pkcs11_key],
        "pem": [settings.sign_key, settings.sign_cert],
    }
    if any(named["pkcs11"]) and not settings.sign_key:
        named["pem"] = []  # a certificate file beside a token holds its chain
    begun = [source for source, parts in named.items() if any(parts)]
    if len(begun) > 1:
        raise KeySettings(
            zh="同时设置了多种签名密钥（PKCS#12、PEM、PKCS#11）。请只保留一种。",
            en="More than one signer is set (PKCS#12, PEM, PKCS#11). Keep one.",
        )
    if not begun:
        if settings.pkcs11_token:
            raise _half("QUANCHENG_PKCS11_MODULE, QUANCHENG_PKCS11_KEY")
        if settings.sign_passphrase:
            raise _half("QUANCHENG_SIGN_PKCS12 / QUANCHENG_SIGN_KEY / QUANCHENG_PKCS11_MODULE")
        return "development"
    if not all(named[begun[0]]):
        needed = {"pem": "QUANCHENG_SIGN_KEY, QUANCHENG_SIGN_CERT"}.get(
            begun[0], "QUANCHENG_PKCS11_MODULE, QUANCHENG_PKCS11_KEY"
        )
        raise _half(needed)
    return begun[0]


def _half(needed: str) -> KeySettings:
    return KeySettings(
        zh=f"签名密钥的设置不完整，需要：{needed}。",
        en=f"The signer's settings are incomplete; needed: {needed}.",
    )


def _development(home: Path) -> SigningIdentity:
    key, certificate, root = development.ensure(home)
    return in_memory(key, certificate, (root,), development=True)
