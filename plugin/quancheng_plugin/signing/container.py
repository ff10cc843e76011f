"""The CMS container of a signature (RFC 5652): its algorithms, and whether it matches what it signs."""

from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, x509
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import (
    MultivaluedAttributeError,
    NonexistentAttributeError,
    extract_signer_info,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity
from pyhanko_certvalidator.errors import AlgorithmNotSupported, DSAParametersUnavailable
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

# Chinese national algorithms (GM/T 0006), which asn1crypto knows by number only.
_NAMES = {
    "1.2.156.10197.1.301": "SM2",
    "1.2.156.10197.1.301.1": "SM2",
    "1.2.156.10197.1.401": "SM3",
    "1.2.156.10197.1.501": "SM2-SM3",
    "1.2.156.10197.1.504": "RSA-SM3",
}
WEAK_DIGESTS = frozenset({"md2", "md5", "sha1"})


@dataclass(frozen=True)
class Integrity:
    """Whether a container matches what it signs; None with `algorithm` or `reason` when that could not be checked."""

    intact: bool | None
    algorithm: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Signer:
    """The certificate that a container names as its signer's, and the others it carries."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]


def signer_of(signed_data: cms.SignedData) -> Signer | None:
    """The signer of a container, or None when its certificate is missing or cannot be read."""
    try:
        certificates = extract_certs_for_validation(signed_data)
        certificates.signer_cert.subject.native  # noqa: B018  asn1crypto reads only when asked
    except Exception:  # noqa: BLE001  bytes of strangers: any error means that nobody can be named
        return None
    return Signer(certificates.signer_cert, tuple(certificates.other_certs))


def digest_name(signed_data: cms.SignedData) -> str:
    """The digest algorithm of a container as people write it (`sha256`, `SM3`, or a number)."""
    return _spoken(extract_signer_info(signed_data)["digest_algorithm"]["algorithm"].native)


def check(signed_data: cms.SignedData, signer: Signer, digest: bytes) -> Integrity:
    """Whether the container's signature is over this digest (RFC 5652, 5.4 and 5.6)."""
    info = extract_signer_info(signed_data)
    try:
        matches, valid = validate_sig_integrity(
            info,
            signer.certificate,
            signed_data["encap_content_info"]["content_type"].native,
            digest,
            sig_validator=_Candid(),
        )
    except SignatureValidationError as error:  # its structure contradicts itself, like a certificate swapped
        return Integrity(intact=False, reason=str(error))
    except Exception as error:  # noqa: BLE001  unknown algorithms show as any error, and are no sign of change
        if _differs(info, digest):
            return Integrity(intact=False, reason="message digest")
        return Integrity(intact=None, algorithm=algorithms(signed_data), reason=str(error))
    return Integrity(intact=matches and valid)


def encapsulated_digest(signed_data: cms.SignedData) -> bytes:
    """The digest of the content that a container carries inside, as a time-stamp token does."""
    content = signed_data["encap_content_info"]["content"]
    return digest_of(bytes(content), extract_signer_info(signed_data)["digest_algorithm"]["algorithm"].native)


def digest_of(content: bytes, algorithm: str) -> bytes:
    """The digest of these bytes by an algorithm of asn1crypto's names. Raises when it is not known here."""
    digest = hashes.Hash(get_pyca_cryptography_hash(algorithm))
    digest.update(content)
    return digest.finalize()


def algorithms(signed_data: cms.SignedData) -> str:
    """Digest, signature and key algorithm of a container, as people write them."""
    info, signer = extract_signer_info(signed_data), signer_of(signed_data)
    names = [info["digest_algorithm"]["algorithm"].native, info["signature_algorithm"]["algorithm"].native]
    if signer is not None:
        names.append(signer.certificate.public_key["algorithm"]["algorithm"].native)
    return " / ".join(dict.fromkeys(_spoken(name) for name in names))


class _Candid(DefaultSignatureValidator):
    """pyHanko counts an algorithm that it does not know as a wrong signature; that would accuse wrongly."""

    def validate_signature(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as the class above it
        try:
            super().validate_signature(*args, **kwargs)
        except (AlgorithmNotSupported, DSAParametersUnavailable) as error:
            # Neither right nor wrong: told apart from both where this is caught, as “not checked”.
            raise NotImplementedError(str(error)) from error


def _differs(info: cms.SignerInfo, digest: bytes) -> bool:
    """Whether the signed digest is another one, which needs no knowledge of the signature's algorithm."""
    try:
        return bool(find_unique_cms_attribute(info["signed_attrs"], "message_digest").native != digest)
    except (NonexistentAttributeError, MultivaluedAttributeError, ValueError, TypeError):
        return False


def _spoken(name: str) -> str:
    return f"{_NAMES[name]}（{name}）" if name in _NAMES else name
