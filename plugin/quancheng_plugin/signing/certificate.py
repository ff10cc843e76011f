"""Whether a certificate may sign, and how to name it: checked before a key is used."""

from collections.abc import Iterable
from datetime import datetime

from asn1crypto import x509

from quancheng_plugin.signing.errors import CertificateExpired, CertificateUsage, KeyUnusable

SIGNING_USAGES = frozenset({"digital_signature", "non_repudiation"})
"""Either makes a certificate fit to sign documents (RFC 5280, 4.2.1.3)."""


def name_of(certificate: x509.Certificate) -> str:
    """The subject's common name, or its whole name where it has none."""
    common = certificate.subject.native.get("common_name")
    if isinstance(common, list):  # two common names, seen from some Chinese authorities
        common = "，".join(common)
    return str(common or certificate.subject.human_friendly)


def require_fit(certificate: x509.Certificate, at: datetime) -> None:
    """Raise `CertificateExpired` or `CertificateUsage` when the certificate must not sign at this time."""
    name, start, end = name_of(certificate), certificate.not_valid_before, certificate.not_valid_after
    if at > end:
        raise CertificateExpired(
            zh=f"签名证书“{name}”已于{end:%Y-%m-%d}到期。请向发证机构换发证书，再更新设置。",
            en=f"The signing certificate “{name}” expired on {end:%Y-%m-%d}. Get a new one and update the settings.",
        )
    if at < start:
        raise CertificateExpired(
            zh=f"签名证书“{name}”自{start:%Y-%m-%d}起才有效。请核对本机时钟，或等到证书生效。",
            en=f"The signing certificate “{name}” is valid only from {start:%Y-%m-%d}. Check this machine's clock.",
        )
    usage = certificate.key_usage_value
    if usage is not None and not SIGNING_USAGES & set(usage.native):
        raise CertificateUsage(
            zh=f"证书“{name}”不能用于签名（密钥用途：{'、'.join(sorted(usage.native))}）。请改用签名证书。",
            en=f"The certificate “{name}” is not for signing (key usage: {', '.join(sorted(usage.native))}).",
        )


def own_certificate(
    key: x509.PublicKeyInfo, certificates: Iterable[x509.Certificate]
) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The certificate of this public key, and the others (its chain). Raises `KeyUnusable` when none is of this key."""
    certificates = list(certificates)
    for certificate in certificates:
        # Not the whole structure: parameters may be NULL in one and absent in the other.
        if certificate.public_key["public_key"].native == key["public_key"].native:
            return certificate, [other for other in certificates if other is not certificate]
    raise KeyUnusable(
        zh="私钥与证书不是一对。请核对设置中的私钥文件和证书文件。",
        en="Private key and certificate do not belong together. Check both files of the settings.",
    )
