"""The development CA: a signer for trying things out, loud about having no legal force.

It is made once per home folder, when no key is configured. Its root key is thrown away as soon
as the one signer is issued: nobody can issue another under it.
"""

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys, pem, x509
from cryptography import x509 as make
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from quancheng_plugin.present import present
from quancheng_plugin.signing.errors import DevelopmentAuthorityDamaged

MARK = "开发用途 无法律效力 DEVELOPMENT"
"""Stands in the subject of both certificates, in the reason of every signature and on every seal."""

ROOT, CERTIFICATE, KEY = "root.pem", "signer.pem", "signer.key"
_VALIDITY = timedelta(days=3650)
_FROM = datetime(2020, 1, 1, tzinfo=UTC)
"""Not the day it is made: a machine whose clock was ahead that day could not sign once the clock is set right."""


def folder(home: Path) -> Path:
    """Where the development CA of this home lies, whether or not it was made."""
    return home / "dev-ca"


def ensure(home: Path) -> tuple[keys.PrivateKeyInfo, x509.Certificate, x509.Certificate]:
    """Key, certificate and root of the development signer, made if not yet there.

    Safe when several processes come first at once: each makes a whole folder beside the place,
    one rename wins, the others use what won. Raises `DevelopmentAuthorityDamaged`.
    """
    place = folder(home)
    if not place.exists():
        _make_once(place)
    try:
        (key,) = _pem(place / KEY)
        (certificate,) = _pem(place / CERTIFICATE)
        (root,) = _pem(place / ROOT)
        return keys.PrivateKeyInfo.load(key), x509.Certificate.load(certificate), x509.Certificate.load(root)
    except (OSError, ValueError) as error:
        raise DevelopmentAuthorityDamaged(
            zh=f"开发用签名证书不完整：{place}。请移走该文件夹，程序会重新生成。",
            en=f"The development CA is damaged: {place}. Move the folder away; a new one is made.",
        ) from error


def known_root(home: Path) -> x509.Certificate | None:
    """The root of this home's development CA, or None when none was made or it cannot be read."""
    try:
        (der,) = _pem(folder(home) / ROOT)
    except (OSError, ValueError):
        return None
    return x509.Certificate.load(der)


def marked(certificate: x509.Certificate) -> bool:
    """Whether the certificate says of itself that it is for development; anyone's, not only ours."""
    return MARK in str(certificate.subject.native.get("common_name", ""))


def _pem(path: Path) -> list[bytes]:
    return [der for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)]


def _make_once(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".dev-ca-", dir=place.parent))  # mode 0700
    try:
        for name, content in _issue().items():
            _write(unfinished / name, content)
        unfinished.rename(place)  # fails when another process was first: its folder is not empty
    except OSError:
        if not place.exists():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _issue() -> dict[str, bytes]:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name(f"{MARK} CA"), _name(f"{MARK} SIGNER")
    root = _certificate(root_name, root_name, root_key, root_key, authority=True)
    signer = _certificate(name, root_name, key, root_key, authority=False)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        ROOT: root.public_bytes(serialization.Encoding.PEM),
        CERTIFICATE: signer.public_bytes(serialization.Encoding.PEM),
        KEY: private,
    }


def _name(common_name: str) -> make.Name:
    return make.Name(
        [
            make.NameAttribute(NameOID.ORGANIZATION_NAME, "Quancheng"),
            make.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: make.Name,
    issuer: make.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> make.Certificate:
    usage = make.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        make.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(make.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(present() + _VALIDITY)
        .add_extension(make.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(make.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            make.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
