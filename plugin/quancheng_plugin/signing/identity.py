"""A signer, ready to sign."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asn1crypto import keys, x509
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore


@dataclass(frozen=True)
class SigningIdentity:
    """A signer with its certificate and chain; `development` when nothing it signs has legal force."""

    signer: Signer
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    development: bool = False


def in_memory(
    key: keys.PrivateKeyInfo,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    *,
    development: bool = False,
) -> SigningIdentity:
    """A signer whose key is held in memory."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # untyped there
    store.register_multiple([certificate, *chain])
    signer = SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store)
    return SigningIdentity(signer, certificate, tuple(chain), development)


def issuers_of(certificate: x509.Certificate, pool: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The chain above a certificate, nearest first, as far as it is in the pool (by names, unproven)."""
    pool, current = list(pool), certificate
    chain: list[x509.Certificate] = []
    while current.issuer != current.subject and len(chain) < len(pool):
        above = next((each for each in pool if each.subject == current.issuer and each not in chain), None)
        if above is None:
            break
        chain.append(above)
        current = above
    return chain
