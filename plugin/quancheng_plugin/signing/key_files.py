"""Signers whose key lies in a file: PKCS#12, or PEM key with certificate and chain."""

from pathlib import Path

from asn1crypto import keys, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.keys.internal import translate_pyca_cryptography_key_to_asn1

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.certificate import own_certificate
from quancheng_plugin.signing.errors import KeyMissing, KeyUnusable, PassphraseWrong
from quancheng_plugin.signing.identity import SigningIdentity, in_memory


def pkcs12_identity(settings: PluginSettings) -> SigningIdentity:
    """The signer of the PKCS#12 file. Raises `KeyMissing`, `KeyUnusable` or `PassphraseWrong`."""
    path = _named(settings.sign_pkcs12)
    bundle = _bundle(path, _passphrase(settings))
    found = [entry.certificate for entry in [bundle.cert, *bundle.additional_certs] if entry is not None]
    if bundle.key is None or not found:
        raise _unusable(path)
    certificates = [x509.Certificate.load(each.public_bytes(serialization.Encoding.DER)) for each in found]
    return _paired(bundle.key, certificates, path)


def _bundle(path: Path, passphrase: bytes | None) -> pkcs12.PKCS12KeyAndCertificates:
    content = _read(path)
    try:
        return pkcs12.load_pkcs12(content, passphrase)
    except UnsupportedAlgorithm as error:
        raise _unusable(path) from error
    except ValueError as error:
        if passphrase is None:
            return _bundle(path, b"")  # some programs write "none" as an empty passphrase
        # One error for a wrong passphrase and for a file that is no PKCS#12; an ASN.1 SEQUENCE tells them apart.
        raise (_wrong_passphrase(path) if content.startswith(b"\x30") else _unusable(path)) from error


def pem_identity(settings: PluginSettings) -> SigningIdentity:
    """The signer of a key file and a certificate file. Raises `KeyMissing`, `KeyUnusable` or `PassphraseWrong`."""
    key_path, certificate_path = _named(settings.sign_key), _named(settings.sign_cert)
    key = _private_key(key_path, _passphrase(settings))
    certificates = read_certificates(certificate_path)
    return _paired(key, certificates, certificate_path)


def read_certificates(path: Path) -> list[x509.Certificate]:
    """All certificates of a PEM or DER file, in its order. Raises `KeyMissing` or `KeyUnusable`."""
    content = _read(path)
    try:
        certificates = list(load_certs_from_pemder_data(content))
        for certificate in certificates:
            certificate.subject.native  # noqa: B018  asn1crypto reads only when asked
    except (ValueError, TypeError) as error:
        raise _unusable(path) from error
    if not certificates:
        raise _unusable(path)
    return certificates


def _paired(key: PrivateKeyTypes, certificates: list[x509.Certificate], path: Path) -> SigningIdentity:
    try:
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        info = translate_pyca_cryptography_key_to_asn1(key)
    except (AttributeError, TypeError, ValueError) as error:
        raise _unusable(path) from error
    certificate, chain = own_certificate(keys.PublicKeyInfo.load(public), certificates)
    return in_memory(info, certificate, chain)


def _private_key(path: Path, passphrase: bytes | None) -> PrivateKeyTypes:
    content = _read(path)
    load = serialization.load_pem_private_key if b"-----BEGIN" in content else serialization.load_der_private_key
    try:
        return load(content, passphrase)
    except TypeError as error:
        if passphrase is None:
            raise _wrong_passphrase(path) from error
        return load(content, None)  # a passphrase was given, and the key has none
    except UnsupportedAlgorithm as error:
        raise _unusable(path) from error
    except ValueError as error:
        raise (_wrong_passphrase(path) if b"ENCRYPTED" in content else _unusable(path)) from error


def _passphrase(settings: PluginSettings) -> bytes | None:
    return settings.sign_passphrase.get_secret_value().encode() if settings.sign_passphrase else None


def _named(path: Path | None) -> Path:
    assert path is not None, "asked for only when the settings name it"  # noqa: S101  a slip of ours, not of input
    return path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyMissing(
            zh=f"读不到签名密钥文件：{path}。请核对路径和读取权限。",
            en=f"The signer's file cannot be read: {path}. Check path and permissions.",
        ) from error


def _wrong_passphrase(path: Path) -> PassphraseWrong:
    return PassphraseWrong(
        zh=f"打不开签名密钥 {path.name}：口令缺失、不对，或文件已损坏。请核对 QUANCHENG_SIGN_PASSPHRASE。",
        en=f"{path.name} does not open: its passphrase is missing or wrong, or the file is damaged. "
        "Check QUANCHENG_SIGN_PASSPHRASE.",
    )


def _unusable(path: Path) -> KeyUnusable:
    return KeyUnusable(
        zh=f"{path.name} 里没有能用的签名密钥或证书（已损坏、格式不对，或算法不受支持，例如国密 SM2）。",
        en=f"{path.name} holds no usable key or certificate: damaged, of another format, or of an algorithm "
        "that is not supported (SM2, for one).",
    )
