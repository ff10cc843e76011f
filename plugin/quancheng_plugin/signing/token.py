"""A signer whose key stays on a PKCS#11 token (USB key, HSM)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pkcs11
from asn1crypto import x509
from pkcs11.exceptions import (
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    UserPinNotInitialized,
)
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import KeyMissing, PassphraseWrong
from quancheng_plugin.signing.identity import SigningIdentity, issuers_of
from quancheng_plugin.signing.key_files import read_certificates

_PIN_ERRORS = (PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked, UserPinNotInitialized)


@contextmanager
def token_identity(settings: PluginSettings) -> Iterator[SigningIdentity]:
    """The signer on the token that the settings name; the session lasts as long as the `with` block.

    Certificate and chain come from the token, and from `sign_cert` where that is set too. A wrong
    PIN is tried once only: tokens lock after a few. Raises `KeyMissing` or `PassphraseWrong`.
    """
    session = _session(settings)
    try:
        yield _identity(session, settings)
    finally:
        session.close()


def _session(settings: PluginSettings) -> pkcs11.Session:
    pin = settings.sign_passphrase.get_secret_value() if settings.sign_passphrase else None
    criteria = TokenCriteria(label=settings.pkcs11_token) if settings.pkcs11_token else None
    module = Path(settings.pkcs11_module or "")
    if not module.is_file():
        raise KeyMissing(
            zh=f"没有 PKCS#11 驱动：{module}。请安装密钥厂商的驱动，并核对 QUANCHENG_PKCS11_MODULE。",
            en=f"No PKCS#11 module at {module}. Install the token's driver and check QUANCHENG_PKCS11_MODULE.",
        )
    try:
        return open_pkcs11_session(str(module), token_criteria=criteria, user_pin=pin)
    except _PIN_ERRORS as error:
        raise PassphraseWrong(
            zh="签名密钥的 PIN 不对或已锁定。请先用厂商工具核对，不要反复尝试，以免锁死。",
            en="The token's PIN is wrong or locked. Check it with the vendor's tool; repeated tries lock the token.",
        ) from error
    except (pkcs11.PKCS11Error, OSError) as error:
        raise KeyMissing(
            zh=f"打不开签名密钥（令牌：{settings.pkcs11_token or '未指定'}）。请插好密钥，并核对令牌名称。",
            en=f"The token does not open (label: {settings.pkcs11_token or 'none'}). Plug it in and check its label.",
        ) from error


def _identity(session: pkcs11.Session, settings: PluginSettings) -> SigningIdentity:
    label = settings.pkcs11_key or ""
    given = read_certificates(settings.sign_cert) if settings.sign_cert else []
    try:
        resident = list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}))
        on_token = [
            (each[pkcs11.Attribute.LABEL], x509.Certificate.load(each[pkcs11.Attribute.VALUE])) for each in resident
        ]
        own = next((each for name, each in on_token if name == label), None) or (given[0] if given else None)
        pool = [each for _, each in on_token] + given
        chain = issuers_of(own, pool) if own else []
        signer = PKCS11Signer(session, signing_cert=own, key_label=label, ca_chain=chain)
        certificate = signer.signing_cert  # reads from the token, so a missing key shows here
    except (pkcs11.PKCS11Error, ValueError) as error:
        raise _not_on_token(label) from error
    return SigningIdentity(signer, certificate, tuple(chain))


def _not_on_token(label: str) -> KeyMissing:
    return KeyMissing(
        zh=f"令牌上没有名为“{label}”的密钥和证书。请核对 QUANCHENG_PKCS11_KEY。",
        en=f"The token holds no key and certificate labelled “{label}”. Check QUANCHENG_PKCS11_KEY.",
    )
