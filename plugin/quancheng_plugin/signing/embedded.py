"""What a signed PDF carries for its own verification: the document security store (EN 319 142-1, 5.4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asn1crypto import crl, ocsp, x509
from cryptography.hazmat.primitives import hashes
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator.util import get_pyca_cryptography_hash


@dataclass(frozen=True)
class Store:
    """Certificates, OCSP responses and CRLs of the security store; all empty where there is none."""

    certificates: tuple[x509.Certificate, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()

    def tells_of(self, certificate: x509.Certificate) -> bool:
        """Whether something here speaks about this certificate's revocation, or it names no source of it.

        A certificate that names no source (no OCSP address, no CRL address) cannot have any; a
        self-signed one is a root, whose revocation nobody states.
        """
        if certificate.self_signed in {"yes", "maybe"} or not (
            certificate.ocsp_urls or certificate.crl_distribution_points
        ):
            return True
        return any(each.issuer == certificate.issuer for each in self.crls) or any(
            _is_about(each, certificate) for each in self._answers()
        )

    def _answers(self) -> Iterator[ocsp.SingleResponse]:
        for response in self.ocsps:
            if response["response_status"].native == "successful":
                yield from response.response_data["responses"]


def security_store(reader: PdfFileReader) -> Store:
    """The store of the newest revision; empty when there is none or it cannot be read."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        context = store.as_validation_context({"trust_roots": []})
        return Store(tuple(store.load_certs()), tuple(context.ocsps), tuple(context.crls))
    except NoDSSFoundError:
        return Store()
    except Exception:  # noqa: BLE001  bytes of strangers; a store that cannot be read is as none
        return Store()


def covers(store: Store, chain: Iterable[x509.Certificate]) -> bool:
    """Whether the store has revocation data for every certificate of the chain that has a source."""
    return all(store.tells_of(each) for each in chain)


def _is_about(answer: ocsp.SingleResponse, certificate: x509.Certificate) -> bool:
    about = answer["cert_id"]
    digest = hashes.Hash(get_pyca_cryptography_hash(about["hash_algorithm"]["algorithm"].native))
    digest.update(certificate.issuer.dump())
    same_issuer: bool = about["issuer_name_hash"].native == digest.finalize()
    return same_issuer and about["serial_number"].native == certificate.serial_number
